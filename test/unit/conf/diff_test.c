#include "fixture.h"

#include "conf/diff.h"
#include "conf/row.h"
#include "conf/state.h"

#define MOST 40

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33) % below;
}

static const struct menu *const menus[] = { &menu_rule, NULL };

static struct row *rule(uint32_t id, uint32_t packets)
{
	struct row *row = row_blank(&menu_rule);

	row->id = id;
	((struct rule_row *)(void *)row->body)->timeout_ms = packets;
	return row;
}

static uint32_t any(const struct conf_state *state, uint64_t *seed)
{
	struct rows rows = state_rows(state, 0);

	return rows.n > 0 ? rows.at[draw(seed, (uint32_t)rows.n)]->id : 0;
}

static void mutate(struct conf_state *draft, uint64_t *seed)
{
	uint32_t id = any(draft, seed);
	uint32_t before = draw(seed, 3) == 0 ? 0 : any(draft, seed);

	switch (draw(seed, 4)) {
	case 0:
		state_add(draft, 0, rule(draft->next_id++, 0), before);
		break;
	case 1:
		if (id != 0)
			state_remove(draft, 0, id);
		break;
	case 2:
		if (id != 0 && id != before)
			state_move(draft, 0, id, before);
		break;
	default:
		if (id != 0)
			state_replace(draft, 0, rule(id, draw(seed, 5)));
	}
}

/* The naive way: a list of ids and values on which the changes are carried out one by one. */
struct list {
	uint32_t id[MOST * 4];
	uint64_t value[MOST * 4];
	size_t n;
};

static uint64_t value_of(const struct row *row)
{
	return ((const struct rule_row *)(const void *)row->body)->timeout_ms;
}

static size_t list_find(const struct list *list, uint32_t id)
{
	size_t i = 0;

	while (i < list->n && list->id[i] != id)
		i++;
	return i;
}

static void list_insert(struct list *list, uint32_t before, uint32_t id, uint64_t v)
{
	size_t i = before != 0 ? list_find(list, before) : list->n;

	assert_true(before == 0 || i < list->n);
	memmove(list->id + i + 1, list->id + i, (list->n - i) * sizeof list->id[0]);
	memmove(list->value + i + 1, list->value + i, (list->n - i) * sizeof list->value[0]);
	list->id[i] = id;
	list->value[i] = v;
	list->n++;
}

static uint64_t list_remove(struct list *list, uint32_t id)
{
	size_t i = list_find(list, id);
	uint64_t v = list->value[i];

	assert_true(i < list->n);
	list->n--;
	memmove(list->id + i, list->id + i + 1, (list->n - i) * sizeof list->id[0]);
	memmove(list->value + i, list->value + i + 1, (list->n - i) * sizeof list->value[0]);
	return v;
}

static void carry_out(struct list *list, const struct change *change)
{
	switch (change->kind) {
	case CHANGE_REMOVE:
		(void)list_remove(list, change->old->id);
		break;
	case CHANGE_SET:
		list->value[list_find(list, change->new->id)] = value_of(change->new);
		break;
	case CHANGE_ADD:
		list_insert(list, change->before, change->new->id, value_of(change->new));
		break;
	case CHANGE_MOVE:
		list_insert(list, change->before, change->new->id,
		            list_remove(list, change->new->id));
		break;
	default:
		break;
	}
}

static size_t check_way(const struct conf_state *from, const struct conf_state *to)
{
	struct diff diff = { 0 };
	struct list list = { 0 };
	struct rows rows = state_rows(from, 0);
	size_t moves = 0;

	for (size_t i = 0; i < rows.n; i++)
		list_insert(&list, 0, rows.at[i]->id, value_of(rows.at[i]));
	diff_states(&diff, from, to);
	for (size_t i = 0; i < diff.n; i++) {
		carry_out(&list, &diff.at[i]);
		moves += diff.at[i].kind == CHANGE_MOVE;
	}
	diff_free(&diff);
	rows = state_rows(to, 0);
	assert_int_equal(list.n, rows.n);
	for (size_t i = 0; i < rows.n; i++) {
		assert_int_equal(list.id[i], rows.at[i]->id);
		assert_int_equal(list.value[i], value_of(rows.at[i]));
	}
	return moves;
}

static void changes_lead_there_and_back(void **unused)
{
	uint64_t seed = 1;
	size_t moves = 0;

	for (int round = 0; round < 500; round++) {
		struct conf_state *from = state_new(menus);
		struct conf_state *to;

		for (uint32_t i = draw(&seed, MOST); i > 0; i--)
			mutate(from, &seed);
		to = state_draft(from);
		for (uint32_t i = draw(&seed, MOST); i > 0; i--)
			mutate(to, &seed);
		moves += check_way(from, to);
		moves += check_way(to, from);
		state_free(from);
		state_free(to);
	}
	assert_true(moves > 100);
}

static void one_move_is_one_change(void **unused)
{
	struct conf_state *from = state_new(menus);
	struct conf_state *to;

	for (uint32_t id = 1; id <= 20; id++)
		state_add(from, 0, rule(id, 0), 0);
	to = state_draft(from);
	state_move(to, 0, 20, 1);
	assert_int_equal(check_way(from, to), 1);
	state_free(from);
	state_free(to);
}

/* Rows stay sorted by position whatever is done to them, or the store would bring another order. */
static void positions_ascend(void **unused)
{
	struct conf_state *state = state_new(menus);
	uint64_t seed = 2;

	for (int i = 0; i < 5000; i++) {
		struct rows rows;

		if (state_rows(state, 0).n < MOST)
			mutate(state, &seed);
		else
			state_remove(state, 0, any(state, &seed));
		rows = state_rows(state, 0);
		for (size_t k = 1; k < rows.n; k++)
			assert_true(row_position(rows.at[k - 1]) < row_position(rows.at[k]));
		for (size_t k = 0; k < rows.n; k++)
			assert_ptr_equal(state_find(state, 0, rows.at[k]->id), rows.at[k]);
	}
	state_free(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_lead_there_and_back),
		cmocka_unit_test(one_move_is_one_change),
		cmocka_unit_test(positions_ascend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
