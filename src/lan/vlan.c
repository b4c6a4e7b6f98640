#include "lan/vlan.h"

#include "core/explain.h"
#include "core/net.h"
#include "core/tag.h"
#include "core/tap.h"
#include "lan/lan.h"
#include "wire/eth.h"

/* Numbers of a configuration: nobody outside chooses them, so no key is needed. */
static iface_id *head_of(struct lan *lan, iface_id parent, uint16_t id)
{
	return &lan->vlan_heads[(parent * 37U + id) % VLAN_HEADS];
}

static iface_id find(struct lan *lan, iface_id parent, uint16_t id, bool service)
{
	iface_id at = *head_of(lan, parent, id);

	while (at != IFACE_NONE) {
		const struct vlan_spec *spec = &lan->vlans[at].spec;

		if (spec->parent == parent && spec->id == id && spec->service == service)
			return at;
		at = lan->vlans[at].next;
	}
	return IFACE_NONE;
}

bool vlan_take(struct lan *lan, iface_id parent, struct pkt *p)
{
	struct reader r = reader_over(p->bytes + ETH_HEADER_BYTES, p->len - ETH_HEADER_BYTES);
	struct eth_tag tag;
	iface_id vlan;

	if (!eth_tag_parse(&r, &tag))
		return false;
	vlan = find(lan, parent, tag.id, p->ether_type == ETH_TYPE_SVLAN);
	if (vlan == IFACE_NONE)
		return false;
	explain(p->why, "vlan", "has the tag of %s, which is taken out",
	        lan->net->ifaces[vlan].name);
	tag_pop(p);
	p->in = vlan;
	return true;
}

static void vlan_drop(struct net *net, struct iface *iface, struct pkt *p, enum drop_reason reason)
{
	iface->counters.tx_drops++;
	(void)pkt_drop(net, p, reason);
}

static bool too_big(const struct iface *iface, const struct pkt *p)
{
	return p->offload.gso_type == GSO_NONE && p->len > iface->mtu_bytes + ETH_HEADER_BYTES;
}

static void vlan_transmit(struct net *net, struct iface *iface, struct pkt *p)
{
	const struct lan *lan = iface->transmit_arg;
	const struct vlan_spec *spec = &lan->vlans[iface->id].spec;
	struct iface *parent = iface_get(net, spec->parent);

	if (parent == NULL || !iface_is_running(iface)) {
		vlan_drop(net, iface, p, iface->enabled ? DROP_LINK_DOWN : DROP_IFACE_DISABLED);
		return;
	}
	tap_frame(net, iface, p, TAP_TX); /* without its tag, as this interface has it */
	if (too_big(iface, p) ||
	    !tag_push(p, spec->service ? ETH_TYPE_SVLAN : ETH_TYPE_VLAN, spec->id)) {
		vlan_drop(net, iface, p, DROP_TOO_BIG);
		return;
	}
	explain(p->why, "vlan", "leaves by %s with tag %u", iface->name, spec->id);
	iface->counters.tx_packets++;
	iface->counters.tx_bytes += p->len - ETH_TAG_BYTES;
	parent->transmit(net, parent, p);
}

static void follow(struct lan *lan, iface_id id)
{
	const struct iface *parent = iface_get_const(lan->net, lan->vlans[id].spec.parent);
	struct iface_carrier carrier = { .mac = lan->net->ifaces[id].mac };

	if (parent != NULL) {
		carrier.mac = parent->mac;
		carrier.mtu_most = parent->mtu_bytes;
		carrier.up = iface_is_running(parent);
		if (lan->vlans[parent->id].used && carrier.mtu_most > ETH_TAG_BYTES)
			carrier.mtu_most -= ETH_TAG_BYTES;
	}
	iface_follow(lan->net, id, &carrier);
}

bool vlan_any_on(const struct lan *lan, iface_id parent)
{
	for (unsigned i = 1; i < lan->net->ifaces_n; i++) {
		if (lan->vlans[i].used && lan->vlans[i].spec.parent == parent)
			return true;
	}
	return false;
}

void vlan_follow(struct lan *lan, iface_id parent)
{
	for (iface_id i = 1; i < lan->net->ifaces_n; i++) {
		if (lan->vlans[i].used && lan->vlans[i].spec.parent == parent)
			follow(lan, i);
	}
}

static void detach(struct lan *lan, iface_id iface)
{
	struct vlan *vlan = &lan->vlans[iface];
	iface_id *link = head_of(lan, vlan->spec.parent, vlan->spec.id);
	iface_id parent = vlan->spec.parent;

	while (*link != iface)
		link = &lan->vlans[*link].next;
	*link = vlan->next;
	*vlan = (struct vlan){ 0 };
	lan_claim(lan, parent);
}

void vlan_set(struct lan *lan, iface_id iface, const struct vlan_spec *spec)
{
	struct iface *of = iface_get(lan->net, iface);
	struct vlan *vlan = &lan->vlans[iface];
	iface_id *head = head_of(lan, spec->parent, spec->id);

	must(of != NULL && of->port == NULL && spec->id != 0 && spec->id <= ETH_TAG_ID_MAX);
	if (vlan->used)
		detach(lan, iface);
	*vlan = (struct vlan){ .used = true, .spec = *spec, .next = *head };
	*head = iface;
	of->transmit = vlan_transmit;
	of->transmit_arg = lan;
	lan_claim(lan, spec->parent);
	follow(lan, iface);
}

void vlan_end(struct lan *lan, iface_id iface)
{
	if (lan->vlans[iface].used)
		detach(lan, iface);
}
