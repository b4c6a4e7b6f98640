/* acd_test.c -- announcements and conflicts, by the sections of RFC 5227. */
#include "core/acd.h"
#include "core/arp_world.h"

static void sleep_ms(struct fixture *f, uint64_t ms)
{
	f->net->now = mono_add_ms(f->net->now, ms);
	(void)acd_turn(f->net);
}

static void expect_announced(struct fixture *f, iface_id id, unsigned at, const char *addr)
{
	struct arp arp = sent_arp(f, id, at);

	assert_int_equal(fixture_sent(f, id, at)->bytes[0], 0xff);
	assert_int_equal(arp.operation, ARP_REQUEST);
	assert_int_equal(arp.sender_ip.v, A(addr).v);
	assert_int_equal(arp.target_ip.v, A(addr).v);
	assert_true(mac_equal(&arp.sender_mac, &f->net->ifaces[id].mac));
}

static void s2_3_an_address_is_announced_twice(void **state)
{
	struct fixture *f = home();

	(void)acd_turn(f->net);
	expect_announced(f, 1, 0, "203.0.113.2");
	expect_announced(f, 2, 0, "192.168.88.1");
	sleep_ms(f, ACD_ANNOUNCE_MS - 1);
	assert_int_equal(fixture_sent_n(f, 1), 1);
	assert_int_equal(acd_due(f->net).ns, f->net->now.ns + NS_PER_MS);
	sleep_ms(f, 1);
	assert_int_equal(fixture_sent_n(f, 1), 2);
	assert_int_equal(acd_due(f->net).ns, mono_never().ns);
	sleep_ms(f, 100000);
	assert_int_equal(fixture_sent_n(f, 1), 2);

	/* Another one comes: only that. */
	fixture_address(f, 1, "203.0.113.3/24");
	sleep_ms(f, 0);
	assert_int_equal(fixture_sent_n(f, 1), 3);
	expect_announced(f, 1, 2, "203.0.113.3");
	assert_int_equal(fixture_sent_n(f, 2), 2);
	fixture_free(f);
}

static void s2_3_a_link_or_a_card_that_comes_is_announced(void **state)
{
	struct fixture *f = home();

	sleep_ms(f, 0);
	sleep_ms(f, ACD_ANNOUNCE_MS);
	fixture_clear(f);
	f->ports[1].link_next = false;
	iface_poll_links(f->net);
	sleep_ms(f, 10000);
	f->ports[1].link_next = true;
	iface_poll_links(f->net);
	sleep_ms(f, 0);
	expect_announced(f, 1, 0, "203.0.113.2");
	sleep_ms(f, ACD_ANNOUNCE_MS);
	assert_int_equal(fixture_sent_n(f, 1), 2);
	f->ports[1].port.mac.b[5] = 0x77;
	f->ports[1].link_next = false;
	iface_poll_links(f->net);
	f->ports[1].link_next = true;
	iface_poll_links(f->net);
	sleep_ms(f, 0);
	expect_announced(f, 1, 2, "203.0.113.2");
	assert_int_equal(fixture_sent_n(f, 2), 0);
	fixture_free(f);
}

static void s2_4_an_address_is_defended_once_in_an_interval(void **state)
{
	struct fixture *f = home();
	struct mac thief = { { 2, 6, 6, 6, 6, 6 } }, other;
	uint64_t lines;

	sleep_ms(f, 0);
	sleep_ms(f, ACD_ANNOUNCE_MS);
	fixture_clear(f);
	lines = f->log.count;
	assert_false(acd_other(f->net, 1, A("203.0.113.2"), &other));
	for (unsigned i = 0; i < 100; i++) {
		mac_says(f, 1, thief, i % 2 != 0 ? ARP_REQUEST : ARP_REPLY, "203.0.113.2",
		         "203.0.113.9");
		sleep_ms(f, 50);
	}
	assert_int_equal(f->net->drops[DROP_ARP_CONFLICT], 100);
	assert_int_equal(fixture_sent_n(f, 1), 1);
	expect_announced(f, 1, 0, "203.0.113.2");
	assert_int_equal(f->log.count, lines + 1);
	assert_true(acd_other(f->net, 1, A("203.0.113.2"), &other));
	assert_true(mac_equal(&other, &thief));
	sleep_ms(f, ACD_DEFEND_MS);
	mac_says(f, 1, thief, ARP_REQUEST, "203.0.113.2", "203.0.113.2");
	assert_int_equal(fixture_sent_n(f, 1), 2);
	/* Nothing was learnt of it, and in the end it is forgotten. */
	assert_null(neigh_find(f->net, 1, A("203.0.113.2")));
	sleep_ms(f, ACD_SHOWN_MS);
	assert_false(acd_other(f->net, 1, A("203.0.113.2"), &other));
	fixture_free(f);
}

/* 2.1.1: one that probes for our address hears at once that it is taken. */
static void s2_1_1_probes_for_our_address_are_answered(void **state)
{
	struct fixture *f = home();

	assert_true(is_answered(f, 2, "0.0.0.0", "192.168.88.1"));
	assert_null(neigh_find(f->net, 2, A("0.0.0.0")));
	fixture_free(f);
}

static void our_own_frames_are_no_conflict(void **state)
{
	struct fixture *f = home();
	struct mac other;

	mac_says(f, 1, iface_mac(1), ARP_REQUEST, "203.0.113.2", "203.0.113.2");
	assert_int_equal(f->net->drops[DROP_ARP_CONFLICT], 0);
	assert_false(acd_other(f->net, 1, A("203.0.113.2"), &other));
	/* An address of another interface is no matter of this link. */
	mac_says(f, 1, host_mac(A("203.0.113.9")), ARP_REQUEST, "192.168.88.1", "192.168.88.1");
	assert_false(acd_other(f->net, 2, A("192.168.88.1"), &other));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s2_3_an_address_is_announced_twice),
		cmocka_unit_test(s2_3_a_link_or_a_card_that_comes_is_announced),
		cmocka_unit_test(s2_4_an_address_is_defended_once_in_an_interval),
		cmocka_unit_test(s2_1_1_probes_for_our_address_are_answered),
		cmocka_unit_test(our_own_frames_are_no_conflict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
