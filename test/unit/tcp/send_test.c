/* What is sent, and how much at once: Nagle, cork, small windows, urgent data, sizes. */
#include "tcp/side.h"

#define ISS   1000U
#define THEIR 50000U

static struct connection *open_side(struct side *s, const struct connection_settings *settings,
                                    uint16_t window, uint16_t mss)
{
	struct side_segment seg,
		answer = { .flags = TCP_SYN | TCP_ACK,
		           .seq = THEIR,
		           .ack = ISS + 1,
		           .window = window,
		           .options_n = mss != 0 ? 4 : 0,
		           .raw_options = { 2, 4, (uint8_t)(mss >> 8), (uint8_t)mss } };
	struct connection *c;

	*s = side_new();
	c = side_connect_with(s, settings);
	assert_true(side_next(s, &seg));
	side_arrive(s, &answer);
	assert_true(side_next(s, &seg));
	side_silent(s);
	return c;
}

static void acknowledge(struct side *s, uint32_t ack, uint16_t window)
{
	side_arrive(s, &(struct side_segment){ .flags = TCP_ACK,
	                                       .seq = THEIR + 1,
	                                       .ack = ISS + 1 + ack,
	                                       .window = window });
}

static void sees(struct side *s, uint32_t seq, uint32_t n)
{
	struct side_segment seg;

	assert_true(side_next(s, &seg));
	assert_int_equal(seg.seq, ISS + 1 + seq);
	assert_int_equal(seg.n, n);
}

static void end(struct side *s, struct connection *c)
{
	connection_abort(c);
	side_turn(s);
	assert_int_equal(tcp_use(s->tcp).connections, 0);
	side_free(s);
}

static const uint8_t zeroes[200000];

/* RFC 9293, 3.7.1: without the option it is 536; nobody is sent more than they take, nor less than
 * is sensible. */
static void sizes(void **unused)
{
	static const struct {
		uint16_t said, is;
	} cases[] = { { 0, 536 }, { 1460, 1460 }, { 9000, 1460 }, { 1, 48 }, { 100, 100 } };

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct side s;
		struct connection *c = open_side(&s, NULL, 60000, cases[i].said);
		struct side_segment seg;

		assert_int_equal(connection_send(c, zeroes, 5000, 0), 5000);
		assert_true(side_next(&s, &seg));
		assert_int_equal(seg.gso_bytes, cases[i].is);
		end(&s, c);
	}
}

static void nagle(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s, NULL, 60000, 1000);

	connection_send(c, zeroes, 10, 0);
	sees(&s, 0, 10);
	connection_send(c, zeroes, 10, 0);
	side_silent(&s); /* the first is on its way */
	connection_send(c, zeroes, 990, 0);
	sees(&s, 10, 1000); /* a full one goes */
	connection_send(c, zeroes, 5, 0);
	acknowledge(&s, 1010, 60000);
	sees(&s, 1010, 5);
	end(&s, c);
}

static void no_delay(void **unused)
{
	struct connection_settings settings = { .no_delay = true };
	struct side s;
	struct connection *c = open_side(&s, &settings, 60000, 1000);

	for (uint32_t i = 0; i < 3; i++) {
		connection_send(c, zeroes, 10, 0);
		sees(&s, i * 10, 10);
	}
	end(&s, c);
}

static void cork(void **unused)
{
	struct connection_settings settings = { .cork = true };
	struct side s;
	struct connection *c = open_side(&s, &settings, 60000, 1000);

	connection_send(c, zeroes, 10, 0);
	side_silent(&s);
	connection_send(c, zeroes, 2000, 0);
	sees(&s, 0, 2000);
	side_silent(&s);
	settings.cork = false;
	connection_set_settings(c, &settings);
	sees(&s, 2000, 10);
	acknowledge(&s, 2010, 60000);
	/* Held back for 200 ms at most, with nothing on its way. */
	settings.cork = true;
	connection_set_settings(c, &settings);
	connection_send(c, zeroes, 7, MSG_MORE);
	side_silent(&s);
	side_wait_ms(&s, 300);
	sees(&s, 2010, 7);
	end(&s, c);
}

/* RFC 1122, 4.2.3.4: a small window is no reason for small segments, until time says so. */
static void silly_window(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s, NULL, 4000, 1000);

	connection_send(c, zeroes, 10000, 0);
	sees(&s, 0, 4000);
	acknowledge(&s, 4000, 300);
	side_silent(&s);
	side_wait_ms(&s, 3000);
	sees(&s, 4000, 300);
	end(&s, c);
}

/* No window is ever taken back, and none grows by little. */
static void our_window(void **unused)
{
	struct connection_settings settings = { .receive_bytes = 20000 };
	struct side s;
	struct connection *c = open_side(&s, &settings, 4000, 1000);
	struct side_segment seg;
	uint32_t edge = THEIR + 1 + 20000, came = 0;
	uint8_t bytes[2000];

	while (came < 19000) {
		side_arrive(&s, &(struct side_segment){ .flags = TCP_ACK,
		                                        .seq = THEIR + 1 + came,
		                                        .ack = ISS + 1,
		                                        .window = 4000,
		                                        .n = 1000 });
		came += 1000;
		while (side_next(&s, &seg)) {
			assert_true(seg.ack + seg.window <= edge + 128);
			assert_true(seg.ack + seg.window >= edge);
		}
	}
	assert_int_equal(connection_receive(c, bytes, 100, 0), 100);
	side_silent(&s); /* too little to tell */
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(connection_receive(c, bytes, 2000, 0), 2000);
	assert_true(side_next(&s, &seg));
	assert_true(seg.ack + seg.window > edge + 2000);
	end(&s, c);
}

/* RFC 6093: the pointer to behind the byte; on our side out of line, or in. */
static void urgent(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s, NULL, 4000, 1000);
	struct side_segment seg;
	char text[8];

	assert_int_equal(connection_send(c, "abc", 3, MSG_OOB), 3);
	assert_true(side_next(&s, &seg));
	assert_int_equal(seg.flags & TCP_URG, TCP_URG);
	assert_int_equal(seg.urgent, 3);
	side_arrive(&s, &(struct side_segment){ .flags = TCP_ACK | TCP_URG,
	                                        .seq = THEIR + 1,
	                                        .ack = ISS + 4,
	                                        .window = 4000,
	                                        .n = 5,
	                                        .urgent = 3,
	                                        .bytes = "12!45" });
	side_turn(&s);
	assert_true(s.events & CONNECTION_URGENT);
	assert_true(connection_ready(c) & POLLPRI);
	assert_int_equal(connection_receive(c, text, 8, 0), 2);
	assert_true(connection_at_mark(c));
	assert_int_equal(connection_receive(c, text, 1, MSG_OOB), 1);
	assert_int_equal(text[0], '!');
	assert_int_equal(connection_receive(c, text, 1, MSG_OOB), -EINVAL);
	assert_int_equal(connection_receive(c, text, 8, 0), 2);
	assert_memory_equal(text, "45", 2);
	end(&s, c);
}

/* Only what is in the window and in the buffer goes; how much fits is told truly. */
static void room(void **unused)
{
	struct connection_settings settings = { .send_bytes = 10000 };
	struct side s;
	struct connection *c = open_side(&s, &settings, 3000, 1000);

	assert_int_equal(connection_send(c, zeroes, sizeof zeroes, 0), 10000);
	assert_int_equal(connection_send(c, zeroes, 1, 0), -EAGAIN);
	assert_false(connection_ready(c) & POLLOUT);
	sees(&s, 0, 3000);
	assert_int_equal(connection_unsent(c), 7000);
	assert_int_equal(connection_unacknowledged(c), 10000);
	acknowledge(&s, 3000, 60000);
	sees(&s, 3000, 7000);
	s.events = 0;
	acknowledge(&s, 9000, 60000);
	side_silent(&s);
	assert_true(s.events & CONNECTION_WRITABLE);
	assert_true(connection_ready(c) & POLLOUT);
	end(&s, c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),        cmocka_unit_test(nagle),
		cmocka_unit_test(no_delay),     cmocka_unit_test(cork),
		cmocka_unit_test(silly_window), cmocka_unit_test(our_window),
		cmocka_unit_test(urgent),       cmocka_unit_test(room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
