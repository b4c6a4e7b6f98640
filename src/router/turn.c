/*
 * turn.c -- one turn of the router.
 *
 * A port's batch is gone through twice: first every frame is checked and its flow's bucket fetched
 * from memory, then every packet is looked up and sent on. With many flows the second pass finds
 * in the cache what it would have waited for.
 */
#include "core/acd.h"
#include "core/ether.h"
#include "core/ip4.h"
#include "core/ip4_reass.h"
#include "core/neigh.h"
#include "core/tap.h"
#include "router/pipeline.h"
#include "router/verdict.h"

#define FLOWS_PER_TURN 512 /* how many timers are looked at in one turn */
#define LISTS_PER_TURN 512 /* the same for entries of address lists */
#define OWN_BATCH      32  /* of the router's own packets, looked up together */

static void packet_of(struct pkt *p, const struct port_frame *frame, iface_id in)
{
	*p = (struct pkt){
		.bytes = frame->bytes,
		.len = frame->len,
		.headroom = frame->headroom,
		.tailroom = frame->tailroom,
		.offload = frame->offload,
		.in = in,
		.flow = FLOW_NONE,
	};
}

/* Check a frame; true when it is an IPv4 packet that wants a way. */
static bool take_in(struct router *router, struct iface *iface, struct pkt *p)
{
	if (!router->configured) {
		iface->counters.rx_packets++;
		iface->counters.rx_bytes += p->len;
		pkt_drop(&router->net, p, DROP_NO_CONFIG);
		return false;
	}
	if (ether_input(&router->net, p) != VERDICT_NEXT)
		return false;
	if (ip4_input(&router->net, p) != VERDICT_NEXT)
		return false;
	p->hash = flow_hash(router->fw.flows, &p->arrived);
	flow_prefetch(router->fw.flows, p->hash);
	return true;
}

static void send_on(struct router *router, struct pkt *p)
{
	if (!router->reference && verdict_replay(router, p))
		return;
	pipeline_walk(router, PATH_IN, p, true);
}

static void send_own(struct router *router, struct pkt *p)
{
	if (!router->reference && p->why == NULL && verdict_replay(router, p))
		return;
	pipeline_walk(router, PATH_OWN, p, true);
}

/* As with a port's batch: all buckets are fetched before the first is looked into. */
static unsigned send_own_batch(struct router *router)
{
	struct pkt *batch[OWN_BATCH];
	unsigned n = 0;

	while (n < OWN_BATCH && (batch[n] = net_own_take(&router->net)) != NULL) {
		batch[n]->hash = flow_hash(router->fw.flows, &batch[n]->arrived);
		flow_prefetch(router->fw.flows, batch[n]->hash);
		n++;
	}
	for (unsigned i = 0; i < n; i++)
		flow_prefetch_record(router->fw.flows, batch[i]->hash);
	for (unsigned i = 0; i < n; i++)
		send_own(router, batch[i]);
	return n;
}

/* What the router itself has to say: answers, errors, questions. They may cause more of the same,
 * so a turn does at most a queue's length of them. */
static void turn_own(struct router *router)
{
	for (unsigned n = 0; n < NET_OWN_QUEUE;) {
		unsigned sent = send_own_batch(router);

		if (sent == 0)
			return;
		n += sent;
	}
}

static bool turn_port(struct router *router, struct iface *iface)
{
	struct port *port = iface->port;
	unsigned n = port->ops->receive(port, router->frames, PORT_BATCH);
	bool wanted[PORT_BATCH];

	for (unsigned i = 0; i < n; i++) {
		packet_of(&router->batch[i], &router->frames[i], iface->id);
		wanted[i] = take_in(router, iface, &router->batch[i]);
	}
	/* By now the first buckets are near. A pass of its own, so that the waits for records
	 * overlap. */
	for (unsigned i = 0; i < n; i++) {
		if (wanted[i])
			flow_prefetch_record(router->fw.flows, router->batch[i].hash);
	}
	for (unsigned i = 0; i < n; i++) {
		if (wanted[i])
			send_on(router, &router->batch[i]);
	}
	if (n > 0)
		turn_own(router);
	/* Borrowed frames must be on their way before their ring gets them back. */
	iface_flush(&router->net);
	port->ops->release(port);
	return n == PORT_BATCH;
}

bool router_turn(struct router *router, mono now)
{
	struct net *net = &router->net;
	bool more = false;

	net->now = now;
	net->log->now = now;
	router->counters.turns++;
	for (unsigned i = 1; i < net->ifaces_n; i++) {
		if (net->ifaces[i].used && net->ifaces[i].port != NULL)
			more |= turn_port(router, &net->ifaces[i]);
	}
	more |= flows_turn(router->fw.flows, net, now, FLOWS_PER_TURN);
	nat_turn(&router->fw);
	more |= address_lists_turn(router->fw.lists, LISTS_PER_TURN);
	neigh_turn(net);
	if (router->configured)
		acd_turn(net);
	ip4_reass_turn(net);
	host_turn(&router->host);
	lan_turn(router->lan);
	turn_own(router);
	iface_flush(net);
	sniffer_turn(router->sniffer);
	return more || net->own_n > 0;
}

mono router_next(const struct router *router)
{
	mono next = flows_next(router->fw.flows);

	if (router->net.own_n > 0)
		return router->net.now; /* a command has left something to be sent */
	next = mono_min(next, address_lists_next(router->fw.lists));
	next = mono_min(next, neigh_due(&router->net));
	if (router->configured)
		next = mono_min(next, acd_due(&router->net));
	next = mono_min(next, ip4_reass_due(&router->net));
	next = mono_min(next, lan_due(router->lan));
	next = mono_min(next, mono_min(tap_due(&router->net), sniffer_due(router->sniffer)));
	return mono_min(next, host_due(&router->host));
}
