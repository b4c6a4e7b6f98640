/*
 * attack_nat_test.c -- what somebody outside, or a page that somebody inside has opened, can make
 * the translation do: NAT slipstreaming, port shadow (CVE-2021-3773), LAND.
 */
#include <sys/socket.h>

#include "host/sock.h"
#include "menu/fixture.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

#define SERVER "198.51.100.9"
#define HOST   "192.168.88.7"
#define OUTER  "203.0.113.2"

enum {
	SERVICE = 1194,
};

static struct fixture *open_home(void)
{
	struct fixture *f = home(NULL);

	must_run(f, "/ip firewall filter remove [find]");
	must_run(f, "/ip firewall nat add chain=srcnat out-interface=ether1 action=masquerade");
	return f;
}

struct ends {
	const char *src, *dst;
	uint16_t sport, dport;
};

static void put_tcp(struct fixture *f, iface_id id, const struct ends *ends, uint8_t flags,
                    uint32_t seq, const char *text)
{
	struct fixture_bytes *b = &f->ways[id].in;
	uint32_t n = (uint32_t)strlen(text);
	uint8_t *tcp;

	frame_begin(b, iface_mac(id), host_mac(A(ends->src)), ETH_TYPE_IP4);
	tcp = frame_ip4(b, ends->src, ends->dst, IPPROTO_TCP, TCP_HEADER_BYTES + n);
	wire_put16(tcp + TCP_AT_SPORT, ends->sport);
	wire_put16(tcp + TCP_AT_DPORT, ends->dport);
	wire_put32(tcp + TCP_AT_SEQ, seq);
	wire_put32(tcp + TCP_AT_ACK, (flags & TCP_ACK) != 0 ? 7001 : 0);
	tcp[TCP_AT_OFFSET] = 5 << 4;
	tcp[TCP_AT_FLAGS] = flags;
	wire_put16(tcp + TCP_AT_WINDOW, 60000);
	memcpy(tcp + TCP_HEADER_BYTES, text, n);
	sum_l4(tcp, TCP_HEADER_BYTES + n, TCP_AT_CHECKSUM, ends->src, ends->dst, IPPROTO_TCP);
	put(f, id);
}

static void put_udp_ports(struct fixture *f, iface_id id, const struct ends *ends)
{
	struct fixture_bytes *b = &f->ways[id].in;
	uint8_t *udp;

	frame_begin(b, iface_mac(id), host_mac(A(ends->src)), ETH_TYPE_IP4);
	udp = frame_ip4(b, ends->src, ends->dst, IPPROTO_UDP, UDP_HEADER_BYTES + 4);
	wire_put16(udp + UDP_AT_SPORT, ends->sport);
	wire_put16(udp + UDP_AT_DPORT, ends->dport);
	wire_put16(udp + UDP_AT_LENGTH, UDP_HEADER_BYTES + 4);
	sum_l4(udp, UDP_HEADER_BYTES + 4, UDP_AT_CHECKSUM, ends->src, ends->dst, IPPROTO_UDP);
	put(f, id);
}

/* A page makes the browser say this to the attacker's server, in a segment of its own. An ALG would
 * open the port, and change the address in the text. */
static void slip(uint16_t port, const char *text)
{
	struct fixture *f = open_home();
	struct ends out = { HOST, SERVER, 40000, port }, back = { SERVER, OUTER, port, 40000 };
	static const uint16_t wanted[] = { 22, 445, 5060, 8080 };
	struct ip4_header ip;
	const uint8_t *tcp;
	unsigned inside;

	put_tcp(f, 2, &out, TCP_SYN, 1000, "");
	tcp = sent_last(f, 1, &ip);
	back.dport = wire_get16(tcp + TCP_AT_SPORT);
	put_tcp(f, 1, &back, TCP_SYN | TCP_ACK, 7000, "");
	put_tcp(f, 2, &out, TCP_ACK, 1001, "");
	put_tcp(f, 2, &out, TCP_ACK | TCP_PSH, 1001, text);
	tcp = sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A(OUTER).v);
	assert_memory_equal(tcp + TCP_HEADER_BYTES, text, strlen(text));
	inside = sent_n(f, 2);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		struct ends in = { SERVER, OUTER, 50000, wanted[i] };

		put_tcp(f, 1, &in, TCP_SYN, 1, "");
		put_udp_ports(f, 1, &in);
	}
	assert_int_equal(sent_n(f, 2), inside);
	fixture_free(f);
}

static void nat_slipstreaming(void **state)
{
	slip(5060, "REGISTER sip:198.51.100.9;transport=TCP SIP/2.0\r\n"
	           "Contact: <sip:a@192.168.88.7:445;transport=TCP>\r\n\r\n");
	slip(21, "PORT 192,168,88,7,0,22\r\n");
	slip(6667, "PRIVMSG a :\001DCC SEND a 3232258055 22 1\001\r\n");
	slip(1720, "\003\001\001\001\xc0\xa8\x58\x07\001\xbd");
}

static uint64_t drops_n(struct fixture *f)
{
	uint64_t n = 0;

	for (unsigned reason = 0; reason < DROP_COUNT; reason++)
		n += f->router->net.drops[reason];
	return n;
}

/* From ourselves to ourselves, from either side; and from the loopback. */
static void land(void **state)
{
	static const struct {
		iface_id in;
		const char *addr;
	} rows[] = { { 1, OUTER }, { 2, "192.168.88.1" }, { 2, OUTER }, { 1, "127.0.0.1" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = open_home();
		struct ends ends = { rows[i].addr, rows[i].addr, 80, 80 };

		put_tcp(f, rows[i].in, &ends, TCP_SYN, 1, "");
		put_udp_ports(f, rows[i].in, &ends);
		sleep_ms(f, 5000);
		assert_int_equal(sent_n(f, 1) + sent_n(f, 2), 0);
		assert_int_equal(drops_n(f), 2);
		fixture_free(f);
	}
}

static struct sock *service_open(struct fixture *f)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(SERVICE) };
	struct sock *sock;

	assert_int_equal(sock_open(&f->router->host, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	assert_int_equal(sock_bind(sock, &any, sizeof any), 0);
	return sock;
}

static void expect_heard(struct sock *sock)
{
	char bytes[16];

	assert_int_equal(sock_receive(sock, bytes, sizeof bytes, 0, NULL, NULL), 4);
}

/*
 * CVE-2021-3773: a host inside sends from the port that a service of the router's has, to the
 * client whose answers it wants. It gets another port outside, and the client reaches the service.
 */
static void port_shadow(void **state)
{
	struct fixture *f = open_home();
	struct sock *service = service_open(f);
	struct ends shadow = { HOST, SERVER, SERVICE, SERVICE },
		    client = { SERVER, OUTER, SERVICE, SERVICE };
	struct ip4_header ip;
	const uint8_t *udp;
	unsigned inside;

	put_udp_ports(f, 2, &shadow);
	udp = sent_last(f, 1, &ip);
	assert_int_equal(ip.src.v, A(OUTER).v);
	assert_int_not_equal(wire_get16(udp + UDP_AT_SPORT), SERVICE);
	inside = sent_n(f, 2);
	put_udp_ports(f, 1, &client);
	expect_heard(service);
	assert_int_equal(sent_n(f, 2), inside);
	sock_close(service);
	fixture_free(f);
}

/* The same when the flow was there before the service: the service does not get the port. */
static void port_shadow_the_other_way(void **state)
{
	struct fixture *f = open_home();
	struct ends early = { HOST, SERVER, SERVICE, SERVICE };
	struct sockaddr_in outer = { .sin_family = AF_INET,
		                     .sin_port = htons(SERVICE),
		                     .sin_addr.s_addr = htonl(A(OUTER).v) };
	struct sock *sock;

	put_udp_ports(f, 2, &early);
	assert_int_equal(sock_open(&f->router->host, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	assert_int_equal(sock_bind(sock, &outer, sizeof outer), -EADDRINUSE);
	sock_close(sock);
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nat_slipstreaming),
		cmocka_unit_test(land),
		cmocka_unit_test(port_shadow),
		cmocka_unit_test(port_shadow_the_other_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
