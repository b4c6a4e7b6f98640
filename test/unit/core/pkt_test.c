#include "core/fixture.h"
#include "core/offload.h"

static void pool_is_bounded_and_gets_everything_back(void **state)
{
	struct fixture *f = fixture_new(1);
	struct pkt *all[256];
	unsigned n = 0, available = pkt_pool_available(f->net->pool);

	while ((all[n] = pkt_new(f->net, 1500)) != NULL)
		n++;
	assert_int_equal(n, available); /* large ones stand in for small ones */
	while (n > 0)
		pkt_done(f->net, all[--n]);
	assert_int_equal(pkt_pool_available(f->net->pool), available);
	assert_null(pkt_new(f->net, PORT_FRAME_BYTES_MAX + 1));
	fixture_free(f);
}

static void new_packets_hold_nothing_of_old_ones(void **state)
{
	struct fixture *f = fixture_new(1);
	struct pkt *p = pkt_new(f->net, 100);

	memset(p->bytes, 0xaa, 100);
	p->mark = 5;
	pkt_done(f->net, p);
	p = pkt_new(f->net, 100);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(p->bytes[i], 0);
	assert_int_equal(p->mark, 0);
	assert_int_equal(p->headroom, PORT_HEADROOM_BYTES);
	assert_int_equal(p->flow, FLOW_NONE);
	pkt_done(f->net, p);
	fixture_free(f);
}

static void a_copy_is_owned_and_equal(void **state)
{
	struct fixture *f = fixture_new(1);
	struct pkt *p, *copy;

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 3000);
	p = fixture_input(f, 1);
	copy = pkt_copy(f->net, p);
	assert_non_null(copy->buffer);
	assert_int_equal(copy->len, p->len);
	assert_memory_equal(copy->bytes, p->bytes, p->len);
	assert_int_equal(copy->arrived.dport, 53);
	assert_ptr_not_equal(copy->bytes, p->bytes);
	pkt_done(f->net, copy);
	fixture_free(f);
}

static void a_drop_is_counted_and_explained(void **state)
{
	struct fixture *f = fixture_new(1);
	struct explain *why = mem_new(1, sizeof *why);
	struct pkt *p;

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 10);
	p = fixture_frame(f, 1);
	p->why = why;
	assert_int_equal(pkt_drop(f->net, p, DROP_NO_ROUTE), VERDICT_TAKEN);
	assert_int_equal(f->net->drops[DROP_NO_ROUTE], 1);
	assert_int_equal(f->net->ifaces[1].counters.rx_drops, 1);
	assert_true(was_said(why, "no-route"));
	for (unsigned i = 0; i < DROP_COUNT; i++) {
		assert_true(strlen(drop_word(i)) > 1);
		assert_true(strlen(drop_sentence(i)) > strlen(drop_word(i)));
	}
	mem_free(why);
	fixture_free(f);
}

static void offsets_move_with_the_start(void **state)
{
	struct fixture *f = fixture_new(1);
	struct pkt *p;

	frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", 10);
	p = fixture_input(f, 1);
	p->offload = (struct offload){ .needs_checksum = true, .checksum_start = p->l4 };
	assert_true(pkt_move_start(p, 14));
	assert_int_equal(p->l3, 0);
	assert_int_equal(p->l4, 20);
	assert_int_equal(p->payload_at, 28);
	assert_int_equal(p->offload.checksum_start, 20);
	assert_int_equal(p->len, 38);
	assert_int_equal(p->headroom, PORT_HEADROOM_BYTES + 14);
	assert_true(pkt_move_start(p, -22));
	assert_int_equal(p->l3, 22);
	assert_int_equal(p->len, 60);
	assert_int_equal(p->bytes[22], 0x45);
	assert_false(pkt_move_start(p, -1000));
	fixture_free(f);
}

/* A partial checksum becomes the one that a whole computation gives. */
static void partial_checksum_is_finished(void **state)
{
	struct fixture *f = fixture_new(1);
	uint8_t *udp = bytes_of(&f->in) + 34;
	struct offload offload = { .needs_checksum = true,
		                   .checksum_start = 34,
		                   .checksum_offset = UDP_AT_CHECKSUM };

	for (uint32_t bytes = 0; bytes < 40; bytes++) {
		uint16_t whole;

		frame_udp(&f->in, 1, "10.0.0.2", "10.1.0.1", bytes);
		whole = wire_get16(udp + UDP_AT_CHECKSUM);
		wire_put16(udp + UDP_AT_CHECKSUM,
		           sum_fold(sum_pseudo(A("10.0.0.2"), A("10.1.0.1"), IPPROTO_UDP,
		                               (uint16_t)(8 + bytes))));
		offload.needs_checksum = true;
		assert_true(offload_finish_checksum(bytes_of(&f->in), f->in.len, &offload));
		assert_false(offload.needs_checksum);
		assert_int_equal(wire_get16(udp + UDP_AT_CHECKSUM), whole);
	}
	offload = (struct offload){ .needs_checksum = true, .checksum_start = 9000 };
	assert_false(offload_finish_checksum(bytes_of(&f->in), f->in.len, &offload));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pool_is_bounded_and_gets_everything_back),
		cmocka_unit_test(new_packets_hold_nothing_of_old_ones),
		cmocka_unit_test(a_copy_is_owned_and_equal),
		cmocka_unit_test(a_drop_is_counted_and_explained),
		cmocka_unit_test(offsets_move_with_the_start),
		cmocka_unit_test(partial_checksum_is_finished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
