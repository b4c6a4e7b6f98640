#include "conf/diff.h"

#include <stdlib.h>

#include "conf/row.h"
#include "lib/mem.h"
#include "lib/must.h"

static void change_add(struct diff *diff, struct change change)
{
	if (diff->n == diff->size) {
		diff->size = diff->size * 2 + 8;
		diff->at = mem_resize(diff->at, diff->size, sizeof *diff->at);
	}
	diff->at[diff->n++] = change;
}

void diff_free(struct diff *diff)
{
	mem_free(diff->at);
	*diff = (struct diff){ 0 };
}

/* A row and its index, to find it by its id. */
struct numbered {
	uint32_t id;
	size_t index;
};

static int numbered_order(const void *a, const void *b)
{
	const struct numbered *left = a;
	const struct numbered *right = b;

	return left->id < right->id ? -1 : left->id > right->id;
}

static struct numbered *numbers_new(struct rows rows)
{
	struct numbered *numbers = mem_new(rows.n, sizeof *numbers);

	for (size_t i = 0; i < rows.n; i++)
		numbers[i] = (struct numbered){ rows.at[i]->id, i };
	if (rows.n > 1)
		qsort(numbers, rows.n, sizeof *numbers, numbered_order);
	return numbers;
}

#define NOT_THERE SIZE_MAX

/* The index of row @id among the rows that were numbered. */
static size_t number_find(const struct numbered *numbers, size_t n, uint32_t id)
{
	struct numbered key = { .id = id };
	const struct numbered *found =
		n > 0 ? bsearch(&key, numbers, n, sizeof key, numbered_order) : NULL;

	return found != NULL ? found->index : NOT_THERE;
}

void diff_removed(struct diff *diff, const struct menu *menu, struct rows old, struct rows new)
{
	struct numbered *numbers = numbers_new(new);

	for (size_t i = 0; i < old.n; i++) {
		if (number_find(numbers, new.n, old.at[i]->id) == NOT_THERE)
			change_add(diff, (struct change){ .kind = CHANGE_REMOVE,
			                                  .menu = menu,
			                                  .old = old.at[i] });
	}
	mem_free(numbers);
}

/* The rows of @new beside those of @old. */
struct pairing {
	const struct menu *menu;
	struct rows old, new;
	size_t *from; /* per new row: its index in @old, or NOT_THERE */
	bool *stays;  /* per new row: part of the longest run that keeps its order */
};

/* Where in @tails (n indices of new rows, their from[] ascending) the old index @from belongs. */
static size_t run_slot(const struct pairing *pairing, const size_t *tails, size_t n, size_t from)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (pairing->from[tails[mid]] < from)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/*
 * Mark a longest ascending run of old indices, by patience sorting: those rows need not move, and
 * all others of the old ones must.
 */
static void mark_staying(struct pairing *pairing)
{
	size_t n = 0;

	if (pairing->menu->kind != MENU_ORDERED) { /* order means nothing: nothing ever moves */
		for (size_t i = 0; i < pairing->new.n; i++)
			pairing->stays[i] = pairing->from[i] != NOT_THERE;
		return;
	}

	size_t *tails = mem_new(pairing->new.n, sizeof *tails);
	size_t *previous = mem_new(pairing->new.n, sizeof *previous);

	for (size_t i = 0; i < pairing->new.n; i++) {
		if (pairing->from[i] == NOT_THERE)
			continue;

		size_t slot = run_slot(pairing, tails, n, pairing->from[i]);

		previous[i] = slot > 0 ? tails[slot - 1] : NOT_THERE;
		tails[slot] = i;
		if (slot == n)
			n++;
	}
	for (size_t i = n > 0 ? tails[n - 1] : NOT_THERE; i != NOT_THERE; i = previous[i])
		pairing->stays[i] = true;
	mem_free(tails);
	mem_free(previous);
}

static void diff_set(struct diff *diff, const struct pairing *pairing, size_t i)
{
	struct change change = { .menu = pairing->menu, .new = pairing->new.at[i] };

	if (pairing->from[i] == NOT_THERE)
		return;
	change.old = pairing->old.at[pairing->from[i]];
	if (!row_same(pairing->menu, change.old, change.new)) {
		change.kind = CHANGE_SET;
		change_add(diff, change);
	}
	if (pairing->stays[i] && row_position(change.old) != row_position(change.new)) {
		change.kind = CHANGE_PLACE;
		change_add(diff, change);
	}
}

static void diff_place(struct diff *diff, const struct pairing *pairing, size_t i, uint32_t before)
{
	struct change change = { .menu = pairing->menu,
		                 .new = pairing->new.at[i],
		                 .before = before };

	if (pairing->stays[i])
		return;
	change.kind = pairing->from[i] == NOT_THERE ? CHANGE_ADD : CHANGE_MOVE;
	if (change.kind == CHANGE_MOVE)
		change.old = pairing->old.at[pairing->from[i]];
	change_add(diff, change);
}

/*
 * Rows go in front of others, so the others must be in place: from the end to the front. Only the
 * run of new rows at the very end is said front to back, each going to the end.
 */
static void diff_order(struct diff *diff, const struct pairing *pairing)
{
	size_t tail = pairing->new.n;

	while (tail > 0 && !pairing->stays[tail - 1])
		tail--;
	for (size_t i = tail; i < pairing->new.n; i++)
		diff_place(diff, pairing, i, 0);
	for (size_t i = tail; i-- > 0;) {
		const struct row *next = i + 1 < pairing->new.n ? pairing->new.at[i + 1] : NULL;

		diff_place(diff, pairing, i, next != NULL ? next->id : 0);
	}
}

void diff_kept(struct diff *diff, const struct menu *menu, struct rows old, struct rows new)
{
	struct numbered *numbers = numbers_new(old);
	struct pairing pairing = { .menu = menu, .old = old, .new = new };

	pairing.from = mem_new(new.n, sizeof *pairing.from);
	pairing.stays = mem_new(new.n, sizeof *pairing.stays);
	for (size_t i = 0; i < new.n; i++)
		pairing.from[i] = number_find(numbers, old.n, new.at[i]->id);
	mark_staying(&pairing);
	for (size_t i = 0; i < new.n; i++)
		diff_set(diff, &pairing, i);
	diff_order(diff, &pairing);
	mem_free(pairing.from);
	mem_free(pairing.stays);
	mem_free(numbers);
}

/*
 * Cut off what two tables have in common in front and behind: one change among 100,000 rows is
 * then found by looking at pointers. One row of those behind stays, for others to be in front of.
 */
static void trim(struct rows *old, struct rows *new)
{
	size_t n = old->n < new->n ? old->n : new->n, front = 0, back = 0;

	while (front < n && old->at[front] == new->at[front])
		front++;
	while (back < n - front && old->at[old->n - 1 - back] == new->at[new->n - 1 - back])
		back++;
	back -= back > 0;
	if (n == 0) /* a table without rows has no place to count from */
		return;
	*old = (struct rows){ .at = old->at + front, .n = old->n - front - back };
	*new = (struct rows){ .at = new->at + front, .n = new->n - front - back };
}

static void trimmed(const struct conf_state *old, const struct conf_state *new, size_t m,
                    struct rows *ret_old, struct rows *ret_new)
{
	*ret_old = state_all(old, m);
	*ret_new = state_all(new, m);
	trim(ret_old, ret_new);
}

void diff_states(struct diff *diff, const struct conf_state *old, const struct conf_state *new)
{
	struct rows before, after;

	must(old->nmenus == new->nmenus);
	for (size_t m = old->nmenus; m-- > 0;) {
		if (state_shares(old, new, m))
			continue;
		trimmed(old, new, m, &before, &after);
		diff_removed(diff, old->menus[m], before, after);
	}
	for (size_t m = 0; m < old->nmenus; m++) {
		if (state_shares(old, new, m))
			continue;
		trimmed(old, new, m, &before, &after);
		diff_kept(diff, old->menus[m], before, after);
	}
}
