/* /ip/firewall/connection: the flow table as people see it. */
#include "menu/fixture.h"

static const char path[] = "/ip/firewall/connection";

static struct fixture *with_connections(void)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	return f;
}

/* The answer to put_udp(): its ports the other way round. */
static void put_answer(struct fixture *f)
{
	struct fixture_bytes *b = &f->ways[1].in;
	uint8_t *udp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;

	frame_udp(b, 1, "198.51.100.9", "203.0.113.2", 8);
	wire_put16(udp + UDP_AT_SPORT, 53);
	wire_put16(udp + UDP_AT_DPORT, 4000);
	sum_l4(udp, UDP_HEADER_BYTES + 8, UDP_AT_CHECKSUM, "198.51.100.9", "203.0.113.2",
	       IPPROTO_UDP);
	put(f, 1);
}

static void connections_are_shown(void **unused)
{
	struct fixture *f = with_connections();

	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "protocol"), "udp");
	assert_string_equal(shown(f, path, 0, "src-address"), "192.168.88.7:4000");
	assert_string_equal(shown(f, path, 0, "dst-address"), "198.51.100.9:53");
	assert_string_equal(shown(f, path, 0, "src-port"), "4000");
	assert_string_equal(shown(f, path, 0, "reply-src-port"), "53");
	assert_string_equal(shown(f, path, 0, "reply-src-address"), "198.51.100.9:53");
	assert_string_equal(shown(f, path, 0, "reply-dst-address"), "203.0.113.2:4000");
	assert_string_equal(shown(f, path, 0, "timeout"), "2m");
	assert_string_equal(shown(f, path, 0, "tcp-state"), "");
	assert_string_equal(letters(f, path, 0), "Cs");
	put_answer(f);
	assert_string_equal(letters(f, path, 0), "SACs");
	assert_string_equal(shown(f, path, 0, "timeout"), "5m");
	assert_string_equal(shown(f, path, 0, "orig-packets"), "1");
	assert_string_equal(shown(f, path, 0, "repl-packets"), "1");
	assert_string_equal(shown(f, path, 0, "repl-bytes"), "36");
	sleep_ms(f, 61000);
	assert_string_equal(shown(f, path, 0, "timeout"), "3m59s");
	sleep_ms(f, 240000);
	assert_int_equal(rows_n(f, path), 0);
	fixture_free(f);
}

/* Bits of the last whole second: none yet, then what passed, then none any more. */
static void rates_are_of_the_last_whole_second(void **unused)
{
	struct fixture *f = with_connections(); /* 36 bytes in second 1000 */

	assert_string_equal(shown(f, path, 0, "orig-rate"), "0");
	sleep_ms(f, 900);
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	put_answer(f);
	assert_string_equal(shown(f, path, 0, "orig-rate"), "0");
	sleep_ms(f, 100);                                           /* nothing has come since */
	assert_string_equal(shown(f, path, 0, "orig-rate"), "576"); /* 8 * 2 * 36 */
	assert_string_equal(shown(f, path, 0, "repl-rate"), "288");
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_string_equal(shown(f, path, 0, "orig-rate"), "576");
	sleep_ms(f, 1000);
	assert_string_equal(shown(f, path, 0, "orig-rate"), "288");
	assert_string_equal(shown(f, path, 0, "repl-rate"), "0");
	sleep_ms(f, 1000);
	assert_string_equal(shown(f, path, 0, "orig-rate"), "0");
	fixture_free(f);
}

/* One line a second, however many connections give way, and it tells of all of them. */
static void a_full_table_is_told_once_a_second(void **unused)
{
	struct fixture *f = home(NULL);
	uint64_t before = f->log.count;
	char from[IP4_TEXT_BYTES];

	for (uint32_t i = 0; i < FIXTURE_FLOWS + 20; i++)
		put_udp(f, 2, "192.168.88.7", ip4_str((ip4){ 0xc6336401 + i }, from));
	assert_int_equal(f->router->fw.flows->used, FIXTURE_FLOWS);
	assert_int_equal(f->router->fw.flows->gave_way, 20);
	assert_int_equal(f->log.count - before, 1);
	sleep_ms(f, 1000);
	/* The nineteen that gave way behind the first line. */
	assert_int_equal(f->log.count - before, 2);
	put_udp(f, 2, "192.168.88.7", "198.51.101.9");
	put_udp(f, 2, "192.168.88.7", "198.51.101.10");
	assert_int_equal(f->log.count - before, 2);
	sleep_ms(f, 1000);
	sleep_ms(f, 1000);
	assert_int_equal(f->log.count - before, 3);
	for (unsigned i = 0; i < 256 && f->log.lines[i].number != 0; i++) {
		if (f->log.lines[i].number == f->log.count)
			assert_string_equal(
				f->log.lines[i].text,
				"connection table full: 64 connections; 22 unanswered or closing "
				"ones gave way to new ones so far, 0 new ones were refused");
	}
	fixture_free(f);
}

static void icmp_has_no_ports(void **unused)
{
	struct fixture *f = home(NULL);

	frame_icmp(&f->ways[2].in, 2, "192.168.88.7", "198.51.100.9", ICMP_ECHO, 8);
	put(f, 2);
	assert_string_equal(shown(f, path, 0, "protocol"), "icmp");
	assert_string_equal(shown(f, path, 0, "src-address"), "192.168.88.7");
	assert_string_equal(shown(f, path, 0, "timeout"), "1m");
	assert_string_equal(shown(f, path, 0, "icmp-type"), "8");
	assert_string_equal(shown(f, path, 0, "icmp-code"), "0");
	assert_true(run(f, ":put [/ip firewall connection find icmp-type=8 and icmp-code=0]"));
	assert_string_equal(text_str(&f->out), "*1\n");
	must_run(f, ":put [/ip firewall connection find src-port=0]");
	assert_string_equal(text_str(&f->out), "\n");
	fixture_free(f);
}

/* An ICMP error is translated with its quote only when it came whole (RFC 5508, REQ-3). */
static void damaged_errors_are_not_mended(void **unused)
{
	struct fixture *f = with_connections();
	struct fixture_bytes *b = &f->ways[1].in;
	struct ip4_header ip;
	uint8_t *icmp;

	for (unsigned damaged = 0; damaged < 2; damaged++) {
		const uint8_t *udp = sent_last(f, 1, &ip);
		const uint8_t *quote = udp - IP4_HEADER_BYTES;

		frame_icmp(b, 1, "203.0.113.1", "203.0.113.2", ICMP_UNREACHABLE, 28);
		icmp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
		memset(icmp + ICMP_AT_ID, 0, 4);
		memcpy(icmp + ICMP_HEADER_BYTES, quote, 28);
		sum_l4(icmp, ICMP_HEADER_BYTES + 28, ICMP_AT_CHECKSUM, "0.0.0.0", "0.0.0.0",
		       IPPROTO_ICMP);
		icmp[ICMP_HEADER_BYTES + 1] ^= (uint8_t)damaged;
		put(f, 1);
		assert_int_equal(sent_n(f, 2), 1);
	}
	(void)sent_last(f, 2, &ip);
	assert_int_equal(ip.dst.v, A("192.168.88.7").v);
	fixture_free(f);
}

/* Echo for an address that dstnat leads to the router itself: asked and answered there. */
static void an_echo_led_to_the_router_is_answered(void **unused)
{
	struct fixture *f = home(NULL);
	struct ip4_header ip;
	const uint8_t *icmp;

	must_run(f, "/ip firewall nat add chain=dstnat protocol=icmp dst-address=198.51.100.53 "
	            "action=dst-nat to-addresses=192.168.88.1");
	for (unsigned i = 1; i <= 2; i++) {
		frame_icmp(&f->ways[2].in, 2, "192.168.88.7", "198.51.100.53", ICMP_ECHO, 8);
		put(f, 2);
		assert_int_equal(sent_n(f, 2), i);
		icmp = sent_last(f, 2, &ip);
		assert_int_equal(icmp[ICMP_AT_TYPE], ICMP_ECHO_REPLY);
		assert_int_equal(ip.src.v, A("198.51.100.53").v);
		assert_int_equal(checksum(icmp, ICMP_HEADER_BYTES + 8), 0);
	}
	assert_string_equal(letters(f, path, 0), "SACd");
	assert_int_equal(rows_n(f, path), 1);
	fixture_free(f);
}

static void removed(void **unused)
{
	struct fixture *f = with_connections();

	put_udp(f, 2, "192.168.88.7", "198.51.100.10");
	assert_int_equal(rows_n(f, path), 2);
	must_run(f, "/ip firewall connection remove [find dst-address=198.51.100.9:53]");
	assert_int_equal(rows_n(f, path), 1);
	assert_string_equal(shown(f, path, 0, "dst-address"), "198.51.100.10:53");
	assert_int_equal(f->router->fw.flows->used, 1);
	/* Its port is free again. */
	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	assert_int_equal(f->router->fw.flows->used, 2);
	must_run(f, "/ip firewall connection remove [find]");
	assert_int_equal(f->router->fw.flows->used, 0);
	assert_false(run(f, "/ip firewall connection add protocol=udp"));
	fixture_free(f);
}

static void two_at_once_or_none(void **unused)
{
	struct fixture *f = with_connections();

	assert_false(run(f, "/ip firewall connection remove *1,*2"));
	assert_int_equal(f->router->fw.flows->used, 1);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(connections_are_shown),
		cmocka_unit_test(rates_are_of_the_last_whole_second),
		cmocka_unit_test(a_full_table_is_told_once_a_second),
		cmocka_unit_test(icmp_has_no_ports),
		cmocka_unit_test(damaged_errors_are_not_mended),
		cmocka_unit_test(an_echo_led_to_the_router_is_answered),
		cmocka_unit_test(removed),
		cmocka_unit_test(two_at_once_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
