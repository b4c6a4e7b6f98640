#include "core/fixture.h"

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

static void forward_to(struct fixture *f, const char *dst)
{
	frame_udp(&f->in, 2, "192.168.88.7", dst, 20);
	(void)fixture_forward(f, 2);
}

static struct arp sent_arp(struct fixture *f, iface_id id, unsigned at)
{
	const struct port_frame *frame = fixture_sent(f, id, at);
	struct reader r = reader_over(frame->bytes + 14, frame->len - 14);
	struct arp arp;

	assert_int_equal(wire_get16(frame->bytes + 12), ETH_TYPE_ARP);
	assert_true(arp_parse(&r, &arp));
	return arp;
}

/* The host @ip says @operation about @target to the router's interface @id. */
static void host_says(struct fixture *f, iface_id id, uint16_t operation, const char *ip,
                      const char *target)
{
	struct arp arp = { .operation = operation,
		           .sender_mac = host_mac(A(ip)),
		           .sender_ip = A(ip),
		           .target_ip = A(target) };

	frame_arp(&f->in, iface_mac(id), &arp);
	assert_int_equal(ether_input(f->net, fixture_frame(f, id)), VERDICT_TAKEN);
}

static void a_question_an_answer_and_the_packets_go(void **state)
{
	struct fixture *f = home();
	struct neigh *n;
	struct arp arp;

	forward_to(f, "203.0.113.9");
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), 1);
	arp = sent_arp(f, 1, 0);
	assert_int_equal(arp.operation, ARP_REQUEST);
	assert_int_equal(arp.sender_ip.v, A("203.0.113.2").v);
	assert_int_equal(arp.target_ip.v, A("203.0.113.9").v);
	assert_true(mac_equal(&arp.sender_mac, &(struct mac){ { 2, 0, 0, 0, 0, 1 } }));
	assert_int_equal(fixture_sent(f, 1, 0)->bytes[0], 0xff);

	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	assert_int_equal(f->net->drops[DROP_ARP_CONSUMED], 1);
	assert_int_equal(fixture_sent_n(f, 1), 3);
	assert_memory_equal(fixture_sent(f, 1, 1)->bytes, host_mac(A("203.0.113.9")).b, 6);
	n = neigh_find(f->net, 1, A("203.0.113.9"));
	assert_int_equal(n->state, NEIGH_REACHABLE);
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), 4);
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void silence_fails_and_senders_are_told(void **state)
{
	struct fixture *f = home();
	struct pkt *e;

	for (unsigned i = 0; i < NEIGH_QUEUE_MAX + 3; i++)
		forward_to(f, "203.0.113.9");
	assert_int_equal(f->net->drops[DROP_NEIGH_QUEUE], 3);
	for (unsigned i = 0; i < NEIGH_PROBES_MAX - 1; i++)
		fixture_sleep_ms(f, NEIGH_PROBE_MS);
	assert_int_equal(fixture_sent_n(f, 1), NEIGH_PROBES_MAX);
	assert_int_equal(f->net->drops[DROP_NEIGH_FAILED], 0);
	fixture_sleep_ms(f, NEIGH_PROBE_MS);
	assert_int_equal(f->net->drops[DROP_NEIGH_FAILED], NEIGH_QUEUE_MAX);
	for (unsigned i = 0; i < NEIGH_QUEUE_MAX; i++) {
		e = net_own_take(f->net);
		assert_int_equal(e->icmp_code, ICMP_HOST_UNREACHABLE);
		assert_int_equal(e->arrived.dst.v, A("192.168.88.7").v);
		pkt_done(f->net, e);
	}
	/* The failure is remembered for a while, then asked again. */
	forward_to(f, "203.0.113.9");
	assert_int_equal(f->net->drops[DROP_NEIGH_FAILED], NEIGH_QUEUE_MAX + 1);
	assert_int_equal(fixture_sent_n(f, 1), NEIGH_PROBES_MAX);
	fixture_sleep_ms(f, NEIGH_FAILED_MS);
	forward_to(f, "203.0.113.9");
	assert_int_equal(fixture_sent_n(f, 1), NEIGH_PROBES_MAX + 1);
	fixture_free(f);
}

/* Reachable, stale, delay, probe: RFC 4861, 7.3. */
static void what_is_used_is_asked_again(void **state)
{
	struct fixture *f = home();
	struct neigh *n;
	uint32_t place, version;

	forward_to(f, "203.0.113.9");
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	place = fixture_forward(f, 2);
	n = neigh_find(f->net, 1, A("203.0.113.9"));
	version = n->version;
	fixture_clear(f);
	assert_ptr_equal(neigh_use(f->net, place, version), n);

	fixture_sleep_ms(f, ip4_settings_default().arp_timeout_ms);
	assert_int_equal(n->state, NEIGH_STALE);
	assert_ptr_equal(neigh_use(f->net, place, version), n);
	assert_int_equal(n->state, NEIGH_DELAY);
	fixture_sleep_ms(f, NEIGH_DELAY_MS);
	assert_int_equal(n->state, NEIGH_PROBE);
	assert_memory_equal(fixture_sent(f, 1, 0)->bytes, host_mac(A("203.0.113.9")).b, 6);
	assert_ptr_equal(neigh_use(f->net, place, version), n);
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	assert_int_equal(n->state, NEIGH_REACHABLE);
	assert_int_equal(n->version, version); /* the same host: decisions stay good */

	fixture_sleep_ms(f, ip4_settings_default().arp_timeout_ms);
	assert_non_null(neigh_use(f->net, place, version));
	fixture_sleep_ms(f, NEIGH_DELAY_MS);
	for (unsigned i = 0; i < NEIGH_PROBES_MAX; i++)
		fixture_sleep_ms(f, NEIGH_PROBE_MS);
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	assert_null(neigh_use(f->net, place, version));
	fixture_free(f);
}

static void unused_entries_go(void **state)
{
	struct fixture *f = home();

	forward_to(f, "203.0.113.9");
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	fixture_sleep_ms(f, ip4_settings_default().arp_timeout_ms);
	fixture_sleep_ms(f, NEIGH_STALE_MS - ip4_settings_default().arp_timeout_ms - 1);
	assert_non_null(neigh_find(f->net, 1, A("203.0.113.9")));
	fixture_sleep_ms(f, 1000);
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	fixture_free(f);
}

static void questions_are_answered_for_our_addresses_only(void **state)
{
	struct fixture *f = home();
	struct arp arp;

	host_says(f, 2, ARP_REQUEST, "192.168.88.7", "192.168.88.1");
	arp = sent_arp(f, 2, 0);
	assert_int_equal(arp.operation, ARP_REPLY);
	assert_int_equal(arp.sender_ip.v, A("192.168.88.1").v);
	assert_true(mac_equal(&arp.target_mac, &(struct mac){ { 2, 1, 192, 168, 88, 7 } }));
	assert_int_equal(neigh_find(f->net, 2, A("192.168.88.7"))->state, NEIGH_STALE);

	/* Another interface's address, and somebody else's. */
	host_says(f, 2, ARP_REQUEST, "192.168.88.7", "203.0.113.2");
	host_says(f, 2, ARP_REQUEST, "192.168.88.7", "192.168.88.9");
	assert_int_equal(f->net->drops[DROP_ARP_NOT_OURS], 2);
	/* A host looks whether our address is free: it is told, and not remembered. */
	host_says(f, 2, ARP_REQUEST, "0.0.0.0", "192.168.88.1");
	assert_int_equal(fixture_sent_n(f, 2), 2);
	assert_null(neigh_find(f->net, 2, A("0.0.0.0")));
	fixture_free(f);
}

static void nothing_is_learnt_unasked(void **state)
{
	struct fixture *f = home();
	struct mac evil = { { 6, 6, 6, 6, 6, 6 } };
	struct arp arp = { ARP_REPLY, evil, iface_mac(1), A("203.0.113.9"), A("203.0.113.2") };
	uint32_t version;

	frame_arp(&f->in, iface_mac(1), &arp);
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(f->net->drops[DROP_ARP_UNASKED], 1);
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));

	forward_to(f, "203.0.113.9");
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	version = neigh_find(f->net, 1, A("203.0.113.9"))->version;
	frame_arp(&f->in, iface_mac(1), &arp);
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(f->net->drops[DROP_ARP_UNASKED], 2);
	assert_int_equal(neigh_find(f->net, 1, A("203.0.113.9"))->version, version);

	arp.sender_ip = A("203.0.113.2"); /* says that it is us */
	frame_arp(&f->in, iface_mac(1), &arp);
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(f->net->drops[DROP_ARP_CONFLICT], 1);
	assert_non_null(strstr(f->log.lines[f->log.count - 1].text, "also used by"));

	arp = (struct arp){
		ARP_REQUEST, { { 1, 2, 3, 4, 5, 6 } }, { { 0 } }, A("203.0.113.8"), A("203.0.113.2")
	};
	frame_arp(&f->in, iface_mac(1), &arp);
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(f->net->drops[DROP_ARP_BAD], 1);
	fixture_free(f);
}

static void a_full_table_gives_way_but_not_what_is_used(void **state)
{
	struct fixture *f = home();
	char name[32];

	forward_to(f, "203.0.113.9");
	host_says(f, 1, ARP_REPLY, "203.0.113.9", "203.0.113.2");
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < 200; i++) {
			snprintf(name, sizeof name, "203.0.113.%u", 20 + i);
			forward_to(f, name);
		}
		forward_to(f, "203.0.113.9");
		assert_int_equal(neigh_find(f->net, 1, A("203.0.113.9"))->state, NEIGH_REACHABLE);
		for (unsigned i = 0; i <= NEIGH_PROBES_MAX; i++)
			fixture_sleep_ms(f, NEIGH_PROBE_MS);
		for (struct pkt *e; (e = net_own_take(f->net)) != NULL;)
			pkt_done(f->net, e);
		fixture_clear(f);
	}
	assert_true(f->net->drops[DROP_NEIGH_QUEUE] > 0);
	assert_true(f->net->drops[DROP_NEIGH_FAILED] > 0);
	fixture_free(f);
}

static void flush_and_static_entries(void **state)
{
	struct fixture *f = home();
	struct mac mac = host_mac(A("203.0.113.5"));
	uint32_t at = 0;

	assert_true(neigh_set_static(f->net, 1, A("203.0.113.5"), &mac));
	forward_to(f, "203.0.113.9"); /* waits */
	f->ports[1].link_next = false;
	iface_poll_links(f->net);
	assert_int_equal(f->net->drops[DROP_LINK_DOWN], 1);
	assert_null(neigh_find(f->net, 1, A("203.0.113.9")));
	assert_int_equal(neigh_next(f->net, &at)->state, NEIGH_PERMANENT);
	assert_null(neigh_next(f->net, &at));
	neigh_remove(f->net, 1, A("203.0.113.5"));
	assert_null(neigh_find(f->net, 1, A("203.0.113.5")));
	assert_string_equal(neigh_state_word(NEIGH_STALE), "stale");
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_an_answer_and_the_packets_go),
		cmocka_unit_test(silence_fails_and_senders_are_told),
		cmocka_unit_test(what_is_used_is_asked_again),
		cmocka_unit_test(unused_entries_go),
		cmocka_unit_test(questions_are_answered_for_our_addresses_only),
		cmocka_unit_test(nothing_is_learnt_unasked),
		cmocka_unit_test(a_full_table_gives_way_but_not_what_is_used),
		cmocka_unit_test(flush_and_static_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
