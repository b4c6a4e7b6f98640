/*
 * mapping.h -- endpoint-independent mappings: an inner endpoint has one outer endpoint, whoever it
 * talks to (RFC 4787, REQ-1; for ICMP queries RFC 5508, 3).
 *
 * A mapping has no record of its own. It is the set of flows that share it, linked with each other
 * by index within the flow table's bytes: it begins with its first flow and ends with its last, and
 * can't be left over or missing. Which mapping a flow shares says its keys. On side s of a flow the
 * inner endpoint is key[s]'s source and the outer one key[1 - s]'s destination: on side 0 a host
 * inside began the flow, on side 1 it was called by its outer endpoint.
 *
 * Two groups a side: the flows of the mapping, and among them those with one remote address, by
 * which address-dependent filtering decides. The first of a group stands for it in hash chains, so
 * that a look-up does not depend on how many flows a mapping has.
 *
 * Invariant: the allocator's port of an outer endpoint is taken exactly while the mapping has
 * flows; flow_end() gives it back when mapping_leave() says that it was the last.
 *
 * Threads: the router's. Memory: within the flow table.
 */
#ifndef FW_MAPPING_H
#define FW_MAPPING_H

#include "fw/flow.h"

enum filtering { /* whom a mapping lets in (RFC 4787, 5) */
	FILTERING_ADDRESS_DEPENDENT,
	FILTERING_ENDPOINT_INDEPENDENT,
	FILTERING_ADDRESS_AND_PORT_DEPENDENT,
	FILTERING_COUNT,
};
#define FILTERING_DEFAULT FILTERING_ADDRESS_DEPENDENT
extern const char *const filtering_words[FILTERING_COUNT + 1];

struct endpoint {
	ip4 addr;
	uint16_t port;
	uint8_t proto;
};

/* The flag of a flow that shares a mapping on @side. */
static inline uint16_t mapping_flag(uint8_t side)
{
	return side == 0 ? FLOW_MAPPED_SRC : FLOW_MAPPED_DST;
}

/*
 * Flow @index shares the mapping of its @side from now on. False: its inner endpoint already has
 * another port of that outer address; nothing is changed. The caller has taken the port if the
 * mapping is new.
 */
bool mapping_join(struct flows *flows, uint32_t index, uint8_t side);
/* It does so no longer. True: it was the mapping's last flow. */
bool mapping_leave(struct flows *flows, uint32_t index, uint8_t side);
/* Forget all of them: flows_adopt() makes them anew. */
void mappings_clear(struct flows *flows);

/* The port of @outer that stands for @inner; 0: there is no mapping yet. */
uint16_t mapping_find(const struct flows *flows, const struct endpoint *inner, ip4 outer);
/*
 * Whose mapping is @outer? False: nobody's. @let_in says whether filtering lets @remote in: one
 * that the inner host talks to, as far as the setting asks for, or another host that is mapped
 * behind the same outer address (RFC 4787, REQ-9: hosts inside are no strangers).
 */
bool mapping_input(const struct flows *flows, const struct endpoint *outer,
                   const struct endpoint *remote, struct endpoint *ret_inner, bool *ret_let_in);

/* Asserts that groups, chains and count are what the flows' flags and keys say. */
void mappings_must_hold(const struct flows *flows, const struct net *net);

#endif
