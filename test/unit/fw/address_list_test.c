/* Address lists against a list that is walked, entry by entry. */
#include <stdio.h>

#include "fw/address_list.h"
#include "fw/rule_world.h"

#define NAIVE_MAX 256

/* The naive one: a reason to be in a list after another. */
struct naive_entry {
	uint16_t list;
	struct ip4_range range;
	bool dynamic;
	mono due;
};

struct naive {
	struct naive_entry at[NAIVE_MAX];
	size_t n;
};

static bool naive_has(const struct naive *naive, uint16_t list, ip4 addr)
{
	for (size_t i = 0; i < naive->n; i++) {
		const struct naive_entry *e = &naive->at[i];

		if (e->list == list && addr.v >= e->range.low.v && addr.v <= e->range.high.v)
			return true;
	}
	return false;
}

static size_t naive_find(const struct naive *naive, uint16_t list, struct ip4_range range,
                         bool dynamic)
{
	size_t i = 0;

	while (i < naive->n && !(naive->at[i].list == list && naive->at[i].dynamic == dynamic &&
	                         naive->at[i].range.low.v == range.low.v &&
	                         naive->at[i].range.high.v == range.high.v))
		i++;
	return i;
}

static void naive_remove(struct naive *naive, size_t i)
{
	naive->at[i] = naive->at[--naive->n];
}

/* --- by random changes --- */

struct random_world {
	struct world *world;
	struct address_lists *lists;
	struct naive naive;
	struct listed_range rows[12];
	unsigned rows_n;
	uint32_t next_id;
	uint64_t seed;
};

static uint32_t below(struct random_world *w, uint32_t n)
{
	return seeded_below(&w->seed, n);
}

static ip4 some_address(struct random_world *w)
{
	return (ip4){ 0x0a000000 + below(w, 64) };
}

static struct ip4_range some_range(struct random_world *w)
{
	ip4 low = some_address(w);

	if (below(w, 2) == 0)
		return (struct ip4_range){ low, { low.v + below(w, 20) } };
	return (struct ip4_range){ low, low };
}

static void publish(struct random_world *w)
{
	char error[256] = "";
	struct address_list_rows *rows =
		address_list_rows_new(w->lists, w->rows, w->rows_n, error, sizeof error);

	assert_string_equal(error, "");
	address_list_rows_publish(w->lists, rows);
	for (size_t i = w->naive.n; i-- > 0;) {
		if (!w->naive.at[i].dynamic)
			naive_remove(&w->naive, i);
	}
	for (unsigned i = 0; i < w->rows_n; i++)
		w->naive.at[w->naive.n++] =
			(struct naive_entry){ .list = w->rows[i].list, .range = w->rows[i].range };
}

static bool asked_for(const struct random_world *w, const struct listed_range *row)
{
	for (unsigned i = 0; i < w->rows_n; i++) {
		if (w->rows[i].list == row->list && w->rows[i].range.low.v == row->range.low.v &&
		    w->rows[i].range.high.v == row->range.high.v)
			return true;
	}
	return false;
}

static void change_rows(struct random_world *w)
{
	struct listed_range row = { .id = w->next_id++,
		                    .list = (uint16_t)(1 + below(w, 3)),
		                    .range = some_range(w) };
	uint32_t at = below(w, ARRAY_LEN(w->rows));

	if (at < w->rows_n && below(w, 2) == 0) {
		memmove(&w->rows[at], &w->rows[at + 1], (--w->rows_n - at) * sizeof w->rows[0]);
	} else if (!asked_for(w, &row)) {
		if (at >= w->rows_n)
			at = w->rows_n++;
		w->rows[at] = row;
	}
	publish(w);
}

/* A row that asks for just this network, alone or as a part of its range, goes before. */
static void add_entry(struct random_world *w)
{
	uint16_t list = (uint16_t)(1 + below(w, 3));
	uint8_t bits = (uint8_t)(28 + below(w, 5));
	ip4 network = ip4_network(some_address(w), bits);
	struct ip4_range range = { network, { network.v | ~ip4_mask(bits).v } };
	uint32_t seconds = below(w, 3) * 7;
	size_t at = naive_find(&w->naive, list, range, true);
	mono due = seconds == 0 ? mono_never() : mono_add_s(w->world->net->now, seconds);
	enum address_added added = address_list_add(w->lists, list, network, bits, seconds, NULL);

	if (at < w->naive.n) {
		assert_int_equal(added, ADDRESS_REFRESHED);
	} else if (added == ADDRESS_BY_ROW) {
		assert_true(naive_has(&w->naive, list, network));
		return;
	} else {
		assert_int_equal(added, ADDRESS_ADDED);
		w->naive.n++;
	}
	w->naive.at[at] = (struct naive_entry){ list, range, true, due };
}

static void remove_entry(struct random_world *w)
{
	uint32_t at = 0, skip = below(w, 5);
	const struct address_entry *entry = address_lists_walk(w->lists, &at);
	struct ip4_range range;

	while (entry != NULL && skip-- > 0)
		entry = address_lists_walk(w->lists, &at);
	if (entry == NULL)
		return;
	range = (struct ip4_range){ entry->network,
		                    { entry->network.v | ~ip4_mask(entry->bits).v } };
	naive_remove(&w->naive, naive_find(&w->naive, entry->list, range, true));
	assert_true(address_list_remove(w->lists, at - 1));
	assert_false(address_list_remove(w->lists, at - 1));
}

/* An entry is there until its time, and not more than a second longer. */
static void pass_time(struct random_world *w)
{
	mono *now = &w->world->net->now;

	*now = mono_add_s(*now, 1 + below(w, 4));
	*now = (mono){ now->ns / NS_PER_S * NS_PER_S };
	while (address_lists_turn(w->lists, 2))
		;
	for (size_t i = w->naive.n; i-- > 0;) {
		if (mono_add_s(w->naive.at[i].due, 1).ns <= now->ns && w->naive.at[i].dynamic)
			naive_remove(&w->naive, i);
	}
}

static void compare(struct random_world *w)
{
	for (uint16_t list = 1; list <= 3; list++) {
		for (uint32_t i = 0; i < 96; i++) {
			ip4 addr = { 0x0a000000 + i };

			assert_int_equal(address_list_has(w->lists, list, addr),
			                 naive_has(&w->naive, list, addr));
		}
	}
	address_lists_must_hold(w->lists);
}

static void as_a_naive_one(void **state)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct random_world w = { .world = *state, .next_id = 1 };

		w.seed = seed;
		w.lists = address_lists_new(w.world->net, 512);
		for (unsigned i = 1; i <= 3; i++)
			assert_int_equal(
				address_list_number(w.lists, (char[]){ (char)('a' + i), 0 }), i);
		for (unsigned step = 0; step < 200; step++) {
			static void (*const steps[])(struct random_world *) = {
				change_rows, add_entry, add_entry, remove_entry, pass_time,
			};

			steps[below(&w, ARRAY_LEN(steps))](&w);
			compare(&w);
		}
		address_lists_free(w.lists);
	}
}

/* --- one by one --- */

static void names_have_numbers(void **state)
{
	struct world *world = *state;
	struct address_lists *lists = address_lists_new(world->net, 16);
	char name[LIST_NAME_BYTES];

	assert_int_equal(address_list_number(lists, "bad"), 1);
	assert_int_equal(address_list_number(lists, "good"), 2);
	assert_int_equal(address_list_number(lists, "bad"), 1);
	assert_string_equal(address_list_name(lists, 2), "good");
	assert_null(address_list_name(lists, 0));
	assert_null(address_list_name(lists, 3));
	for (unsigned i = 2; i < ADDRESS_LISTS_MAX; i++) {
		snprintf(name, sizeof name, "list%u", i);
		assert_int_equal(address_list_number(lists, name), i + 1);
	}
	assert_int_equal(address_list_number(lists, "one more"), 0);
	assert_int_equal(address_list_number(lists, "list7"), 8);
	address_lists_free(lists);
}

static void a_full_table_says_so(void **state)
{
	struct world *world = *state;
	struct address_lists *lists = address_lists_new(world->net, 4);
	uint16_t bad = address_list_number(lists, "bad");
	uint64_t lines = world->log.count;
	uint32_t capacity;

	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(address_list_add(lists, bad, (ip4){ i }, 32, 9, NULL),
		                 ADDRESS_ADDED);
	for (uint32_t i = 4; i < 104; i++)
		assert_int_equal(address_list_add(lists, bad, (ip4){ i }, 32, 9, NULL),
		                 ADDRESS_FULL);
	assert_int_equal(world->log.count, lines + 1);
	assert_string_equal(world->log.lines[lines % LOG_LINES].text,
	                    "address lists are full: 0.0.0.4 was not added to bad (and 0 before "
	                    "it); 4 entries fit");
	assert_int_equal(address_list_add(lists, bad, (ip4){ 2 }, 32, 9, NULL), ADDRESS_REFRESHED);
	assert_int_equal(address_lists_used(lists, &capacity), 4);
	assert_int_equal(capacity, 4);
	address_lists_must_hold(lists);
	address_lists_free(lists);
}

/* What the configuration asks for has its place, whatever rules have filled the table with. */
static void rows_go_before(void **state)
{
	struct world *world = *state;
	struct address_lists *lists = address_lists_new(world->net, 4);
	uint16_t bad = address_list_number(lists, "bad");
	char error[256];
	struct listed_range rows[] = {
		{ 1, bad, 0, { { 100 }, { 100 } } },
		{ 2, bad, 0, { { 200 }, { 204 } } }, /* 200/30 and 204/32 */
		{ 3, bad, 0, { { 300 }, { 302 } } }, /* 300/31 and 302/32: one too many */
	};
	struct address_list_rows *prepared;

	for (uint32_t i = 0; i < 4; i++)
		(void)address_list_add(lists, bad, (ip4){ i }, 32, 9, NULL);
	assert_null(address_list_rows_new(lists, rows, 3, error, sizeof error));
	assert_string_equal(error, "address lists hold 4 addresses and networks together, and with "
	                           "this there would be 5; remove some, or use networks (a range "
	                           "counts as the networks that make it up)");
	prepared = address_list_rows_new(lists, rows, 2, error, sizeof error);
	address_list_rows_publish(lists, prepared);
	assert_true(address_list_has(lists, bad, (ip4){ 100 }));
	assert_true(address_list_has(lists, bad, (ip4){ 203 }));
	assert_false(address_list_has(lists, bad, (ip4){ 205 }));
	address_lists_must_hold(lists);
	rows[1].range = rows[0].range;
	assert_null(address_list_rows_new(lists, rows, 2, error, sizeof error));
	assert_string_equal(error, "already have such entry: bad has 0.0.0.100");
	address_lists_free(lists);
}

/* Decisions about an address fall when it comes or goes, and those about others stand. */
static void stamps_tell_of_changes(void **state)
{
	struct world *world = *state;
	struct address_lists *lists = address_lists_new(world->net, 64);
	uint16_t bad = address_list_number(lists, "bad");
	const ip4 mine[] = { { 7 }, { 8 } }, other[] = { { 9 }, { 10 } };
	uint32_t before = address_lists_stamp(lists, mine, 2), generation = world->net->generation;
	uint32_t others = address_lists_stamp(lists, other, 2), after;

	(void)address_list_add(lists, bad, (ip4){ 8 }, 32, 5, NULL);
	after = address_lists_stamp(lists, mine, 2);
	assert_true(after != before);
	(void)address_list_add(lists, bad, (ip4){ 8 }, 32, 5, NULL); /* again: nothing new */
	assert_int_equal(address_lists_stamp(lists, mine, 2), after);
	assert_int_equal(address_lists_stamp(lists, other, 2), others);
	assert_int_equal(world->net->generation, generation);
	world->net->now = mono_add_s(world->net->now, 7);
	while (address_lists_turn(lists, 1))
		;
	assert_false(address_list_has(lists, bad, (ip4){ 8 }));
	assert_true(address_lists_stamp(lists, mine, 2) != after);
	(void)address_list_add(lists, bad, (ip4){ 0 }, 24, 5, NULL); /* wider: everybody's */
	assert_true(world->net->generation != generation);
	address_lists_free(lists);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(as_a_naive_one, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(names_have_numbers, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(a_full_table_says_so, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(rows_go_before, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(stamps_tell_of_changes, world_setup,
		                                world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
