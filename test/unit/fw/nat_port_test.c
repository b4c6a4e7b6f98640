/* nat_port_test.c -- how a port is chosen: at any fill, and at what price. */
#include "fw/flow_world.h"

#include "core/crowd.h"
#include "fw/mapping.h"
#include "fw/nat_port.h"

#define OUTER 0xcb007102
#define PRICE (1 + 8 + 32) /* looks at the table for one choice, at most */

static struct nat_source source_of(uint16_t low, uint16_t high)
{
	return (struct nat_source){
		.on = true, .addr = { OUTER }, .port_low = low, .port_high = high
	};
}

/* Begin a translated flow; its outer port, 0: none is left. */
static uint16_t begin(struct flow_world *w, const struct nat_source *source, struct tuple came,
                      uint32_t *ret_index)
{
	struct tuple leaves = came;
	uint64_t probes = w->fw.port_probes;
	enum nat_hold hold;

	if (!nat_port_choose(&w->fw, source, &came, &leaves, &hold)) {
		assert_in_range(w->fw.port_probes - probes, 0, PRICE);
		return 0;
	}
	assert_in_range(w->fw.port_probes - probes, 0, PRICE);
	assert_in_range(leaves.sport, source->port_low, source->port_high);
	*ret_index = flow_world_begin(w, &came, &leaves);
	flow_set_weak(w->fw.flows, *ret_index, false);
	nat_port_keep(&w->fw, *ret_index, hold);
	return leaves.sport;
}

/* RELIABILITY G13: 64,512 connections to one destination, and no more; every port once. */
static void every_port_towards_one_end_is_used(void **state)
{
	struct flow_world *w = flow_world_new(1 << 17);
	struct nat_source source = source_of(1024, UINT16_MAX);
	bool *seen = mem_new(65536, sizeof *seen);
	uint32_t index, some = 0;
	uint16_t port;

	(void)state;
	for (uint32_t i = 0; i < 64512; i++) {
		struct tuple came = flow_world_tuple(0xc0a80000 + i, 5000 + i % 7, 0xc0000207, 443,
		                                     IPPROTO_TCP);

		port = begin(w, &source, came, &index);
		assert_true(port != 0 && !seen[port]);
		seen[port] = true;
		if (i == 40000)
			some = index;
	}
	assert_int_equal(w->fw.crowds_made, 1);
	struct tuple more = flow_world_tuple(0x0a000001, 7, 0xc0000207, 443, IPPROTO_TCP);
	assert_int_equal(begin(w, &source, more, &index), 0);
	/* To others all ports are free, and the source's own is kept. */
	more.dport = 444;
	more.sport = 31337;
	assert_int_equal(begin(w, &source, more, &index), 31337);
	/* What ends can be had again, and nothing else. */
	more.dport = 443;
	port = flow_at(w->fw.flows, some)->key[1].dport;
	flow_end(w->fw.flows, w->net, some);
	assert_int_equal(begin(w, &source, more, &index), port);
	more.sport++;
	assert_int_equal(begin(w, &source, more, &index), 0);
	assert_int_equal(w->fw.crowds_made, 1);
	assert_int_equal(ports_used(w->net->ports), 0);
	mem_free(seen);
	flow_world_free(w);
}

/* The router's own ports and those of translated connections keep off each other. */
static void ports_of_others_are_left_alone(void **state)
{
	struct flow_world *w = flow_world_new(256);
	struct nat_source source = source_of(6000, 6003);
	struct tuple came = flow_world_tuple(0xc0a85802, 6001, 0xc0000207, 443, IPPROTO_TCP);
	uint32_t index;

	(void)state;
	assert_int_equal(ports_take_exact(w->net->ports, (ip4){ OUTER }, IPPROTO_TCP, 6001), 0);
	for (unsigned i = 0; i < 3; i++) {
		uint16_t port = begin(w, &source, came, &index);

		assert_true(port != 0 && port != 6001);
		came.src.v++;
	}
	assert_int_equal(begin(w, &source, came, &index), 0);
	ports_give_back(w->net->ports, (ip4){ OUTER }, IPPROTO_TCP, 6001);
	assert_int_equal(begin(w, &source, came, &index), 6001);
	flow_world_free(w);
}

/* More crowded ends than maps: they give way, and each has its ports nevertheless. */
static bool router_has(void *arg, const struct tuple *ends)
{
	const struct tuple *own = arg;

	return tuple_equal(own, ends);
}

/* Ports are shared by both ends: the router's own connections and translated ones, too. */
static void ends_of_the_router_are_left_alone(void **state)
{
	struct flow_world *w = flow_world_new(256);
	struct nat_source source = source_of(6000, 6003);
	struct tuple came = flow_world_tuple(0xc0a85802, 6001, 0xc0000207, 443, IPPROTO_TCP);
	struct tuple own = flow_world_tuple(OUTER, 6001, 0xc0000207, 443, IPPROTO_TCP);
	struct tuple answer = tuple_reverse(&own);
	uint32_t index;

	(void)state;
	w->net->connected = router_has;
	w->net->connected_arg = &own;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_not_equal(begin(w, &source, came, &index), 6001);
		came.sport++;
	}
	assert_int_equal(begin(w, &source, came, &index), 0);
	came.dport = 444; /* another end */
	came.sport = 6001;
	assert_int_equal(begin(w, &source, came, &index), 6001);
	/* And the other way round. */
	assert_false(nat_port_translates(&w->fw, &answer));
	answer.sport = 444;
	assert_true(nat_port_translates(&w->fw, &answer));
	flow_world_free(w);
}

static void crowds_give_way_to_each_other(void **state)
{
	struct flow_world *w = flow_world_new(4096);
	struct nat_source source = source_of(6000, 6003);
	uint32_t index;

	(void)state;
	for (uint32_t end = 0; end < CROWDS_DEFAULT * 3; end++) {
		struct tuple came =
			flow_world_tuple(0xc0a85802, 1, 0xc0000207 + end % 100, 443, IPPROTO_TCP);
		unsigned n = 0;

		came.dport = 443 + end / 100;
		while (begin(w, &source, came, &index) != 0) {
			came.src.v++;
			n++;
		}
		assert_int_equal(n, 4);
		w->net->now = mono_add_ms(w->net->now, 100);
	}
	assert_true(w->fw.crowds_made >= CROWDS_DEFAULT * 3);
	flow_world_free(w);
}

/* A map takes long to make: too many at once would hold up everything else. */
static void maps_are_made_at_a_measured_pace(void **state)
{
	struct flow_world *w = flow_world_new(256);
	struct nat_source source = source_of(6000, 6000);
	struct tuple came = flow_world_tuple(0xc0a85802, 1, 0xc0000207, 443, IPPROTO_TCP);
	uint32_t index;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		came.dport = 443 + i;
		assert_int_equal(begin(w, &source, came, &index), 6000);
		came.src.v++;
		assert_int_equal(begin(w, &source, came, &index), 0);
	}
	assert_int_equal(w->fw.crowds_made, 1);
	w->net->now = mono_add_ms(w->net->now, 100);
	assert_int_equal(begin(w, &source, came, &index), 0);
	assert_int_equal(w->fw.crowds_made, 2);
	flow_world_free(w);
}

/* The way of Linux: each connection a port of its own, UDP too; and none twice. */
static void strict_gives_each_connection_a_port(void **state)
{
	struct flow_world *w = flow_world_new(256);
	struct nat_source source = source_of(6000, 6009);
	struct tuple came = flow_world_tuple(0xc0a85802, 6000, 0xc0000207, 53, IPPROTO_UDP);
	bool seen[10] = { false };
	uint32_t index;

	(void)state;
	source.strict = true;
	for (unsigned i = 0; i < 10; i++) {
		uint16_t port = begin(w, &source, came, &index);

		assert_true(port != 0 && !seen[port - 6000]);
		seen[port - 6000] = true;
		came.dport++;
	}
	assert_int_equal(begin(w, &source, came, &index), 0);
	assert_int_equal(w->fw.flows->mappings, 0);
	assert_int_equal(ports_used(w->net->ports), 10);
	flow_world_free(w);
}

/* A mapping whose last flow gives way to the very one that wants to share it. */
static void a_mapping_survives_the_flow_that_gave_way(void **state)
{
	struct flow_world *w = flow_world_new(2);
	struct nat_source source = source_of(1024, UINT16_MAX);
	struct tuple came = flow_world_tuple(0xc0a85802, 5000, 0xc0000207, 53, IPPROTO_UDP);
	struct tuple leaves = came;
	enum nat_hold hold;
	uint32_t index;

	(void)state;
	assert_int_equal(begin(w, &source, came, &index), 5000);
	flow_set_weak(w->fw.flows, index, true);
	came.src.v++;
	assert_int_not_equal(begin(w, &source, came, &index), 0);
	came.src.v--;
	came.dport = leaves.dport = 54;
	assert_true(nat_port_choose(&w->fw, &source, &came, &leaves, &hold));
	assert_int_equal(hold, HOLD_MAPPING);
	index = flow_world_begin(w, &came, &leaves); /* the first one goes, and its mapping */
	assert_int_equal(w->fw.flows->gave_way, 1);
	nat_port_keep(&w->fw, index, hold);
	flows_must_hold(w->fw.flows, w->net);
	assert_int_equal(w->fw.flows->mappings, 2);
	flow_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_port_towards_one_end_is_used),
		cmocka_unit_test(ports_of_others_are_left_alone),
		cmocka_unit_test(ends_of_the_router_are_left_alone),
		cmocka_unit_test(crowds_give_way_to_each_other),
		cmocka_unit_test(maps_are_made_at_a_measured_pace),
		cmocka_unit_test(strict_gives_each_connection_a_port),
		cmocka_unit_test(a_mapping_survives_the_flow_that_gave_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
