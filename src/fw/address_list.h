/*
 * address_list.h -- named lists of addresses that rules match on and fill.
 *
 * One table for all lists: an entry is a network (list, prefix, length), found by a keyed hash. A
 * list knows which lengths it has, so a look-up costs one probe for each of those and nothing for
 * each entry: a list of 100,000 hosts is asked as fast as one of ten. A range is held as the
 * networks that make it up.
 *
 * An entry is there for two kinds of reasons. Rows of the configuration cover it; they are
 * published as a whole with their transaction. Or it is dynamic, added by a rule or by a person
 * with a timeout: it ends when its time has come, and with the router. One entry can be both.
 *
 * Who keeps decisions that rest on lists asks for a stamp over the addresses they rest on: it
 * differs from the one kept when an entry of just such an address has come or gone since. Wider
 * entries come and go rarely, and move net->generation on. So a rule that adds an address with
 * every packet of a flood makes nobody else decide anew.
 *
 * Threads: the router's. Memory: sized at start; packets allocate nothing. Only the array of rows
 * that is published with a transaction is as long as they are.
 */
#ifndef FW_ADDRESS_LIST_H
#define FW_ADDRESS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fw/rule.h"
#include "lib/ip.h"
#include "lib/mono.h"

struct net;

#define ADDRESS_LISTS_MAX       4096 /* names, also of lists that have become empty */
#define ADDRESS_ENTRIES_DEFAULT (1U << 17)

struct address_lists;

/* @entries: of all lists together. @net must outlive them. */
MUST_USE struct address_lists *address_lists_new(struct net *net, uint32_t entries);
void address_lists_free(struct address_lists *lists);

/* The number of the list called @name, from 1; a new one when it has none. 0: too many names. */
uint16_t address_list_number(struct address_lists *lists, const char *name);
/* NULL for numbers nobody has. */
const char *address_list_name(const struct address_lists *lists, uint16_t list);

/* Is @addr in @list? The same time whatever is in the list. */
bool address_list_has(const struct address_lists *lists, uint16_t list, ip4 addr);
/* Over @n addresses; never 0. See above. */
uint32_t address_lists_stamp(const struct address_lists *lists, const ip4 *addrs, unsigned n);

/* --- dynamic entries --- */

struct address_entry {
	ip4 network;
	uint16_t list; /* 0: nobody's */
	uint8_t bits;
	bool dynamic;
	uint32_t rows;                               /* of the configuration that cover it */
	uint32_t next;                               /* in its bucket, or free: index + 1 */
	uint32_t timer_next, timer_prev, timer_slot; /* links: index + 1 */
	mono since, due;                             /* when dynamic; due may be never */
	char *comment;                               /* when dynamic; NULL: none */
};

enum address_added {
	ADDRESS_ADDED,
	ADDRESS_REFRESHED, /* it was there: its time begins anew */
	ADDRESS_BY_ROW,    /* the configuration has just this entry: nothing changes */
	ADDRESS_FULL,      /* logged, once a second */
};

/* Add a network (host bits clear) to @list for @seconds; 0: until it is removed. @ret_index: where
 * it is, if it is dynamic; may be NULL. */
enum address_added address_list_add(struct address_lists *lists, uint16_t list, ip4 network,
                                    uint8_t bits, uint32_t seconds, uint32_t *ret_index);
/* What a person says of the dynamic entry at @index; "": nothing. Not for the packets' way. */
void address_list_comment(struct address_lists *lists, uint32_t index, const char *comment);
/* The dynamic entry is no more; false when there is none at @index. */
bool address_list_remove(struct address_lists *lists, uint32_t index);
/* Walk the dynamic ones: @at starts at 0 and is the index + 1 of what is returned; NULL: the end.
 */
const struct address_entry *address_lists_walk(const struct address_lists *lists, uint32_t *at);

/* End what is due, at most @most entries; true when more are due. */
bool address_lists_turn(struct address_lists *lists, unsigned most);
/* When address_lists_turn() next has something to do, or never. */
mono address_lists_next(const struct address_lists *lists);
/* Entries in use, and how many fit. */
uint32_t address_lists_used(const struct address_lists *lists, uint32_t *ret_capacity);

/* --- rows of the configuration --- */

struct listed_range {
	uint32_t id;
	uint16_t list;
	uint16_t zero;
	struct ip4_range range;
};

struct address_list_rows; /* prepared: not in use until published */

/* All @rows that are to be in force. NULL and a sentence in @error: too many, or twice the same. */
MUST_USE struct address_list_rows *address_list_rows_new(const struct address_lists *lists,
                                                         const struct listed_range *rows, size_t n,
                                                         char *error, size_t error_bytes);
void address_list_rows_free(struct address_list_rows *rows);
/* Put them in the place of those before; takes @rows. Costs what differs, not what is there. */
void address_list_rows_publish(struct address_lists *lists, struct address_list_rows *rows);

/* Asserts the table's invariants, for tests. */
void address_lists_must_hold(const struct address_lists *lists);

#endif
