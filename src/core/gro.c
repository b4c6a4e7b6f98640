#include "core/gro.h"

#include <netinet/in.h>
#include <string.h>

#include "core/iface.h"
#include "core/layout.h"
#include "core/net.h"
#include "core/segment.h"
#include "lib/mem.h"
#include "wire/checksum.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

/* Frames at place `at` of the interface's queue. */
struct train {
	uint64_t addrs; /* as they stand in the header */
	uint32_t ports;
	unsigned at;
	struct layout layout;
	uint32_t seq;         /* that the next segment must have */
	uint32_t piece_bytes; /* payload of each but the last */
	uint16_t pieces;
	bool sound; /* the first segment's checksums have been looked at */
};

struct gro {
	struct train trains[GRO_TRAINS]; /* the oldest first */
	unsigned n;
	bool any_joined;
	struct gro_joined joined[PORT_BATCH];
};

struct gro *gro_new(void)
{
	return mem_new(1, sizeof(struct gro));
}

void gro_free(struct gro *gro)
{
	mem_free(gro);
}

struct gro_joined gro_joined(const struct gro *gro, unsigned at)
{
	return gro->joined[at];
}

void gro_clear(struct gro *gro)
{
	must(gro->n == 0);
	if (gro->any_joined)
		memset(gro->joined, 0, sizeof gro->joined);
	gro->any_joined = false;
}

/* One frame out of many: its lengths, the pseudo-header's sum, and how to cut it. */
static void write_headers(const struct train *t, struct port_frame *frame)
{
	uint8_t *ip = frame->bytes + t->layout.l3, *tcp = frame->bytes + t->layout.l4;
	ip4 src = { wire_get32(ip + IP4_AT_SRC) }, dst = { wire_get32(ip + IP4_AT_DST) };

	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)(frame->len - t->layout.l3));
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, IP4_HEADER_BYTES));
	wire_put16(
		tcp + TCP_AT_CHECKSUM,
		sum_fold(sum_pseudo(src, dst, IPPROTO_TCP, (uint16_t)(frame->len - t->layout.l4))));
	frame->offload = (struct offload){
		.needs_checksum = true,
		.gso_type = GSO_TCP4,
		.checksum_start = t->layout.l4,
		.checksum_offset = TCP_AT_CHECKSUM,
		.gso_bytes = (uint16_t)t->piece_bytes,
		.header_bytes = t->layout.payload,
	};
}

/* Nothing more joins this train. */
static void end_train(struct gro *gro, struct iface *iface, unsigned i)
{
	struct train *t = &gro->trains[i];

	if (t->pieces > 1)
		write_headers(t, &iface->tx_frames[t->at]);
	gro->n--;
	memmove(t, t + 1, (gro->n - i) * sizeof *t);
}

void gro_finish(struct gro *gro, struct iface *iface)
{
	while (gro->n > 0)
		end_train(gro, iface, gro->n - 1);
}

/* A segment that may be in a train, as far as it alone can tell. */
static bool is_plain(const struct pkt *p, const struct layout *layout)
{
	const uint8_t *ip = p->bytes + layout->l3, *tcp = p->bytes + layout->l4;

	return p->offload.gso_type == GSO_NONE && layout->l4 - layout->l3 == IP4_HEADER_BYTES &&
	       wire_get16(ip + IP4_AT_TOTAL) == p->len - layout->l3 &&
	       (tcp[TCP_AT_FLAGS] & ~TCP_PSH) == TCP_ACK && p->len > layout->payload;
}

/*
 * Are the checksums right, and as they will be written when the train is cut? Of the two zeroes of
 * ones' complement a sender may have written the other one.
 */
static bool is_sound(const uint8_t *bytes, uint32_t len, const struct layout *layout,
                     const struct offload *offload)
{
	const uint8_t *ip = bytes + layout->l3, *tcp = bytes + layout->l4;
	uint16_t ip_field = wire_get16(ip + IP4_AT_CHECKSUM);
	uint16_t tcp_field = wire_get16(tcp + TCP_AT_CHECKSUM);
	uint32_t pseudo;

	if (ip_field == 0xffff || checksum(ip, IP4_HEADER_BYTES) != 0)
		return false;
	if (offload->needs_checksum)
		return offload->checksum_start == layout->l4 &&
		       offload->checksum_offset == TCP_AT_CHECKSUM;
	if (tcp_field == 0 || tcp_field == 0xffff)
		return false;
	if (offload->checked)
		return true;
	pseudo = sum_pseudo((ip4){ wire_get32(ip + IP4_AT_SRC) },
	                    (ip4){ wire_get32(ip + IP4_AT_DST) }, IPPROTO_TCP,
	                    (uint16_t)(len - layout->l4));
	return sum_finish(sum_bytes(pseudo, tcp, len - layout->l4)) == 0;
}

static bool same_bytes(const uint8_t *a, const uint8_t *b, size_t from, size_t to)
{
	return memcmp(a + from, b + from, to - from) == 0;
}

/* Do the headers of a further segment at @b say what those at @a do, but for place and sums? */
static bool headers_agree(const uint8_t *a, const uint8_t *b, const struct layout *layout)
{
	const uint8_t *ip_a = a + layout->l3, *ip_b = b + layout->l3;
	const uint8_t *tcp_a = a + layout->l4, *tcp_b = b + layout->l4;

	return same_bytes(a, b, 0, layout->l3) && same_bytes(ip_a, ip_b, 0, IP4_AT_TOTAL) &&
	       same_bytes(ip_a, ip_b, IP4_AT_FRAGMENT, IP4_AT_CHECKSUM) &&
	       same_bytes(tcp_a, tcp_b, TCP_AT_ACK, TCP_AT_FLAGS) &&
	       same_bytes(tcp_a, tcp_b, TCP_AT_WINDOW, TCP_AT_CHECKSUM) &&
	       same_bytes(tcp_a, tcp_b, TCP_AT_CHECKSUM + 2,
	                  (size_t)(layout->payload - layout->l4));
}

/* Is @p, of the same connection, the next segment of the train? */
static bool follows(struct train *t, const struct port_frame *first, const struct pkt *p,
                    const struct layout *layout)
{
	const uint8_t *ip = p->bytes + layout->l3;
	uint32_t bytes = p->len - layout->payload;
	uint16_t id = (uint16_t)(wire_get16(first->bytes + t->layout.l3 + IP4_AT_ID) + t->pieces);

	if (layout->l3 != t->layout.l3 || layout->payload != t->layout.payload ||
	    wire_get32(p->bytes + layout->l4 + TCP_AT_SEQ) != t->seq || bytes > t->piece_bytes ||
	    first->len - layout->l3 + bytes > UINT16_MAX || wire_get16(ip + IP4_AT_ID) != id ||
	    !headers_agree(first->bytes, p->bytes, layout))
		return false;
	if (!t->sound)
		t->sound = is_sound(first->bytes, first->len, layout, &first->offload);
	return t->sound && is_sound(p->bytes, p->len, layout, &p->offload);
}

/* Room for @bytes more behind the train's first frame, in another buffer if need be. */
static bool make_room(struct net *net, struct iface *iface, unsigned at, uint32_t bytes)
{
	struct port_frame *frame = &iface->tx_frames[at];
	struct pkt *roomy;

	if (frame->tailroom >= bytes)
		return true;
	roomy = pkt_new_train(net, frame->bytes, frame->len);
	if (roomy == NULL)
		return false;
	iface_hold(iface, iface->tx_owned[at]);
	iface->tx_owned[at] = roomy;
	frame->bytes = roomy->bytes;
	frame->headroom = roomy->headroom;
	frame->tailroom = roomy->tailroom;
	return frame->tailroom >= bytes;
}

static void append(struct gro *gro, struct iface *iface, struct train *t, const struct pkt *p)
{
	struct port_frame *frame = &iface->tx_frames[t->at];
	uint32_t bytes = p->len - t->layout.payload;

	memcpy(frame->bytes + frame->len, p->bytes + t->layout.payload, bytes);
	frame->len += bytes;
	frame->tailroom -= bytes;
	frame->bytes[t->layout.l4 + TCP_AT_FLAGS] |= p->bytes[t->layout.l4 + TCP_AT_FLAGS];
	t->seq += bytes;
	t->pieces++;
	gro->joined[t->at].packets++;
	gro->joined[t->at].header_bytes = t->layout.payload;
	gro->any_joined = true;
}

static void begin_train(struct gro *gro, struct iface *iface, const struct pkt *p,
                        const struct train *begun)
{
	uint32_t bytes = p->len - begun->layout.payload;
	struct train *t;

	if (bytes < SEGMENT_BYTES_MIN || bytes > UINT16_MAX)
		return;
	if (gro->n == GRO_TRAINS)
		end_train(gro, iface, 0);
	t = &gro->trains[gro->n++];
	*t = *begun;
	t->at = iface->tx_n;
	t->seq = wire_get32(p->bytes + t->layout.l4 + TCP_AT_SEQ) + bytes;
	t->piece_bytes = bytes;
	t->pieces = 1;
}

static unsigned find_train(const struct gro *gro, const struct train *like)
{
	unsigned i = 0;

	while (i < gro->n &&
	       (gro->trains[i].addrs != like->addrs || gro->trains[i].ports != like->ports))
		i++;
	return i;
}

/* Who talks to whom in @p, TCP, in the shape of a train's beginning. */
static struct train train_of(const struct pkt *p, const struct layout *layout)
{
	struct train t = { .layout = *layout };

	memcpy(&t.addrs, p->bytes + layout->l3 + IP4_AT_SRC, sizeof t.addrs);
	memcpy(&t.ports, p->bytes + layout->l4 + TCP_AT_SPORT, sizeof t.ports);
	return t;
}

bool gro_join(struct gro *gro, struct net *net, struct iface *iface, const struct pkt *p)
{
	struct layout layout;
	struct train like;
	bool more, plain, joins;
	unsigned i;

	if (!layout_read(p->bytes, p->len, &layout)) {
		gro_finish(gro, iface); /* it might be a fragment of what is on its way */
		return false;
	}
	if (layout.proto != IPPROTO_TCP)
		return false;
	like = train_of(p, &layout);
	plain = is_plain(p, &layout);
	more = (p->bytes[layout.l4 + TCP_AT_FLAGS] & TCP_PSH) == 0;
	i = find_train(gro, &like);
	joins = i < gro->n && plain &&
	        follows(&gro->trains[i], &iface->tx_frames[gro->trains[i].at], p, &layout) &&
	        make_room(net, iface, gro->trains[i].at, p->len - layout.payload);
	if (joins) {
		more = more && p->len - layout.payload == gro->trains[i].piece_bytes;
		append(gro, iface, &gro->trains[i], p);
	}
	if (i < gro->n && (!joins || !more))
		end_train(gro, iface, i);
	if (!joins && plain && more)
		begin_train(gro, iface, p, &like);
	return joins;
}
