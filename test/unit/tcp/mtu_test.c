/* A path on which large segments vanish without a word (RFC 2923, 2.1; RFC 4821). */
#include "tcp/side.h"

#include "tcp/connection_info.h"

#define ISS   1000U
#define THEIR 50000U

static struct connection *open_side(struct side *s)
{
	struct side_segment seg, answer = { .flags = TCP_SYN | TCP_ACK,
		                            .seq = THEIR,
		                            .ack = ISS + 1,
		                            .window = 60000,
		                            .options_n = 4,
		                            .raw_options = { 2, 4, 1460 >> 8, 1460 & 0xff } };
	struct connection *c;

	*s = side_new();
	tcp_settings(s->tcp)->black_hole_probing = true;
	c = side_connect_with(s, NULL);
	assert_true(side_next(s, &seg));
	side_arrive(s, &answer);
	assert_true(side_next(s, &seg));
	return c;
}

static void end(struct side *s, struct connection *c)
{
	connection_abort(c);
	side_turn(s);
	side_free(s);
}

static uint32_t packet_of(const struct side_segment *seg)
{
	return 40 + (seg->gso_bytes != 0 ? seg->gso_bytes : seg->n);
}

/* For @ms what is sent is carried over a path that takes packets of @path_mtu; each that gets
 * through is acknowledged when it is the next. Returns how much got through; the last one's size.
 */
static uint32_t carry(struct side *s, uint32_t path_mtu, uint64_t ms, uint32_t *ret_last)
{
	mono until = mono_add_ms(s->net->now, ms);
	uint32_t got = 0;
	struct side_segment seg;

	while (mono_before(s->net->now, until)) {
		while (side_next(s, &seg)) {
			if (seg.n == 0)
				continue;
			*ret_last = packet_of(&seg);
			if (*ret_last > path_mtu || seg.seq != ISS + 1 + got)
				continue;
			got += seg.n;
			side_arrive(s, &(struct side_segment){ .flags = TCP_ACK,
			                                       .seq = THEIR + 1,
			                                       .ack = ISS + 1 + got,
			                                       .window = 60000 });
		}
		side_wait_ms(s, 100);
	}
	return got;
}

/* After two timeouts 1024, after two more the least; then all of it gets through. */
static void a_black_hole_is_found(void **unused)
{
	static const uint8_t bytes[20000];
	static const uint32_t paths[] = { 1100, 600 }, packets[] = { 1024, 552 };

	for (unsigned i = 0; i < ARRAY_LEN(paths); i++) {
		struct side s;
		struct connection *c = open_side(&s);
		struct side_segment seg;
		uint32_t last = 0;

		assert_int_equal(connection_send(c, bytes, sizeof bytes, 0), sizeof bytes);
		assert_int_equal(carry(&s, paths[i], 500, &last), 0); /* one timeout */
		assert_int_equal(last, 1500);
		assert_int_equal(carry(&s, paths[i], 60000, &last), sizeof bytes);
		assert_int_equal(connection_send(c, bytes, 3000, 0), 3000);
		assert_true(side_next(&s, &seg)); /* it stays at that */
		assert_int_equal(packet_of(&seg), packets[i]);
		end(&s, c);
	}
}

/* Not for what is small, and not when nobody asked for it. */
static void nothing_is_suspected_otherwise(void **unused)
{
	static const uint8_t bytes[5000];

	for (unsigned asked = 0; asked < 2; asked++) {
		struct side s;
		struct connection *c = open_side(&s);
		struct connection_info info;
		uint32_t last;

		tcp_settings(s.tcp)->black_hole_probing = asked == 1;
		assert_true(connection_send(c, bytes, asked == 1 ? 100 : sizeof bytes, 0) > 0);
		(void)carry(&s, 0, 20000, &last);
		connection_info(c, &info);
		assert_true(info.backoff > 3);
		assert_int_equal(info.pmtu, 1500);
		end(&s, c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_black_hole_is_found),
		cmocka_unit_test(nothing_is_suspected_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
