#include "fw/nat_port.h"

#include <netinet/in.h>

#include "core/crowd.h"
#include "core/net.h"
#include "core/ports.h"
#include "fw/mapping.h"

#define PORT_TRIES  16 /* a free port whose answers would collide with a flow is tried again */
#define PORT_PROBES 8
#define CROWD_TRIES 32  /* ports that are free towards the remote end, but not ours to give */
#define CROWD_MS    100 /* to make a map takes some milliseconds: not more often than this */

bool nat_port_has(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_ICMP;
}

bool nat_port_collides(const struct fw *fw, const struct tuple *came, const struct tuple *leaves)
{
	struct tuple back = tuple_reverse(leaves);
	const struct net *net = fw->net;
	uint8_t dir;
	bool translated = !tuple_equal(leaves, came);

	/* The router's own connection: its flow may have ended for want of packets. What leaves as
	 * it came is that connection's own. */
	if (translated && leaves->proto == IPPROTO_TCP && net->connected != NULL &&
	    net->connected(net->connected_arg, leaves))
		return true;
	/* A host that is sent back to itself would not know question from answer; who talks to
	 * itself by its own choice does (a connect to the socket's own port). */
	return (translated && tuple_equal(&back, came)) ||
	       flow_find(fw->flows, &back, flow_hash(fw->flows, &back), &dir) != FLOW_NONE;
}

/* Does what answers it come to another end than what began it left from? */
static bool is_translated(const struct flow *flow)
{
	struct tuple came = flow_comes(flow, 0), answer = flow_comes(flow, 1);
	struct tuple back = tuple_reverse(&answer);

	return !tuple_equal(&came, &back);
}

bool nat_port_translates(void *arg, const struct tuple *came)
{
	const struct fw *fw = arg;
	uint8_t dir;
	uint32_t index = flow_find(fw->flows, came, flow_hash(fw->flows, came), &dir);

	return index != FLOW_NONE && is_translated(flow_at_const(fw->flows, index));
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

/* Could @leaves have source port @port? */
static bool is_good(struct fw *fw, const struct tuple *came, struct tuple *leaves, uint16_t port)
{
	leaves->sport = port;
	fw->port_probes++;
	return !ports_is_taken(fw->net->ports, leaves->src, leaves->proto, port) &&
	       !nat_port_collides(fw, came, leaves);
}

/* A map of the ports in use towards the end that @leaves goes to; NULL: not now. */
static struct port_map *make_crowd(struct fw *fw, const struct tuple *leaves)
{
	struct tuple answer = tuple_reverse(leaves);
	struct port_map *map;
	uint8_t dir;

	if (!mono_due(fw->crowd_due, fw->net->now))
		return NULL;
	fw->crowd_due = mono_add_ms(fw->net->now, CROWD_MS);
	fw->crowds_made++;
	map = crowd_open(fw->net->crowds, &answer);
	for (uint32_t port = 0; port <= UINT16_MAX; port++) {
		answer.dport = (uint16_t)port;
		if (flow_find(fw->flows, &answer, flow_hash(fw->flows, &answer), &dir) != FLOW_NONE)
			port_map_set(map, (uint16_t)port);
	}
	return map;
}

static bool share_in_crowd(struct fw *fw, const struct ports_wish *wish, const struct tuple *came,
                           struct tuple *leaves)
{
	struct tuple answer = tuple_reverse(leaves);
	struct port_map *map = crowd_find(fw->net->crowds, &answer);
	uint64_t keyed = wish->keyed;

	if (map == NULL)
		map = make_crowd(fw, leaves);
	for (unsigned i = 0; map != NULL && i < CROWD_TRIES; i++) {
		uint16_t port = port_map_choose(map, wish->low, wish->high, PORT_ANY, keyed);

		if (port == 0)
			return false;
		if (is_good(fw, came, leaves, port))
			return true;
		keyed = hash_words(&fw->net->key, &keyed, 1);
	}
	return false;
}

/* A port whose answers no other flow expects; it may serve others towards other ends. */
static bool share(struct fw *fw, const struct nat_source *source, const struct tuple *came,
                  struct tuple *leaves)
{
	struct ports_wish wish = wish_for(fw, source, leaves);
	uint32_t n = (uint32_t)wish.high - wish.low + 1;

	leaves->src = source->addr;
	if (wish.preferred >= wish.low && wish.preferred <= wish.high &&
	    is_good(fw, came, leaves, wish.preferred))
		return true;
	for (unsigned i = 0; i < PORT_PROBES; i++) {
		if (is_good(fw, came, leaves, (uint16_t)(wish.low + wish.keyed % n)))
			return true;
		wish.keyed = hash_words(&fw->net->key, &wish.keyed, 1);
	}
	return share_in_crowd(fw, &wish, came, leaves);
}

bool nat_port_choose(struct fw *fw, const struct nat_source *source, const struct tuple *came,
                     struct tuple *leaves, enum nat_hold *ret_hold)
{
	struct endpoint inner = { came->src, came->sport, came->proto };
	uint16_t port = 0;

	*ret_hold = HOLD_NOTHING;
	if (came->proto == IPPROTO_TCP)
		return share(fw, source, came, leaves);
	if (!source->strict)
		port = mapping_find(fw->flows, &inner, source->addr);
	if (port != 0 && use_mapping(fw, source, port, came, leaves)) {
		*ret_hold = HOLD_MAPPING;
		return true;
	}
	if (!take(fw, source, came, leaves))
		return false;
	*ret_hold = source->strict || port != 0 ? HOLD_PORT : HOLD_NEW_MAPPING;
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
