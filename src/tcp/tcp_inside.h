/* tcp_inside.h -- what a struct tcp keeps; for room tcp only. */
#ifndef TCP_TCP_INSIDE_H
#define TCP_TCP_INSIDE_H

#include "lib/timer_wheel.h"
#include "tcp/chunk_pool.h"
#include "tcp/connection_inside.h"
#include "tcp/connection_table.h"
#include "tcp/half_open.h"
#include "tcp/listener_inside.h"
#include "tcp/peer_cache.h"
#include "tcp/sequence.h"
#include "tcp/syn_cookie.h"
#include "tcp/tcp.h"
#include "tcp/time_wait.h"

#define TCP_WATCHED_MAX 8

struct tcp {
	struct net *net;
	struct tcp_budget budget;
	struct tcp_settings settings;
	struct tcp_owner owner;
	struct tcp_counts counts;

	struct connection *connections; /* budget.connections of them */
	struct traffic *traffic;        /* at the same places */
	uint32_t connections_touched;   /* those behind were never in use, and are zeroes */
	uint32_t connections_n;         /* in use */
	uint32_t connections_free;      /* the first of a list, CONNECTION_NONE: empty */
	uint32_t marked_first, marked_last, marked_n;

	struct listeners listeners;
	struct connection_table *table;
	struct half_opens half_opens;
	struct time_waits time_waits;
	struct timer_wheel timers; /* one a connection, by its place */
	struct chunk_pool chunk_pool;
	struct chunk_pool *chunks; /* it */
	struct flight_pool *flights;
	struct peer_cache *peers;
	struct sequence sequence;
	struct syn_cookies cookies;
	struct recovery_settings recovery;
	uint32_t pressure_hand; /* pressure.c: which connection is next */
	mono full_until;        /* no packet buffer was free: not before then */

	struct {
		struct connection *c; /* NULL: free */
		struct connection_watcher watcher;
	} watched[TCP_WATCHED_MAX];
};

#endif
