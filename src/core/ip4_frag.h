/*
 * ip4_frag.h -- cutting a packet that is larger than its way's MTU (RFC 791, 3.2).
 */
#ifndef CORE_IP4_FRAG_H
#define CORE_IP4_FRAG_H

#include "core/pkt.h"

/*
 * Send @p by p->route in pieces that fit its MTU. A partial checksum is finished first; options go
 * into the other pieces only where their copied flag says so (RFC 791, 3.1). Takes @p. Returns the
 * last piece's neighbour. When buffers run out the rest is dropped, counted once.
 */
uint32_t ip4_fragment(struct net *net, struct pkt *p);

#endif
