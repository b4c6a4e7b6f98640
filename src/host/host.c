#include "host/host.h"

#include <netinet/in.h>

#include "core/icmp.h"
#include "host/tcp_reset.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

static enum verdict tcp_input(struct net *net, struct pkt *p, void *arg)
{
	tcp_reset(net, &p->now, p);
	return pkt_drop(net, p, DROP_NO_PORT_OPEN);
}

static enum verdict udp_input(struct net *net, struct pkt *p, void *arg)
{
	icmp_error(net, p, ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, 0);
	return pkt_drop(net, p, DROP_NO_PORT_OPEN);
}

/* Answers and errors; what is not for a ping of ours is not ours. */
static enum verdict icmp_taker(struct net *net, struct pkt *p, void *arg)
{
	struct host *host = arg;

	if (ping_input(host->pings, net, p))
		return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
	return VERDICT_NEXT;
}

void host_init(struct host *host, struct net *net)
{
	host->net = net;
	net_take_protocol(net, IPPROTO_TCP, tcp_input, host);
	net_take_protocol(net, IPPROTO_UDP, udp_input, host);
	net_take_protocol(net, IPPROTO_ICMP, icmp_taker, host);
}

void host_free(struct host *host)
{
	for (unsigned i = 0; i < PINGS_MAX; i++)
		ping_stop(host->net, &host->pings[i]);
}

void host_turn(struct host *host)
{
	for (unsigned i = 0; i < PINGS_MAX; i++)
		ping_turn(host->net, &host->pings[i]);
}

mono host_due(const struct host *host)
{
	mono due = mono_never();

	for (unsigned i = 0; i < PINGS_MAX; i++)
		due = mono_min(due, ping_due(&host->pings[i]));
	return due;
}
