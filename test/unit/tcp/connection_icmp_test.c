/* CONNECT.md, "ICMP in SYN-SENT", and what errors are to an established connection. */
#include "tcp/side.h"

#include "wire/icmp_header.h"

#define ISS   1000U
#define THEIR 50000U

static struct connection *begin(struct side *s)
{
	struct connection *c;
	struct side_segment syn;

	*s = side_new();
	c = side_connect_with(s, NULL);
	assert_true(side_next(s, &syn));
	return c;
}

static void error_comes(struct side *s, uint8_t type, uint8_t code, uint16_t mtu, uint32_t seq)
{
	struct connection_plan plan = side_plan(s);
	struct tcp_icmp error = { .ends = plan.ends,
		                  .type = type,
		                  .code = code,
		                  .mtu_bytes = mtu,
		                  .quoted_sequence = seq };

	assert_true(tcp_icmp_error(s->tcp, &error));
}

static void end(struct side *s, struct connection *c)
{
	connection_abort(c);
	side_turn(s);
	assert_int_equal(tcp_use(s->tcp).connections, 0);
	side_free(s);
}

static void codes(void **unused)
{
	static const struct {
		uint8_t type, code;
		int error;
	} cases[] = {
		{ 3, 0, ENETUNREACH },   { 3, 6, ENETUNREACH },   { 3, 9, ENETUNREACH },
		{ 3, 11, ENETUNREACH },  { 3, 1, EHOSTUNREACH },  { 3, 10, EHOSTUNREACH },
		{ 3, 12, EHOSTUNREACH }, { 3, 13, EHOSTUNREACH }, { 3, 14, EHOSTUNREACH },
		{ 3, 15, EHOSTUNREACH }, { 3, 2, ENOPROTOOPT },   { 3, 3, ECONNREFUSED },
		{ 3, 5, EOPNOTSUPP },    { 3, 7, EHOSTDOWN },     { 3, 8, ENONET },
		{ 11, 0, EHOSTUNREACH }, { 11, 1, EHOSTUNREACH }, { 12, 0, EPROTO },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct side s;
		struct connection *c = begin(&s);

		error_comes(&s, cases[i].type, cases[i].code, 0, ISS);
		side_silent(&s);
		assert_int_equal(connection_state(c), CONNECTION_CLOSED);
		assert_true(s.events & CONNECTION_FAILED);
		assert_int_equal(connection_take_error(c), -cases[i].error);
		end(&s, c);
	}
}

static void ignored(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);

	error_comes(&s, ICMP_SOURCE_QUENCH, 0, 0, ISS);
	error_comes(&s, ICMP_UNREACHABLE, 16, 0, ISS);
	error_comes(&s, ICMP_UNREACHABLE, 3, 0, ISS - 1); /* about what was not sent */
	error_comes(&s, ICMP_UNREACHABLE, 3, 0, ISS + 2);
	side_silent(&s);
	assert_int_equal(connection_state(c), CONNECTION_SYN_SENT);
	assert_int_equal(connection_take_error(c), 0);
	end(&s, c);
}

/* The setting: codes 0 and 1 may pass (RFC 1122, 4.2.3.9), and are told when the time is over. */
static void soft(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment seg;

	tcp_settings(s.tcp)->fatal_icmp = false;
	error_comes(&s, ICMP_UNREACHABLE, 1, 0, ISS);
	assert_int_equal(connection_state(c), CONNECTION_SYN_SENT);
	while (connection_state(c) == CONNECTION_SYN_SENT) {
		side_wait_ms(&s, 10000);
		while (side_next(&s, &seg))
			;
	}
	assert_int_equal(connection_take_error(c), -EHOSTUNREACH);
	end(&s, c);
}

/* RFC 1191: the SYN again, with a smaller MSS; at no time below the floor. */
static void smaller_syn(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment syn;

	error_comes(&s, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, 1400, ISS);
	assert_true(side_next(&s, &syn));
	assert_int_equal(syn.flags, TCP_SYN);
	assert_int_equal(syn.options.mss, 1360);
	error_comes(&s, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, 68, ISS);
	assert_true(side_next(&s, &syn));
	assert_int_equal(syn.options.mss, 552 - 40);
	error_comes(&s, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, 9000, ISS); /* never larger */
	side_silent(&s);
	end(&s, c);
}

static void answer(struct side *s)
{
	struct side_segment seen;

	side_arrive(s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                       .seq = THEIR,
	                                       .ack = ISS + 1,
	                                       .window = 60000,
	                                       .options_n = 4,
	                                       .raw_options = { 2, 4, 0x05, 0xb4 } });
	assert_true(side_next(s, &seen));
}

static void established(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);

	answer(&s);
	s.events = 0;
	error_comes(&s, ICMP_UNREACHABLE, 3, 0, ISS + 1);
	side_silent(&s);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	assert_int_equal(s.events, CONNECTION_SOFT_ERROR);
	assert_int_equal(connection_take_error(c), -ECONNREFUSED);
	assert_int_equal(connection_take_error(c), 0);
	error_comes(&s, ICMP_UNREACHABLE, 3, 0, ISS + 100);
	assert_int_equal(connection_take_error(c), 0);
	end(&s, c);
}

/* What was too large goes again in pieces that fit, at once. */
static void smaller_segments(void **unused)
{
	static const uint8_t bytes[5000];
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment seg;
	uint32_t got = 0;

	answer(&s);
	assert_int_equal(connection_send(c, bytes, sizeof bytes, 0), sizeof bytes);
	while (side_next(&s, &seg))
		got += seg.n;
	assert_int_equal(got, sizeof bytes);
	error_comes(&s, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, 1000, ISS + 1);
	got = 0;
	while (side_next(&s, &seg)) {
		assert_true(seg.gso_bytes != 0 ? seg.gso_bytes <= 960 : seg.n <= 960);
		got += seg.n;
	}
	assert_in_range(got, 960, sizeof bytes);
	end(&s, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes),       cmocka_unit_test(ignored),
		cmocka_unit_test(soft),        cmocka_unit_test(smaller_syn),
		cmocka_unit_test(established), cmocka_unit_test(smaller_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
