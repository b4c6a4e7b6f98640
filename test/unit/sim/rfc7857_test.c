/* rfc7857_test.c -- what RFC 7857 adds to the requirements for translation, by its sections. */
#include "bench.h"

#include "fw/mapping.h"

#define IN1  "192.168.88.2"
#define IN2  "192.168.88.3"
#define OUT1 "192.0.2.7"
#define OUT2 "198.51.100.9"
#define NAT  "203.0.113.2"

static struct bench *masquerading(void)
{
	struct bench *b = bench_new(1, 64);

	bench_masquerade(b);
	return b;
}

static struct tuple goes(struct bench *b, uint8_t proto, const char *in, uint16_t sport,
                         const char *out, uint16_t dport)
{
	bench_forget(b);
	bench_send(b, LAN, bench_tuple(proto, in, sport, out, dport),
	           proto == IPPROTO_ICMP ? ICMP_ECHO : TCP_SYN);
	return bench_left(b, WAN);
}

static void wait_s(struct bench *b, uint64_t seconds)
{
	for (uint64_t i = 0; i < seconds; i++) {
		b->now = mono_add_s(b->now, 1);
		while (router_turn(b->router, b->now))
			;
	}
}

static void section_3_only_tcp_shares_ports(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	assert_int_equal(goes(b, IPPROTO_TCP, IN1, 4000, OUT1, 80).sport, 4000);
	assert_int_equal(goes(b, IPPROTO_TCP, IN2, 4000, OUT2, 80).sport, 4000);
	assert_int_equal(goes(b, IPPROTO_UDP, IN1, 4000, OUT1, 80).sport, 4000);
	assert_int_not_equal(goes(b, IPPROTO_UDP, IN2, 4000, OUT2, 80).sport, 4000);
	bench_free(b);
}

static void section_5_protocols_are_mapped_apart(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	assert_int_equal(goes(b, IPPROTO_UDP, IN1, 4000, OUT1, 53).sport, 4000);
	assert_int_equal(goes(b, IPPROTO_ICMP, IN2, 4000, OUT1, 4000).sport, 4000);
	assert_int_equal(goes(b, IPPROTO_TCP, IN2, 4000, OUT1, 53).sport, 4000);
	assert_int_equal(b->router->fw.flows->mappings, 2);
	bench_free(b);
}

/* A stranger that sends all the time keeps only its own way in, and only once it is answered. */
static void section_6_a_remote_end_refreshes_its_own_flow(void **state)
{
	struct bench *b = masquerading();

	(void)state;
	b->router->fw.flows->filtering = FILTERING_ENDPOINT_INDEPENDENT;
	(void)goes(b, IPPROTO_UDP, IN1, 4000, OUT1, 53);
	bench_forget(b);
	bench_send(b, WAN, bench_tuple(IPPROTO_UDP, OUT2, 9, NAT, 4000), 0);
	assert_int_equal(b->router->fw.flows->used, 2);
	for (unsigned i = 0; i < 3; i++) {
		wait_s(b, 60);
		bench_forget(b);
		bench_send(b, WAN, bench_tuple(IPPROTO_UDP, OUT2, 9, NAT, 4000), 0);
	}
	assert_int_equal(b->router->fw.flows->used, 1); /* the host's own has ended */
	wait_s(b, 130);
	assert_int_equal(b->router->fw.flows->mappings, 0);
	bench_free(b);
}

static void section_9_ports_can_be_random(void **state)
{
	struct bench *b = masquerading();
	unsigned odd = 0;

	(void)state;
	b->nat[0].randomise_ports = true;
	bench_publish(b);
	for (uint16_t i = 0; i < 40; i++) {
		struct tuple t = goes(b, IPPROTO_UDP, IN1, 4000 + i * 2, OUT1, 53);

		assert_true(t.sport >= 1024);
		odd += t.sport % 2;
	}
	assert_in_range(odd, 8, 32); /* parity is not kept, either: section 8 */
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_3_only_tcp_shares_ports),
		cmocka_unit_test(section_5_protocols_are_mapped_apart),
		cmocka_unit_test(section_6_a_remote_end_refreshes_its_own_flow),
		cmocka_unit_test(section_9_ports_can_be_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
