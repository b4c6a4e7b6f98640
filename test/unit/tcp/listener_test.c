/* LISTEN and SYN-RECEIVED: the handshake of who is connected to, its queue, and floods. */
#include "tcp/side.h"

#define THEIR 50000U

struct host {
	struct side s;
	struct listener *l;
};

static void begin(struct host *h, uint32_t backlog)
{
	struct listener_plan plan = { .port = 80, .backlog = backlog };

	h->s = side_new();
	h->s.our_port = 80;
	h->s.their_port = 5000;
	plan.owner = &h->s.told;
	assert_int_equal(listener_open(h->s.tcp, &plan, &h->l), 0);
}

static void end(struct host *h)
{
	struct side_segment seg;
	struct tcp_use use;

	listener_close(h->l);
	while (side_next(&h->s, &seg))
		;
	use = tcp_use(h->s.tcp);
	assert_int_equal(use.connections, 0);
	assert_int_equal(use.half_open, 0);
	assert_int_equal(use.listeners, 0);
	side_free(&h->s);
}

/* SYN with MSS 1400, SACK-permitted, timestamps, window scale 5. */
static struct side_segment syn(void)
{
	return (struct side_segment){ .flags = TCP_SYN,
		                      .seq = THEIR,
		                      .window = 8000,
		                      .options_n = 20,
		                      .raw_options = { 2, 4, 0x05, 0x78, 4, 2, 8, 10, 0, 0,
		                                       0, 9, 0,    0,    0, 0, 1, 3,  3, 5 } };
}

static struct side_segment ack_of(const struct side_segment *syn_ack)
{
	struct side_segment ack = { .flags = TCP_ACK,
		                    .seq = THEIR + 1,
		                    .ack = syn_ack->seq + 1,
		                    .window = 8000,
		                    .options_n = 12,
		                    .raw_options = { 1, 1, 8, 10, 0, 0, 0, 10 } };

	wire_put32(ack.raw_options + 8, syn_ack->options.timestamp);
	return ack;
}

static struct side_segment handshake(struct host *h)
{
	struct side_segment first = syn(), answer, ack;

	assert_true(side_arrive(&h->s, &first));
	assert_true(side_next(&h->s, &answer));
	assert_int_equal(answer.flags, TCP_SYN | TCP_ACK);
	ack = ack_of(&answer);
	assert_true(side_arrive(&h->s, &ack));
	side_turn(&h->s);
	return answer;
}

static void accepted(void **unused)
{
	struct host h;
	struct side_segment answer;
	struct connection *c;

	begin(&h, 4);
	answer = handshake(&h);
	assert_int_equal(answer.ack, THEIR + 1);
	assert_int_equal(answer.options.mss, 1460);
	assert_true(answer.options.sack_permitted && answer.options.has_window_scale);
	assert_int_equal(answer.options.timestamp_echo, 9);
	assert_int_equal(h.s.told, 1);
	c = listener_take(h.l, &h.s.events);
	assert_non_null(c);
	assert_null(listener_take(h.l, NULL));
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	connection_abort(c);
	end(&h);
}

/* An option that was not offered is not agreed to. */
static void plain(void **unused)
{
	struct host h;
	struct side_segment answer;

	begin(&h, 4);
	side_arrive(&h.s,
	            &(struct side_segment){ .flags = TCP_SYN | TCP_ECE | TCP_CWR, .seq = THEIR });
	assert_true(side_next(&h.s, &answer));
	assert_int_equal(answer.flags, TCP_SYN | TCP_ACK); /* and no ECN */
	assert_int_equal(answer.options_n, 4);
	assert_int_equal(answer.raw_options[0], TCP_OPTION_MSS);
	end(&h);
}

static void refused(void **unused)
{
	struct host h;

	begin(&h, 4);
	assert_false(side_arrive(&h.s, &(struct side_segment){ .flags = TCP_ACK, .ack = 77 }));
	assert_false(
		side_arrive(&h.s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK, .ack = 7 }));
	assert_true(side_arrive(&h.s, &(struct side_segment){ .flags = TCP_RST }));
	assert_true(side_arrive(&h.s, &(struct side_segment){ .flags = TCP_SYN | TCP_FIN }));
	side_silent(&h.s);
	h.s.our_port = 81;
	assert_false(side_arrive(&h.s, &(struct side_segment){ .flags = TCP_SYN }));
	end(&h);
}

static void repeated(void **unused)
{
	static const uint64_t at[] = { 1, 3, 7, 15, 31 };
	struct host h;
	struct side_segment first = syn(), answer, again;
	mono start;

	begin(&h, 4);
	start = h.s.net->now;
	side_arrive(&h.s, &first);
	assert_true(side_next(&h.s, &answer));
	for (unsigned i = 0; i < ARRAY_LEN(at); i++) {
		side_wait_ms(&h.s, 100000);
		assert_true(side_next(&h.s, &again));
		assert_int_equal(again.seq, answer.seq);
		assert_in_range(mono_since_ms(h.s.net->now, start), at[i] * 1000, at[i] * 1000 + 5);
	}
	side_wait_ms(&h.s, 100000);
	side_silent(&h.s);
	assert_int_equal(tcp_use(h.s.tcp).half_open, 0);
	end(&h);
}

static void reset_in_syn_received(void **unused)
{
	struct host h;
	struct side_segment first = syn(), answer;

	begin(&h, 4);
	side_arrive(&h.s, &first);
	assert_true(side_next(&h.s, &answer));
	assert_int_equal(listener_half_open(h.l), 1);
	side_arrive(&h.s, &(struct side_segment){ .flags = TCP_RST, .seq = THEIR + 1 });
	assert_int_equal(listener_half_open(h.l), 0);
	/* RFC 9293, 3.10.7.4: an ACK of what was not sent is refused by its own number. */
	side_arrive(&h.s, &first);
	assert_true(side_next(&h.s, &answer));
	answer.seq += 5;
	answer = ack_of(&answer);
	assert_false(side_arrive(&h.s, &answer));
	end(&h);
}

/* backlog + 1 wait; the next one's last step is not taken, and works once there is room. */
static void full_queue(void **unused)
{
	struct host h;
	struct side_segment first = syn(), answer, ack;

	begin(&h, 0);
	handshake(&h);
	h.s.their_port++;
	assert_true(side_arrive(&h.s, &first));
	side_silent(&h.s);
	assert_int_equal(tcp_counts(h.s.tcp)->accept_overflows, 1);
	connection_abort(listener_take(h.l, NULL));
	assert_true(side_next(&h.s, &answer)); /* its RST */
	assert_true(side_arrive(&h.s, &first));
	assert_true(side_next(&h.s, &answer));
	ack = ack_of(&answer);
	assert_true(side_arrive(&h.s, &ack));
	assert_int_equal(listener_waiting(h.l), 1);
	end(&h);
}

/* RFC 4987: records are full, cookies go on, and carry what the SYN said. */
static void flood(void **unused)
{
	struct host h;
	struct side_segment first = syn(), answer;
	struct connection *c;

	begin(&h, 100);
	for (unsigned i = 0; i < 1000; i++) {
		h.s.their_port = (uint16_t)(10000 + i);
		assert_true(side_arrive(&h.s, &first));
		assert_true(side_next(&h.s, &answer));
		assert_int_equal(answer.flags, TCP_SYN | TCP_ACK);
	}
	assert_int_equal(tcp_use(h.s.tcp).half_open, 8);
	assert_int_equal(tcp_counts(h.s.tcp)->cookies_sent, 992);
	h.s.their_port = 9999;
	answer = handshake(&h);
	assert_int_equal(tcp_counts(h.s.tcp)->cookies_taken, 1);
	c = listener_take(h.l, &h.s.events);
	assert_non_null(c);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	/* The window scale came back: 8000 << 5. */
	answer = (struct side_segment){ 0 };
	connection_abort(c);
	end(&h);
}

static void sharing(void **unused)
{
	struct host h;
	struct listener *second;
	struct listener_plan plan = { .port = 80, .owner = NULL };

	begin(&h, 4);
	assert_int_equal(listener_open(h.s.tcp, &plan, &second), -EADDRINUSE);
	plan.shared = true;
	assert_int_equal(listener_open(h.s.tcp, &plan, &second), -EADDRINUSE);
	plan.addr = A(SIDE_US);
	assert_int_equal(listener_open(h.s.tcp, &plan, &second), 0);
	/* The one with the address has it. */
	side_arrive(&h.s, &(struct side_segment){ .flags = TCP_SYN, .seq = THEIR });
	assert_int_equal(listener_half_open(second), 1);
	listener_close(second);
	end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(plain),
		cmocka_unit_test(refused),
		cmocka_unit_test(repeated),
		cmocka_unit_test(reset_in_syn_received),
		cmocka_unit_test(full_queue),
		cmocka_unit_test(flood),
		cmocka_unit_test(sharing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
