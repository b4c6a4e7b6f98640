#include "lan/lan.h"

#include "lib/mem.h"
#include "wire/eth.h"

/* A tag that a VLAN waits for is taken before a bridge sees the frame. */
static enum verdict receive(struct net *net, struct iface *iface, struct pkt *p)
{
	struct lan *lan = iface->receive_arg;

	(void)net;
	if (eth_type_is_tag(p->ether_type))
		(void)vlan_take(lan, iface->id, p);
	return VERDICT_NEXT;
}

void lan_claim(struct lan *lan, iface_id id)
{
	struct iface *iface = iface_get(lan->net, id);

	if (iface == NULL)
		return;
	iface->receive = vlan_any_on(lan, id) ? receive : NULL;
	iface->receive_arg = lan;
}

static void iface_changed(struct net *net, const struct iface *iface, void *arg)
{
	(void)net;
	vlan_follow(arg, iface->id);
}

struct lan *lan_new(struct net *net)
{
	struct lan *lan = mem_new(1, sizeof *lan);

	lan->net = net;
	net_watch_ifaces(net, iface_changed, lan);
	return lan;
}

void lan_free(struct lan *lan)
{
	mem_free(lan);
}
