/*
 * fib_inside.h -- what a net's routing tables are made of; for the fib*.c files only.
 */
#ifndef CORE_FIB_INSIDE_H
#define CORE_FIB_INSIDE_H

#include "core/fib.h"
#include "core/fib_hop.h"
#include "core/fib_table.h"

struct fib {
	struct fib_hops *hops;
	struct fib_table **tables; /* by number */
	uint32_t tables_n;
	struct route_entry *connected; /* what gateways are looked for in; sorted by prefix */
	size_t connected_n;
	struct { /* where fib_entry_of() found the last one */
		uint32_t table, place;
	} asked;
};

/* Where the route of fib->connected[@n] is, in table 0; or FIB_PLACE_NONE. */
uint32_t fib_connected_place(struct fib *fib, size_t n);

static inline struct fib_table *fib_table_numbered(const struct fib *fib, uint32_t number)
{
	for (uint32_t i = 0; i < fib->tables_n; i++) {
		if (fib_table_number(fib->tables[i]) == number)
			return fib->tables[i];
	}
	return NULL;
}

#endif
