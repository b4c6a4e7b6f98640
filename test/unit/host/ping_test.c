/* The router's own pings: questions in time, what became of each, and identifiers given back. */
#include "host/ping.h"

#include "core/fixture.h"

#define PEER "192.168.88.7"

struct asker {
	struct fixture *f;
	struct ping *pings;
};

static struct asker asker_new(void)
{
	struct asker a = { fixture_new(2), mem_new(PINGS_MAX, sizeof(struct ping)) };

	fixture_address(a.f, 2, "192.168.88.1/24");
	return a;
}

static void asker_free(struct asker a)
{
	for (unsigned i = 0; i < PINGS_MAX; i++)
		ping_stop(a.f->net, &a.pings[i]);
	assert_int_equal(ports_used(a.f->net->ports), 0);
	mem_free(a.pings);
	fixture_free(a.f);
}

static struct ping_spec spec_of(const char *dst, uint32_t count)
{
	return (struct ping_spec){
		.dst = A(dst), .count = count, .size = 56, .ttl = 255, .interval_ms = 1000
	};
}

static struct ping *started(struct asker a, struct ping_spec spec)
{
	struct ping *ping = ping_start(a.pings, a.f->net, &spec);

	assert_non_null(ping);
	return ping;
}

/* The question asked by now, or NULL; good until pkt_done(). */
static struct pkt *question(struct asker a, struct ping *ping)
{
	ping_turn(a.f->net, ping);
	return net_own_take(a.f->net);
}

static uint16_t sequence_of(const struct pkt *p)
{
	return wire_get16(p->bytes + p->l4 + ICMP_AT_ID + 2);
}

/* @src answers @q, or says an error of @type and @code about it. */
static bool answered(struct asker a, const char *src, const struct pkt *q, uint8_t type,
                     uint8_t code)
{
	bool is_reply = type == ICMP_ECHO_REPLY;
	uint32_t data = q->len - (is_reply ? q->l4 + ICMP_HEADER_BYTES : q->l3);
	const uint8_t *from = q->bytes + (is_reply ? q->l4 + ICMP_HEADER_BYTES : q->l3);
	uint8_t *icmp;
	char dst[IP4_TEXT_BYTES];

	ip4_str(q->arrived.src, dst);
	frame_icmp(&a.f->in, 2, src, dst, type, data);
	icmp = bytes_of(&a.f->in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	icmp[ICMP_AT_CODE] = code;
	memcpy(icmp + ICMP_HEADER_BYTES, from, data);
	memcpy(icmp + ICMP_AT_ID, q->bytes + q->l4 + ICMP_AT_ID, is_reply ? 4 : 0);
	sum_l4(icmp, ICMP_HEADER_BYTES + data, ICMP_AT_CHECKSUM, src, dst, IPPROTO_ICMP);
	return ping_input(a.pings, a.f->net, fixture_input(a.f, 2));
}

static struct ping_event next_event(struct ping *ping)
{
	struct ping_event event;

	assert_true(ping_event(ping, &event));
	return event;
}

static void questions_and_answers(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 2));
	struct pkt *q = question(a, ping);
	struct ping_event event;

	assert_int_equal(q->icmp_type, ICMP_ECHO);
	assert_int_equal(q->ip_bytes, 56);
	assert_int_equal(q->ttl, 255);
	assert_false(q->dont_fragment);
	assert_int_equal(q->arrived.src.v, A("192.168.88.1").v);
	assert_int_equal(q->arrived.sport, ping->id);
	assert_int_equal(checksum(q->bytes + q->l4, q->len - q->l4), 0);
	assert_int_equal(sequence_of(q), 0);
	assert_null(question(a, ping)); /* one an interval */
	assert_false(ping_event(ping, &event));
	fixture_sleep_ms(a.f, 3);
	assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
	event = next_event(ping);
	assert_int_equal(event.status, PING_REPLY);
	assert_int_equal(event.host.v, A(PEER).v);
	assert_int_equal(event.size, 56);
	assert_int_equal(event.ttl, 64);
	assert_int_equal(event.rtt_ns, 3 * NS_PER_MS);
	assert_false(answered(a, PEER, q, ICMP_ECHO_REPLY, 0)); /* a copy of it */
	assert_false(ping_is_over(ping));
	pkt_done(a.f->net, q);
	fixture_sleep_ms(a.f, 997);
	q = question(a, ping);
	assert_int_equal(sequence_of(q), 1);
	fixture_sleep_ms(a.f, 5);
	assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
	assert_false(ping_is_over(ping)); /* not before it was read */
	(void)next_event(ping);
	assert_true(ping_is_over(ping));
	assert_int_equal(ping_due(ping).ns, mono_never().ns);
	assert_int_equal(ping->sent, 2);
	assert_int_equal(ping->received, 2);
	assert_int_equal(ping->rtt_min_ns, 3 * NS_PER_MS);
	assert_int_equal(ping->rtt_max_ns, 5 * NS_PER_MS);
	assert_int_equal(ping->rtt_sum_ns, 8 * NS_PER_MS);
	pkt_done(a.f->net, q);
	asker_free(a);
}

static void silence_is_noted(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 1));
	struct pkt *q = question(a, ping);
	struct ping_event event;

	fixture_sleep_ms(a.f, 999);
	ping_turn(a.f->net, ping);
	assert_false(ping_event(ping, &event));
	assert_int_equal(ping_due(ping).ns, a.f->net->now.ns + NS_PER_MS);
	fixture_sleep_ms(a.f, 1);
	ping_turn(a.f->net, ping);
	assert_int_equal(next_event(ping).status, PING_TIMEOUT);
	assert_true(ping_is_over(ping));
	assert_false(answered(a, PEER, q, ICMP_ECHO_REPLY, 0)); /* too late */
	assert_int_equal(ping->received, 0);
	pkt_done(a.f->net, q);
	asker_free(a);
}

static void errors_are_told_apart(void **unused)
{
	static const struct {
		uint8_t type, code, status;
	} errors[] = {
		{ ICMP_UNREACHABLE, ICMP_NET_UNREACHABLE, PING_NET_UNREACHABLE },
		{ ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, PING_HOST_UNREACHABLE },
		{ ICMP_UNREACHABLE, 12, PING_HOST_UNREACHABLE },
		{ ICMP_UNREACHABLE, 6, PING_NET_UNREACHABLE },
		{ ICMP_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE, PING_PROTOCOL_UNREACHABLE },
		{ ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, PING_PORT_UNREACHABLE },
		{ ICMP_UNREACHABLE, ICMP_ADMIN_PROHIBITED, PING_PROHIBITED },
		{ ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, PING_FRAGMENT_NEEDED },
		{ ICMP_TIME_EXCEEDED, ICMP_REASSEMBLY_TIME, PING_REASSEMBLY },
		{ ICMP_PARAMETER_PROBLEM, 0, PING_PARAMETER },
		{ ICMP_TIME_EXCEEDED, ICMP_TTL_IN_TRANSIT, PING_TTL_EXCEEDED },
		/* Code 4 of another type is no "fragmentation needed". */
		{ ICMP_TIME_EXCEEDED, ICMP_FRAGMENT_NEEDED, PING_TTL_EXCEEDED },
	};
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 0));

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		struct pkt *q = question(a, ping);
		struct ping_event event;

		assert_true(answered(a, "192.168.88.99", q, errors[i].type, errors[i].code));
		event = next_event(ping);
		assert_int_equal(event.status, errors[i].status);
		assert_int_equal(event.host.v, A("192.168.88.99").v);
		assert_int_equal(event.sequence, i);
		pkt_done(a.f->net, q);
		fixture_sleep_ms(a.f, 1000);
	}
	assert_int_equal(ping->received, 0);
	assert_int_equal(ping->sent, ARRAY_LEN(errors));
	asker_free(a);
}

static void others_answers_are_not_ours(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 1));
	struct pkt *q = question(a, ping);
	uint8_t *id = q->bytes + q->l4 + ICMP_AT_ID;

	assert_false(answered(a, "192.168.88.8", q, ICMP_ECHO_REPLY, 0)); /* another host */
	id[0] ^= 1;
	assert_false(answered(a, PEER, q, ICMP_ECHO_REPLY, 0)); /* another identifier */
	id[0] ^= 1;
	id[3] ^= 1;
	assert_false(answered(a, PEER, q, ICMP_ECHO_REPLY, 0)); /* a question not asked */
	id[3] ^= 1;
	assert_false(answered(a, PEER, q, ICMP_ECHO, 0));
	assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
	pkt_done(a.f->net, q);
	asker_free(a);
}

static void two_at_once(void **unused)
{
	struct asker a = asker_new();
	struct ping *first = started(a, spec_of(PEER, 1)), *second = started(a, spec_of(PEER, 1));
	struct pkt *p = question(a, first), *q = question(a, second);

	assert_int_not_equal(first->id, second->id);
	assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
	assert_int_equal(first->received, 0);
	assert_int_equal(second->received, 1);
	assert_true(answered(a, PEER, p, ICMP_ECHO_REPLY, 0));
	assert_int_equal(first->received, 1);
	pkt_done(a.f->net, p);
	pkt_done(a.f->net, q);
	asker_free(a);
}

/* From two addresses of the router two pings may have one identifier: the address tells. */
static void two_with_one_identifier(void **unused)
{
	struct asker a = asker_new();
	struct ping_spec spec = spec_of(PEER, 1);
	struct ping *first, *second;
	struct pkt *p, *q;

	fixture_address(a.f, 2, "192.168.88.2/24");
	spec.src = A("192.168.88.1");
	first = started(a, spec);
	spec.src = A("192.168.88.2");
	second = started(a, spec);
	ports_give_back(a.f->net->ports, second->src, IPPROTO_ICMP, second->id);
	second->id = first->id;
	assert_int_equal(ports_take_exact(a.f->net->ports, second->src, IPPROTO_ICMP, second->id),
	                 0);
	p = question(a, first);
	q = question(a, second);
	assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
	assert_int_equal(second->received, 1);
	assert_true(answered(a, PEER, p, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE));
	assert_int_equal(next_event(first).status, PING_HOST_UNREACHABLE);
	pkt_done(a.f->net, p);
	pkt_done(a.f->net, q);
	asker_free(a);
}

static void no_more_than_there_is_room_for(void **unused)
{
	struct asker a = asker_new();
	struct ping_spec spec = spec_of(PEER, 1);

	for (unsigned i = 0; i < PINGS_MAX; i++)
		(void)started(a, spec);
	assert_int_equal(ports_used(a.f->net->ports), PINGS_MAX);
	assert_null(ping_start(a.pings, a.f->net, &spec));
	ping_stop(a.f->net, &a.pings[3]);
	ping_stop(a.f->net, &a.pings[3]); /* harmless */
	assert_int_equal(ports_used(a.f->net->ports), PINGS_MAX - 1);
	assert_ptr_equal(started(a, spec), &a.pings[3]);
	asker_free(a);
}

/* Without a route each question says so; when there is one, the ping goes on by it. */
static void the_route_comes_later(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of("198.51.100.9", 2));
	struct pkt *q;

	assert_null(question(a, ping));
	assert_int_equal(next_event(ping).status, PING_NO_ROUTE);
	assert_int_equal(ports_used(a.f->net->ports), 0);
	fixture_route(a.f, "0.0.0.0/0", PEER);
	fixture_sleep_ms(a.f, 1000);
	q = question(a, ping);
	assert_int_equal(sequence_of(q), 1);
	assert_int_equal(ports_used(a.f->net->ports), 1);
	pkt_done(a.f->net, q);
	asker_free(a);
}

/* The sequence number has 16 bits; the counts go on. */
static void the_sequence_wraps(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 0));

	ping->spec.interval_ms = 10;
	for (uint32_t i = 0; i < 65540; i++) {
		struct pkt *q = question(a, ping);

		assert_int_equal(sequence_of(q), i & 0xffff);
		assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
		assert_int_equal(next_event(ping).sequence, i & 0xffff);
		pkt_done(a.f->net, q);
		a.f->net->now = mono_add_ms(a.f->net->now, 10);
	}
	assert_int_equal(ping->sent, 65540);
	assert_int_equal(ping->received, 65540);
	asker_free(a);
}

/* Nobody reads for a long time: the newest results are lost, the counts are not. */
static void unread_results(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 0));

	for (unsigned i = 0; i < PING_EVENTS + 5; i++) {
		struct pkt *q = question(a, ping);

		assert_true(answered(a, PEER, q, ICMP_ECHO_REPLY, 0));
		pkt_done(a.f->net, q);
		fixture_sleep_ms(a.f, 1000);
	}
	assert_int_equal(ping->received, PING_EVENTS + 5);
	for (unsigned i = 0; i < PING_EVENTS; i++)
		assert_int_equal(next_event(ping).sequence, i);
	assert_int_equal(ping->events_n, 0);
	asker_free(a);
}

/* The largest and the smallest, and with DF. */
static void sizes(void **unused)
{
	static const uint32_t bytes[] = { PING_SIZE_MIN, 1500, PING_SIZE_MAX };
	struct asker a = asker_new();

	for (size_t i = 0; i < ARRAY_LEN(bytes); i++) {
		struct ping_spec spec = spec_of(PEER, 1);
		struct ping *ping;
		struct pkt *q;

		spec.size = bytes[i];
		spec.dont_fragment = true;
		ping = started(a, spec);
		q = question(a, ping);
		assert_int_equal(q->ip_bytes, bytes[i]);
		assert_true(q->dont_fragment);
		assert_int_equal(checksum(q->bytes + q->l4, q->len - q->l4), 0);
		pkt_done(a.f->net, q);
		ping_stop(a.f->net, ping);
	}
	asker_free(a);
}

/* By ARP: asked of everybody on one link, answered by a hardware address. */
static void by_arp(void **unused)
{
	static const struct mac mac = { { 2, 0, 0, 0, 0, 7 } };
	struct asker a = asker_new();
	struct ping_spec spec = spec_of(PEER, 2);
	struct ping *ping;
	struct ping_event event;

	spec.by_arp = true;
	spec.out = 2;
	ping = started(a, spec);
	assert_int_equal(ports_used(a.f->net->ports), 0);
	assert_null(question(a, ping)); /* it goes straight to the interface */
	assert_false(ping_arp_input(a.pings, a.f->net, 1, A(PEER), &mac));
	assert_false(ping_arp_input(a.pings, a.f->net, 2, A("192.168.88.8"), &mac));
	fixture_sleep_ms(a.f, 2);
	assert_true(ping_arp_input(a.pings, a.f->net, 2, A(PEER), &mac));
	assert_false(ping_arp_input(a.pings, a.f->net, 2, A(PEER), &mac)); /* a second one */
	event = next_event(ping);
	assert_int_equal(event.status, PING_REPLY);
	assert_true(event.by_arp);
	assert_true(mac_equal(&event.mac, &mac));
	assert_int_equal(event.rtt_ns, 2 * NS_PER_MS);
	fixture_sleep_ms(a.f, 998);
	assert_null(question(a, ping));
	fixture_sleep_ms(a.f, 1000);
	ping_turn(a.f->net, ping);
	event = next_event(ping);
	assert_int_equal(event.status, PING_TIMEOUT);
	assert_int_equal(event.sequence, 1);
	assert_true(ping_is_over(ping));
	asker_free(a);
}

/* What else a question may say of itself. */
static void service_way_and_table(void **unused)
{
	struct asker a = asker_new();
	struct ping_spec spec = spec_of(PEER, 1);
	struct ping *ping;
	struct pkt *q;

	spec.dscp = 46;
	spec.out = 2;
	ping = started(a, spec);
	q = question(a, ping);
	assert_int_equal(q->tos, 46 << 2);
	assert_int_equal(q->bound, 2);
	pkt_done(a.f->net, q);
	ping_stop(a.f->net, ping);
	spec.out = 1; /* no route leads there */
	ping = started(a, spec);
	assert_null(question(a, ping));
	assert_int_equal(next_event(ping).status, PING_NO_ROUTE);
	asker_free(a);
}

/* No buffer is free: the question is not asked, and ends as one that nobody answered. */
static void no_buffer(void **unused)
{
	struct asker a = asker_new();
	struct ping *ping = started(a, spec_of(PEER, 1));
	struct pkt *all[512];
	unsigned n = 0;

	while ((all[n] = pkt_new(a.f->net, 100)) != NULL)
		n++;
	assert_null(question(a, ping));
	fixture_sleep_ms(a.f, 1000);
	ping_turn(a.f->net, ping);
	assert_int_equal(next_event(ping).status, PING_TIMEOUT);
	while (n-- > 0)
		pkt_done(a.f->net, all[n]);
	asker_free(a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_and_answers),
		cmocka_unit_test(silence_is_noted),
		cmocka_unit_test(errors_are_told_apart),
		cmocka_unit_test(others_answers_are_not_ours),
		cmocka_unit_test(two_at_once),
		cmocka_unit_test(two_with_one_identifier),
		cmocka_unit_test(no_more_than_there_is_room_for),
		cmocka_unit_test(the_route_comes_later),
		cmocka_unit_test(the_sequence_wraps),
		cmocka_unit_test(unread_results),
		cmocka_unit_test(sizes),
		cmocka_unit_test(by_arp),
		cmocka_unit_test(service_way_and_table),
		cmocka_unit_test(no_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
