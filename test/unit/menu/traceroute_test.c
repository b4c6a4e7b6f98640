/* /tool/traceroute: the table, hop by hop and pass by pass, and how it ends. */
#include "menu/fixture.h"

static const char title[] =
	"  # ADDRESS                          LOSS  SENT      LAST      AVG     BEST "
	"   WORST  STD-DEV STATUS\n";

/* @src says an ICMP error about the question that left last. */
static void put_error(struct fixture *f, const char *src, uint8_t type, uint8_t code)
{
	struct fixture_bytes *b = &f->ways[1].in;
	struct ip4_header ip;
	const uint8_t *question = sent_last(f, 1, &ip) - IP4_HEADER_BYTES;
	uint8_t *icmp;

	frame_icmp(b, 1, src, "203.0.113.2", type, ip.total_bytes);
	icmp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	icmp[ICMP_AT_CODE] = code;
	memcpy(icmp + ICMP_HEADER_BYTES, question, ip.total_bytes);
	sum_l4(icmp, ICMP_HEADER_BYTES + ip.total_bytes, ICMP_AT_CHECKSUM, "0.0.0.0", "0.0.0.0",
	       IPPROTO_ICMP);
	put(f, 1);
}

/* The target answers the echo that left last. */
static void put_answer(struct fixture *f, const char *src)
{
	struct fixture_bytes *b = &f->ways[1].in;
	struct ip4_header ip;
	const uint8_t *question = sent_last(f, 1, &ip);
	uint32_t data = ip.total_bytes - IP4_HEADER_BYTES - ICMP_HEADER_BYTES;
	uint8_t *icmp;

	frame_icmp(b, 1, src, "203.0.113.2", ICMP_ECHO_REPLY, data);
	icmp = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	memcpy(icmp + ICMP_AT_ID, question + ICMP_AT_ID, 4 + data);
	sum_l4(icmp, ICMP_HEADER_BYTES + data, ICMP_AT_CHECKSUM, "0.0.0.0", "0.0.0.0",
	       IPPROTO_ICMP);
	put(f, 1);
}

static void wait_us(struct fixture *f, uint64_t us)
{
	f->now = mono_add_ns(f->now, us * NS_PER_US);
}

static uint8_t ttl_of_last(struct fixture *f)
{
	struct ip4_header ip;

	(void)sent_last(f, 1, &ip);
	return ip.ttl;
}

static struct run *begun(struct fixture *f, const char *line)
{
	struct run *trace = begin(f, line);

	if (trace == NULL)
		fail_msg("%s", f->diag.text);
	assert_int_equal(run_step(trace, f->now, 10), RUN_WAITING);
	turn(f);
	return trace;
}

static void two_passes(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *trace;

	must_run(f, "/ip route add gateway=203.0.113.1");
	trace = begun(f, "/tool traceroute 198.51.100.9 count=2");
	assert_int_equal(ttl_of_last(f), 1);
	wait_us(f, 300);
	put_error(f, "203.0.113.1", ICMP_TIME_EXCEEDED, 0);
	assert_int_equal(run_step(trace, f->now, 10), RUN_WAITING);
	assert_int_equal(ttl_of_last(f), 2);
	sleep_ms(f, 1000); /* nobody says anything */
	assert_int_equal(run_step(trace, f->now, 10), RUN_WAITING);
	assert_int_equal(ttl_of_last(f), 3);
	wait_us(f, 12340);
	put_answer(f, "198.51.100.9");
	assert_int_equal(run_step(trace, f->now, 10), RUN_WAITING);
	assert_int_equal(strncmp(text_str(&f->out), title, sizeof title - 1), 0);
	assert_string_equal(text_str(&f->out) + sizeof title - 1,
	                    "  1 203.0.113.1                        0%     1     0.3ms      0.3    "
	                    "  0.3      0.3      0.0\n"
	                    "  2                                  100%     1   timeout\n"
	                    "  3 198.51.100.9                       0%     1    12.3ms     12.3    "
	                    " 12.3     12.3      0.0\n");
	text_clear(&f->out);
	turn(f);
	assert_int_equal(ttl_of_last(f), 1);
	wait_us(f, 500);
	put_error(f, "203.0.113.1", ICMP_TIME_EXCEEDED, 0);
	wait_us(f, 5000);
	put_error(f, "192.0.2.7", ICMP_TIME_EXCEEDED, 0);
	sleep_ms(f, 1000);
	for (int i = 0; i < 4; i++) /* hops 4 to 7 and the end */
		sleep_ms(f, 1000);
	assert_int_equal(run_step(trace, f->now, 10), RUN_DONE);
	end(f, trace);
	assert_true(f->ok);
	assert_int_equal(strncmp(text_str(&f->out), title, sizeof title - 1), 0);
	assert_non_null(strstr(text_str(&f->out),
	                       "  1 203.0.113.1                        0%     2     0.5ms      0.4 "
	                       "     0.3      0.5      0.1\n"
	                       "  2 192.0.2.7                         50%     2     5.0ms      5.0 "
	                       "     5.0      5.0      0.0\n"
	                       "  3 198.51.100.9                      50%     2   timeout     12.3 "
	                       "    12.3     12.3      0.0\n"));
	assert_non_null(strstr(text_str(&f->out),
	                       "  7                                  100%     1   timeout\n"
	                       "    198.51.100.9 has not answered: 5 hops in a row are silent\n"));
	fixture_free(f);
}

/* Masqueraded, by UDP: the errors that come quote what left, and find it all the same. */
static void masqueraded_udp(void **unused)
{
	struct fixture *f = home(NULL);
	struct ip4_header ip;
	struct run *trace;

	must_run(f, "/ip route add gateway=203.0.113.1");
	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	trace = begun(f, "/tool traceroute 198.51.100.9 count=1 protocol=udp "
	                 "src-address=192.168.88.1 port=53 dscp=46");

	const uint8_t *udp = sent_last(f, 1, &ip);

	assert_int_equal(ip.src.v, A("203.0.113.2").v);
	assert_int_equal(ip.tos, 46 << 2);
	assert_int_equal(wire_get16(udp + UDP_AT_DPORT), 53);
	put_error(f, "203.0.113.1", ICMP_TIME_EXCEEDED, 0);
	assert_int_equal(ttl_of_last(f), 2);
	put_error(f, "198.51.100.9", ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE);
	assert_int_equal(run_step(trace, f->now, 10), RUN_DONE);
	end(f, trace);
	assert_non_null(
		strstr(text_str(&f->out), "  2 198.51.100.9                       0%     1"));
	assert_null(strstr(text_str(&f->out), "unreachable"));
	fixture_free(f);
}

static void refused_on_the_way(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *trace;

	must_run(f, "/ip route add gateway=203.0.113.1");
	trace = begun(f, "/tool traceroute 198.51.100.9 count=1");
	put_error(f, "203.0.113.1", ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE);
	assert_int_equal(run_step(trace, f->now, 10), RUN_DONE);
	end(f, trace);
	assert_non_null(strstr(text_str(&f->out), " host unreachable\n    198.51.100.9 can't be "
	                                          "reached: see STATUS\n"));
	fixture_free(f);
}

static void without_a_way(void **unused)
{
	struct fixture *f = fixture_new(NULL);
	struct run *trace = begin(f, "/tool traceroute 198.51.100.1 count=1");

	(void)run_step(trace, f->now, 10);
	turn(f);
	assert_int_equal(run_step(trace, f->now, 10), RUN_DONE);
	end(f, trace);
	assert_non_null(strstr(text_str(&f->out), " no route to host\n"));
	fixture_free(f);
}

static void interrupted(void **unused)
{
	struct fixture *f = home(NULL);
	struct run *trace = begun(f, "/tool traceroute 203.0.113.1");

	put_answer(f, "203.0.113.1");
	assert_int_equal(run_step(trace, f->now, 10), RUN_WAITING);
	run_interrupt(trace);
	end(f, trace);
	assert_false(f->router->host.traceroutes[0].used);
	sleep_ms(f, 5000);
	assert_int_equal(sent_n(f, 1), 1);
	fixture_free(f);
}

static void refusals(void **unused)
{
	static const struct {
		const char *line, *why;
	} bad[] = {
		{ "/tool traceroute 203.0.113.1 port=53",
		  "failure: echoes have no port; say protocol=udp, or leave it out" },
		{ "/tool traceroute 203.0.113.1 max-hops=256",
		  "value of max-hops out of range (1..255)" },
		{ "/tool traceroute 203.0.113.1 src-address=10.0.0.1",
		  "invalid value for argument src-address: it is not one of the router's "
		  "addresses; see /ip/address/print" },
		{ "/tool traceroute 203.0.113.1 use-dns=yes",
		  "bad parameter use-dns\nuse-dns is not supported: names are not looked up; "
		  "addresses are shown" },
	};
	struct fixture *f = home(NULL);
	struct run *traces[TRACEROUTES_MAX];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(f, bad[i].line, bad[i].why);
	assert_false(run(f, "/tool traceroute"));
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++)
		traces[i] = begun(f, "/tool traceroute 203.0.113.1");
	refused(f, "/tool traceroute 203.0.113.1",
	        "failure: 4 traceroutes are running already; stop one of them first");
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++)
		run_free(traces[i]);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_passes),         cmocka_unit_test(masqueraded_udp),
		cmocka_unit_test(refused_on_the_way), cmocka_unit_test(without_a_way),
		cmocka_unit_test(interrupted),        cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
