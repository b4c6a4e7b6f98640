/*
 * translate.h -- write a translation into a packet's bytes.
 *
 * Addresses and ports are replaced in place and every checksum with them, incrementally (RFC 1624).
 * A partial checksum (offload.needs_checksum) covers only the pseudo-header, so only addresses
 * change it; it stays partial and whoever finishes it finds it right.
 */
#ifndef FW_TRANSLATE_H
#define FW_TRANSLATE_H

#include "fw/fw.h"

/* Turn @p's bytes from p->arrived into p->now. For TCP, UDP, ICMP queries, and others (addresses
 * only). The headers have been checked by ip4_input(). */
void translate(struct pkt *p);

/*
 * The same for an ICMP error about a packet of @flow travelling in direction @dir: the outer
 * addresses become p->now's, and the quoted packet becomes what its sender once sent (RFC 5508,
 * REQ-4), with the checksums inside it, as far as they are quoted.
 */
void translate_error(struct pkt *p, const struct flow *flow, uint8_t dir);

#endif
