/*
 * attack_options_test.c -- AMNESIA:33 and INFRA:HALT: options that lie about their length, headers
 * that lie about theirs, urgent pointers to where nothing is.
 */
#include "seeded.h"
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"

/* A segment as bytes, so that each of them can lie. */
struct raw {
	uint8_t bytes[128];
	uint32_t len;
};

static struct raw raw_of(const struct far_end *e, uint8_t flags, const uint8_t *options,
                         uint8_t options_n, uint32_t n)
{
	struct raw raw = { .len = 20 + 20 + options_n + n };
	struct writer w = writer_over(raw.bytes, sizeof raw.bytes);

	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = (uint16_t)raw.len,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_TCP,
	                                           .src = A(SIDE_THEM),
	                                           .dst = A(SIDE_US) });
	tcp_header_build(&w, &(struct tcp_header){ .sport = e->port,
	                                           .dport = 80,
	                                           .seq = e->seq,
	                                           .ack = e->ack,
	                                           .header_bytes = (uint8_t)(20 + options_n),
	                                           .flags = flags,
	                                           .window = 1000 });
	write_bytes(&w, options, options_n);
	assert_false(w.failed);
	return raw;
}

/* In memory that ends where the segment does, so that a read beyond it is seen. */
static void hear_raw(struct victim *v, const struct raw *raw)
{
	uint8_t *bytes = mem_new(1, raw->len);
	struct pkt p = { .bytes = bytes, .len = raw->len, .l4 = 20, .in = 1, .flow = FLOW_NONE };

	memcpy(bytes, raw->bytes, raw->len);
	ip4_parse_header(&p);
	if (ip4_parse_l4(&p)) {
		p.now = p.arrived;
		v->refused += !tcp_input(v->s.tcp, &p);
	}
	(void)victim_says(v);
	mem_free(bytes);
}

static const uint8_t kinds[] = { 0, 1, 2, 3, 4, 5, 8, 14, 15, 19, 28, 29, 30, 34, 69, 253, 255 };

/* Each kind with each length, 0 and 1 and past the end among them, at each place that is left. */
static void each_length_of_each_option(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001), fresh = { .port = 2000, .seq = 5, .ack = 9 };

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		for (unsigned length = 0; length < 256; length++) {
			uint8_t options_n = (uint8_t)(4 + length * 4 % 40);
			uint8_t options[40];
			struct raw raw;

			memset(options, 1, sizeof options);
			options[options_n - 4] = kinds[k];
			options[options_n - 3] = (uint8_t)length;
			raw = raw_of(&e, TCP_ACK, options, options_n, 0);
			hear_raw(v, &raw);
			options[0] = kinds[k];
			options[1] = (uint8_t)length;
			raw = raw_of(&fresh, TCP_SYN, options, options_n, 0);
			hear_raw(v, &raw);
		}
	assert_int_equal(connection_state(e.c), CONNECTION_ESTABLISHED);
	far_end_is_served(v, &e);
	connection_abort(e.c);
	victim_free(v);
}

/* Data offsets from 0 to 15 in segments of each length. */
static void each_length_of_the_header(void **state)
{
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);

	for (unsigned offset = 0; offset < 16; offset++)
		for (uint32_t len = 20; len < 100; len++) {
			struct raw raw = raw_of(&e, TCP_ACK, NULL, 0, 0);

			raw.bytes[20 + TCP_AT_OFFSET] = (uint8_t)(offset << 4);
			raw.len = len;
			wire_put16(raw.bytes + 2, (uint16_t)len);
			/* Behind the header lie zeroes: no data that would be taken. */
			wire_put32(raw.bytes + 20 + TCP_AT_SEQ, e.seq - 1000);
			hear_raw(v, &raw);
		}
	assert_int_equal(connection_state(e.c), CONNECTION_ESTABLISHED);
	far_end_is_served(v, &e);
	connection_abort(e.c);
	victim_free(v);
}

/* What the pointer says is beyond the segment, beyond the window, or round the circle. */
static void urgent_pointers_to_nowhere(void **state)
{
	static const uint16_t pointers[] = { 0, 1, 10, 11, 12, 1000, 32767, 32768, 65535 };
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);
	char text[16], urgent;

	for (size_t i = 0; i < ARRAY_LEN(pointers); i++) {
		struct side_segment segment = { .flags = TCP_ACK | TCP_URG,
			                        .seq = e.seq,
			                        .ack = e.ack,
			                        .window = 1000,
			                        .urgent = pointers[i],
			                        .n = 10 };
		int64_t got = 0, n;

		assert_true(victim_hears(v, e.port, &segment));
		(void)victim_says(v);
		(void)connection_receive(e.c, &urgent, 1, MSG_OOB);
		while ((n = connection_receive(e.c, text, sizeof text, 0)) > 0)
			got += n;
		/* All ten, or nine and the urgent one apart. */
		assert_in_range(got, 9, 10);
		(void)connection_at_mark(e.c);
		e.seq += 10;
	}
	connection_abort(e.c);
	victim_free(v);
}

/* Segments with a few bytes changed: nothing but what TCP allows comes of them. */
static void bytes_changed_at_random(void **state)
{
	static const uint8_t options[] = { 1, 1,  8, 10, 0, 0, 0, 9, 0, 0, 0, 7, 1, 1,
		                           5, 10, 0, 0,  0, 9, 0, 0, 0, 7, 2, 4, 5, 0xb4 };
	struct victim *v = victim_new();
	struct far_end e = victim_connect(v, 1001);
	struct seeded seeded = seeded_make(1);

	for (unsigned i = 0; i < 100000; i++) {
		struct raw raw = raw_of(&e, TCP_ACK, options, sizeof options, 8);

		for (unsigned j = 0; j <= i % 3; j++)
			raw.bytes[20 + seeded_next(&seeded) % (raw.len - 20)] =
				(uint8_t)seeded_next(&seeded);
		hear_raw(v, &raw);
		if (connection_state(e.c) == CONNECTION_ESTABLISHED)
			continue;
		connection_close(e.c, -1);
		e = victim_connect(v, (uint16_t)(1002 + i % 60000));
	}
	connection_abort(e.c);
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_length_of_each_option),
		cmocka_unit_test(each_length_of_the_header),
		cmocka_unit_test(urgent_pointers_to_nowhere),
		cmocka_unit_test(bytes_changed_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
