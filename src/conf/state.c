#include "conf/state.h"

#include <string.h>

#include "conf/row.h"
#include "lib/mem.h"
#include "lib/must.h"

/* Room for this many insertions in one place before a menu is numbered anew: 2^32 halves 32 times.
 */
#define POSITION_STEP ((int64_t)1 << 32)

struct table {
	uint64_t refs;
	const struct row **at;
	size_t offered; /* at[0 .. offered) are offered, the rest is absent */
	size_t n;
	size_t size;
	bool ids_ascend; /* so that an id can be found by halving */
};

static struct table *table_new(void)
{
	struct table *table = mem_new(1, sizeof *table);

	table->refs = 1;
	table->ids_ascend = true;
	return table;
}

static void table_release(struct table *table)
{
	if (--table->refs > 0)
		return;
	for (size_t i = 0; i < table->n; i++)
		row_release(table->at[i]);
	mem_free(table->at);
	mem_free(table);
}

static struct table *table_copy(const struct table *from)
{
	struct table *table = mem_new(1, sizeof *table);

	*table = *from;
	table->refs = 1;
	table->size = from->n + 16;
	table->at = mem_new(table->size, sizeof *table->at);
	for (size_t i = 0; i < from->n; i++) {
		table->at[i] = from->at[i];
		row_hold(table->at[i]);
	}
	return table;
}

static bool ids_ascend(const struct table *table)
{
	for (size_t i = 1; i < table->n; i++) {
		if (table->at[i - 1]->id >= table->at[i]->id)
			return false;
	}
	return true;
}

/* The index of row @id; table->n when it is not there. */
static size_t table_find(const struct table *table, uint32_t id)
{
	size_t low = 0, high = table->n;

	if (!table->ids_ascend) {
		while (low < high && table->at[low]->id != id)
			low++;
		return low;
	}
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (table->at[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < table->n && table->at[low]->id == id ? low : table->n;
}

static void table_insert(struct table *table, size_t i, const struct row *row)
{
	if (table->n == table->size) {
		table->size = table->size * 2 + 16;
		table->at = mem_resize(table->at, table->size, sizeof *table->at);
	}
	memmove(table->at + i + 1, table->at + i, (table->n - i) * sizeof *table->at);
	table->at[i] = row;
	table->n++;
	table->offered++;
	if ((i > 0 && table->at[i - 1]->id >= row->id) ||
	    (i + 1 < table->n && table->at[i + 1]->id <= row->id))
		table->ids_ascend = false;
}

static const struct row *table_take(struct table *table, size_t i)
{
	const struct row *row = table->at[i];

	table->n--;
	table->offered -= i < table->offered;
	memmove(table->at + i, table->at + i + 1, (table->n - i) * sizeof *table->at);
	return row;
}

struct conf_state *state_new(const struct menu *const *menus)
{
	size_t n = 0;

	while (menus[n] != NULL)
		n++;

	struct conf_state *state = mem_new(1, sizeof *state + n * sizeof(struct table *));

	state->refs = 1;
	state->next_id = 1;
	state->menus = menus;
	state->nmenus = n;
	for (size_t m = 0; m < n; m++)
		state->tables[m] = table_new();
	return state;
}

struct conf_state *state_draft(const struct conf_state *from)
{
	struct conf_state *draft =
		mem_new(1, sizeof *draft + from->nmenus * sizeof(struct table *));

	memcpy(draft, from, sizeof *draft + from->nmenus * sizeof(struct table *));
	draft->refs = 1;
	draft->next = NULL;
	for (size_t m = 0; m < draft->nmenus; m++)
		draft->tables[m]->refs++;
	return draft;
}

void state_free(struct conf_state *state)
{
	for (size_t m = 0; m < state->nmenus; m++)
		table_release(state->tables[m]);
	mem_free(state);
}

int state_menu(const struct conf_state *state, const char *path)
{
	for (size_t m = 0; m < state->nmenus; m++) {
		if (strcmp(state->menus[m]->path, path) == 0)
			return (int)m;
	}
	return -1;
}

struct rows state_all(const struct conf_state *state, size_t m)
{
	return (struct rows){ .at = state->tables[m]->at, .n = state->tables[m]->n };
}

struct rows state_rows(const struct conf_state *state, size_t m)
{
	return (struct rows){ .at = state->tables[m]->at, .n = state->tables[m]->offered };
}

const struct row *state_find(const struct conf_state *state, size_t m, uint32_t id)
{
	const struct table *table = state->tables[m];
	size_t i = table_find(table, id);

	return i < table->n ? table->at[i] : NULL;
}

int state_menu_of(const struct conf_state *state, uint32_t id)
{
	for (size_t m = 0; m < state->nmenus; m++) {
		if (state_find(state, m, id) != NULL)
			return (int)m;
	}
	return -1;
}

bool state_shares(const struct conf_state *a, const struct conf_state *b, size_t m)
{
	return a->tables[m] == b->tables[m];
}

/* The table of menu @m, for changing. */
static struct table *own(struct conf_state *draft, size_t m)
{
	struct table *table = draft->tables[m];

	must(draft->refs == 1);
	if (table->refs > 1) {
		draft->tables[m] = table_copy(table);
		table->refs--;
	}
	return draft->tables[m];
}

/* Positions at even distances again, on copies of the rows. */
static void renumber(const struct menu *menu, struct table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct row *copy = row_copy(menu, table->at[i]);

		row_position_set(copy, (int64_t)(i + 1) * POSITION_STEP);
		row_release(table->at[i]);
		table->at[i] = copy;
	}
}

/* A position for a row that goes in front of index @i. */
static int64_t position_before(const struct menu *menu, struct table *table, size_t i)
{
	if (table->n == 0)
		return POSITION_STEP;
	if (i == table->n)
		return row_position(table->at[i - 1]) + POSITION_STEP;
	if (i == 0)
		return row_position(table->at[0]) - POSITION_STEP;
	if (row_position(table->at[i]) - row_position(table->at[i - 1]) < 2)
		renumber(menu, table);

	int64_t low = row_position(table->at[i - 1]);

	return low + (row_position(table->at[i]) - low) / 2;
}

static void place(const struct menu *menu, struct table *table, struct row *row, uint32_t before)
{
	size_t i = table->n;

	if (before != 0) {
		i = table_find(table, before);
		must(i < table->n);
	}
	row_position_set(row, position_before(menu, table, i));
	table_insert(table, i, row);
}

void state_add(struct conf_state *draft, size_t m, struct row *row, uint32_t before)
{
	place(draft->menus[m], own(draft, m), row, before);
}

void state_load(struct conf_state *draft, size_t m, struct row *row)
{
	struct table *table = own(draft, m);

	table_insert(table, table->n, row);
}

void state_replace(struct conf_state *draft, size_t m, struct row *row)
{
	struct table *table = own(draft, m);
	size_t i = table_find(table, row->id);

	must(i < table->n);
	row_position_set(row, row_position(table->at[i]));
	row_release(table->at[i]);
	table->at[i] = row;
}

/* Where among the rows that are offered @row's position puts it. */
static size_t place_of(const struct table *table, const struct row *row)
{
	size_t low = 0, high = table->offered;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct row *at = table->at[mid];
		int64_t position = row_position(at);

		if (position < row_position(row) ||
		    (position == row_position(row) && at->id < row->id))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void state_put(struct conf_state *draft, size_t m, struct row *row)
{
	struct table *table = own(draft, m);
	size_t i = table_find(table, row->id);

	if (i < table->n) {
		const struct row *old = table->at[i];

		/* The thing is not there: it takes no place. */
		row->flags |= old->flags & ROW_ABSENT;
		if ((old->flags & ROW_ABSENT) != 0 || row_position(old) == row_position(row)) {
			row_release(old);
			table->at[i] = row;
			return;
		}
		row_release(table_take(table, i));
		table_insert(table, place_of(table, row), row);
		table->ids_ascend = ids_ascend(table);
		return;
	}
	table_insert(table, place_of(table, row), row);
}

void state_remove(struct conf_state *draft, size_t m, uint32_t id)
{
	struct table *table = own(draft, m);
	size_t i = table_find(table, id);

	must(i < table->n);
	row_release(table_take(table, i));
}

void state_move(struct conf_state *draft, size_t m, uint32_t id, uint32_t before)
{
	struct table *table = own(draft, m);
	size_t i = table_find(table, id);

	must(i < table->n && id != before);

	const struct row *old = table_take(table, i);

	place(draft->menus[m], table, row_copy(draft->menus[m], old), before);
	row_release(old);
	table->ids_ascend = ids_ascend(table);
}

void state_hide_absent(struct conf_state *draft, size_t m)
{
	struct table *table = own(draft, m);
	const struct row **sorted = mem_new(table->n, sizeof *sorted);
	size_t n = 0;

	for (size_t i = 0; i < table->n; i++) {
		if ((table->at[i]->flags & ROW_ABSENT) == 0)
			sorted[n++] = table->at[i];
	}
	table->offered = n;
	for (size_t i = 0; i < table->n; i++) {
		if ((table->at[i]->flags & ROW_ABSENT) != 0)
			sorted[n++] = table->at[i];
	}
	mem_free(table->at);
	table->at = sorted;
	table->size = table->n;
	table->ids_ascend = ids_ascend(table);
}

struct rows conf_state_rows(const struct conf_state *state, const char *path)
{
	int m = state_menu(state, path);

	return m >= 0 ? state_rows(state, (size_t)m) : (struct rows){ .at = NULL, .n = 0 };
}

const struct row *conf_state_row(const struct conf_state *state, const char *path, uint32_t id)
{
	int m = state_menu(state, path);
	const struct row *row = m >= 0 ? state_find(state, (size_t)m, id) : NULL;

	return row != NULL && (row->flags & ROW_ABSENT) == 0 ? row : NULL;
}
