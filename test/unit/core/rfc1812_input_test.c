/*
 * rfc1812_input_test.c -- which packets a router takes in and passes on, by the sections of RFC
 * 1812.
 */
#include "core/fixture.h"

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(3);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	fixture_address(f, 3, "10.0.0.1/31");
	fixture_host(f, 1, "203.0.113.9");
	fixture_host(f, 1, "203.0.113.1");
	fixture_route(f, "0.0.0.0/0", "203.0.113.1");
	return f;
}

static uint8_t *ip_of(struct fixture *f)
{
	return bytes_of(&f->in) + ETH_HEADER_BYTES;
}

static void setting(struct fixture *f, void (*change)(struct ip4_settings *settings))
{
	struct ip4_settings settings = f->net->settings;

	change(&settings);
	ip4_settings_publish(f->net, &settings);
}

/* The drop reason of a UDP packet from LAN; DROP_COUNT when it is taken in. */
static enum drop_reason input(struct fixture *f, const char *src, const char *dst)
{
	uint64_t before[DROP_COUNT];

	memcpy(before, f->net->drops, sizeof before);
	frame_udp(&f->in, 2, src, dst, 20);
	if (fixture_input(f, 2) != NULL)
		return DROP_COUNT;
	for (unsigned i = 0; i < DROP_COUNT; i++) {
		if (f->net->drops[i] != before[i])
			return (enum drop_reason)i;
	}
	return DROP_COUNT;
}

static void s5_2_2_headers_that_lie(void **state)
{
	struct fixture *f = home();
	static const struct {
		uint8_t at, value;
		bool sum; /* with a right checksum */
		enum drop_reason reason;
	} cases[] = {
		{ 0, 0x55, true, DROP_IP_VERSION }, /* (3) version 5 */
		{ 0, 0x44, true, DROP_IP_VERSION }, /* (4) a header of 16 bytes */
		{ 8, 63, false, DROP_IP_CHECKSUM }, /* (2) */
		{ 3, 19, true, DROP_IP_SHORT },     /* (5) shorter than its header */
		{ 2, 0x40, true, DROP_IP_SHORT },   /* (5) longer than the frame */
		{ 0, 0x4f, true, DROP_IP_SHORT },   /* a header longer than the packet */
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
		ip_of(f)[cases[i].at] = cases[i].value;
		if (cases[i].sum)
			frame_sum_ip4(&f->in);
		f->net->drops[cases[i].reason] = 0;
		assert_null(fixture_input(f, 2));
		assert_int_equal(f->net->drops[cases[i].reason], 1);
	}
	/* (1) the link's length decides what is there. */
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	f->in.len = ETH_HEADER_BYTES + 19;
	assert_null(fixture_input(f, 2));
	assert_null(net_own_take(f->net)); /* silently, all of them */
	fixture_free(f);
}

static void s4_2_2_3_unused_bits_are_no_reason_to_drop(void **state)
{
	struct fixture *f = home();

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	ip_of(f)[IP4_AT_FRAGMENT] = 0x80;
	ip_of(f)[1] = 0xff;
	frame_sum_ip4(&f->in);
	assert_int_not_equal(fixture_forward(f, 2), NEIGH_NONE);
	/* 5.2.5: they go on as they came. */
	assert_int_equal(fixture_sent(f, 1, 0)->bytes[14 + IP4_AT_FRAGMENT], 0x80);
	assert_int_equal(fixture_sent(f, 1, 0)->bytes[15], 0xff);
	fixture_free(f);
}

static void s5_3_7_martian_source(void **state)
{
	struct fixture *f = home();
	static const char *const martians[] = {
		"0.0.0.0",        "0.1.2.3",       "127.0.0.1",   "127.9.9.9",
		"224.0.0.1",      "239.1.1.1",     "240.0.0.1",   "255.255.255.255",
		"192.168.88.255", "203.0.113.255", "192.168.88.0"
	};

	for (unsigned i = 0; i < ARRAY_LEN(martians); i++)
		assert_int_equal(input(f, martians[i], "203.0.113.9"), DROP_IP_SOURCE);
	assert_null(net_own_take(f->net));
	/* This router's own address comes from this router only. */
	assert_int_equal(input(f, "203.0.113.2", "203.0.113.9"), DROP_IP_SOURCE);
	assert_int_equal(input(f, "192.168.88.1", "203.0.113.9"), DROP_IP_SOURCE);
	fixture_free(f);
}

static void s5_3_7_martian_destination(void **state)
{
	struct fixture *f = home();
	static const char *const martians[] = { "0.0.0.0", "0.9.9.9", "127.0.0.1", "240.0.0.1",
		                                "255.255.255.254" };

	for (unsigned i = 0; i < ARRAY_LEN(martians); i++)
		assert_int_equal(input(f, "192.168.88.7", martians[i]), DROP_IP_DESTINATION);
	assert_null(net_own_take(f->net));
	fixture_free(f);
}

/* RFC 1166's and RFC 5737's networks are somebody's lab, and RFC 6890's shared space a provider's.
 */
static void s5_3_7_documentation_networks_are_no_martians(void **state)
{
	struct fixture *f = home();
	static const char *const sources[] = { "192.0.2.1",   "198.51.100.1", "203.0.113.77",
		                               "198.18.0.1",  "100.64.0.1",   "128.0.0.1",
		                               "191.255.0.1", "192.0.0.1",    "223.255.255.1" };

	for (unsigned i = 0; i < ARRAY_LEN(sources); i++) {
		assert_int_equal(input(f, sources[i], "203.0.113.9"), DROP_COUNT);
		assert_int_equal(input(f, "192.168.88.7", sources[i]), DROP_COUNT);
	}
	fixture_free(f);
}

static void s4_2_2_11_zero_asks_for_an_address_only(void **state)
{
	struct fixture *f = home();

	assert_int_equal(input(f, "0.0.0.0", "255.255.255.255"), DROP_COUNT);
	assert_int_equal(input(f, "0.0.0.0", "192.168.88.1"), DROP_IP_SOURCE);
	fixture_free(f);
}

static void s4_2_3_1_a_networks_own_address_is_an_old_broadcast(void **state)
{
	struct fixture *f = home();

	assert_int_equal(input(f, "192.168.88.7", "192.168.88.0"), DROP_IP_DESTINATION);
	assert_int_equal(input(f, "192.168.88.7", "203.0.113.0"), DROP_IP_DESTINATION);
	/* RFC 3021: both addresses of a /31 are hosts'. */
	assert_int_equal(input(f, "192.168.88.7", "10.0.0.0"), DROP_COUNT);
	assert_int_equal(input(f, "10.0.0.0", "192.168.88.1"), DROP_COUNT);
	fixture_free(f);
}

static void s5_3_1_ttl(void **state)
{
	struct fixture *f = home();
	struct pkt *e, *p;

	for (uint8_t ttl = 0; ttl <= 1; ttl++) {
		frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
		ip_of(f)[IP4_AT_TTL] = ttl;
		frame_sum_ip4(&f->in);
		assert_int_equal(fixture_forward(f, 2), NEIGH_NONE);
		e = net_own_take(f->net);
		assert_int_equal(e->icmp_type, ICMP_TIME_EXCEEDED);
		assert_int_equal(e->icmp_code, ICMP_TTL_IN_TRANSIT);
		pkt_done(f->net, e);
		/* For this router it is no matter. */
		frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO, 8);
		ip_of(f)[IP4_AT_TTL] = ttl;
		frame_sum_ip4(&f->in);
		p = fixture_input(f, 2);
		assert_non_null(p);
		(void)net_deliver_local(f->net, p);
		e = net_own_take(f->net);
		assert_int_equal(e->icmp_type, ICMP_ECHO_REPLY);
		assert_int_equal(e->ttl, 64); /* 4.3.2.2: anew */
		pkt_done(f->net, e);
	}
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	ip_of(f)[IP4_AT_TTL] = 2;
	frame_sum_ip4(&f->in);
	assert_int_not_equal(fixture_forward(f, 2), NEIGH_NONE);
	assert_int_equal(fixture_sent(f, 1, 0)->bytes[14 + IP4_AT_TTL], 1);
	fixture_free(f);
}

static void s5_3_2_tos_goes_on(void **state)
{
	struct fixture *f = home();

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	ip_of(f)[1] = 0xb9;
	frame_sum_ip4(&f->in);
	assert_int_not_equal(fixture_forward(f, 2), NEIGH_NONE);
	assert_int_equal(fixture_sent(f, 1, 0)->bytes[15], 0xb9);
	fixture_free(f);
}

static void s5_3_4_link_broadcasts_are_not_forwarded(void **state)
{
	struct fixture *f = home();

	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	memset(bytes_of(&f->in), 0xff, 6);
	assert_int_equal(fixture_forward(f, 2), NEIGH_NONE);
	assert_int_equal(f->net->drops[DROP_IP_DESTINATION], 1);
	assert_null(net_own_take(f->net));
	fixture_free(f);
}

/* RFC 2644 changed 5.3.5.2: a router does not pass on what goes to all hosts of a network. */
static void s5_3_5_broadcasts_stay(void **state)
{
	struct fixture *f = home();
	static const char *const dsts[] = { "255.255.255.255", "192.168.88.255", "203.0.113.255" };

	for (unsigned i = 0; i < ARRAY_LEN(dsts); i++) {
		struct pkt *p;

		frame_udp(&f->in, 2, "192.168.88.7", dsts[i], 20);
		p = fixture_input(f, 2);
		assert_non_null(p);
		assert_true(fixture_lookup(f, p));
		assert_int_equal(p->route.kind, ROUTE_BROADCAST);
	}
	fixture_free(f);
}

static void loose(struct ip4_settings *settings)
{
	settings->rp_filter = RP_FILTER_LOOSE;
}

static void strict(struct ip4_settings *settings)
{
	settings->rp_filter = RP_FILTER_STRICT;
}

static bool source_passes(struct fixture *f, iface_id in, const char *src, const char *dst)
{
	struct pkt *p;

	frame_udp(&f->in, in, src, dst, 20);
	p = fixture_input(f, in);
	assert_non_null(p);
	return ip4_source_check(f->net, p) == VERDICT_NEXT;
}

static void s5_3_8_and_rfc3704_source_validation(void **state)
{
	struct fixture *f = home();

	assert_true(source_passes(f, 1, "192.168.88.7", "203.0.113.2")); /* off by default */
	setting(f, strict);
	assert_true(source_passes(f, 2, "192.168.88.7", "203.0.113.9"));
	assert_true(source_passes(f, 1, "8.8.8.8", "203.0.113.2"));
	assert_false(source_passes(f, 1, "192.168.88.7", "203.0.113.2"));
	assert_false(source_passes(f, 2, "8.8.8.8", "203.0.113.9"));
	assert_true(source_passes(f, 2, "0.0.0.0", "255.255.255.255"));
	assert_int_equal(f->net->drops[DROP_RP_FILTER], 2);
	setting(f, loose);
	assert_true(source_passes(f, 1, "192.168.88.7", "203.0.113.2"));
	fixture_route(f, "172.16.0.0/12", NULL)->action = ROUTE_BLACKHOLE;
	fib_publish(f->net, f->routes, f->routes_n);
	assert_false(source_passes(f, 2, "172.16.0.1", "203.0.113.9"));
	fixture_free(f);
}

static void off(struct ip4_settings *settings)
{
	settings->forward = false;
}

static void s2_2_8_2_a_host_does_not_forward(void **state)
{
	struct fixture *f = home();

	setting(f, off);
	frame_udp(&f->in, 2, "192.168.88.7", "203.0.113.9", 20);
	assert_int_equal(fixture_forward(f, 2), NEIGH_NONE);
	assert_int_equal(f->net->drops[DROP_FORWARDING_OFF], 1);
	assert_null(net_own_take(f->net));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s5_2_2_headers_that_lie),
		cmocka_unit_test(s4_2_2_3_unused_bits_are_no_reason_to_drop),
		cmocka_unit_test(s5_3_7_martian_source),
		cmocka_unit_test(s5_3_7_martian_destination),
		cmocka_unit_test(s5_3_7_documentation_networks_are_no_martians),
		cmocka_unit_test(s4_2_2_11_zero_asks_for_an_address_only),
		cmocka_unit_test(s4_2_3_1_a_networks_own_address_is_an_old_broadcast),
		cmocka_unit_test(s5_3_1_ttl),
		cmocka_unit_test(s5_3_2_tos_goes_on),
		cmocka_unit_test(s5_3_4_link_broadcasts_are_not_forwarded),
		cmocka_unit_test(s5_3_5_broadcasts_stay),
		cmocka_unit_test(s5_3_8_and_rfc3704_source_validation),
		cmocka_unit_test(s2_2_8_2_a_host_does_not_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
