/*
 * rule_check_nat.c -- what is wrong with a rule that translates?
 */
#include <netinet/in.h>

#include "fw/rule_set.h"

struct check {
	const struct rule_spec *spec;
	size_t place;
	struct rule_error *error;
};

static bool has_ports(const struct match_number *protocol)
{
	return protocol->on && !protocol->negate && protocol->low == protocol->high &&
	       (protocol->low == IPPROTO_TCP || protocol->low == IPPROTO_UDP);
}

static bool check_range(const struct check *c)
{
	char low[IP4_TEXT_BYTES], high[IP4_TEXT_BYTES];
	struct ip4_range range = c->spec->to_addresses;

	if (range.low.v <= range.high.v)
		return true;
	return rule_fail(c->error, c->place, "to-addresses",
	                 "the range %s-%s ends before it begins; write it as %s-%s",
	                 ip4_str(range.low, low), ip4_str(range.high, high), high, low);
}

/* What only some of the translations know. */
static bool check_options(const struct check *c)
{
	const struct rule_spec *spec = c->spec;
	bool ports = spec->action == ACTION_MASQUERADE || spec->action == ACTION_SRC_NAT;

	if (spec->strict && !ports)
		return rule_fail(c->error, c->place, "strict",
		                 "this is for masquerade and src-nat; leave it out here");
	if (spec->randomise_ports && !ports)
		return rule_fail(c->error, c->place, "randomise-ports",
		                 "this is for masquerade and src-nat; leave it out here");
	if (spec->same_not_by_dst && spec->action != ACTION_SAME)
		return rule_fail(c->error, c->place, "same-not-by-dst",
		                 "this is for action=same; leave it out here");
	if ((spec->action == ACTION_NETMAP || spec->action == ACTION_SAME) &&
	    spec->to_port_high != 0)
		return rule_fail(c->error, c->place, "to-ports",
		                 "%s translates addresses only; leave it out here",
		                 rule_action_words[spec->action]);
	return true;
}

/* A network of addresses for as many others: a block such as 203.0.113.16/28. */
static bool check_netmap(const struct check *c)
{
	struct ip4_range to = c->spec->to_addresses;
	uint64_t n = (uint64_t)to.high.v - to.low.v + 1;

	if (c->spec->action != ACTION_NETMAP || ((n & (n - 1)) == 0 && (to.low.v & (n - 1)) == 0))
		return true;
	return rule_fail(c->error, c->place, "to-addresses",
	                 "netmap needs a whole network; give one such as 203.0.113.16/28");
}

bool rule_check_translation(const struct rule_spec *spec, size_t place, struct rule_error *error)
{
	const struct check *c = &(struct check){ spec, place, error };
	unsigned low = spec->to_port_low, high = spec->to_port_high;
	bool by_address = spec->action != ACTION_MASQUERADE && spec->action != ACTION_REDIRECT;

	if (!check_options(c))
		return false;
	if (by_address && ip4_is_zero(spec->to_addresses.high) && high == 0)
		return rule_fail(c->error, c->place, "to-addresses",
		                 "%s needs to know what to; give %s",
		                 rule_action_words[spec->action],
		                 spec->action == ACTION_SRC_NAT || spec->action == ACTION_DST_NAT
		                         ? "to-addresses, to-ports or both"
		                         : "to-addresses");
	if (by_address && (!check_range(c) || !check_netmap(c)))
		return false;
	if (low > high)
		return rule_fail(c->error, c->place, "to-ports",
		                 "the range %u-%u ends before it begins; write it as %u-%u", low,
		                 high, high, low);
	if (low == 0 && high != 0)
		return rule_fail(c->error, c->place, "to-ports",
		                 "there is no port 0; begin with 1 or more");
	if (high != 0 && !has_ports(&spec->protocol))
		return rule_fail(c->error, c->place, "to-ports",
		                 "only TCP and UDP have ports; add protocol=tcp or protocol=udp");
	return true;
}
