#include "core/iface.h"

#include <string.h>

#include "core/acd.h"
#include "core/explain.h"
#include "core/fib.h"
#include "core/gro.h"
#include "core/neigh.h"
#include "core/net.h"
#include "core/offload.h"
#include "core/segment.h"
#include "core/tap.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "wire/eth.h"

enum {
	LIST_ALL = 1 << 0,
};

static void name_set(char name[static IFACE_NAME_BYTES], const char *to)
{
	struct text text = text_into(name, IFACE_NAME_BYTES);

	text_add(&text, to);
}

iface_id iface_add(struct net *net, const char *default_name, const char *type)
{
	iface_id id = 1;

	while (id < IFACE_MAX && net->ifaces[id].used)
		id++;
	if (id == IFACE_MAX)
		return IFACE_NONE;

	struct iface *iface = &net->ifaces[id];

	*iface = (struct iface){ .id = id, .used = true, .type = type, .lists = LIST_ALL };
	name_set(iface->name, default_name);
	name_set(iface->default_name, default_name);
	if (net->ifaces_n <= id)
		net->ifaces_n = id + 1U;
	return id;
}

/* Packets that have joined others count as those that they will be again. */
static void frame_gone(struct net *net, struct iface *iface, unsigned at, bool sent)
{
	struct gro_joined joined = gro_joined(iface->gro, at);
	uint32_t packets = 1U + joined.packets;

	if (sent) {
		iface->counters.tx_packets += packets;
		iface->counters.tx_bytes +=
			iface->tx_frames[at].len + (uint64_t)joined.packets * joined.header_bytes;
	} else {
		iface->counters.tx_drops += packets;
		net->drops[DROP_TX_FULL] += packets;
	}
	if (iface->tx_owned[at] != NULL)
		pkt_done(net, iface->tx_owned[at]);
}

static void frames_gone(struct net *net, struct iface *iface, unsigned sent)
{
	for (unsigned i = 0; i < iface->tx_n; i++)
		frame_gone(net, iface, i, i < sent);
	for (unsigned i = 0; i < iface->tx_held_n; i++)
		pkt_done(net, iface->tx_held[i]);
	iface->tx_n = iface->tx_packets = iface->tx_held_n = 0;
	gro_clear(iface->gro);
}

static void port_flush(struct net *net, struct iface *iface)
{
	struct port *port = iface->port;

	if (iface->tx_n == 0)
		return;
	gro_finish(iface->gro, iface);
	frames_gone(net, iface, port->ops->transmit(port, iface->tx_frames, iface->tx_n));
}

static void tx_drop(struct net *net, struct iface *iface, struct pkt *p, enum drop_reason reason)
{
	iface->counters.tx_drops++;
	(void)pkt_drop(net, p, reason);
}

/* A tag does not count against the MTU (IEEE 802.3, 3.2.7: frames of 1522 bytes). */
static uint32_t frame_bytes_max(const struct iface *iface, const struct pkt *p)
{
	uint32_t bytes = iface->mtu_bytes + ETH_HEADER_BYTES;

	if (p->len > bytes && eth_type_is_tag(wire_get16(p->bytes + ETH_AT_TYPE)))
		bytes += ETH_TAG_BYTES;
	return bytes;
}

/* Is @p, which need not be cut, one that may leave by @iface? What the port can't finish is
 * finished here. */
static bool port_fits(const struct iface *iface, struct pkt *p)
{
	if (p->offload.gso_type != GSO_NONE)
		return true;
	if (p->len > frame_bytes_max(iface, p))
		return false;
	return iface->port->can.checksum || offload_finish_checksum(p->bytes, p->len, &p->offload);
}

static void count_gathered(struct net *net, struct iface *iface)
{
	iface->tx_packets++;
	if (iface->tx_packets == PORT_BATCH)
		port_flush(net, iface);
}

static void gather(struct net *net, struct iface *iface, struct pkt *p)
{
	iface->tx_frames[iface->tx_n] = (struct port_frame){
		.bytes = p->bytes,
		.len = p->len,
		.headroom = p->headroom,
		.tailroom = p->tailroom,
		.offload = p->offload,
	};
	iface->tx_owned[iface->tx_n] = p->buffer != NULL ? p : NULL;
	iface->tx_n++;
	count_gathered(net, iface);
}

void iface_hold(struct iface *iface, struct pkt *p)
{
	if (p == NULL || p->buffer == NULL)
		return;
	must(iface->tx_held_n < PORT_BATCH);
	iface->tx_held[iface->tx_held_n++] = p;
}

/* The next piece. Those that have gathered hold buffers: they are sent when none is free. */
static struct pkt *piece_of(struct net *net, struct iface *iface, struct segment_cut *cut)
{
	struct pkt *piece = segment_next(cut, net, !iface->port->can.checksum);

	if (piece != NULL)
		return piece;
	port_flush(net, iface);
	return segment_next(cut, net, !iface->port->can.checksum);
}

/* @p is one to be cut later, and the port can't: it is cut now. */
static void port_transmit_pieces(struct net *net, struct iface *iface, struct pkt *p)
{
	struct segment_cut cut;

	if (!segment_begin(&cut, p) || segment_frame_bytes(&cut) > frame_bytes_max(iface, p)) {
		tx_drop(net, iface, p, DROP_TOO_BIG);
		return;
	}
	explain(p->why, "transmit", "leaves by %s, cut into frames of at most %u bytes",
	        iface->name, segment_frame_bytes(&cut));
	while (segment_left(&cut)) {
		struct pkt *piece = piece_of(net, iface, &cut);

		if (piece == NULL) {
			tx_drop(net, iface, p, DROP_POOL_EMPTY);
			return;
		}
		piece->capture = p->capture;
		tap_frame(net, iface, piece, TAP_TX);
		gather(net, iface, piece);
	}
	net->ledger.absorbed++;
	pkt_done(net, p);
}

static void port_transmit(struct net *net, struct iface *iface, struct pkt *p)
{
	if (!iface_is_running(iface)) {
		tx_drop(net, iface, p, iface->enabled ? DROP_LINK_DOWN : DROP_IFACE_DISABLED);
		return;
	}
	if (p->offload.gso_type != GSO_NONE && !iface->port->can.gso) {
		port_transmit_pieces(net, iface, p);
		return;
	}
	if (!port_fits(iface, p)) {
		tx_drop(net, iface, p, DROP_TOO_BIG);
		return;
	}
	explain(p->why, "transmit", "leaves by %s", iface->name);
	tap_frame(net, iface, p, TAP_TX);
	if (!iface->port->can.gso || iface->keep_segments || !gro_join(iface->gro, net, iface, p)) {
		gather(net, iface, p);
		return;
	}
	iface_hold(iface, p);
	count_gathered(net, iface);
}

iface_id iface_add_port(struct net *net, struct port *port)
{
	iface_id id = iface_add(net, port->name, "ether");

	if (id == IFACE_NONE)
		return IFACE_NONE;

	struct iface *iface = &net->ifaces[id];

	iface->enabled = true;
	iface->link_up = port->link_up;
	iface->mac = port->mac;
	iface->mtu_bytes = port->mtu_bytes;
	iface->port = port;
	iface->transmit = port_transmit;
	iface->tx_frames = mem_new(PORT_BATCH, sizeof iface->tx_frames[0]);
	iface->tx_owned = mem_new(PORT_BATCH, sizeof(struct pkt *));
	iface->tx_held = mem_new(PORT_BATCH, sizeof(struct pkt *));
	iface->gro = gro_new();
	fib_rebuild(net);
	return id;
}

void iface_release(struct net *net, struct iface *iface)
{
	if (iface->gro != NULL) {
		gro_finish(iface->gro, iface);
		frames_gone(net, iface, 0);
	}
	gro_free(iface->gro);
	mem_free(iface->tx_frames);
	mem_free(iface->tx_owned);
	mem_free(iface->tx_held);
	*iface = (struct iface){ 0 };
}

/* Something about @iface has changed: what was decided with it in mind is looked at again. */
static void iface_changed(struct net *net, const struct iface *iface)
{
	if (!iface_is_running(iface))
		neigh_flush(net, iface->id);
	fib_rebuild(net);
	acd_sync(net);
	net_generation_next(net);
	net_tell_iface(net, iface);
}

void iface_remove(struct net *net, iface_id id)
{
	struct iface *iface = iface_get(net, id);

	must(iface != NULL && iface->port == NULL);
	/* Whoever hangs on it hears of its end as of a link that is lost. */
	iface->enabled = false;
	iface_changed(net, iface);
	neigh_remove_all(net, id);
	*iface = (struct iface){ 0 };
	while (net->ifaces_n > 1 && !net->ifaces[net->ifaces_n - 1].used)
		net->ifaces_n--;
	fib_rebuild(net);
}

struct iface *iface_get(struct net *net, iface_id id)
{
	return id != IFACE_NONE && id < net->ifaces_n && net->ifaces[id].used ? &net->ifaces[id]
	                                                                      : NULL;
}

const struct iface *iface_get_const(const struct net *net, iface_id id)
{
	return id != IFACE_NONE && id < net->ifaces_n && net->ifaces[id].used ? &net->ifaces[id]
	                                                                      : NULL;
}

struct iface *iface_by_name(struct net *net, const char *name)
{
	for (unsigned i = 1; i < net->ifaces_n; i++) {
		if (net->ifaces[i].used && strcmp(net->ifaces[i].name, name) == 0)
			return &net->ifaces[i];
	}
	return NULL;
}

struct iface *iface_by_default_name(struct net *net, const char *name)
{
	for (unsigned i = 1; i < net->ifaces_n; i++) {
		if (net->ifaces[i].used && strcmp(net->ifaces[i].default_name, name) == 0)
			return &net->ifaces[i];
	}
	return NULL;
}

struct iface *iface_by_row(struct net *net, uint32_t row)
{
	for (unsigned i = 1; row != 0 && i < net->ifaces_n; i++) {
		if (net->ifaces[i].used && net->ifaces[i].row == row)
			return &net->ifaces[i];
	}
	return NULL;
}

void iface_set_link(struct net *net, iface_id id, bool up)
{
	struct iface *iface = iface_get(net, id);

	must(iface != NULL);
	if (iface->link_up == up)
		return;
	iface->link_up = up;
	if (!up)
		iface->link_downs++;
	log_write(net->log, LOG_INFO, "interface", "%s link %s", iface->name, up ? "up" : "down");
	iface_changed(net, iface);
}

static void mtu_update(struct net *net, struct iface *iface)
{
	uint32_t most = iface->port != NULL ? iface->port->mtu_bytes : iface->mtu_most;
	uint32_t wanted = iface->mtu_wanted;
	uint32_t mtu_bytes = wanted != 0 && wanted < most ? wanted : most;

	if (iface->mtu_bytes == mtu_bytes)
		return;
	iface->mtu_bytes = mtu_bytes;
	iface_changed(net, iface);
}

void iface_set_mtu(struct net *net, iface_id id, uint32_t wanted_bytes)
{
	struct iface *iface = iface_get(net, id);

	must(iface != NULL);
	iface->mtu_wanted = wanted_bytes;
	mtu_update(net, iface);
}

void iface_follow(struct net *net, iface_id id, const struct iface_carrier *carrier)
{
	struct iface *iface = iface_get(net, id);

	must(iface != NULL && iface->port == NULL);
	if (!mac_equal(&iface->mac, &carrier->mac)) {
		iface->mac = carrier->mac;
		iface_changed(net, iface);
	}
	iface->mtu_most = carrier->mtu_most;
	mtu_update(net, iface);
	iface_set_link(net, id, carrier->up);
}

void iface_set_arp(struct net *net, iface_id id, enum arp_mode mode, uint32_t timeout_ms)
{
	struct iface *iface = iface_get(net, id);

	must(iface != NULL);
	iface->arp_timeout_ms = timeout_ms;
	if (iface->arp == mode)
		return;
	iface->arp = (uint8_t)mode;
	if (mode == ARP_DISABLED || mode == ARP_REPLY_ONLY)
		neigh_flush(net, id); /* only static entries count from here on */
	iface_changed(net, iface);
}

void iface_poll_links(struct net *net)
{
	for (unsigned i = 1; i < net->ifaces_n; i++) {
		struct iface *iface = &net->ifaces[i];

		if (!iface->used || iface->port == NULL ||
		    !iface->port->ops->poll_link(iface->port))
			continue;
		if (!mac_equal(&iface->mac, &iface->port->mac)) {
			iface->mac = iface->port->mac;
			iface_changed(net, iface);
		}
		mtu_update(net, iface);
		iface_set_link(net, iface->id, iface->port->link_up);
	}
}

void iface_enable(struct net *net, iface_id id, bool enabled)
{
	struct iface *iface = iface_get(net, id);

	must(iface != NULL);
	if (iface->enabled == enabled)
		return;
	iface->enabled = enabled;
	iface_changed(net, iface);
}

void iface_flush(struct net *net)
{
	for (unsigned i = 1; i < net->ifaces_n; i++) {
		if (net->ifaces[i].tx_n > 0)
			port_flush(net, &net->ifaces[i]);
	}
}
