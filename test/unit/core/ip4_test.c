#include "core/fixture.h"

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	fixture_host(f, 1, "203.0.113.9");
	fixture_host(f, 2, "192.168.88.7");
	return f;
}

static uint8_t *ip_of(struct fixture *f)
{
	return bytes_of(&f->in) + ETH_HEADER_BYTES;
}

/* One byte of the header is @value; the checksum is right again. Why does it end? */
static void expect_drop(struct fixture *f, unsigned at, uint8_t value, enum drop_reason reason)
{
	uint64_t before = f->net->drops[reason];

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 100);
	ip_of(f)[at] = value;
	frame_sum_ip4(&f->in);
	assert_null(fixture_input(f, 2));
	assert_int_equal(f->net->drops[reason], before + 1);
}

static void fields_are_filled(void **state)
{
	struct fixture *f = home();
	struct pkt *p;

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 10);
	f->in.len += 8; /* padding */
	p = fixture_input(f, 2);
	assert_non_null(p);
	assert_int_equal(p->arrived.src.v, A("192.168.88.7").v);
	assert_int_equal(p->arrived.dst.v, A("203.0.113.9").v);
	assert_int_equal(p->arrived.sport, 4000);
	assert_int_equal(p->arrived.dport, 53);
	assert_int_equal(p->arrived.proto, IPPROTO_UDP);
	assert_memory_equal(&p->now, &p->arrived, sizeof p->now);
	assert_int_equal(p->l3, 14);
	assert_int_equal(p->l4, 34);
	assert_int_equal(p->payload_at, 42);
	assert_int_equal(p->len, 52);
	assert_int_equal(p->ip_bytes, 38);
	assert_int_equal(p->ip_id, 0x1234);
	assert_int_equal(p->ttl, 64);

	frame_icmp(&f->in, 2, "192.168.88.7", "203.0.113.9", ICMP_ECHO, 0);
	p = fixture_input(f, 2);
	assert_int_equal(p->arrived.sport, 77);
	assert_int_equal(p->arrived.dport, 77);
	assert_int_equal(p->icmp_type, ICMP_ECHO);
	fixture_free(f);
}

static void bad_headers_are_dropped(void **state)
{
	struct fixture *f = home();

	expect_drop(f, 0, 0x65, DROP_IP_VERSION);
	expect_drop(f, 0, 0x44, DROP_IP_VERSION);
	expect_drop(f, IP4_AT_TOTAL, 9, DROP_IP_SHORT);
	expect_drop(f, IP4_AT_SRC, 127, DROP_IP_SOURCE);
	expect_drop(f, IP4_AT_SRC, 0, DROP_IP_SOURCE);
	expect_drop(f, IP4_AT_SRC, 224, DROP_IP_SOURCE);
	expect_drop(f, IP4_AT_SRC + 3, 1, DROP_IP_SOURCE); /* our own address */
	expect_drop(f, IP4_AT_DST, 127, DROP_IP_DESTINATION);
	expect_drop(f, IP4_AT_DST, 0, DROP_IP_DESTINATION);
	expect_drop(f, IP4_AT_DST, 250, DROP_IP_DESTINATION);

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 100);
	ip_of(f)[IP4_AT_CHECKSUM] ^= 1;
	assert_null(fixture_input(f, 2));
	assert_int_equal(f->net->drops[DROP_IP_CHECKSUM], 1);

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 0);
	wire_put16(ip_of(f) + IP4_AT_TOTAL, 27);
	frame_sum_ip4(&f->in);
	assert_null(fixture_input(f, 2));
	assert_int_equal(f->net->drops[DROP_L4_SHORT], 1);
	fixture_free(f);
}

/* Whatever comes, it ends with a reason or is parsed within its bytes (the sanitizer watches). */
static void random_bytes_do_no_harm(void **state)
{
	struct fixture *f = home();
	struct fixture_random r = fixture_random_make(4);
	uint64_t kept = 0;

	for (unsigned i = 0; i < 20000; i++) {
		uint32_t len = (uint32_t)(fixture_draw(&r) >> 32) % 120;
		uint8_t *exact;
		struct pkt *p;

		frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 200);
		for (unsigned j = 0; j < 6; j++)
			bytes_of(&f->in)[12 + (fixture_draw(&r) >> 32) % 40] =
				(uint8_t)fixture_draw(&r);
		frame_sum_ip4(&f->in);
		if (len % 3 == 0)
			wire_put16(ip_of(f) + IP4_AT_TOTAL, (uint16_t)len);
		frame_sum_ip4(&f->in);
		exact = mem_new(1, len);
		memcpy(exact, bytes_of(&f->in), len);
		p = fixture_frame(f, 2);
		p->bytes = exact;
		p->len = len;
		if (ether_input(f->net, p) == VERDICT_NEXT &&
		    ip4_input(f->net, p) == VERDICT_NEXT) {
			kept++;
			assert_true(p->l4 <= p->len && p->payload_at <= p->len);
		}
		mem_free(exact);
	}
	assert_true(kept > 0);
	fixture_free(f);
}

static void options_are_judged(void **state)
{
	struct fixture *f = home();
	static const struct {
		uint8_t option[4];
		bool ok;
	} cases[] = {
		{ { 1, 1, 1, 0 }, true },
		{ { 7, 4, 4, 0 }, true },
		{ { IP4_OPTION_LSRR, 3, 4, 0 }, false },
		{ { 1, IP4_OPTION_SSRR, 3, 4 }, false },
		{ { 7, 9, 4, 0 }, false },
		{ { 148, 4, 0, 0 }, true },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
		memmove(ip_of(f) + 24, ip_of(f) + 20, 28);
		memcpy(ip_of(f) + 20, cases[i].option, 4);
		ip_of(f)[0] = 0x46;
		wire_put16(ip_of(f) + IP4_AT_TOTAL, 52);
		f->in.len += 4;
		frame_sum_ip4(&f->in);
		assert_int_equal(fixture_input(f, 2) != NULL, cases[i].ok);
		if (cases[i].ok)
			assert_true(f->pkt.has_options && f->pkt.arrived.dport == 53);
	}
	fixture_free(f);
}

static void a_packet_is_forwarded(void **state)
{
	struct fixture *f = home();
	const struct port_frame *out;
	struct ip4_header ip;
	const uint8_t *udp;

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 1000);
	assert_int_not_equal(fixture_forward(f, 2), NEIGH_NONE);
	out = fixture_sent(f, 1, 0);
	udp = sent_ip4(out, &ip);
	assert_int_equal(ip.ttl, 63);
	assert_int_equal(out->len, f->in.len);
	assert_memory_equal(out->bytes, host_mac(A("203.0.113.9")).b, 6);
	assert_memory_equal(out->bytes + 6, iface_mac(1).b, 6);
	assert_memory_equal(udp, ip_of(f) + 20, 1008);
	assert_int_equal(f->net->ifaces[1].counters.tx_packets, 1);
	assert_int_equal(f->net->ifaces[2].counters.rx_packets, 1);
	assert_int_equal(f->net->ifaces[2].counters.rx_drops, 0);
	fixture_free(f);
}

static void ttl_ends_and_the_sender_is_told(void **state)
{
	struct fixture *f = home();
	struct pkt *e;

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 1000);
	ip_of(f)[IP4_AT_TTL] = 1;
	frame_sum_ip4(&f->in);
	assert_int_equal(fixture_forward(f, 2), NEIGH_NONE);
	assert_int_equal(f->net->drops[DROP_TTL_EXPIRED], 1);
	e = net_own_take(f->net);
	assert_non_null(e);
	assert_int_equal(e->icmp_type, ICMP_TIME_EXCEEDED);
	assert_int_equal(e->arrived.src.v, A("192.168.88.1").v);
	assert_int_equal(e->arrived.dst.v, A("192.168.88.7").v);
	assert_int_equal(e->tos, 0xc0);
	assert_int_equal(e->ip_bytes, 576);
	assert_int_equal(checksum(e->bytes + e->l4, e->len - e->l4), 0);
	assert_memory_equal(e->bytes + e->payload_at, ip_of(f), 548);
	pkt_done(f->net, e);
	fixture_free(f);
}

static void too_large_with_df_tells_the_mtu(void **state)
{
	struct fixture *f = home();
	struct pkt *e;

	f->net->ifaces[1].mtu_bytes = 1400;
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 1400);
	wire_put16(ip_of(f) + IP4_AT_FRAGMENT, IP4_DONT_FRAGMENT);
	frame_sum_ip4(&f->in);
	assert_int_equal(fixture_forward(f, 2), NEIGH_NONE);
	assert_int_equal(f->net->drops[DROP_NEEDS_FRAGMENT], 1);
	e = net_own_take(f->net);
	assert_int_equal(e->icmp_type, ICMP_UNREACHABLE);
	assert_int_equal(e->icmp_code, ICMP_FRAGMENT_NEEDED);
	assert_int_equal(wire_get16(e->bytes + e->l4 + ICMP_AT_MTU), 1400);
	pkt_done(f->net, e);
	fixture_free(f);
}

/* The pieces of what was sent by interface 1, put together again by their offsets. */
static uint32_t put_together(struct fixture *f, uint32_t mtu, uint8_t *data)
{
	uint32_t end = 0, bytes = 0;

	for (unsigned i = 0; i < fixture_sent_n(f, 1); i++) {
		const struct port_frame *out = fixture_sent(f, 1, i);
		struct ip4_header ip;
		const uint8_t *payload = sent_ip4(out, &ip);
		uint32_t at = (ip.fragment & IP4_OFFSET_MASK) * 8U;
		uint32_t n = (uint32_t)(ip.total_bytes - ip.header_bytes);

		assert_true(ip.total_bytes <= mtu);
		assert_int_equal(ip.total_bytes + ETH_HEADER_BYTES, out->len);
		assert_int_equal(ip.id, 0x1234);
		if (!(ip.fragment & IP4_MORE_FRAGMENTS))
			end = at + n;
		else
			assert_int_equal(n % 8, 0);
		memcpy(data + at, payload, n);
		bytes += n;
	}
	assert_int_equal(bytes, end); /* no gap, no overlap */
	return end;
}

static void pieces_make_the_whole(void **state)
{
	struct fixture *f = home();
	static const uint32_t mtus[] = { 68, 576, 1280, 1499, 1006 };
	uint8_t *data = mem_new(1, 65536);

	for (unsigned i = 0; i < ARRAY_LEN(mtus); i++) {
		f->net->ifaces[1].mtu_bytes = mtus[i];
		frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 1472);
		assert_int_not_equal(fixture_forward(f, 2), NEIGH_NONE);
		assert_int_equal(put_together(f, mtus[i], data), 1480);
		assert_memory_equal(data, ip_of(f) + 20, 1480);
		fixture_clear(f);
	}
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	mem_free(data);
	fixture_free(f);
}

static void fragments_of_fragments_keep_their_place(void **state)
{
	struct fixture *f = home();
	struct ip4_header ip;

	f->net->ifaces[1].mtu_bytes = 500;
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 792);
	wire_put16(ip_of(f) + IP4_AT_FRAGMENT, IP4_MORE_FRAGMENTS | 100);
	frame_sum_ip4(&f->in);
	(void)fixture_forward(f, 2);
	assert_int_equal(fixture_sent_n(f, 1), 2);
	(void)sent_ip4(fixture_sent(f, 1, 0), &ip);
	assert_int_equal(ip.fragment, IP4_MORE_FRAGMENTS | 100);
	(void)sent_ip4(fixture_sent(f, 1, 1), &ip);
	assert_int_equal(ip.fragment, IP4_MORE_FRAGMENTS | 160);
	fixture_free(f);
}

static void options_go_where_their_flag_says(void **state)
{
	struct fixture *f = home();
	/* Record route (not copied) of 7 bytes, router alert (copied) of 4, end. */
	static const uint8_t options[12] = { 7, 7, 4, 0, 0, 0, 0, 148, 4, 0, 0, 0 };
	struct ip4_header ip;

	f->net->ifaces[1].mtu_bytes = 600;
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 1000);
	memmove(ip_of(f) + 32, ip_of(f) + 20, 1008);
	memcpy(ip_of(f) + 20, options, sizeof options);
	ip_of(f)[0] = 0x48;
	wire_put16(ip_of(f) + IP4_AT_TOTAL, 1040);
	f->in.len += 12;
	frame_sum_ip4(&f->in);
	(void)fixture_forward(f, 2);
	assert_int_equal(fixture_sent_n(f, 1), 2);
	(void)sent_ip4(fixture_sent(f, 1, 0), &ip);
	assert_int_equal(ip.header_bytes, 32);
	assert_memory_equal(ip.options, options, sizeof options);
	(void)sent_ip4(fixture_sent(f, 1, 1), &ip);
	assert_int_equal(ip.header_bytes, 24);
	assert_memory_equal(ip.options, options + 7, 4);
	fixture_free(f);
}

/* A frame of 30000 bytes of data that is to leave in segments of @segment_bytes; routed. */
static struct pkt *gso_packet(struct fixture *f, uint16_t segment_bytes)
{
	struct pkt *p;

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 30000);
	p = fixture_frame(f, 2);
	p->offload = (struct offload){ .gso_type = GSO_UDP4, .gso_bytes = segment_bytes };
	assert_int_equal(ether_input(f->net, p), VERDICT_NEXT);
	assert_int_equal(ip4_input(f->net, p), VERDICT_NEXT);
	assert_true(fixture_lookup(f, p));
	return p;
}

static void gso_is_judged_by_its_segments(void **state)
{
	struct fixture *f = home();
	struct pkt *p;

	f->ports[1].port.can.gso = true;
	p = gso_packet(f, 1400);
	assert_int_equal(ip4_link_bytes(p), 1428);
	assert_int_equal(ip4_forward(f->net, p), VERDICT_NEXT);
	assert_int_not_equal(ip4_output(f->net, p), NEIGH_NONE);
	assert_int_equal(fixture_sent(f, 1, 0)->len, 30042);
	assert_int_equal(fixture_sent(f, 1, 0)->offload.gso_bytes, 1400);

	f->ports[1].port.can.gso = false;
	(void)ip4_output(f->net, gso_packet(f, 1400));
	assert_int_equal(fixture_sent_n(f, 1), 1 + 22);
	assert_int_equal(fixture_sent(f, 1, 1)->len, 1442);
	assert_int_equal(fixture_sent(f, 1, 22)->len, 642);

	p = gso_packet(f, 1473);
	p->dont_fragment = true;
	assert_int_equal(ip4_forward(f->net, p), VERDICT_TAKEN);
	assert_int_equal(f->net->drops[DROP_NEEDS_FRAGMENT], 1);
	fixture_free(f);
}

/* Without DF a router must cut (RFC 791, 3.2), also what is to become several datagrams. */
static void gso_without_df_becomes_fragments(void **state)
{
	struct fixture *f = home();
	struct pkt *p = gso_packet(f, 2000);
	uint32_t data = 0, firsts = 0;

	assert_int_equal(ip4_forward(f->net, p), VERDICT_NEXT);
	(void)ip4_output(f->net, p);
	for (unsigned i = 0; i < fixture_sent_n(f, 1); i++) {
		struct ip4_header ip;
		uint32_t offset;

		(void)sent_ip4(fixture_sent(f, 1, i), &ip);
		assert_true(ip.total_bytes <= 1500);
		offset = ip.fragment & IP4_OFFSET_MASK;
		if (offset == 0)
			assert_int_equal(ip.id, 0x1234 + firsts++);
		else
			assert_int_equal(ip.id, 0x1234 + firsts - 1);
		data += ip.total_bytes - ip.header_bytes - (offset == 0 ? UDP_HEADER_BYTES : 0);
	}
	assert_int_equal(firsts, 15);
	assert_int_equal(data, 30000);
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void partial_checksums_are_finished_for_ports_that_cannot(void **state)
{
	struct fixture *f = home();

	for (unsigned can = 0; can < 2; can++) {
		uint8_t *udp = ip_of(f) + 20;
		uint16_t whole, partial;
		struct pkt *p;

		f->ports[1].port.can.checksum = can == 1;
		frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 55);
		whole = wire_get16(udp + UDP_AT_CHECKSUM);
		partial =
			sum_fold(sum_pseudo(A("192.168.88.7"), A("203.0.113.9"), IPPROTO_UDP, 63));
		wire_put16(udp + UDP_AT_CHECKSUM, partial);
		p = fixture_input(f, 2);
		p->offload = (struct offload){ .needs_checksum = true,
			                       .checksum_start = 34,
			                       .checksum_offset = UDP_AT_CHECKSUM };
		assert_true(fixture_lookup(f, p));
		(void)ip4_output(f->net, p);
		assert_int_equal(wire_get16(fixture_sent(f, 1, can)->bytes + 34 + UDP_AT_CHECKSUM),
		                 can ? partial : whole);
		assert_int_equal(fixture_sent(f, 1, can)->offload.needs_checksum, can);
	}
	fixture_free(f);
}

static void own_packets_are_whole(void **state)
{
	struct fixture *f = home();
	struct pkt *p = ip4_make(f->net, A("203.0.113.2"), A("203.0.113.9"), IPPROTO_UDP, 18);
	uint32_t sum;

	wire_put16(p->bytes + p->l4 + UDP_AT_SPORT, 1234);
	wire_put16(p->bytes + p->l4 + UDP_AT_DPORT, 53);
	wire_put16(p->bytes + p->l4 + UDP_AT_LENGTH, 18);
	ip4_originate(f->net, p);
	assert_ptr_equal(net_own_take(f->net), p);
	assert_null(net_own_take(f->net));
	assert_int_equal(p->in, IFACE_NONE);
	assert_int_equal(p->now.sport, 1234);
	assert_int_equal(p->ip_bytes, 38);
	sum = sum_pseudo(p->now.src, p->now.dst, IPPROTO_UDP, 18);
	assert_int_equal(sum_finish(sum_bytes(sum, p->bytes + p->l4, 18)), 0);
	assert_true(fixture_lookup(f, p));
	assert_int_not_equal(ip4_output(f->net, p), NEIGH_NONE);
	assert_int_equal(fixture_sent(f, 1, 0)->len, 52);
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void the_own_queue_is_bounded(void **state)
{
	struct fixture *f = home();

	for (unsigned i = 0; i < NET_OWN_QUEUE + 10; i++) {
		struct pkt *p = ip4_make(f->net, A("203.0.113.2"), A("203.0.113.9"), 99, 8);

		if (p != NULL)
			ip4_originate(f->net, p);
	}
	assert_true(f->net->drops[DROP_POOL_EMPTY] > 0);
	fixture_free(f); /* gives back what is still queued */
}

static void broadcast_and_multicast_have_their_own_mac(void **state)
{
	struct fixture *f = home();
	static const uint8_t macs[2][6] = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
		                            { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 } };
	static const char *const dsts[2] = { "192.168.88.255", "239.129.2.3" };

	for (unsigned i = 0; i < 2; i++) {
		struct pkt *p = ip4_make(f->net, A("192.168.88.1"), A(dsts[i]), 99, 8);
		struct route_key key = { .dst = A(dsts[i]), .bound = 2 };

		assert_int_equal(route_lookup(f->net, &key, &p->route, NULL), 0);
		(void)ip4_output(f->net, p);
		assert_memory_equal(fixture_sent(f, 2, i)->bytes, macs[i], 6);
	}
	fixture_free(f);
}

/* A packet that is only asked about changes nothing but its explanation. */
static void asking_changes_nothing(void **state)
{
	struct fixture *f = home();
	struct explain *why = mem_new(1, sizeof *why);
	static const char *const dsts[] = { "203.0.113.9", "203.0.113.10", "192.168.88.1",
		                            "9.9.9.9" };

	for (unsigned i = 0; i < ARRAY_LEN(dsts); i++) {
		struct pkt *p;

		frame_udp(&f->in, 2, "192.168.88.7", dsts[i], 2000);
		if (i == 0) /* too long a way */
			bytes_of(&f->in)[14 + IP4_AT_TTL] = 1;
		frame_sum_ip4(&f->in);
		p = fixture_frame(f, 2);
		p->asked_only = true;
		p->why = why;
		assert_int_equal(ether_input(f->net, p), VERDICT_NEXT);
		assert_int_equal(ip4_input(f->net, p), VERDICT_NEXT);
		if (!fixture_lookup(f, p))
			(void)pkt_drop(f->net, p, DROP_NO_ROUTE);
		else if (p->route.kind == ROUTE_LOCAL)
			(void)net_deliver_local(f->net, p);
		else if (ip4_forward(f->net, p) == VERDICT_NEXT)
			(void)ip4_output(f->net, p);
	}
	assert_true(was_said(why, "192.168.88.7 is told: type 11, code 0"));
	assert_true(was_said(why, "next hop 203.0.113.10 is not known yet"));
	assert_true(was_said(why, "would be cut into pieces of at most 1500 bytes"));
	assert_true(was_said(why, "no-protocol"));
	assert_true(was_said(why, "no route leads to 9.9.9.9"));
	for (unsigned i = 0; i < DROP_COUNT; i++)
		assert_int_equal(f->net->drops[i], 0);
	assert_int_equal(f->net->ifaces[2].counters.rx_packets, 0);
	assert_int_equal(fixture_sent_n(f, 1) + fixture_sent_n(f, 2), 0);
	assert_null(net_own_take(f->net));
	assert_null(neigh_find(f->net, 1, A("203.0.113.10")));
	mem_free(why);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_filled),
		cmocka_unit_test(bad_headers_are_dropped),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(options_are_judged),
		cmocka_unit_test(a_packet_is_forwarded),
		cmocka_unit_test(ttl_ends_and_the_sender_is_told),
		cmocka_unit_test(too_large_with_df_tells_the_mtu),
		cmocka_unit_test(pieces_make_the_whole),
		cmocka_unit_test(fragments_of_fragments_keep_their_place),
		cmocka_unit_test(options_go_where_their_flag_says),
		cmocka_unit_test(gso_is_judged_by_its_segments),
		cmocka_unit_test(gso_without_df_becomes_fragments),
		cmocka_unit_test(partial_checksums_are_finished_for_ports_that_cannot),
		cmocka_unit_test(own_packets_are_whole),
		cmocka_unit_test(the_own_queue_is_bounded),
		cmocka_unit_test(broadcast_and_multicast_have_their_own_mac),
		cmocka_unit_test(asking_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
