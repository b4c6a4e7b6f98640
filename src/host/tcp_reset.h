/* tcp_reset.h -- refusing a TCP segment (RFC 9293, 3.10.7.1). */
#ifndef HOST_TCP_RESET_H
#define HOST_TCP_RESET_H

#include "core/pkt.h"

/*
 * Answer segment @p with a RST from @came's destination to its source: @came is the tuple under
 * which the sender's packets are known at this point of the way. A RST is never answered, nor what
 * went to or came from a broadcast or multicast address. @p stays the caller's.
 */
void tcp_reset(struct net *net, const struct tuple *came, const struct pkt *p);

/* May a segment like @p be answered at all? No RST, from and to one host each. */
bool tcp_may_answer(const struct net *net, const struct pkt *p);

#endif
