#include "core/train.h"

#include "core/gro.h"
#include "core/offload.h"
#include "core/segment.h"

enum {
	FLOWS = 5,
	FRAMES = 200, /* at most PORT_BATCH leave in one call, and FIXTURE_FRAMES are kept */
};

/* Frames that were sent on, or came out: copies. */
struct pile {
	unsigned n;
	struct {
		uint32_t len;
		struct offload offload;
		uint8_t bytes[2048];
	} at[FRAMES];
};

static struct pile in_pile, out_pile;

static void pile_put(struct pile *pile, const uint8_t *bytes, uint32_t len, struct offload offload)
{
	assert_true(pile->n < FRAMES && len <= sizeof pile->at[0].bytes);
	pile->at[pile->n].len = len;
	memcpy(pile->at[pile->n].bytes, bytes, len);
	assert_true(offload_finish_checksum(pile->at[pile->n].bytes, len, &offload));
	pile->n++;
}

static uint8_t ring[FRAMES][PORT_HEADROOM_BYTES + PORT_FRAME_BYTES_MAX];
static unsigned ring_at;

/* A borrowed packet as a port's ring has it, with or without room behind it. */
static struct pkt in_ring(uint32_t len, bool roomy)
{
	struct pkt p = { .bytes = ring[ring_at] + PORT_HEADROOM_BYTES,
		         .len = len,
		         .headroom = PORT_HEADROOM_BYTES,
		         .tailroom = roomy ? PORT_FRAME_BYTES_MAX - len : 0,
		         .flow = FLOW_NONE };

	ring_at = (ring_at + 1) % FRAMES;
	return p;
}

static struct fixture *one_port(struct iface **ret_iface)
{
	struct fixture *f = fixture_new(1);

	f->ports[1].port.can = (struct port_abilities){ .checksum = true, .gso = true };
	*ret_iface = iface_get(f->net, 1);
	return f;
}

/* Segments of one connection, of a sender that has cut them itself. */
static void send_stream(struct fixture *f, const struct train *t, uint32_t from, unsigned n,
                        uint32_t bytes, bool roomy)
{
	struct iface *iface = iface_get(f->net, 1);

	for (unsigned i = 0; i < n; i++) {
		struct pkt p = in_ring(0, roomy);

		p.len = train_frame(t, from + i * bytes, bytes, (uint16_t)(from / bytes + i),
		                    TCP_ACK, p.bytes);
		p.tailroom = roomy ? PORT_FRAME_BYTES_MAX - p.len : 0;
		train_sum(t, p.bytes, p.len, false);
		iface->transmit(f->net, iface, &p);
	}
}

static struct train plain_train(uint16_t sport)
{
	return (struct train){ .l4_options = 12,
		               .proto = IPPROTO_TCP,
		               .ttl = 63,
		               .dont_fragment = true,
		               .id = 65530,
		               .sport = sport,
		               .dport = 80,
		               .window = 500,
		               .seq = UINT32_MAX - 3000,
		               .ack = 9,
		               .src = { 0xc0a85807 },
		               .dst = { 0xcb007109 } };
}

static void segments_in_a_row_become_one(void **state)
{
	struct iface *iface;
	struct fixture *f = one_port(&iface);
	struct train a = plain_train(1000), b = plain_train(1001);
	static uint8_t expected[PORT_FRAME_BYTES_MAX];
	struct offload offload;

	for (unsigned roomy = 0; roomy < 2; roomy++) {
		for (unsigned i = 0; i < 10; i++) {
			send_stream(f, &a, i * 1448, 1, 1448, roomy != 0);
			send_stream(f, &b, i * 1448, 1, 1448, roomy != 0);
		}
		assert_int_equal(fixture_sent_n(f, 1), 2);
		for (unsigned i = 0; i < 2; i++) {
			struct train t = i == 0 ? a : b;
			const struct port_frame *sent = fixture_sent(f, 1, i);
			uint32_t len;

			t.flags = TCP_ACK;
			len = train_whole(&t, 14480, 1448, expected, &offload);
			assert_int_equal(sent->len, len);
			assert_memory_equal(sent->bytes, expected, len);
			assert_int_equal(sent->offload.gso_type, GSO_TCP4);
			assert_int_equal(sent->offload.gso_bytes, 1448);
			assert_int_equal(sent->offload.header_bytes, 66);
			assert_int_equal(sent->offload.checksum_start, 34);
			assert_int_equal(sent->offload.checksum_offset, 16);
			assert_true(sent->offload.needs_checksum);
		}
		assert_int_equal(iface->counters.tx_packets, 20 * (roomy + 1));
		assert_int_equal(iface->counters.tx_bytes, 20 * 1514 * (roomy + 1));
		fixture_clear(f);
	}
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void a_train_ends_at_64_kib(void **state)
{
	struct iface *iface;
	struct fixture *f = one_port(&iface);
	struct train t = plain_train(1000);

	send_stream(f, &t, 0, 50, 1448, true);
	assert_int_equal(fixture_sent_n(f, 1), 2);
	assert_int_equal(fixture_sent(f, 1, 0)->len, 66 + 45 * 1448);
	assert_int_equal(fixture_sent(f, 1, 1)->len, 66 + 5 * 1448);
	fixture_free(f);
}

static void what_the_port_refuses_is_counted_by_packet(void **state)
{
	struct iface *iface;
	struct fixture *f = one_port(&iface);
	struct train t = plain_train(1000);

	f->ports[1].room = 0;
	send_stream(f, &t, 0, 7, 1448, true);
	assert_int_equal(fixture_sent_n(f, 1), 0);
	assert_int_equal(iface->counters.tx_drops, 7);
	assert_int_equal(f->net->drops[DROP_TX_FULL], 7);
	fixture_free(f);
}

/* One of the router's buffers, as what has waited for a neighbour comes. */
static void send_owned(struct fixture *f, struct iface *iface, const struct train *t, unsigned i)
{
	static uint8_t bytes[PORT_FRAME_BYTES_MAX];
	uint32_t len = train_frame(t, i * 10, 10, (uint16_t)i, TCP_ACK, bytes);
	struct pkt *p = pkt_new(f->net, len);

	assert_non_null(p);
	train_sum(t, bytes, len, false);
	memcpy(p->bytes, bytes, len);
	iface->transmit(f->net, iface, p);
}

/* ARCHITECTURE, D4: what else finds a buffer must not hang on who has joined whom. */
static void what_has_joined_holds_its_buffer_as_if_it_had_not(void **state)
{
	for (unsigned apart = 0; apart < 2; apart++) {
		struct iface *iface;
		struct fixture *f = one_port(&iface);
		struct train t = plain_train(1000);
		unsigned all = pkt_pool_available(f->net->pool);

		iface->keep_segments = apart != 0;
		for (unsigned i = 1; i < PORT_BATCH; i++) {
			send_owned(f, iface, &t, i);
			assert_int_equal(iface->tx_packets, i);
			assert_int_equal(iface->tx_n, apart ? i : 1);
			assert_int_equal(pkt_pool_available(f->net->pool), all - i);
		}
		send_owned(f, iface, &t, PORT_BATCH);
		assert_int_equal(iface->tx_packets, 0);
		assert_int_equal(pkt_pool_available(f->net->pool), all);
		assert_int_equal(iface->counters.tx_packets, PORT_BATCH);
		fixture_free(f);
	}
}

static void it_can_be_turned_off_and_needs_a_port_that_cuts(void **state)
{
	struct iface *iface;
	struct fixture *f = one_port(&iface);
	struct train t = plain_train(1000);

	iface->keep_segments = true;
	send_stream(f, &t, 0, 7, 1448, true);
	assert_int_equal(fixture_sent_n(f, 1), 7);
	iface->keep_segments = false;
	f->ports[1].port.can.gso = false;
	send_stream(f, &t, 7 * 1448, 7, 1448, true);
	assert_int_equal(fixture_sent_n(f, 1), 14);
	fixture_free(f);
}

/* --- at random, against what came --- */

struct stream {
	struct train train;
	uint32_t at;
	uint16_t number;
	uint32_t bytes; /* of a segment, most often */
};

static void stream_begin(struct seeded *s, struct stream *stream, unsigned i)
{
	*stream = (struct stream){ .train = train_draw(s), .bytes = 4 + draw_below(s, 1300) };
	stream->train.src = (ip4){ 0x0a000001 + i % 2 };
	stream->train.dst = (ip4){ 0x0a000101 };
	stream->train.sport = (uint16_t)(1000 + i / 2);
	stream->train.dport = 80;
	if (draw_below(s, 8) != 0)
		stream->train.proto = IPPROTO_TCP;
	if (stream->train.proto == IPPROTO_UDP)
		stream->train.l4_options = 0;
	if (draw_below(s, 4) != 0)
		stream->train.ip_options = 0;
	stream->train.unsummed = false;
}

/* Something that changes from here on, or is odd with just this frame. */
static uint8_t disturb(struct seeded *s, struct stream *stream)
{
	struct train *t = &stream->train;

	switch (draw_below(s, 14)) {
	case 0:
		t->ack++;
		break;
	case 1:
		t->window++;
		break;
	case 2:
		t->tos ^= 3;
		break;
	case 3:
		t->ttl--;
		break;
	case 4:
		t->dont_fragment = !t->dont_fragment;
		break;
	case 5:
		stream->number += draw_below(s, 3);
		break;
	case 6:
		stream->at += draw_below(s, 100);
		break;
	case 7:
		stream->at -= draw_below(s, 2000);
		break;
	case 8:
		return (uint8_t)(TCP_ACK | 1U << draw_below(s, 8));
	case 9:
		return TCP_ACK | TCP_PSH;
	case 10:
		t->tags = (uint8_t)draw_below(s, 3);
		break;
	case 11:
		stream->bytes = 1 + draw_below(s, 1300);
		break;
	default:
		break;
	}
	return TCP_ACK;
}

/* The frame in the ring: its sum whole, partial, said to be right, or wrong. */
static void finish_frame(struct seeded *s, const struct train *t, struct pkt *p, bool aside)
{
	uint32_t kind = draw_below(s, 20);

	train_sum(t, p->bytes, p->len, kind > 12);
	p->offload.checked = kind < 6;
	if (kind > 12) {
		p->offload.needs_checksum = true;
		p->offload.checksum_start = (uint16_t)train_l4(t);
		p->offload.checksum_offset = t->proto == IPPROTO_TCP ? 16 : 6;
	}
	if (kind == 12) /* wrong: it must leave just as wrong */
		p->bytes[p->len - 1] ^= 1;
	if (draw_below(s, aside ? 3 : 50) == 0)
		wire_put16(p->bytes + train_l3(t) + IP4_AT_FRAGMENT, IP4_MORE_FRAGMENTS);
	if (draw_below(s, 50) == 0)
		p->bytes[train_l3(t) + IP4_AT_CHECKSUM] ^= 1;
}

static void send_one(struct fixture *f, struct seeded *s, struct stream *stream)
{
	struct iface *iface = iface_get(f->net, 1);
	uint8_t flags = draw_below(s, 10) == 0 ? disturb(s, stream) : TCP_ACK;
	uint32_t bytes = draw_below(s, 30) == 0 ? draw_below(s, 1360) : stream->bytes;
	bool roomy = draw_below(s, 2) == 0;
	bool aside = draw_below(s, 12) == 0; /* the next one is in sequence with the last */
	struct pkt p = in_ring(0, roomy);

	if (aside && draw_below(s, 2) == 0)
		bytes = 0;
	p.len = train_frame(&stream->train, stream->at, bytes, stream->number, flags, p.bytes);
	p.tailroom = roomy ? PORT_FRAME_BYTES_MAX - p.len : 0;
	finish_frame(s, &stream->train, &p, aside);
	stream->at += aside ? 0 : bytes;
	stream->number += !aside;
	pile_put(&in_pile, p.bytes, p.len, p.offload);
	iface->transmit(f->net, iface, &p);
}

/* What was sent by the port, cut again. */
static void cut_all(struct fixture *f, unsigned *merged)
{
	unsigned n = fixture_sent_n(f, 1);

	for (unsigned i = 0; i < n; i++) {
		const struct port_frame *sent = fixture_sent(f, 1, i);
		struct pkt p = { .bytes = sent->bytes, .len = sent->len, .offload = sent->offload };
		struct segment_cut cut;

		if (sent->offload.gso_type == GSO_NONE) {
			pile_put(&out_pile, p.bytes, p.len, p.offload);
			continue;
		}
		assert_true(segment_begin(&cut, &p));
		++*merged;
		while (segment_left(&cut)) {
			struct pkt *piece = segment_next(&cut, f->net, true);

			assert_non_null(piece);
			pile_put(&out_pile, piece->bytes, piece->len, piece->offload);
			pkt_done(f->net, piece);
		}
	}
}

/* Addresses, protocol and, if all is as it should be, ports; tags are left out. */
static uint64_t connection_of(const uint8_t *bytes)
{
	uint32_t l3 = ETH_HEADER_BYTES;

	while (wire_get16(bytes + l3 - 2) != ETH_TYPE_IP4)
		l3 += 4;
	return (uint64_t)wire_get32(bytes + l3 + IP4_AT_SRC) << 24 |
	       (uint64_t)wire_get16(bytes + l3 + (bytes[l3] & 0xfU) * 4) << 8 |
	       bytes[l3 + IP4_AT_PROTO];
}

/* The same frames, those of a connection in the same order. */
static void assert_piles_agree(void)
{
	static bool met[FRAMES];

	assert_int_equal(in_pile.n, out_pile.n);
	memset(met, 0, sizeof met);
	for (unsigned i = 0; i < in_pile.n; i++) {
		uint64_t connection = connection_of(in_pile.at[i].bytes);
		unsigned j = 0;

		while (j < out_pile.n &&
		       (met[j] || connection_of(out_pile.at[j].bytes) != connection))
			j++;
		assert_true(j < out_pile.n);
		met[j] = true;
		assert_int_equal(in_pile.at[i].len, out_pile.at[j].len);
		assert_memory_equal(in_pile.at[i].bytes, out_pile.at[j].bytes, in_pile.at[i].len);
	}
}

static void cut_again_it_is_what_came(void **state)
{
	struct seeded s = seeded_make(3);
	unsigned merged = 0, frames = 0;

	for (unsigned round = 0; round < 600; round++) {
		struct iface *iface;
		struct fixture *f = one_port(&iface);
		struct stream streams[FLOWS * 2];
		unsigned flows = 1 + draw_below(&s, draw_below(&s, 4) == 0 ? FLOWS * 2 : 3);
		unsigned n = 1 + draw_below(&s, FRAMES);

		in_pile.n = out_pile.n = 0;
		for (unsigned i = 0; i < flows; i++)
			stream_begin(&s, &streams[i], i);
		for (unsigned i = 0; i < n; i++)
			send_one(f, &s, &streams[draw_below(&s, flows)]);
		cut_all(f, &merged);
		assert_piles_agree();
		assert_int_equal(iface->counters.tx_packets, n);
		assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
		frames += n;
		fixture_free(f);
	}
	assert_true(merged > frames / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_in_a_row_become_one),
		cmocka_unit_test(a_train_ends_at_64_kib),
		cmocka_unit_test(what_the_port_refuses_is_counted_by_packet),
		cmocka_unit_test(what_has_joined_holds_its_buffer_as_if_it_had_not),
		cmocka_unit_test(it_can_be_turned_off_and_needs_a_port_that_cuts),
		cmocka_unit_test(cut_again_it_is_what_came),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
