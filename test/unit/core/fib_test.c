#include "core/addr.h"
#include "core/fib.h"
#include "core/fib_hop.h"
#include "core/fixture.h"
#include "core/lpm.h"

enum {
	ROUTES = 500,
	STEPS = 60,
	LOOKS = 400
};

struct table { /* a plain list of what was asked for */
	struct route_spec specs[ROUTES];
	size_t n;
	uint32_t ids;
};

/* Few different upper bits, so that prefixes nest, share chunks and cover others. */
static ip4 draw_addr(struct fixture_random *r)
{
	return (ip4){ 0x0a000000 | ((uint32_t)(fixture_draw(r) >> 16) & 0x0101c70f) };
}

static struct route_spec draw_spec(struct fixture_random *r, uint32_t id)
{
	uint8_t bits = (uint8_t)((fixture_draw(r) >> 32) % 33);
	uint64_t kind = (fixture_draw(r) >> 32) % 20;
	struct route_spec spec = {
		.dst = { ip_addr_v4(ip4_network(draw_addr(r), bits)), bits, { 0 } },
		.gateway = ip_addr_v4((ip4){ A("203.0.113.10").v + id % 40 }),
		.distance = (uint8_t)(1 + (fixture_draw(r) >> 40) % 3),
		.metric = (uint16_t)id, /* no two are equal */
		.id = id,
		.disabled = kind == 0,
	};

	if (kind > 12)
		spec.gateway = ip_addr_v4((ip4){ A("192.168.88.10").v + id % 40 });
	if (kind == 1) {
		spec.gateway = (struct ip_addr){ 0 };
		spec.action = ROUTE_BLACKHOLE;
	}
	return spec;
}

static bool usable(struct fixture *f, const struct route_spec *s, iface_id bound)
{
	iface_id out = s->gateway.v4.v >= A("203.0.113.0").v ? 1 : 2;

	if (s->disabled)
		return false;
	if (s->action == ROUTE_BLACKHOLE)
		return true;
	return f->ports[out].link_next && (bound == IFACE_NONE || bound == out);
}

static const struct route_spec *naive_best(struct fixture *f, const struct table *t, ip4 dst,
                                           iface_id bound)
{
	const struct route_spec *best = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct route_spec *s = &t->specs[i];

		if (!ip4_within(dst, s->dst.addr.v4, s->dst.bits) || !usable(f, s, bound))
			continue;
		if (best == NULL || s->dst.bits > best->dst.bits ||
		    (s->dst.bits == best->dst.bits &&
		     (s->distance < best->distance ||
		      (s->distance == best->distance && s->metric < best->metric))))
			best = s;
	}
	return best;
}

static void compare(struct fixture *f, struct fixture_random *r, const struct table *t)
{
	for (unsigned i = 0; i < LOOKS; i++) {
		iface_id bound = (iface_id)((fixture_draw(r) >> 32) % 3);
		struct route_key key = { .dst = draw_addr(r), .bound = bound };
		const struct route_spec *want = naive_best(f, t, key.dst, IFACE_NONE);
		const struct fib_hop *got = fib_lookup(f->net, TABLE_MAIN, key.dst);
		struct route_entry e;
		unsigned matches;

		assert_int_equal(got != NULL, want != NULL);
		if (want != NULL) {
			assert_int_equal(got->gateway.v4.v, want->gateway.v4.v);
			assert_int_equal(got->action, want->action);
		}
		want = naive_best(f, t, key.dst, bound);
		got = fib_find(f->net, &key, &e, &matches);
		assert_int_equal(got != NULL, want != NULL);
		if (want != NULL)
			assert_int_equal(e.spec.id, want->id);
	}
}

static void change(struct fixture *f, struct fixture_random *r, struct table *t)
{
	uint64_t kind = (fixture_draw(r) >> 32) % 8;
	size_t at = (size_t)((fixture_draw(r) >> 32) % t->n);

	switch (kind) {
	case 0: /* a cable is pulled, or put back */
		at = at % 2 + 1;
		f->ports[at].link_next = !f->ports[at].link_next;
		iface_poll_links(f->net);
		return;
	case 1: /* all at once */
		for (size_t i = 0; i < t->n / 4; i++)
			t->specs[(size_t)((fixture_draw(r) >> 32) % t->n)] = draw_spec(r, ++t->ids);
		t->specs[at].disabled = !t->specs[at].disabled;
		fib_publish(f->net, t->specs, t->n);
		return;
	case 2:
	case 3:
		assert_true(fib_remove(f->net, &t->specs[at]));
		assert_false(fib_remove(f->net, &t->specs[at]));
		t->specs[at] = t->specs[--t->n];
		break;
	default:
		if (t->n == ROUTES)
			return;
		t->specs[t->n] = draw_spec(r, ++t->ids);
		assert_true(fib_add(f->net, &t->specs[t->n++]));
		break;
	}
	fib_settle(f->net);
}

static struct fixture *two_networks(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

/* Small tables and large ones, changed one by one and as a whole: always what a list says. */
static void changes_match_a_linear_scan(void **state)
{
	for (unsigned seed = 0; seed < 12; seed++) {
		struct fixture *f = two_networks();
		struct fixture_random r = fixture_random_make(seed);
		struct table *t = mem_new(1, sizeof *t);

		for (t->n = 0; t->n < (seed % 3 == 0 ? 40 : 400); t->n++)
			t->specs[t->n] = draw_spec(&r, ++t->ids);
		fib_publish(f->net, t->specs, t->n);
		compare(f, &r, t);
		for (unsigned step = 0; step < STEPS; step++) {
			change(f, &r, t);
			compare(f, &r, t);
		}
		fib_publish(f->net, NULL, 0);
		t->n = 0;
		compare(f, &r, t);
		mem_free(t);
		fixture_free(f);
	}
}

/* Each host of a /16 has a route of its own: one chunk with all the ranges there can be. */
static void a_chunk_may_be_full(void **state)
{
	enum {
		HOSTS = 65536
	};
	struct fixture *f = two_networks();
	struct route_spec *specs = mem_new(HOSTS, sizeof *specs);

	for (uint32_t i = 0; i < HOSTS; i++)
		specs[i] = (struct route_spec){
			.dst = { ip_addr_v4((ip4){ 0x0a010000 + i }), 32, { 0 } },
			.gateway = ip_addr_v4((ip4){ A("203.0.113.10").v + i % 2 }),
			.distance = 1,
			.id = i + 1,
		};
	fib_publish(f->net, specs, HOSTS);
	for (uint32_t i = 0; i < HOSTS; i++) {
		const struct fib_hop *hop = fib_lookup(f->net, TABLE_MAIN, specs[i].dst.addr.v4);

		assert_non_null(hop);
		assert_int_equal(hop->gateway.v4.v, specs[i].gateway.v4.v);
	}
	fib_publish(f->net, specs, 1);
	assert_null(fib_lookup(f->net, TABLE_MAIN, specs[1].dst.addr.v4));
	assert_non_null(fib_lookup(f->net, TABLE_MAIN, specs[0].dst.addr.v4));
	mem_free(specs);
	fixture_free(f);
}

static void too_many_ways_do_not_fit(void **state)
{
	enum {
		MANY = FIB_WAYS_MAX + 1
	};
	struct route_spec *specs = mem_new(MANY, sizeof *specs);

	for (uint32_t i = 0; i < MANY; i++)
		specs[i].gateway = ip_addr_v4((ip4){ 0x0a000000 + i });
	assert_false(fib_specs_fit(specs, MANY));
	specs[7] = specs[8];
	assert_true(fib_specs_fit(specs, MANY));
	mem_free(specs);
}

/* Ranges are found from their first address to the last before the next. */
static void lpm_finds_ranges_and_covers(void **state)
{
	static const struct lpm_range ranges[] = {
		{ 0, 0 }, { 0x100, 7 }, { 0x200, 0 }, { 0xff00, 9 }
	};
	struct lpm *lpm = lpm_new();

	assert_int_equal(lpm_find(lpm, A("10.0.0.1")), 0);
	lpm_set_chunk(lpm, 0x0a01, ranges, ARRAY_LEN(ranges));
	lpm_cover(lpm, A("10.0.0.0"), 8, 3);
	lpm_cover(lpm, A("0.0.0.0"), 0, 2);
	assert_int_equal(lpm_find(lpm, A("10.1.0.255")), 3);
	assert_int_equal(lpm_find(lpm, A("10.1.1.0")), 7);
	assert_int_equal(lpm_find(lpm, A("10.1.1.255")), 7);
	assert_int_equal(lpm_find(lpm, A("10.1.2.0")), 3);
	assert_int_equal(lpm_find(lpm, A("10.1.255.255")), 9);
	assert_int_equal(lpm_find(lpm, A("11.1.1.1")), 2);
	lpm_uncover(lpm, A("10.0.0.0"), 8, 2, 0);
	assert_int_equal(lpm_find(lpm, A("10.9.9.9")), 2);
	lpm_set_chunk(lpm, 0x0a01, NULL, 0);
	assert_int_equal(lpm_find(lpm, A("10.1.1.0")), 2);
	lpm_free(lpm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_match_a_linear_scan),
		cmocka_unit_test(a_chunk_may_be_full),
		cmocka_unit_test(too_many_ways_do_not_fit),
		cmocka_unit_test(lpm_finds_ranges_and_covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
