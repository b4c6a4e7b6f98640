#include "lan/lan.h"

#include "lib/mem.h"
#include "wire/eth.h"

/* A tag that a VLAN waits for is taken before a bridge sees the frame. */
static enum verdict receive(struct net *net, struct iface *iface, struct pkt *p)
{
	struct lan *lan = iface->receive_arg;

	(void)net;
	if (eth_type_is_tag(p->ether_type) && vlan_take(lan, iface->id, p))
		return VERDICT_NEXT;
	return iface->master != IFACE_NONE ? bridge_receive(lan, iface, p) : VERDICT_NEXT;
}

void lan_claim(struct lan *lan, iface_id id)
{
	struct iface *iface = iface_get(lan->net, id);

	if (iface == NULL)
		return;
	iface->receive = iface->master != IFACE_NONE || vlan_any_on(lan, id) ? receive : NULL;
	iface->receive_arg = lan;
}

static void iface_changed(struct net *net, const struct iface *iface, void *arg)
{
	(void)net;
	vlan_follow(arg, iface->id);
	bridge_follow(arg, iface->id);
}

struct lan *lan_new(struct net *net, uint32_t stations)
{
	struct lan *lan = mem_new(1, sizeof *lan);

	lan->net = net;
	lan->loop_due = mono_never();
	lan->stations = stations_new(stations, &net->key);
	net_watch_ifaces(net, iface_changed, lan);
	return lan;
}

void lan_free(struct lan *lan)
{
	stations_free(lan->stations);
	mem_free(lan);
}

void lan_turn(struct lan *lan)
{
	(void)stations_turn(lan->stations, lan->net->now);
	(void)loop_protect_turn(lan);
}

mono lan_due(const struct lan *lan)
{
	return mono_min(stations_due(lan->stations), loop_protect_due(lan));
}
