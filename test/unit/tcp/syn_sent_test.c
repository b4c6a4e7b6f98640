/* CONNECT.md, "Segments in SYN-SENT": what each answer to a SYN leads to (RFC 9293, 3.10.7.3). */
#include "tcp/side.h"

#define ISS   1000U
#define THEIR 50000U

/* A side that has sent its SYN, which is looked at and gone. */
static struct connection *begin(struct side *s)
{
	struct connection *c;
	struct side_segment syn;

	*s = side_new();
	c = side_connect_with(s, NULL);
	assert_true(side_next(s, &syn));
	assert_int_equal(syn.flags, TCP_SYN);
	assert_int_equal(syn.seq, ISS);
	side_silent(s);
	assert_int_equal(connection_state(c), CONNECTION_SYN_SENT);
	return c;
}

static void end(struct side *s, struct connection *c)
{
	connection_abort(c);
	side_turn(s); /* nothing of it stays */
	assert_int_equal(tcp_use(s->tcp).connections, 0);
	side_free(s);
}

static void still_waits(struct side *s, struct connection *c)
{
	side_silent(s);
	assert_int_equal(connection_state(c), CONNECTION_SYN_SENT);
}

/* The options of Linux's SYN, in its order; MSS of the MTU; nothing acknowledged. */
static void the_syn(void **unused)
{
	struct side s = side_new();
	struct connection *c = side_connect_with(&s, NULL);
	struct side_segment syn;
	static const uint8_t kinds[] = { 2, 4, 0x05, 0xb4, 4, 2, 8, 10 };

	assert_true(side_next(&s, &syn));
	assert_int_equal(syn.flags, TCP_SYN);
	assert_int_equal(syn.ack, 0);
	assert_int_equal(syn.options_n, 20);
	assert_memory_equal(syn.raw_options, kinds, sizeof kinds);
	assert_int_equal(syn.raw_options[16], TCP_OPTION_NOP);
	assert_int_equal(syn.raw_options[17], TCP_OPTION_WINDOW_SCALE);
	assert_int_equal(syn.options.timestamp, (uint32_t)(s.net->now.ns / NS_PER_MS) + 77);
	assert_int_equal(syn.options.timestamp_echo, 0);
	assert_int_equal(syn.options.window_scale, 7);
	assert_int_equal(syn.window, 65535);
	assert_true(syn.dont_fragment);
	assert_int_equal(syn.ttl, 64);
	end(&s, c);
}

static void order_is_a_setting(void **unused)
{
	struct side s = side_new();
	struct connection *c;
	struct side_segment syn;

	tcp_settings(s.tcp)->option_order = TCP_ORDER_BSD;
	c = side_connect_with(&s, NULL);
	assert_true(side_next(&s, &syn));
	assert_int_equal(syn.raw_options[4], TCP_OPTION_NOP);
	assert_int_equal(syn.raw_options[5], TCP_OPTION_WINDOW_SCALE);
	assert_int_equal(syn.raw_options[8], TCP_OPTION_SACK_PERMITTED);
	end(&s, c);
}

static void rst_without_ack(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);

	assert_true(side_arrive(&s, &(struct side_segment){ .flags = TCP_RST, .seq = THEIR }));
	still_waits(&s, c);
	end(&s, c);
}

static void rst_with_wrong_ack(void **unused)
{
	static const uint32_t wrong[] = { ISS, ISS + 2, ISS - 1, 0 };
	struct side s;
	struct connection *c = begin(&s);

	for (unsigned i = 0; i < ARRAY_LEN(wrong); i++) {
		assert_true(side_arrive(
			&s, &(struct side_segment){ .flags = TCP_RST | TCP_ACK, .ack = wrong[i] }));
		still_waits(&s, c);
	}
	end(&s, c);
}

static void rst_with_the_ack(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);

	side_arrive(&s, &(struct side_segment){ .flags = TCP_RST | TCP_ACK, .ack = ISS + 1 });
	side_silent(&s);
	assert_int_equal(connection_state(c), CONNECTION_CLOSED);
	assert_true(s.events & CONNECTION_FAILED);
	assert_int_equal(connection_ready(c) & (POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP),
	                 POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDHUP);
	assert_int_equal(connection_take_error(c), -ECONNREFUSED);
	assert_int_equal(connection_take_error(c), 0);
	end(&s, c);
}

/* RST with SEQ = SEG.ACK; the attempt goes on. */
static void wrong_ack(void **unused)
{
	static const uint8_t flags[] = { TCP_SYN | TCP_ACK, TCP_ACK };
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment rst;

	for (unsigned i = 0; i < 4; i++) {
		uint32_t ack = i < 2 ? ISS : ISS + 2;

		side_arrive(&s, &(struct side_segment){
					.flags = flags[i % 2], .seq = THEIR, .ack = ack });
		assert_true(side_next(&s, &rst));
		assert_int_equal(rst.flags, TCP_RST);
		assert_int_equal(rst.seq, ack);
		still_waits(&s, c);
	}
	end(&s, c);
}

static void timestamps(struct side_segment *seg, uint32_t value, uint32_t echo)
{
	static const uint8_t head[] = { 1, 1, 8, 10 };

	memcpy(seg->raw_options, head, 4);
	wire_put32(seg->raw_options + 4, value);
	wire_put32(seg->raw_options + 8, echo);
	seg->options_n = 12;
}

static void wrong_timestamp_echo(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	uint32_t sent = (uint32_t)(s.net->now.ns / NS_PER_MS) + 77;
	struct side_segment answer = { .flags = TCP_SYN | TCP_ACK, .seq = THEIR, .ack = ISS + 1 };
	struct side_segment rst;

	timestamps(&answer, 5, sent + 100);
	side_arrive(&s, &answer);
	assert_true(side_next(&s, &rst));
	assert_int_equal(rst.flags, TCP_RST);
	assert_int_equal(rst.seq, ISS + 1);
	still_waits(&s, c);
	timestamps(&answer, 5, sent);
	side_arrive(&s, &answer);
	assert_true(side_next(&s, &rst));
	assert_int_equal(rst.flags, TCP_ACK);
	assert_int_equal(rst.options.timestamp_echo, 5);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	end(&s, c);
}

static void established(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment ack;

	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                        .seq = THEIR,
	                                        .ack = ISS + 1,
	                                        .window = 1000 });
	assert_true(side_next(&s, &ack));
	assert_int_equal(ack.flags, TCP_ACK);
	assert_int_equal(ack.seq, ISS + 1);
	assert_int_equal(ack.ack, THEIR + 1);
	assert_int_equal(ack.options_n, 0); /* they did not offer any */
	side_silent(&s);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	assert_true(s.events & CONNECTION_CONNECTED);
	assert_int_equal(connection_ready(c), POLLOUT | POLLWRNORM);
	end(&s, c);
}

/* RFC 9293, 3.5: the figure of a simultaneous open. */
static void simultaneous(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment seen;

	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN, .seq = THEIR, .window = 1000 });
	assert_int_equal(connection_state(c), CONNECTION_SYN_RECEIVED);
	assert_true(side_next(&s, &seen));
	assert_int_equal(seen.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(seen.seq, ISS);
	assert_int_equal(seen.ack, THEIR + 1);
	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                        .seq = THEIR,
	                                        .ack = ISS + 1,
	                                        .window = 1000 });
	side_silent(&s);
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	assert_true(s.events & CONNECTION_CONNECTED);
	end(&s, c);
}

static void simultaneous_by_ack(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment seen;

	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN, .seq = THEIR, .window = 1000 });
	assert_true(side_next(&s, &seen));
	side_arrive(&s, &(struct side_segment){
				.flags = TCP_ACK, .seq = THEIR + 1, .ack = ISS + 1, .window = 9 });
	assert_int_equal(connection_state(c), CONNECTION_ESTABLISHED);
	end(&s, c);
}

/* As Linux: the FIN is not taken, and comes again. */
static void syn_with_fin(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment seen;

	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN | TCP_FIN, .seq = THEIR });
	assert_true(side_next(&s, &seen));
	assert_int_equal(seen.flags, TCP_SYN | TCP_ACK);
	assert_int_equal(seen.ack, THEIR + 1);
	end(&s, c);
}

static void syn_ack_with_data(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	struct side_segment ack;

	side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                        .seq = THEIR,
	                                        .ack = ISS + 1,
	                                        .window = 1000,
	                                        .n = 5,
	                                        .bytes = "hello" });
	assert_true(side_next(&s, &ack));
	assert_int_equal(ack.ack, THEIR + 1);
	assert_int_equal(connection_unread(c), 0);
	end(&s, c);
}

static void ack_alone_or_nothing(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);

	side_arrive(&s, &(struct side_segment){ .flags = TCP_ACK, .seq = THEIR, .ack = ISS + 1 });
	still_waits(&s, c);
	side_arrive(&s, &(struct side_segment){ .flags = 0, .seq = THEIR });
	still_waits(&s, c);
	side_arrive(&s, &(struct side_segment){ .flags = TCP_FIN, .seq = THEIR });
	still_waits(&s, c);
	end(&s, c);
}

static void close_is_silent(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);

	connection_close(c, -1);
	side_silent(&s);
	assert_int_equal(tcp_use(s.tcp).connections, 0);
	/* A later SYN-ACK belongs to nobody: the host answers with a RST. */
	assert_false(side_arrive(&s, &(struct side_segment){ .flags = TCP_SYN | TCP_ACK,
	                                                     .seq = THEIR,
	                                                     .ack = ISS + 1 }));
	side_free(&s);
}

static void reads_and_writes_wait(void **unused)
{
	struct side s;
	struct connection *c = begin(&s);
	char byte;

	assert_int_equal(connection_send(c, "x", 1, 0), -EAGAIN);
	assert_int_equal(connection_receive(c, &byte, 1, 0), -EAGAIN);
	assert_int_equal(connection_ready(c), 0);
	assert_int_equal(connection_shutdown(c, SHUT_WR), 0);
	assert_int_equal(connection_state(c), CONNECTION_CLOSED);
	end(&s, c);
}

static void ends_are_taken(void **unused)
{
	struct side s;
	struct connection *c = begin(&s), *second;
	struct connection_plan plan = side_plan(&s);

	assert_true(tcp_tuple_is_used(s.tcp, &plan.ends));
	assert_int_equal(connection_open(s.tcp, &plan, &second), -EADDRNOTAVAIL);
	for (unsigned i = 0; i < 15; i++) {
		plan.ends.sport++;
		assert_int_equal(connection_open(s.tcp, &plan, &second), 0);
		connection_set_owner(second, NULL);
	}
	plan.ends.sport++;
	assert_int_equal(connection_open(s.tcp, &plan, &second), -ENOBUFS);
	connection_close(c, -1);
	side_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_syn),
		cmocka_unit_test(order_is_a_setting),
		cmocka_unit_test(rst_without_ack),
		cmocka_unit_test(rst_with_wrong_ack),
		cmocka_unit_test(rst_with_the_ack),
		cmocka_unit_test(wrong_ack),
		cmocka_unit_test(wrong_timestamp_echo),
		cmocka_unit_test(established),
		cmocka_unit_test(simultaneous),
		cmocka_unit_test(simultaneous_by_ack),
		cmocka_unit_test(syn_with_fin),
		cmocka_unit_test(syn_ack_with_data),
		cmocka_unit_test(ack_alone_or_nothing),
		cmocka_unit_test(close_is_silent),
		cmocka_unit_test(reads_and_writes_wait),
		cmocka_unit_test(ends_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
