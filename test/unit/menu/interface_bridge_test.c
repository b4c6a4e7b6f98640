/* /interface/bridge, its ports and hosts, /interface/vlan: made, changed and removed at run time.
 */
#include "menu/fixture.h"

#include "lan/lan.h"

static const struct iface *named(struct fixture *f, const char *name)
{
	return iface_by_name(&f->router->net, name);
}

static void bridge_of_two(struct fixture *f)
{
	must_run(f, "/interface bridge add name=bridge1");
	must_run(f, "/interface bridge port add bridge=bridge1 interface=ether2");
	must_run(f, "/interface bridge port add bridge=bridge1 interface=ether3");
}

static void ports_become_one_network(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	bridge_of_two(f);
	assert_string_equal(letters(f, "/interface/bridge", 0), "R");
	assert_string_equal(shown(f, "/interface/bridge", 0, "mac-address"), "02:00:00:00:00:02");
	assert_string_equal(shown(f, "/interface/bridge", 0, "actual-mtu"), "1500");
	assert_string_equal(letters(f, "/interface", 1), "RS");
	assert_string_equal(letters(f, "/interface", 0), "R");
	assert_int_equal(rows_n(f, "/interface"), FIXTURE_PORTS + 1);
	assert_string_equal(shown(f, "/interface", 3, "name"), "bridge1");
	assert_string_equal(shown(f, "/interface", 3, "type"), "bridge");
	assert_string_equal(letters(f, "/interface/bridge/port", 0), "");

	must_run(f, "/ip address add address=192.168.88.1/24 interface=bridge1");
	must_run(f, "/interface list member add list=LAN interface=bridge1");
	put_udp(f, 2, "192.168.88.7", "192.168.88.9"); /* to ether2's address: the bridge's */
	assert_int_equal(rows_n(f, "/interface/bridge/host"), 3);
	assert_string_equal(letters(f, "/interface/bridge/host", 0), "DL");
	assert_string_equal(shown(f, "/interface/bridge/host", 0, "mac-address"),
	                    "02:00:00:00:00:02");
	assert_string_equal(letters(f, "/interface/bridge/host", 2), "D");
	assert_string_equal(shown(f, "/interface/bridge/host", 2, "on-interface"), "ether2");
	assert_string_equal(shown(f, "/interface/bridge/host", 2, "bridge"), "bridge1");
	assert_int_equal(named(f, "bridge1")->counters.rx_packets, 1);
	fixture_free(f);
}

/* Rules see the bridge, not its ports: who forgets the list would lock himself out. */
static void a_list_that_has_only_the_port(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/interface bridge add name=bridge1");
	must_run(f, "/interface bridge port add bridge=bridge1 interface=ether2");
	assert_non_null(
		strstr(text_str(&f->notice), "ether2 is in the list LAN and bridge1 is not"));
	must_run(f, "/interface list member add list=LAN interface=bridge1");
	must_run(f, "/interface bridge port add bridge=bridge1 interface=ether3");
	assert_null(strstr(text_str(&f->notice), "is not"));
	fixture_free(f);
}

static void an_address_on_a_port_is_the_bridges(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	assert_int_equal(addr_find(&f->router->net, A("192.168.88.1"))->iface, 2);
	bridge_of_two(f);
	assert_int_equal(addr_find(&f->router->net, A("192.168.88.1"))->iface,
	                 named(f, "bridge1")->id);
	assert_string_equal(letters(f, "/ip/address", 0), "S");
	assert_string_equal(shown(f, "/ip/address", 0, "interface"), "ether2");
	assert_string_equal(shown(f, "/ip/address", 0, "actual-interface"), "bridge1");
	must_run(f, "/interface bridge port disable 0");
	assert_int_equal(addr_find(&f->router->net, A("192.168.88.1"))->iface, 2);
	assert_string_equal(letters(f, "/ip/address", 0), "");
	fixture_free(f);
}

static void what_is_not_there_is_refused_by_name(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	refused(f, "/interface bridge add name=b protocol-mode=rstp",
	        "invalid value for argument protocol-mode: rstp is not supported by this version, "
	        "only none: there is no spanning tree; a cable loop is found and cut by "
	        "loop-protect of the ports");
	assert_false(run(f, "/interface bridge add name=b vlan-filtering=yes"));
	assert_string_equal(f->diag.field, "vlan-filtering");
	assert_false(run(f, "/interface bridge add name=b pvid=1"));
	assert_false(run(f, "/interface bridge add name=b arp=proxy-arp"));
	assert_false(run(f, "/interface bridge add name=b auto-mac=no"));
	assert_string_equal(f->diag.field, "admin-mac");
	assert_false(run(f, "/interface bridge add name=b admin-mac=02:00:00:00:00:77"));
	assert_false(
		run(f, "/interface bridge add name=b auto-mac=no admin-mac=01:00:00:00:00:77"));
	assert_false(run(f, "/interface bridge add name=b ageing-time=9s"));
	assert_false(run(f, "/interface bridge add name=ether1"));
	assert_false(run(f, "/interface bridge add name=1.2"));
	assert_int_equal(rows_n(f, "/interface/bridge"), 0);
	must_run(f, "/interface bridge add name=b protocol-mode=none auto-mac=no "
	            "admin-mac=02:00:00:00:00:77");
	assert_string_equal(shown(f, "/interface/bridge", 0, "mac-address"), "02:00:00:00:00:77");

	bridge_of_two(f);
	refused(f, "/interface bridge port add bridge=b interface=ether2",
	        "failure: device already added as bridge port; an interface is in one bridge only");
	assert_false(run(f, "/interface bridge port add bridge=b interface=bridge1"));
	assert_false(run(f, "/interface bridge port add bridge=ether1 interface=ether1"));
	assert_false(run(f, "/interface bridge port add bridge=b interface=ether1 horizon=x"));
	assert_false(run(f, "/interface bridge port add bridge=b interface=ether1 learn=maybe"));
	assert_int_equal(rows_n(f, "/interface/bridge/port"), 2);

	assert_false(run(f, "/interface vlan add name=v vlan-id=0 interface=ether1"));
	assert_false(run(f, "/interface vlan add name=v vlan-id=4095 interface=ether1"));
	assert_false(run(f, "/interface vlan add name=v vlan-id=10"));
	assert_false(run(f, "/interface vlan add name=v vlan-id=10 interface=ether1 mvrp=yes"));
	must_run(f, "/interface vlan add name=v10 vlan-id=10 interface=ether1");
	refused(f, "/interface vlan add name=v vlan-id=10 interface=ether1",
	        "failure: already have vlan with such id: v10 has vlan-id=10 on the same "
	        "interface");
	must_run(f, "/interface vlan add name=v vlan-id=10 interface=ether1 use-service-tag=yes");
	assert_int_equal(rows_n(f, "/interface/vlan"), 2);
	fixture_free(f);
}

/* A VLAN on a bridge can't be a port of it, by whatever way round. */
static void nothing_stands_on_itself(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	bridge_of_two(f);
	must_run(f, "/interface vlan add name=v vlan-id=10 interface=bridge1");
	assert_false(run(f, "/interface bridge port add bridge=bridge1 interface=v"));
	assert_string_equal(f->diag.field, "interface");
	must_run(f, "/interface bridge add name=bridge2");
	must_run(f, "/interface bridge port add bridge=bridge2 interface=v");
	must_run(f, "/interface vlan add name=w vlan-id=20 interface=bridge2");
	assert_false(run(f, "/interface bridge port add bridge=bridge1 interface=w"));
	assert_false(run(f, "/interface vlan set v interface=w"));
	refused(f, "/interface vlan set w interface=w",
	        "failure: w would lie on itself; choose the card below");
	fixture_free(f);
}

static void what_is_named_stays(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	bridge_of_two(f);
	must_run(f, "/ip address add address=192.168.88.1/24 interface=bridge1");
	refused(f, "/interface bridge remove bridge1",
	        "failure: bridge1 is in use: items name it (2 in /interface/bridge/port, 1 in "
	        "/ip/address); remove or change those first");
	must_run(f, "/interface bridge port remove [find]");
	must_run(f, "/ip address remove 0");
	must_run(f, "/ip firewall filter add chain=forward in-interface=bridge1 action=drop");
	assert_false(run(f, "/interface bridge remove bridge1"));
	must_run(f, "/ip firewall filter remove [find in-interface=bridge1]");
	must_run(f, "/interface bridge remove bridge1");
	assert_null(named(f, "bridge1"));
	assert_int_equal(f->router->net.ifaces_n, FIXTURE_PORTS + 1);
	fixture_free(f);
}

/* The place of a removed interface goes to another: nothing decided for the old one holds. */
static void a_place_is_used_again(void **unused)
{
	struct fixture *f = home(NULL);
	iface_id id;

	must_run(f, "/interface vlan add name=v vlan-id=10 interface=ether3");
	must_run(f, "/ip address add address=10.0.10.1/24 interface=v");
	must_run(f, "/ip arp add address=10.0.10.7 mac-address=02:01:0A:00:0A:07 interface=v");
	id = named(f, "v")->id;
	put_udp(f, 2, "192.168.88.7", "10.0.10.7");
	put_udp(f, 2, "192.168.88.7", "10.0.10.7");
	assert_int_equal(sent_n(f, 3), 2);
	assert_int_equal(f->ways[3].out.frames[1].bytes[15], 10);
	must_run(f, "/ip arp remove [find interface=v]");
	must_run(f, "/ip address remove [find interface=v]");
	must_run(f, "/interface vlan remove v");
	must_run(f, "/interface bridge add name=lan");
	assert_int_equal(named(f, "lan")->id, id);
	clear(f);
	put_udp(f, 2, "192.168.88.7", "10.0.10.7");
	assert_int_equal(sent_n(f, 3), 0);
	fixture_free(f);
}

static void enabled_renamed_and_resized(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	bridge_of_two(f);
	must_run(f,
	         "/interface vlan add name=v vlan-id=10 interface=bridge1 mtu=1400 disabled=yes");
	assert_false(named(f, "v")->enabled);
	assert_string_equal(letters(f, "/interface/vlan", 0), "X");
	must_run(f, "/interface vlan enable v");
	assert_string_equal(letters(f, "/interface/vlan", 0), "R");
	assert_int_equal(named(f, "v")->mtu_bytes, 1400);
	must_run(f, "/interface vlan set v name=guests mtu=9000");
	assert_int_equal(named(f, "guests")->mtu_bytes, 1500);
	must_run(f, "/interface bridge disable bridge1");
	assert_string_equal(letters(f, "/interface/vlan", 0), "");
	must_run(f, "/interface bridge enable bridge1");
	must_run(f, "/interface bridge set bridge1 name=home mtu=1300");
	assert_int_equal(named(f, "guests")->mtu_bytes, 1300);
	fixture_free(f);
}

/* What was stored makes the same interfaces again; an export makes them in an order that works. */
static void stored_and_exported(void **unused)
{
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;
	char *first, *second;

	memory_store_init(store);
	f = fixture_new(store);
	bridge_of_two(f);
	must_run(f, "/interface vlan add name=v vlan-id=10 interface=bridge1");
	must_run(f, "/interface bridge add name=bridge2");
	must_run(f, "/interface bridge port add bridge=bridge2 interface=v horizon=7");
	must_run(f, "/ip address add address=192.168.88.1/24 interface=bridge1");
	must_run(f, "/ip address add address=10.9.0.1/24 interface=v");
	must_run(f, "/interface list member add list=LAN interface=v");
	first = exported(f, "/");
	fixture_free(f);

	f = fixture_new(store);
	second = exported(f, "/");
	assert_string_equal(first, second);
	assert_true(iface_is_running(named(f, "bridge1")));
	assert_true(iface_is_running(named(f, "v")));
	assert_int_equal(addr_find(&f->router->net, A("192.168.88.1"))->iface,
	                 named(f, "bridge1")->id);
	assert_int_equal(addr_find(&f->router->net, A("10.9.0.1"))->iface, named(f, "bridge2")->id);
	assert_true(strstr(first, "/interface/bridge\n") < strstr(first, "/interface/vlan\n"));
	assert_true(strstr(first, "/interface/bridge/port\n") < strstr(first, "/ip/address\n"));
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
	mem_free(first);
	mem_free(second);
}

/* What can't be set here says where it can. */
static void interfaces_made_elsewhere_are_seen(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	bridge_of_two(f);
	must_run(f, ":put [/interface get bridge1 type]");
	assert_string_equal(text_str(&f->out), "bridge\n");
	must_run(f, ":put [/interface get [find type=bridge] name]");
	assert_string_equal(text_str(&f->out), "bridge1\n");
	assert_false(run(f, "/interface set bridge1 mtu=1400"));
	fixture_free(f);
}

/* Every interface there can be, and one more: refused before anything is changed. */
static void the_table_has_an_end(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	for (unsigned i = 1; i < IFACE_MAX - FIXTURE_PORTS; i++) {
		char line[96];

		snprintf(line, sizeof line,
		         "/interface vlan add name=v%u vlan-id=%u interface=ether3", i, i);
		must_run(f, line);
	}
	refused(f, "/interface vlan add name=w vlan-id=4000 interface=ether3",
	        "failure: there are at most 255 interfaces; remove one first");
	must_run(f, "/interface vlan remove v7");
	must_run(f, "/interface vlan add name=w vlan-id=4000 interface=ether3");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_become_one_network),
		cmocka_unit_test(a_list_that_has_only_the_port),
		cmocka_unit_test(an_address_on_a_port_is_the_bridges),
		cmocka_unit_test(what_is_not_there_is_refused_by_name),
		cmocka_unit_test(nothing_stands_on_itself),
		cmocka_unit_test(what_is_named_stays),
		cmocka_unit_test(a_place_is_used_again),
		cmocka_unit_test(enabled_renamed_and_resized),
		cmocka_unit_test(stored_and_exported),
		cmocka_unit_test(interfaces_made_elsewhere_are_seen),
		cmocka_unit_test(the_table_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
