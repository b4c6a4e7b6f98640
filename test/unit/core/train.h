/*
 * train.h -- TCP segments and datagrams in a row, drawn at random; and a plain way to cut them.
 *
 * What is common to the frames of a train (addresses, ports, options, tags) is in struct train; the
 * frames differ by place in the stream. The stream's bytes are a function of their place.
 */
#ifndef TEST_CORE_TRAIN_H
#define TEST_CORE_TRAIN_H

#include "core/fixture.h"
#include "seeded.h"

struct train {
	uint8_t tags;       /* VLAN tags, 0 to 2 */
	uint8_t ip_options; /* bytes */
	uint8_t l4_options; /* bytes, of TCP */
	uint8_t proto, tos, ttl, flags;
	bool dont_fragment, unsummed;
	uint16_t id, sport, dport, window;
	uint32_t seq, ack;
	ip4 src, dst;
};

static inline uint32_t draw_below(struct seeded *s, uint32_t n)
{
	return (uint32_t)(seeded_next(s) % n);
}

static inline struct train train_draw(struct seeded *s)
{
	uint64_t bits = seeded_next(s);
	bool tcp = draw_below(s, 3) != 0;

	return (struct train){
		.tags = (uint8_t)(bits % 4 == 3 ? 0 : bits % 4),
		.ip_options = (uint8_t)(draw_below(s, 4) == 0 ? draw_below(s, 11) * 4 : 0),
		.l4_options = (uint8_t)(tcp ? draw_below(s, 11) * 4 : 0),
		.proto = tcp ? IPPROTO_TCP : IPPROTO_UDP,
		.tos = (uint8_t)(bits >> 8),
		.ttl = (uint8_t)(bits >> 16),
		.flags = (uint8_t)(bits >> 24),
		.dont_fragment = bits >> 32 & 1,
		.unsummed = !tcp && (bits >> 33 & 3) == 0,
		.id = (uint16_t)(bits >> 40),
		.sport = (uint16_t)seeded_next(s),
		.dport = (uint16_t)seeded_next(s),
		.window = (uint16_t)seeded_next(s),
		.seq = (uint32_t)seeded_next(s),
		.ack = (uint32_t)seeded_next(s),
		.src = { (uint32_t)seeded_next(s) },
		.dst = { (uint32_t)seeded_next(s) },
	};
}

static inline uint32_t train_l3(const struct train *t)
{
	return ETH_HEADER_BYTES + t->tags * 4U;
}

static inline uint32_t train_l4(const struct train *t)
{
	return train_l3(t) + IP4_HEADER_BYTES + t->ip_options;
}

static inline uint32_t train_payload(const struct train *t)
{
	return train_l4(t) + (t->proto == IPPROTO_TCP ? TCP_HEADER_BYTES : UDP_HEADER_BYTES) +
	       t->l4_options;
}

static inline uint8_t stream_byte(uint32_t at)
{
	return (uint8_t)(at * 7 + (at >> 8) + (at >> 16));
}

static inline void write_filler(struct writer *w, uint32_t n, uint8_t salt)
{
	for (uint32_t i = 0; i < n; i++)
		write_u8(w, (uint8_t)(salt + i * 5));
}

/* Word by word, as RFC 1071 tells it: nothing that checksum.c does. */
static inline uint16_t naive_sum(const uint8_t *bytes, uint32_t len, uint32_t sum)
{
	for (uint32_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static inline uint32_t naive_pseudo(const struct train *t, uint32_t l4_bytes)
{
	return (t->src.v >> 16) + (t->src.v & 0xffff) + (t->dst.v >> 16) + (t->dst.v & 0xffff) +
	       t->proto + l4_bytes;
}

/* The checksum of TCP or UDP: whole, or the pseudo-header's sum when @partial. */
static inline void train_sum(const struct train *t, uint8_t *bytes, uint32_t len, bool partial)
{
	uint32_t l4 = train_l4(t);
	uint8_t *field = bytes + l4 + (t->proto == IPPROTO_TCP ? TCP_AT_CHECKSUM : UDP_AT_CHECKSUM);
	uint16_t sum;

	wire_put16(field, 0);
	if (t->unsummed)
		return;
	if (partial) {
		wire_put16(field, naive_sum(NULL, 0, naive_pseudo(t, len - l4)));
		return;
	}
	sum = (uint16_t)~naive_sum(bytes + l4, len - l4, naive_pseudo(t, len - l4));
	wire_put16(field, sum == 0 ? 0xffff : sum);
}

/* The frame that has @n bytes of the stream from @at, the @number'th of its train, with @flags. */
static inline uint32_t train_frame(const struct train *t, uint32_t at, uint32_t n, uint16_t number,
                                   uint8_t flags, uint8_t *bytes)
{
	struct writer w = writer_over(bytes, PORT_FRAME_BYTES_MAX);
	uint32_t l3 = train_l3(t), l4 = train_l4(t), total = train_payload(t) + n - l3;

	write_filler(&w, 12, 2);
	for (unsigned i = 0; i < t->tags; i++) {
		write_u16(&w, i == 0 && t->tags == 2 ? ETH_TYPE_SVLAN : ETH_TYPE_VLAN);
		write_u16(&w, (uint16_t)(100 + i));
	}
	write_u16(&w, ETH_TYPE_IP4);
	write_u8(&w, (uint8_t)(0x40 | (l4 - l3) / 4));
	write_u8(&w, t->tos);
	write_u16(&w, (uint16_t)total);
	write_u16(&w, (uint16_t)(t->id + number));
	write_u16(&w, t->dont_fragment ? IP4_DONT_FRAGMENT : 0);
	write_u8(&w, t->ttl);
	write_u8(&w, t->proto);
	write_u16(&w, 0);
	write_ip4(&w, t->src);
	write_ip4(&w, t->dst);
	write_filler(&w, t->ip_options, 0x11);
	wire_put16(bytes + l3 + IP4_AT_CHECKSUM, (uint16_t)~naive_sum(bytes + l3, l4 - l3, 0));
	write_u16(&w, t->sport);
	write_u16(&w, t->dport);
	if (t->proto == IPPROTO_TCP) {
		write_u32(&w, t->seq + at);
		write_u32(&w, t->ack);
		write_u8(&w, (uint8_t)((TCP_HEADER_BYTES + t->l4_options) / 4 << 4));
		write_u8(&w, flags);
		write_u16(&w, t->window);
		write_u32(&w, 0);
		write_filler(&w, t->l4_options, 0x77);
	} else {
		write_u16(&w, (uint16_t)(UDP_HEADER_BYTES + n));
		write_u16(&w, 0);
	}
	for (uint32_t i = 0; i < n; i++)
		write_u8(&w, stream_byte(at + i));
	assert_false(w.failed);
	return l3 + total;
}

/* What is to be cut into pieces of @piece_bytes: all @n bytes of the stream in one frame. */
static inline uint32_t train_whole(const struct train *t, uint32_t n, uint16_t piece_bytes,
                                   uint8_t *bytes, struct offload *ret_offload)
{
	uint32_t len = train_frame(t, 0, n, 0, t->flags, bytes);

	train_sum(t, bytes, len, true);
	*ret_offload = (struct offload){
		.needs_checksum = !t->unsummed,
		.gso_type = t->proto == IPPROTO_TCP ? GSO_TCP4 : GSO_UDP4,
		.gso_bytes = piece_bytes,
		.header_bytes = (uint16_t)train_payload(t),
	};
	if (!t->unsummed) {
		ret_offload->checksum_start = (uint16_t)train_l4(t);
		ret_offload->checksum_offset =
			t->proto == IPPROTO_TCP ? TCP_AT_CHECKSUM : UDP_AT_CHECKSUM;
	}
	return len;
}

#endif
