#include "fw/nat_port.h"

#include <netinet/in.h>

#include "core/net.h"
#include "core/ports.h"
#include "fw/mapping.h"

#define PORT_TRIES 16 /* a free port whose answers would collide with a flow is tried again */

bool nat_port_has(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP;
}

bool nat_port_collides(const struct fw *fw, const struct tuple *came, const struct tuple *leaves)
{
	struct tuple back = tuple_reverse(leaves);
	uint8_t dir;

	/* A host that is sent back to itself would not know question from answer. */
	return tuple_equal(&back, came) ||
	       flow_find(fw->flows, &back, flow_hash(fw->flows, &back), &dir) != FLOW_NONE;
}

static void set_port(struct tuple *leaves, uint16_t port)
{
	leaves->sport = port;
	if (leaves->proto == IPPROTO_ICMP) /* the identifier stands for both (RFC 5508, 3) */
		leaves->dport = port;
}

static struct ports_wish wish_for(const struct fw *fw, const struct nat_source *source,
                                  const struct tuple *leaves)
{
	uint64_t words[2] = { (uint64_t)leaves->src.v << 32 | leaves->dst.v,
		              (uint64_t)leaves->sport << 16 | leaves->dport };
	struct ports_wish wish = {
		.addr = source->addr,
		.proto = leaves->proto,
		.preferred = source->random ? 0 : leaves->sport,
		.low = source->port_low,
		.high = source->port_high,
		.keyed = hash_words(&fw->net->key, words, 2),
	};

	/* RFC 4787, REQ-4; RFC 7857, 8: not of ports that are to be at random. */
	if (leaves->proto == IPPROTO_UDP && !source->random)
		wish.parity = leaves->sport % 2 != 0 ? PORT_ODD : PORT_EVEN;
	return wish;
}

/* A port that nobody else has at the outer address (RFC 4787, REQ-3: no overloading). */
static bool take(struct fw *fw, const struct nat_source *source, const struct tuple *came,
                 struct tuple *leaves)
{
	struct ports_wish wish = wish_for(fw, source, leaves);
	uint16_t port;

	leaves->src = source->addr;
	for (unsigned i = 0; i < PORT_TRIES; i++) {
		if (ports_take(fw->net->ports, &wish, &port) != 0)
			return false;
		set_port(leaves, port);
		if (!nat_port_collides(fw, came, leaves))
			return true;
		ports_give_back(fw->net->ports, wish.addr, wish.proto, port);
		wish.preferred = 0;
		wish.keyed = hash_words(&fw->net->key, &wish.keyed, 1);
	}
	return false;
}

/* The port of the mapping that is there already, if it serves; false: another one is needed. */
static bool use_mapping(const struct fw *fw, const struct nat_source *source, uint16_t port,
                        const struct tuple *came, struct tuple *leaves)
{
	struct tuple mapped = *leaves;

	if (port < source->port_low || port > source->port_high)
		return false; /* the rule wants others */
	mapped.src = source->addr;
	set_port(&mapped, port);
	if (nat_port_collides(fw, came, &mapped))
		return false;
	*leaves = mapped;
	return true;
}

bool nat_port_choose(struct fw *fw, const struct nat_source *source, const struct tuple *came,
                     struct tuple *leaves, enum nat_hold *ret_hold)
{
	struct endpoint inner = { came->src, came->sport, came->proto };
	bool mappable = came->proto != IPPROTO_TCP && !source->strict;
	uint16_t port = mappable ? mapping_find(fw->flows, &inner, source->addr) : 0;

	if (port != 0 && use_mapping(fw, source, port, came, leaves)) {
		*ret_hold = HOLD_MAPPING;
		return true;
	}
	*ret_hold = HOLD_NOTHING;
	if (!take(fw, source, came, leaves))
		return false;
	*ret_hold = mappable && port == 0 ? HOLD_NEW_MAPPING : HOLD_PORT;
	return true;
}

void nat_port_undo(struct fw *fw, const struct tuple *leaves, enum nat_hold hold)
{
	if (hold == HOLD_PORT || hold == HOLD_NEW_MAPPING)
		ports_give_back(fw->net->ports, leaves->src, leaves->proto, leaves->sport);
}

/* The mapping may have ended when a flow of its had to give way to this one. Its port is free. */
static void join(struct fw *fw, uint32_t index, uint8_t side, bool taken)
{
	const struct flow *flow = flow_at_const(fw->flows, index);
	struct endpoint inner = { flow->key[side].src, flow->key[side].sport, flow->proto };
	ip4 outer = flow->key[side ^ 1].dst;

	if (!taken && mapping_find(fw->flows, &inner, outer) == 0) {
		int error = ports_take_exact(fw->net->ports, outer, flow->proto,
		                             flow->key[side ^ 1].dport);

		must(error == 0);
	}

	bool joined = mapping_join(fw->flows, index, side);

	must(joined);
}

void nat_port_keep(struct fw *fw, uint32_t index, enum nat_hold hold)
{
	if (hold == HOLD_PORT)
		flow_at(fw->flows, index)->flags |= FLOW_PORT_TAKEN;
	else if (hold != HOLD_NOTHING)
		join(fw, index, 0, hold == HOLD_NEW_MAPPING);
}

void nat_port_keep_called(struct fw *fw, uint32_t index)
{
	join(fw, index, 1, false);
}
