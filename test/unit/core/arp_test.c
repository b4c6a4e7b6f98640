/* arp_test.c -- for whom ARP answers: RFC 826, RFC 1027, and the modes of an interface. */
#include "core/arp.h"
#include "core/arp_world.h"

static void rfc1027_2_4_proxy_answers_for_what_is_beyond_another_interface(void **state)
{
	struct fixture *f = home();

	assert_false(is_answered(f, 2, "192.168.88.7", "203.0.113.9"));
	iface_set_arp(f->net, 2, ARP_PROXY, 0);
	assert_true(is_answered(f, 2, "192.168.88.7", "203.0.113.9"));
	assert_true(is_answered(f, 2, "192.168.88.7", "203.0.113.2"));
	assert_true(is_answered(f, 2, "192.168.88.7", "192.168.88.1"));
	/* Not for the link's own, not without a route, not for broadcasts and groups. */
	assert_false(is_answered(f, 2, "192.168.88.7", "192.168.88.9"));
	assert_false(is_answered(f, 2, "192.168.88.7", "9.9.9.9"));
	assert_false(is_answered(f, 2, "192.168.88.7", "192.168.88.255"));
	assert_false(is_answered(f, 2, "192.168.88.7", "255.255.255.255"));
	assert_false(is_answered(f, 2, "192.168.88.7", "224.0.0.1"));
	fixture_route(f, "9.0.0.0/8", "192.168.88.2");
	assert_false(is_answered(f, 2, "192.168.88.7", "9.9.9.9")); /* by the link itself */
	fixture_route(f, "8.0.0.0/8", "203.0.113.9");
	assert_true(is_answered(f, 2, "192.168.88.7", "8.8.8.8"));
	/* Nor to a stranger, nor on the interface where it is off. */
	assert_false(is_answered(f, 2, "172.16.0.1", "8.8.8.8"));
	assert_false(is_answered(f, 1, "203.0.113.9", "192.168.88.7"));
	/* RFC 5227, 2.1.1: a probe, and an announcement, are about the asker alone. */
	assert_false(is_answered(f, 2, "0.0.0.0", "8.8.8.8"));
	f->ports[1].link_next = false; /* a route that is down leads nowhere */
	iface_poll_links(f->net);
	assert_false(is_answered(f, 2, "192.168.88.7", "8.8.8.8"));
	fixture_free(f);
}

static void rfc3069_local_proxy_answers_for_the_link(void **state)
{
	struct fixture *f = home();

	iface_set_arp(f->net, 2, ARP_LOCAL_PROXY, 0);
	assert_true(is_answered(f, 2, "192.168.88.7", "192.168.88.9"));
	assert_false(is_answered(f, 2, "192.168.88.7", "203.0.113.9"));
	assert_false(is_answered(f, 2, "192.168.88.7", "192.168.88.7"));
	/* The hosts are to talk by way of the router: none is sent away. */
	frame_udp(&f->in, 2, "192.168.88.7", "192.168.88.9", 20);
	assert_true(fixture_lookup(f, fixture_input(f, 2)));
	ip4_redirect(f->net, &f->pkt);
	assert_null(net_own_take(f->net));
	fixture_free(f);
}

static void published_entries_are_answered(void **state)
{
	struct fixture *f = home();

	f->net->published = arp_published_new(1);
	arp_published_add(f->net->published, 2, A("192.168.88.50"));
	assert_true(is_answered(f, 2, "192.168.88.7", "192.168.88.50"));
	assert_false(is_answered(f, 2, "192.168.88.7", "192.168.88.51"));
	assert_false(is_answered(f, 1, "203.0.113.9", "192.168.88.50"));
	fixture_free(f);
}

static void reply_only_answers_and_neither_asks_nor_learns(void **state)
{
	struct fixture *f = home();
	struct pkt *e;

	iface_set_arp(f->net, 1, ARP_REPLY_ONLY, 0);
	assert_true(is_answered(f, 1, "203.0.113.9", "203.0.113.2"));
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	fixture_clear(f);
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), 0);
	assert_int_equal(f->net->drops[DROP_NEIGH_FAILED], 1);
	e = net_own_take(f->net);
	assert_int_equal(e->icmp_code, ICMP_HOST_UNREACHABLE);
	pkt_done(f->net, e);
	fixture_host(f, 1, "203.0.113.9");
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), 1);
	fixture_free(f);
}

static void disabled_is_silent(void **state)
{
	struct fixture *f = home();

	forward_to(f, "203.0.113.9");
	iface_set_arp(f->net, 1, ARP_DISABLED, 0); /* who waits, waits in vain */
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	own_forget(f);
	assert_false(is_answered(f, 1, "203.0.113.9", "203.0.113.2"));
	assert_int_equal(f->net->drops[DROP_ARP_OFF], 1);
	arp_announce(f->net, 1, A("203.0.113.2"));
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), 0);
	own_forget(f);
	fixture_free(f);
}

static void bad_packets_are_dropped(void **state)
{
	struct fixture *f = home();
	static const struct {
		uint8_t at, value;
	} cases[] = {
		{ 1, 6 },  /* hardware: IEEE 802 */
		{ 3, 1 },  /* protocol */
		{ 4, 5 },  /* hardware address length */
		{ 5, 16 }, /* protocol address length */
		{ 7, 3 },  /* a reverse request */
		{ 8, 1 },  /* a group as sender (RFC 1812, 3.3.2) */
		{ 14, 127 }, { 14, 224 }, { 14, 0 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct arp arp = { ARP_REQUEST,
			           host_mac(A("192.168.88.7")),
			           { { 0 } },
			           A("192.168.88.7"),
			           A("192.168.88.1") };

		frame_arp(&f->in, iface_mac(2), &arp);
		bytes_of(&f->in)[14 + cases[i].at] = cases[i].value;
		(void)ether_input(f->net, fixture_frame(f, 2));
		assert_int_equal(f->net->drops[DROP_ARP_BAD], i + 1);
	}
	for (uint32_t len = 14; len < 14 + ARP_BYTES; len++) {
		f->in.len = len;
		(void)ether_input(f->net, fixture_frame(f, 2));
	}
	assert_int_equal(f->net->drops[DROP_ARP_BAD], ARRAY_LEN(cases) + ARP_BYTES);
	assert_int_equal(fixture_sent_n(f, 2), 0);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc1027_2_4_proxy_answers_for_what_is_beyond_another_interface),
		cmocka_unit_test(rfc3069_local_proxy_answers_for_the_link),
		cmocka_unit_test(published_entries_are_answered),
		cmocka_unit_test(reply_only_answers_and_neither_asks_nor_learns),
		cmocka_unit_test(disabled_is_silent),
		cmocka_unit_test(bad_packets_are_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
