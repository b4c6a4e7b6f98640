/*
 * mtu.h -- how large the segments of a connection may be (RFC 9293, 3.7.1; RFC 6691; RFC 1191).
 *
 * The MTU is the path's as far as it is known: the link's at first, then what ICMP has told since,
 * or what timeouts let suspect. When routes change it begins anew with the link's.
 */
#ifndef TCP_MTU_H
#define TCP_MTU_H

#include "tcp/connection_inside.h"

/* What we offer in a SYN: what an IP packet of @mtu_bytes holds without any option (RFC 6691, 2).
 */
uint16_t mtu_offer(const struct connection_settings *settings, uint32_t mtu_bytes);
/* Take the MTU of @route, for a connection that begins. */
void mtu_start(struct connection *c, const struct route *route);
/* Look the way up again when routes have changed since. */
void mtu_refresh(struct connection *c);
/* Work out c->mss anew. */
void mtu_apply(struct connection *c);
/* ICMP says that only packets of @mtu_bytes (0: it does not say) pass, of which one of @sent_bytes
 * was one too many. True: the MTU is lower than before. */
bool mtu_lower(struct connection *c, uint16_t mtu_bytes);

/*
 * The data has waited for another timeout, @timeouts in a row by now. Large segments may vanish
 * without a word, where ICMP is filtered (RFC 2923, 2.1): after every second one, when a full
 * segment is what is not acknowledged, a smaller MTU is tried, if settings say so. True: it is.
 */
bool mtu_suspect(struct connection *c, unsigned timeouts);

#endif
