#include "host/host.h"

#include <netinet/in.h>

#include "core/icmp.h"
#include "host/datagram.h"
#include "host/sock_tcp.h"
#include "host/tcp_error.h"
#include "host/tcp_reset.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/udp_header.h"

/* RFC 9293, 3.1 (MUST-3) and RFC 1122, 4.1.3.4: nobody is told about what may be damaged. A UDP
 * checksum of 0 says that there is none. */
static bool is_whole(const struct pkt *p)
{
	const uint8_t *l4 = p->bytes + p->l4;
	uint32_t len = p->len - p->l4;
	uint32_t sum = sum_pseudo(p->now.src, p->now.dst, p->now.proto, (uint16_t)len);

	if (p->offload.checked || p->offload.needs_checksum)
		return true;
	if (p->now.proto == IPPROTO_UDP && wire_get16(l4 + UDP_AT_CHECKSUM) == 0)
		return true;
	return sum_finish(sum_bytes(sum, l4, len)) == 0;
}

static enum verdict segment_input(struct net *net, struct pkt *p, void *arg)
{
	struct host *host = arg;

	if (!is_whole(p))
		return pkt_drop(net, p, DROP_L4_CHECKSUM);
	if (host->tcp != NULL && !p->asked_only && tcp_input(host->tcp, p))
		return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
	tcp_reset(net, &p->now, p);
	return pkt_drop(net, p, DROP_NO_PORT_OPEN);
}

static enum verdict udp_input(struct net *net, struct pkt *p, void *arg)
{
	struct host *host = arg;

	if (!is_whole(p))
		return pkt_drop(net, p, DROP_L4_CHECKSUM);
	if (traceroute_input(host->traceroutes, net, p) || datagram_input(host, p))
		return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
	icmp_error(net, p, ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, 0);
	return pkt_drop(net, p, DROP_NO_PORT_OPEN);
}

static bool sock_icmp_input(struct host *host, const struct pkt *p)
{
	if (icmp_is_error(p->icmp_type))
		return datagram_error(host, p);
	return p->icmp_type == ICMP_ECHO_REPLY && datagram_input(host, p);
}

/* Answers and errors; what is not for a ping, traceroute or socket of ours is not ours. */
static enum verdict icmp_taker(struct net *net, struct pkt *p, void *arg)
{
	struct host *host = arg;

	if (ping_input(host->pings, net, p) || traceroute_input(host->traceroutes, net, p) ||
	    sock_icmp_input(host, p) || tcp_error_input(host->tcp, p))
		return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
	return VERDICT_NEXT;
}

/* Somebody says by ARP where an address is: perhaps a ping of ours has asked. */
static bool arp_taker(struct net *net, iface_id iface, ip4 addr, const struct mac *mac, void *arg)
{
	struct host *host = arg;

	return ping_arp_input(host->pings, net, iface, addr, mac);
}

void host_init(struct host *host, struct net *net, const struct host_budget *budget)
{
	host->net = net;
	host->socks = socks_new(host, budget);
	net_take_protocol(net, IPPROTO_TCP, segment_input, host);
	net_take_protocol(net, IPPROTO_UDP, udp_input, host);
	net_take_protocol(net, IPPROTO_ICMP, icmp_taker, host);
	net_take_arp_answers(net, arp_taker, host);
}

void host_take_tcp(struct host *host, struct tcp *tcp)
{
	must(host->tcp == NULL);
	host->tcp = tcp;
	sock_tcp_plug(host);
}

void host_free(struct host *host)
{
	for (unsigned i = 0; i < PINGS_MAX; i++)
		ping_stop(host->net, &host->pings[i]);
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++)
		traceroute_stop(host->net, &host->traceroutes[i]);
	socks_close_all(host->socks);
	if (host->tcp != NULL)
		sock_tcp_unplug(host);
	tcp_free(host->tcp);
	host->tcp = NULL;
	socks_free(host->socks);
	host->socks = NULL;
}

void host_turn(struct host *host)
{
	for (unsigned i = 0; i < PINGS_MAX; i++)
		ping_turn(host->net, &host->pings[i]);
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++)
		traceroute_turn(host->net, &host->traceroutes[i]);
	socks_turn(host->socks);
	if (host->tcp != NULL)
		tcp_turn(host->tcp);
}

mono host_due(const struct host *host)
{
	mono due = socks_due(host->socks);

	if (host->tcp != NULL)
		due = mono_min(due, tcp_due(host->tcp));
	for (unsigned i = 0; i < PINGS_MAX; i++)
		due = mono_min(due, ping_due(&host->pings[i]));
	for (unsigned i = 0; i < TRACEROUTES_MAX; i++)
		due = mono_min(due, traceroute_due(&host->traceroutes[i]));
	return due;
}
