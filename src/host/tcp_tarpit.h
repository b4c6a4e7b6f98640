/* tcp_tarpit.h -- a connection that is taken and never gets anywhere. */
#ifndef HOST_TCP_TARPIT_H
#define HOST_TCP_TARPIT_H

#include "core/pkt.h"

/*
 * Answer segment @p as a host would that has room for no byte (RFC 9293, 3.8.6.1): a SYN is taken,
 * with a window of 0; what comes after it, and each question whether the window has opened, hears
 * the same. FIN and RST get no answer. The sender holds the connection; here nothing is kept: the
 * sequence number is a keyed hash of the addresses, and the answers belong to no connection. They
 * come from the address that was asked, so many a second (net->tarpit_rate). @p stays the caller's.
 */
void tcp_tarpit(struct net *net, const struct pkt *p);

#endif
