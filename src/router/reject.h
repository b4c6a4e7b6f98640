/* reject.h -- how a rule's `reject` answers (ROUTEROS.md 2.3, reject-with). */
#ifndef ROUTER_REJECT_H
#define ROUTER_REJECT_H

#include "core/pkt.h"

/* Tell @p's sender as @reject_with (enum reject_with) says. tcp-reset answers TCP only; anything
 * else is then told by ICMP that the network is unreachable. @p stays the caller's. */
void reject(struct net *net, const struct pkt *p, uint8_t reject_with);

#endif
