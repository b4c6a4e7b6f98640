#include "core/fixture.h"

enum {
	DATA_BYTES = 3000
};

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

/* One fragment of the UDP datagram with @id: @bytes of its DATA_BYTES from @at on. @change is added
 * to each byte. What reassembly says to it. */
static struct pkt *fragment(struct fixture *f, uint16_t id, uint32_t at, uint32_t bytes,
                            uint8_t change)
{
	struct fixture_bytes *whole = mem_new(1, sizeof *whole);
	uint8_t *ip = bytes_of(&f->in) + 14;
	bool more = at + bytes < DATA_BYTES;
	struct pkt *p;

	frame_udp(whole, 2, "192.168.88.7", "192.168.88.1", DATA_BYTES - 8);
	frame_begin(&f->in, iface_mac(2), iface_mac(9), ETH_TYPE_IP4);
	(void)frame_ip4(&f->in, "192.168.88.7", "192.168.88.1", IPPROTO_UDP, bytes);
	for (uint32_t i = 0; i < bytes; i++)
		ip[20 + i] = (uint8_t)(bytes_of(whole)[34 + (at + i) % DATA_BYTES] + change);
	wire_put16(ip + IP4_AT_ID, id);
	wire_put16(ip + IP4_AT_FRAGMENT, (uint16_t)(at / 8 | (more ? IP4_MORE_FRAGMENTS : 0)));
	frame_sum_ip4(&f->in);
	mem_free(whole);
	p = fixture_input(f, 2);
	assert_non_null(p);
	return ip4_reassemble(f->net, p);
}

static void expect_whole(struct fixture *f, struct pkt *p, uint16_t id)
{
	struct fixture_bytes *whole = mem_new(1, sizeof *whole);

	assert_non_null(p);
	frame_udp(whole, 2, "192.168.88.7", "192.168.88.1", DATA_BYTES - 8);
	assert_int_equal(p->fragment, 0);
	assert_int_equal(p->ip_id, id);
	assert_int_equal(p->ip_bytes, DATA_BYTES + 20);
	assert_int_equal(p->now.dport, 53);
	assert_int_equal(p->in, 2);
	assert_true(ip4_header_checksum_ok(p->bytes, 20));
	assert_memory_equal(p->bytes + p->l4, bytes_of(whole) + 34, DATA_BYTES);
	pkt_done(f->net, p);
	mem_free(whole);
}

static bool nothing_is_held(struct fixture *f)
{
	return pkt_pool_available(f->net->pool) == pkt_pool_total(f->net->pool);
}

/* Cut at random places, in random order, some of them twice: the whole comes out, once. */
static void any_order_makes_the_whole(void **state)
{
	struct fixture *f = home();
	struct fixture_random r = fixture_random_make(11);

	for (uint16_t id = 0; id < 200; id++) {
		uint32_t cut[12], n = 1 + (uint32_t)(fixture_draw(&r) >> 32) % 10, left;
		uint32_t order[12];
		struct pkt *whole = NULL;

		cut[0] = 0;
		for (uint32_t i = 1; i <= n; i++)
			cut[i] = cut[i - 1] + 8 * (1 + (uint32_t)(fixture_draw(&r) >> 32) % 33);
		cut[n + 1] = DATA_BYTES;
		for (uint32_t i = 0; i <= n; i++)
			order[i] = i;
		for (left = n + 1; left > 0; left--) {
			uint32_t pick = (uint32_t)(fixture_draw(&r) >> 32) % left;
			uint32_t i = order[pick];

			assert_null(whole);
			whole = fragment(f, id, cut[i], cut[i + 1] - cut[i], 0);
			if (whole == NULL && pick % 3 == 0)
				assert_null(fragment(f, id, cut[i], cut[i + 1] - cut[i], 0));
			order[pick] = order[left - 1];
		}
		expect_whole(f, whole, id);
		assert_true(nothing_is_held(f));
	}
	fixture_free(f);
}

static void overlap_spoils_the_datagram(void **state)
{
	struct fixture *f = home();

	assert_null(fragment(f, 1, 0, 1480, 0));
	assert_null(fragment(f, 1, 1472, 800, 0));
	assert_int_equal(f->net->drops[DROP_FRAGMENT], 2);
	assert_true(nothing_is_held(f));
	/* What comes later is thrown away, too, until its time is over. */
	assert_null(fragment(f, 1, 0, 1480, 0));
	assert_null(fragment(f, 1, 1480, DATA_BYTES - 1480, 0));
	assert_int_equal(f->net->drops[DROP_FRAGMENT], 4);
	fixture_sleep_ms(f, IP4_REASS_MS);
	assert_null(fragment(f, 1, 0, 1480, 0));
	expect_whole(f, fragment(f, 1, 1480, DATA_BYTES - 1480, 0), 1);
	/* The same place with other bytes is a contradiction. */
	assert_null(fragment(f, 2, 0, 1480, 0));
	assert_null(fragment(f, 2, 0, 1480, 1));
	assert_null(fragment(f, 2, 1480, DATA_BYTES - 1480, 0));
	/* Bytes after the end. */
	assert_null(fragment(f, 3, 2000, DATA_BYTES - 2000, 0));
	assert_null(fragment(f, 3, 2400, 8, 0));
	assert_true(nothing_is_held(f));
	fixture_free(f);
}

static void impossible_fragments_are_refused(void **state)
{
	struct fixture *f = home();

	assert_null(fragment(f, 1, 0, 1479, 0));
	assert_int_equal(f->net->drops[DROP_FRAGMENT], 1);
	assert_null(fragment(f, 1, 65528, 100, 0)); /* beyond 64 KiB */
	assert_int_equal(f->net->drops[DROP_FRAGMENT], 2);
	assert_true(nothing_is_held(f));
	fixture_free(f);
}

static void time_ends_and_the_sender_is_told(void **state)
{
	struct fixture *f = home();
	struct pkt *e;

	assert_null(fragment(f, 1, 0, 1480, 0));
	assert_int_equal(ip4_reass_due(f->net).ns, f->net->now.ns + IP4_REASS_MS * NS_PER_MS);
	fixture_sleep_ms(f, IP4_REASS_MS - 1);
	(void)ip4_reass_turn(f->net);
	assert_int_equal(f->net->drops[DROP_FRAGMENT_TIMEOUT], 0);
	fixture_sleep_ms(f, 1);
	assert_int_equal(ip4_reass_turn(f->net).ns, mono_never().ns);
	assert_int_equal(f->net->drops[DROP_FRAGMENT_TIMEOUT], 1);
	e = net_own_take(f->net);
	assert_int_equal(e->icmp_type, ICMP_TIME_EXCEEDED);
	assert_int_equal(e->icmp_code, ICMP_REASSEMBLY_TIME);
	pkt_done(f->net, e);
	assert_null(fragment(f, 2, 1480, 8, 0)); /* without the first nobody is told */
	fixture_sleep_ms(f, IP4_REASS_MS);
	(void)ip4_reass_turn(f->net);
	assert_null(net_own_take(f->net));
	assert_true(nothing_is_held(f));
	fixture_free(f);
}

/* A flood of fragments holds a part of the buffers, and the oldest give way to the newest. */
static void held(struct fixture *f, uint16_t id, const char *src, uint32_t at, bool more)
{
	uint8_t *ip = bytes_of(&f->in) + 14;

	frame_udp(&f->in, 2, src, "203.0.113.9", 56);
	wire_put16(ip + IP4_AT_ID, id);
	wire_put16(ip + IP4_AT_FRAGMENT, (uint16_t)(at / 8 | (more ? IP4_MORE_FRAGMENTS : 0)));
	frame_sum_ip4(&f->in);
	assert_null(ip4_reassemble(f->net, fixture_input(f, 2)));
}

/* A million datagrams of which half never comes: bounded, and what is whole still comes through. */
static void a_million_halves(void **state)
{
	struct fixture *f = home();
	unsigned total = pkt_pool_total(f->net->pool);
	char src[IP4_TEXT_BYTES];

	for (uint32_t i = 0; i < 1000000; i++) {
		if (i % 1000 == 0) {
			ip4_str((ip4){ 0x0a000000 + i / 1000 * 77 + 1 }, src);
			f->net->now = mono_add_ms(f->net->now, 10);
			(void)ip4_reass_turn(f->net);
			assert_true(pkt_pool_available(f->net->pool) >= total - total / 4);
		}
		held(f, (uint16_t)i, src, i % 2 != 0 ? 0 : 64, true);
	}
	assert_null(fragment(f, 1, 0, 1480, 0));
	expect_whole(f, fragment(f, 1, 1480, DATA_BYTES - 1480, 0), 1);
	fixture_sleep_ms(f, IP4_REASS_MS);
	assert_int_equal(ip4_reass_turn(f->net).ns, mono_never().ns);
	assert_true(nothing_is_held(f));
	fixture_free(f);
}

/* One sender's flood takes the places of its own datagrams, not those of others. */
static void a_flood_costs_its_sender(void **state)
{
	struct fixture *f = home();

	assert_null(fragment(f, 7, 0, 1480, 0));
	for (unsigned i = 0; i < 5000; i++)
		held(f, (uint16_t)i, "10.6.6.6", 0, true);
	expect_whole(f, fragment(f, 7, 1480, DATA_BYTES - 1480, 0), 7);
	fixture_free(f);
}

/* RFC 1858, 3 and 4: a tiny first fragment, and one that would write over the header. */
static void tiny_and_overlapping_attacks_fail(void **state)
{
	struct fixture *f = home();

	assert_null(fragment(f, 1, 0, 8, 0)); /* tiny: it waits like any other */
	expect_whole(f, fragment(f, 1, 8, DATA_BYTES - 8, 0), 1);
	assert_null(fragment(f, 2, 0, 64, 0));
	assert_null(fragment(f, 2, 8, DATA_BYTES - 8, 1)); /* over the ports */
	assert_true(nothing_is_held(f));
	/* Teardrop: one inside the other. */
	assert_null(fragment(f, 3, 0, 2000, 0));
	assert_null(fragment(f, 3, 24, 8, 0));
	assert_true(nothing_is_held(f));
	/* The ping of death: the last fragment ends beyond 65535. */
	held(f, 4, "192.168.88.7", 65528, false);
	assert_true(nothing_is_held(f));
	fixture_free(f);
}

static void a_flood_is_bounded(void **state)
{
	struct fixture *f = home();
	unsigned total = pkt_pool_total(f->net->pool);

	for (uint16_t id = 0; id < 2000; id++) {
		assert_null(fragment(f, id, 0, 1480, 0));
		f->net->now = mono_add_ms(f->net->now, 1);
		assert_true(pkt_pool_available(f->net->pool) >= total - total / 4);
	}
	expect_whole(f, fragment(f, 1999, 1480, DATA_BYTES - 1480, 0), 1999);
	assert_true(f->net->drops[DROP_FRAGMENT] > 1900);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_makes_the_whole),
		cmocka_unit_test(overlap_spoils_the_datagram),
		cmocka_unit_test(impossible_fragments_are_refused),
		cmocka_unit_test(time_ends_and_the_sender_is_told),
		cmocka_unit_test(a_flood_is_bounded),
		cmocka_unit_test(a_million_halves),
		cmocka_unit_test(a_flood_costs_its_sender),
		cmocka_unit_test(tiny_and_overlapping_attacks_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
