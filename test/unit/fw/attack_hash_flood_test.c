/*
 * attack_hash_flood_test.c -- flows whose ends somebody has chosen so that they crowd one bucket.
 *
 * It takes the key to choose them. It is drawn at start and never shown, so the same flows lie
 * spread in every router but the one whose key is known.
 */
#include "fw/flow_list.h"
#include "fw/flow_world.h"

enum {
	CHOSEN = 4000,
};

static const struct hash_key known = { 1, 2 };

/* The most flows that a look-up can meet in one bucket. */
static unsigned longest_chain(const struct flows *flows)
{
	unsigned longest = 0;

	for (uint32_t i = 0; i <= flows->bucket_mask; i++) {
		uint32_t link = flows_buckets_const(flows)[i];
		unsigned length = 0;

		for (; link != 0; length++)
			link = flow_at_const(flows, flow_link_index(link))
			               ->next[flow_link_dir(link)];
		longest = length > longest ? length : longest;
	}
	return longest;
}

/* Fill @flows with flows that share 1 of 256 parts of a table under the key that is known. */
static void begin_chosen(struct flows *flows, struct net *net, const struct flows *victim)
{
	unsigned chosen = 0;

	for (uint32_t i = 0; chosen < CHOSEN; i++) {
		struct tuple t = { .src = { 0x0a000000 + i / 60000 },
			           .dst = { 0xc0000201 },
			           .sport = (uint16_t)(1024 + i % 60000),
			           .dport = 80,
			           .proto = IPPROTO_UDP };

		if ((flow_hash(victim, &t) & 255) != 0)
			continue;
		assert_int_not_equal(flow_begin(flows, net, &t, &t, net->now), FLOW_NONE);
		chosen++;
	}
}

static unsigned longest_under(struct flow_world *w, const struct hash_key *key)
{
	size_t len = flows_bytes(CHOSEN);
	void *bytes = mem_new_aligned(64, len), *victim_bytes = mem_new_aligned(64, len);
	struct flows *flows = flows_init(bytes, CHOSEN, key, w->net->now);
	const struct flows *victim = flows_init(victim_bytes, CHOSEN, &known, w->net->now);
	unsigned longest;

	begin_chosen(flows, w->net, victim);
	longest = longest_chain(flows);
	mem_free(bytes);
	mem_free(victim_bytes);
	return longest;
}

static void chosen_flows_spread(void **state)
{
	struct flow_world *w = flow_world_new(16);

	assert_true(longest_under(w, &known) >= 40);
	for (unsigned i = 0; i < 5; i++) {
		struct hash_key key;

		random_fill(&w->random.random, &key, sizeof key);
		assert_true(longest_under(w, &key) <= 10);
	}
	flow_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_flows_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
