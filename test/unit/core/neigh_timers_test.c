/* neigh_timers_test.c -- the heap, beside a look through all entries. */
#include "core/neigh_timers.h"
#include "lib/mem.h"
#include "seeded.h"
#include "unit.h"

enum {
	ENTRIES = 200
};

static struct neigh *naive_first(struct neigh *entries, const bool *set)
{
	struct neigh *first = NULL;

	for (unsigned i = 0; i < ENTRIES; i++) {
		if (set[i] && (first == NULL || entries[i].due.ns < first->due.ns))
			first = &entries[i];
	}
	return first;
}

static void the_first_is_the_one_that_a_look_at_all_finds(void **state)
{
	struct seeded seeded = seeded_make(4);
	struct neigh *entries = mem_new(ENTRIES, sizeof *entries);
	struct neigh_timers timers;
	bool set[ENTRIES] = { false };

	(void)state;
	neigh_timers_init(&timers, ENTRIES);
	assert_null(neigh_timers_first(&timers));
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t draw = seeded_next(&seeded);
		unsigned at = (unsigned)(draw % ENTRIES);

		set[at] = (draw >> 32) % 3 != 0;
		if (set[at]) {
			entries[at].due = (mono){ (draw >> 40) % 1000 }; /* many at one time */
			neigh_timers_set(&timers, &entries[at]);
		} else {
			neigh_timers_stop(&timers, &entries[at]);
		}
		assert_ptr_equal(neigh_timers_first(&timers), naive_first(entries, set));
	}
	neigh_timers_free(&timers);
	mem_free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_is_the_one_that_a_look_at_all_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
