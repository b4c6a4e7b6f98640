/* CONNECT.md, "Timers and signals", keepalive, user timeout, window probes: on the virtual clock.
 */
#include "tcp/side.h"

#define ISS   1000U
#define THEIR 50000U

/* When the next segment is sent, in ms from @start; -1: none is within @most_ms. */
static int64_t next_at(struct side *s, mono start, uint64_t most_ms, struct side_segment *seg)
{
	side_wait_ms(s, most_ms);
	if (!side_next(s, seg))
		return -1;
	return (int64_t)mono_since_ms(s->net->now, start);
}

static void syns(struct side *s, struct connection *c, const int64_t *at, unsigned n, int64_t end)
{
	mono start = s->net->now;
	struct side_segment seg;

	for (unsigned i = 0; i < n; i++) {
		int64_t when = next_at(s, start, 200000, &seg);

		assert_int_equal((when + 50) / 100, at[i] * 10);
		assert_int_equal(seg.flags, TCP_SYN);
		assert_int_equal(seg.seq, ISS);
	}
	while (connection_state(c) == CONNECTION_SYN_SENT)
		side_wait_ms(s, 100);
	assert_in_range(mono_since_ms(s->net->now, start), end * 100, end * 100 + 101);
	assert_int_equal(connection_take_error(c), -ETIMEDOUT);
	connection_close(c, -1);
	side_free(s);
}

static void doubling(void **unused)
{
	static const int64_t at[] = { 0, 1, 3, 7, 15, 31, 63 };
	struct side s = side_new();

	syns(&s, side_connect_with(&s, NULL), at, ARRAY_LEN(at), 1270);
}

static void linear(void **unused)
{
	static const int64_t at[] = { 0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67 };
	struct side s = side_new();

	tcp_settings(s.tcp)->syn_schedule = TCP_SYN_LINEAR;
	syns(&s, side_connect_with(&s, NULL), at, ARRAY_LEN(at), 1310);
}

static void fewer(void **unused)
{
	static const int64_t at[] = { 0, 1, 3 };
	struct side s = side_new();

	syns(&s, side_connect_with(&s, &(struct connection_settings){ .syn_retries = 2 }), at, 3,
	     70);
}

static void user_timeout(void **unused)
{
	static const int64_t at[] = { 0, 1 };
	struct side s = side_new();

	syns(&s, side_connect_with(&s, &(struct connection_settings){ .user_timeout_ms = 2500 }),
	     at, 2, 25);
}

static struct connection *open_with(struct side *s, const struct connection_settings *settings,
                                    uint16_t window)
{
	struct side_segment seg;
	struct connection *c;

	*s = side_new();
	c = side_connect_with(s, settings);
	assert_true(side_next(s, &seg));
	side_arrive(s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                       .seq = THEIR,
	                                       .ack = ISS + 1,
	                                       .window = window });
	assert_true(side_next(s, &seg));
	side_silent(s);
	return c;
}

static void end(struct side *s, struct connection *c)
{
	connection_close(c, -1);
	side_free(s);
}

static void keepalive(void **unused)
{
	struct connection_settings settings = {
		.keep_alive = true, .keep_idle_s = 10, .keep_interval_s = 3, .keep_count = 2
	};
	struct side s;
	struct connection *c = open_with(&s, &settings, 1000);
	mono start = s.net->now;
	struct side_segment seg;

	assert_int_equal(next_at(&s, start, 20000, &seg), 10000);
	assert_int_equal(seg.flags, TCP_ACK);
	assert_int_equal(seg.seq, ISS);
	assert_int_equal(seg.n, 0);
	side_arrive(&s,
	            &(struct side_segment){ .flags = TCP_ACK, .seq = THEIR + 1, .ack = ISS + 1 });
	side_silent(&s);
	assert_int_equal(next_at(&s, start, 20000, &seg), 20000);
	assert_int_equal(next_at(&s, start, 20000, &seg), 23000);
	assert_int_equal(next_at(&s, start, 20000, &seg), 26000);
	assert_int_equal(seg.flags, TCP_RST | TCP_ACK);
	assert_int_equal(connection_take_error(c), -ETIMEDOUT);
	end(&s, c);
}

/* Probes double, and go on as long as they are answered; the window opens, all goes. */
static void zero_window(void **unused)
{
	struct side s;
	struct connection *c = open_with(&s, NULL, 0);
	mono start = s.net->now;
	struct side_segment seg;
	int64_t last = 0, gap = 0;

	assert_int_equal(connection_send(c, "hello", 5, 0), 5);
	side_silent(&s);
	for (unsigned i = 0; i < 20; i++) {
		int64_t at = next_at(&s, start, 130000, &seg);

		assert_true(at > 0);
		assert_int_equal(seg.seq, ISS);
		assert_int_equal(seg.n, 0);
		if (i > 0 && gap < 60000)
			assert_true(at - last >= gap + gap / 2);
		assert_true(at - last <= 121000);
		gap = at - last;
		last = at;
		side_arrive(&s, &(struct side_segment){
					.flags = TCP_ACK, .seq = THEIR + 1, .ack = ISS + 1 });
		side_silent(&s);
	}
	side_arrive(&s,
	            &(struct side_segment){
			    .flags = TCP_ACK, .seq = THEIR + 1, .ack = ISS + 1, .window = 500 });
	assert_true(side_next(&s, &seg));
	assert_int_equal(seg.n, 5);
	assert_memory_equal(seg.bytes, "hello", 5);
	end(&s, c);
}

/* Nobody waits for it: eight probes, then it is over. */
static void zero_window_of_nobody(void **unused)
{
	struct side s;
	struct connection *c = open_with(&s, NULL, 0);
	struct side_segment seg;
	unsigned probes = 0;

	assert_int_equal(connection_send(c, "hello", 5, 0), 5);
	connection_close(c, -1);
	while (next_at(&s, s.net->now, 200000, &seg) >= 0 && (seg.flags & TCP_RST) == 0)
		probes++;
	assert_int_equal(probes, 8);
	assert_int_equal(tcp_use(s.tcp).connections, 0);
	side_free(&s);
}

/* Data that nobody acknowledges: at RTO, doubling; the user timeout ends it. */
static void retransmission(void **unused)
{
	struct connection_settings settings = { .user_timeout_ms = 5000 };
	struct side s;
	struct connection *c = open_with(&s, &settings, 1000);
	mono start = s.net->now;
	struct side_segment seg;
	unsigned sent = 0;

	assert_int_equal(connection_send(c, "hello", 5, 0), 5);
	while (connection_state(c) == CONNECTION_ESTABLISHED) {
		side_wait_ms(&s, 1000);
		while (side_next(&s, &seg)) {
			if ((seg.flags & TCP_RST) != 0)
				continue;
			assert_int_equal(seg.seq, ISS + 1);
			assert_int_equal(seg.n, 5);
			sent++;
		}
	}
	assert_in_range(sent, 4, 7);
	assert_in_range(mono_since_ms(s.net->now, start), 5000, 8000);
	assert_int_equal(connection_take_error(c), -ETIMEDOUT);
	end(&s, c);
}

static void delayed_ack(void **unused)
{
	struct side s;
	struct connection *c = open_with(&s, NULL, 1000);
	mono start = s.net->now;
	struct side_segment seg;

	/* At first all is acknowledged at once. */
	for (unsigned i = 0; i < 15; i++) {
		side_arrive(&s, &(struct side_segment){ .flags = TCP_ACK,
		                                        .seq = THEIR + 1 + i,
		                                        .ack = ISS + 1,
		                                        .n = 1,
		                                        .window = 1000 });
		assert_true(side_next(&s, &seg));
		assert_int_equal(seg.ack, THEIR + 2 + i);
	}
	side_arrive(&s, &(struct side_segment){ .flags = TCP_ACK,
	                                        .seq = THEIR + 16,
	                                        .ack = ISS + 1,
	                                        .n = 1,
	                                        .window = 1000 });
	side_silent(&s);
	assert_int_equal(next_at(&s, start, 1000, &seg), 40);
	assert_int_equal(seg.ack, THEIR + 17);
	/* Two full segments are not kept waiting. */
	for (unsigned i = 0; i < 2; i++)
		side_arrive(&s, &(struct side_segment){ .flags = TCP_ACK,
		                                        .seq = THEIR + 17 + i * 1460,
		                                        .ack = ISS + 1,
		                                        .n = 1460,
		                                        .window = 1000 });
	assert_true(side_next(&s, &seg));
	assert_int_equal(seg.ack, THEIR + 17 + 2920);
	side_silent(&s);
	end(&s, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubling),
		cmocka_unit_test(linear),
		cmocka_unit_test(fewer),
		cmocka_unit_test(user_timeout),
		cmocka_unit_test(keepalive),
		cmocka_unit_test(zero_window),
		cmocka_unit_test(zero_window_of_nobody),
		cmocka_unit_test(retransmission),
		cmocka_unit_test(delayed_ack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
