/* /ping: what a person is shown, question by question, and how it ends. */
#include "menu/fixture.h"

static const char title[] =
	"  SEQ HOST                                     SIZE TTL TIME       STATUS\n";

/* The peer at WAN answers the question that left last. */
static void put_answer(struct fixture *f)
{
	struct fixture_bytes *b = &f->ways[1].in;
	struct ip4_header ip;
	const uint8_t *question = sent_last(f, 1, &ip);
	uint32_t data = ip.total_bytes - IP4_HEADER_BYTES - ICMP_HEADER_BYTES;
	uint8_t *icmp;

	frame_icmp(b, 1, "203.0.113.1", "203.0.113.2", ICMP_ECHO_REPLY, data);
	icmp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	memcpy(icmp + ICMP_AT_ID, question + ICMP_AT_ID, 4 + data);
	sum_l4(icmp, ICMP_HEADER_BYTES + data, ICMP_AT_CHECKSUM, "0.0.0.0", "0.0.0.0",
	       IPPROTO_ICMP);
	put(f, 1);
}

static void questions_and_answers(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping = begin(f, "/ping 203.0.113.1 count=3");

	assert_int_equal(run_step(ping, f->now, 10), RUN_WAITING);
	turn(f);
	f->now = mono_add_ns(f->now, 1234 * NS_PER_US);
	put_answer(f);
	assert_int_equal(run_step(ping, f->now, 10), RUN_WAITING);
	sleep_ms(f, 1000);
	put_answer(f);
	sleep_ms(f, 1000); /* the third is not answered */
	sleep_ms(f, 1000);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_true(f->ok);
	assert_int_equal(strncmp(text_str(&f->out), title, sizeof title - 1), 0);
	assert_string_equal(
		text_str(&f->out) + sizeof title - 1,
		"    0 203.0.113.1                                56  64 1ms234us\n"
		"    1 203.0.113.1                                56  64 0us\n"
		"    2 203.0.113.1                                                  timeout\n"
		"    sent=3 received=2 packet-loss=33% min-rtt=0us avg-rtt=617us "
		"max-rtt=1ms234us\n");
	assert_int_equal(sent_n(f, 1), 3);
	fixture_free(f);
}

static void interrupted(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping = begin(f, "/ping address=203.0.113.1");

	(void)run_step(ping, f->now, 10);
	turn(f);
	put_answer(f);
	assert_int_equal(run_step(ping, f->now, 10), RUN_WAITING);
	run_interrupt(ping);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out), "    sent=1 received=1 packet-loss=0% "));
	sleep_ms(f, 5000);
	assert_int_equal(sent_n(f, 1), 1);
	fixture_free(f);
}

/* A login that ends takes its ping along; the identifier is free again. */
static void left_alone(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping = begin(f, "/tool/ping 203.0.113.1");

	(void)run_step(ping, f->now, 10);
	assert_true(f->router->host.pings[0].used);
	run_free(ping);
	assert_false(f->router->host.pings[0].used);
	fixture_free(f);
}

/* Larger than the way takes, and not to be cut: the router is told by itself. */
static void too_large(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping;

	must_run(f, "/interface set ether1 mtu=1400");
	ping = begin(f, "/ping 203.0.113.1 size=1500 do-not-fragment count=1");
	(void)run_step(ping, f->now, 10);
	turn(f);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out), "packet too large and cannot be fragmented\n"));
	assert_non_null(strstr(text_str(&f->out), "sent=1 received=0 packet-loss=100%\n"));
	assert_int_equal(sent_n(f, 1), 0);
	fixture_free(f);
}

/* As people type it: words cut short, a blank for "=", an address in its short form. */
static void typed_short(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping;
	struct ip4_header ip;

	must_run(f, "/ip route add gateway=203.0.113.1");
	ping = begin(f, "pi 10.1 c 3 si 100");
	(void)run_step(ping, f->now, 10);
	turn(f);
	(void)sent_last(f, 1, &ip);
	assert_int_equal(ip.dst.v, A("10.0.0.1").v);
	assert_int_equal(ip.total_bytes, 100);
	assert_int_equal(f->router->host.pings[0].spec.count, 3);
	run_interrupt(ping);
	end(f, ping);
	ping = begin(f, "/tool/ping 10.1.258 count=1");
	(void)run_step(ping, f->now, 10);
	assert_int_equal(f->router->host.pings[0].spec.dst.v, A("10.1.1.2").v);
	run_free(ping);
	refused(f, "/ping 10",
	        "invalid value for argument address: 10 is not an address such as "
	        "192.168.88.1");
	refused(f, "/ping 10.16777216",
	        "invalid value for argument address: 10.16777216 is not an address such as "
	        "192.168.88.1");
	fixture_free(f);
}

/* Who says that it can't be delivered is shown with what it says. */
static void an_error_on_the_way(void **unused)
{
	struct fixture *f = home(NULL);
	struct fixture_bytes *b = &f->ways[1].in;
	struct ip4_header ip;
	struct run *ping;
	uint8_t *icmp;

	must_run(f, "/ip route add gateway=203.0.113.1");
	ping = begin(f, "/ping 198.51.100.9 count=1 ttl=3 dscp=10");
	(void)run_step(ping, f->now, 10);
	turn(f);

	const uint8_t *question = sent_last(f, 1, &ip);

	assert_int_equal(ip.ttl, 3);
	assert_int_equal(ip.tos, 40);
	frame_icmp(b, 1, "203.0.113.1", "203.0.113.2", ICMP_TIME_EXCEEDED, ip.total_bytes);
	icmp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	memcpy(icmp + ICMP_HEADER_BYTES, question - IP4_HEADER_BYTES, ip.total_bytes);
	sum_l4(icmp, ICMP_HEADER_BYTES + ip.total_bytes, ICMP_AT_CHECKSUM, "0.0.0.0", "0.0.0.0",
	       IPPROTO_ICMP);
	put(f, 1);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out),
	                       "    0 203.0.113.1                                84  64 0us       "
	                       " TTL exceeded\n"));
	fixture_free(f);
}

/* By one interface only, whatever routes say. */
static void by_an_interface(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping;

	must_run(f, "/ip route add gateway=192.168.88.7 distance=1");
	must_run(f, "/ip route add gateway=203.0.113.1 distance=2");
	ping = begin(f, "/ping 198.51.100.9 count=1 interface=ether1");
	(void)run_step(ping, f->now, 10);
	turn(f);
	assert_int_equal(sent_n(f, 1), 1);
	assert_int_equal(sent_n(f, 2), 0);
	run_interrupt(ping);
	end(f, ping);
	must_run(f, "/ip route add gateway=203.0.113.1 routing-table=other");
	ping = begin(f, "/ping 198.51.100.9 count=1 routing-table=other");
	(void)run_step(ping, f->now, 10);
	turn(f);
	assert_int_equal(sent_n(f, 1), 2);
	run_interrupt(ping);
	end(f, ping);
	fixture_free(f);
}

/* Its answer is the ARP reply, which is shown by its hardware address. */
static void by_arp(void **unused)
{
	struct fixture *f = home(NULL);
	struct fixture_bytes *b = &f->ways[1].in;
	struct run *ping = begin(f, "/ping 203.0.113.9 arp-ping=yes interface=ether1 count=2");

	(void)run_step(ping, f->now, 10);
	turn(f);
	frame_arp(b, iface_mac(1),
	          &(struct arp){ .operation = ARP_REPLY,
	                         .sender_mac = { { 2, 0, 0, 0, 0, 9 } },
	                         .sender_ip = A("203.0.113.9"),
	                         .target_mac = iface_mac(1),
	                         .target_ip = A("203.0.113.2") });
	f->now = mono_add_ms(f->now, 3);
	put(f, 1);
	assert_int_equal(run_step(ping, f->now, 10), RUN_WAITING);
	sleep_ms(f, 1000);
	sleep_ms(f, 1000);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out), "    0 02:00:00:00:00:09 "));
	assert_non_null(strstr(text_str(&f->out), " 3ms\n    1 203.0.113.9 "));
	assert_non_null(
		strstr(text_str(&f->out), "sent=2 received=1 packet-loss=50% min-rtt=3ms "));
	fixture_free(f);
}

static void without_a_way(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct run *ping = begin(f, "/ping 198.51.100.1 count=1");

	(void)run_step(ping, f->now, 10);
	turn(f);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out), "no route to host\n"));
	fixture_free(f);
}

/* The router's own address answers, too; nothing leaves by a port. */
static void of_itself(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping = begin(f, "/ping 192.168.88.1 count=1");

	(void)run_step(ping, f->now, 10);
	turn(f);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out), "sent=1 received=1 packet-loss=0%"));
	assert_int_equal(sent_n(f, 1) + sent_n(f, 2), 0);
	fixture_free(f);
}

/* Masqueraded like everything that leaves there, its answers find it all the same. */
static void masqueraded(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping;

	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	ping = begin(f, "/ping 203.0.113.1 count=1");
	(void)run_step(ping, f->now, 10);
	turn(f);
	put_answer(f);
	assert_int_equal(run_step(ping, f->now, 10), RUN_DONE);
	end(f, ping);
	assert_non_null(strstr(text_str(&f->out), "sent=1 received=1 packet-loss=0%"));
	fixture_free(f);
}

/* What the router sends itself is led by a mark of chain output, as RouterOS does. */
static void led_by_a_mark(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *ping;

	must_run(f, "/ip route add gateway=192.168.88.7 routing-table=other");
	must_run(f, "/ip firewall mangle add chain=output dst-address=198.51.100.9 "
	            "action=mark-routing new-routing-mark=other");
	ping = begin(f, "/ping 198.51.100.9 count=1");
	(void)run_step(ping, f->now, 10);
	turn(f);
	assert_int_equal(sent_n(f, 1), 0);
	assert_int_equal(sent_n(f, 2), 1);
	run_interrupt(ping);
	end(f, ping);
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/ping 203.0.113.1 src-address=10.0.0.1",
		  "invalid value for argument src-address: it is not one of the router's "
		  "addresses; "
		  "see /ip/address/print" },
		{ "/ping 203.0.113.1 size=27", "value of size out of range (28..65535)" },
		{ "/ping 203.0.113.1 ttl=0", "value of ttl out of range (1..255)" },
		{ "/ping 203.0.113.1 dscp=64", "value of dscp out of range (0..63)" },
		{ "/ping 203.0.113.1 interface=ether9",
		  "input does not match any value of interface: there is no ether9; there are "
		  "ether1, ether2, ether3" },
		{ "/ping 203.0.113.1 routing-table=nowhere",
		  "input does not match any value of routing-table: no route or rule names "
		  "nowhere" },
		{ "/ping 203.0.113.1 arp-ping",
		  "failure: arp-ping=yes asks on one link; say on which by interface=" },
		{ "/ping 203.0.113.1 arp-ping interface=ether1 size=100",
		  "failure: a question by ARP has no size; leave it out, or arp-ping" },
		{ "/ping 203.0.113.1 arp-ping interface=ether3",
		  "failure: ether3 has no address to ask from; add one in /ip/address" },
		{ "/ping 203.0.113.1 vrf=main",
		  "bad parameter vrf\nvrf is not supported: there are no VRFs here; "
		  "routing-table= names a table of routes" },
	};
	struct fixture *f = home(NULL);
	struct run *pings[PINGS_MAX];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_false(run(f, "/ping"));
	for (unsigned i = 0; i < PINGS_MAX; i++) {
		pings[i] = begin(f, "/ping 203.0.113.1");
		assert_int_equal(run_step(pings[i], f->now, 10), RUN_WAITING);
	}
	refused(f, "/ping 203.0.113.1",
	        "failure: 16 pings are running already; stop one of them first");
	for (unsigned i = 0; i < PINGS_MAX; i++)
		run_free(pings[i]);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_and_answers),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(left_alone),
		cmocka_unit_test(too_large),
		cmocka_unit_test(typed_short),
		cmocka_unit_test(an_error_on_the_way),
		cmocka_unit_test(by_an_interface),
		cmocka_unit_test(by_arp),
		cmocka_unit_test(without_a_way),
		cmocka_unit_test(of_itself),
		cmocka_unit_test(masqueraded),
		cmocka_unit_test(led_by_a_mark),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
