/*
 * rewrite_test.c -- what the router writes into a packet keeps every checksum exact (RFC 1624).
 *
 * A million random packets are translated, have their MSS lowered and their TTL counted down, with
 * whole and with partial checksums, without one, and with a wrong one: after all of it each sum is
 * what a full computation gives, a wrong one is as wrong as it was, and no SYN's MSS is above what
 * it was lowered to.
 */
#include "unit.h"

#include <netinet/in.h>

#include "core/ip4.h"
#include "core/offload.h"
#include "fw/mss.h"
#include "fw/translate.h"
#include "lib/text.h"
#include "sim/draft.h"
#include "sim/frame.h"
#include "sim/random.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

enum {
	PACKETS = 1000000,
	PAYLOAD_MAX = 64,
	FRAME_MAX = 256,
};

static void draw_tuple(struct sim_random *r, uint8_t proto, struct tuple *t)
{
	/* All zeroes and all ones are where one's complement has two zeroes. */
	static const uint16_t edges[] = { 0, 1, 0x7fff, 0x8000, 0xfffe, 0xffff };
	uint64_t addrs = sim_random_next(r);
	uint64_t ports = sim_random_next(r);

	*t = (struct tuple){ .src = { (uint32_t)addrs },
		             .dst = { (uint32_t)(addrs >> 32) },
		             .sport = (uint16_t)ports,
		             .dport = (uint16_t)(ports >> 16),
		             .proto = proto };
	if (sim_random_chance(r, 2000))
		t->sport = edges[sim_random_below(r, ARRAY_LEN(edges))];
	if (sim_random_chance(r, 1000))
		t->src.v = 0xffff0000 | edges[sim_random_below(r, ARRAY_LEN(edges))];
	if (proto == IPPROTO_ICMP)
		t->dport = t->sport;
}

static struct draft draw(struct sim_random *r, uint8_t *payload)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP };
	static const enum draft_sum sums[] = { DRAFT_SUM_WHOLE, DRAFT_SUM_WHOLE, DRAFT_SUM_PARTIAL,
		                               DRAFT_SUM_NONE, DRAFT_SUM_WRONG };
	uint8_t proto = protos[sim_random_below(r, ARRAY_LEN(protos))];
	uint32_t bytes = sim_random_below(r, PAYLOAD_MAX);
	uint64_t fill = sim_random_next(r);
	struct draft d = { .payload = payload, .payload_bytes = bytes };

	for (uint32_t i = 0; i < bytes; i++)
		payload[i] = (uint8_t)(fill >> (i % 8 * 8));
	draw_tuple(r, proto, &d.tuple);
	d.sum = sums[sim_random_below(r, ARRAY_LEN(sums))];
	if (d.sum == DRAFT_SUM_PARTIAL && proto == IPPROTO_ICMP)
		d.sum = DRAFT_SUM_WHOLE;
	d.ttl = (uint8_t)(2 + sim_random_below(r, 254));
	d.id = (uint16_t)sim_random_next(r);
	d.tcp_flags = sim_random_chance(r, 5000) ? TCP_SYN : TCP_ACK;
	d.seq = (uint32_t)sim_random_next(r);
	d.icmp_type = ICMP_ECHO;
	if ((d.tcp_flags & TCP_SYN) != 0)
		d.mss = (uint16_t)sim_random_next(r);
	return d;
}

static void parse(struct pkt *p, uint8_t *bytes, uint32_t len, const struct offload *offload)
{
	*p = (struct pkt){ .bytes = bytes,
		           .len = len,
		           .offload = *offload,
		           .l3 = ETH_HEADER_BYTES,
		           .flow = FLOW_NONE };
	ip4_parse_header(p);
	assert_true(ip4_parse_l4(p));
	p->now = p->arrived;
}

/* What a receiver's sum over the packet comes to: 0 when it is right. */
static uint32_t residue(const struct pkt *p)
{
	const uint8_t *ip = p->bytes + p->l3;
	uint32_t len = p->len - p->l4, sum = 0;

	if (p->arrived.proto != IPPROTO_ICMP)
		sum = sum_pseudo((ip4){ wire_get32(ip + IP4_AT_SRC) },
		                 (ip4){ wire_get32(ip + IP4_AT_DST) }, p->arrived.proto,
		                 (uint16_t)len);
	return sum_finish(sum_bytes(sum, p->bytes + p->l4, len));
}

static bool is_without(const struct pkt *p)
{
	return p->arrived.proto == IPPROTO_UDP &&
	       wire_get16(p->bytes + p->l4 + UDP_AT_CHECKSUM) == 0;
}

static bool finish(struct pkt *p)
{
	return offload_finish_checksum(p->bytes, p->len, &p->offload);
}

static void must_be_sound(const struct pkt *p)
{
	struct frame *frame = frame_new(p->bytes, p->len, &p->offload);
	const char *fault = frame_fault(frame, true);

	if (fault != NULL) {
		struct text out = { 0 };

		packet_text(p->bytes, p->len, &out);
		fail_msg("%s: %s", fault, text_str(&out));
	}
	frame_free(frame);
}

/* One packet, all that is done to it. */
static void rewrite(struct sim_random *r, const struct draft *d, struct pkt *p)
{
	struct tuple to;
	uint16_t mss = (uint16_t)(500 + sim_random_below(r, 1000));

	draw_tuple(r, d->tuple.proto, &to);
	if (sim_random_chance(r, 5000))
		p->now.src = to.src;
	if (sim_random_chance(r, 5000))
		p->now.dst = to.dst;
	p->now.sport = to.sport;
	p->now.dport = d->tuple.proto == IPPROTO_ICMP ? to.sport : to.dport;
	translate(p);
	(void)mss_lower(p, mss);
	assert_true(mss_read(p) <= mss || d->mss == 0);
	ip4_decrement_ttl(p);
	assert_int_equal(p->bytes[p->l3 + IP4_AT_TTL], d->ttl - 1);
}

static void a_million_packets_keep_exact_checksums(void **state)
{
	struct sim_random r = sim_random_make(16);
	unsigned wrong = 0, none = 0;

	(void)state;
	for (unsigned i = 0; i < PACKETS; i++) {
		uint8_t payload[PAYLOAD_MAX], bytes[FRAME_MAX];
		struct draft d = draw(&r, payload);
		struct offload offload;
		uint32_t len = draft_build(&d, bytes, sizeof bytes, &offload), before;
		struct pkt p;

		assert_true(len > 0);
		parse(&p, bytes, len, &offload);
		before = residue(&p);
		rewrite(&r, &d, &p);
		if (is_without(&p)) {
			none++; /* RFC 768: stays without, even if a wrong sum came to that */
		} else if (d.sum == DRAFT_SUM_WRONG) {
			/* As wrong as it was: a receiver must not be deceived. */
			assert_int_equal(residue(&p), before);
			wrong++;
		} else {
			assert_true(finish(&p));
			must_be_sound(&p);
		}
		assert_int_equal(checksum(p.bytes + p.l3, IP4_HEADER_BYTES), 0);
	}
	assert_in_range(wrong, PACKETS / 10, PACKETS / 4);
	assert_in_range(none, PACKETS / 30, PACKETS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_million_packets_keep_exact_checksums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
