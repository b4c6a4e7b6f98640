/*
 * fixture.h -- a net in memory for tests: seeded randomness, ports that keep what they are given.
 *
 *     struct fixture *f = fixture_new(2);
 *     fixture_address(f, 1, "192.168.88.1/24");
 *     fixture_route(f, "0.0.0.0/0", "203.0.113.1");
 *     struct pkt *p = fixture_frame(f, 1, &frame);     borrowed, as a port's
 *     ... ether_input(f->net, p) ...
 *     iface_flush(f->net); fixture_sent(f, 2, 0) is the first frame that left by interface 2.
 *
 * Interfaces are ether1, ether2, ... with ids from 1; interface i has the MAC 02:00:00:00:00:0i.
 * Hosts are known by fixture_host(): the host with address a on a link has host_mac(a).
 */
#ifndef TEST_CORE_FIXTURE_H
#define TEST_CORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "core/addr.h"
#include "core/ether.h"
#include "core/explain.h"
#include "core/fib.h"
#include "core/icmp.h"
#include "core/ip4.h"
#include "core/neigh.h"
#include "core/net.h"
#include "core/ports.h"
#include "lib/mem.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

#define FIXTURE_PORTS  4
#define FIXTURE_FRAMES 1024
#define FIXTURE_SPECS  16

struct fixture_random {
	struct random random;
	uint64_t state; /* xorshift64: never 0 */
};

struct fixture_port {
	struct port port;
	struct port_frame frames[FIXTURE_FRAMES]; /* copies of what was sent */
	unsigned n;
	unsigned room; /* how many transmit() still takes */
	bool link_next;
};

/* A frame under construction or received: the bytes lie behind the headroom. */
struct fixture_bytes {
	uint8_t memory[PORT_HEADROOM_BYTES + PORT_FRAME_BYTES_MAX];
	uint32_t len;
};

struct fixture {
	struct net *net;
	struct log log;
	struct fixture_random random;
	struct fixture_port ports[FIXTURE_PORTS + 1]; /* [i] is the port of interface i */
	unsigned ports_n;
	struct addr_spec addrs[FIXTURE_SPECS];
	unsigned addrs_n;
	struct route_spec routes[FIXTURE_SPECS];
	unsigned routes_n;
	struct pkt pkt; /* the borrowed one of fixture_frame() */
	struct fixture_bytes in;
};

static inline uint64_t fixture_draw(struct fixture_random *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state * 0x2545f4914f6cdd1dULL;
}

static inline void fixture_random_fill(struct random *random, void *bytes, size_t len)
{
	uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(fixture_draw((struct fixture_random *)random) >> 32);
}

static inline struct fixture_random fixture_random_make(uint64_t seed)
{
	return (struct fixture_random){ .random.fill = fixture_random_fill, .state = seed | 1 };
}

/* --- ports --- */

static inline unsigned fixture_receive(struct port *port, struct port_frame *frames, unsigned max)
{
	(void)port;
	(void)frames;
	(void)max;
	return 0;
}

static inline void fixture_release(struct port *port)
{
	(void)port;
}

static inline unsigned fixture_transmit(struct port *port, const struct port_frame *frames,
                                        unsigned n)
{
	struct fixture_port *to = (struct fixture_port *)port;
	unsigned taken = 0;

	for (; taken < n && to->room > 0; taken++, to->room--) {
		struct port_frame *copy = &to->frames[to->n];

		assert_true(to->n < FIXTURE_FRAMES);
		*copy = frames[taken];
		copy->bytes = mem_new(1, frames[taken].len);
		memcpy(copy->bytes, frames[taken].bytes, frames[taken].len);
		to->n++;
	}
	return taken;
}

static inline bool fixture_poll_link(struct port *port)
{
	struct fixture_port *fp = (struct fixture_port *)port;
	bool changed = fp->link_next != port->link_up;

	port->link_up = fp->link_next;
	return changed;
}

static inline void fixture_stats(struct port *port, struct port_stats *ret_stats)
{
	(void)port;
	*ret_stats = (struct port_stats){ 0 };
}

static inline const struct port_ops *fixture_port_ops(void)
{
	static const struct port_ops ops = {
		.receive = fixture_receive,
		.release = fixture_release,
		.transmit = fixture_transmit,
		.poll_link = fixture_poll_link,
		.stats = fixture_stats,
		.close = fixture_release,
	};

	return &ops;
}

static inline struct mac iface_mac(iface_id id)
{
	return (struct mac){ { 2, 0, 0, 0, 0, (uint8_t)id } };
}

static inline struct mac host_mac(ip4 addr)
{
	return (struct mac){ { 2, 1, (uint8_t)(addr.v >> 24), (uint8_t)(addr.v >> 16),
		               (uint8_t)(addr.v >> 8), (uint8_t)addr.v } };
}

static inline ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

/* --- the net --- */

static inline struct fixture *fixture_new(unsigned ports)
{
	struct fixture *f = mem_new(1, sizeof *f);
	struct net_budget budget = {
		.pkt_small = 128, .pkt_large = 4, .neighbours = 64, .port_addresses = 8
	};

	assert_true(ports <= FIXTURE_PORTS);
	f->net = mem_new(1, sizeof *f->net);
	f->random = fixture_random_make(12345);
	f->ports_n = ports;
	log_init(&f->log);
	f->net->now = (mono){ 1000 * NS_PER_S };
	net_init(f->net, &budget, &f->random.random, &f->log);
	for (unsigned i = 1; i <= ports; i++) {
		struct fixture_port *fp = &f->ports[i];

		fp->room = UINT32_MAX;
		fp->link_next = true;
		fp->port = (struct port){ .ops = fixture_port_ops(),
			                  .mac = iface_mac((iface_id)i),
			                  .mtu_bytes = 1500,
			                  .link_up = true };
		snprintf(fp->port.name, sizeof fp->port.name, "ether%u", i);
		assert_int_equal(iface_add_port(f->net, &fp->port), i);
	}
	return f;
}

/* Forget the frames that were sent so far. */
static inline void fixture_clear(struct fixture *f)
{
	iface_flush(f->net);
	for (unsigned i = 1; i <= f->ports_n; i++) {
		for (unsigned j = 0; j < f->ports[i].n; j++)
			mem_free(f->ports[i].frames[j].bytes);
		f->ports[i].n = 0;
	}
}

static inline void fixture_free(struct fixture *f)
{
	fixture_clear(f);
	net_free(f->net);
	log_free(&f->log);
	mem_free(f->net);
	mem_free(f);
}

/* "192.0.2.1/24" on interface @id. */
static inline void fixture_address(struct fixture *f, iface_id id, const char *prefix)
{
	struct ip_prefix p;

	assert_true(ip_prefix_parse(prefix, strlen(prefix), &p));
	assert_true(f->addrs_n < FIXTURE_SPECS);
	f->addrs[f->addrs_n] = (struct addr_spec){ .addr = p.addr.v4,
		                                   .network = ip4_network(p.addr.v4, p.bits),
		                                   .bits = p.bits,
		                                   .iface = id,
		                                   .id = f->addrs_n + 1 };
	f->addrs_n++;
	addrs_publish(f->net, addrs_new(f->addrs, f->addrs_n));
}

/* A route by @gateway (or NULL: fill in the spec that is returned and publish it again). */
static inline struct route_spec *fixture_route(struct fixture *f, const char *prefix,
                                               const char *gateway)
{
	struct route_spec *spec = &f->routes[f->routes_n];

	assert_true(f->routes_n < FIXTURE_SPECS);
	*spec = (struct route_spec){ .distance = DISTANCE_STATIC, .id = ++f->routes_n };
	assert_true(ip_prefix_parse(prefix, strlen(prefix), &spec->dst));
	if (gateway != NULL)
		spec->gateway = ip_addr_v4(A(gateway));
	fib_publish(f->net, f->routes, f->routes_n);
	return spec;
}

/* The net knows the host with @addr on interface @id, for good. */
static inline void fixture_host(struct fixture *f, iface_id id, const char *addr)
{
	struct mac mac = host_mac(A(addr));

	assert_true(neigh_set_static(f->net, id, A(addr), &mac));
}

static inline void fixture_sleep_ms(struct fixture *f, uint64_t ms)
{
	f->net->now = mono_add_ms(f->net->now, ms);
	(void)neigh_turn(f->net);
}

/* --- frames in --- */

static inline uint8_t *bytes_of(struct fixture_bytes *b)
{
	return b->memory + PORT_HEADROOM_BYTES;
}

/* Begin a frame from @src to @dst. */
static inline void frame_begin(struct fixture_bytes *b, struct mac dst, struct mac src,
                               uint16_t type)
{
	struct writer w = writer_over(bytes_of(b), ETH_HEADER_BYTES);

	eth_build(&w, &(struct eth_header){ dst, src, type });
	b->len = ETH_HEADER_BYTES;
}

/* Add an IPv4 header for @payload_bytes more; the caller fills those in and calls frame_finish().
 */
static inline uint8_t *frame_ip4(struct fixture_bytes *b, const char *src, const char *dst,
                                 uint8_t proto, uint32_t payload_bytes)
{
	struct writer w = writer_over(bytes_of(b) + ETH_HEADER_BYTES, IP4_HEADER_BYTES);
	uint8_t *payload = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;

	ip4_header_build(&w, &(struct ip4_header){
				     .version = 4,
				     .header_bytes = IP4_HEADER_BYTES,
				     .total_bytes = (uint16_t)(IP4_HEADER_BYTES + payload_bytes),
				     .id = 0x1234,
				     .ttl = 64,
				     .proto = proto,
				     .src = A(src),
				     .dst = A(dst),
			     });
	memset(payload, 0, payload_bytes);
	b->len = ETH_HEADER_BYTES + IP4_HEADER_BYTES + payload_bytes;
	return payload;
}

/* Compute the IPv4 header's checksum again, after a test has changed it. */
static inline void frame_sum_ip4(struct fixture_bytes *b)
{
	uint8_t *ip = bytes_of(b) + ETH_HEADER_BYTES;

	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, (ip[0] & 0xfU) * 4));
}

static inline void sum_l4(uint8_t *l4, uint32_t len, uint32_t at, const char *src, const char *dst,
                          uint8_t proto)
{
	uint32_t sum = proto == IPPROTO_ICMP ? 0 : sum_pseudo(A(src), A(dst), proto, (uint16_t)len);

	wire_put16(l4 + at, 0);
	wire_put16(l4 + at, sum_finish(sum_bytes(sum, l4, len)));
}

/* A UDP datagram with @data_bytes of data (counting up) for interface @id's MAC. */
static inline void frame_udp(struct fixture_bytes *b, iface_id id, const char *src, const char *dst,
                             uint32_t data_bytes)
{
	uint8_t *udp;

	frame_begin(b, iface_mac(id), host_mac(A(src)), ETH_TYPE_IP4);
	udp = frame_ip4(b, src, dst, IPPROTO_UDP, UDP_HEADER_BYTES + data_bytes);
	wire_put16(udp + UDP_AT_SPORT, 4000);
	wire_put16(udp + UDP_AT_DPORT, 53);
	wire_put16(udp + UDP_AT_LENGTH, (uint16_t)(UDP_HEADER_BYTES + data_bytes));
	for (uint32_t i = 0; i < data_bytes; i++)
		udp[UDP_HEADER_BYTES + i] = (uint8_t)i;
	sum_l4(udp, UDP_HEADER_BYTES + data_bytes, UDP_AT_CHECKSUM, src, dst, IPPROTO_UDP);
}

/* An ICMP message of @type with @data_bytes after its header. */
static inline void frame_icmp(struct fixture_bytes *b, iface_id id, const char *src,
                              const char *dst, uint8_t type, uint32_t data_bytes)
{
	uint8_t *icmp;

	frame_begin(b, iface_mac(id), host_mac(A(src)), ETH_TYPE_IP4);
	icmp = frame_ip4(b, src, dst, IPPROTO_ICMP, ICMP_HEADER_BYTES + data_bytes);
	icmp[ICMP_AT_TYPE] = type;
	wire_put16(icmp + ICMP_AT_ID, 77);
	for (uint32_t i = 0; i < data_bytes; i++)
		icmp[ICMP_HEADER_BYTES + i] = (uint8_t)i;
	sum_l4(icmp, ICMP_HEADER_BYTES + data_bytes, ICMP_AT_CHECKSUM, src, dst, IPPROTO_ICMP);
}

static inline void frame_arp(struct fixture_bytes *b, struct mac dst, const struct arp *arp)
{
	struct writer w = writer_over(bytes_of(b) + ETH_HEADER_BYTES, ARP_BYTES);

	frame_begin(b, dst, arp->sender_mac, ETH_TYPE_ARP);
	arp_build(&w, arp);
	b->len += ARP_BYTES;
}

/* f->in as a packet that has just come in by interface @id. Good until the next call. */
static inline struct pkt *fixture_frame(struct fixture *f, iface_id id)
{
	f->pkt = (struct pkt){
		.bytes = bytes_of(&f->in),
		.len = f->in.len,
		.headroom = PORT_HEADROOM_BYTES,
		.tailroom = PORT_FRAME_BYTES_MAX - f->in.len,
		.in = id,
		.flow = FLOW_NONE,
	};
	return &f->pkt;
}

/* The same, through ether_input() and ip4_input(); NULL when one of them ended it. */
static inline struct pkt *fixture_input(struct fixture *f, iface_id id)
{
	struct pkt *p = fixture_frame(f, id);

	if (ether_input(f->net, p) != VERDICT_NEXT || ip4_input(f->net, p) != VERDICT_NEXT)
		return NULL;
	return p;
}

static inline bool fixture_lookup(struct fixture *f, struct pkt *p)
{
	struct route_key key = { .src = p->now.src, .dst = p->now.dst, .in = p->in };

	return route_lookup(f->net, &key, &p->route, p->why) == 0;
}

/* A plain router without rules: in, routed, forwarded, out. The neighbour's place. */
static inline uint32_t fixture_forward(struct fixture *f, iface_id id)
{
	struct pkt *p = fixture_input(f, id);

	if (p == NULL)
		return NEIGH_NONE;
	assert_true(fixture_lookup(f, p));
	if (ip4_forward(f->net, p) != VERDICT_NEXT)
		return NEIGH_NONE;
	ip4_decrement_ttl(p);
	return ip4_output(f->net, p);
}

/* --- frames out --- */

/* The @at'th frame that left by interface @id, flushed first; fails when there is none. */
static inline const struct port_frame *fixture_sent(struct fixture *f, iface_id id, unsigned at)
{
	iface_flush(f->net);
	assert_true(at < f->ports[id].n);
	return &f->ports[id].frames[at];
}

static inline unsigned fixture_sent_n(struct fixture *f, iface_id id)
{
	iface_flush(f->net);
	return f->ports[id].n;
}

/* Parse @frame as IPv4 with a right checksum. Returns what follows the header. */
static inline const uint8_t *sent_ip4(const struct port_frame *frame, struct ip4_header *ret_ip)
{
	struct reader r =
		reader_over(frame->bytes + ETH_HEADER_BYTES, frame->len - ETH_HEADER_BYTES);

	assert_true(ip4_header_parse(&r, ret_ip));
	assert_true(ip4_header_checksum_ok(frame->bytes + ETH_HEADER_BYTES, ret_ip->header_bytes));
	return r.at;
}

/* Was @needle said in @why? */
static inline bool was_said(const struct explain *why, const char *needle)
{
	for (unsigned i = 0; i < why->n; i++) {
		if (strstr(why->steps[i].text, needle) != NULL)
			return true;
	}
	return false;
}

#endif
