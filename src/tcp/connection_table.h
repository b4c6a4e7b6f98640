/*
 * connection_table.h -- whom a segment belongs to: connections, half-open ones and TIME-WAIT by
 * their tuple, in one table.
 *
 * One look-up answers for all three. The tuple stands in the table itself, sixteen bytes beside
 * its entry, so a look-up reads one cache line of the table, seldom two, and no record of those it
 * passes. Linear probing in a table that is at most two thirds full; removing moves entries back
 * instead of leaving marks, so the table does not age. The hash is keyed: nobody outside can
 * choose tuples that crowd one place.
 *
 * Tuples here: src is ours, dst is theirs. All are TCP; .proto is not looked at.
 *
 * Memory: sized at start, in large pages where there are some. Threads: the router's.
 */
#ifndef TCP_CONNECTION_TABLE_H
#define TCP_CONNECTION_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/hash.h"
#include "lib/must.h"

struct connection_table;

enum entry_kind {
	ENTRY_NONE,
	ENTRY_CONNECTION,
	ENTRY_HALF_OPEN,
	ENTRY_TIME_WAIT,
};

#define ENTRY_INDEX_MAX ((1U << 30) - 1)

/* What a tuple leads to: a record of @kind by its index in its own pool. */
struct entry {
	enum entry_kind kind;
	uint32_t index;
};

/* @capacity: connections, half-open ones and TIME-WAIT together. */
MUST_USE struct connection_table *connection_table_new(uint32_t capacity,
                                                       const struct hash_key *key);
void connection_table_free(struct connection_table *table);

/* Ask for the memory that a look-up of @tuple will read: for a batch of packets, ahead. */
void connection_table_prefetch(const struct connection_table *table, const struct tuple *tuple);
/* ENTRY_NONE: nobody. */
MUST_USE struct entry connection_table_find(const struct connection_table *table,
                                            const struct tuple *tuple);
/* @tuple must not be there. False: the table has reached its capacity. */
MUST_USE bool connection_table_add(struct connection_table *table, const struct tuple *tuple,
                                   struct entry entry);
/* @tuple, which is there, leads to @entry from now on: a half-open one is established, a connection
 * goes into TIME-WAIT. */
void connection_table_change(struct connection_table *table, const struct tuple *tuple,
                             struct entry entry);
/* @tuple must be there. */
void connection_table_remove(struct connection_table *table, const struct tuple *tuple);
uint32_t connection_table_count(const struct connection_table *table);
/* @changed is called with each tuple that is added or removed; NULL: nobody is (ends.h). */
void connection_table_watch(struct connection_table *table,
                            void (*changed)(void *arg, const struct tuple *tuple, bool there),
                            void *arg);
/* How many slots the longest look-up of what is there reads; walks the whole table. */
uint32_t connection_table_longest(const struct connection_table *table);

#endif
