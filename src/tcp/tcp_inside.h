/* tcp_inside.h -- what a struct tcp keeps; for room tcp only. */
#ifndef TCP_TCP_INSIDE_H
#define TCP_TCP_INSIDE_H

#include "tcp/connection_inside.h"
#include "tcp/tcp.h"

struct tcp {
	struct net *net;
	struct tcp_budget budget;
	struct tcp_settings settings;
	struct tcp_owner owner;
	struct tcp_counts counts;

	struct connection *connections; /* budget.connections of them */
	uint32_t connections_touched;   /* those behind were never in use, and are zeroes */
	uint32_t connections_n;         /* in use */
	uint32_t connections_free;      /* the first of a list, CONNECTION_NONE: empty */
};

#endif
