/*
 * routing_mark.h -- in which table would a rule have the router's own packet looked up?
 *
 * A socket keeps the route of its connection, with its source address check and MTU. A rule of
 * mangle's chain output may lead the packets elsewhere (action=mark-routing), by their ports, too;
 * so the socket asks before it looks its way up (A9 of connect(), docs/connect.md).
 *
 * Threads: the router's. Memory: none.
 */
#ifndef ROUTER_ROUTING_MARK_H
#define ROUTER_ROUTING_MARK_H

#include "core/route.h"

/*
 * For net->routing_mark; @arg is the struct router. A made-up packet with the ends of @key (of TCP:
 * a SYN) goes through the stages up to mangle's output; nothing is counted, and nothing is
 * remembered of it. @why (or NULL) is told when a rule has marked it.
 */
uint32_t routing_mark_of(void *arg, const struct route_key *key, struct explain *why);

#endif
