#include "core/train.h"

#include "core/offload.h"
#include "core/segment.h"

static uint8_t whole_bytes[PORT_HEADROOM_BYTES + PORT_FRAME_BYTES_MAX];
static uint8_t expected[PORT_FRAME_BYTES_MAX];

static struct pkt whole_of(const struct train *t, uint32_t n, uint16_t piece_bytes)
{
	struct pkt p = { .bytes = whole_bytes + PORT_HEADROOM_BYTES,
		         .headroom = PORT_HEADROOM_BYTES,
		         .flow = FLOW_NONE };

	p.len = train_whole(t, n, piece_bytes, p.bytes, &p.offload);
	p.tailroom = PORT_FRAME_BYTES_MAX - p.len;
	return p;
}

/* The flags of the piece that has the stream's bytes from @at to @end of @n. */
static uint8_t flags_of(const struct train *t, uint32_t at, uint32_t end, uint32_t n)
{
	uint8_t flags = t->flags;

	if (at > 0)
		flags &= (uint8_t)~TCP_CWR;
	if (end < n)
		flags &= (uint8_t) ~(TCP_PSH | TCP_FIN);
	return flags;
}

static void assert_piece(const struct train *t, struct pkt *piece, uint32_t len, bool finish)
{
	assert_int_equal(piece->len, len);
	assert_int_equal(piece->offload.gso_type, GSO_NONE);
	assert_int_equal(piece->offload.needs_checksum, !finish && !t->unsummed);
	train_sum(t, expected, len, !finish);
	assert_memory_equal(piece->bytes, expected, len);
	if (!finish) {
		assert_true(offload_finish_checksum(piece->bytes, len, &piece->offload));
		train_sum(t, expected, len, false);
		assert_memory_equal(piece->bytes, expected, len);
	}
}

static void pieces_are_what_a_plain_sender_would_have_sent(void **state)
{
	struct fixture *f = fixture_new(1);
	struct seeded s = seeded_make(1);

	for (unsigned round = 0; round < 2000; round++) {
		struct train t = train_draw(&s);
		uint32_t n = 1 + draw_below(&s, draw_below(&s, 4) == 0 ? 60000 : 9000);
		uint16_t piece_bytes =
			(uint16_t)(SEGMENT_BYTES_MIN + draw_below(&s, round % 8 ? 1500 : 9000));
		struct pkt p = whole_of(&t, n, piece_bytes);
		bool finish = draw_below(&s, 2) == 0;
		struct segment_cut cut;
		uint32_t at = 0, longest = 0;

		assert_true(segment_begin(&cut, &p));
		for (uint16_t number = 0; at < n; number++) {
			uint32_t end = at + piece_bytes < n ? at + piece_bytes : n;
			uint32_t len = train_frame(&t, at, end - at, number,
			                           flags_of(&t, at, end, n), expected);
			struct pkt *piece;

			assert_true(segment_left(&cut));
			piece = segment_next(&cut, f->net, finish);
			assert_non_null(piece);
			longest = len > longest ? len : longest;
			assert_piece(&t, piece, len, finish);
			pkt_done(f->net, piece);
			at = end;
		}
		assert_false(segment_left(&cut));
		assert_int_equal(segment_frame_bytes(&cut), longest);
	}
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void what_does_not_fit_together_is_refused(void **state)
{
	struct seeded s = seeded_make(2);
	struct segment_cut cut;

	for (unsigned round = 0; round < 300; round++) {
		struct train t = train_draw(&s);
		struct pkt p = whole_of(&t, 1 + draw_below(&s, 5000), 1000), q = p;
		uint8_t *ip = p.bytes + train_l3(&t);

		assert_true(segment_begin(&cut, &p));
		q.len = draw_below(&s, p.len);
		assert_false(segment_begin(&cut, &q));
		q = p;
		q.offload.gso_bytes = SEGMENT_BYTES_MIN - 1;
		assert_false(segment_begin(&cut, &q));
		q = p;
		q.offload.gso_type = p.offload.gso_type == GSO_TCP4 ? GSO_UDP4 : GSO_TCP4;
		assert_false(segment_begin(&cut, &q));
		q.offload.gso_type = GSO_NONE;
		assert_false(segment_begin(&cut, &q));
		q.offload.gso_type = GSO_OTHER;
		assert_false(segment_begin(&cut, &q));
		wire_put16(ip + IP4_AT_FRAGMENT, IP4_MORE_FRAGMENTS);
		assert_false(segment_begin(&cut, &p));
		wire_put16(ip + IP4_AT_FRAGMENT, 0);
		ip[0] = 0x65;
		assert_false(segment_begin(&cut, &p));
	}
}

/* --- at an interface --- */

static struct iface *port_without_gso(struct fixture *f, bool checksum)
{
	f->ports[1].port.can = (struct port_abilities){ .checksum = checksum };
	return iface_get(f->net, 1);
}

static struct train tcp_train(void)
{
	return (struct train){ .l4_options = 12,
		               .proto = IPPROTO_TCP,
		               .ttl = 63,
		               .flags = TCP_ACK | TCP_PSH,
		               .dont_fragment = true,
		               .id = 65530,
		               .sport = 40000,
		               .dport = 80,
		               .window = 500,
		               .seq = UINT32_MAX - 3000,
		               .ack = 9,
		               .src = { 0xc0a85807 },
		               .dst = { 0xcb007109 } };
}

static void a_port_without_gso_gets_pieces(void **state)
{
	struct fixture *f = fixture_new(1);
	struct train t = tcp_train();
	struct pkt p = whole_of(&t, 60000, 1448);

	for (unsigned checksum = 0; checksum < 2; checksum++) {
		struct iface *iface = port_without_gso(f, checksum != 0);

		iface->transmit(f->net, iface, &p);
		assert_int_equal(fixture_sent_n(f, 1), 42);
		for (unsigned i = 0; i < 42; i++) {
			const struct port_frame *sent = fixture_sent(f, 1, i);
			uint32_t at = i * 1448, n = i < 41 ? 1448 : 60000 - 41 * 1448;
			uint32_t len = train_frame(&t, at, n, (uint16_t)i,
			                           i < 41 ? TCP_ACK : t.flags, expected);

			train_sum(&t, expected, len, checksum != 0);
			assert_int_equal(sent->len, len);
			assert_memory_equal(sent->bytes, expected, len);
			assert_int_equal(sent->offload.needs_checksum, checksum);
			assert_int_equal(sent->offload.gso_type, GSO_NONE);
		}
		assert_int_equal(iface->counters.tx_packets, 42 * (checksum + 1));
		fixture_clear(f);
	}
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

/* More pieces than the pool has buffers: those that have gathered are sent to make room. */
static void a_small_pool_will_do(void **state)
{
	struct fixture *f = fixture_new(1);
	struct iface *iface = port_without_gso(f, false);
	struct train t = tcp_train();
	struct pkt p = whole_of(&t, 60000, 1448);
	struct pkt *taken[200], *last;
	unsigned n = 0;

	while (n < ARRAY_LEN(taken) && (taken[n] = pkt_new(f->net, 10)) != NULL)
		n++;
	pkt_done(f->net, taken[--n]);
	iface->transmit(f->net, iface, &p);
	assert_int_equal(fixture_sent_n(f, 1), 42);
	assert_int_equal(f->net->drops[DROP_POOL_EMPTY], 0);
	last = pkt_new(f->net, 10);
	assert_non_null(last);
	iface->transmit(f->net, iface, &p);
	assert_int_equal(fixture_sent_n(f, 1), 42);
	assert_int_equal(f->net->drops[DROP_POOL_EMPTY], 1);
	assert_int_equal(iface->counters.tx_drops, 1);
	pkt_done(f->net, last);
	for (unsigned i = 0; i < n; i++)
		pkt_done(f->net, taken[i]);
	fixture_free(f);
}

static void what_cannot_be_cut_or_is_still_too_long_is_dropped(void **state)
{
	struct fixture *f = fixture_new(1);
	struct iface *iface = port_without_gso(f, false);
	struct train t = tcp_train();
	struct pkt p = whole_of(&t, 60000, 1453); /* 1500 and a VLAN tag are 1452 */

	iface->transmit(f->net, iface, &p);
	assert_int_equal(f->net->drops[DROP_TOO_BIG], 1);
	p.offload.gso_type = GSO_OTHER;
	p.offload.gso_bytes = 1000;
	iface->transmit(f->net, iface, &p);
	assert_int_equal(f->net->drops[DROP_TOO_BIG], 2);
	assert_int_equal(fixture_sent_n(f, 1), 0);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_what_a_plain_sender_would_have_sent),
		cmocka_unit_test(what_does_not_fit_together_is_refused),
		cmocka_unit_test(a_port_without_gso_gets_pieces),
		cmocka_unit_test(a_small_pool_will_do),
		cmocka_unit_test(what_cannot_be_cut_or_is_still_too_long_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
