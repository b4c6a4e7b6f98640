#include "core/ip4_reass.h"

#include <string.h>

#include "core/addr.h"
#include "core/explain.h"
#include "core/icmp.h"
#include "core/ip4.h"
#include "core/ip4_datagrams.h"
#include "core/ip4_options.h"
#include "core/net.h"
#include "lib/mem.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

enum {
	ECN_MASK = 3,
	ECN_CONGESTED = 3,
	HELD_BYTES_MAX = 4 << 20, /* of buffers */
};

struct ip4_reass {
	struct ip4_datagrams *datagrams;
	unsigned pieces; /* of all datagrams */
	uint32_t held_bytes;
};

struct ip4_reass *ip4_reass_new(uint32_t max, const struct hash_key *key)
{
	struct ip4_reass *reass = mem_new(1, sizeof *reass);

	reass->datagrams = ip4_datagrams_new(max, key);
	return reass;
}

/* What a fragment that waits costs. */
static uint32_t held_by(const struct pkt *p)
{
	return p->headroom + p->len + p->tailroom;
}

static void piece_forgotten(struct ip4_reass *reass, const struct pkt *p)
{
	reass->pieces--;
	reass->held_bytes -= held_by(p);
}

static void pieces_forget(struct net *net, struct ip4_datagram *d)
{
	for (unsigned i = 0; i < d->n; i++) {
		piece_forgotten(net->reass, d->pieces[i].pkt);
		pkt_done(net, d->pieces[i].pkt);
	}
	d->n = 0;
}

static void pieces_drop(struct net *net, struct ip4_datagram *d, enum drop_reason reason)
{
	for (unsigned i = 0; i < d->n; i++) {
		piece_forgotten(net->reass, d->pieces[i].pkt);
		(void)pkt_drop(net, d->pieces[i].pkt, reason);
	}
	d->n = 0;
}

static void datagram_drop(struct net *net, struct ip4_datagram *d, enum drop_reason reason)
{
	pieces_drop(net, d, reason);
	ip4_datagrams_remove(net->reass->datagrams, d);
}

void ip4_reass_free(struct net *net, struct ip4_reass *reass)
{
	struct ip4_datagram *d;

	if (reass == NULL)
		return;
	while ((d = ip4_datagrams_oldest(reass->datagrams)) != NULL) {
		pieces_forget(net, d);
		ip4_datagrams_remove(reass->datagrams, d);
	}
	must(reass->pieces == 0 && reass->held_bytes == 0);
	ip4_datagrams_free(reass->datagrams);
	mem_free(reass);
}

/* RFC 1122, 3.3.2: the sender is told where this is the end host, and the first fragment is here.
 */
static void expire(struct net *net, struct ip4_datagram *d)
{
	if (d->n > 0 && d->pieces[0].at == 0 && addr_find(net, d->dst) != NULL)
		icmp_error(net, d->pieces[0].pkt, ICMP_TIME_EXCEEDED, ICMP_REASSEMBLY_TIME, 0);
	datagram_drop(net, d, DROP_FRAGMENT_TIMEOUT);
}

mono ip4_reass_turn(struct net *net)
{
	struct ip4_datagram *d;

	while ((d = ip4_datagrams_oldest(net->reass->datagrams)) != NULL &&
	       mono_due(d->due, net->now))
		expire(net, d);
	return ip4_reass_due(net);
}

mono ip4_reass_due(const struct net *net)
{
	const struct ip4_datagram *d = ip4_datagrams_oldest(net->reass->datagrams);

	return d != NULL ? d->due : mono_never();
}

unsigned ip4_reass_waiting(const struct net *net)
{
	return net->reass->pieces;
}

static struct ip4_datagram *datagram_new(struct net *net, const struct pkt *p)
{
	struct ip4_datagrams *all = net->reass->datagrams;
	mono due = mono_add_ms(net->now, IP4_REASS_MS);
	struct ip4_datagram *d = ip4_datagrams_add(all, p, due);

	if (d != NULL)
		return d;
	datagram_drop(net, ip4_datagrams_victim(all, NULL), DROP_FRAGMENT);
	d = ip4_datagrams_add(all, p, due);
	must(d != NULL);
	return d;
}

/* One more may take a large buffer when there are no small ones. */
static bool is_room(const struct net *net)
{
	return net->reass->pieces < pkt_pool_total(net->pool) / 4 &&
	       net->reass->held_bytes + PORT_HEADROOM_BYTES + PORT_FRAME_BYTES_MAX <=
	               HELD_BYTES_MAX;
}

/* Fragments together get a quarter of the packet buffers, and 4 MiB; others than @d make room. */
static bool make_room(struct net *net, const struct ip4_datagram *d)
{
	while (!is_room(net)) {
		struct ip4_datagram *victim = ip4_datagrams_victim(net->reass->datagrams, d);

		if (victim == NULL)
			return false;
		datagram_drop(net, victim, DROP_FRAGMENT);
	}
	return true;
}

enum fit {
	FIT_FREE,    /* its place is free */
	FIT_AGAIN,   /* the same fragment again: networks do that */
	FIT_OVERLAP, /* contradicts what is here: RFC 5722 */
};

static struct ip4_piece piece_of(struct pkt *p)
{
	return (struct ip4_piece){ p, (p->fragment & IP4_OFFSET_MASK) * 8U, p->len - p->l4 };
}

static bool is_same(const struct ip4_piece *a, const struct ip4_piece *b)
{
	return a->at == b->at && a->bytes == b->bytes &&
	       memcmp(a->pkt->bytes + a->pkt->l4, b->pkt->bytes + b->pkt->l4, a->bytes) == 0;
}

/* Where among the pieces of @d is @new to stand? */
static enum fit find_place(const struct ip4_datagram *d, const struct ip4_piece *new,
                           unsigned *ret_place)
{
	bool is_last = (new->pkt->fragment &IP4_MORE_FRAGMENTS) == 0;
	uint32_t end = new->at + new->bytes;
	unsigned place = 0;

	while (place < d->n && d->pieces[place].at < new->at)
		place++;
	if (place < d->n && is_same(&d->pieces[place], new))
		return FIT_AGAIN;
	if (place > 0 && d->pieces[place - 1].at + d->pieces[place - 1].bytes > new->at)
		return FIT_OVERLAP;
	if (place < d->n && (end > d->pieces[place].at || is_last))
		return FIT_OVERLAP;
	if (d->end_bytes != 0 && (end > d->end_bytes || is_last))
		return FIT_OVERLAP;
	*ret_place = place;
	return FIT_FREE;
}

/* RFC 791, 3.1: pieces but the last are multiples of 8 bytes; nothing reaches beyond 64 KiB. */
static bool is_possible(const struct ip4_piece *piece)
{
	bool more = (piece->pkt->fragment & IP4_MORE_FRAGMENTS) != 0;

	if (piece->bytes == 0 || (more && piece->bytes % 8 != 0))
		return false;
	return piece->at + piece->bytes + IP4_HEADER_BYTES <= UINT16_MAX;
}

static void piece_insert(struct net *net, struct ip4_datagram *d, const struct ip4_piece *piece,
                         unsigned place)
{
	memmove(&d->pieces[place + 1], &d->pieces[place], (d->n - place) * sizeof d->pieces[0]);
	d->pieces[place] = *piece;
	d->n++;
	d->have_bytes += piece->bytes;
	net->reass->pieces++;
	net->reass->held_bytes += held_by(piece->pkt);
	if ((piece->pkt->fragment & IP4_MORE_FRAGMENTS) == 0)
		d->end_bytes = piece->at + piece->bytes;
}

/* Congestion that one fragment met was met by the datagram (RFC 3168, 5.3). */
static uint8_t tos_of(const struct ip4_datagram *d)
{
	uint8_t tos = d->pieces[0].pkt->tos;

	for (unsigned i = 0; i < d->n; i++) {
		if ((d->pieces[i].pkt->tos & ECN_MASK) == ECN_CONGESTED)
			tos |= ECN_CONGESTED;
	}
	return tos;
}

/* The header is the first fragment's. DF goes: what came in pieces may leave in pieces. */
static void header_write(struct pkt *whole, const struct ip4_datagram *d)
{
	const struct pkt *first = d->pieces[0].pkt;
	uint32_t header_bytes = first->l4 - first->l3;
	uint8_t *ip = whole->bytes;

	memcpy(ip, first->bytes + first->l3, header_bytes);
	ip[1] = tos_of(d);
	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)whole->len);
	wire_put16(ip + IP4_AT_FRAGMENT, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, header_bytes));
}

static struct pkt *assemble(struct net *net, const struct ip4_datagram *d)
{
	const struct pkt *first = d->pieces[0].pkt;
	uint32_t header_bytes = first->l4 - first->l3;
	struct pkt *whole = pkt_new(net, header_bytes + d->end_bytes);

	if (whole == NULL)
		return NULL;
	must(whole->len <= UINT16_MAX);
	header_write(whole, d);
	for (unsigned i = 0; i < d->n; i++)
		memcpy(whole->bytes + header_bytes + d->pieces[i].at,
		       d->pieces[i].pkt->bytes + d->pieces[i].pkt->l4, d->pieces[i].bytes);
	whole->in = first->in;
	whole->ether_type = first->ether_type;
	whole->ether_src = first->ether_src;
	whole->ether_group = first->ether_group;
	ip4_parse_header(whole);
	if (whole->has_options)
		ip4_options_read(whole);
	return whole;
}

/* All of @d is here: make it one packet. */
static struct pkt *finish(struct net *net, struct ip4_datagram *d, struct explain *why)
{
	const struct pkt *first = d->pieces[0].pkt;
	struct pkt *whole;

	if (first->l4 - first->l3 + d->end_bytes > UINT16_MAX) { /* with its options, too long */
		datagram_drop(net, d, DROP_FRAGMENT);
		return NULL;
	}
	whole = assemble(net, d);
	if (whole == NULL) {
		datagram_drop(net, d, DROP_POOL_EMPTY);
		return NULL;
	}
	explain(why, "fragment", "put together from %u fragments", d->n);
	net->ledger.absorbed += d->n;
	pieces_forget(net, d);
	ip4_datagrams_remove(net->reass->datagrams, d);
	whole->why = why;
	if (!ip4_parse_l4(whole)) {
		(void)pkt_drop(net, whole, DROP_L4_SHORT);
		return NULL;
	}
	whole->now = whole->arrived;
	return whole;
}

/* Keep @p, an owned packet or a copy of a borrowed one. */
static struct pkt *keep(struct net *net, struct pkt *p)
{
	struct pkt *owned = p->buffer != NULL ? p : pkt_copy(net, p);

	if (owned != NULL)
		owned->why = NULL; /* the record is the caller's */
	return owned;
}

static struct pkt *add(struct net *net, struct ip4_datagram *d, struct pkt *p, unsigned place)
{
	struct explain *why = p->why;
	struct ip4_piece piece;
	struct pkt *owned;

	if (d->n == IP4_PIECES_MAX || !make_room(net, d)) {
		(void)pkt_drop(net, p, DROP_FRAGMENT);
		return NULL;
	}
	owned = keep(net, p);
	if (owned == NULL) {
		(void)pkt_drop(net, p, DROP_POOL_EMPTY);
		return NULL;
	}
	piece = piece_of(owned);
	piece_insert(net, d, &piece, place);
	if (d->end_bytes != 0 && d->have_bytes == d->end_bytes)
		return finish(net, d, why);
	explain(why, "fragment", "waits for the other fragments of its datagram");
	return NULL;
}

struct pkt *ip4_reassemble(struct net *net, struct pkt *p)
{
	struct ip4_piece piece = piece_of(p);
	struct ip4_datagram *d;
	unsigned place = 0;
	enum fit fit;

	must(p->fragment != 0);
	(void)ip4_reass_turn(net);
	if (p->asked_only || !is_possible(&piece)) {
		(void)pkt_drop(net, p, DROP_FRAGMENT);
		return NULL;
	}
	d = ip4_datagrams_find(net->reass->datagrams, p);
	if (d == NULL)
		d = datagram_new(net, p);
	fit = d->spoilt ? FIT_OVERLAP : find_place(d, &piece, &place);
	if (fit == FIT_FREE)
		return add(net, d, p, place);
	if (fit == FIT_OVERLAP) {
		d->spoilt = true;
		pieces_drop(net, d, DROP_FRAGMENT);
	}
	(void)pkt_drop(net, p, DROP_FRAGMENT);
	return NULL;
}
