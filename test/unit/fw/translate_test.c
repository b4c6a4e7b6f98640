/*
 * translate_test.c -- incremental checksums against whole ones, on random packets (RFC 1624).
 */
#include "fw/flow_world.h"

#include "core/ip4.h"
#include "core/offload.h"
#include "fw/translate.h"
#include "wire/checksum.h"
#include "wire/udp_header.h"

#define ROUNDS  20000
#define PACKETS 2048

struct bench {
	struct seeded random;
	struct flow_world *world;
	uint8_t bytes[PACKETS];
	struct pkt p;
};

static ip4 draw_address(struct seeded *r)
{
	return (ip4){ 0x0a000000 + seeded_next(r) % 0xf0000000 % 0x60000000 };
}

static struct tuple draw_tuple(struct seeded *r, uint8_t proto)
{
	struct tuple t = { .proto = proto };

	t.src = draw_address(r);
	t.dst = draw_address(r);
	if (proto != IPPROTO_ICMP && proto != IPPROTO_TCP && proto != IPPROTO_UDP)
		return t;
	t.sport = seeded_next(r);
	t.dport = proto == IPPROTO_ICMP ? t.sport : seeded_next(r);
	return t;
}

static unsigned checksum_at(uint8_t proto)
{
	return proto == IPPROTO_TCP   ? TCP_AT_CHECKSUM
	       : proto == IPPROTO_UDP ? UDP_AT_CHECKSUM
	                              : ICMP_AT_CHECKSUM;
}

static bool has_checksum(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP;
}

/* The whole checksum over transport header and payload, field included: 0 when it is right. */
static uint16_t whole_sum(const struct tuple *t, const uint8_t *l4, uint32_t len)
{
	uint32_t sum = 0;

	if (t->proto != IPPROTO_ICMP)
		sum = sum_pseudo(t->src, t->dst, t->proto, len);
	return sum_finish(sum_bytes(sum, l4, len));
}

/* Write an IPv4 packet of @t with @len bytes behind its header at @ip. */
static void write_packet(struct seeded *r, uint8_t *ip, const struct tuple *t, uint32_t len)
{
	struct writer w = writer_over(ip, IP4_HEADER_BYTES);
	struct ip4_header header = { .version = 4,
		                     .header_bytes = IP4_HEADER_BYTES,
		                     .total_bytes = IP4_HEADER_BYTES + len,
		                     .ttl = 64,
		                     .proto = t->proto,
		                     .src = t->src,
		                     .dst = t->dst };
	uint8_t *l4 = ip + IP4_HEADER_BYTES;

	header.id = seeded_next(r);
	ip4_header_build(&w, &header);
	seeded_fill(&r->random, l4, len);
	if (t->proto == IPPROTO_TCP) {
		l4[TCP_AT_OFFSET] = 5 << 4;
		l4[TCP_AT_FLAGS] = TCP_ACK;
	}
	if (t->proto == IPPROTO_ICMP) {
		l4[0] = ICMP_ECHO;
		wire_put16(l4 + ICMP_AT_ID, t->sport);
	} else if (has_checksum(t->proto)) {
		wire_put16(l4, t->sport);
		wire_put16(l4 + 2, t->dport);
	}
	if (!has_checksum(t->proto))
		return;
	wire_put16(l4 + checksum_at(t->proto), 0);
	wire_put16(l4 + checksum_at(t->proto), whole_sum(t, l4, len));
	if (t->proto == IPPROTO_UDP && wire_get16(l4 + UDP_AT_CHECKSUM) == 0)
		wire_put16(l4 + UDP_AT_CHECKSUM, 0xffff);
}

/* A packet of @t that has come in, at offset 14. */
static void packet_in(struct bench *b, const struct tuple *t, uint32_t l4_bytes)
{
	uint8_t *ip = b->bytes + 14;

	write_packet(&b->random, ip, t, l4_bytes);
	b->p = (struct pkt){ .bytes = b->bytes,
		             .len = 14 + IP4_HEADER_BYTES + l4_bytes,
		             .l3 = 14,
		             .in = 1,
		             .flow = FLOW_NONE };
	ip4_parse_header(&b->p);
	assert_true(ip4_parse_l4(&b->p));
	b->p.now = b->p.arrived;
	assert_true(tuple_equal(&b->p.arrived, t));
}

static uint8_t draw_protocol(struct seeded *r)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE };

	return protocols[seeded_next(r) % ARRAY_LEN(protocols)];
}

static uint32_t draw_length(struct seeded *r)
{
	return TCP_HEADER_BYTES + seeded_next(r) % 200; /* odd ones, too */
}

static void holds_whole(struct bench *b)
{
	uint8_t *ip = b->bytes + 14, *l4 = ip + IP4_HEADER_BYTES;
	uint32_t l4_bytes = b->p.len - 34;

	assert_true(ip4_header_checksum_ok(ip, IP4_HEADER_BYTES));
	assert_int_equal(wire_get32(ip + IP4_AT_SRC), b->p.now.src.v);
	assert_int_equal(wire_get32(ip + IP4_AT_DST), b->p.now.dst.v);
	if (!has_checksum(b->p.now.proto))
		return;
	assert_int_equal(whole_sum(&b->p.now, l4, l4_bytes), 0);
	assert_int_equal(wire_get16(l4 + (b->p.now.proto == IPPROTO_ICMP ? ICMP_AT_ID : 0)),
	                 b->p.now.sport);
	if (b->p.now.proto == IPPROTO_UDP)
		assert_int_not_equal(wire_get16(l4 + UDP_AT_CHECKSUM), 0);
}

static void incremental_is_whole(void **state)
{
	struct bench b = { .random = seeded_make(1) };

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t proto = draw_protocol(&b.random);
		struct tuple from = draw_tuple(&b.random, proto);

		packet_in(&b, &from, draw_length(&b.random));
		b.p.now = draw_tuple(&b.random, proto);
		translate(&b.p);
		holds_whole(&b);
	}
}

static void nothing_changes_without_a_translation(void **state)
{
	struct bench b = { .random = seeded_make(2) };
	uint8_t before[PACKETS];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		struct tuple from = draw_tuple(&b.random, draw_protocol(&b.random));

		packet_in(&b, &from, draw_length(&b.random));
		memcpy(before, b.bytes, sizeof before);
		translate(&b.p);
		assert_memory_equal(before, b.bytes, sizeof before);
	}
}

/* A partial checksum stays one; whoever finishes it finds it right. */
static void partial_checksums_stay_partial(void **state)
{
	struct bench b = { .random = seeded_make(3) };

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t proto = i % 2 != 0 ? IPPROTO_TCP : IPPROTO_UDP;
		struct tuple from = draw_tuple(&b.random, proto);
		uint32_t len = draw_length(&b.random);
		uint8_t *l4 = b.bytes + 34;

		packet_in(&b, &from, len);
		wire_put16(l4 + checksum_at(proto),
		           sum_fold(sum_pseudo(from.src, from.dst, proto, len)));
		b.p.offload = (struct offload){ .needs_checksum = true,
			                        .checksum_start = 34,
			                        .checksum_offset = checksum_at(proto) };
		b.p.now = draw_tuple(&b.random, proto);
		translate(&b.p);
		assert_true(b.p.offload.needs_checksum);
		assert_true(offload_finish_checksum(b.bytes, b.p.len, &b.p.offload));
		holds_whole(&b);
	}
}

static void udp_without_checksum_stays_without(void **state)
{
	struct bench b = { .random = seeded_make(4) };
	struct tuple from = draw_tuple(&b.random, IPPROTO_UDP);

	(void)state;
	packet_in(&b, &from, 30);
	wire_put16(b.bytes + 34 + UDP_AT_CHECKSUM, 0);
	b.p.now = draw_tuple(&b.random, IPPROTO_UDP);
	translate(&b.p);
	assert_int_equal(wire_get16(b.bytes + 34 + UDP_AT_CHECKSUM), 0);
	assert_int_equal(wire_get16(b.bytes + 34), b.p.now.sport);
	assert_true(ip4_header_checksum_ok(b.bytes + 14, IP4_HEADER_BYTES));
}

/* A wrong checksum is not made right: the end that gets it is to see it. */
static void a_wrong_checksum_stays_wrong(void **state)
{
	struct bench b = { .random = seeded_make(5) };

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		struct tuple from = draw_tuple(&b.random, IPPROTO_TCP);

		packet_in(&b, &from, 40);
		b.bytes[60] ^= 1 << i % 8;
		b.p.now = draw_tuple(&b.random, IPPROTO_TCP);
		translate(&b.p);
		assert_int_not_equal(whole_sum(&b.p.now, b.bytes + 34, 40), 0);
	}
}

/* Nothing but zeroes: 0xffff is the sum then, which no increment finds. */
static void an_echo_reply_of_zeroes_stays_right(void **state)
{
	struct bench b = { .random = seeded_make(6) };
	struct tuple from = { .src = { 0x0a000001 },
		              .dst = { 0x0a000002 },
		              .sport = 7,
		              .dport = 7,
		              .proto = IPPROTO_ICMP };

	(void)state;
	packet_in(&b, &from, ICMP_HEADER_BYTES);
	memset(b.bytes + 34, 0, ICMP_HEADER_BYTES);
	wire_put16(b.bytes + 34 + ICMP_AT_ID, 7);
	wire_put16(b.bytes + 34 + ICMP_AT_CHECKSUM, checksum(b.bytes + 34, ICMP_HEADER_BYTES));
	b.p.icmp_type = ICMP_ECHO_REPLY;
	b.p.now.sport = b.p.now.dport = 0;
	translate(&b.p);
	assert_int_equal(checksum(b.bytes + 34, ICMP_HEADER_BYTES), 0);
}

/* Is the quote in @b what the sender of @sent sent? */
static void quote_holds(struct bench *b, const struct tuple *sent, uint32_t quoted)
{
	const uint8_t *quote = b->bytes + 34 + ICMP_HEADER_BYTES;
	const uint8_t *l4 = quote + IP4_HEADER_BYTES;
	uint32_t l4_bytes = quoted - IP4_HEADER_BYTES;

	assert_int_equal(checksum(b->bytes + 34, b->p.len - 34), 0);
	assert_true(ip4_header_checksum_ok(quote, IP4_HEADER_BYTES));
	assert_int_equal(wire_get32(quote + IP4_AT_SRC), sent->src.v);
	assert_int_equal(wire_get32(quote + IP4_AT_DST), sent->dst.v);
	if (sent->proto == IPPROTO_ICMP)
		assert_int_equal(wire_get16(l4 + ICMP_AT_ID), sent->sport);
	else if (has_checksum(sent->proto))
		assert_int_equal(wire_get32(l4), (uint32_t)sent->sport << 16 | sent->dport);
	/* The whole of it was quoted: its own checksum must be right, too. */
	if (has_checksum(sent->proto) &&
	    wire_get16(quote + IP4_AT_TOTAL) == IP4_HEADER_BYTES + l4_bytes)
		assert_int_equal(whole_sum(sent, l4, l4_bytes), 0);
}

/* RFC 5508, REQ-4: whoever gets an error finds in it the packet that it sent, cut anywhere. */
static void errors_quote_what_was_sent(void **state)
{
	struct bench b = { .random = seeded_make(7), .world = flow_world_new(8) };
	struct seeded *r = &b.random;

	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct tuple came = draw_tuple(r, draw_protocol(r));
		struct tuple leaves = draw_tuple(r, came.proto), error, quoted_tuple, sent;
		uint32_t len = draw_length(r), index;
		uint8_t quote[512], dir = seeded_next(r) % 2, *icmp = b.bytes + 34;
		uint32_t quoted = IP4_HEADER_BYTES + 8 + seeded_next(r) % (len - 7);
		const struct flow *flow;

		index = flow_world_begin(b.world, &came, &leaves);
		flow = flow_at(b.world->fw.flows, index);
		/* The error travels in @dir about a packet that travelled the other way. */
		quoted_tuple = flow_leaves(flow, dir ^ 1);
		sent = flow_comes(flow, dir ^ 1);
		write_packet(r, quote, &quoted_tuple, len);
		error = (struct tuple){ .src = quoted_tuple.dst,
			                .dst = quoted_tuple.src,
			                .proto = IPPROTO_ICMP };
		packet_in(&b, &(struct tuple){ .src = error.src, .dst = error.dst, .proto = 47 },
		          ICMP_HEADER_BYTES + quoted);
		b.bytes[14 + IP4_AT_PROTO] = IPPROTO_ICMP;
		memset(icmp, 0, ICMP_HEADER_BYTES);
		icmp[0] = ICMP_UNREACHABLE;
		memcpy(icmp + ICMP_HEADER_BYTES, quote, quoted);
		wire_put16(icmp + ICMP_AT_CHECKSUM, checksum(icmp, ICMP_HEADER_BYTES + quoted));
		b.p.arrived = error;
		b.p.now = (struct tuple){ .src = sent.dst, .dst = sent.src, .proto = 1 };
		translate_error(&b.p, flow, dir);
		quote_holds(&b, &sent, quoted);
		flow_end(b.world->fw.flows, b.world->net, index);
	}
	flow_world_free(b.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(incremental_is_whole),
		cmocka_unit_test(nothing_changes_without_a_translation),
		cmocka_unit_test(partial_checksums_stay_partial),
		cmocka_unit_test(udp_without_checksum_stays_without),
		cmocka_unit_test(a_wrong_checksum_stays_wrong),
		cmocka_unit_test(an_echo_reply_of_zeroes_stays_right),
		cmocka_unit_test(errors_quote_what_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
