/*
 * host.h -- the router as an end point: what it does with packets for itself.
 *
 * TCP and UDP ports that nobody holds are refused as RFC 9293 (3.10.7.1) and RFC 1122 (4.1.3.1)
 * have it; echo is answered (core/icmp.c); the router's own pings and
 * traceroutes get their answers, sockets (sock.h) theirs.
 *
 * Threads: the router's. Memory: PINGS_MAX pings and TRACEROUTES_MAX traceroutes at start, and what
 * struct host_budget says.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "core/net.h"
#include "host/ping.h"
#include "host/socks.h"
#include "host/traceroute.h"
#include "tcp/tcp.h"

struct host {
	struct net *net;
	struct socks *socks;
	struct tcp *tcp; /* NULL: every segment is refused */
	struct ping pings[PINGS_MAX];
	struct traceroute traceroutes[TRACEROUTES_MAX];
};

/* Plugs TCP, UDP and ICMP into @net's local delivery. @host is zeroed memory; @budget may be NULL.
 */
void host_init(struct host *host, struct net *net, const struct host_budget *budget);
/* From now on segments go to @tcp first, which is the host's to free. */
void host_take_tcp(struct host *host, struct tcp *tcp);
void host_free(struct host *host);
/* Let time pass at net->now. */
void host_turn(struct host *host);
mono host_due(const struct host *host);

#endif
