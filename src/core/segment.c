#include "core/segment.h"

#include <netinet/in.h>

#include "core/net.h"
#include "core/offload.h"
#include "wire/checksum.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

static uint8_t proto_of(uint8_t gso_type)
{
	switch (gso_type) {
	case GSO_TCP4:
		return IPPROTO_TCP;
	case GSO_UDP4:
		return IPPROTO_UDP;
	default:
		return 0;
	}
}

bool segment_begin(struct segment_cut *cut, const struct pkt *whole)
{
	struct segment_cut c = { .whole = whole, .piece_bytes = whole->offload.gso_bytes };
	const uint8_t *bytes = whole->bytes;
	uint32_t total;

	if (!layout_read(bytes, whole->len, &c.layout) ||
	    c.layout.proto != proto_of(whole->offload.gso_type) ||
	    c.piece_bytes < SEGMENT_BYTES_MIN)
		return false;
	/* More than 64 KiB has no place in the header: then it says 0 (Linux, "BIG TCP"). */
	total = wire_get16(bytes + c.layout.l3 + IP4_AT_TOTAL);
	if (total == 0)
		total = whole->len - c.layout.l3;
	if (c.layout.l3 + total <= c.layout.payload || c.layout.l3 + total > whole->len)
		return false;
	c.payload_bytes = c.layout.l3 + total - c.layout.payload;
	c.unsummed = c.layout.proto == IPPROTO_UDP && !whole->offload.needs_checksum &&
	             wire_get16(bytes + c.layout.l4 + UDP_AT_CHECKSUM) == 0;
	*cut = c;
	return true;
}

uint32_t segment_frame_bytes(const struct segment_cut *cut)
{
	return cut->layout.payload +
	       (cut->payload_bytes < cut->piece_bytes ? cut->payload_bytes : cut->piece_bytes);
}

/* Each datagram has an identification of its own (RFC 6864, 4.3): they count up. */
static void write_ip(const struct segment_cut *cut, uint8_t *ip, uint32_t ip_bytes)
{
	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)ip_bytes);
	wire_put16(ip + IP4_AT_ID, (uint16_t)(wire_get16(ip + IP4_AT_ID) + cut->pieces));
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, (size_t)(cut->layout.l4 - cut->layout.l3)));
}

/* CWR answers one ECE and is said once (RFC 3168, 6.1.2); PSH and FIN belong to the last byte
 * (RFC 9293, 3.8 and 3.4). */
static void write_tcp(const struct segment_cut *cut, uint8_t *tcp, uint32_t bytes)
{
	bool last = cut->at + bytes == cut->payload_bytes;

	wire_put32(tcp + TCP_AT_SEQ, wire_get32(tcp + TCP_AT_SEQ) + cut->at);
	if (cut->at > 0)
		tcp[TCP_AT_FLAGS] &= (uint8_t)~TCP_CWR;
	if (!last)
		tcp[TCP_AT_FLAGS] &= (uint8_t) ~(TCP_PSH | TCP_FIN);
}

/* The pseudo-header's sum in the field, and the rest now or by who sends the piece. */
static void write_checksum(const struct segment_cut *cut, struct pkt *piece, bool finish)
{
	const uint8_t *ip = piece->bytes + cut->layout.l3;
	uint32_t at = cut->layout.proto == IPPROTO_TCP ? TCP_AT_CHECKSUM : UDP_AT_CHECKSUM;
	ip4 src = { wire_get32(ip + IP4_AT_SRC) }, dst = { wire_get32(ip + IP4_AT_DST) };

	if (cut->unsummed)
		return;
	wire_put16(piece->bytes + cut->layout.l4 + at,
	           sum_fold(sum_pseudo(src, dst, cut->layout.proto,
	                               (uint16_t)(piece->len - cut->layout.l4))));
	piece->offload.needs_checksum = true;
	piece->offload.checksum_start = cut->layout.l4;
	piece->offload.checksum_offset = (uint16_t)at;
	if (finish) {
		bool inside = offload_finish_checksum(piece->bytes, piece->len, &piece->offload);

		must(inside); /* the transport header is there whole */
	}
}

struct pkt *segment_next(struct segment_cut *cut, struct net *net, bool finish)
{
	const struct layout *layout = &cut->layout;
	uint32_t left = cut->payload_bytes - cut->at;
	uint32_t bytes = left < cut->piece_bytes ? left : cut->piece_bytes;
	struct pkt *piece = pkt_new_to_fill(net, layout->payload + bytes);

	must(left > 0);
	if (piece == NULL)
		return NULL;
	memcpy(piece->bytes, cut->whole->bytes, layout->payload);
	memcpy(piece->bytes + layout->payload, cut->whole->bytes + layout->payload + cut->at,
	       bytes);
	write_ip(cut, piece->bytes + layout->l3, piece->len - layout->l3);
	if (layout->proto == IPPROTO_TCP)
		write_tcp(cut, piece->bytes + layout->l4, bytes);
	else
		wire_put16(piece->bytes + layout->l4 + UDP_AT_LENGTH,
		           (uint16_t)(piece->len - layout->l4));
	write_checksum(cut, piece, finish);
	cut->at += bytes;
	cut->pieces++;
	return piece;
}
