/* RFC 9293, 3.10.7.1: which segments are refused by a RST, and with which numbers. */
#include "core/fixture.h"
#include "host/tcp_reset.h"

#define CLIENT "192.168.88.7"
#define ROUTER "192.168.88.1"

static struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, ROUTER "/24");
	return f;
}

/* A segment with @data bytes from port 1234 to port 80; seq 1000, ack 7000. */
static struct pkt *segment(struct fixture *f, const char *src, const char *dst, uint8_t flags,
                           uint32_t data)
{
	uint8_t *tcp;

	frame_begin(&f->in, iface_mac(2), host_mac(A(src)), ETH_TYPE_IP4);
	tcp = frame_ip4(&f->in, src, dst, IPPROTO_TCP, TCP_HEADER_BYTES + data);
	wire_put16(tcp + TCP_AT_SPORT, 1234);
	wire_put16(tcp + TCP_AT_DPORT, 80);
	wire_put32(tcp + TCP_AT_SEQ, 1000);
	wire_put32(tcp + TCP_AT_ACK, 7000);
	tcp[TCP_AT_OFFSET] = 5 << 4;
	tcp[TCP_AT_FLAGS] = flags;
	sum_l4(tcp, TCP_HEADER_BYTES + data, TCP_AT_CHECKSUM, src, dst, IPPROTO_TCP);
	return fixture_input(f, 2);
}

/* The RST that follows, or NULL. */
static struct pkt *answer(struct fixture *f, const struct pkt *p)
{
	assert_non_null(p);
	tcp_reset(f->net, &p->arrived, p);
	return net_own_take(f->net);
}

static void numbers(void **unused)
{
	static const struct {
		uint8_t flags;
		uint32_t data;
		uint8_t answer;
		uint32_t seq, ack;
	} cases[] = {
		{ TCP_SYN, 0, TCP_RST | TCP_ACK, 0, 1001 },
		{ TCP_SYN, 5, TCP_RST | TCP_ACK, 0, 1006 },
		{ TCP_FIN, 0, TCP_RST | TCP_ACK, 0, 1001 },
		{ TCP_SYN | TCP_FIN, 3, TCP_RST | TCP_ACK, 0, 1005 },
		{ TCP_PSH, 9, TCP_RST | TCP_ACK, 0, 1009 },
		{ 0, 0, TCP_RST | TCP_ACK, 0, 1000 },
		{ TCP_ACK, 0, TCP_RST, 7000, 0 },
		{ TCP_SYN | TCP_ACK, 0, TCP_RST, 7000, 0 },
		{ TCP_FIN | TCP_ACK, 100, TCP_RST, 7000, 0 },
	};
	struct fixture *f = home();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pkt *rst =
			answer(f, segment(f, CLIENT, ROUTER, cases[i].flags, cases[i].data));
		const uint8_t *tcp = rst->bytes + rst->l4;
		uint32_t sum = sum_pseudo(rst->arrived.src, rst->arrived.dst, IPPROTO_TCP, 20);

		assert_int_equal(tcp[TCP_AT_FLAGS], cases[i].answer);
		assert_int_equal(wire_get32(tcp + TCP_AT_SEQ), cases[i].seq);
		assert_int_equal(wire_get32(tcp + TCP_AT_ACK), cases[i].ack);
		assert_int_equal(rst->arrived.src.v, A(ROUTER).v);
		assert_int_equal(rst->arrived.dst.v, A(CLIENT).v);
		assert_int_equal(rst->arrived.sport, 80);
		assert_int_equal(rst->arrived.dport, 1234);
		assert_int_equal(rst->len - rst->l4, TCP_HEADER_BYTES);
		assert_int_equal(sum_finish(sum_bytes(sum, tcp, TCP_HEADER_BYTES)), 0);
		pkt_done(f->net, rst);
	}
	fixture_free(f);
}

/* The sequence space wraps at 2^32. */
static void numbers_wrap(void **unused)
{
	struct fixture *f = home();
	struct pkt *p = segment(f, CLIENT, ROUTER, TCP_SYN, 0), *rst;

	wire_put32(p->bytes + p->l4 + TCP_AT_SEQ, UINT32_MAX);
	rst = answer(f, p);
	assert_int_equal(wire_get32(rst->bytes + rst->l4 + TCP_AT_ACK), 0);
	pkt_done(f->net, rst);
	fixture_free(f);
}

static void silence(void **unused)
{
	struct fixture *f = home();
	struct pkt *p;

	assert_null(answer(f, segment(f, CLIENT, ROUTER, TCP_RST, 0)));
	assert_null(answer(f, segment(f, CLIENT, ROUTER, TCP_RST | TCP_ACK, 0)));
	assert_null(answer(f, segment(f, CLIENT, ROUTER, TCP_RST | TCP_SYN, 0)));
	/* To many, or from no single host. */
	assert_null(answer(f, segment(f, CLIENT, "192.168.88.255", TCP_SYN, 0)));
	assert_null(answer(f, segment(f, CLIENT, "203.0.113.255", TCP_SYN, 0)));
	assert_null(answer(f, segment(f, CLIENT, "255.255.255.255", TCP_SYN, 0)));
	assert_null(answer(f, segment(f, CLIENT, "224.0.0.1", TCP_SYN, 0)));
	assert_null(segment(f, "192.168.88.255", ROUTER, TCP_SYN, 0)); /* does not come in */
	p = segment(f, CLIENT, ROUTER, TCP_SYN, 0);
	p->ether_group = true;
	assert_null(answer(f, p));
	p = segment(f, CLIENT, ROUTER, TCP_SYN, 0);
	p->asked_only = true;
	assert_null(answer(f, p));
	assert_int_equal(f->net->drops[DROP_RATE], 0);
	fixture_free(f);
}

/* The sender is answered from the address it called, not from where a translation leads. */
static void under_the_tuple_given(void **unused)
{
	struct fixture *f = home();
	struct pkt *p = segment(f, CLIENT, "203.0.113.2", TCP_SYN, 0), *rst;
	struct tuple came = p->arrived;

	p->now.dst = A(ROUTER);
	p->now.dport = 8080;
	rst = answer(f, p);
	assert_int_equal(rst->arrived.src.v, came.dst.v);
	assert_int_equal(rst->arrived.sport, 80);
	pkt_done(f->net, rst);
	fixture_free(f);
}

static void no_more_than_the_rate(void **unused)
{
	struct fixture *f = home();
	unsigned answered = 0;
	struct pkt *rst;

	for (unsigned i = 0; i < 200; i++) {
		rst = answer(f, segment(f, CLIENT, ROUTER, TCP_SYN, 0));
		answered += rst != NULL;
		if (rst != NULL)
			pkt_done(f->net, rst);
	}
	assert_in_range(answered, 30, 80); /* by chance, around 50 */
	assert_int_equal(f->net->drops[DROP_RATE], 200 - answered);
	fixture_sleep_ms(f, 20);
	rst = answer(f, segment(f, CLIENT, ROUTER, TCP_SYN, 0));
	assert_non_null(rst);
	pkt_done(f->net, rst);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(numbers_wrap),
		cmocka_unit_test(silence),
		cmocka_unit_test(under_the_tuple_given),
		cmocka_unit_test(no_more_than_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
