/* network_test.c -- some lives of random networks (sim/network_run.h); `make sim` runs more. */
#include "unit.h"

#include "lib/text.h"
#include "sim/network.h"
#include "sim/network_run.h"

enum {
	SEEDS = 25
};

static void every_network_lives_and_ends_well(void **state)
{
	struct cover *cover = test_calloc(1, sizeof *cover);
	struct seed *seed = test_calloc(1, sizeof *seed);
	struct text out = { 0 };

	(void)state;
	for (uint64_t number = 1; number <= SEEDS; number++) {
		*seed = (struct seed){ .number = number, .cover = cover, .out = &out };
		if (!network_run(seed))
			fail_msg("seed %lu, step %u: %s", number, seed->failed_step,
			         text_str(&out));
	}
	assert_true(cover->events[COVER_LOST] > SEEDS);
	assert_true(cover->events[COVER_FLAPS] > 0 && cover->events[COVER_CLOGS] > 0);
	assert_true(cover->events[COVER_OWN] > 0);
	assert_true(cover->events[COVER_REPLAYED] > SEEDS * 10);
	text_free(&out);
	test_free(seed);
	test_free(cover);
}

/* The same network each time; others for other seeds, of every kind. */
static void networks_are_of_every_kind(void **state)
{
	unsigned calm = 0, routers[NETWORK_NODES + 1] = { 0 }, roles[3] = { 0 };
	struct text out = { 0 };

	(void)state;
	for (uint64_t number = 1; number <= 100; number++) {
		struct sim_random random = sim_random_make(number);
		struct network *network = network_new(number, &random, &out);

		calm += network->calm;
		routers[network->routers_n]++;
		for (unsigned i = 0; i < network->routers_n; i++)
			roles[network->routers[i].role]++;
		network_free(network);
	}
	assert_in_range(calm, 40, 80);
	for (unsigned i = 1; i <= NETWORK_NODES; i++)
		assert_in_range(routers[i], 10, 40);
	assert_true(roles[ROLE_OUTER] > 100 && roles[ROLE_INNER] > 20 && roles[ROLE_ROUTING] > 20);
	assert_string_equal(text_str(&out), "");
	text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_network_lives_and_ends_well),
		cmocka_unit_test(networks_are_of_every_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
