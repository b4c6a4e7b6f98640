#include "fw/mapping.h"

#include <string.h>

#include "core/net.h"
#include "core/ports.h"
#include "fw/flow_list.h"

const char *const filtering_words[FILTERING_COUNT + 1] = {
	[FILTERING_ADDRESS_DEPENDENT] = "address-dependent",
	[FILTERING_ENDPOINT_INDEPENDENT] = "endpoint-independent",
	[FILTERING_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
};

enum chain {
	BY_INNER,
	BY_OUTER,
	BY_REMOTE,
};

enum group {
	GROUP_MAPPING,
	GROUP_REMOTE,
};

/* The chains in which the first of a group stands. */
static const struct {
	uint8_t first, last;
} chains_of[] = {
	[GROUP_MAPPING] = { BY_INNER, BY_OUTER },
	[GROUP_REMOTE] = { BY_REMOTE, BY_REMOTE },
};

struct name { /* of a group in a chain: what it is found by */
	uint64_t words[2];
};

/* Links are those of the flow table, with the side instead of the direction. */
static struct flow_mapped *mapped_at(struct flows *flows, uint32_t link)
{
	return &flow_at(flows, flow_link_index(link))->mapped[flow_link_dir(link)];
}

static const struct flow_mapped *mapped_at_const(const struct flows *flows, uint32_t link)
{
	return &flow_at_const(flows, flow_link_index(link))->mapped[flow_link_dir(link)];
}

static struct name name_inner(const struct endpoint *inner, ip4 outer)
{
	return (struct name){ { (uint64_t)inner->addr.v << 32 | outer.v,
		                (uint64_t)inner->port << 32 | inner->proto << 8 | BY_INNER } };
}

static struct name name_outer(const struct endpoint *outer)
{
	return (struct name){ { outer->addr.v,
		                (uint64_t)outer->port << 32 | outer->proto << 8 | BY_OUTER } };
}

static struct name name_remote(const struct endpoint *outer, ip4 remote)
{
	return (struct name){ { (uint64_t)outer->addr.v << 32 | remote.v,
		                (uint64_t)outer->port << 32 | outer->proto << 8 | BY_REMOTE } };
}

static struct endpoint inner_of(const struct flow *flow, unsigned side)
{
	return (struct endpoint){ flow->key[side].src, flow->key[side].sport, flow->proto };
}

static struct endpoint outer_of(const struct flow *flow, unsigned side)
{
	return (struct endpoint){ flow->key[side ^ 1].dst, flow->key[side ^ 1].dport, flow->proto };
}

static struct name name_of(const struct flows *flows, uint32_t link, unsigned chain)
{
	const struct flow *flow = flow_at_const(flows, flow_link_index(link));
	unsigned side = flow_link_dir(link);
	struct endpoint inner = inner_of(flow, side), outer = outer_of(flow, side);

	switch (chain) {
	case BY_INNER:
		return name_inner(&inner, outer.addr);
	case BY_OUTER:
		return name_outer(&outer);
	default:
		return name_remote(&outer, flow->key[side ^ 1].src);
	}
}

static uint32_t head_at(const struct flows *flows, const struct name *name)
{
	return (uint32_t)hash_words(&flows->key, name->words, 2) & flows->mapping_mask;
}

/* A place in a chain says which flow and side, and by which of its three names it stands there. */
static uint32_t place(uint32_t link, unsigned chain)
{
	return link << 2 | chain;
}

/* The link of the first of the group with @name; 0: there is none. */
static uint32_t find(const struct flows *flows, const struct name *name)
{
	uint32_t at = flows_mapping_heads_const(flows)[head_at(flows, name)];

	while (at != 0) {
		struct name other = name_of(flows, at >> 2, at & 3);

		if (other.words[0] == name->words[0] && other.words[1] == name->words[1])
			return at >> 2;
		at = mapped_at_const(flows, at >> 2)->chain[at & 3];
	}
	return 0;
}

static void chain_add(struct flows *flows, uint32_t link, unsigned chain)
{
	struct name name = name_of(flows, link, chain);
	uint32_t *head = flows_mapping_heads(flows) + head_at(flows, &name);

	mapped_at(flows, link)->chain[chain] = *head;
	*head = place(link, chain);
}

/* Take @link out of its chain; @heir, unless 0, stands in its place. */
static void chain_remove(struct flows *flows, uint32_t link, unsigned chain, uint32_t heir)
{
	struct name name = name_of(flows, link, chain);
	uint32_t *at = flows_mapping_heads(flows) + head_at(flows, &name);
	uint32_t next = mapped_at(flows, link)->chain[chain];

	while (*at != place(link, chain)) {
		must(*at != 0);
		at = &mapped_at(flows, *at >> 2)->chain[*at & 3];
	}
	if (heir != 0)
		mapped_at(flows, heir)->chain[chain] = next;
	*at = heir != 0 ? place(heir, chain) : next;
}

/* @link becomes the second of the group that @first leads, or the first of a new one. */
static void group_join(struct flows *flows, uint32_t link, unsigned group, uint32_t first)
{
	struct flow_mapped *mapped = mapped_at(flows, link);

	mapped->group[group].next = mapped->group[group].prev = 0;
	if (first == 0) {
		for (unsigned i = chains_of[group].first; i <= chains_of[group].last; i++)
			chain_add(flows, link, i);
		return;
	}

	struct flow_mapped *leader = mapped_at(flows, first);
	uint32_t next = leader->group[group].next;

	mapped->group[group].prev = first;
	mapped->group[group].next = next;
	if (next != 0)
		mapped_at(flows, next)->group[group].prev = link;
	leader->group[group].next = link;
}

/* True: nobody is left. */
static bool group_leave(struct flows *flows, uint32_t link, unsigned group)
{
	struct flow_mapped *mapped = mapped_at(flows, link);
	uint32_t next = mapped->group[group].next, prev = mapped->group[group].prev;

	if (next != 0)
		mapped_at(flows, next)->group[group].prev = prev;
	if (prev != 0) {
		mapped_at(flows, prev)->group[group].next = next;
		return false;
	}
	for (unsigned i = chains_of[group].first; i <= chains_of[group].last; i++)
		chain_remove(flows, link, i, next);
	return next == 0;
}

bool mapping_join(struct flows *flows, uint32_t index, uint8_t side)
{
	struct flow *flow = flow_at(flows, index);
	uint32_t link = flow_link(index, side), first;
	struct name inner = name_of(flows, link, BY_INNER);
	struct name remote = name_of(flows, link, BY_REMOTE);

	must((flow->flags & mapping_flag(side)) == 0);
	first = find(flows, &inner);
	if (first != 0) {
		const struct flow *other = flow_at_const(flows, flow_link_index(first));

		if (outer_of(other, flow_link_dir(first)).port != outer_of(flow, side).port)
			return false;
		/* All of a mapping ends with its address, also what came from outside. */
		flow->flags |= other->flags & FLOW_MASQUERADE;
	} else {
		flows->mappings++;
	}
	group_join(flows, link, GROUP_MAPPING, first);
	group_join(flows, link, GROUP_REMOTE, find(flows, &remote));
	flow->flags |= mapping_flag(side);
	return true;
}

bool mapping_leave(struct flows *flows, uint32_t index, uint8_t side)
{
	struct flow *flow = flow_at(flows, index);
	uint32_t link = flow_link(index, side);
	bool last;

	must((flow->flags & mapping_flag(side)) != 0);
	(void)group_leave(flows, link, GROUP_REMOTE);
	last = group_leave(flows, link, GROUP_MAPPING);
	flow->flags &= (uint16_t)~mapping_flag(side);
	flows->mappings -= last;
	return last;
}

void mappings_clear(struct flows *flows)
{
	size_t heads = (size_t)flows->mapping_mask + 1;

	memset(flows_mapping_heads(flows), 0, heads * sizeof(uint32_t));
	flows->mappings = 0;
}

uint16_t mapping_find(const struct flows *flows, const struct endpoint *inner, ip4 outer)
{
	struct name name = name_inner(inner, outer);
	uint32_t link = find(flows, &name);

	if (link == 0)
		return 0;
	return outer_of(flow_at_const(flows, flow_link_index(link)), flow_link_dir(link)).port;
}

static bool lets_in(const struct flows *flows, const struct endpoint *outer,
                    const struct endpoint *remote)
{
	struct name name = name_remote(outer, remote->addr);

	if (mapping_find(flows, remote, outer->addr) != 0)
		return true;
	switch (flows->filtering) {
	case FILTERING_ENDPOINT_INDEPENDENT:
		return true;
	case FILTERING_ADDRESS_DEPENDENT:
		return find(flows, &name) != 0;
	default: /* what it may let in has a flow already */
		return false;
	}
}

bool mapping_input(const struct flows *flows, const struct endpoint *outer,
                   const struct endpoint *remote, struct endpoint *ret_inner, bool *ret_let_in)
{
	struct name name = name_outer(outer);
	uint32_t link = find(flows, &name);

	if (link == 0)
		return false;
	*ret_inner = inner_of(flow_at_const(flows, flow_link_index(link)), flow_link_dir(link));
	*ret_let_in = lets_in(flows, outer, remote);
	return true;
}

/* The flows of the group that @link leads; all must bear its name. */
static uint32_t group_length(const struct flows *flows, uint32_t link, unsigned group)
{
	struct name name = name_of(flows, link, chains_of[group].first);
	uint32_t n = 0, before = 0;

	for (; link != 0; link = mapped_at_const(flows, link)->group[group].next) {
		struct name own = name_of(flows, link, chains_of[group].first);
		const struct flow *flow = flow_at_const(flows, flow_link_index(link));

		must((flow->flags & mapping_flag((uint8_t)flow_link_dir(link))) != 0);
		must(mapped_at_const(flows, link)->group[group].prev == before);
		must(own.words[0] == name.words[0] && own.words[1] == name.words[1]);
		must(n++ < flows->used * 2);
		before = link;
	}
	return n;
}

/* How often flows say that they share a mapping. */
static uint32_t shares_count(const struct flows *flows)
{
	uint32_t at = 0, index, n = 0;

	while ((index = flows_walk(flows, &at)) != FLOW_NONE) {
		uint16_t flags = flow_at_const(flows, index)->flags;

		n += (flags & FLOW_MAPPED_SRC) != 0 ? 1 : 0;
		n += (flags & FLOW_MAPPED_DST) != 0 ? 1 : 0;
	}
	return n;
}

void mappings_must_hold(const struct flows *flows, const struct net *net)
{
	uint32_t n[3] = { 0 }, sum[3] = { 0 }, shares = shares_count(flows);

	for (uint32_t i = 0; i <= flows->mapping_mask; i++) {
		uint32_t at = flows_mapping_heads_const(flows)[i];

		for (; at != 0; at = mapped_at_const(flows, at >> 2)->chain[at & 3]) {
			const struct flow *flow = flow_at_const(flows, flow_link_index(at >> 2));
			struct endpoint outer = outer_of(flow, flow_link_dir(at >> 2));

			must((at & 3) <= BY_REMOTE && n[at & 3]++ < shares);
			sum[at & 3] +=
				group_length(flows, at >> 2,
			                     (at & 3) == BY_REMOTE ? GROUP_REMOTE : GROUP_MAPPING);
			must(ports_is_taken(net->ports, outer.addr, outer.proto, outer.port));
		}
	}
	must(n[BY_INNER] == flows->mappings && n[BY_OUTER] == flows->mappings);
	must(sum[BY_INNER] == shares && sum[BY_OUTER] == shares && sum[BY_REMOTE] == shares);
}
