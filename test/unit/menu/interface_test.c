/* /interface, /interface/list and its members: what publish makes of the rows. */
#include "menu/fixture.h"

static const struct iface *iface_of(struct fixture *f, iface_id id)
{
	return iface_get_const(&f->router->net, id);
}

static void ports_are_rows(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	assert_int_equal(rows_n(f, "/interface"), FIXTURE_PORTS);
	assert_string_equal(shown(f, "/interface", 0, "name"), "ether1");
	assert_string_equal(shown(f, "/interface", 2, "default-name"), "ether3");
	assert_string_equal(shown(f, "/interface", 1, "type"), "ether");
	assert_string_equal(shown(f, "/interface", 1, "mtu"), "");
	assert_string_equal(shown(f, "/interface", 1, "actual-mtu"), "1500");
	assert_string_equal(shown(f, "/interface", 1, "mac-address"), "02:00:00:00:00:02");
	assert_string_equal(letters(f, "/interface", 0), "R");
	assert_false(run(f, "/interface add name=ether9"));
	assert_false(run(f, "/interface remove ether1"));
	assert_false(run(f, "/interface set ether1 default-name=x"));
	fixture_free(f);
}

static void renamed(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter add chain=forward in-interface=ether1 action=drop");
	must_run(f, "/interface set ether1 name=wan");
	assert_string_equal(iface_of(f, 1)->name, "wan");
	assert_string_equal(iface_of(f, 1)->default_name, "ether1");
	assert_string_equal(shown(f, "/ip/address", 0, "interface"), "wan");
	assert_string_equal(shown(f, "/ip/route", 0, "immediate-gw"), "203.0.113.1%wan");
	assert_string_equal(shown(f, "/ip/firewall/filter", 6, "in-interface"), "wan");
	refused(f, "/interface set ether2 name=wan",
	        "failure: already have interface with such name: choose another one than wan");
	assert_false(run(f, "/interface set ether2 name=\"\""));
	assert_string_equal(iface_of(f, 2)->name, "ether2");
	fixture_free(f);
}

/* A name is no reason to decide anew who may pass, or to forget what was counted. */
static void a_rename_ends_nothing(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->fw.flows->used, 1);
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "packets"), "1");
	must_run(f, "/interface set ether1 name=wan");
	assert_int_equal(f->router->fw.flows->used, 1);
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "packets"), "1");
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "bytes"), "36");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->fw.flows->created, 1);
	assert_string_equal(shown(f, "/ip/firewall/connection", 0, "orig-packets"), "2");
	assert_int_equal(sent_n(f, 1), 2);
	fixture_free(f);
}

static void disabled(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	must_run(f, "/interface disable ether1");
	assert_false(iface_is_running(iface_of(f, 1)));
	assert_string_equal(letters(f, "/interface", 0), "X");
	assert_null(addr_find(&f->router->net, A("203.0.113.2")));
	/* The masqueraded connection had an address that is gone. */
	assert_int_equal(f->router->fw.flows->used, 0);
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1);
	assert_int_equal(f->router->net.drops[DROP_NO_ROUTE], 1);
	must_run(f, "/interface enable ether1");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 2);
	fixture_free(f);
}

/* What waits for ARP on an interface that is disabled ends there, and its buffers come back. */
static void disabled_while_packets_wait(void **unused)
{
	struct fixture *f = home(NULL);
	unsigned free_buffers = pkt_pool_available(f->router->net.pool);

	put_udp(f, 2, "192.168.88.7", "203.0.113.77");
	assert_true(pkt_pool_available(f->router->net.pool) < free_buffers);
	must_run(f, "/interface disable ether1");
	turn(f);
	assert_int_equal(pkt_pool_available(f->router->net.pool), free_buffers);
	must_run(f, "/interface enable ether1");
	sleep_ms(f, 10000);
	assert_int_equal(pkt_pool_available(f->router->net.pool), free_buffers);
	fixture_free(f);
}

static void mtu(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/interface set ether1 mtu=1400");
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 1400);
	assert_string_equal(shown(f, "/interface", 0, "actual-mtu"), "1400");
	must_run(f, "/interface set ether1 mtu=9000");
	assert_string_equal(text_str(&f->notice),
	                    "mtu=9000 is more than the port can send; 1500 is used\n");
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 1500);
	must_run(f, "/interface set ether1 mtu=576");
	assert_string_equal(text_str(&f->notice), "");
	must_run(f, "/interface unset ether1 mtu");
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 1500);
	refused(f, "/interface set ether1 mtu=67", "value of mtu out of range (68..65535)");
	fixture_free(f);
}

/* The cable goes and comes back, the port's own MTU changes: what was configured still holds. */
static void mtu_outlives_the_link(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct fixture_port *port = &f->ways[1].out;

	must_run(f, "/interface set ether1 mtu=1400");
	port->link_next = false;
	iface_poll_links(&f->router->net);
	port->link_next = true;
	iface_poll_links(&f->router->net);
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 1400);
	port->port.mtu_bytes = 1280;
	port->link_next = false;
	iface_poll_links(&f->router->net);
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 1280);
	port->port.mtu_bytes = 9000;
	port->link_next = true;
	iface_poll_links(&f->router->net);
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 1400);
	must_run(f, "/interface unset ether1 mtu");
	assert_int_equal(iface_of(f, 1)->mtu_bytes, 9000);
	fixture_free(f);
}

static void counters(void **unused)
{
	struct fixture *f = home(NULL);

	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_string_equal(shown(f, "/interface", 1, "rx-packet"), "1");
	assert_string_equal(shown(f, "/interface", 1, "rx-byte"), "50");
	assert_string_equal(shown(f, "/interface", 0, "tx-packet"), "2"); /* and its address */
	assert_string_equal(shown(f, "/interface", 1, "rx-drop"), "0");
	put_udp(f, 1, "198.51.100.9", "192.168.88.7"); /* from WAN, not asked for */
	assert_string_equal(shown(f, "/interface", 0, "rx-drop"), "1");
	f->ways[1].out.link_next = false;
	iface_poll_links(&f->router->net);
	assert_string_equal(shown(f, "/interface", 0, "link-downs"), "1");
	assert_string_equal(letters(f, "/interface", 0), "");
	fixture_free(f);
}

/* --- lists --- */

static uint64_t lists_of(struct fixture *f, iface_id id)
{
	return iface_of(f, id)->lists;
}

/* On a fresh store the first port is WAN, the others are LAN; `all` is bit 0 of every one. */
static void fresh_lists(void **unused)
{
	static const char *const names[] = { "all", "none", "dynamic", "static", "WAN", "LAN" };
	struct fixture *f = fixture_new(NULL);

	assert_int_equal(rows_n(f, "/interface/list"), ARRAY_LEN(names));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(shown(f, "/interface/list", i, "name"), names[i]);
	assert_int_equal(rows_n(f, "/interface/list/member"), FIXTURE_PORTS);
	assert_string_equal(shown(f, "/interface/list/member", 0, "list"), "WAN");
	assert_string_equal(shown(f, "/interface/list/member", 0, "interface"), "ether1");
	assert_string_equal(shown(f, "/interface/list/member", 2, "list"), "LAN");
	assert_int_equal(lists_of(f, 1), 1 | 1 << 4);
	assert_int_equal(lists_of(f, 2), 1 | 1 << 5);
	assert_int_equal(lists_of(f, 3), 1 | 1 << 5);
	fixture_free(f);
}

static void members(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/interface list add name=guests");
	must_run(f, "/interface list member add list=guests interface=ether3");
	assert_int_equal(lists_of(f, 3), 1 | 1 << 5 | 1 << 6);
	must_run(f, "/interface list member disable 3");
	assert_int_equal(lists_of(f, 3), 1 | 1 << 5);
	must_run(f, "/interface list member enable 3");
	must_run(f, "/interface list member set 3 interface=ether2");
	assert_int_equal(lists_of(f, 2), 1 | 1 << 5 | 1 << 6);
	refused(f, "/interface list member add list=guests interface=ether2",
	        "failure: already have such entry: the interface is in this list");
	must_run(f, "/interface list member remove 3");
	assert_int_equal(lists_of(f, 2), 1 | 1 << 5);
	fixture_free(f);
}

/* A list's bit is its place: when one goes, those behind it move, and the rules with them. */
static void a_list_goes(void **unused)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter remove [find]");
	must_run(f, "/interface list add name=first");
	must_run(f, "/interface list add name=second");
	must_run(f, "/interface list member add list=second interface=ether2");
	must_run(f, "/ip firewall filter add chain=forward in-interface-list=second action=drop");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	must_run(f, "/interface list remove first");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 2);
	assert_string_equal(shown(f, "/ip/firewall/filter", 0, "packets"), "2");
	fixture_free(f);
}

static void a_list_in_use_stays(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	refused(f, "/interface list remove LAN",
	        "failure: LAN is in use: items name it (2 in /interface/list/member, 1 in "
	        "/ip/firewall/filter); remove or change those first");
	assert_false(run(f, "/interface list remove all"));
	assert_int_equal(rows_n(f, "/interface/list"), 6);
	fixture_free(f);
}

/* A card is pulled out: what names it stays, says so, and means nothing until it is back. */
static void an_interface_is_gone(void **unused)
{
	static const char filter[] = "/ip/firewall/filter";
	struct memory_store *store = mem_new(1, sizeof *store);
	struct fixture *f;

	memory_store_init(store);
	f = home(store);
	must_run(f, "/ip address add address=10.0.0.1/24 interface=ether3");
	must_run(f, "/ip arp add address=10.0.0.9 mac-address=02:00:00:00:00:09 interface=ether3");
	must_run(f, "/ip route add dst-address=10.1.0.0/16 gateway=ether3");
	must_run(f, "/ip firewall filter add chain=forward out-interface=!ether3 action=drop "
	            "place-before=0");
	fixture_free(f);
	f = fixture_with_ports(store, 2);
	assert_int_equal(rows_n(f, "/interface"), 2);
	assert_string_equal(letters(f, "/ip/address", 2), "I");
	assert_string_equal(letters(f, "/ip/arp", 2), "I");
	assert_string_equal(letters(f, "/interface/list/member", 2), "I");
	assert_string_equal(letters(f, filter, 0), "I");
	assert_string_equal(letters(f, filter, 1), "");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(sent_n(f, 1), 1); /* the rule never matches, negated or not */
	fixture_free(f);
	f = fixture_new(store);
	assert_string_equal(letters(f, "/ip/address", 2), "");
	assert_string_equal(letters(f, filter, 0), "");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->net.drops[DROP_FILTER], 1);
	fixture_free(f);
	memory_store_free(store);
	mem_free(store);
}

static void too_many_lists(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	char line[64];

	for (unsigned i = 6; i < IFACE_LIST_MAX; i++) {
		snprintf(line, sizeof line, "/interface list add name=l%u", i);
		must_run(f, line);
	}
	refused(f, "/interface list add name=onemore",
	        "failure: there are at most 64 interface lists, the built-in ones included; remove "
	        "one first");
	must_run(f, "/interface list member add list=l63 interface=ether1");
	assert_int_equal(lists_of(f, 1) >> 63, 1);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_are_rows),
		cmocka_unit_test(renamed),
		cmocka_unit_test(a_rename_ends_nothing),
		cmocka_unit_test(disabled),
		cmocka_unit_test(disabled_while_packets_wait),
		cmocka_unit_test(mtu),
		cmocka_unit_test(mtu_outlives_the_link),
		cmocka_unit_test(counters),
		cmocka_unit_test(fresh_lists),
		cmocka_unit_test(members),
		cmocka_unit_test(a_list_goes),
		cmocka_unit_test(a_list_in_use_stays),
		cmocka_unit_test(an_interface_is_gone),
		cmocka_unit_test(too_many_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
