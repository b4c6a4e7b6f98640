/* The menus of RouterOS 2.x: what is typed there is today's line, or refused in words that help. */
#include "menu/fixture.h"

struct spelling {
	const char *old, *today;
};

/* Both lines, each on a router of its own, leave the same configuration. */
static void expect_same(const struct spelling *pair)
{
	struct fixture *f = fixture_new(NULL), *g = fixture_new(NULL);
	char *left, *right;

	must_run(f, pair->old);
	assert_int_equal(strncmp(text_str(&f->notice), "understood as: /ip/firewall/", 28), 0);
	must_run(g, pair->today);
	left = exported(f, "/ip/firewall");
	right = exported(g, "/ip/firewall");
	assert_string_equal(left, right);
	mem_free(left);
	mem_free(right);
	fixture_free(f);
	fixture_free(g);
}

static void old_lines_are_todays(void **unused)
{
	static const struct spelling pairs[] = {
		{ "/ip firewall src-nat add out-interface=ether1 action=masquerade",
		  "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade" },
		{ "/ip firewall src-nat add src-address=192.168.0.0/24 out-interface=ether1 "
		  "action=masquerade",
		  "/ip firewall nat add chain=srcnat src-address=192.168.0.0/24 "
		  "out-interface=ether1 "
		  "action=masquerade" },
		{ "/ip firewall src-nat add src-address=192.168.0.0/24:0-65535 "
		  "dst-address=0.0.0.0/0:0-65535 action=masquerade",
		  "/ip firewall nat add chain=srcnat src-address=192.168.0.0/24 "
		  "action=masquerade" },
		{ "/ip firewall src-nat add src-address=192.168.0.7/32:1024-2000 protocol=tcp "
		  "action=nat "
		  "to-src-address=203.0.113.7 to-src-port=5000-6000",
		  "/ip firewall nat add chain=srcnat src-address=192.168.0.7 src-port=1024-2000 "
		  "protocol=tcp action=src-nat to-addresses=203.0.113.7 to-ports=5000-6000" },
		{ "/ip firewall src-nat add dst-address=10.0.0.0/8 action=accept",
		  "/ip firewall nat add chain=srcnat dst-address=10.0.0.0/8 action=accept" },
		{ "/ip firewall dst-nat add dst-address=203.0.113.2/32:80 protocol=tcp action=nat "
		  "to-dst-address=192.168.0.100",
		  "/ip firewall nat add chain=dstnat dst-address=203.0.113.2 dst-port=80 "
		  "protocol=tcp "
		  "action=dst-nat to-addresses=192.168.0.100" },
		{ "/ip firewall dst-nat add dst-address=203.0.113.2 dst-port=80 protocol=tcp "
		  "action=nat "
		  "to-dst-address=192.168.0.100 to-dst-port=8080",
		  "/ip firewall nat add chain=dstnat dst-address=203.0.113.2 dst-port=80 "
		  "protocol=tcp "
		  "action=dst-nat to-addresses=192.168.0.100 to-ports=8080" },
		{ "/ip firewall dst-nat add dst-address=0.0.0.0/0:53 protocol=udp "
		  "in-interface=ether2 "
		  "action=redirect to-dst-port=5353",
		  "/ip firewall nat add chain=dstnat dst-port=53 protocol=udp in-interface=ether2 "
		  "action=redirect to-ports=5353" },
		{ "/ip firewall dst-nat add dst-address=:53 protocol=udp action=redirect",
		  "/ip firewall nat add chain=dstnat dst-port=53 protocol=udp action=redirect" },
		{ "/ip firewall dst-nat add src-address=198.51.100.0/24 dst-address=203.0.113.2/32 "
		  "action=accept comment=\"keep\" disabled=yes",
		  "/ip firewall nat add chain=dstnat src-address=198.51.100.0/24 "
		  "dst-address=203.0.113.2 action=accept comment=\"keep\" disabled=yes" },
		{ "/ip firewall mangle add protocol tcp tcp-options syn-only tcp-mss 1448",
		  "/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn "
		  "action=change-mss new-mss=1448" },
		{ "/ip firewall mangle add tcp-mss=1448 out-interface=ether1",
		  "/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn "
		  "out-interface=ether1 action=change-mss new-mss=1448" },
		{ "/ip firewall mangle add tcp-options=any tcp-mss=clamp-to-pmtu",
		  "/ip firewall mangle add chain=forward protocol=tcp tcp-flags=syn "
		  "action=change-mss new-mss=clamp-to-pmtu" },
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		expect_same(&pairs[i]);
}

/* In today's menu tcp-mss is a matcher. */
static void todays_mangle_is_left_alone(void **unused)
{
	struct fixture *f = fixture_new(NULL);

	must_run(f, "/ip firewall mangle add chain=forward protocol=tcp tcp-mss=1400-1500 "
	            "tcp-flags=syn action=accept");
	assert_string_equal(text_str(&f->notice), "");
	assert_string_equal(shown(f, "/ip/firewall/mangle", 0, "tcp-mss"), "1400-1500");
	assert_string_equal(shown(f, "/ip/firewall/mangle", 0, "new-mss"), "");
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/ip firewall dst-nat add dst-address=203.0.113.0/24:80 protocol=tcp action=nat "
		  "to-dst-address=192.168.0.100",
		  "invalid value for argument dst-address: /24 names a network, but a port mapping "
		  "is "
		  "for one address: its mask must be 32; write 203.0.113.0/32. For a network use "
		  "/ip/firewall/nat" },
		{ "/ip firewall dst-nat add dst-address=203.0.113.2/24 action=accept",
		  "invalid value for argument dst-address: /24 names a network, but a port mapping "
		  "is "
		  "for one address: its mask must be 32; write 203.0.113.2/32. For a network use "
		  "/ip/firewall/nat" },
		{ "/ip firewall dst-nat add dst-address=mail:80 protocol=tcp action=accept",
		  "invalid value for argument dst-address: mail is not address/32:port, such as "
		  "203.0.113.2/32:80" },
		{ "/ip firewall dst-nat add dst-address=203.0.113.2/32:80 protocol=tcp action=nat",
		  "missing value(s) of argument(s) to-dst-address: action=nat needs the host "
		  "inside" },
		{ "/ip firewall src-nat add src-address=192.168.0.0/24 action=nat",
		  "missing value(s) of argument(s) to-src-address: action=nat needs the new "
		  "source" },
		{ "/ip firewall dst-nat add dst-address=203.0.113.2/32:80 dst-port=81 protocol=tcp "
		  "action=accept",
		  "failure: the port is given twice, behind the address and as dst-port; leave one "
		  "out" },
		{ "/ip firewall src-nat add src-address=192.168.0.1/32:80 src-port=80 protocol=tcp "
		  "action=masquerade",
		  "failure: the port is given twice, behind the address and as src-port; leave one "
		  "out" },
		{ "/ip firewall dst-nat add action=masquerade",
		  "input does not match any value of action: there is no masquerade here; there "
		  "are "
		  "nat, redirect, accept" },
		{ "/ip firewall src-nat add action=dst-nat",
		  "input does not match any value of action: there is no dst-nat here; there are "
		  "masquerade, nat, accept" },
		{ "/ip firewall dst-nat add dst-address=203.0.113.2/32: protocol=tcp action=accept",
		  "invalid value for argument dst-port: nothing is not a list of at most 15 ports "
		  "or "
		  "ranges such as 80,443,1000-2000" },
		{ "/ip firewall mangle add protocol=tcp tcp-options=non-syn-only tcp-mss=1448",
		  "input does not match any value of tcp-options: the MSS option stands in SYNs "
		  "only; "
		  "write tcp-options=syn-only" },
		{ "/ip firewall mangle add protocol=tcp tcp-options=syn-only",
		  "missing value(s) of argument(s) tcp-mss: say what the MSS is to be lowered to, "
		  "such "
		  "as tcp-mss=1448" },
		{ "/ip firewall mangle add protocol=tcp tcp-options=syn-only tcp-mss=dont-change",
		  "missing value(s) of argument(s) tcp-mss: say what the MSS is to be lowered to, "
		  "such "
		  "as tcp-mss=1448" },
		{ "/ip firewall mangle add protocol=udp tcp-options=syn-only tcp-mss=1448",
		  "input does not match any value of protocol: only TCP has an MSS; write "
		  "protocol=tcp" },
		{ "/ip firewall mangle add chain=forward tcp-options=syn-only",
		  "bad parameter tcp-options: beside chain= or action= write tcp-flags=syn" },
		{ "/ip firewall mangle add tcp-options=syn-only tcp-mss=40",
		  "value of new-mss out of range (88..65495): 40 is neither such a number nor "
		  "clamp-to-pmtu" },
	};
	struct fixture *f = fixture_new(NULL);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_int_equal(rows_n(f, "/ip/firewall/nat"), 0);
	assert_int_equal(rows_n(f, "/ip/firewall/mangle"), 0);
	fixture_free(f);
}

/* Rules made in the old menu can be changed there, and are found in today's. */
static void changed_and_removed(void **unused)
{
	struct fixture *f = home(NULL);
	struct ip4_header ip;

	must_run(f,
	         "/ip firewall dst-nat add dst-address=203.0.113.2/32:53 protocol=udp action=nat "
	         "to-dst-address=192.168.88.9");
	must_run(f, "/ip firewall dst-nat set 0 to-dst-address=192.168.88.7");
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "to-addresses"), "192.168.88.7");
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "chain"), "dstnat");
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "hairpin"), "yes");
	put_udp(f, 1, "198.51.100.77", "203.0.113.2");
	(void)sent_last(f, 2, &ip);
	assert_int_equal(ip.dst.v, A("192.168.88.7").v);
	must_run(f, "/ip firewall dst-nat set 0 dst-address=203.0.113.2/32:54");
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "dst-port"), "54");
	assert_false(run(f, "/ip firewall dst-nat set 0 action=masquerade"));
	must_run(f, "/ip firewall dst-nat disable 0");
	assert_string_equal(letters(f, "/ip/firewall/nat", 0), "X");
	must_run(f, "/ip firewall dst-nat set 0 !to-dst-address to-dst-port=54");
	assert_string_equal(shown(f, "/ip/firewall/nat", 0, "to-addresses"), "");
	must_run(f, "/ip firewall dst-nat remove 0");
	assert_int_equal(rows_n(f, "/ip/firewall/nat"), 0);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_lines_are_todays),
		cmocka_unit_test(todays_mangle_is_left_alone),
		cmocka_unit_test(refusals),
		cmocka_unit_test(changed_and_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
