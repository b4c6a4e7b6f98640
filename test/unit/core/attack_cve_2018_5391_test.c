/*
 * attack_cve_2018_5391_test.c -- FragmentSmack: a million datagrams of which only a part comes.
 *
 * Linux searched ever longer queues. Here memory is bounded by the table and a share of the packet
 * buffers, each fragment costs one look-up, and somebody else's fragments still become datagrams.
 */
#include "core/fixture.h"
#include "core/ip4_reass.h"

enum {
	MILLION = 1000000,
	EVERY = 5000, /* how often somebody decent sends a datagram */
	PART_BYTES = 64,
};

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

/* A fragment of @src's datagram @id, @at bytes from its beginning. */
static struct pkt *fragment(struct fixture *f, ip4 src, uint16_t id, unsigned at, bool more)
{
	uint8_t *ip = bytes_of(&f->in) + 14;
	struct pkt *p;

	wire_put32(ip + IP4_AT_SRC, src.v);
	wire_put16(ip + IP4_AT_ID, id);
	wire_put16(ip + IP4_AT_FRAGMENT, (uint16_t)(at / 8 | (more ? IP4_MORE_FRAGMENTS : 0)));
	frame_sum_ip4(&f->in);
	p = fixture_input(f, 2);
	assert_non_null(p);
	return ip4_reassemble(f->net, p);
}

static void frame_part(struct fixture *f)
{
	frame_begin(&f->in, iface_mac(2), iface_mac(9), ETH_TYPE_IP4);
	(void)frame_ip4(&f->in, "192.168.88.7", "192.168.88.1", IPPROTO_UDP, PART_BYTES);
	/* As UDP its first bytes tell a length that fits the whole of two parts. */
	memset(bytes_of(&f->in) + 34, 0, PART_BYTES);
	wire_put16(bytes_of(&f->in) + 34 + 4, 2 * PART_BYTES);
}

static void decent_datagram(struct fixture *f, uint16_t id)
{
	struct pkt *whole;

	assert_null(fragment(f, A("192.168.88.9"), id, 0, true));
	whole = fragment(f, A("192.168.88.9"), id, PART_BYTES, false);
	assert_non_null(whole);
	assert_int_equal(whole->ip_bytes, 20 + 2 * PART_BYTES);
	pkt_done(f->net, whole);
}

static void check_bounds(struct fixture *f)
{
	assert_true(ip4_reass_waiting(f->net) <= pkt_pool_total(f->net->pool) / 4);
	assert_true(pkt_pool_available(f->net->pool) >= pkt_pool_total(f->net->pool) * 3 / 4);
}

/* @sources: from how many addresses the flood comes. */
static void flood(unsigned sources)
{
	struct fixture *f = home();

	frame_part(f);
	for (unsigned i = 0; i < MILLION; i++) {
		ip4 src = { A("192.168.88.20").v + i % sources };

		f->net->now = mono_add_ns(f->net->now, 1000);
		assert_null(fragment(f, src, (uint16_t)(i / sources), i % 3 * PART_BYTES, true));
		if (i % EVERY == 0)
			decent_datagram(f, (uint16_t)(i / EVERY));
		if (i % 1000 == 0)
			check_bounds(f);
	}
	fixture_sleep_ms(f, IP4_REASS_MS);
	(void)ip4_reass_turn(f->net);
	assert_int_equal(ip4_reass_waiting(f->net), 0);
	while (f->net->own_n > 0)
		pkt_done(f->net, net_own_take(f->net));
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void one_sender_floods(void **state)
{
	flood(1);
}

static void many_senders_flood(void **state)
{
	flood(200);
}

/* RFC 5722: pieces that overlap end the datagram, with what comes of it later. */
static void overlapping_parts_drop_the_datagram(void **state)
{
	struct fixture *f = home();

	frame_part(f);
	assert_null(fragment(f, A("192.168.88.20"), 1, 0, true));
	assert_null(fragment(f, A("192.168.88.20"), 1, PART_BYTES - 8, true));
	assert_null(fragment(f, A("192.168.88.20"), 1, PART_BYTES, false));
	assert_int_equal(ip4_reass_waiting(f->net), 0);
	assert_int_equal(f->net->drops[DROP_FRAGMENT], 3);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sender_floods),
		cmocka_unit_test(many_senders_flood),
		cmocka_unit_test(overlapping_parts_drop_the_datagram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
