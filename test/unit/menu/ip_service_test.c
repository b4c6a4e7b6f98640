/* /ip/service: what is published of it, what is refused. */
#include "menu/fixture.h"

#include <errno.h>

#include "router/inner.h"

static const char path[] = "/ip/service";

static const struct service *telnet(struct fixture *f)
{
	return &f->manage->services.at[SERVICE_TELNET];
}

static bool admits(struct fixture *f, const char *from)
{
	struct ip_addr addr = { .family = IP_V4 };

	assert_true(ip4_parse(from, strlen(from), &addr.v4));
	return service_admits(&telnet(f)->from, &addr);
}

static void a_fresh_router_has_telnet(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "name"), "telnet");
	assert_string_equal(shown(f, path, 0, "port"), "23");
	assert_string_equal(shown(f, path, 0, "proto"), "tcp");
	assert_string_equal(shown(f, path, 0, "max-sessions"), "20");
	assert_true(telnet(f)->enabled);
	assert_int_equal(telnet(f)->port, 23);
	assert_int_equal(telnet(f)->from.n, 0);
	fixture_free(f);
}

static void what_is_set_is_published(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	uint32_t version = f->manage->services.version;

	must_run(f, "/ip service set telnet port=2323 max-sessions=3 "
	            "address=192.168.88.0/24,10.0.0.0/8");
	assert_true(f->manage->services.version != version);
	assert_int_equal(telnet(f)->port, 2323);
	assert_int_equal(telnet(f)->max_sessions, 3);
	assert_true(admits(f, "192.168.88.7") && admits(f, "10.255.0.1"));
	assert_false(admits(f, "192.168.89.7") || admits(f, "203.0.113.1"));
	assert_string_equal(shown(f, path, 0, "address"), "192.168.88.0/24,10.0.0.0/8");
	must_run(f, "/ip service disable telnet");
	assert_false(telnet(f)->enabled);
	must_run(f, "/ip service enable telnet");
	must_run(f, "/ip service set telnet address=\"\"");
	assert_int_equal(telnet(f)->from.n, 0);
	must_run(f, "/ip service set telnet address=0.0.0.0/0");
	assert_non_null(strstr(text_str(&f->notice), "answers everybody"));
	f->manage->services.status[SERVICE_TELNET] = (struct service_status){ 2, -EADDRINUSE };
	assert_string_equal(shown(f, path, 0, "sessions"), "2");
	assert_string_equal(shown(f, path, 0, "error"), "Address already in use");
	fixture_free(f);
}

static void what_makes_no_sense_is_refused(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	refused(f, "/ip service set telnet port=0", "value of port out of range (1..65535)");
	refused(f, "/ip service set telnet max-sessions=21",
	        "value of max-sessions out of range (1..20)");
	assert_false(run(f, "/ip service set telnet address=10.0.0.0/8,"));
	assert_false(run(f, "/ip service set telnet address=,10.0.0.0/8"));
	assert_false(run(f, "/ip service set telnet address=10.0.0.1/8"));
	assert_false(run(f, "/ip service set telnet address=inside"));
	assert_false(run(f, "/ip service set telnet address=1.0.0.0/8,2.0.0.0/8,3.0.0.0/8,"
	                    "4.0.0.0/8,5.0.0.0/8,6.0.0.0/8,7.0.0.0/8,8.0.0.0/8,9.0.0.0/8,"
	                    "11.0.0.0/8,12.0.0.0/8,13.0.0.0/8,14.0.0.0/8,15.0.0.0/8,"
	                    "16.0.0.0/8,17.0.0.0/8,18.0.0.0/8"));
	assert_false(run(f, "/ip service set telnet certificate=none"));
	assert_false(run(f, "/ip service set telnet vrf=main"));
	assert_false(run(f, "/ip service add name=gopher"));
	assert_false(run(f, "/ip service remove telnet"));
	assert_int_equal(telnet(f)->port, 23);
	assert_int_equal(telnet(f)->from.n, 0);
	fixture_free(f);
}

/* The interfaces inside, as in "23": ether2 and ether3. */
static void inside(struct fixture *f, const char *expected)
{
	const struct services *services = &f->manage->services;
	const struct inner_lists lists = { services->lan, services->wan };
	iface_id ids[IFACE_MAX];
	char found[16] = "";
	unsigned n = inner_ifaces(&f->router->net, &lists, ids);

	assert_true(n < sizeof found);
	for (unsigned i = 0; i < n; i++)
		found[i] = (char)('0' + ids[i]);
	assert_string_equal(found, expected);
}

static void what_is_in_doubt_is_outside(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	/* A fresh router says it. */
	inside(f, "23");
	must_run(f, "/interface list member remove [find]");
	inside(f, "");
	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	inside(f, "2");
	must_run(f, "/ip address add address=10.0.0.1/24 interface=ether3");
	inside(f, "23");
	/* A public address, beside a private one, too. */
	must_run(f, "/ip address add address=203.0.113.2/24 interface=ether1");
	must_run(f, "/ip address add address=172.16.0.1/24 interface=ether1");
	inside(f, "23");
	/* A default route leads out there; so does a spare one, in use or not. */
	must_run(f, "/ip route add dst-address=0.0.0.0/0 gateway=203.0.113.1");
	inside(f, "23");
	must_run(f, "/ip route add dst-address=0.0.0.0/0 gateway=10.0.0.9 distance=2");
	inside(f, "2");
	must_run(f, "/ip route remove [find gateway=10.0.0.9]");
	inside(f, "23");
	must_run(f, "/ip route add dst-address=0.0.0.0/0 gateway=ether3 distance=3 disabled=yes");
	inside(f, "2");
	must_run(f, "/ip route remove [find gateway=ether3]");
	must_run(f, "/interface list member add list=WAN interface=ether2");
	inside(f, "3");
	/* Once something is said to be LAN, that alone is. */
	must_run(f, "/interface list member add list=LAN interface=ether1");
	inside(f, "1");
	must_run(f, "/interface list member remove [find list=LAN]");
	inside(f, "3");
	must_run(f, "/interface list set LAN name=Inside");
	must_run(f, "/interface list member add list=Inside interface=ether1");
	inside(f, "3");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_router_has_telnet),
		cmocka_unit_test(what_is_set_is_published),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(what_is_in_doubt_is_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
