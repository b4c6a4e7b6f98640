#include "fw/nat.h"

#include <netinet/in.h>

#include "core/addr.h"
#include "core/explain.h"
#include "core/net.h"
#include "fw/mapping.h"
#include "fw/nat_port.h"
#include "fw/track.h"

/*
 * The address of the rule's range that stands for @old. The same client always gets the same one
 * (RFC 4787, REQ-2: paired pooling), unless action=same is to look at whom it talks to, too.
 */
static ip4 pick_address(const struct fw *fw, const struct rule_choice *choice, const struct pkt *p,
                        ip4 old)
{
	struct ip4_range range = choice->to_addresses;
	uint64_t word = p->arrived.src.v;
	uint64_t n = (uint64_t)range.high.v - range.low.v + 1;

	if (n == 1)
		return range.low;
	if (choice->action == ACTION_NETMAP) /* the network changes, the host stays */
		return (ip4){ (uint32_t)(range.low.v + (old.v & (n - 1))) };
	if (choice->action == ACTION_SAME && choice->by_dst)
		word |= (uint64_t)p->arrived.dst.v << 32;
	return (ip4){ (uint32_t)(range.low.v + hash_words(&fw->net->key, &word, 1) % n) };
}

/* One of the rule's ports, the same for the same source (as with addresses). */
static uint16_t pick_port(const struct fw *fw, const struct rule_choice *choice,
                          const struct pkt *p)
{
	uint64_t word = (uint64_t)p->arrived.src.v << 16 | p->arrived.dport;
	uint64_t n = (uint64_t)choice->to_port_high - choice->to_port_low + 1;

	if (choice->to_port_high <= choice->to_port_low)
		return choice->to_port_low;
	return (uint16_t)(choice->to_port_low + hash_words(&fw->net->key, &word, 1) % n);
}

/* False: no rule says anything of this packet. */
static bool choose_by_rules(const struct fw *fw, struct pkt *p)
{
	struct rule_choice choice;

	if (rules_say_nothing(fw->rules[FACILITY_NAT]))
		return false;
	rules_choose(fw->rules[FACILITY_NAT], fw->net, "dstnat", IFACE_NONE, p, &choice);
	if (!choice.matched || choice.action == ACTION_ACCEPT)
		return choice.matched;
	if (choice.action == ACTION_REDIRECT) {
		const struct addr_spec *own = addr_toward(fw->net, p->in, p->arrived.src);

		if (own == NULL)
			return true;
		p->now.dst = own->addr;
	} else if (!ip4_is_zero(choice.to_addresses.low)) {
		p->now.dst = pick_address(fw, &choice, p, p->now.dst);
	}
	if (choice.to_port_low != 0 && p->arrived.proto != IPPROTO_ICMP)
		p->now.dport = pick_port(fw, &choice, p);
	p->nat |= NAT_DST;
	p->hairpin = choice.hairpin;
	p->nat_rule = choice.rule_id;
	return true;
}

/*
 * RFC 4787, 5: whom the host inside talks to reaches it by the outer endpoint of its mapping.
 * Everybody else gets no answer, not even that there is nobody. What a rule forwards, or leaves to
 * the router, is the rule's.
 */
static enum drop_reason choose_by_mapping(const struct fw *fw, struct pkt *p)
{
	struct endpoint outer = { p->arrived.dst, p->arrived.dport, p->arrived.proto };
	struct endpoint remote = { p->arrived.src, p->arrived.sport, p->arrived.proto };
	struct endpoint inner;
	bool let_in;

	if (p->arrived.proto != IPPROTO_UDP ||
	    !mapping_input(fw->flows, &outer, &remote, &inner, &let_in))
		return DROP_COUNT;
	if (!let_in)
		return DROP_NAT_FILTERED;
	p->now.dst = inner.addr;
	p->now.dport = inner.port;
	p->nat |= NAT_DST;
	p->mapped = p->hairpin = true;
	return DROP_COUNT;
}

static void explain_destination(const struct pkt *p)
{
	char addr[IP4_TEXT_BYTES];

	if ((p->nat & NAT_DST) == 0 && ip4_equal(p->now.dst, p->arrived.dst))
		return;
	explain(p->why, "dst-nat", "%sdestination becomes %s:%u", p->mapped ? "mapping: " : "",
	        ip4_str(p->now.dst, addr), p->now.dport);
}

enum drop_reason nat_choose_destination(const struct fw *fw, struct pkt *p)
{
	enum drop_reason reason = DROP_COUNT;

	if (p->flow != FLOW_NONE) {
		struct tuple leaves = flow_leaves(flow_at_const(fw->flows, p->flow), p->flow_dir);

		p->now.dst = leaves.dst;
		if (p->state != STATE_RELATED)
			p->now.dport = leaves.dport;
		/* A query's identifier stands for both ports. What is for the router itself does
		 * not come through src-nat, where it would follow. */
		if (p->state != STATE_RELATED && leaves.proto == IPPROTO_ICMP)
			p->now.sport = leaves.sport;
	} else if (p->state == STATE_NEW && p->in != IFACE_NONE) {
		if (!choose_by_rules(fw, p))
			reason = choose_by_mapping(fw, p);
	}
	explain_destination(p);
	return reason;
}

/*
 * A host inside that reaches another one behind the same interface by the outer address: without
 * translation the answer would go there directly and be refused. Its source becomes the outer
 * address it called (RFC 4787, REQ-9: external source address and port); between two mapped hosts
 * also when they are behind different interfaces, for each knows the other by its outer endpoint.
 */
static bool wants_hairpin(const struct fw *fw, const struct pkt *p)
{
	struct endpoint caller = { p->arrived.src, p->arrived.sport, p->arrived.proto };

	if (!p->hairpin || p->in == IFACE_NONE)
		return false;
	return p->route.out == p->in ||
	       (p->mapped && mapping_find(fw->flows, &caller, p->arrived.dst) != 0);
}

static uint16_t first_port(uint16_t preferred)
{
	/* Ports of the well-known range stay in it (RFC 4787, REQ-3). */
	return preferred < 1024 ? 1 : 1024;
}

static void choose_range(const struct pkt *p, const struct rule_choice *choice,
                         struct nat_source *source)
{
	source->port_low = choice->to_port_low;
	source->port_high = choice->to_port_high;
	if (source->port_low != 0)
		return;
	if (p->now.proto == IPPROTO_ICMP) {
		source->port_low = 1;
		source->port_high = UINT16_MAX;
		return;
	}
	source->port_low = first_port(p->now.sport);
	source->port_high = source->port_low == 1 ? 1023 : UINT16_MAX;
}

/* The route's own address. An interface without any has none to lend: the address of another one,
 * which serves what the router says itself, would show the inner network to the outer. */
static ip4 masquerade_address(const struct fw *fw, const struct pkt *p)
{
	if (addr_toward(fw->net, p->route.out, p->route.next_hop) == NULL)
		return (ip4){ 0 };
	return p->route.src;
}

static enum drop_reason choose_new_source(const struct fw *fw, struct pkt *p,
                                          struct nat_source *source)
{
	struct rule_choice choice = { 0 };

	if (wants_hairpin(fw, p)) {
		source->on = source->hairpin = true;
		source->addr = p->arrived.dst;
		source->rule_id = p->nat_rule;
		choose_range(p, &choice, source);
		return DROP_COUNT;
	}
	if (rules_say_nothing(fw->rules[FACILITY_NAT]))
		return DROP_COUNT;
	rules_choose(fw->rules[FACILITY_NAT], fw->net, "srcnat", p->route.out, p, &choice);
	if (!choice.matched || choice.action == ACTION_ACCEPT)
		return DROP_COUNT;
	if (p->state == STATE_INVALID) /* from inside, it would leave with an inner address */
		return p->in == IFACE_NONE ? DROP_COUNT : DROP_FLOW_INVALID;
	source->on = true;
	source->rule_id = choice.rule_id;
	source->masquerade = choice.action == ACTION_MASQUERADE;
	source->strict = choice.strict;
	source->random = choice.random;
	if (source->masquerade)
		source->addr = masquerade_address(fw, p);
	else if (!ip4_is_zero(choice.to_addresses.low))
		source->addr = pick_address(fw, &choice, p, p->now.src);
	else
		source->addr = p->now.src;
	choose_range(p, &choice, source);
	return ip4_is_zero(source->addr) ? DROP_NAT_NO_ADDRESS : DROP_COUNT;
}

/*
 * A connection that leaves by another interface than it began with, because routes have changed:
 * what that way wants of its source may be something else. To go on would show an inner address to
 * the outer network, or one network's address to another. So it ends, and begins anew if it can.
 */
static enum drop_reason check_way(const struct fw *fw, struct pkt *p, const struct flow *flow,
                                  struct nat_source *ret_source)
{
	struct nat_source wanted = { 0 };
	enum drop_reason reason;

	if (p->flow_dir != 0 || flow->out == p->route.out)
		return DROP_COUNT;
	reason = choose_new_source(fw, p, &wanted);
	if (reason != DROP_COUNT || !wanted.on || ip4_equal(wanted.addr, flow->key[1].dst))
		return reason;
	if (p->state == STATE_RELATED) /* no error ends a connection (RFC 5508, REQ-6) */
		return DROP_NAT_REROUTED;
	ret_source->moved = true;
	return DROP_COUNT;
}

enum drop_reason nat_choose_source(const struct fw *fw, struct pkt *p,
                                   struct nat_source *ret_source)
{
	char addr[IP4_TEXT_BYTES];

	*ret_source = (struct nat_source){ 0 };
	if (p->flow != FLOW_NONE) {
		const struct flow *flow = flow_at_const(fw->flows, p->flow);
		struct tuple leaves = flow_leaves(flow, p->flow_dir);
		enum drop_reason reason = check_way(fw, p, flow, ret_source);

		if (reason != DROP_COUNT || ret_source->moved)
			return reason;
		if (p->state != STATE_RELATED) {
			p->now.src = leaves.src;
			p->now.sport = leaves.sport;
		} else if (!ip4_equal(leaves.src, flow->key[p->flow_dir].src)) {
			/* An error from behind the translation speaks as the outer address, whoever
			 * on the path sent it (RFC 5508, REQ-5). */
			p->now.src = leaves.src;
		}
		return DROP_COUNT;
	}
	if (p->state != STATE_NEW && p->state != STATE_INVALID)
		return DROP_COUNT;

	enum drop_reason reason = choose_new_source(fw, p, ret_source);

	if (ret_source->on)
		explain(p->why, "src-nat", "%s: source becomes %s",
		        ret_source->hairpin      ? "hairpin"
		        : ret_source->masquerade ? "masquerade"
		                                 : "src-nat",
		        ip4_str(ret_source->addr, addr));
	return reason;
}

static bool translate_source(struct fw *fw, struct pkt *p, const struct nat_source *source,
                             struct tuple *leaves, enum nat_hold *ret_hold)
{
	*ret_hold = HOLD_NOTHING;
	if (source->on && nat_port_has(leaves->proto))
		return nat_port_choose(fw, source, &p->arrived, leaves, ret_hold);
	if (source->on)
		leaves->src = source->addr;
	if (!nat_port_collides(fw, &p->arrived, leaves))
		return true;
	if (source->on || !nat_port_has(leaves->proto))
		return false;

	/* Two ways to one server from one port: the second gets another port of its own address. */
	struct nat_source keep = {
		.strict = true, .addr = p->now.src, .port_low = 1024, .port_high = UINT16_MAX
	};

	leaves->sport = (uint16_t)(leaves->sport + 1);
	return nat_port_choose(fw, &keep, &p->arrived, leaves, ret_hold);
}

static uint16_t flags_of(const struct pkt *p, const struct nat_source *source, bool changed)
{
	unsigned flags = 0;

	flags |= source->on || changed ? FLOW_SRC_NAT : 0;
	flags |= source->masquerade ? FLOW_MASQUERADE : 0;
	flags |= source->hairpin ? FLOW_HAIRPIN : 0;
	flags |= (p->nat & NAT_DST) != 0 ? FLOW_DST_NAT : 0;
	flags |= p->in == IFACE_NONE ? FLOW_OWN : 0;
	return (uint16_t)flags;
}

void nat_turn(struct fw *fw)
{
	const struct flows *flows = fw->flows;
	uint64_t second = fw->net->now.ns / NS_PER_S;

	if (fw->full_logged == flows->gave_way + flows->refused || fw->full_logged_second == second)
		return;
	fw->full_logged_second = second;
	fw->full_logged = flows->gave_way + flows->refused;
	log_write(fw->net->log, LOG_WARNING, "firewall",
	          "connection table full: %u connections; %llu unanswered or closing ones gave way "
	          "to new ones so far, %llu new ones were refused",
	          flows->used, (unsigned long long)flows->gave_way,
	          (unsigned long long)flows->refused);
}

static void count_rules(struct fw *fw, const struct pkt *p, const struct nat_source *source)
{
	if (fw->rules[FACILITY_NAT] == NULL)
		return;
	if (p->nat_rule != 0)
		rules_count_rule(fw->rules[FACILITY_NAT], p->nat_rule, p->ip_bytes);
	if (source->hairpin)
		rules_count_hairpin(fw->rules[FACILITY_NAT], p->nat_rule, p->ip_bytes);
	if (source->on && source->rule_id != 0 && source->rule_id != p->nat_rule)
		rules_count_rule(fw->rules[FACILITY_NAT], source->rule_id, p->ip_bytes);
}

/* Those of its packets that went another way so far are to be looked at by check_way(). */
static void note_way(struct flow *flow, iface_id out)
{
	if (flow->out == out)
		return;
	flow->out = out;
	flow->way[0].generation = 0;
}

/* A packet of a flow that is there. */
static enum drop_reason confirm_again(struct fw *fw, struct pkt *p, const struct nat_source *source)
{
	if (source->moved) {
		flow_end(fw->flows, fw->net, p->flow);
		p->flow = FLOW_NONE;
		return DROP_NAT_REROUTED;
	}
	if (p->flow_dir == 0 && p->state != STATE_RELATED)
		note_way(flow_at(fw->flows, p->flow), p->route.out);
	return DROP_COUNT;
}

enum drop_reason nat_confirm(struct fw *fw, struct pkt *p, const struct nat_source *source)
{
	struct tuple leaves = p->now;
	enum nat_hold hold;

	if (p->flow != FLOW_NONE)
		return confirm_again(fw, p, source);
	if (p->state != STATE_NEW)
		return DROP_COUNT;
	if (!translate_source(fw, p, source, &leaves, &hold))
		return DROP_NAT_NO_PORT;
	p->flow = flow_begin(fw->flows, fw->net, &p->arrived, &leaves, fw->net->now);
	nat_turn(fw);
	if (p->flow == FLOW_NONE) {
		nat_port_undo(fw, &leaves, hold);
		return DROP_FLOW_FULL;
	}

	struct flow *flow = flow_at(fw->flows, p->flow);
	bool changed = !ip4_equal(leaves.src, p->now.src) || leaves.sport != p->now.sport;

	flow->flags |= flags_of(p, source, changed);
	nat_port_keep(fw, p->flow, hold);
	if (p->mapped)
		nat_port_keep_called(fw, p->flow);
	flow->mark = p->connection_mark;
	flow->out = p->route.out;
	flow->icmp_type = p->icmp_type;
	flow->icmp_code = p->icmp_code;
	flow->nat_rule = source->rule_id != 0 ? source->rule_id : p->nat_rule;
	p->now = leaves;
	count_rules(fw, p, source);
	return DROP_COUNT;
}

static bool address_is_gone(const struct flow *flow, void *arg)
{
	const struct net *net = arg;
	bool called = (flow->flags & (FLOW_MAPPED_SRC | FLOW_MAPPED_DST)) == FLOW_MAPPED_DST;
	ip4 outer = called ? flow->key[0].dst : flow->key[1].dst;

	return (flow->flags & FLOW_MASQUERADE) != 0 && addr_find(net, outer) == NULL;
}

uint32_t nat_forget_addresses(struct fw *fw)
{
	return flows_end_where(fw->flows, fw->net, address_is_gone, fw->net);
}
