#include <errno.h>

#include "core/fixture.h"

static int look(struct fixture *f, const char *dst, struct route *route)
{
	struct route_key key = { .dst = A(dst) };

	return route_lookup(f->net, &key, route, NULL);
}

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(3);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	fixture_address(f, 3, "10.9.9.1/32");
	fixture_route(f, "0.0.0.0/0", "203.0.113.1");
	return f;
}

static void every_kind_of_destination(void **state)
{
	struct fixture *f = home();
	struct route r;

	assert_int_equal(look(f, "8.8.8.8", &r), 0);
	assert_int_equal(r.kind, ROUTE_UNICAST);
	assert_int_equal(r.out, 1);
	assert_int_equal(r.next_hop.v, A("203.0.113.1").v);
	assert_int_equal(r.src.v, A("203.0.113.2").v);
	assert_int_equal(r.mtu_bytes, 1500);
	assert_int_equal(r.generation, f->net->generation);

	assert_int_equal(look(f, "192.168.88.7", &r), 0);
	assert_int_equal(r.out, 2);
	assert_int_equal(r.next_hop.v, A("192.168.88.7").v);
	assert_int_equal(r.src.v, A("192.168.88.1").v);

	assert_int_equal(look(f, "192.168.88.1", &r), 0);
	assert_int_equal(r.kind, ROUTE_LOCAL);
	assert_int_equal(r.out, 2);
	assert_int_equal(look(f, "10.9.9.1", &r), 0);
	assert_int_equal(r.kind, ROUTE_LOCAL);

	assert_int_equal(look(f, "192.168.88.255", &r), 0);
	assert_int_equal(r.kind, ROUTE_BROADCAST);
	assert_int_equal(r.out, 2);
	assert_int_equal(look(f, "255.255.255.255", &r), 0);
	assert_int_equal(r.kind, ROUTE_BROADCAST);
	assert_int_equal(look(f, "224.0.0.1", &r), 0);
	assert_int_equal(r.kind, ROUTE_MULTICAST);
	fixture_free(f);
}

static void failures_have_their_own_errors(void **state)
{
	struct fixture *f = home();
	struct route untouched = { .mtu_bytes = 77 };

	fixture_route(f, "10.1.0.0/16", NULL)->action = ROUTE_BLACKHOLE;
	fixture_route(f, "10.2.0.0/16", NULL)->action = ROUTE_UNREACHABLE;
	fixture_route(f, "10.3.0.0/16", NULL)->action = ROUTE_PROHIBIT;
	f->routes[0].disabled = true;
	fib_publish(f->net, f->routes, f->routes_n);
	assert_int_equal(look(f, "10.1.2.3", &untouched), -EINVAL);
	assert_int_equal(look(f, "10.2.2.3", &untouched), -EHOSTUNREACH);
	assert_int_equal(look(f, "10.3.2.3", &untouched), -EACCES);
	assert_int_equal(look(f, "10.4.2.3", &untouched), -ENETUNREACH);
	assert_int_equal(untouched.mtu_bytes, 77);
	fixture_free(f);
}

static uint8_t reason_of(struct fixture *f, uint32_t id)
{
	struct route_entry entry;

	assert_true(fib_entry_of(f->net, id, &entry));
	assert_int_equal(entry.spec.id, id);
	return entry.reason;
}

static void inactive_routes_keep_their_reason(void **state)
{
	struct fixture *f = home();

	fixture_route(f, "10.1.0.0/16", "172.16.0.1");
	fixture_route(f, "10.2.0.0/16", "203.0.113.2");
	fixture_route(f, "10.3.0.0/16", "203.0.113.9")->disabled = true;
	fixture_route(f, "0.0.0.0/0", "192.168.88.2")->distance = 2;
	fixture_route(f, "10.5.0.0/16", NULL)->iface = 3;
	fib_publish(f->net, f->routes, f->routes_n);
	assert_int_equal(reason_of(f, 1), ROUTE_ACTIVE);
	assert_int_equal(reason_of(f, 2), ROUTE_GATEWAY_NOT_ON_LINK);
	assert_int_equal(reason_of(f, 3), ROUTE_GATEWAY_IS_OURS);
	assert_int_equal(reason_of(f, 4), ROUTE_DISABLED);
	assert_int_equal(reason_of(f, 5), ROUTE_BETTER);
	assert_int_equal(reason_of(f, 6), ROUTE_ACTIVE);
	iface_enable(f->net, 3, false);
	assert_int_equal(reason_of(f, 6), ROUTE_LINK_DOWN);
	for (int reason = ROUTE_ACTIVE; reason <= ROUTE_BETTER; reason++)
		assert_true(strlen(route_reason_sentence((enum route_reason)reason)) > 5);
	fixture_free(f);
}

/* The cable of the preferred way out is pulled: the other default route steps in, and back. */
static void a_backup_route_steps_in(void **state)
{
	struct fixture *f = home();
	uint32_t generation;
	struct route r;

	fixture_route(f, "0.0.0.0/0", "192.168.88.2")->distance = 2;
	fib_publish(f->net, f->routes, f->routes_n);
	assert_int_equal(look(f, "8.8.8.8", &r), 0);
	assert_int_equal(r.out, 1);
	generation = f->net->generation;
	f->ports[1].link_next = false;
	iface_poll_links(f->net);
	assert_int_not_equal(f->net->generation, generation);
	assert_int_equal(look(f, "8.8.8.8", &r), 0);
	assert_int_equal(r.out, 2);
	f->ports[1].link_next = true;
	iface_poll_links(f->net);
	assert_int_equal(look(f, "8.8.8.8", &r), 0);
	assert_int_equal(r.out, 1);
	fixture_free(f);
}

static void bound_and_tables_narrow_the_choice(void **state)
{
	struct fixture *f = home();
	struct route_key key = { .dst = A("8.8.8.8"), .bound = 2 };
	struct route r;

	assert_int_equal(route_lookup(f->net, &key, &r, NULL), -ENETUNREACH);
	fixture_route(f, "0.0.0.0/0", "192.168.88.2")->distance = 2;
	fixture_route(f, "0.0.0.0/0", "192.168.88.3")->table = 9;
	fib_publish(f->net, f->routes, f->routes_n);
	assert_int_equal(route_lookup(f->net, &key, &r, NULL), 0);
	assert_int_equal(r.next_hop.v, A("192.168.88.2").v);
	key = (struct route_key){ .dst = A("8.8.8.8"), .table = 9 };
	assert_int_equal(route_lookup(f->net, &key, &r, NULL), 0);
	assert_int_equal(r.next_hop.v, A("192.168.88.3").v);
	key.table = 10;
	assert_int_equal(route_lookup(f->net, &key, &r, NULL), -ENETUNREACH);
	fixture_free(f);
}

static void sources_follow_the_route(void **state)
{
	struct fixture *f = home();
	struct route r;

	fixture_address(f, 1, "198.51.100.2/24");
	fixture_route(f, "10.1.0.0/16", "198.51.100.1");
	fixture_route(f, "10.2.0.0/16", "203.0.113.1")->pref_src = A("192.168.88.1");
	fixture_route(f, "10.3.0.0/16", "203.0.113.1")->pref_src = A("1.2.3.4"); /* not ours */
	fib_publish(f->net, f->routes, f->routes_n);
	assert_int_equal(look(f, "10.1.0.1", &r), 0);
	assert_int_equal(r.src.v, A("198.51.100.2").v);
	assert_int_equal(look(f, "10.2.0.1", &r), 0);
	assert_int_equal(r.src.v, A("192.168.88.1").v);
	assert_int_equal(look(f, "10.3.0.1", &r), 0);
	assert_int_equal(r.src.v, A("203.0.113.2").v);
	fixture_free(f);
}

static void explanations_name_what_is_wrong(void **state)
{
	struct fixture *f = home();
	struct explain *why = mem_new(1, sizeof *why);
	struct route_key key = { .dst = A("8.8.8.8") };
	struct route r;

	assert_int_equal(route_lookup(f->net, &key, &r, why), 0);
	assert_true(was_said(why, "0.0.0.0/0 via 203.0.113.1 on ether1: the only match"));
	f->routes[0].gateway = ip_addr_v4(A("172.16.0.1"));
	fib_publish(f->net, f->routes, f->routes_n);
	why->n = 0;
	assert_int_equal(route_lookup(f->net, &key, &r, why), -ENETUNREACH);
	assert_true(was_said(why, "no route leads to 8.8.8.8"));
	assert_true(was_said(why, "no connected network holds the gateway"));
	mem_free(why);
	fixture_free(f);
}

/* Longest prefix, then distance, then metric: what a linear scan over the specs says. */
static const struct route_spec *naive_best(const struct route_spec *specs, size_t n, ip4 dst)
{
	const struct route_spec *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct route_spec *s = &specs[i];

		if (!ip4_within(dst, s->dst.addr.v4, s->dst.bits) || s->disabled)
			continue;
		if (best == NULL || s->dst.bits > best->dst.bits ||
		    (s->dst.bits == best->dst.bits &&
		     (s->distance < best->distance ||
		      (s->distance == best->distance && s->metric < best->metric))))
			best = s;
	}
	return best;
}

static void random_tables_match_a_linear_scan(void **state)
{
	enum {
		ROUTES = 300
	};
	struct fixture *f = home();
	struct fixture_random r = fixture_random_make(99);
	struct route_spec *specs = mem_new(ROUTES, sizeof *specs);

	for (uint32_t i = 0; i < ROUTES; i++) {
		struct route_spec *s = &specs[i];

		s->dst.bits = (uint8_t)((fixture_draw(&r) >> 32) % 25);
		s->dst.addr = ip_addr_v4(
			ip4_network((ip4){ 0x0a000000 | ((uint32_t)fixture_draw(&r) & 0x00f3ff00) },
		                    s->dst.bits));
		s->gateway = ip_addr_v4((ip4){ A("203.0.113.3").v + i % 200 });
		s->distance = (uint8_t)(1 + (fixture_draw(&r) >> 40) % 3);
		s->metric = (uint16_t)i; /* no two are equal */
		s->id = i + 1;
		s->disabled = (fixture_draw(&r) >> 32) % 5 == 0;
	}
	fib_publish(f->net, specs, ROUTES);
	for (unsigned i = 0; i < 5000; i++) {
		ip4 dst = { 0x0a000000 | ((uint32_t)fixture_draw(&r) & 0x00f3ffff) };
		const struct route_spec *want = naive_best(specs, ROUTES, dst);
		struct route_key key = { .dst = dst };
		struct route route;
		int got = route_lookup(f->net, &key, &route, NULL);

		assert_int_equal(got, want != NULL ? 0 : -ENETUNREACH);
		if (want != NULL)
			assert_int_equal(route.next_hop.v, want->gateway.v4.v);
	}
	mem_free(specs);
	fixture_free(f);
}

static void addresses_are_found(void **state)
{
	struct fixture *f = home();
	const struct addr_spec *all;

	assert_int_equal(addr_all(f->net, &all), 3);
	assert_int_equal(addr_find(f->net, A("192.168.88.1"))->iface, 2);
	assert_null(addr_find(f->net, A("192.168.88.2")));
	assert_null(addr_find(f->net, A("192.168.88.255")));
	assert_true(addr_is_broadcast(f->net, 2, A("192.168.88.255")));
	assert_false(addr_is_broadcast(f->net, 1, A("192.168.88.255")));
	assert_false(addr_is_broadcast(f->net, 3, A("10.9.9.1")));
	assert_int_equal(addr_toward(f->net, 1, A("9.9.9.9"))->addr.v, A("203.0.113.2").v);
	assert_null(addr_on_link(f->net, 1, A("9.9.9.9")));
	iface_enable(f->net, 2, false);
	assert_null(addr_find(f->net, A("192.168.88.1")));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_destination),
		cmocka_unit_test(failures_have_their_own_errors),
		cmocka_unit_test(inactive_routes_keep_their_reason),
		cmocka_unit_test(a_backup_route_steps_in),
		cmocka_unit_test(bound_and_tables_narrow_the_choice),
		cmocka_unit_test(sources_follow_the_route),
		cmocka_unit_test(explanations_name_what_is_wrong),
		cmocka_unit_test(random_tables_match_a_linear_scan),
		cmocka_unit_test(addresses_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
