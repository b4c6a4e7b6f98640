/* /tool/torch: rates, lines, what does not fit, and how it ends. */
#include "menu/fixture.h"
#include "router/torch.h"

#define FRAME_BYTES (ETH_HEADER_BYTES + IP4_HEADER_BYTES + UDP_HEADER_BYTES + 8)

/* From WAN, what 192.168.88.7's datagram (put_udp()) is answered with. */
static void put_answer(struct fixture *f)
{
	struct fixture_bytes *b = &f->ways[1].in;
	uint8_t *udp;

	frame_udp(b, 1, "198.51.100.9", "192.168.88.7", 8);
	udp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	wire_put16(udp + UDP_AT_SPORT, 53);
	wire_put16(udp + UDP_AT_DPORT, 4000);
	wire_put16(udp + UDP_AT_CHECKSUM, 0);
	sum_l4(udp, UDP_HEADER_BYTES + 8, UDP_AT_CHECKSUM, "198.51.100.9", "192.168.88.7",
	       IPPROTO_UDP);
	put(f, 1);
}

/* A home that has announced its addresses: nothing is sent but what the test sends. */
static struct fixture *quiet_home(void)
{
	struct fixture *f = home(NULL);

	for (int i = 0; i < 60; i++)
		sleep_ms(f, 500);
	return f;
}

static struct run *lit(struct fixture *f, const char *line)
{
	struct run *torch = begin(f, line);

	assert_non_null(torch);
	if (run_step(torch, f->now, 10) != RUN_WAITING)
		fail_msg("%s\n%s", run_diag(torch)->text, line);
	return torch;
}

/* The next interval ends: what is shown for it, by itself. */
static const char *next_table(struct fixture *f, struct run *torch, enum run_state state)
{
	text_clear(&f->out);
	sleep_ms(f, 1000);
	assert_int_equal(run_step(torch, f->now, 10), state);
	return text_str(&f->out);
}

static void both_directions_are_one_line(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *torch;

	must_run(f, "/ip firewall filter remove [find]");
	torch = lit(f, "/tool/torch ether2 duration=2s");
	for (int i = 0; i < 3; i++)
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	put_answer(f);
	assert_int_equal(mono_since_ns(router_next(f->router), f->now) <= NS_PER_S, true);
	assert_string_equal(
		next_table(f, torch, RUN_WAITING),
		"SRC-ADDRESS     SRC-PORT DST-ADDRESS     DST-PORT         TX         RX "
		"TX-PACKETS RX-PACKETS\n"
		"192.168.88.7    4000     198.51.100.9    53           400bps    1.2kbps "
		"         1          3\n"
		"total                                                 400bps    1.2kbps "
		"         1          3\n");
	/* The next one counts from zero, and is the last. */
	put_answer(f);
	assert_non_null(strstr(next_table(f, torch, RUN_DONE),
	                       "total                                                 400bps"
	                       "       0bps          1          0\n"));
	end(f, torch);
	assert_true(f->ok);
	assert_null(f->router->net.taps);
	fixture_free(f);
}

static void keyed_by_what_is_given(void **unused)
{
	static const struct {
		const char *args, *title, *line; /* its first line */
		unsigned packets;                /* of all */
	} table[] = {
		{ "ip-protocol=any", "IP-PROTOCOL ", "udp  ", 3 },
		{ "mac-protocol=any", "MAC-PROTOCOL ", "ip  ", 3 },
		{ "mac-protocol=arp", "MAC-PROTOCOL ", "total ", 0 },
		{ "vlan-id=any", "VLAN-ID ", "     ", 3 },
		{ "dscp=any", "DSCP ", "0  ", 3 },
		{ "dscp=46", "DSCP ", "total ", 0 },
		{ "src-address=192.168.88.7/32", "SRC-ADDRESS  ", "192.168.88.7  ", 2 },
		{ "src-address=0.0.0.0/0", "SRC-ADDRESS  ", "192.168.88.7  ", 3 },
		{ "dst-address=198.51.100.0/24", "DST-ADDRESS  ", "198.51.100.9  ", 3 },
		{ "dst-address=192.168.88.7", "DST-ADDRESS  ", "total ", 0 },
		{ "port=53", "SRC-PORT DST-PORT ", "4000     53  ", 3 },
		{ "port=54", "SRC-PORT DST-PORT ", "total ", 0 },
		{ "port=any ip-protocol=udp", "IP-PROTOCOL SRC-PORT DST-PORT ",
		  "udp         4000     53  ", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct fixture *f = quiet_home();
		char line[128], total[32];
		const char *out, *second;
		struct run *torch;

		snprintf(line, sizeof line, "/tool/torch interface=ether2 duration=1s %s",
		         table[i].args);
		torch = lit(f, line);
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
		put_udp(f, 2, "192.168.88.8", "198.51.100.9");
		put_udp(f, 2, "192.168.88.7", "198.51.100.9");
		out = next_table(f, torch, RUN_DONE);
		second = strchr(out, '\n') + 1;
		snprintf(total, sizeof total, " %10u\n", table[i].packets);
		if (strncmp(out, table[i].title, strlen(table[i].title)) != 0 ||
		    strncmp(second, table[i].line, strlen(table[i].line)) != 0 ||
		    strstr(strstr(out, "total "), total) == NULL)
			fail_msg("%s:\n%s", line, out);
		end(f, torch);
		fixture_free(f);
	}
}

/* More conversations than lines, and than the table has room for: no frame is lost. */
static void others(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *torch = lit(f, "/tool/torch ether2 src-address=0.0.0.0/0 duration=1s");
	char src[16], expected[128];
	const char *out;

	for (unsigned i = 0; i < TORCH_ENTRIES + 50; i++) {
		snprintf(src, sizeof src, "192.168.%u.%u", 100 + i / 200, 1 + i % 200);
		put_udp(f, 2, src, "192.168.88.255");
	}
	put_udp(f, 2, "192.168.101.5", "192.168.88.255"); /* is the busiest now */
	out = next_table(f, torch, RUN_DONE);
	assert_non_null(strstr(out, "RX-PACKETS\n192.168.101.5   "));
	snprintf(expected, sizeof expected,
	         "others                0bps  %.1fkbps          0 %10u\n",
	         (TORCH_ENTRIES - 50) * FRAME_BYTES * 8 / 1000.0, TORCH_ENTRIES - 50);
	if (strstr(out, expected) == NULL)
		fail_msg("expected %s%s", expected, out);
	snprintf(expected, sizeof expected, "          0 %10u\n", TORCH_ENTRIES + 51);
	assert_non_null(strstr(strstr(out, "total "), expected));
	end(f, torch);
	fixture_free(f);
}

/* Half an interval is left at the end: its rate is of that half. */
static void a_short_interval(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *torch = lit(f, "/tool/torch ether2 duration=500ms");

	put_udp(f, 2, "192.168.88.7", "198.51.100.9");
	text_clear(&f->out);
	sleep_ms(f, 500);
	assert_int_equal(run_step(torch, f->now, 10), RUN_DONE);
	assert_non_null(strstr(text_str(&f->out), "0bps     800bps          0          2\n"));
	end(f, torch);
	fixture_free(f);
}

static void interrupted(void **unused)
{
	struct fixture *f = quiet_home();
	struct run *torch = lit(f, "/tool/torch ether1");

	assert_non_null(strstr(next_table(f, torch, RUN_WAITING), "total "));
	run_interrupt(torch);
	end(f, torch);
	assert_null(f->router->net.taps);
	torch = lit(f, "/tool/torch ether1");
	run_free(torch); /* a login that ends */
	assert_null(f->router->net.taps);
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/tool/torch ether9",
		  "input does not match any value of interface: there is no ether9; there are "
		  "ether1, ether2, ether3" },
		{ "/tool/torch ether1 port=65536",
		  "value of port out of range (0..65535): 65536 is not a number or a range such as "
		  "100-200" },
		{ "/tool/torch ether1 dscp=64", "value of dscp out of range (0..63): 64 is not a "
		                                "number or a range such as 100-200" },
		{ "/tool/torch ether1 cpu=1",
		  "bad parameter cpu\ncpu is not supported: one processor handles all packets "
		  "here" },
	};
	struct fixture *f = quiet_home();
	struct run *torches[TORCHES_MAX];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_false(run(f, "/tool/torch"));
	assert_null(f->router->net.taps);
	for (unsigned i = 0; i < TORCHES_MAX; i++)
		torches[i] = lit(f, "/tool/torch ether1");
	refused(f, "/tool/torch ether1",
	        "failure: 8 torches are lit already; stop one of them first");
	for (unsigned i = 0; i < TORCHES_MAX; i++)
		run_free(torches[i]);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_are_one_line),
		cmocka_unit_test(keyed_by_what_is_given),
		cmocka_unit_test(others),
		cmocka_unit_test(a_short_interval),
		cmocka_unit_test(interrupted),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
