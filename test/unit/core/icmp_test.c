#include "core/fixture.h"

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

static bool told(struct fixture *f, struct pkt *p)
{
	struct pkt *e;

	if (p == NULL) /* it was not even taken in */
		return false;
	icmp_error(f->net, p, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0);
	e = net_own_take(f->net);
	if (e != NULL)
		pkt_done(f->net, e);
	return e != NULL;
}

static void echo_is_answered(void **state)
{
	struct fixture *f = home();
	struct pkt *p, *reply;

	frame_icmp(&f->in, 2, "192.168.88.7", "203.0.113.2", ICMP_ECHO, 1400);
	p = fixture_input(f, 2);
	assert_int_equal(net_deliver_local(f->net, p), VERDICT_TAKEN);
	assert_int_equal(f->net->drops[DROP_LOCAL_CONSUMED], 1);
	assert_int_equal(f->net->ifaces[2].counters.rx_drops, 0);
	reply = net_own_take(f->net);
	assert_int_equal(reply->icmp_type, ICMP_ECHO_REPLY);
	assert_int_equal(reply->arrived.src.v, A("203.0.113.2").v);
	assert_int_equal(reply->arrived.dst.v, A("192.168.88.7").v);
	assert_int_equal(reply->arrived.sport, 77);
	assert_int_equal(checksum(reply->bytes + reply->l4, reply->len - reply->l4), 0);
	assert_memory_equal(reply->bytes + reply->l4 + 8, p->bytes + p->l4 + 8, 1400);
	pkt_done(f->net, reply);
	fixture_free(f);
}

static void damaged_echo_is_not_answered(void **state)
{
	struct fixture *f = home();

	frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO, 40);
	bytes_of(&f->in)[60] ^= 1;
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	assert_int_equal(f->net->drops[DROP_L4_CHECKSUM], 1);
	assert_null(net_own_take(f->net));
	frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.255", ICMP_ECHO, 40);
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	assert_null(net_own_take(f->net));
	fixture_free(f);
}

/* RFC 1812, 4.3.2.7. */
static void nobody_is_told_about_what_must_not_be(void **state)
{
	struct fixture *f = home();
	uint8_t *ip = bytes_of(&f->in) + 14;

	frame_udp(&f->in, 2, "192.168.88.7", "8.8.8.8", 10);
	assert_true(told(f, fixture_input(f, 2)));

	frame_icmp(&f->in, 2, "192.168.88.7", "8.8.8.8", ICMP_UNREACHABLE, 28);
	assert_false(told(f, fixture_input(f, 2)));
	frame_icmp(&f->in, 2, "192.168.88.7", "8.8.8.8", ICMP_ECHO, 28);
	assert_true(told(f, fixture_input(f, 2)));

	frame_udp(&f->in, 2, "192.168.88.7", "8.8.8.8", 10);
	wire_put16(ip + IP4_AT_FRAGMENT, 5);
	frame_sum_ip4(&f->in);
	assert_false(told(f, fixture_input(f, 2)));

	frame_udp(&f->in, 2, "192.168.88.7", "224.0.0.5", 10);
	assert_false(told(f, fixture_input(f, 2)));
	frame_udp(&f->in, 2, "192.168.88.7", "192.168.88.255", 10);
	assert_false(told(f, fixture_input(f, 2)));
	frame_udp(&f->in, 2, "192.168.88.255", "8.8.8.8", 10);
	assert_false(told(f, fixture_input(f, 2)));
	frame_udp(&f->in, 2, "0.0.0.0", "255.255.255.255", 10);
	assert_false(told(f, fixture_input(f, 2)));
	frame_udp(&f->in, 2, "192.168.88.7", "8.8.8.8", 10);
	bytes_of(&f->in)[0] = 0xff;
	assert_false(told(f, fixture_input(f, 2)));
	fixture_free(f);
}

static void errors_are_limited_and_echo_does_not_eat_their_share(void **state)
{
	struct fixture *f = home();
	unsigned errors = 0, replies = 0;
	struct pkt *reply;

	for (unsigned i = 0; i < 3000; i++) {
		frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO, 0);
		(void)net_deliver_local(f->net, fixture_input(f, 2));
		reply = net_own_take(f->net);
		if (reply != NULL) {
			replies++;
			pkt_done(f->net, reply);
		}
	}
	frame_udp(&f->in, 2, "192.168.88.7", "8.8.8.8", 10);
	for (unsigned i = 0; i < 300; i++)
		errors += told(f, fixture_input(f, 2));
	assert_in_range(errors, 30, 80); /* by chance, around 50 */
	assert_true(replies > 100 && replies < 1000);
	f->net->now = mono_add_s(f->net->now, 1);
	for (unsigned i = 0; i < 300; i++)
		errors += told(f, fixture_input(f, 2));
	assert_in_range(errors, 70, 150);
	assert_int_equal(f->net->drops[DROP_RATE], 600 - errors + 3000 - replies);
	fixture_free(f);
}

/* A packet that was translated and then failed is quoted as its sender sent it. */
static void quotes_are_what_the_sender_sent(void **state)
{
	struct fixture *f = home();
	uint8_t *ip = bytes_of(&f->in) + 14;
	uint8_t before[60];
	struct pkt *p, *e;

	frame_udp(&f->in, 2, "192.168.88.7", "8.8.8.8", 32);
	p = fixture_input(f, 2);
	memcpy(before, ip, sizeof before);
	wire_put32(ip + IP4_AT_SRC, A("203.0.113.2").v);
	wire_put16(ip + 20, 61000);
	frame_sum_ip4(&f->in);
	icmp_error(f->net, p, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0);
	e = net_own_take(f->net);
	assert_int_equal(e->arrived.dst.v, A("192.168.88.7").v);
	assert_memory_equal(e->bytes + e->payload_at, before, sizeof before);
	pkt_done(f->net, e);
	fixture_free(f);
}

static enum verdict take_all(struct net *net, struct pkt *p, void *arg)
{
	(*(unsigned *)arg)++;
	return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
}

static void protocols_go_to_their_taker(void **state)
{
	struct fixture *f = home();
	unsigned udp = 0, icmp = 0;
	struct pkt *e;

	frame_udp(&f->in, 2, "192.168.88.7", "192.168.88.1", 10);
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	assert_int_equal(f->net->drops[DROP_NO_PROTOCOL], 1);
	e = net_own_take(f->net);
	assert_int_equal(e->icmp_code, ICMP_PROTOCOL_UNREACHABLE);
	pkt_done(f->net, e);

	net_take_protocol(f->net, IPPROTO_UDP, take_all, &udp);
	net_take_protocol(f->net, IPPROTO_ICMP, take_all, &icmp);
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	frame_icmp(&f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO_REPLY, 10);
	(void)net_deliver_local(f->net, fixture_input(f, 2));
	assert_int_equal(udp, 1);
	assert_int_equal(icmp, 1);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo_is_answered),
		cmocka_unit_test(damaged_echo_is_not_answered),
		cmocka_unit_test(nobody_is_told_about_what_must_not_be),
		cmocka_unit_test(errors_are_limited_and_echo_does_not_eat_their_share),
		cmocka_unit_test(quotes_are_what_the_sender_sent),
		cmocka_unit_test(protocols_go_to_their_taker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
