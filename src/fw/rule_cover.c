#include "fw/rule_cover.h"

#include <string.h>

/* Sets as ranges, each perhaps negated. */
struct span {
	uint32_t low, high;
};

static bool span_within(struct span inner, struct span outer)
{
	return inner.low >= outer.low && inner.high <= outer.high;
}

static bool span_apart(struct span a, struct span b)
{
	return a.high < b.low || b.high < a.low;
}

/* Does the wider test hold wherever the narrower does? Each is a range, or all but it. */
static bool span_covers(struct span wide, bool wide_not, struct span narrow, bool narrow_not)
{
	if (!wide_not && !narrow_not)
		return span_within(narrow, wide);
	if (wide_not && !narrow_not)
		return span_apart(wide, narrow);
	return wide_not && span_within(wide, narrow);
}

static bool addr_covers(const struct match_addr *wide, const struct match_addr *narrow)
{
	if (!wide->on)
		return true;
	return narrow->on &&
	       span_covers((struct span){ wide->range.low.v, wide->range.high.v }, wide->negate,
	                   (struct span){ narrow->range.low.v, narrow->range.high.v },
	                   narrow->negate);
}

static bool number_covers(const struct match_number *wide, const struct match_number *narrow)
{
	if (!wide->on)
		return true;
	return narrow->on &&
	       span_covers((struct span){ wide->low, wide->high }, wide->negate,
	                   (struct span){ narrow->low, narrow->high }, narrow->negate);
}

static struct span port_span(const struct match_ports *ports, unsigned i)
{
	return (struct span){ ports->ranges[i].low, ports->ranges[i].high };
}

/* Each range of @inner lies in one of @outer's. */
static bool ports_within(const struct match_ports *inner, const struct match_ports *outer)
{
	for (unsigned i = 0; i < inner->n; i++) {
		unsigned j = 0;

		while (j < outer->n && !span_within(port_span(inner, i), port_span(outer, j)))
			j++;
		if (j == outer->n)
			return false;
	}
	return true;
}

static bool ports_apart(const struct match_ports *a, const struct match_ports *b)
{
	for (unsigned i = 0; i < a->n; i++) {
		for (unsigned j = 0; j < b->n; j++) {
			if (!span_apart(port_span(a, i), port_span(b, j)))
				return false;
		}
	}
	return true;
}

static bool ports_cover(const struct match_ports *wide, const struct match_ports *narrow)
{
	if (!wide->on)
		return true;
	if (!narrow->on)
		return false;
	if (!wide->negate && !narrow->negate)
		return ports_within(narrow, wide);
	if (wide->negate && !narrow->negate)
		return ports_apart(wide, narrow);
	return wide->negate && ports_within(wide, narrow);
}

/* Any of the bits. A packet may have several of them, so only the same sense compares. */
static bool bits_cover(const struct match_bits *wide, const struct match_bits *narrow)
{
	if (!wide->on)
		return true;
	if (!narrow->on || wide->negate != narrow->negate)
		return false;
	if (wide->negate)
		return (wide->bits & ~narrow->bits) == 0;
	return (narrow->bits & ~wide->bits) == 0;
}

static bool iface_covers(const struct match_iface *wide, const struct match_iface *narrow)
{
	/* All but an interface that is gone is nothing: only the same test compares. */
	return !wide->on ||
	       (narrow->on && wide->negate == narrow->negate && wide->id == narrow->id);
}

static bool flags_cover(const struct match_tcp_flags *wide, const struct match_tcp_flags *narrow)
{
	if (!wide->on)
		return true;
	return narrow->on && (wide->must_be_set & ~narrow->must_be_set) == 0 &&
	       (wide->must_be_clear & ~narrow->must_be_clear) == 0;
}

/* What is the same in both, or not asked by the first. Each begins with `on`. */
#define SAME(member)                                                                               \
	(!wide->member.on || memcmp(&wide->member, &narrow->member, sizeof wide->member) == 0)

static bool same_cover(const struct rule_spec *wide, const struct rule_spec *narrow)
{
	return SAME(any_port) && SAME(in_interface_list) && SAME(out_interface_list) &&
	       SAME(icmp_options) && SAME(classifier) && SAME(ipv4_options) && SAME(ipsec_policy) &&
	       SAME(src_mac) && SAME(time) && SAME(connection_bytes);
}

/* A rule that lets some of what it matches go by covers nothing. Nor does one that asks what a rule
 * between the two may have changed. */
static bool lets_some_by(const struct rule_spec *spec)
{
	return spec->limit.on || spec->dst_limit.on || spec->nth.on || spec->random.on ||
	       spec->connection_limit.on || spec->src_address_list.on ||
	       spec->dst_address_list.on || spec->connection_mark.on || spec->packet_mark.on ||
	       spec->routing_mark.on || spec->ttl.on || spec->dscp.on || spec->tcp_mss.on;
}

static bool ends_the_walk(const struct rule_spec *spec)
{
	switch (spec->action) {
	case ACTION_ACCEPT:
	case ACTION_DROP:
	case ACTION_REJECT:
	case ACTION_RETURN:
	case ACTION_FASTTRACK:
	case ACTION_MASQUERADE:
	case ACTION_SRC_NAT:
	case ACTION_DST_NAT:
	case ACTION_REDIRECT:
		return !lets_some_by(spec);
	default:
		return false;
	}
}

bool rule_covers(const struct rule_spec *first, const struct rule_spec *second)
{
	return !first->disabled && !second->disabled && strcmp(first->chain, second->chain) == 0 &&
	       ends_the_walk(first) && addr_covers(&first->src_address, &second->src_address) &&
	       addr_covers(&first->dst_address, &second->dst_address) &&
	       number_covers(&first->protocol, &second->protocol) &&
	       ports_cover(&first->src_port, &second->src_port) &&
	       ports_cover(&first->dst_port, &second->dst_port) &&
	       iface_covers(&first->in_interface, &second->in_interface) &&
	       iface_covers(&first->out_interface, &second->out_interface) &&
	       bits_cover(&first->connection_state, &second->connection_state) &&
	       bits_cover(&first->connection_nat_state, &second->connection_nat_state) &&
	       bits_cover(&first->src_address_type, &second->src_address_type) &&
	       bits_cover(&first->dst_address_type, &second->dst_address_type) &&
	       flags_cover(&first->tcp_flags, &second->tcp_flags) &&
	       number_covers(&first->packet_size, &second->packet_size) &&
	       (!first->fragment || second->fragment) && same_cover(first, second);
}
