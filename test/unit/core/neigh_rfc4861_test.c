/* neigh_rfc4861_test.c -- the states of a neighbour, by the sections of RFC 4861. */
#include "core/arp_world.h"

static struct neigh *known(struct fixture *f)
{
	forward_to(f, "203.0.113.9");
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	return neigh_find(f->net, 1, A("203.0.113.9"));
}

static uint32_t reachable_ms(const struct fixture *f)
{
	return f->net->settings.arp_timeout_ms;
}

static void s7_2_2_incomplete_asks_everybody_three_times(void **state)
{
	struct fixture *f = home();

	forward_to(f, "203.0.113.9");
	assert_int_equal(neigh_find(f->net, 1, A("203.0.113.9"))->state, NEIGH_INCOMPLETE);
	for (unsigned i = 1; i < NEIGH_PROBES_MAX; i++) {
		assert_int_equal(neigh_due(f->net).ns, f->net->now.ns + NEIGH_PROBE_MS * NS_PER_MS);
		fixture_sleep_ms(f, NEIGH_PROBE_MS);
	}
	for (unsigned i = 0; i < NEIGH_PROBES_MAX; i++)
		assert_int_equal(fixture_sent(f, 1, i)->bytes[0], 0xff);
	assert_int_equal(fixture_sent_n(f, 1), NEIGH_PROBES_MAX);
	fixture_sleep_ms(f, NEIGH_PROBE_MS);
	assert_int_equal(neigh_find(f->net, 1, A("203.0.113.9"))->state, NEIGH_FAILED);
	own_forget(f);
	fixture_sleep_ms(f, NEIGH_FAILED_MS);
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	fixture_free(f);
}

static void s7_2_5_an_answer_makes_reachable(void **state)
{
	struct fixture *f = home();
	struct neigh *n = known(f);

	assert_int_equal(n->state, NEIGH_REACHABLE);
	assert_int_equal(n->due.ns, f->net->now.ns + reachable_ms(f) * NS_PER_MS);
	fixture_free(f);
}

static void s7_3_3_reachable_becomes_stale_without_a_packet(void **state)
{
	struct fixture *f = home();
	struct neigh *n = known(f);

	fixture_clear(f);
	fixture_sleep_ms(f, reachable_ms(f) - 1);
	assert_int_equal(n->state, NEIGH_REACHABLE);
	fixture_sleep_ms(f, 1);
	assert_int_equal(n->state, NEIGH_STALE);
	fixture_sleep_ms(f, 60000);
	assert_int_equal(n->state, NEIGH_STALE);
	assert_int_equal(fixture_sent_n(f, 1), 0); /* nobody is asked about whom nobody writes to */
	fixture_free(f);
}

static void s7_3_3_stale_is_used_and_asked_again(void **state)
{
	struct fixture *f = home();
	struct neigh *n = known(f);

	fixture_sleep_ms(f, reachable_ms(f));
	fixture_clear(f);
	forward_to(f, "203.0.113.9");
	assert_int_equal(n->state, NEIGH_DELAY);
	assert_int_equal(fixture_sent_n(f, 1), 1); /* the packet itself */
	fixture_sleep_ms(f, NEIGH_DELAY_MS - 1);
	assert_int_equal(n->state, NEIGH_DELAY);
	fixture_sleep_ms(f, 1);
	assert_int_equal(n->state, NEIGH_PROBE);
	/* It alone is asked, and packets go on meanwhile. */
	assert_memory_equal(fixture_sent(f, 1, 1)->bytes, host_mac(A("203.0.113.9")).b, 6);
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), 3);
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	assert_int_equal(n->state, NEIGH_REACHABLE);
	fixture_free(f);
}

static void s7_3_3_a_probe_without_answer_ends_the_entry(void **state)
{
	struct fixture *f = home();

	(void)known(f);
	fixture_sleep_ms(f, reachable_ms(f));
	forward_to(f, "203.0.113.9");
	fixture_sleep_ms(f, NEIGH_DELAY_MS);
	fixture_clear(f);
	for (unsigned i = 0; i < NEIGH_PROBES_MAX; i++) {
		assert_non_null(neigh_find(f->net, 1, A("203.0.113.9")));
		fixture_sleep_ms(f, NEIGH_PROBE_MS);
	}
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	/* The next packet asks everybody: it may have another hardware address. */
	fixture_clear(f);
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent(f, 1, 0)->bytes[0], 0xff);
	fixture_free(f);
}

/* 7.2.3: what a request says of its sender is believed for use, not as a confirmation. */
static void s7_2_3_a_request_makes_stale(void **state)
{
	struct fixture *f = home();
	struct mac moved = { { 2, 9, 9, 9, 9, 9 } };
	struct neigh *n;

	host_says(f, 1, ARP_REQUEST, "203.0.113.9", "203.0.113.2");
	n = neigh_find(f->net, 1, A("203.0.113.9"));
	assert_int_equal(n->state, NEIGH_STALE);
	n = known(f);
	fixture_sleep_ms(f, NEIGH_DELAY_MS);
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	assert_int_equal(n->state, NEIGH_REACHABLE);
	host_says(f, 1, ARP_REQUEST, "203.0.113.9", "203.0.113.2");
	assert_int_equal(n->state, NEIGH_REACHABLE); /* nothing new */
	mac_says(f, 1, moved, ARP_REQUEST, "203.0.113.9", "203.0.113.2");
	assert_int_equal(n->state, NEIGH_STALE);
	assert_true(mac_equal(&n->mac, &moved));
	fixture_free(f);
}

/* 7.2.5: an answer that nobody asked for changes nothing. */
static void s7_2_5_unasked_answers_are_not_believed(void **state)
{
	struct fixture *f = home();
	struct neigh *n = known(f);
	struct mac thief = { { 2, 6, 6, 6, 6, 6 } };

	mac_says(f, 1, thief, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	assert_false(mac_equal(&n->mac, &thief));
	mac_says(f, 1, thief, ARP_REPLY, "203.0.113.8", "203.0.113.2");
	assert_null(neigh_find(f->net, 1, A("203.0.113.8")));
	assert_int_equal(f->net->drops[DROP_ARP_UNASKED], 2);
	fixture_free(f);
}

static void arp_timeout_is_the_interfaces_or_the_settings(void **state)
{
	struct fixture *f = home();
	struct ip4_settings settings = f->net->settings;

	settings.arp_timeout_ms = 7000;
	ip4_settings_publish(f->net, &settings);
	assert_int_equal(known(f)->due.ns, f->net->now.ns + 7000 * NS_PER_MS);
	neigh_forget(f->net, 1, A("203.0.113.9"));
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	iface_set_arp(f->net, 1, ARP_ENABLED, 5000);
	assert_int_equal(known(f)->due.ns, f->net->now.ns + 5000 * NS_PER_MS);
	fixture_free(f);
}

static void max_neighbor_entries_holds(void **state)
{
	struct fixture *f = home();
	struct ip4_settings settings = f->net->settings;
	uint32_t at = 0;
	unsigned n = 0;
	char dst[32];

	settings.neighbours_max = 10;
	ip4_settings_publish(f->net, &settings);
	for (unsigned i = 0; i < 200; i++) {
		snprintf(dst, sizeof dst, "203.0.113.%u", 10 + i);
		host_says(f, 1, ARP_REQUEST, dst, "203.0.113.2");
		f->net->now = mono_add_ms(f->net->now, i < 10 ? 0 : 40000);
	}
	while (neigh_next(f->net, &at) != NULL)
		n++;
	assert_int_equal(n, 10);
	assert_non_null(neigh_find(f->net, 1, A("203.0.113.209"))); /* the latest is among them */
	fixture_free(f);
}

static void permanent_entries_are_not_forgotten(void **state)
{
	struct fixture *f = home();

	fixture_host(f, 1, "203.0.113.9");
	neigh_forget(f->net, 1, A("203.0.113.9"));
	fixture_sleep_ms(f, NEIGH_STALE_MS * 2);
	assert_int_equal(neigh_find(f->net, 1, A("203.0.113.9"))->state, NEIGH_PERMANENT);
	assert_int_equal(neigh_due(f->net).ns, mono_never().ns);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s7_2_2_incomplete_asks_everybody_three_times),
		cmocka_unit_test(s7_2_5_an_answer_makes_reachable),
		cmocka_unit_test(s7_3_3_reachable_becomes_stale_without_a_packet),
		cmocka_unit_test(s7_3_3_stale_is_used_and_asked_again),
		cmocka_unit_test(s7_3_3_a_probe_without_answer_ends_the_entry),
		cmocka_unit_test(s7_2_3_a_request_makes_stale),
		cmocka_unit_test(s7_2_5_unasked_answers_are_not_believed),
		cmocka_unit_test(arp_timeout_is_the_interfaces_or_the_settings),
		cmocka_unit_test(max_neighbor_entries_holds),
		cmocka_unit_test(permanent_entries_are_not_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
