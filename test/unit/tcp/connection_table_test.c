#include "unit.h"

#include "lib/mem.h"
#include "seeded.h"
#include "tcp/connection_table.h"

static const struct hash_key key = { 0x0123456789abcdefULL, 0xfedcba9876543210ULL };

static struct tuple tuple_of(uint32_t i)
{
	return (struct tuple){ .src = { 0x0a000001 },
		               .dst = { 0xc0a80000 + i / 50000 },
		               .sport = 80,
		               .dport = (uint16_t)(i % 50000 + 1024),
		               .proto = 6 };
}

enum {
	TUPLES = 300, /* so few that the same come again and again */
	CAPACITY = 200,
};

static struct tuple crowded(uint32_t i)
{
	return (struct tuple){
		.src = { 1 }, .dst = { 2 + i / 20 }, .sport = 1, .dport = (uint16_t)(i % 20)
	};
}

static void check_beside_naive(const struct connection_table *table, const struct entry *naive)
{
	for (uint32_t i = 0; i < TUPLES; i++) {
		struct tuple t = crowded(i);
		struct entry found = connection_table_find(table, &t);

		assert_int_equal(found.kind, naive[i].kind);
		if (found.kind != ENTRY_NONE)
			assert_int_equal(found.index, naive[i].index);
	}
}

static void one_step(struct connection_table *table, struct entry *naive, struct seeded *seeded,
                     uint32_t *count)
{
	uint32_t i = (uint32_t)(seeded_next(seeded) % TUPLES);
	struct tuple t = crowded(i);
	struct entry entry = { (enum entry_kind)(1 + seeded_next(seeded) % 3), 0 };

	entry.index = (uint32_t)(seeded_next(seeded) % ENTRY_INDEX_MAX);
	if (naive[i].kind == ENTRY_NONE) {
		bool added = connection_table_add(table, &t, entry);

		assert_int_equal(added, *count < CAPACITY);
		if (!added)
			return;
		naive[i] = entry;
		(*count)++;
	} else if (seeded_next(seeded) % 3 == 0) {
		connection_table_change(table, &t, entry);
		naive[i] = entry;
	} else {
		connection_table_remove(table, &t);
		naive[i].kind = ENTRY_NONE;
		(*count)--;
	}
}

static void it_holds_what_an_array_holds(void **state)
{
	struct connection_table *table = connection_table_new(CAPACITY, &key);
	struct entry naive[TUPLES] = { 0 };
	struct seeded seeded = seeded_make(1);
	uint32_t count = 0;

	for (int i = 0; i < 40000; i++) {
		one_step(table, naive, &seeded, &count);
		assert_int_equal(connection_table_count(table), count);
		if (i % 16 == 0)
			check_beside_naive(table, naive);
	}
	connection_table_free(table);
}

/* The same tuple the other way round, or with one field changed, is another one. */
static void each_field_counts(void **state)
{
	struct connection_table *table = connection_table_new(8, &key);
	struct tuple t = { .src = { 1 }, .dst = { 2 }, .sport = 3, .dport = 4 };
	struct tuple others[] = { { .src = { 2 }, .dst = { 1 }, .sport = 4, .dport = 3 },
		                  { .src = { 9 }, .dst = { 2 }, .sport = 3, .dport = 4 },
		                  { .src = { 1 }, .dst = { 9 }, .sport = 3, .dport = 4 },
		                  { .src = { 1 }, .dst = { 2 }, .sport = 9, .dport = 4 },
		                  { .src = { 1 }, .dst = { 2 }, .sport = 3, .dport = 9 } };

	assert_true(connection_table_add(table, &t, (struct entry){ ENTRY_CONNECTION, 0 }));
	assert_int_equal(connection_table_find(table, &t).kind, ENTRY_CONNECTION);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_int_equal(connection_table_find(table, &others[i]).kind, ENTRY_NONE);
	connection_table_free(table);
}

/*
 * A million tuples that differ in port and address only, as one host can choose them. What the
 * longest look-up reads grows with the logarithm of their number, and so it stays after half of
 * them have gone and others have come: there are no marks of what was removed.
 */
static void a_million_are_found_in_a_few_steps(void **state)
{
	enum {
		MILLION = 1000000,
	};
	struct connection_table *table = connection_table_new(1 << 20, &key);

	for (uint32_t i = 0; i < MILLION; i++) {
		struct tuple t = tuple_of(i);

		assert_true(connection_table_add(table, &t, (struct entry){ ENTRY_CONNECTION, i }));
	}
	assert_true(connection_table_longest(table) < 100);
	for (uint32_t i = 0; i < MILLION; i += 2) {
		struct tuple gone = tuple_of(i), come = tuple_of(MILLION + i);

		connection_table_remove(table, &gone);
		assert_true(
			connection_table_add(table, &come, (struct entry){ ENTRY_TIME_WAIT, i }));
	}
	assert_true(connection_table_longest(table) < 100);
	for (uint32_t i = 0; i < MILLION; i++) {
		struct tuple t = tuple_of(i % 2 == 0 ? MILLION + i : i);

		assert_int_equal(connection_table_find(table, &t).index, i);
	}
	connection_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_holds_what_an_array_holds),
		cmocka_unit_test(each_field_counts),
		cmocka_unit_test(a_million_are_found_in_a_few_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
