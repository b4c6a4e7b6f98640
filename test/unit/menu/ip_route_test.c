/* /ip/route: static routes in the forwarding table, why they are not in use, and explain. */
#include "core/route.h"
#include "menu/fixture.h"

/* The next hop for @dst in @table, 0.0.0.0 on-link; "none" when there is no way. */
static const char *hop(struct fixture *f, const char *dst, const char *table)
{
	struct route_key key = { .dst = A(dst) };
	struct route route;

	if (table != NULL)
		key.table = mark_find(f->router->marks, table);
	if (route_lookup(&f->router->net, &key, &route, NULL) != 0)
		return "none";
	return ip4_str(route.next_hop, f->value);
}

static void static_routes(void **unused)
{
	struct fixture *f = home(NULL);

	assert_string_equal(hop(f, "198.51.100.1", NULL), "203.0.113.1");
	must_run(f, "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "192.168.88.9");
	assert_string_equal(letters(f, "/ip/route", 1), "As");
	assert_string_equal(shown(f, "/ip/route", 1, "immediate-gw"), "192.168.88.9%ether2");
	assert_string_equal(shown(f, "/ip/route", 1, "local-address"), "192.168.88.1");
	must_run(f, "/ip route set 1 gateway=192.168.88.10 distance=5");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "192.168.88.10");
	must_run(f, "/ip route disable 1");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "203.0.113.1");
	assert_string_equal(letters(f, "/ip/route", 1), "Xs");
	must_run(f, "/ip route enable 1");
	must_run(f, "/ip route remove 1");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "203.0.113.1");
	fixture_free(f);
}

/* What addresses bring along is shown, dynamic, behind the static ones. */
static void connected_routes(void **unused)
{
	struct fixture *f = home(NULL);

	assert_int_equal(rows_n(f, "/ip/route"), 3);
	assert_string_equal(letters(f, "/ip/route", 1), "DAc");
	assert_string_equal(shown(f, "/ip/route", 1, "dst-address"), "192.168.88.0/24");
	assert_string_equal(shown(f, "/ip/route", 1, "gateway"), "ether2");
	assert_string_equal(shown(f, "/ip/route", 1, "distance"), "0");
	must_run(f, "/interface disable ether2");
	assert_string_equal(letters(f, "/ip/route", 1), "DIc");
	fixture_free(f);
}

/* A route that can't be used is kept, and says what is missing. */
static void inactive_routes(void **unused)
{
	static const struct {
		const char *rest, *why;
	} routes[] = {
		{ "gateway=10.9.9.9",
		  "inactive: no connected network holds the gateway; add an address "
		  "in its network to the interface it is on\n" },
		{ "gateway=192.168.88.1", "inactive: the gateway is this router's own address; "
		                          "give the address of the router "
		                          "at the other end of the link\n" },
		{ "gateway=ether3",
		  "inactive: its interface is disabled or has no link; enable it or "
		  "check the cable\n" },
		{ "gateway=192.168.88.9 distance=9",
		  "inactive: another route to the same network has a lower distance or metric; it "
		  "steps in when that one fails\n" },
	};
	struct fixture *f = home(NULL);
	char line[160];

	must_run(f, "/interface disable ether3");
	must_run(f, "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9");
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		snprintf(line, sizeof line, "/ip route add dst-address=10.0.0.0/8 %s",
		         routes[i].rest);
		must_run(f, line);
		assert_string_equal(text_str(&f->notice), routes[i].why);
		assert_string_equal(letters(f, "/ip/route", 2), "Is");
		assert_string_equal(hop(f, "10.1.2.3", NULL), "192.168.88.9");
		must_run(f, "/ip route remove [find gateway!=203.0.113.1 !active static]");
	}
	/* The next best steps in. */
	must_run(f, "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.10 distance=2");
	must_run(f, "/ip route disable [find gateway=192.168.88.9]");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "192.168.88.10");
	fixture_free(f);
}

/* An address that comes later makes the route usable; no order is demanded of the user. */
static void the_gateway_comes_later(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip route add gateway=203.0.113.1");
	assert_string_equal(hop(f, "198.51.100.1", NULL), "none");
	must_run(f, "/ip address add address=203.0.113.2/24 interface=ether1");
	assert_string_equal(hop(f, "198.51.100.1", NULL), "203.0.113.1");
	f->ways[1].out.link_next = false;
	iface_poll_links(&f->router->net);
	assert_string_equal(hop(f, "198.51.100.1", NULL), "none");
	assert_string_equal(letters(f, "/ip/route", 0), "Is");
	fixture_free(f);
}

static void blackholes_and_tables(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip route add dst-address=10.0.0.0/8 blackhole");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "none");
	put_udp(f, 2, "192.168.88.7", "10.1.2.3");
	assert_int_equal(f->router->net.drops[DROP_ROUTE_BLACKHOLE], 1);
	must_run(f,
	         "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9 routing-table=other");
	assert_string_equal(hop(f, "10.1.2.3", "other"), "192.168.88.9");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "none");
	/* Mangle chooses the table. */
	must_run(f, "/ip firewall mangle add chain=prerouting dst-address=10.0.0.0/8 "
	            "action=mark-routing new-routing-mark=other");
	must_run(f,
	         "/ip arp add address=192.168.88.9 mac-address=02:00:00:00:00:09 interface=ether2");
	put_udp(f, 2, "192.168.88.7", "10.1.2.3");
	assert_int_equal(sent_n(f, 2), 2); /* the sender is told of a shorter way, too */
	put_udp(f, 2, "192.168.88.7", "10.1.2.3");
	put_udp(f, 2, "192.168.88.7", "10.1.2.3"); /* replayed */
	assert_int_equal(f->router->counters.replayed, 1);
	assert_int_equal(sent_n(f, 2), 4);
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/ip route add dst-address=10.0.0.0/8",
		  "missing value(s) of argument(s) gateway: say where the network is reached, or "
		  "blackhole=yes" },
		{ "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9 blackhole=yes",
		  "failure: a blackhole has no gateway; leave one of them out" },
		{ "/ip route add dst-address=10.0.0.1/8 gateway=192.168.88.9",
		  "invalid value for argument dst-address: 10.0.0.1/8 is an address inside a "
		  "network; "
		  "the network is 10.0.0.0/8" },
		{ "/ip route add gateway=192.168.88.9 distance=0",
		  "value of distance out of range (1..255)" },
		{ "/ip route add gateway=0.0.0.0",
		  "invalid value for argument gateway: 0.0.0.0 is no host's address" },
		{ "/ip route add gateway=224.0.0.5",
		  "invalid value for argument gateway: 224.0.0.5 is no host's address" },
		{ "/ip route add gateway=192.168.88.9 routing-table=\"\"",
		  "invalid value for argument routing-table: it must have 1 to 31 characters and "
		  "has "
		  "0" },
		{ "/ip route explain dst-address=10.0.0.1 routing-table=\"\"",
		  "invalid value for argument routing-table: it must have 1 to 31 characters and "
		  "has "
		  "0" },
		{ "/ip route explain dst-address=10.0.0.1 routing-table=nobodys",
		  "input does not match any value of routing-table: no route or rule names "
		  "nobodys" },
	};
	struct fixture *f = home(NULL);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_int_equal(rows_n(f, "/ip/route"), 3);
	assert_null(mark_name(f->router->marks, 1));
	fixture_free(f);
}

/* Names of tables and marks share their numbers; when those are used up, none is main by accident.
 */
static void more_tables_than_fit(void **unused)
{
	struct fixture *f = home(NULL);
	char name[MARK_NAME_BYTES];

	for (unsigned i = 0; i < MARKS_MAX; i++) {
		snprintf(name, sizeof name, "m%u", i);
		assert_int_equal(mark_number(f->router->marks, name), i + 1);
	}
	refused(f, "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9 routing-table=more",
	        "failure: there are too many names of tables and marks to add more; use one that "
	        "exists");
	assert_string_equal(hop(f, "10.1.2.3", NULL), "203.0.113.1");
	must_run(f, "/ip route add dst-address=10.0.0.0/8 gateway=192.168.88.9 routing-table=m7");
	assert_string_equal(hop(f, "10.1.2.3", "m7"), "192.168.88.9");
	fixture_free(f);
}

static void explained(void **unused)
{
	struct fixture *f = home(NULL);
	const char *out;

	must_run(f, "/ip route add dst-address=10.0.0.0/8 blackhole");
	must_run(f, "/ip route explain 198.51.100.1");
	out = text_str(&f->out);
	assert_int_equal(strncmp(out,
	                         "198.51.100.1: unicast via 203.0.113.1 on ether1, source "
	                         "203.0.113.2, mtu 1500\n",
	                         77),
	                 0);
	must_run(f, "/ip route explain 192.168.88.1");
	assert_non_null(strstr(text_str(&f->out), "192.168.88.1: local"));
	must_run(f, "/ip route explain 192.168.88.255");
	assert_non_null(strstr(text_str(&f->out), "192.168.88.255: broadcast"));
	must_run(f, "/ip route explain 10.1.1.1");
	assert_non_null(strstr(text_str(&f->out), "no way: the route is a blackhole\n"));
	must_run(f, "/ip route remove [find static]");
	must_run(f, "/ip route explain dst-address=10.1.1.1");
	assert_non_null(strstr(text_str(&f->out), "no way: no route matches\n"));
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_routes),         cmocka_unit_test(connected_routes),
		cmocka_unit_test(inactive_routes),       cmocka_unit_test(the_gateway_comes_later),
		cmocka_unit_test(blackholes_and_tables), cmocka_unit_test(refusals),
		cmocka_unit_test(more_tables_than_fit),  cmocka_unit_test(explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
