#include "core/net.h"

#include <netinet/in.h>

#include "core/acd.h"
#include "core/addr.h"
#include "core/arp.h"
#include "core/crowd.h"
#include "core/drop_record.h"
#include "core/fib.h"
#include "core/icmp.h"
#include "core/ip4_reass.h"
#include "core/neigh.h"
#include "core/ports.h"
#include "wire/icmp_header.h"

enum {
	ECHO_PER_SECOND = 1000,
	ECHO_BURST = 500,
	TARPIT_PER_SECOND = 1000,
	TARPIT_BURST = 1000,
	LOG_LINES_PER_SECOND = 1,
	LOG_LINES_BURST = 10,
};

void net_init(struct net *net, const struct net_budget *budget, struct random *random,
              struct log *log)
{
	struct ip4_settings settings = ip4_settings_default();
	uint64_t neigh_seed;

	net->random = random;
	net->log = log;
	net->key.k0 = random_u64(random);
	net->key.k1 = random_u64(random);
	neigh_seed = random_u64(random);
	net->ifaces_n = 1;
	ip4_settings_publish(net, &settings);
	net->echo_rate = rate_make(ECHO_PER_SECOND, ECHO_BURST);
	net->tarpit_rate = rate_make(TARPIT_PER_SECOND, TARPIT_BURST);
	net->log_rate = rate_make(LOG_LINES_PER_SECOND, LOG_LINES_BURST);
	net->pool = pkt_pool_new(budget->pkt_small, budget->pkt_large);
	net->neigh = neigh_table_new(budget->neighbours, neigh_seed);
	net->ports = ports_new(budget->port_addresses, &net->key);
	net->crowds = crowds_new(budget->crowds != 0 ? budget->crowds : CROWDS_DEFAULT, &net->key);
	net->reass = ip4_reass_new(budget->datagrams != 0 ? budget->datagrams : IP4_REASS_DATAGRAMS,
	                           &net->key);
	net->addrs = addrs_new(NULL, 0);
	net->acd = acd_new();
	net->drop_records = drop_records_new();
	net->fib = fib_new();
}

void net_free(struct net *net)
{
	struct pkt *p;

	while ((p = net_own_take(net)) != NULL)
		pkt_done(net, p);
	for (unsigned i = 0; i < net->ifaces_n; i++)
		iface_release(net, &net->ifaces[i]);
	neigh_table_free(net, net->neigh);
	ip4_reass_free(net, net->reass);
	fib_free(net->fib);
	addrs_free(net->addrs);
	crowds_free(net->crowds);
	acd_free(net->acd);
	drop_records_free(net->drop_records);
	arp_published_free(net->published);
	ports_free(net->ports);
	pkt_pool_free(net->pool);
}

void net_generation_next(struct net *net)
{
	net->generation++;
	if (net->generation == 0)
		net->generation = 1;
}

uint32_t net_routing_mark(const struct net *net, const struct route_key *key, struct explain *why)
{
	if (net->routing_mark == NULL)
		return key->table;
	return net->routing_mark(net->routing_mark_arg, key, why);
}

void net_take_ether_type(struct net *net, uint16_t ether_type, net_ether_taker *take, void *arg)
{
	unsigned i = 0;

	while (i < NET_ETHER_TAKERS && net->ether_takers[i].take != NULL) {
		must(net->ether_takers[i].ether_type != ether_type);
		i++;
	}
	must(i < NET_ETHER_TAKERS);
	net->ether_takers[i].ether_type = ether_type;
	net->ether_takers[i].take = take;
	net->ether_takers[i].arg = arg;
}

void net_take_protocol(struct net *net, uint8_t proto, net_deliver *take, void *arg)
{
	unsigned i = 0;

	while (i < NET_DELIVER_TAKERS && net->deliver_takers[i].take != NULL) {
		must(net->deliver_takers[i].proto != proto);
		i++;
	}
	must(i < NET_DELIVER_TAKERS);
	net->deliver_takers[i].proto = proto;
	net->deliver_takers[i].take = take;
	net->deliver_takers[i].arg = arg;
}

void net_watch_ifaces(struct net *net, net_iface_watcher *changed, void *arg)
{
	unsigned i = 0;

	while (i < NET_IFACE_WATCHERS && net->iface_watchers[i].changed != NULL)
		i++;
	must(i < NET_IFACE_WATCHERS);
	net->iface_watchers[i].changed = changed;
	net->iface_watchers[i].arg = arg;
}

void net_tell_iface(struct net *net, const struct iface *iface)
{
	for (unsigned i = 0; i < NET_IFACE_WATCHERS; i++) {
		if (net->iface_watchers[i].changed == NULL)
			return;
		net->iface_watchers[i].changed(net, iface, net->iface_watchers[i].arg);
	}
}

void net_take_arp_answers(struct net *net, net_arp_taker *take, void *arg)
{
	unsigned i = 0;

	while (i < NET_ARP_TAKERS && net->arp_takers[i].take != NULL)
		i++;
	must(i < NET_ARP_TAKERS);
	net->arp_takers[i].take = take;
	net->arp_takers[i].arg = arg;
}

bool net_arp_answer(struct net *net, iface_id iface, ip4 addr, const struct mac *mac)
{
	bool wanted = false;

	for (unsigned i = 0; i < NET_ARP_TAKERS && net->arp_takers[i].take != NULL; i++)
		wanted |= net->arp_takers[i].take(net, iface, addr, mac, net->arp_takers[i].arg);
	return wanted;
}

enum verdict net_deliver_to_taker(struct net *net, struct pkt *p, uint8_t proto)
{
	for (unsigned i = 0; i < NET_DELIVER_TAKERS; i++) {
		if (net->deliver_takers[i].take == NULL)
			break;
		if (net->deliver_takers[i].proto != proto)
			continue;
		if (p->asked_only)
			return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
		return net->deliver_takers[i].take(net, p, net->deliver_takers[i].arg);
	}
	return VERDICT_NEXT;
}

enum verdict net_deliver_local(struct net *net, struct pkt *p)
{
	uint8_t proto = p->arrived.proto;

	if (p->fragment != 0) /* whole datagrams only: RFC 1122, 3.3.2 */
		return pkt_drop(net, p, DROP_FRAGMENT);
	if (proto == IPPROTO_ICMP)
		return icmp_input(net, p);
	if (net_deliver_to_taker(net, p, proto) == VERDICT_TAKEN)
		return VERDICT_TAKEN;
	icmp_error(net, p, ICMP_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE, 0); /* RFC 1812, 5.2.7.1 */
	return pkt_drop(net, p, DROP_NO_PROTOCOL);
}

void net_drop_unsaid(struct net *net, enum drop_reason reason)
{
	net->ledger.made++;
	net->drops[reason]++;
}

uint64_t net_drops(const struct net *net, enum drop_reason reason)
{
	return net->drops[reason] - net->drops_reset[reason];
}

void net_drops_reset(struct net *net)
{
	for (unsigned i = 0; i < DROP_COUNT; i++)
		net->drops_reset[i] = net->drops[i];
	drop_records_clear(net->drop_records);
}

void net_own_put(struct net *net, struct pkt *p)
{
	if (net->own_n == NET_OWN_QUEUE) {
		(void)pkt_drop(net, p, DROP_TURN_FULL);
		return;
	}
	net->own[(net->own_head + net->own_n) % NET_OWN_QUEUE] = p;
	net->own_n++;
}

struct pkt *net_own_take(struct net *net)
{
	if (net->own_n == 0)
		return NULL;

	struct pkt *p = net->own[net->own_head];

	net->own_head = (net->own_head + 1) % NET_OWN_QUEUE;
	net->own_n--;
	return p;
}
