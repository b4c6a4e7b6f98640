/*
 * nat_port.h -- which port a translated source gets, and who holds it.
 *
 * UDP and ICMP queries have endpoint-independent mappings (mapping.h): the port that their inner
 * endpoint already has at the outer address, or a new one that nobody else uses. A rule with
 * strict=yes gives each connection a port of its own.
 *
 * TCP connections share ports: one is good if no flow has the answers it would bring (RFC 7857, 3,
 * which allows what RFC 5382, REQ-1 and REQ-7 did not). The source's own port is tried, then a few
 * keyed ones; where most are in use towards one remote end, a map of them is kept (core/crowd.h).
 * Ports that the allocator has given to somebody are left alone.
 *
 * Threads: the router's. Memory: none.
 */
#ifndef FW_NAT_PORT_H
#define FW_NAT_PORT_H

#include "fw/nat.h"

enum nat_hold { /* what a flow that is to begin holds of the allocator */
	HOLD_NOTHING,
	HOLD_PORT,        /* a port by itself; it has been taken */
	HOLD_MAPPING,     /* its part in the mapping of its inner endpoint, which is there */
	HOLD_NEW_MAPPING, /* the same, as the first: the port has been taken */
};

/* Has @proto ports, or what stands for them? */
bool nat_port_has(uint8_t proto);
/* Would an answer to @leaves be taken for another flow's packet, or for one like @came? */
bool nat_port_collides(const struct fw *fw, const struct tuple *came, const struct tuple *leaves);
/* Do packets with the ends of @came belong to a translated connection? @arg is the struct fw; for
 * net->translated. */
bool nat_port_translates(void *arg, const struct tuple *came);
/* Give @leaves the source that @source wants for a packet that came as @came. False: no port. */
bool nat_port_choose(struct fw *fw, const struct nat_source *source, const struct tuple *came,
                     struct tuple *leaves, enum nat_hold *ret_hold);
/* The flow could not begin after all. */
void nat_port_undo(struct fw *fw, const struct tuple *leaves, enum nat_hold hold);
/* The flow @index has begun: it holds what was chosen for it. */
void nat_port_keep(struct fw *fw, uint32_t index, enum nat_hold hold);
/* Flow @index was begun from outside, to a mapping's outer endpoint: it shares the mapping. */
void nat_port_keep_called(struct fw *fw, uint32_t index);

#endif
