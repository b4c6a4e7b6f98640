/* sock_world.h -- a host with sockets in a net of two interfaces, and what tests of them say often.
 */
#ifndef TEST_HOST_SOCK_WORLD_H
#define TEST_HOST_SOCK_WORLD_H

#include <errno.h>
#include <poll.h>

#include "core/fixture.h"
#include "host/host.h"
#include "host/sock.h"
#include "host/sock_inside.h"
#include "wire/udp_header.h"

#define WAN  "203.0.113.9"  /* on ether1, a /24 with the default route */
#define LAN  "192.168.88.1" /* on ether2, a /24 */
#define PEER "192.168.88.7" /* in the LAN */
#define FAR  "198.51.100.5" /* behind the default route */

struct sock_world {
	struct fixture *f;
	struct host *host;
};

static inline struct sock_world sock_world_of(const struct host_budget *budget,
                                              const struct tcp_budget *tcp)
{
	struct sock_world w = { fixture_new(2), mem_new(1, sizeof(struct host)) };

	host_init(w.host, w.f->net, budget);
	host_take_tcp(w.host, tcp_new(w.f->net, tcp));
	return w;
}

static inline struct sock_world sock_world_bare(void)
{
	struct host_budget budget = {
		.sockets = 64, .datagram_sockets = 32, .datagram_cells = 2048, .crowds = 4
	};
	struct tcp_budget tcp = { .connections = 64,
		                  .half_open = 16,
		                  .time_wait = 64,
		                  .listeners = 8,
		                  .chunks = 256,
		                  .flights = 256 };

	return sock_world_of(&budget, &tcp);
}

/* A router between LAN and WAN. */
static inline struct sock_world sock_world_new(void)
{
	struct sock_world w = sock_world_bare();

	fixture_address(w.f, 1, WAN "/24");
	fixture_address(w.f, 2, LAN "/24");
	fixture_route(w.f, "0.0.0.0/0", "203.0.113.1");
	return w;
}

/* Its peer in the LAN. */
static inline struct sock_world sock_world_peer(void)
{
	struct sock_world w = sock_world_bare();

	fixture_address(w.f, 2, PEER "/24");
	fixture_route(w.f, "0.0.0.0/0", LAN);
	return w;
}

/* Nothing is left behind: neither ports nor sockets nor packets. */
static inline void sock_world_free(struct sock_world w)
{
	struct pkt *p;

	while ((p = net_own_take(w.f->net)) != NULL)
		pkt_done(w.f->net, p);
	host_free(w.host);
	assert_int_equal(ports_used(w.f->net->ports), 0);
	assert_int_equal(pkt_pool_available(w.f->net->pool), pkt_pool_total(w.f->net->pool));
	mem_free(w.host);
	fixture_free(w.f);
}

static inline struct sockaddr_in sock_at_port(const char *addr, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons(port),
		                     .sin_addr.s_addr = htonl(A(addr).v) };
}

static inline struct sock *sock_made(struct sock_world w, int type, int protocol)
{
	struct sock *s;

	assert_int_equal(sock_open(w.host, AF_INET, type, protocol, &s), 0);
	return s;
}

static inline int sock_bound(struct sock *s, const char *addr, uint16_t port)
{
	struct sockaddr_in in = sock_at_port(addr, port);

	return sock_bind(s, &in, sizeof in);
}

static inline int sock_joined(struct sock *s, const char *addr, uint16_t port)
{
	struct sockaddr_in in = sock_at_port(addr, port);

	return sock_connect(s, &in, sizeof in);
}

static inline int64_t sock_sent_to(struct sock *s, const void *bytes, size_t n, const char *addr,
                                   uint16_t port)
{
	struct sockaddr_in in = sock_at_port(addr, port);

	return sock_send(s, bytes, n, 0, &in, sizeof in);
}

static inline int sock_set(struct sock *s, int level, int name, int value)
{
	return sock_option_set(s, level, name, &value, sizeof value);
}

static inline int sock_get(struct sock *s, int level, int name)
{
	int value = -1, len = sizeof value, error;

	error = sock_option_get(s, level, name, &value, &len);
	return error != 0 ? error : value;
}

/* What poll() says, without what always comes with POLLIN and POLLOUT. */
static inline unsigned sock_bits(const struct sock *s)
{
	unsigned bits = sock_poll(s);

	assert_int_equal((bits & POLLIN) != 0, (bits & POLLRDNORM) != 0);
	assert_int_equal((bits & POLLOUT) != 0, (bits & POLLWRNORM) != 0);
	return bits & ~(unsigned)(POLLRDNORM | POLLWRNORM);
}

/* getsockname() or getpeername(), as text: "192.168.88.1:53". */
static inline const char *sock_name_text(struct sock *s, bool peer, char buffer[32])
{
	struct sockaddr_in in = { 0 };
	char addr[IP4_TEXT_BYTES];
	int len = sizeof in;

	assert_int_equal(peer ? sock_peer_name(s, &in, &len) : sock_name(s, &in, &len), 0);
	assert_int_equal(len, sizeof in);
	snprintf(buffer, 32, "%s:%u", ip4_str((ip4){ ntohl(in.sin_addr.s_addr) }, addr),
	         ntohs(in.sin_port));
	return buffer;
}

/* A UDP datagram with @text from @src to @dst has come in by ether@in. */
static inline void sock_hears(struct sock_world w, iface_id in, const char *src, uint16_t sport,
                              const char *dst, uint16_t dport, const char *text)
{
	uint32_t bytes = UDP_HEADER_BYTES + (uint32_t)strlen(text);
	struct pkt *p;
	uint8_t *udp;

	frame_begin(&w.f->in, iface_mac(in), host_mac(A(src)), ETH_TYPE_IP4);
	udp = frame_ip4(&w.f->in, src, dst, IPPROTO_UDP, bytes);
	wire_put16(udp + UDP_AT_SPORT, sport);
	wire_put16(udp + UDP_AT_DPORT, dport);
	wire_put16(udp + UDP_AT_LENGTH, (uint16_t)bytes);
	memcpy(udp + UDP_HEADER_BYTES, text, strlen(text));
	sum_l4(udp, bytes, UDP_AT_CHECKSUM, src, dst, IPPROTO_UDP);
	p = fixture_input(w.f, in);
	assert_non_null(p);
	assert_int_equal(net_deliver_local(w.f->net, p), VERDICT_TAKEN);
}

/* Carry what @from wants to send to whom it is for: itself, or @to (which may be none). */
static inline unsigned sock_carry(struct sock_world from, const struct sock_world *to)
{
	struct pkt *p;
	unsigned n = 0;

	while ((p = net_own_take(from.f->net)) != NULL) {
		bool own =
			addr_find(from.f->net, p->now.dst) != NULL || ip4_is_loopback(p->now.dst);
		struct pkt *q;

		n++;
		if (own) {
			assert_int_equal(net_deliver_local(from.f->net, p), VERDICT_TAKEN);
			continue;
		}
		if (to != NULL && addr_find(to->f->net, p->now.dst) != NULL) {
			q = pkt_copy(to->f->net, p);
			assert_non_null(q);
			q->in = 2;
			assert_int_equal(net_deliver_local(to->f->net, q), VERDICT_TAKEN);
		}
		pkt_done(from.f->net, p);
	}
	return n;
}

/* Both turn and carry until neither has anything to say. */
static inline void sock_settle(struct sock_world a, const struct sock_world *b)
{
	unsigned n;

	do {
		host_turn(a.host);
		n = sock_carry(a, b);
		if (b != NULL) {
			host_turn(b->host);
			n += sock_carry(*b, &a);
		}
	} while (n > 0);
}

/* Time passes for both, each acts when it is due; what they say gets through. */
static inline void sock_wait_ms(struct sock_world a, const struct sock_world *b, uint64_t ms)
{
	mono end = mono_add_ms(a.f->net->now, ms);

	for (;;) {
		mono due;

		sock_settle(a, b);
		due = host_due(a.host);
		if (b != NULL)
			due = mono_min(due, host_due(b->host));
		if (!mono_before(a.f->net->now, end))
			break;
		if (mono_before(end, due))
			due = end;
		if (mono_before(a.f->net->now, due))
			a.f->net->now = due;
		if (b != NULL)
			b->f->net->now = a.f->net->now;
	}
}

/* What was sent next: checked to be whole; good until pkt_done(). */
static inline struct pkt *sock_said(struct sock_world w)
{
	struct pkt *p = net_own_take(w.f->net);

	assert_non_null(p);
	assert_true(ip4_header_checksum_ok(p->bytes + p->l3, p->l4 - p->l3));
	return p;
}

#endif
