/* /ip/address and /ip/arp: what the router answers to, and whom it knows. */
#include "core/arp.h"
#include "menu/fixture.h"

static const struct addr_spec *address(struct fixture *f, const char *addr)
{
	return addr_find(&f->router->net, A(addr));
}

static void added_and_removed(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	assert_int_equal(address(f, "192.168.88.1")->iface, 2);
	assert_int_equal(address(f, "192.168.88.1")->bits, 24);
	assert_string_equal(shown(f, "/ip/address", 0, "network"), "192.168.88.0");
	must_run(f, "/ip address set 0 interface=ether3");
	assert_int_equal(address(f, "192.168.88.1")->iface, 3);
	must_run(f, "/ip address set 0 address=192.168.89.1/25");
	assert_null(address(f, "192.168.88.1"));
	assert_string_equal(shown(f, "/ip/address", 0, "network"), "192.168.89.0");
	must_run(f, "/ip address disable 0");
	assert_null(address(f, "192.168.89.1"));
	assert_string_equal(letters(f, "/ip/address", 0), "X");
	must_run(f, "/ip address enable 0");
	assert_non_null(address(f, "192.168.89.1"));
	must_run(f, "/ip address remove 0");
	assert_null(address(f, "192.168.89.1"));
	fixture_free(f);
}

/* RouterOS takes the address without its name, and 2.x had the mask apart. */
static void spellings(void **unused)
{
	static const char *const lines[] = {
		"/ip address add address=192.168.88.1/24 interface=ether2",
		"/ip address add 192.168.88.1/24 interface=ether2",
		"/ip address add address=192.168.88.1 netmask=255.255.255.0 interface=ether2",
		"/ip address add address=192.168.88.1/24 netmask=255.255.255.0 interface=ether2",
	};
	struct fixture *f = fixture_new(NULL);
	char *first = NULL;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char *now;

		must_run(f, lines[i]);
		now = exported(f, "/ip/address");
		must_run(f, "/ip address remove [find]");
		if (first == NULL) {
			first = now;
			continue;
		}
		assert_string_equal(now, first);
		mem_free(now);
	}
	mem_free(first);
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *rest, *why;
	} bad[] = {
		{ "address=0.0.0.0/24",
		  "invalid value for argument address: 0.0.0.0 is no host's address" },
		{ "address=0.1.2.3/24",
		  "invalid value for argument address: 0.1.2.3 is no host's address" },
		{ "address=127.0.0.1/8",
		  "invalid value for argument address: 127.0.0.1 is no host's address" },
		{ "address=224.0.0.1/24",
		  "invalid value for argument address: 224.0.0.1 is no host's address" },
		{ "address=250.0.0.1/24",
		  "invalid value for argument address: 250.0.0.1 is no host's address" },
		{ "address=255.255.255.255",
		  "invalid value for argument address: 255.255.255.255 is no "
		  "host's address" },
		{ "address=10.0.0.1/0",
		  "invalid value for argument address: /0 would make the whole "
		  "internet on-link; the network of a LAN is usually /24" },
		{ "address=10.0.0.0/24",
		  "invalid value for argument address: 10.0.0.0 is the network "
		  "address of its network, not a host's; the first host is 10.0.0.1" },
		{ "address=10.0.0.255/24",
		  "invalid value for argument address: 10.0.0.255 is the "
		  "broadcast address of its network, not a host's; the first "
		  "host is 10.0.0.1" },
		{ "address=10.0.0.1 netmask=255.0.255.0",
		  "invalid value for argument netmask: it must be ones, then zeroes, such as "
		  "255.255.255.0" },
		{ "address=10.0.0.1/16 netmask=255.255.255.0",
		  "invalid value for argument netmask: /24, but the address says /16; leave "
		  "netmask "
		  "out" },
		{ "address=10.0.0.1/33",
		  "invalid value for argument address: 10.0.0.1/33 is not an "
		  "address with a prefix length of 0 to 32" },
		{ "address=10.0.0.1/24 network=10.0.1.0",
		  "invalid value for argument network: the network of 10.0.0.1/24 is 10.0.0.0; "
		  "leave "
		  "network out, or write /32 if it is the peer's address" },
		{ "address=10.0.0.1/24 network=10.0.0.1",
		  "invalid value for argument network: the network of 10.0.0.1/24 is 10.0.0.0; "
		  "leave "
		  "network out, or write /32 if it is the peer's address" },
		{ "address=192.168.88.1/30",
		  "failure: already have such address; an address belongs to one interface of the "
		  "router only" },
	};
	struct fixture *f = fixture_new(NULL);
	char line[160];

	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(line, sizeof line, "/ip address add %s interface=ether1", bad[i].rest);
		refused(f, line, bad[i].why);
	}
	refused(f, "/ip address set 0 netmask=255.255.0.0",
	        "invalid value for argument netmask: it goes with an address; write "
	        "address=192.168.88.1/24 instead");
	assert_int_equal(rows_n(f, "/ip/address"), 1);
	assert_non_null(address(f, "192.168.88.1"));
	fixture_free(f);
}

/* A point-to-point link: the peer's address stands in network, and is all that is on-link. */
static void point_to_point(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	const struct addr_spec *spec;

	must_run(f, "/ip address add address=10.0.0.1/32 network=10.9.9.9 interface=ether1");
	spec = address(f, "10.0.0.1");
	assert_int_equal(spec->network.v, A("10.9.9.9").v);
	assert_string_equal(shown(f, "/ip/address", 0, "network"), "10.9.9.9");
	assert_string_equal(shown(f, "/ip/route", 0, "dst-address"), "10.9.9.9/32");
	must_run(f, "/ip address set 0 address=10.0.0.1/31 network=10.0.0.0");
	assert_string_equal(shown(f, "/ip/route", 0, "dst-address"), "10.0.0.0/31");
	fixture_free(f);
}

/* --- /ip/arp --- */

static const struct neigh *neighbour(struct fixture *f, iface_id id, const char *addr)
{
	return neigh_find(&f->router->net, id, A(addr));
}

static void static_neighbours(void **unused)
{
	struct fixture *f = home(NULL);
	static const struct mac mac = { { 2, 0, 0, 0, 0, 0x77 } };

	must_run(f, "/ip arp add address=192.168.88.9 mac-address=02:00:00:00:00:77 "
	            "interface=ether2");
	assert_int_equal(neighbour(f, 2, "192.168.88.9")->state, NEIGH_PERMANENT);
	assert_memory_equal(&neighbour(f, 2, "192.168.88.9")->mac, &mac, sizeof mac);
	assert_string_equal(letters(f, "/ip/arp", 2), "C");
	assert_string_equal(shown(f, "/ip/arp", 2, "status"), "permanent");
	must_run(f, "/ip arp set 2 interface=ether3");
	assert_null(neighbour(f, 2, "192.168.88.9"));
	assert_non_null(neighbour(f, 3, "192.168.88.9"));
	must_run(f, "/ip arp disable 2");
	assert_null(neighbour(f, 3, "192.168.88.9"));
	assert_string_equal(letters(f, "/ip/arp", 2), "X");
	must_run(f, "/ip arp enable 2");
	must_run(f, "/ip arp remove 2");
	assert_null(neighbour(f, 3, "192.168.88.9"));
	refused(f,
	        "/ip arp add address=192.168.88.9 mac-address=01:00:5e:00:00:01 interface=ether2",
	        "invalid value for argument mac-address: a neighbour's own address is wanted, not "
	        "a "
	        "group's");
	fixture_free(f);
}

/* Learnt neighbours are shown beside the configured ones, without a number and never stored. */
static void learnt_neighbours(void **unused)
{
	struct fixture *f = home(NULL);
	struct arp reply = { .operation = ARP_REPLY,
		             .sender_mac = { { 2, 9, 9, 9, 9, 9 } },
		             .sender_ip = A("192.168.88.20"),
		             .target_mac = iface_mac(2),
		             .target_ip = A("192.168.88.1") };

	must_run(f, "/ip firewall filter remove [find]");
	put_udp(f, 1, "203.0.113.1", "192.168.88.20");
	assert_int_equal(rows_n(f, "/ip/arp"), 3);
	assert_string_equal(letters(f, "/ip/arp", 2), "D");
	assert_string_equal(shown(f, "/ip/arp", 2, "status"), "incomplete");
	assert_string_equal(shown(f, "/ip/arp", 2, "mac-address"), "");
	frame_arp(&f->ways[2].in, iface_mac(2), &reply);
	put(f, 2);
	assert_string_equal(letters(f, "/ip/arp", 2), "DC");
	assert_string_equal(shown(f, "/ip/arp", 2, "status"), "reachable");
	assert_string_equal(shown(f, "/ip/arp", 2, "mac-address"), "02:09:09:09:09:09");
	assert_string_equal(shown(f, "/ip/arp", 2, "interface"), "ether2");
	/* It can be forgotten, alone or together with stored ones. */
	must_run(f, "/ip arp remove [find address=192.168.88.20]");
	assert_null(neighbour(f, 2, "192.168.88.20"));
	put_udp(f, 1, "203.0.113.1", "192.168.88.20");
	must_run(f, "/ip arp remove [find]");
	assert_int_equal(rows_n(f, "/ip/arp"), 0);
	put_udp(f, 1, "203.0.113.1", "192.168.88.20");
	/* Configuring it makes it permanent; it is one neighbour still. */
	must_run(f, "/ip arp add address=192.168.88.20 mac-address=02:09:09:09:09:08 "
	            "interface=ether2");
	assert_string_equal(letters(f, "/ip/arp", 0), "C");
	fixture_free(f);
}

static void published_and_doubled(void **unused)
{
	struct fixture *f = home(NULL);
	size_t before = rows_n(f, "/ip/arp");

	must_run(f, "/ip arp add address=192.168.88.50 published=yes interface=ether2");
	assert_string_equal(letters(f, "/ip/arp", before), "P");
	assert_int_equal(f->router->net.published->n, 1);
	assert_null(neighbour(f, 2, "192.168.88.50"));
	refused(f,
	        "/ip arp add address=192.168.88.50 mac-address=02:00:00:00:00:77 interface=ether2",
	        "failure: already have such entry; an address is listed once for each interface");
	refused(f, "/ip arp add address=192.168.88.51 interface=ether2",
	        "missing value(s) of argument(s) mac-address: the neighbour's hardware address; "
	        "only "
	        "a published entry needs none");
	refused(f, "/ip arp add address=224.0.0.1 published=yes interface=ether2",
	        "invalid value for argument address: no host has such an address");
	must_run(f, "/ip arp disable [find address=192.168.88.50]");
	assert_int_equal(f->router->net.published->n, 0);
	fixture_free(f);
}

/* Somebody else has our address: it is shown with the other's hardware address. */
static void a_conflict_is_shown(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct arp arp = { .operation = ARP_REQUEST,
		           .sender_mac = { { 2, 6, 6, 6, 6, 6 } },
		           .sender_ip = A("192.168.88.1"),
		           .target_ip = A("192.168.88.1") };

	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	assert_string_equal(letters(f, "/ip/address", 0), "");
	frame_arp(&f->ways[2].in, iface_mac(2), &arp);
	put(f, 2);
	assert_string_equal(letters(f, "/ip/address", 0), "A");
	assert_string_equal(shown(f, "/ip/address", 0, "conflict-mac-address"),
	                    "02:06:06:06:06:06");
	fixture_free(f);
}

static void arp_of_a_port(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	const struct iface *ether2 = iface_by_name(&f->router->net, "ether2");

	must_run(f, "/interface ethernet set ether2 arp=proxy-arp arp-timeout=1m");
	assert_int_equal(ether2->arp, ARP_PROXY);
	assert_int_equal(ether2->arp_timeout_ms, 60000);
	must_run(f, "/interface ethernet set [find default-name=ether2] arp=reply-only "
	            "arp-timeout=auto");
	assert_int_equal(ether2->arp, ARP_REPLY_ONLY);
	assert_int_equal(ether2->arp_timeout_ms, 0);
	must_run(f, "/interface set ether2 name=lan");
	assert_string_equal(shown(f, "/interface/ethernet", 1, "name"), "lan");
	refused(f, "/interface ethernet set ether2 arp-timeout=soon",
	        "invalid value for argument arp-timeout: auto, or a time from 1s to 1d");
	assert_int_equal(ether2->arp, ARP_REPLY_ONLY);
	fixture_free(f);
}

static void more_neighbours_than_fit(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	char line[128];

	for (unsigned i = 1; i <= 20; i++) { /* the table has room for 16 */
		snprintf(line, sizeof line,
		         "/ip arp add address=10.0.0.%u mac-address=02:00:00:00:00:01 "
		         "interface=ether1",
		         i);
		must_run(f, line);
	}
	assert_int_equal(rows_n(f, "/ip/arp"), 20);
	assert_true(f->log.count > 0);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(added_and_removed),
		cmocka_unit_test(spellings),
		cmocka_unit_test(refusals),
		cmocka_unit_test(point_to_point),
		cmocka_unit_test(static_neighbours),
		cmocka_unit_test(learnt_neighbours),
		cmocka_unit_test(published_and_doubled),
		cmocka_unit_test(a_conflict_is_shown),
		cmocka_unit_test(arp_of_a_port),
		cmocka_unit_test(more_neighbours_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
