/*
 * rfc1812_icmp_test.c -- what a router says by ICMP, to whom and how, by the sections of RFC 1812.
 */
#include "core/fixture.h"

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(3);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	fixture_host(f, 2, "192.168.88.2");
	fixture_route(f, "0.0.0.0/0", "203.0.113.1");
	fixture_route(f, "10.0.0.0/8", "192.168.88.2");
	return f;
}

static uint8_t *ip_of(struct fixture *f)
{
	return bytes_of(&f->in) + ETH_HEADER_BYTES;
}

static struct pkt *in(struct fixture *f, const char *src, const char *dst, uint32_t bytes)
{
	struct pkt *p;

	frame_udp(&f->in, 2, src, dst, bytes);
	p = fixture_input(f, 2);
	assert_non_null(p);
	return p;
}

/* The error about @p, or NULL. */
static struct pkt *error(struct fixture *f, struct pkt *p)
{
	icmp_error(f->net, p, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0);
	return net_own_take(f->net);
}

static void expect_silence(struct fixture *f)
{
	struct pkt *p = fixture_input(f, 2);

	if (p != NULL)
		assert_null(error(f, p));
	assert_null(net_own_take(f->net));
}

static void s4_3_2_3_as_much_as_fits_576_bytes(void **state)
{
	struct fixture *f = home();
	struct pkt *e = error(f, in(f, "192.168.88.7", "9.9.9.9", 1400));

	assert_int_equal(e->len, 576);
	assert_memory_equal(e->bytes + e->payload_at, ip_of(f), 548);
	pkt_done(f->net, e);
	e = error(f, in(f, "192.168.88.7", "9.9.9.9", 100));
	assert_int_equal(e->len, 20 + 8 + 128);
	assert_memory_equal(e->bytes + e->payload_at, ip_of(f), 128);
	pkt_done(f->net, e);
	fixture_free(f);
}

static void s4_3_2_4_the_source_is_the_interface_it_leaves_by(void **state)
{
	struct fixture *f = home();
	struct ip4_settings settings = f->net->settings;
	/* It came in by the LAN, but its source is reached by ether1. */
	struct pkt *e = error(f, in(f, "8.8.8.8", "9.9.9.9", 20));

	assert_int_equal(e->arrived.src.v, A("203.0.113.2").v);
	pkt_done(f->net, e);
	settings.inbound_error_source = true;
	ip4_settings_publish(f->net, &settings);
	e = error(f, in(f, "8.8.8.8", "9.9.9.9", 20));
	assert_int_equal(e->arrived.src.v, A("192.168.88.1").v);
	pkt_done(f->net, e);
	e = error(f, in(f, "192.168.88.7", "203.0.113.2", 20)); /* who asked us hears from us */
	assert_int_equal(e->arrived.src.v, A("203.0.113.2").v);
	pkt_done(f->net, e);
	fixture_free(f);
}

static void s4_3_2_5_precedence_of_internetwork_control(void **state)
{
	struct fixture *f = home();
	struct pkt *p = in(f, "192.168.88.7", "9.9.9.9", 20), *e;

	p->tos = 0x28;
	e = error(f, p);
	assert_int_equal(e->tos >> 5, 6);
	assert_int_equal(e->ttl, 64);
	pkt_done(f->net, e);
	/* A reply has the TOS of what it answers. */
	frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO, 20);
	ip_of(f)[1] = 0x28;
	frame_sum_ip4(&f->in);
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	e = net_own_take(f->net);
	assert_int_equal(e->tos, 0x28);
	pkt_done(f->net, e);
	fixture_free(f);
}

static void s4_3_2_7_never_about_an_error(void **state)
{
	struct fixture *f = home();
	static const uint8_t errors[] = { ICMP_UNREACHABLE, ICMP_SOURCE_QUENCH, ICMP_REDIRECT,
		                          ICMP_TIME_EXCEEDED, ICMP_PARAMETER_PROBLEM };

	for (unsigned i = 0; i < ARRAY_LEN(errors); i++) {
		frame_icmp(&f->in, 2, "192.168.88.7", "9.9.9.9", errors[i], 28);
		expect_silence(f);
	}
	fixture_free(f);
}

static void s4_3_2_7_never_about_groups_fragments_and_nobodies(void **state)
{
	struct fixture *f = home();
	static const char *const dsts[] = { "255.255.255.255", "192.168.88.255", "203.0.113.255",
		                            "224.0.0.5", "239.9.9.9" };
	static const char *const srcs[] = { "192.168.88.255", "224.0.0.5",       "127.0.0.1",
		                            "0.0.0.1",        "255.255.255.255", "240.0.0.1" };

	for (unsigned i = 0; i < ARRAY_LEN(dsts); i++) {
		frame_udp(&f->in, 2, "192.168.88.7", dsts[i], 20);
		expect_silence(f);
	}
	for (unsigned i = 0; i < ARRAY_LEN(srcs); i++) {
		frame_udp(&f->in, 2, srcs[i], "9.9.9.9", 20);
		expect_silence(f);
	}
	frame_udp(&f->in, 2, "192.168.88.7", "9.9.9.9", 20);
	bytes_of(&f->in)[0] = 0xff;
	memset(bytes_of(&f->in), 0xff, 6); /* a broadcast of the link */
	expect_silence(f);
	frame_udp(&f->in, 2, "192.168.88.7", "9.9.9.9", 20);
	wire_put16(ip_of(f) + IP4_AT_FRAGMENT, 3);
	frame_sum_ip4(&f->in);
	expect_silence(f);
	fixture_free(f);
}

static void s4_3_2_8_every_error_is_rate_limited(void **state)
{
	struct fixture *f = home();
	struct ip4_settings settings = f->net->settings;
	struct pkt *e;
	unsigned told = 0;

	settings.icmp_rate_ms = 100;
	ip4_settings_publish(f->net, &settings);
	for (unsigned i = 0; i < 10000; i++) {
		e = error(f, in(f, "192.168.88.7", "9.9.9.9", 20));
		if (e != NULL) {
			told++;
			pkt_done(f->net, e);
		}
		f->net->now = mono_add_ms(f->net->now, 1);
	}
	assert_in_range(told, 115, 185); /* ten seconds and the burst, by chance (SAD DNS) */
	assert_int_equal(f->net->drops[DROP_RATE], 10000 - told);
	fixture_free(f);
}

/* 5.2.7.2; the packet has been routed. NULL: nothing was said. */
static struct pkt *redirect(struct fixture *f, const char *src, const char *dst)
{
	struct pkt *p = in(f, src, dst, 20);

	assert_true(fixture_lookup(f, p));
	ip4_redirect(f->net, p);
	return net_own_take(f->net);
}

static void s5_2_7_2_redirects(void **state)
{
	struct fixture *f = home();
	struct ip4_settings settings = f->net->settings;
	struct pkt *e = redirect(f, "192.168.88.7", "10.1.1.1"), *p;

	assert_non_null(e);
	assert_int_equal(e->icmp_type, ICMP_REDIRECT);
	assert_int_equal(e->icmp_code, ICMP_REDIRECT_HOST);
	assert_int_equal(wire_get32(e->bytes + e->l4 + 4), A("192.168.88.2").v);
	assert_int_equal(e->arrived.src.v, A("192.168.88.1").v);
	assert_int_equal(e->arrived.dst.v, A("192.168.88.7").v);
	assert_memory_equal(e->bytes + e->payload_at, ip_of(f), 48);
	pkt_done(f->net, e);

	e = redirect(f, "192.168.88.7", "192.168.88.2"); /* the host itself is on the link */
	assert_int_equal(wire_get32(e->bytes + e->l4 + 4), A("192.168.88.2").v);
	pkt_done(f->net, e);
	assert_null(redirect(f, "192.168.88.7", "9.9.9.9")); /* leaves by another interface */
	assert_null(redirect(f, "172.16.0.1", "10.1.1.1"));  /* comes from beyond another router */

	p = in(f, "192.168.88.7", "10.1.1.1", 20); /* a packet that is translated */
	assert_true(fixture_lookup(f, p));
	p->now.src = A("192.168.88.1");
	ip4_redirect(f->net, p);
	assert_null(net_own_take(f->net));

	p = in(f, "192.168.88.7", "10.1.1.1", 20); /* a packet with a source route */
	assert_true(fixture_lookup(f, p));
	p->route_option = 20;
	ip4_redirect(f->net, p);
	assert_null(net_own_take(f->net));

	settings.send_redirects = false;
	ip4_settings_publish(f->net, &settings);
	assert_null(redirect(f, "192.168.88.7", "10.1.1.1"));
	fixture_free(f);
}

static void s4_3_2_8_redirects_have_a_limit_of_their_own(void **state)
{
	struct fixture *f = home();
	unsigned told = 0;
	struct pkt *e;

	for (unsigned i = 0; i < 1000; i++) {
		e = redirect(f, "192.168.88.7", "10.1.1.1");
		told += e != NULL;
		if (e != NULL)
			pkt_done(f->net, e);
	}
	assert_int_equal(told, 10);
	e = error(f, in(f, "192.168.88.7", "9.9.9.9", 20));
	assert_non_null(e);
	pkt_done(f->net, e);
	fixture_free(f);
}

/* What comes of @type and @code for this router is taken, and nothing is said or learnt. */
static void expect_ignored(struct fixture *f, uint8_t type)
{
	uint32_t generation = f->net->generation;

	frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", type, 60);
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	assert_null(net_own_take(f->net));
	assert_int_equal(f->net->generation, generation);
}

static void s4_3_3_what_is_ignored(void **state)
{
	struct fixture *f = home();
	static const uint8_t types[] = {
		ICMP_SOURCE_QUENCH, /* 4.3.3.3; RFC 6633 */
		ICMP_REDIRECT,      /* 4.3.3.2: a router follows its routes */
		ICMP_ECHO_REPLY,
		15,
		16,             /* 4.3.3.7: information */
		ICMP_TIMESTAMP, /* 4.3.3.8: MAY; it tells our clock */
		17,
		18, /* 4.3.3.9: address mask */
		42,
		255, /* 4.3.2.1: unknown types, silently */
	};

	for (unsigned i = 0; i < ARRAY_LEN(types); i++)
		expect_ignored(f, types[i]);
	assert_int_equal(f->net->drops[DROP_LOCAL_CONSUMED], ARRAY_LEN(types));
	fixture_free(f);
}

static void s4_3_3_6_echo_to_a_group_is_not_answered(void **state)
{
	struct fixture *f = home();
	static const char *const dsts[] = { "192.168.88.255", "255.255.255.255", "224.0.0.1" };

	for (unsigned i = 0; i < ARRAY_LEN(dsts); i++) {
		frame_icmp(&f->in, 2, "192.168.88.7", dsts[i], ICMP_ECHO, 20);
		(void)net_deliver_local(f->net, fixture_input(f, 2));
		assert_null(net_own_take(f->net));
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s4_3_2_3_as_much_as_fits_576_bytes),
		cmocka_unit_test(s4_3_2_4_the_source_is_the_interface_it_leaves_by),
		cmocka_unit_test(s4_3_2_5_precedence_of_internetwork_control),
		cmocka_unit_test(s4_3_2_7_never_about_an_error),
		cmocka_unit_test(s4_3_2_7_never_about_groups_fragments_and_nobodies),
		cmocka_unit_test(s4_3_2_8_every_error_is_rate_limited),
		cmocka_unit_test(s5_2_7_2_redirects),
		cmocka_unit_test(s4_3_2_8_redirects_have_a_limit_of_their_own),
		cmocka_unit_test(s4_3_3_what_is_ignored),
		cmocka_unit_test(s4_3_3_6_echo_to_a_group_is_not_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
