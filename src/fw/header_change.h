/*
 * header_change.h -- what mangle changes in an IPv4 header: TTL, DSCP, DF, options.
 *
 * Rules only note it in the packet (new_ttl, leave_ttl, new_tos, clear_df, strip_options); it is
 * written when the packet is sure to go on, so that an ICMP error quotes it as it came.
 */
#ifndef FW_HEADER_CHANGE_H
#define FW_HEADER_CHANGE_H

#include "core/pkt.h"

/* Write what was noted into the bytes of @p, the header's checksum with it. */
void header_change(struct net *net, struct pkt *p);

#endif
