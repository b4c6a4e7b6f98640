/*
 * attack_hash_flood_test.c -- connections whose ends somebody has chosen so that they crowd one
 * place of the table. It takes the key, which is drawn at start and never shown.
 */
#include "unit.h"

#include "tcp/connection_table.h"

static const struct hash_key key = { 0x0123456789abcdefULL, 0xfedcba9876543210ULL };

/* Tuples that crowd one place under one key are spread under another (hash floods). */
static void chosen_tuples_do_not_crowd(void **state)
{
	enum {
		CHOSEN = 2000,
	};
	struct hash_key known = { 1, 2 };
	struct connection_table *weak = connection_table_new(CHOSEN * 4, &known);
	struct connection_table *table = connection_table_new(CHOSEN * 4, &key);
	uint32_t chosen = 0;

	for (uint32_t i = 0; chosen < CHOSEN; i++) {
		struct tuple t = { .src = { 1 }, .dst = { i }, .sport = 80, .dport = 9 };
		uint64_t words[2] = { 1ULL << 32 | i, 80 << 16 | 9 };

		/* Who knows the key finds these: all in the first 64th of the table. */
		if ((hash_words(&known, words, 2) & 16383) >= 256)
			continue;
		chosen++;
		assert_true(connection_table_add(weak, &t, (struct entry){ ENTRY_CONNECTION, i }));
		assert_true(connection_table_add(table, &t, (struct entry){ ENTRY_CONNECTION, i }));
	}
	assert_true(connection_table_longest(weak) > CHOSEN / 2);
	assert_true(connection_table_longest(table) < 16);
	connection_table_free(weak);
	connection_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_tuples_do_not_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
