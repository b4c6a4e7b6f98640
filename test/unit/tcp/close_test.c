/* RFC 9293, 3.6 and 3.10.7.4: how connections end, from each state and in each order. */
#include "tcp/side.h"

#define ISS   1000U
#define THEIR 50000U

static struct connection *open_side(struct side *s)
{
	struct side_segment seg;
	struct connection *c;

	*s = side_new();
	c = side_connect_with(s, NULL);
	assert_true(side_next(s, &seg));
	side_arrive(s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                       .seq = THEIR,
	                                       .ack = ISS + 1,
	                                       .window = 10000 });
	assert_true(side_next(s, &seg));
	side_silent(s);
	return c;
}

static void arrive(struct side *s, uint8_t flags, uint32_t seq, uint32_t ack, const char *text)
{
	struct side_segment seg = {
		.flags = flags, .seq = THEIR + 1 + seq, .ack = ISS + 1 + ack, .window = 10000
	};

	seg.n = (uint32_t)strlen(text);
	memcpy(seg.bytes, text, seg.n);
	side_arrive(s, &seg);
}

static void sees(struct side *s, uint8_t flags, uint32_t seq, uint32_t ack)
{
	struct side_segment seg;

	assert_true(side_next(s, &seg));
	assert_int_equal(seg.flags, flags);
	assert_int_equal(seg.seq, ISS + 1 + seq);
	if ((flags & TCP_ACK) != 0)
		assert_int_equal(seg.ack, THEIR + 1 + ack);
}

static void gone(struct side *s)
{
	struct tcp_use use;

	side_silent(s);
	use = tcp_use(s->tcp);
	assert_int_equal(use.connections, 0);
	assert_int_equal(use.chunks, 0);
	assert_int_equal(use.flights, 0);
	side_free(s);
}

/* Figure 12. */
static void we_first(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);

	connection_close(c, -1);
	sees(&s, TCP_FIN | TCP_ACK, 0, 0);
	arrive(&s, TCP_ACK, 0, 1, "");
	side_silent(&s);
	assert_int_equal(tcp_use(s.tcp).time_wait, 1); /* FIN-WAIT-2, as a small record */
	arrive(&s, TCP_FIN | TCP_ACK, 0, 1, "");
	sees(&s, TCP_ACK, 1, 1);
	assert_int_equal(tcp_use(s.tcp).connections, 0);
	/* RFC 1337: a RST does not end it; their FIN again is acknowledged again. */
	arrive(&s, TCP_RST, 1, 0, "");
	side_silent(&s);
	s.net->now = mono_add_s(s.net->now, 1);
	arrive(&s, TCP_FIN | TCP_ACK, 0, 1, "");
	sees(&s, TCP_ACK, 1, 1);
	assert_int_equal(tcp_use(s.tcp).time_wait, 1);
	side_wait_ms(&s, 61000);
	assert_int_equal(tcp_use(s.tcp).time_wait, 0);
	gone(&s);
}

static void they_first(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);
	char byte;

	arrive(&s, TCP_FIN | TCP_ACK, 0, 0, "bye");
	sees(&s, TCP_ACK, 0, 4);
	assert_int_equal(connection_state(c), CONNECTION_CLOSE_WAIT);
	assert_true(connection_ready(c) & POLLRDHUP);
	assert_int_equal(connection_unread(c), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(connection_receive(c, &byte, 1, 0), 1);
	assert_int_equal(connection_receive(c, &byte, 1, 0), 0);
	assert_int_equal(connection_send(c, "yes", 3, 0), 3); /* our half is open */
	sees(&s, TCP_PSH | TCP_ACK, 0, 4);
	connection_close(c, -1);
	sees(&s, TCP_FIN | TCP_ACK, 3, 4);
	arrive(&s, TCP_ACK, 4, 4, "");
	gone(&s);
}

/* Figure 13. */
static void both_at_once(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);

	assert_int_equal(connection_shutdown(c, SHUT_WR), 0);
	sees(&s, TCP_FIN | TCP_ACK, 0, 0);
	arrive(&s, TCP_FIN | TCP_ACK, 0, 0, "");
	assert_int_equal(connection_state(c), CONNECTION_CLOSING);
	sees(&s, TCP_ACK, 1, 1);
	arrive(&s, TCP_ACK, 1, 1, "");
	assert_int_equal(tcp_use(s.tcp).time_wait, 1);
	side_turn(&s);
	assert_int_equal(connection_state(c), CONNECTION_CLOSED);
	assert_true(s.events & CONNECTION_ENDED);
	assert_int_equal(connection_take_error(c), 0);
	connection_close(c, -1);
	gone(&s);
}

/* Half closed: they go on, for as long as they like. */
static void half_closed(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);
	char text[8];

	assert_int_equal(connection_shutdown(c, SHUT_WR), 0);
	assert_int_equal(connection_send(c, "x", 1, 0), -EPIPE);
	sees(&s, TCP_FIN | TCP_ACK, 0, 0);
	arrive(&s, TCP_ACK, 0, 1, "");
	assert_int_equal(connection_state(c), CONNECTION_FIN_WAIT_2);
	side_wait_ms(&s, 1000000);
	arrive(&s, TCP_ACK, 0, 1, "late");
	sees(&s, TCP_ACK, 1, 4);
	assert_int_equal(connection_receive(c, text, sizeof text, 0), 4);
	arrive(&s, TCP_FIN | TCP_ACK, 4, 1, "");
	sees(&s, TCP_ACK, 1, 5);
	connection_close(c, -1);
	gone(&s);
}

/* RFC 2525, 2.17: who does not read what has come says so. */
static void unread_means_reset(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);

	arrive(&s, TCP_ACK, 0, 0, "unread");
	sees(&s, TCP_ACK, 0, 6);
	connection_close(c, -1);
	sees(&s, TCP_RST | TCP_ACK, 0, 6);
	gone(&s);
}

static void data_for_nobody(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);

	connection_close(c, -1);
	sees(&s, TCP_FIN | TCP_ACK, 0, 0);
	arrive(&s, TCP_ACK, 0, 0, "still talking");
	sees(&s, TCP_RST | TCP_ACK, 1, 0);
	gone(&s);
}

static void lingering(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);
	struct side_segment seg;

	assert_int_equal(connection_send(c, "data", 4, 0), 4);
	connection_close(c, 1500);
	while (tcp_use(s.tcp).connections > 0) {
		side_wait_ms(&s, 2000);
		while (side_next(&s, &seg))
			;
	}
	assert_int_equal(tcp_counts(s.tcp)->resets_sent, 1);
	gone(&s);
	c = open_side(&s);
	connection_close(c, 0);
	sees(&s, TCP_RST | TCP_ACK, 0, 0);
	gone(&s);
}

/* A FIN that overtakes its data is not forgotten, and not taken before them. */
static void fin_out_of_order(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);
	char text[8];

	arrive(&s, TCP_FIN | TCP_ACK, 3, 0, "def");
	sees(&s, TCP_ACK, 0, 0);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	arrive(&s, TCP_ACK, 0, 0, "abc");
	sees(&s, TCP_ACK, 0, 7);
	assert_int_equal(connection_state(c), CONNECTION_CLOSE_WAIT);
	assert_int_equal(connection_receive(c, text, sizeof text, 0), 6);
	assert_memory_equal(text, "abcdef", 6);
	/* After their FIN nothing follows. */
	arrive(&s, TCP_ACK, 7, 0, "more");
	assert_int_equal(connection_receive(c, text, sizeof text, 0), 0);
	connection_abort(c);
	side_turn(&s);
	side_free(&s);
}

static void resets(void **unused)
{
	struct side s;
	struct connection *c = open_side(&s);

	arrive(&s, TCP_RST, 100, 0, ""); /* in the window, not at its edge: RFC 5961, 3.2 */
	sees(&s, TCP_ACK, 0, 0);
	arrive(&s, TCP_RST, 20000000, 0, "");
	side_silent(&s);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	arrive(&s, TCP_RST, 0, 0, "");
	side_silent(&s);
	assert_int_equal(connection_take_error(c), -ECONNRESET);
	connection_close(c, -1);
	gone(&s);
	c = open_side(&s);
	arrive(&s, TCP_FIN | TCP_ACK, 0, 0, "");
	sees(&s, TCP_ACK, 0, 1);
	arrive(&s, TCP_RST, 1, 0, "");
	assert_int_equal(connection_take_error(c), -EPIPE);
	connection_close(c, -1);
	gone(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(we_first),
		cmocka_unit_test(they_first),
		cmocka_unit_test(both_at_once),
		cmocka_unit_test(half_closed),
		cmocka_unit_test(unread_means_reset),
		cmocka_unit_test(data_for_nobody),
		cmocka_unit_test(lingering),
		cmocka_unit_test(fin_out_of_order),
		cmocka_unit_test(resets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
