/*
 * fixture.h -- a net in memory for tests: seeded randomness, ports that keep what they are given.
 *
 * A test makes a net of some ports, gives it addresses and routes, and puts f->in (see frame.h)
 * through it with fixture_input() or fixture_forward(). What left by an interface is looked at
 * with fixture_sent(), which flushes first. A frame that is forwarded gets its new Ethernet header
 * in place, so f->in is built anew for each.
 *
 * Interfaces are ether1, ether2, ... with ids from 1.
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
#include "core/frame.h"
#include "core/icmp.h"
#include "core/ip4.h"
#include "core/neigh.h"
#include "core/net.h"
#include "core/ports.h"
#include "core/world.h"
#include "lib/mem.h"

#define FIXTURE_PORTS 4
#define FIXTURE_SPECS 16

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
