/* tcp_error.h -- an ICMP error about a TCP segment of this router's (RFC 1122, 4.2.3.9). */
#ifndef HOST_TCP_ERROR_H
#define HOST_TCP_ERROR_H

#include <stdbool.h>

#include "core/pkt.h"

struct tcp;

/* @p is an ICMP error. True: it quotes a segment of one of @tcp's connections, which has judged it.
 * @p stays the caller's. */
bool tcp_error_input(struct tcp *tcp, const struct pkt *p);

#endif
