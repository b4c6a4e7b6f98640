/*
 * mss.h -- the MSS option of a SYN (RFC 9293, 3.7.1; RFC 6691).
 *
 * Lowers the option's value in the bytes of @p, with the TCP checksum (also a partial one, which
 * does not cover the option: RFC 1624 applies only to a whole sum). Never raises it, never adds the
 * option, touches nothing but a TCP segment with SYN.
 */
#ifndef FW_MSS_H
#define FW_MSS_H

#include "core/pkt.h"

/* @mss: what to lower to. True when the packet was changed. */
bool mss_lower(struct pkt *p, uint16_t mss);
/* The value in @p's (first) option, or 0: no SYN, no option. */
uint16_t mss_read(const struct pkt *p);
/* The MSS for rule value @new_mss on @p's way: a number is itself; MSS_CLAMP_TO_PMTU is the smaller
 * MTU of the ways there (p->route) and back (@back_mtu_bytes) less 40 (RFC 6691, 2); an MTU of 0
 * is not known. 0: nothing to lower to. */
uint16_t mss_for(const struct pkt *p, uint16_t new_mss, uint32_t back_mtu_bytes);

#endif
