/*
 * address_list_rows.c -- the entries that configuration asks for.
 *
 * A transaction brings all rows, most of them as they were. What is the same at the front and at
 * the back is left alone, so that one row more among 100,000 costs a comparison of two arrays and
 * one insertion.
 */
#include <stdlib.h>
#include <string.h>

#include "fw/address_list_table.h"
#include "lib/mem.h"
#include "lib/text.h"

/* The largest network that begins at @low and ends at @high or before: its length. */
static uint8_t network_bits(ip4 low, ip4 high)
{
	uint8_t bits = 32;

	while (bits > 0 && ip4_equal(ip4_network(low, bits - 1U), low) &&
	       (low.v | ~ip4_mask(bits - 1U).v) <= high.v)
		bits--;
	return bits;
}

/* The next network of the range that *@from and @high bound; false: there is none left. */
static bool next_network(uint64_t *from, ip4 high, ip4 *ret_network, uint8_t *ret_bits)
{
	if (*from > high.v)
		return false;
	*ret_network = (ip4){ (uint32_t)*from };
	*ret_bits = network_bits(*ret_network, high);
	*from += 1ULL << (32 - *ret_bits);
	return true;
}

static unsigned networks_n(struct ip4_range range)
{
	uint64_t from = range.low.v;
	unsigned n = 0;
	ip4 network;
	uint8_t bits;

	while (next_network(&from, range.high, &network, &bits))
		n++;
	return n;
}

static bool row_equal(const struct listed_range *a, const struct listed_range *b)
{
	return a->id == b->id && a->list == b->list && ip4_equal(a->range.low, b->range.low) &&
	       ip4_equal(a->range.high, b->range.high);
}

static void find_same(const struct address_list_rows *old, struct address_list_rows *new)
{
	size_t n = old->n < new->n ? old->n : new->n;

	while (new->same_front < n &&
	       row_equal(&old->at[new->same_front], &new->at[new->same_front]))
		new->same_front++;
	n -= new->same_front;
	while (new->same_back < n && row_equal(&old->at[old->n - 1 - new->same_back],
	                                       &new->at[new->n - 1 - new->same_back]))
		new->same_back++;
}

static int value_order(const void *a, const void *b)
{
	const struct listed_range *x = *(const struct listed_range *const *)a;
	const struct listed_range *y = *(const struct listed_range *const *)b;

	if (x->list != y->list)
		return x->list < y->list ? -1 : 1;
	if (!ip4_equal(x->range.low, y->range.low))
		return x->range.low.v < y->range.low.v ? -1 : 1;
	return x->range.high.v < y->range.high.v ? -1 : x->range.high.v > y->range.high.v;
}

/* Is there another row that asks for the same as @row? */
static bool asked_for(const struct address_list_rows *rows, const struct listed_range *row)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct listed_range *other = &rows->at[i];

		if (other->id != row->id && value_order(&other, &row) == 0)
			return true;
	}
	return false;
}

/* Could a row that is in force ask for the same as @row? */
static bool may_be_there(const struct address_lists *lists, const struct listed_range *row)
{
	uint8_t bits = network_bits(row->range.low, row->range.high);
	uint32_t index = address_entry_find(lists, row->list, row->range.low, bits);

	return index != UINT32_MAX && lists->entries[index].rows > 0;
}

/* The first row among those that changed which asks for what another one asks for, or NULL. */
static const struct listed_range *find_twice(const struct address_lists *lists,
                                             const struct address_list_rows *rows)
{
	size_t n = rows->n - rows->same_front - rows->same_back;
	const struct listed_range **sorted = mem_new(n, sizeof(struct listed_range *));
	const struct listed_range *twice = NULL;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &rows->at[rows->same_front + i];
	if (n > 1)
		qsort(sorted, n, sizeof(struct listed_range *), value_order);
	for (size_t i = 0; i < n && twice == NULL; i++) {
		if ((i > 0 && value_order(&sorted[i - 1], &sorted[i]) == 0) ||
		    (may_be_there(lists, sorted[i]) && asked_for(rows, sorted[i])))
			twice = sorted[i];
	}
	mem_free(sorted);
	return twice;
}

static void say_twice(const struct address_lists *lists, const struct listed_range *row,
                      struct text *out)
{
	text_printf(out, "already have such entry: %s has ", address_list_name(lists, row->list));
	ip4_print(row->range.low, out);
	if (ip4_equal(row->range.low, row->range.high))
		return;
	text_char(out, '-');
	ip4_print(row->range.high, out);
}

static bool check(const struct address_lists *lists, const struct address_list_rows *rows,
                  struct text *out)
{
	const struct listed_range *twice;

	if (rows->entries > lists->capacity) {
		text_printf(out,
		            "address lists hold %u addresses and networks together, and with this "
		            "there would be %lu; remove some, or use networks (a range counts as "
		            "the networks that make it up)",
		            lists->capacity, (unsigned long)rows->entries);
		return false;
	}
	twice = find_twice(lists, rows);
	if (twice != NULL)
		say_twice(lists, twice, out);
	return twice == NULL;
}

struct address_list_rows *address_list_rows_new(const struct address_lists *lists,
                                                const struct listed_range *rows, size_t n,
                                                char *error, size_t error_bytes)
{
	struct address_list_rows *new = mem_new(1, sizeof *new);
	struct text out = text_into(error, error_bytes);

	new->n = n;
	new->at = mem_new(n, sizeof *rows);
	if (n > 0)
		memcpy(new->at, rows, n * sizeof *rows);
	for (size_t i = 0; i < n; i++) {
		must(rows[i].range.low.v <= rows[i].range.high.v);
		new->entries += networks_n(rows[i].range);
	}
	find_same(&lists->rows, new);
	if (check(lists, new, &out))
		return new;
	address_list_rows_free(new);
	return NULL;
}

void address_list_rows_free(struct address_list_rows *rows)
{
	if (rows == NULL)
		return;
	mem_free(rows->at);
	mem_free(rows);
}

/* What the configuration asks for goes before what came by itself. */
static void make_room(struct address_lists *lists)
{
	for (uint32_t i = 0; i < lists->capacity; i++) {
		uint32_t index = lists->evict_at++ % lists->capacity;
		struct address_entry *entry = &lists->entries[index];

		if (entry->dynamic && entry->rows == 0) {
			address_entry_end(lists, index);
			return;
		}
	}
	must(false); /* rows alone never fill the table: see check() */
}

static void row_add(struct address_lists *lists, const struct listed_range *row)
{
	uint64_t from = row->range.low.v;
	ip4 network;
	uint8_t bits;

	while (next_network(&from, row->range.high, &network, &bits)) {
		uint32_t index = address_entry_find(lists, row->list, network, bits);

		if (index == UINT32_MAX && lists->used == lists->capacity)
			make_room(lists);
		if (index == UINT32_MAX)
			index = address_entry_new(lists, row->list, network, bits);
		lists->entries[index].rows++;
	}
}

static void row_remove(struct address_lists *lists, const struct listed_range *row)
{
	uint64_t from = row->range.low.v;
	ip4 network;
	uint8_t bits;

	while (next_network(&from, row->range.high, &network, &bits)) {
		uint32_t index = address_entry_find(lists, row->list, network, bits);
		struct address_entry *entry = &lists->entries[index];

		if (--entry->rows == 0 && !entry->dynamic)
			address_entry_free(lists, index);
	}
}

void address_list_rows_publish(struct address_lists *lists, struct address_list_rows *rows)
{
	struct address_list_rows *old = &lists->rows;

	/* Those that go are first: the table has room for the old rows or the new, not for both. */
	for (size_t i = rows->same_front; i < old->n - rows->same_back; i++)
		row_remove(lists, &old->at[i]);
	for (size_t i = rows->same_front; i < rows->n - rows->same_back; i++)
		row_add(lists, &rows->at[i]);
	mem_free(old->at);
	*old = *rows;
	mem_free(rows);
	net_generation_next(lists->net);
}
