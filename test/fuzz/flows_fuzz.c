#include "fuzz.h"

#include <string.h>

#include "core/net.h"
#include "core/ports.h"
#include "fw/flow.h"
#include "fw/mapping.h"
#include "lib/mem.h"
#include "sim/random.h"
#include "wire/cursor.h"

enum {
	CAPACITY = 8,
	PATCH_BYTES = 8,
};

static const struct net_budget budget = {
	.pkt_small = 4, .pkt_large = 1, .neighbours = 8, .port_addresses = 2, .datagrams = 1
};

struct world {
	struct net *net;
	struct log log;
	struct sim_random random;
};

static void world_make(struct world *w)
{
	w->net = mem_new(1, sizeof *w->net);
	w->net->now = (mono){ 5000 * NS_PER_S };
	w->random = sim_random_make(1);
	log_init(&w->log);
	net_init(w->net, &budget, &w->random.random, &w->log);
}

static void world_free(struct world *w)
{
	net_free(w->net);
	log_free(&w->log);
	mem_free(w->net);
}

/* Few addresses and ports, so that keys meet. */
static struct tuple tuple_read(struct reader *r)
{
	uint8_t addrs = read_u8(r), ports = read_u8(r);
	static const uint8_t protos[] = { 6, 17, 1, 47 };

	return (struct tuple){ .src = { 0x0a000001U + (addrs & 3) },
		               .dst = { 0x0a000001U + (addrs >> 2 & 3) },
		               .sport = ports & 15,
		               .dport = ports >> 4,
		               .proto = protos[addrs >> 6] };
}

static bool is_there(const struct flows *flows, const struct tuple *tuple)
{
	uint8_t dir;

	return flow_find(flows, tuple, flow_hash(flows, tuple), &dir) != FLOW_NONE;
}

/* The port of the source is the flow's own, or that of a new mapping. */
static void keep_port(struct flows *flows, struct net *net, uint32_t index, uint8_t how)
{
	struct flow *flow = flow_at(flows, index);
	bool mappable = flow->proto == 17 || flow->proto == 1;

	if ((how & 4) == 0 || !mappable || !mapping_join(flows, index, 0))
		flow->flags |= FLOW_PORT_TAKEN;
	else if (flow->key[1].dport == 0) /* the allocator gives no port 0 */
		flow_end(flows, net, index);
}

/* A flow as the router begins one: both keys new, its port perhaps taken. */
static void begin(struct flows *flows, struct net *net, struct reader *r)
{
	struct tuple came = tuple_read(r), leaves = tuple_read(r);
	struct tuple back;
	uint8_t how = read_u8(r);
	uint32_t index;

	leaves.proto = came.proto;
	back = tuple_reverse(&leaves);
	if (r->failed || is_there(flows, &came) || is_there(flows, &back) ||
	    tuple_equal(&came, &back))
		return;
	index = flow_begin(flows, net, &came, &leaves, net->now);
	if (index == FLOW_NONE)
		return;
	if ((how & 1) != 0 &&
	    ports_take_exact(net->ports, leaves.src, came.proto, leaves.sport) == 0)
		keep_port(flows, net, index, how);
	if ((flow_at(flows, index)->flags & FLOW_USED) == 0)
		return;
	if ((how & 2) != 0)
		flow_set_weak(flows, index, false);
	flow_touch_sooner(flows, index, net->now, how);
}

/* A table that a router filled and stopped with. */
static void fill(void *bytes, struct reader *r)
{
	struct hash_key key = { 1, 2 };
	struct flows *flows;
	struct world w;
	unsigned steps = read_u8(r) % 16;

	world_make(&w);
	flows = flows_init(bytes, CAPACITY, &key, w.net->now);
	for (unsigned i = 0; i < steps; i++) {
		if (read_u8(r) % 4 != 0)
			begin(flows, w.net, r);
		w.net->now = mono_add_ms(w.net->now, 700);
		(void)flows_turn(flows, w.net, w.net->now, 2);
	}
	flows_must_hold(flows, w.net);
	world_free(&w);
}

/* Words written over the table. The slots of its timer are passed over: they are made anew. */
static void damage(uint8_t *bytes, size_t len, struct reader *r)
{
	size_t before = offsetof(struct flows, timer), slots = FLOW_TIMER_SLOTS * sizeof(uint32_t);

	while (reader_left(r) > 0) {
		size_t at = read_u16(r) % (len - slots);
		unsigned n = read_u8(r) % (PATCH_BYTES + 1);
		const uint8_t *patch = reader_take(r, n);

		if (r->failed || at + n > len - slots)
			return;
		for (unsigned i = 0; i < n; i++)
			bytes[at + i + (at + i < before ? 0 : slots)] = patch[i];
	}
}

/* What was adopted must serve a router: flows begin in it, and all of them end. */
static void use(struct flows *flows, struct net *net)
{
	struct tuple came = { { 0xc0000201 }, { 0xc0000202 }, 7, 9, 17 };
	struct tuple leaves = came;

	flows_must_hold(flows, net);
	leaves.src.v++;
	if (!is_there(flows, &came))
		(void)flow_begin(flows, net, &came, &leaves, net->now);
	flows_must_hold(flows, net);
	for (unsigned i = 0; i < 20; i++) {
		net->now = mono_add_s(net->now, 60);
		while (flows_turn(flows, net, net->now, 3))
			;
	}
	flows_must_hold(flows, net);
	for (uint32_t at = 0, index; (index = flows_walk(flows, &at)) != FLOW_NONE;)
		flow_end(flows, net, index);
	must(flows->used == 0 && ports_used(net->ports) == 0);
	flows_must_hold(flows, net);
}

/* A table, filled, damaged, and handed to another router. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	size_t len = flows_bytes(CAPACITY);
	uint8_t *bytes = mem_new_aligned(64, len), *before = mem_new(len, 1);
	struct flows *flows;
	struct world w;

	fill(bytes, &r);
	damage(bytes, len, &r);
	memcpy(before, bytes, len);
	world_make(&w);
	flows = flows_adopt(bytes, len, w.net, (mono){ 5010 * NS_PER_S }, w.net->now);
	if (flows != NULL)
		use(flows, w.net);
	else
		must(memcmp(bytes, before, len) == 0);
	world_free(&w);
	mem_free(bytes);
	mem_free(before);
	return 0;
}
