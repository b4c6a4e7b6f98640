/* flow_adopt_test.c -- a table's bytes in another process: kept when sound, refused when not. */
#include "fw/flow_world.h"

#include "fw/flow_list.h"

#define FLOWS 64

/* Flows of all kinds; every third has ended, so that the free list is in use. */
static void fill(struct flow_world *w)
{
	for (uint16_t i = 0; i < 40; i++) {
		struct tuple came = flow_world_tuple(0xc0a85802 + i, 1000 + i, 0xc0000201, 80,
		                                     i % 2 != 0 ? IPPROTO_TCP : IPPROTO_UDP);
		struct tuple leaves = came;
		uint32_t index;

		leaves.src.v = 0xcb007102;
		leaves.sport = 2000 + i;
		assert_int_equal(
			ports_take_exact(w->net->ports, leaves.src, leaves.proto, leaves.sport), 0);
		index = flow_world_begin(w, &came, &leaves);
		flow_at(w->fw.flows, index)->flags |= FLOW_PORT_TAKEN | FLOW_SRC_NAT;
		flow_at(w->fw.flows, index)->way[0].generation = w->net->generation;
		flow_touch(flow_at(w->fw.flows, index), w->net->now, 100 + i);
		if (i % 3 == 1)
			flow_set_weak(w->fw.flows, index, false);
		if (i % 3 == 2)
			flow_end(w->fw.flows, w->net, index);
	}
}

static void a_copy_keeps_every_flow(void **state)
{
	struct flow_world *old = flow_world_new(FLOWS), *new = flow_world_new(FLOWS * 2);
	size_t len = flows_bytes(FLOWS);
	uint8_t *bytes = mem_new_aligned(64, len);
	uint32_t at = 0, index;
	struct flows *flows;

	(void)state;
	fill(old);
	memcpy(bytes, old->bytes, len);
	new->net->now = (mono){ 77 * NS_PER_S };
	flows = flows_adopt(bytes, len, new->net, old->net->now, new->net->now);
	assert_non_null(flows);
	flows_must_hold(flows, new->net);
	assert_int_equal(flows->used, old->fw.flows->used);
	assert_int_equal(ports_used(new->net->ports), ports_used(old->net->ports));
	while ((index = flows_walk(old->fw.flows, &at)) != FLOW_NONE) {
		const struct flow *a = flow_at(old->fw.flows, index);
		struct tuple came = flow_comes(a, 0), leaves = flow_leaves(a, 0), again;
		uint8_t dir = 9;
		uint32_t found = flow_find(flows, &came, flow_hash(flows, &came), &dir);

		assert_int_not_equal(found, FLOW_NONE);
		assert_int_equal(dir, 0);
		again = flow_leaves(flow_at(flows, found), 0);
		assert_true(tuple_equal(&leaves, &again));
		/* As much time is left as there was; no decision is believed. */
		assert_int_equal(flow_at(flows, found)->due.ns - new->net->now.ns,
		                 a->due.ns - old->net->now.ns);
		assert_int_equal(flow_at(flows, found)->way[0].generation, 0);
	}
	/* It goes on living: full, empty, in order. */
	new->fw.flows = flows;
	flow_world_sleep_ms(new, 400000);
	assert_int_equal(flows->used, 0);
	assert_int_equal(ports_used(new->net->ports), 0);
	flow_world_free(new);
	flow_world_free(old);
	mem_free(bytes);
}

/* Bits flipped at random: either it is refused, or it is a sound table. Never a crash. */
static void a_spoilt_copy_does_no_harm(void **state)
{
	struct flow_world *old = flow_world_new(FLOWS);
	size_t len = flows_bytes(FLOWS);
	uint8_t *bytes = mem_new_aligned(64, len);
	unsigned refused = 0;

	(void)state;
	fill(old);
	for (unsigned round = 0; round < 3000; round++) {
		struct flow_world *new = flow_world_new(FLOWS);
		unsigned flips = 1 + seeded_next(&old->random) % 8;
		struct flows *flows;

		memcpy(bytes, old->bytes, len);
		for (unsigned i = 0; i < flips; i++) {
			/* Half of them where it hurts: the header, the buckets, the first records.
			 */
			size_t below = i % 2 == 0 ? len : flows_records_at(old->fw.flows) + 4096;
			size_t place = seeded_next(&old->random) % below;

			if (place >= offsetof(struct flows, timer) && i % 2 != 0)
				place = sizeof(struct flows) +
				        place % (below - sizeof(struct flows));
			bytes[place] ^= 1U << seeded_next(&old->random) % 8;
		}
		flows = flows_adopt(bytes, len, new->net, old->net->now, new->net->now);
		if (flows == NULL) {
			refused++;
		} else {
			flows_must_hold(flows, new->net);
			new->fw.flows = flows;
			flow_world_sleep_ms(new, 1000);
		}
		flow_world_free(new);
	}
	assert_true(refused > 300);
	assert_true(refused < 3000);
	flow_world_free(old);
	mem_free(bytes);
}

static void a_short_or_foreign_table_is_refused(void **state)
{
	struct flow_world *w = flow_world_new(FLOWS);
	size_t len = flows_bytes(FLOWS);
	uint8_t *bytes = mem_new_aligned(64, len);

	(void)state;
	fill(w);
	assert_null(flows_adopt(bytes, len, w->net, w->net->now, w->net->now)); /* zeroes */
	memcpy(bytes, w->bytes, len);
	assert_null(flows_adopt(bytes, len - 1, w->net, w->net->now, w->net->now));
	assert_null(flows_adopt(bytes, 8, w->net, w->net->now, w->net->now));
	((struct flows *)(void *)bytes)->version++;
	assert_null(flows_adopt(bytes, len, w->net, w->net->now, w->net->now));
	flow_world_free(w);
	mem_free(bytes);
}

/* Two flows with one port can't both have it: one goes. */
static void a_port_is_not_taken_twice(void **state)
{
	struct flow_world *old = flow_world_new(FLOWS), *new = flow_world_new(FLOWS);
	size_t len = flows_bytes(FLOWS);
	uint32_t used;
	struct flows *flows;

	(void)state;
	fill(old);
	used = old->fw.flows->used;
	assert_int_equal(ports_take_exact(new->net->ports, (ip4){ 0xcb007102 }, IPPROTO_UDP, 2000),
	                 0);
	flows = flows_adopt(old->bytes, len, new->net, old->net->now, new->net->now);
	assert_non_null(flows);
	assert_int_equal(flows->used, used - 1);
	flows_must_hold(flows, new->net);
	/* What was taken before is still there. */
	assert_true(ports_is_taken(new->net->ports, (ip4){ 0xcb007102 }, IPPROTO_UDP, 2000));
	flow_world_free(new);
	flow_world_free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_keeps_every_flow),
		cmocka_unit_test(a_spoilt_copy_does_no_harm),
		cmocka_unit_test(a_short_or_foreign_table_is_refused),
		cmocka_unit_test(a_port_is_not_taken_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
