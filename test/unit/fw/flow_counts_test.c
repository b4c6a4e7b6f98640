/* Connections by network, against a walk over the table. */
#include "flow_world.h"

#include "fw/flow_counts.h"

static uint32_t counted(const struct flows *flows, ip4 src, unsigned bits)
{
	uint32_t at = 0, index, n = 0;
	uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);

	while ((index = flows_walk(flows, &at)) != FLOW_NONE)
		n += ((flow_at_const(flows, index)->key[0].src.v ^ src.v) & mask) == 0;
	return n;
}

static void counts_hold(const struct flow_world *w, uint64_t lengths, ip4 src)
{
	for (unsigned bits = 0; bits <= 32; bits++) {
		uint32_t want = (lengths >> bits & 1) != 0 ? counted(w->fw.flows, src, bits) : 0;

		assert_int_equal(flow_counts_of(w->net->flow_counts, src, bits), want);
	}
	assert_int_equal(flow_counts_of(w->net->flow_counts, src, 33), 0);
}

static ip4 draw(struct seeded *s)
{
	return (ip4){ 0x0a000000 + ((uint32_t)seeded_next(s) & 0x30f0f) };
}

/* Flows begin, end, give way when the table is full; rules ask for other lengths. */
static void counts_are_what_a_walk_finds(void **state)
{
	struct flow_world *w = flow_world_new(48);
	struct seeded *s = &w->random;
	uint64_t lengths = 1ULL << 32 | 1ULL << 24 | 1;

	w->net->flow_counts = flow_counts_new(&w->net->key);
	flow_counts_keep(w->net->flow_counts, w->fw.flows, lengths);
	for (unsigned i = 0; i < 30000; i++) {
		ip4 src = draw(s);
		struct tuple t = { .src = src,
			           .dst = { 1 + ((uint32_t)seeded_next(s) & 3) },
			           .sport = (uint16_t)(uint32_t)seeded_next(s),
			           .proto = IPPROTO_UDP };
		struct tuple back = tuple_reverse(&t);
		uint32_t index = (uint32_t)seeded_next(s) % 48;
		uint8_t dir;

		if ((uint32_t)seeded_next(s) % 3 != 0 &&
		    flow_find(w->fw.flows, &t, flow_hash(w->fw.flows, &t), &dir) == FLOW_NONE &&
		    flow_find(w->fw.flows, &back, flow_hash(w->fw.flows, &back), &dir) == FLOW_NONE)
			(void)flow_begin(w->fw.flows, w->net, &t, &t, w->net->now);
		else if (index < w->fw.flows->fresh &&
		         (flow_at(w->fw.flows, index)->flags & FLOW_USED) != 0)
			flow_end(w->fw.flows, w->net, index);
		if (i % 1000 == 0) {
			lengths = 1ULL << ((uint32_t)seeded_next(s) % 33) | 1ULL << 16;
			flow_counts_keep(w->net->flow_counts, w->fw.flows, lengths);
		}
		if (i % 16 == 0)
			counts_hold(w, lengths, draw(s));
	}
	assert_true(w->fw.flows->gave_way > 100);
	flow_counts_free(w->net->flow_counts);
	flow_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_are_what_a_walk_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
