#include "lan/bridge.h"

#include <string.h>

#include "core/explain.h"
#include "core/neigh.h"
#include "core/net.h"
#include "core/tap.h"
#include "lan/lan.h"
#include "wire/eth.h"
#include "wire/loop_probe.h"

/* What a frame is to a flood. */
enum kind {
	KIND_UNICAST,
	KIND_MULTICAST,
	KIND_BROADCAST,
};

static struct mac mac_at(const uint8_t *bytes)
{
	struct reader r = reader_over(bytes, sizeof(struct mac));

	return read_mac(&r);
}

static enum kind kind_of(const struct mac *dst)
{
	static const struct mac broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

	if (mac_equal(dst, &broadcast))
		return KIND_BROADCAST;
	return mac_is_multicast(dst) ? KIND_MULTICAST : KIND_UNICAST;
}

/* IEEE 802.1Q, table 8-1: what neighbours say to each other and no further. */
static bool is_reserved(const struct mac *mac)
{
	static const uint8_t prefix[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };

	return memcmp(mac->b, prefix, sizeof prefix) == 0 && mac->b[5] < 0x10;
}

/* --- handing on --- */

static bool wants(const struct bridge_port_spec *spec, enum kind kind)
{
	switch (kind) {
	case KIND_BROADCAST:
		return spec->flood_broadcast;
	case KIND_MULTICAST:
		return spec->flood_multicast;
	default:
		return spec->flood_unicast;
	}
}

static bool may_pass(const struct lan *lan, iface_id from, iface_id to)
{
	const struct bridge_port_spec *a = &lan->ports[from].spec, *b = &lan->ports[to].spec;

	return from != to &&
	       (from == IFACE_NONE || a->horizon == BRIDGE_NO_HORIZON || a->horizon != b->horizon);
}

/* Is the port's cable there, and the port not cut off? */
static bool is_open(const struct lan *lan, iface_id port)
{
	return iface_is_running(&lan->net->ifaces[port]) && !loop_protect_is_cut(lan, port);
}

static void send_by(struct lan *lan, iface_id port, struct pkt *p)
{
	struct iface *iface = &lan->net->ifaces[port];

	iface->transmit(lan->net, iface, p);
}

static void send_copy(struct lan *lan, iface_id port, const struct pkt *p)
{
	struct pkt *copy = pkt_copy(lan->net, p);

	if (copy == NULL) {
		net_drop_unsaid(lan->net, DROP_POOL_EMPTY);
		lan->net->ifaces[port].counters.tx_drops++;
		return;
	}
	lan->net->ledger.made++;
	copy->why = NULL; /* the record is told of the frame, not of each copy */
	send_by(lan, port, copy);
}

/* Send copies of @p by all ports that get it but the last, which is returned for @p itself. */
static iface_id flood_but_last(struct lan *lan, const struct bridge *bridge, iface_id from,
                               enum kind kind, const struct pkt *p)
{
	iface_id last = IFACE_NONE;

	for (iface_id at = bridge->first; at != IFACE_NONE; at = lan->ports[at].next) {
		if (!is_open(lan, at) || !may_pass(lan, from, at) ||
		    !wants(&lan->ports[at].spec, kind))
			continue;
		if (last != IFACE_NONE)
			send_copy(lan, last, p);
		last = at;
	}
	return last;
}

/* Send @p by every port that gets it; takes it. */
static void flood(struct lan *lan, const struct bridge *bridge, iface_id from, enum kind kind,
                  struct pkt *p)
{
	iface_id last = flood_but_last(lan, bridge, from, kind, p);

	explain(p->why, "bridge", "is sent by every port that may have its station");
	if (last != IFACE_NONE)
		send_by(lan, last, p);
	else
		(void)pkt_drop(lan->net, p, DROP_BRIDGE_NOWHERE);
}

/* Hand @p on to the station @dst. Takes it. */
static void hand_on(struct lan *lan, iface_id id, iface_id from, const struct mac *dst,
                    struct pkt *p)
{
	const struct bridge *bridge = &lan->bridges[id];
	iface_id to = stations_find(lan->stations, id, dst, lan->net->now);

	if (to == IFACE_NONE) {
		flood(lan, bridge, from, KIND_UNICAST, p);
	} else if (to == from) {
		(void)pkt_drop(lan->net, p, DROP_BRIDGE_SAME_SIDE);
	} else if (!may_pass(lan, from, to)) {
		(void)pkt_drop(lan->net, p, DROP_BRIDGE_NOWHERE);
	} else {
		explain(p->why, "bridge", "its station is behind %s", lan->net->ifaces[to].name);
		send_by(lan, to, p);
	}
}

/* --- what comes in --- */

/* An address of this router's on this bridge. */
static bool is_local(const struct lan *lan, iface_id id, const struct mac *mac)
{
	if (mac_equal(mac, &lan->net->ifaces[id].mac))
		return true;
	for (iface_id at = lan->bridges[id].first; at != IFACE_NONE; at = lan->ports[at].next) {
		if (mac_equal(mac, &lan->net->ifaces[at].mac))
			return true;
	}
	return false;
}

/* What no bridge hands on; DROP_COUNT: nothing is wrong with it. */
static enum drop_reason refusal(const struct lan *lan, iface_id id, const struct pkt *p,
                                const struct mac *dst)
{
	if (!lan->net->ifaces[id].enabled)
		return DROP_IFACE_DISABLED;
	if (loop_protect_is_cut(lan, p->in))
		return DROP_BRIDGE_CUT;
	if (is_reserved(dst))
		return DROP_BRIDGE_RESERVED;
	if (mac_is_multicast(&p->ether_src))
		return DROP_BRIDGE_SOURCE;
	if (is_local(lan, id, &p->ether_src))
		return DROP_BRIDGE_OWN;
	return DROP_COUNT;
}

static void learn(struct lan *lan, iface_id id, iface_id port, const struct pkt *p)
{
	if (lan->ports[port].spec.learn &&
	    stations_learn(lan->stations, id, port, &p->ether_src, lan->net->now) == STATIONS_MOVED)
		loop_protect_moved(lan, port);
}

enum verdict bridge_receive(struct lan *lan, struct iface *port, struct pkt *p)
{
	struct mac dst = mac_at(p->bytes);
	iface_id id = port->master;
	enum drop_reason reason = refusal(lan, id, p, &dst);
	enum kind kind = kind_of(&dst);

	if (p->ether_type == LOOP_PROBE_TYPE && loop_protect_heard(lan, port, p) == VERDICT_TAKEN)
		return VERDICT_TAKEN;
	if (reason == DROP_BRIDGE_OWN)
		loop_protect_suspect(lan, port->id);
	if (reason != DROP_COUNT)
		return pkt_drop(lan->net, p, reason);
	learn(lan, id, port->id, p);
	if (kind == KIND_UNICAST && !is_local(lan, id, &dst)) {
		hand_on(lan, id, port->id, &dst, p);
		return VERDICT_TAKEN;
	}
	if (kind != KIND_UNICAST) {
		iface_id last = flood_but_last(lan, &lan->bridges[id], port->id, kind, p);

		if (last != IFACE_NONE)
			send_copy(lan, last, p);
	}
	p->ether_ours = kind == KIND_UNICAST;
	p->in = id;
	return VERDICT_NEXT;
}

/* --- what the router sends --- */

static void bridge_transmit(struct net *net, struct iface *iface, struct pkt *p)
{
	struct lan *lan = iface->transmit_arg;
	struct mac dst = mac_at(p->bytes);
	enum kind kind = kind_of(&dst);

	if (!iface_is_running(iface)) {
		iface->counters.tx_drops++;
		(void)pkt_drop(net, p, iface->enabled ? DROP_LINK_DOWN : DROP_IFACE_DISABLED);
		return;
	}
	iface->counters.tx_packets++;
	iface->counters.tx_bytes += p->len;
	tap_frame(net, iface, p, TAP_TX);
	if (kind == KIND_UNICAST)
		hand_on(lan, iface->id, IFACE_NONE, &dst, p);
	else
		flood(lan, &lan->bridges[iface->id], IFACE_NONE, kind, p);
}

/* --- configuration, and what changes by itself --- */

/* An address of nobody else, for a bridge that has no port to take one from: locally administered
 * (IEEE 802, 8.4.2), the same as long as the router runs. */
static struct mac made_up_mac(const struct lan *lan, iface_id id)
{
	uint64_t word = id, bits = hash_words(&lan->net->key, &word, 1);
	struct mac mac = { { 0x02 } };

	for (unsigned i = 1; i < sizeof mac.b; i++, bits >>= 8)
		mac.b[i] = (uint8_t)bits;
	return mac;
}

static void follow(struct lan *lan, iface_id id)
{
	const struct bridge *bridge = &lan->bridges[id];
	struct iface_carrier carrier = { .mac = bridge->spec.admin_mac };

	if (bridge->spec.auto_mac)
		carrier.mac = bridge->first != IFACE_NONE ? lan->net->ifaces[bridge->first].mac
		                                          : made_up_mac(lan, id);
	for (iface_id at = bridge->first; at != IFACE_NONE; at = lan->ports[at].next) {
		const struct iface *port = &lan->net->ifaces[at];

		carrier.up |= is_open(lan, at);
		if (carrier.mtu_most == 0 || port->mtu_bytes < carrier.mtu_most)
			carrier.mtu_most = port->mtu_bytes;
	}
	if (carrier.mtu_most == 0)
		carrier.mtu_most = ETH_MTU_BYTES;
	iface_follow(lan->net, id, &carrier);
}

void bridge_follow(struct lan *lan, iface_id iface)
{
	const struct iface *port = iface_get_const(lan->net, iface);

	if (port == NULL || port->master == IFACE_NONE)
		return;
	if (is_open(lan, iface))
		loop_protect_hurry(lan, iface);
	else
		stations_forget(lan->stations, iface);
	follow(lan, port->master);
}

void bridge_set(struct lan *lan, iface_id iface, const struct bridge_spec *spec)
{
	struct iface *of = iface_get(lan->net, iface);
	struct bridge *bridge = &lan->bridges[iface];

	must(of != NULL && of->port == NULL);
	bridge->used = true;
	bridge->spec = *spec;
	of->transmit = bridge_transmit;
	of->transmit_arg = lan;
	stations_set_ageing(lan->stations, iface, spec->ageing_ms);
	follow(lan, iface);
}

static void port_free(struct lan *lan, iface_id id)
{
	struct iface *iface = iface_get(lan->net, id);

	loop_protect_set(lan, id, NULL);
	lan->ports[id] = (struct bridge_port){ .loop = lan->ports[id].loop };
	stations_forget(lan->stations, id);
	if (iface == NULL)
		return;
	iface->master = IFACE_NONE;
	lan_claim(lan, id);
}

void bridge_end(struct lan *lan, iface_id iface)
{
	struct bridge *bridge = &lan->bridges[iface];

	while (bridge->first != IFACE_NONE) {
		iface_id port = bridge->first;

		bridge->first = lan->ports[port].next;
		port_free(lan, port);
	}
	*bridge = (struct bridge){ 0 };
}

static void port_add(struct lan *lan, const struct bridge_port_spec *spec)
{
	struct iface *iface = &lan->net->ifaces[spec->iface];
	iface_id *link = &lan->bridges[spec->bridge].first;

	while (*link != IFACE_NONE)
		link = &lan->ports[*link].next;
	*link = spec->iface;
	lan->ports[spec->iface].spec = *spec;
	lan->ports[spec->iface].next = IFACE_NONE;
	/* It has neighbours no longer: those are the bridge's from now on. */
	if (iface->master != spec->bridge)
		neigh_flush(lan->net, spec->iface);
	iface->master = spec->bridge;
	loop_protect_set(lan, spec->iface, &spec->loop);
	lan_claim(lan, spec->iface);
}

/* Ports of a bridge that are not so any more, and those of another one now. */
static void ports_clear(struct lan *lan, const struct bridge_port_spec *specs, size_t n)
{
	bool stays[IFACE_MAX] = { false };

	for (size_t i = 0; i < n; i++)
		stays[specs[i].iface] = lan->ports[specs[i].iface].spec.bridge == specs[i].bridge;
	for (iface_id id = 1; id < IFACE_MAX; id++) {
		lan->bridges[id].first = IFACE_NONE;
		if (lan->ports[id].spec.bridge != IFACE_NONE && !stays[id])
			port_free(lan, id);
	}
}

void bridge_set_ports(struct lan *lan, const struct bridge_port_spec *specs, size_t n)
{
	ports_clear(lan, specs, n);
	for (size_t i = 0; i < n; i++)
		port_add(lan, &specs[i]);
	for (iface_id id = 1; id < IFACE_MAX; id++) {
		if (lan->bridges[id].used)
			follow(lan, id);
	}
	net_generation_next(lan->net);
}
