/*
 * small_net.h -- a network layer with two interfaces that lead nowhere, small enough to be made
 * anew for each input, and frames that come in by the first of them.
 *
 * ether1 has 192.0.2.1/24, ether2 198.51.100.1/24.
 */
#ifndef TEST_FUZZ_SMALL_NET_H
#define TEST_FUZZ_SMALL_NET_H

#include <string.h>

#include "core/addr.h"
#include "core/ether.h"
#include "core/ip4.h"
#include "core/net.h"
#include "core/ports.h"
#include "lib/mem.h"
#include "sim/memory_port.h"
#include "sim/random.h"

#define SMALL_PORTS 2

struct small_net {
	struct net *net;
	struct log log;
	struct sim_random random;
	struct memory_port ports[SMALL_PORTS];
};

static inline void small_net_make(struct small_net *s)
{
	static const struct addr_spec addrs[] = {
		{ { 0xc0000201 }, { 0xc0000200 }, .bits = 24, .iface = 1, .id = 1 },
		{ { 0xc6336401 }, { 0xc6336400 }, .bits = 24, .iface = 2, .id = 2 },
	};
	const struct net_budget budget = { .pkt_small = 16,
		                           .pkt_large = 2,
		                           .neighbours = 8,
		                           .port_addresses = 2,
		                           .datagrams = 3 };

	memset(s, 0, sizeof *s);
	s->net = mem_new(1, sizeof *s->net);
	s->net->now = (mono){ 5000 * NS_PER_S };
	s->random = sim_random_make(1);
	log_init(&s->log);
	net_init(s->net, &budget, &s->random.random, &s->log);
	for (unsigned i = 0; i < SMALL_PORTS; i++) {
		struct mac mac = { { 2, 0, 0, 0, 0, (uint8_t)(i + 1) } };

		memory_port_init(&s->ports[i], i == 0 ? "ether1" : "ether2", &mac, 1500);
		must(iface_add_port(s->net, &s->ports[i].port) == i + 1);
		iface_enable(s->net, (iface_id)(i + 1), true);
	}
	addrs_publish(s->net, addrs_new(addrs, SMALL_PORTS));
}

static inline bool small_net_holds_nothing(const struct small_net *s)
{
	return pkt_pool_available(s->net->pool) == pkt_pool_total(s->net->pool);
}

static inline void small_net_free(struct small_net *s)
{
	iface_flush(s->net);
	net_free(s->net);
	for (unsigned i = 0; i < SMALL_PORTS; i++)
		memory_port_close(&s->ports[i]);
	log_free(&s->log);
	mem_free(s->net);
}

/* A frame that has come in by ether1. The bytes are the caller's, with headroom as from a port. */
static inline struct pkt small_frame(uint8_t *bytes, size_t len)
{
	return (struct pkt){ .bytes = bytes,
		             .len = (uint32_t)len,
		             .headroom = PORT_HEADROOM_BYTES,
		             .in = 1,
		             .flow = FLOW_NONE };
}

#endif
