#include "core/ip4_frag.h"

#include "core/explain.h"
#include "core/ip4.h"
#include "core/neigh.h"
#include "core/net.h"
#include "core/offload.h"
#include "wire/checksum.h"
#include "wire/ip4_header.h"

enum {
	OPTION_COPIED = 0x80, /* RFC 791, 3.1 */
	OPTION_END = 0,
};

/* One header for the first piece, another one for those after it. */
struct headers {
	uint8_t first[IP4_HEADER_BYTES_MAX], other[IP4_HEADER_BYTES_MAX];
	uint32_t first_bytes, other_bytes;
};

static void headers_make(const struct pkt *p, struct headers *h)
{
	const uint8_t *ip = p->bytes + p->l3;
	uint32_t bytes = p->l4 - p->l3;
	struct reader r = reader_over(ip + IP4_HEADER_BYTES, bytes - IP4_HEADER_BYTES);
	struct writer w = writer_over(h->other, sizeof h->other);
	struct ip4_option option;
	bool bad;

	h->first_bytes = bytes;
	memcpy(h->first, ip, bytes);
	write_bytes(&w, ip, IP4_HEADER_BYTES);
	while (ip4_option_next(&r, &option, &bad)) {
		if (option.type & OPTION_COPIED)
			write_bytes(&w, option.bytes, option.len);
	}
	while ((w.at - h->other) % 4 != 0)
		write_u8(&w, OPTION_END);
	must(!w.failed); /* no longer than what it was copied from, padded the same way */
	h->other_bytes = (uint32_t)(w.at - h->other);
	h->other[0] = (uint8_t)(0x40 | h->other_bytes / 4);
}

/* The piece that begins @at bytes into the datagram's data: its header, then @bytes of it. */
static struct pkt *piece_make(struct net *net, const struct pkt *p, const struct headers *h,
                              uint32_t at, uint32_t bytes)
{
	bool is_first = at == 0;
	uint32_t header_bytes = is_first ? h->first_bytes : h->other_bytes;
	uint32_t data_bytes = p->len - p->l4;
	struct pkt *piece = pkt_new(net, header_bytes + bytes);
	uint16_t fragment = (uint16_t)(p->fragment + at / 8);

	if (piece == NULL)
		return NULL;
	if (at + bytes < data_bytes)
		fragment |= IP4_MORE_FRAGMENTS;
	memcpy(piece->bytes, is_first ? h->first : h->other, header_bytes);
	memcpy(piece->bytes + header_bytes, p->bytes + p->l4 + at, bytes);
	wire_put16(piece->bytes + IP4_AT_TOTAL, (uint16_t)(header_bytes + bytes));
	wire_put16(piece->bytes + IP4_AT_FRAGMENT, fragment);
	wire_put16(piece->bytes + IP4_AT_CHECKSUM, 0);
	wire_put16(piece->bytes + IP4_AT_CHECKSUM, checksum(piece->bytes, header_bytes));
	piece->in = p->in;
	piece->ether_group = p->ether_group;
	piece->why = p->why;
	ip4_parse_header(piece);
	piece->payload_at = piece->l4;
	/* Whom to tell if it can't be delivered, and how it came: the whole packet's. */
	piece->arrived = p->arrived;
	piece->now = p->now;
	piece->icmp_type = p->icmp_type;
	piece->route = p->route;
	return piece;
}

uint32_t ip4_fragment(struct net *net, struct pkt *p)
{
	uint32_t mtu = p->route.mtu_bytes, data_bytes = p->len - p->l4;
	uint32_t place = NEIGH_NONE, at = 0;
	struct headers h;

	must(p->l4 >= p->l3 + IP4_HEADER_BYTES && !p->dont_fragment);
	if (!offload_finish_checksum(p->bytes, p->len, &p->offload)) {
		(void)pkt_drop(net, p, DROP_L4_SHORT);
		return NEIGH_NONE;
	}
	headers_make(p, &h);
	if (mtu < h.first_bytes + 8) { /* RFC 791, 3.2: every link carries 68 bytes */
		(void)pkt_drop(net, p, DROP_TOO_BIG);
		return NEIGH_NONE;
	}
	explain(p->why, "fragment", "cut into pieces of at most %u bytes", mtu);
	while (at < data_bytes) {
		uint32_t room = (mtu - (at == 0 ? h.first_bytes : h.other_bytes)) & ~7U;
		uint32_t left = data_bytes - at;
		struct pkt *piece = piece_make(net, p, &h, at, left < room ? left : room);

		if (piece == NULL) {
			(void)pkt_drop(net, p, DROP_POOL_EMPTY);
			return place;
		}
		place = ip4_send(net, piece);
		at += left < room ? left : room;
	}
	net->ledger.absorbed++;
	pkt_done(net, p);
	return place;
}
