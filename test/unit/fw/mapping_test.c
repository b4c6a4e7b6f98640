/* mapping_test.c -- mappings against a plain list of flows, and after a move to another router. */
#include "fw/flow_world.h"

#include "fw/mapping.h"

#define FLOWS 256

struct model { /* of each flow by its index: what it shares */
	struct {
		bool used;
		struct endpoint inner, outer, remote;
	} flows[FLOWS];
};

static bool same(const struct endpoint *a, const struct endpoint *b)
{
	return a->addr.v == b->addr.v && a->port == b->port && a->proto == b->proto;
}

static uint16_t model_find(const struct model *m, const struct endpoint *inner, ip4 outer)
{
	for (unsigned i = 0; i < FLOWS; i++) {
		if (m->flows[i].used && same(&m->flows[i].inner, inner) &&
		    m->flows[i].outer.addr.v == outer.v)
			return m->flows[i].outer.port;
	}
	return 0;
}

static bool model_input(const struct model *m, const struct endpoint *outer,
                        const struct endpoint *remote, uint32_t filtering,
                        struct endpoint *ret_inner, bool *ret_let_in)
{
	bool found = false;

	*ret_let_in = filtering == FILTERING_ENDPOINT_INDEPENDENT ||
	              model_find(m, remote, outer->addr) != 0;
	for (unsigned i = 0; i < FLOWS; i++) {
		if (!m->flows[i].used || !same(&m->flows[i].outer, outer))
			continue;
		found = true;
		*ret_inner = m->flows[i].inner;
		*ret_let_in |= filtering == FILTERING_ADDRESS_DEPENDENT &&
		               m->flows[i].remote.addr.v == remote->addr.v;
	}
	return found;
}

static struct endpoint draw(struct seeded *r, uint32_t net, unsigned addresses, unsigned ports)
{
	return (struct endpoint){ { net + seeded_next(r) % addresses },
		                  1000 + seeded_next(r) % ports,
		                  IPPROTO_UDP };
}

/* A flow of a random inner endpoint, from inside (side 0) or called from outside (side 1). */
static void begin_one(struct flow_world *w, struct model *m)
{
	struct endpoint inner = draw(&w->random, 0xc0a85802, 3, 4);
	struct endpoint outer = draw(&w->random, 0xcb007102, 2, 64);
	struct endpoint remote = draw(&w->random, 0xc0000201, 4, 4);
	uint8_t side = seeded_next(&w->random) % 2, dir;
	struct tuple in =
		flow_world_tuple(inner.addr.v, inner.port, remote.addr.v, remote.port, 17);
	struct tuple out = in, came, leaves, back;
	uint16_t port = model_find(m, &inner, outer.addr);
	uint32_t index;

	if (port != 0)
		outer.port = port;
	out.src = outer.addr;
	out.sport = outer.port;
	came = side == 0 ? in : tuple_reverse(&out);
	leaves = side == 0 ? out : tuple_reverse(&in);
	back = tuple_reverse(&leaves);
	if (flow_world_find(w, &came, &dir) != FLOW_NONE ||
	    flow_world_find(w, &back, &dir) != FLOW_NONE)
		return;
	if (port == 0 && ports_take_exact(w->net->ports, outer.addr, IPPROTO_UDP, outer.port) != 0)
		return;
	index = flow_world_begin(w, &came, &leaves);
	assert_in_range(index, 0, FLOWS - 1);
	assert_true(mapping_join(w->fw.flows, index, side));
	flow_set_weak(w->fw.flows, index, false);
	m->flows[index].used = true;
	m->flows[index].inner = inner;
	m->flows[index].outer = outer;
	m->flows[index].remote = remote;
}

static void look_up(struct flow_world *w, const struct model *m)
{
	struct endpoint inner = draw(&w->random, 0xc0a85802, 3, 4), is, want;
	struct endpoint outer = draw(&w->random, 0xcb007102, 2, 64);
	struct endpoint remote =
		seeded_next(&w->random) % 4 != 0 ? draw(&w->random, 0xc0000201, 4, 4) : inner;
	bool in, want_in;

	w->fw.flows->filtering = seeded_next(&w->random) % FILTERING_COUNT;
	assert_int_equal(mapping_find(w->fw.flows, &inner, outer.addr),
	                 model_find(m, &inner, outer.addr));
	if (!model_input(m, &outer, &remote, w->fw.flows->filtering, &want, &want_in)) {
		assert_false(mapping_input(w->fw.flows, &outer, &remote, &is, &in));
		return;
	}
	assert_true(mapping_input(w->fw.flows, &outer, &remote, &is, &in));
	assert_true(same(&is, &want));
	assert_int_equal(in, want_in);
}

static void random_use_agrees_with_a_list(void **state)
{
	struct flow_world *w = flow_world_new(FLOWS);
	struct model *m = mem_new(1, sizeof *m);

	(void)state;
	for (unsigned i = 0; i < 40000; i++) {
		uint32_t at = seeded_next(&w->random) % FLOWS;

		if (w->fw.flows->used < FLOWS && seeded_next(&w->random) % 2 == 0)
			begin_one(w, m);
		if (m->flows[at].used && seeded_next(&w->random) % 2 == 0) {
			flow_end(w->fw.flows, w->net, at);
			m->flows[at].used = false;
		}
		look_up(w, m);
		assert_int_equal(ports_used(w->net->ports), w->fw.flows->mappings);
		if (i % 400 == 0)
			flows_must_hold(w->fw.flows, w->net);
	}
	assert_true(w->fw.flows->used > 20);
	for (uint32_t i = 0; i < FLOWS; i++) {
		if (m->flows[i].used)
			flow_end(w->fw.flows, w->net, i);
	}
	assert_int_equal(ports_used(w->net->ports), 0);
	assert_int_equal(w->fw.flows->mappings, 0);
	mem_free(m);
	flow_world_free(w);
}

static void another_router_takes_mappings_over(void **state)
{
	struct flow_world *old = flow_world_new(FLOWS), *new = flow_world_new(FLOWS * 2);
	size_t len = flows_bytes(FLOWS);
	uint8_t *bytes = mem_new_aligned(64, len);
	struct model *m = mem_new(1, sizeof *m);
	struct flows *flows;

	(void)state;
	while (old->fw.flows->used < FLOWS / 2)
		begin_one(old, m);
	memcpy(bytes, old->bytes, len);
	flows = flows_adopt(bytes, len, new->net, old->net->now, new->net->now);
	assert_non_null(flows);
	flows_must_hold(flows, new->net);
	assert_int_equal(flows->used, old->fw.flows->used);
	assert_int_equal(flows->mappings, old->fw.flows->mappings);
	assert_int_equal(ports_used(new->net->ports), flows->mappings);
	new->fw.flows = flows;
	for (unsigned i = 0; i < 2000; i++)
		look_up(new, m);
	flow_world_sleep_ms(new, 1000000);
	assert_int_equal(ports_used(new->net->ports), 0);
	mem_free(bytes);
	mem_free(m);
	flow_world_free(new);
	flow_world_free(old);
}

/* Two ports of one inner endpoint at one outer address, as only a damaged table has them. */
static void a_mapping_has_one_port(void **state)
{
	struct flow_world *w = flow_world_new(8);
	struct tuple came = flow_world_tuple(0xc0a85802, 1, 0xc0000201, 53, 17), leaves = came;
	uint32_t index;

	(void)state;
	leaves.src.v = 0xcb007102;
	assert_int_equal(ports_take_exact(w->net->ports, leaves.src, 17, 1), 0);
	assert_true(mapping_join(w->fw.flows, flow_world_begin(w, &came, &leaves), 0));
	came.dport = leaves.dport = 54;
	leaves.sport = 2;
	index = flow_world_begin(w, &came, &leaves);
	assert_false(mapping_join(w->fw.flows, index, 0));
	flows_must_hold(w->fw.flows, w->net);
	flow_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_use_agrees_with_a_list),
		cmocka_unit_test(another_router_takes_mappings_over),
		cmocka_unit_test(a_mapping_has_one_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
