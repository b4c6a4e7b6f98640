/*
 * sock_way.h -- by which way, and from which address, does a socket reach a destination? (A4 to A6
 * and A9 of connect(); each datagram's, too.)
 *
 * Threads: the router's. Memory: none.
 */
#ifndef HOST_SOCK_WAY_H
#define HOST_SOCK_WAY_H

#include "core/route.h"

struct explain;
struct sock;

#define SOCK_TTL 64 /* RFC 1700 */

struct sock_way {
	ip4 dst;              /* the destination; zero has become one of the router's own */
	ip4 first_hop;        /* the same, or the first address of a source route (RFC 791, 3.1) */
	struct route_key key; /* to first_hop */
	struct route route;
	ip4 src; /* the packet's source: what is bound, else what the route has chosen */
};

/* Begin: @dst and @dport as the caller gave them, the rest as @sock is bound. */
void sock_way_to(const struct sock *sock, ip4 dst, uint16_t dport, struct sock_way *ret_way);

/*
 * Look the way up: route and source are filled in. Once the source port is known the router's rules
 * are asked in which table (core/net.h). 0, or
 *   -ENETUNREACH    no route; a source that is not the router's (any more); SO_DONTROUTE and not
 *                   on-link; a strict source route whose first address is not on-link
 *   -EHOSTUNREACH, -EACCES, -EINVAL   as core/route.h says; 127.0.0.0/8 to another host is -EINVAL
 *   -EADDRNOTAVAIL  the router has no address for that way
 */
MUST_USE int sock_way_find(const struct sock *sock, struct sock_way *way, struct explain *why);

#endif
