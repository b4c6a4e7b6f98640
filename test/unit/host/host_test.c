/* What the router as a host does with packets for itself: refusals, and only for what is whole. */
#include "core/fixture.h"
#include "host/host.h"

struct at_home {
	struct fixture *f;
	struct host *host;
};

static struct at_home home(void)
{
	struct at_home at = { fixture_new(2), mem_new(1, sizeof(struct host)) };

	fixture_address(at.f, 2, "192.168.88.1/24");
	host_init(at.host, at.f->net, NULL);
	return at;
}

static void leave(struct at_home at)
{
	host_free(at.host);
	mem_free(at.host);
	fixture_free(at.f);
}

static struct pkt *deliver(struct fixture *f)
{
	struct pkt *p = fixture_input(f, 2);

	assert_non_null(p);
	assert_int_equal(net_deliver_local(f->net, p), VERDICT_TAKEN);
	return net_own_take(f->net);
}

static void put_syn(struct fixture *f)
{
	static const char src[] = "192.168.88.7", dst[] = "192.168.88.1";
	uint8_t *tcp;

	frame_begin(&f->in, iface_mac(2), host_mac(A(src)), ETH_TYPE_IP4);
	tcp = frame_ip4(&f->in, src, dst, IPPROTO_TCP, TCP_HEADER_BYTES);
	wire_put16(tcp + TCP_AT_DPORT, 22);
	tcp[TCP_AT_OFFSET] = 5 << 4;
	tcp[TCP_AT_FLAGS] = TCP_SYN;
	sum_l4(tcp, TCP_HEADER_BYTES, TCP_AT_CHECKSUM, src, dst, IPPROTO_TCP);
}

static void closed_ports_are_refused(void **unused)
{
	struct at_home at = home();
	struct pkt *answer;

	put_syn(at.f);
	answer = deliver(at.f);
	assert_int_equal(answer->tcp_flags, TCP_RST | TCP_ACK);
	pkt_done(at.f->net, answer);
	frame_udp(&at.f->in, 2, "192.168.88.7", "192.168.88.1", 32);
	answer = deliver(at.f);
	assert_int_equal(answer->icmp_type, ICMP_UNREACHABLE);
	assert_int_equal(answer->icmp_code, ICMP_PORT_UNREACHABLE);
	pkt_done(at.f->net, answer);
	assert_int_equal(at.f->net->drops[DROP_NO_PORT_OPEN], 2);
	leave(at);
}

static void other_protocols_are_refused(void **unused)
{
	struct at_home at = home();
	struct pkt *answer;

	frame_begin(&at.f->in, iface_mac(2), host_mac(A("192.168.88.7")), ETH_TYPE_IP4);
	frame_ip4(&at.f->in, "192.168.88.7", "192.168.88.1", 47, 20);
	answer = deliver(at.f);
	assert_int_equal(answer->icmp_code, ICMP_PROTOCOL_UNREACHABLE);
	pkt_done(at.f->net, answer);
	leave(at);
}

/* What was damaged on its way is nobody's segment: no answer, and a reason of its own. */
static void damaged_packets_are_not_answered(void **unused)
{
	struct at_home at = home();
	uint8_t *l4 = bytes_of(&at.f->in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;
	struct pkt *answer;

	put_syn(at.f);
	l4[TCP_AT_SEQ] ^= 1;
	assert_null(deliver(at.f));
	frame_udp(&at.f->in, 2, "192.168.88.7", "192.168.88.1", 32);
	l4[UDP_HEADER_BYTES] ^= 1;
	assert_null(deliver(at.f));
	assert_int_equal(at.f->net->drops[DROP_L4_CHECKSUM], 2);
	/* RFC 768: a checksum of 0 is none. */
	wire_put16(l4 + UDP_AT_CHECKSUM, 0);
	answer = deliver(at.f);
	assert_non_null(answer);
	pkt_done(at.f->net, answer);
	leave(at);
}

/* A card that finishes checksums later, or has verified them, is believed. */
static void offloaded_checksums_are_believed(void **unused)
{
	struct at_home at = home();

	for (unsigned i = 0; i < 2; i++) {
		struct pkt *p, *answer;

		put_syn(at.f);
		wire_put16(bytes_of(&at.f->in) + ETH_HEADER_BYTES + IP4_HEADER_BYTES +
		                   TCP_AT_CHECKSUM,
		           0x1234);
		p = fixture_input(at.f, 2);
		p->offload.checked = i == 0;
		p->offload.needs_checksum = i == 1;
		(void)net_deliver_local(at.f->net, p);
		answer = net_own_take(at.f->net);
		assert_non_null(answer);
		pkt_done(at.f->net, answer);
	}
	leave(at);
}

/* An echo reply that no ping waits for ends here, and causes nothing. */
static void unasked_answers_end(void **unused)
{
	struct at_home at = home();

	frame_icmp(&at.f->in, 2, "192.168.88.7", "192.168.88.1", ICMP_ECHO_REPLY, 20);
	assert_null(deliver(at.f));
	assert_int_equal(at.f->net->drops[DROP_LOCAL_CONSUMED], 1);
	leave(at);
}

/* When host_turn() is wanted: never without a ping; all of a host's pings give their ids back. */
static void due_and_free(void **unused)
{
	struct at_home at = home();
	struct ping_spec spec = {
		.dst = A("192.168.88.7"), .size = 56, .ttl = 64, .interval_ms = 1000
	};

	assert_int_equal(host_due(at.host).ns, mono_never().ns);
	assert_non_null(ping_start(at.host->pings, at.f->net, &spec));
	assert_non_null(ping_start(at.host->pings, at.f->net, &spec));
	assert_true(mono_due(host_due(at.host), at.f->net->now));
	assert_int_equal(ports_used(at.f->net->ports), 2);
	host_free(at.host);
	assert_int_equal(ports_used(at.f->net->ports), 0);
	leave(at);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed_ports_are_refused),
		cmocka_unit_test(other_protocols_are_refused),
		cmocka_unit_test(damaged_packets_are_not_answered),
		cmocka_unit_test(offloaded_checksums_are_believed),
		cmocka_unit_test(unasked_answers_end),
		cmocka_unit_test(due_and_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
