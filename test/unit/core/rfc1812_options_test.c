/*
 * rfc1812_options_test.c -- IPv4 options, by the sections of RFC 1812 (and RFC 791) that ask for
 * it.
 */
#include "core/fixture.h"
#include "core/ip4_options.h"

#define OPTIONS_AT 34 /* in a frame */

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	fixture_host(f, 1, "203.0.113.9");
	fixture_host(f, 1, "203.0.113.1");
	fixture_host(f, 2, "192.168.88.7");
	fixture_route(f, "0.0.0.0/0", "203.0.113.1");
	return f;
}

static void allow_source_routes(struct fixture *f)
{
	struct ip4_settings settings = f->net->settings;

	settings.accept_source_route = true;
	ip4_settings_publish(f->net, &settings);
}

/* Through the router as the pipeline does it: NULL when it was dropped. */
static const uint8_t *forward(struct fixture *f, const char *dst, const uint8_t *options,
                              uint32_t bytes)
{
	struct pkt *p;

	fixture_clear(f);
	frame_udp(&f->in, 2, "192.168.88.7", dst, 20);
	frame_options(&f->in, options, bytes);
	p = fixture_input(f, 2);
	if (p == NULL)
		return NULL;
	(void)ip4_options_follow(f->net, p);
	assert_true(fixture_lookup(f, p));
	if (ip4_options_judge(f->net, p) != VERDICT_NEXT || p->route.kind != ROUTE_UNICAST ||
	    ip4_forward(f->net, p) != VERDICT_NEXT)
		return NULL;
	ip4_decrement_ttl(p);
	ip4_options_record(f->net, p, ip4_options_address(f->net, p));
	(void)ip4_output(f->net, p);
	assert_true(ip4_header_checksum_ok(fixture_sent(f, 1, 0)->bytes + 14, 20 + bytes));
	return fixture_sent(f, 1, 0)->bytes + OPTIONS_AT;
}

/* Expect a parameter problem about the option's octet @at. */
static void expect_problem(struct fixture *f, const uint8_t *options, uint32_t bytes, unsigned at)
{
	uint64_t before = f->net->drops[DROP_IP_OPTIONS];
	struct pkt *e;

	assert_null(forward(f, "203.0.113.9", options, bytes));
	assert_int_equal(f->net->drops[DROP_IP_OPTIONS], before + 1);
	e = net_own_take(f->net);
	assert_non_null(e);
	assert_int_equal(e->icmp_type, ICMP_PARAMETER_PROBLEM);
	assert_int_equal(e->icmp_code, 0);
	assert_int_equal(e->bytes[e->l4 + 4], IP4_HEADER_BYTES + at);
	assert_memory_equal(e->bytes + e->payload_at + 20, options, bytes);
	pkt_done(f->net, e);
}

static void s5_3_13_5_record_route_is_filled(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[12] = { 7, 11, 8, 1, 2, 3, 4 };
	const uint8_t *out = forward(f, "203.0.113.9", in, 12);

	assert_non_null(out);
	assert_int_equal(out[2], 12);
	assert_memory_equal(out + 3, in + 3, 4);
	/* 4.2.2.2: the address of the interface by which it leaves. */
	assert_int_equal(wire_get32(out + 7), A("203.0.113.2").v);
	fixture_free(f);
}

static void rfc791_3_1_a_full_route_goes_on_as_it_is(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[8] = { 7, 7, 8, 1, 2, 3, 4, 0 };
	const uint8_t *out = forward(f, "203.0.113.9", in, 8);

	assert_non_null(out);
	assert_memory_equal(out, in, 8);
	fixture_free(f);
}

static void s5_3_13_6_timestamps_are_filled(void **state)
{
	struct fixture *f = home();
	static const uint8_t only[8] = { 68, 8, 5, 0 };
	static const uint8_t both[12] = { 68, 12, 5, 1 };
	static const uint8_t ours[12] = { 68, 12, 5, 3, 192, 168, 88, 1 };
	static const uint8_t other[12] = { 68, 12, 5, 3, 192, 168, 88, 99 };
	const uint8_t *out = forward(f, "203.0.113.9", only, 8);

	assert_int_equal(out[2], 9);
	/* RFC 791, 3.1: not since midnight, so the high-order bit is set. */
	assert_int_equal(wire_get32(out + 4), 0x80000000U | 1000 * 1000);
	out = forward(f, "203.0.113.9", both, 12);
	assert_int_equal(out[2], 13);
	assert_int_equal(wire_get32(out + 4), A("203.0.113.2").v);
	assert_int_equal(wire_get32(out + 8), 0x80000000U | 1000 * 1000);
	out = forward(f, "203.0.113.9", ours, 12);
	assert_int_equal(out[2], 13);
	assert_int_equal(wire_get32(out + 4), A("192.168.88.1").v);
	assert_int_not_equal(wire_get32(out + 8), 0);
	out = forward(f, "203.0.113.9", other, 12);
	assert_memory_equal(out, other, 12);
	fixture_free(f);
}

static void rfc791_3_1_stamps_without_room_are_counted(void **state)
{
	struct fixture *f = home();
	static const uint8_t full[8] = { 68, 8, 9, 0xe0, 1, 2, 3, 4 };
	static const uint8_t over[8] = { 68, 8, 9, 0xf0, 1, 2, 3, 4 };
	const uint8_t *out = forward(f, "203.0.113.9", full, 8);

	assert_int_equal(out[3], 0xf0);
	expect_problem(f, over, 8, 3);
	fixture_free(f);
}

static void s4_3_3_5_parameter_problem_says_where(void **state)
{
	struct fixture *f = home();
	static const struct {
		uint8_t option[8];
		unsigned at;
	} cases[] = {
		{ { 7, 2, 1, 1, 1, 1, 1, 0 }, 1 },    /* no pointer */
		{ { 7, 7, 3, 0, 0, 0, 0, 0 }, 2 },    /* a pointer before the route */
		{ { 7, 7, 6, 0, 0, 0, 0, 0 }, 2 },    /* room, but not for an address */
		{ { 1, 7, 9, 4, 0, 0, 0, 0 }, 2 },    /* longer than the header */
		{ { 148, 4, 0, 0, 99, 1, 0, 0 }, 5 }, /* an unknown one of impossible length */
		{ { 1, 1, 1, 1, 1, 1, 1, 99 }, 7 },   /* a type without a length */
		{ { 68, 8, 4, 0, 0, 0, 0, 0 }, 2 },   { { 68, 3, 5, 0, 0, 0, 0, 0 }, 1 },
		{ { 68, 8, 5, 2, 0, 0, 0, 0 }, 3 }, /* a flag that nobody has defined */
		{ { 68, 8, 5, 1, 0, 0, 0, 0 }, 2 }, /* room for a stamp, not for two words */
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		expect_problem(f, cases[i].option, 8, cases[i].at);
	fixture_free(f);
}

static void s4_2_2_6_and_5_3_13_1_unknown_options_go_on(void **state)
{
	struct fixture *f = home();
	/* Stream identifier (5.3.13.3), security (5.3.13.2), router alert (RFC 2113), a private
	 * one, and whatever stands behind the end. */
	static const uint8_t in[24] = {
		136, 4, 1, 2, 130, 3, 9, 148, 4, 0, 0, 94, 3, 7, 1, 0, 7, 1
	};
	const uint8_t *out = forward(f, "203.0.113.9", in, 24);

	assert_non_null(out);
	assert_memory_equal(out, in, 24);
	fixture_free(f);
}

static void rfc7126_4_3_source_routes_are_off(void **state)
{
	struct fixture *f = home();
	static const uint8_t types[] = { IP4_OPTION_LSRR, IP4_OPTION_SSRR };

	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		uint8_t in[8] = { types[i], 7, 4, 203, 0, 113, 9, 0 };

		assert_null(forward(f, "192.168.88.1", in, 8));
		assert_int_equal(f->net->drops[DROP_SOURCE_ROUTE], i + 1);
		assert_null(net_own_take(f->net));
	}
	fixture_free(f);
}

static void s5_2_4_1_a_source_route_is_followed_when_asked(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[12] = { IP4_OPTION_LSRR, 11, 4, 8, 8, 8, 8, 9, 9, 9, 9, 0 };
	static const uint8_t done[8] = { IP4_OPTION_LSRR, 7, 8, 8, 8, 8, 8, 0 };
	static const uint8_t bad[8] = { IP4_OPTION_LSRR, 7, 4, 224, 0, 0, 1, 0 };
	const uint8_t *out;
	struct pkt *p;

	allow_source_routes(f);
	out = forward(f, "192.168.88.1", in, 12);
	assert_non_null(out);
	assert_int_equal(wire_get32(out - 4), A("8.8.8.8").v);
	assert_int_equal(out[2], 8);
	/* RFC 791, 3.1: its place in the route has the address by which it left. */
	assert_int_equal(wire_get32(out + 3), A("203.0.113.2").v);
	assert_memory_equal(out + 7, in + 7, 4);

	/* On its way between two of its places a loose route lets anybody pass it on. */
	out = forward(f, "203.0.113.9", in, 12);
	assert_memory_equal(out, in, 12);

	/* 4.2.2.1: one that is done has come to its end. */
	frame_udp(&f->in, 2, "192.168.88.7", "192.168.88.1", 20);
	frame_options(&f->in, done, 8);
	p = fixture_input(f, 2);
	assert_false(ip4_options_follow(f->net, p));
	assert_int_equal(p->now.dst.v, A("192.168.88.1").v);

	/* What must not be a destination is none in a route either. */
	frame_udp(&f->in, 2, "192.168.88.7", "192.168.88.1", 20);
	frame_options(&f->in, bad, 8);
	p = fixture_input(f, 2);
	assert_false(ip4_options_follow(f->net, p));
	assert_int_equal(p->option_fault, 23);
	fixture_free(f);
}

static void s5_2_4_1_two_of_our_addresses_in_a_row(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[12] = { IP4_OPTION_LSRR, 11, 4, 203, 0, 113, 2, 203, 0, 113, 9, 0 };
	const uint8_t *out;

	allow_source_routes(f);
	out = forward(f, "192.168.88.1", in, 12);
	assert_int_equal(wire_get32(out - 4), A("203.0.113.9").v);
	assert_int_equal(out[2], 12);
	assert_int_equal(wire_get32(out + 3), A("192.168.88.1").v);
	assert_int_equal(wire_get32(out + 7), A("203.0.113.2").v);
	fixture_free(f);
}

static void s5_2_7_1_a_strict_route_that_fails_is_told(void **state)
{
	struct fixture *f = home();
	static const uint8_t far[8] = { IP4_OPTION_SSRR, 7, 4, 8, 8, 8, 8, 0 };
	static const uint8_t near[8] = { IP4_OPTION_SSRR, 7, 4, 203, 0, 113, 9, 0 };
	struct pkt *e;

	allow_source_routes(f);
	assert_non_null(forward(f, "192.168.88.1", near, 8));
	assert_null(forward(f, "192.168.88.1", far, 8));
	assert_int_equal(f->net->drops[DROP_SOURCE_ROUTE], 1);
	e = net_own_take(f->net);
	assert_int_equal(e->icmp_type, ICMP_UNREACHABLE);
	assert_int_equal(e->icmp_code, ICMP_SOURCE_ROUTE_FAILED);
	pkt_done(f->net, e);
	fixture_free(f);
}

static void rfc791_3_1_a_second_source_route_is_wrong(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[16] = {
		IP4_OPTION_LSRR, 7, 4, 203, 0, 113, 9, IP4_OPTION_LSRR, 7, 4, 203, 0, 113, 9, 0, 0
	};

	allow_source_routes(f);
	expect_problem(f, in, 16, 7);
	fixture_free(f);
}

/* An echo request with @options from 192.168.88.7; the answer, to be given back. */
static struct pkt *echo(struct fixture *f, const uint8_t *options, uint32_t bytes)
{
	struct pkt *reply;

	frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO, 16);
	frame_options(&f->in, options, bytes);
	assert_int_equal(net_deliver_local(f->net, fixture_input(f, 2)), VERDICT_TAKEN);
	reply = net_own_take(f->net);
	assert_non_null(reply);
	assert_int_equal(reply->icmp_type, ICMP_ECHO_REPLY);
	assert_int_equal(reply->l4 - reply->l3, IP4_HEADER_BYTES + bytes);
	assert_true(ip4_header_checksum_ok(reply->bytes, IP4_HEADER_BYTES + bytes));
	return reply;
}

static void s4_3_3_6_an_echo_reply_has_the_recorded_route(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[16] = { 7, 15, 8, 10, 1, 1, 1 };
	struct pkt *reply = echo(f, in, 16);

	assert_int_equal(reply->bytes[22], 12);
	assert_memory_equal(reply->bytes + 23, in + 3, 4);
	assert_int_equal(wire_get32(reply->bytes + 27), A("192.168.88.1").v);
	pkt_done(f->net, reply);
	fixture_free(f);
}

static void s4_3_3_6_an_echo_reply_goes_back_by_the_source_route(void **state)
{
	struct fixture *f = home();
	static const uint8_t in[16] = {
		IP4_OPTION_LSRR, 15, 16, 10, 0, 0, 1, 10, 0, 0, 2, 10, 0, 0, 3
	};
	static const uint8_t back[15] = {
		IP4_OPTION_LSRR, 15, 4, 10, 0, 0, 2, 10, 0, 0, 1, 192, 168, 88, 7
	};
	struct pkt *reply;

	allow_source_routes(f);
	reply = echo(f, in, 16);
	assert_int_equal(reply->arrived.dst.v, A("10.0.0.3").v);
	assert_memory_equal(reply->bytes + 20, back, 15);
	pkt_done(f->net, reply);
	fixture_free(f);
}

/* Random octets as options: judged or passed on, never read or written beyond their end. */
static void random_options_do_no_harm(void **state)
{
	struct fixture *f = home();
	static const uint8_t types[] = { 0, 1, 7, 68, 131, 137, 148, 136 };
	struct fixture_random r = fixture_random_make(3);
	unsigned passed = 0, told = 0;

	allow_source_routes(f);
	for (unsigned i = 0; i < 30000; i++) {
		uint64_t draw = fixture_draw(&r);
		uint8_t options[40];
		uint32_t bytes = 4 + 4 * (uint32_t)(draw >> 8) % 40;
		struct pkt *e;

		fixture_random_fill(&r.random, options, sizeof options);
		options[0] = types[draw % ARRAY_LEN(types)];
		options[1] = (uint8_t)((draw >> 16) % 48);
		options[2] = (uint8_t)((draw >> 24) % 48);
		f->net->now = mono_add_ms(f->net->now, 10);
		passed += forward(f, (draw >> 32) % 2 != 0 ? "192.168.88.1" : "203.0.113.9",
		                  options, bytes > 40 ? 40 : bytes) != NULL;
		while ((e = net_own_take(f->net)) != NULL) {
			told++;
			pkt_done(f->net, e);
		}
	}
	assert_true(passed > 1000 && told > 1000);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s5_3_13_5_record_route_is_filled),
		cmocka_unit_test(rfc791_3_1_a_full_route_goes_on_as_it_is),
		cmocka_unit_test(s5_3_13_6_timestamps_are_filled),
		cmocka_unit_test(rfc791_3_1_stamps_without_room_are_counted),
		cmocka_unit_test(s4_3_3_5_parameter_problem_says_where),
		cmocka_unit_test(s4_2_2_6_and_5_3_13_1_unknown_options_go_on),
		cmocka_unit_test(rfc7126_4_3_source_routes_are_off),
		cmocka_unit_test(s5_2_4_1_a_source_route_is_followed_when_asked),
		cmocka_unit_test(s5_2_4_1_two_of_our_addresses_in_a_row),
		cmocka_unit_test(s5_2_7_1_a_strict_route_that_fails_is_told),
		cmocka_unit_test(rfc791_3_1_a_second_source_route_is_wrong),
		cmocka_unit_test(s4_3_3_6_an_echo_reply_has_the_recorded_route),
		cmocka_unit_test(s4_3_3_6_an_echo_reply_goes_back_by_the_source_route),
		cmocka_unit_test(random_options_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
