#include <string.h>

#include "core/net.h"
#include "fw/address_list.h"
#include "fw/mss.h"
#include "fw/rule_set.h"
#include "wire/ip4_header.h"

/* Tests that look into the transport header. A fragment that has none passes none of them, negated
 * or not: nothing is known of it. */
#define TESTS_L4                                                                                   \
	(TEST_BIT(TEST_SRC_PORT) | TEST_BIT(TEST_DST_PORT) | TEST_BIT(TEST_ANY_PORT) |             \
	 TEST_BIT(TEST_OPENING_FLAGS) | TEST_BIT(TEST_MSS) | TEST_BIT(TEST_FLAGS) |                \
	 TEST_BIT(TEST_ICMP))

static const char *const test_words[TEST_COUNT] = {
	[TEST_NEVER] = "what it names is gone",
	[TEST_STATE] = "connection-state",
	[TEST_NAT_STATE] = "connection-nat-state",
	[TEST_IN] = "in-interface",
	[TEST_OUT] = "out-interface",
	[TEST_PROTOCOL] = "protocol",
	[TEST_CONNECTION_MARK] = "connection-mark",
	[TEST_PACKET_MARK] = "packet-mark",
	[TEST_ROUTING_MARK] = "routing-mark",
	[TEST_SRC] = "src-address",
	[TEST_DST] = "dst-address",
	[TEST_IN_LIST] = "in-interface-list",
	[TEST_OUT_LIST] = "out-interface-list",
	[TEST_SRC_PORT] = "src-port",
	[TEST_DST_PORT] = "dst-port",
	[TEST_ANY_PORT] = "port",
	[TEST_SRC_LIST] = "src-address-list",
	[TEST_DST_LIST] = "dst-address-list",
	[TEST_OPENING_FLAGS] = "tcp-flags",
	[TEST_MSS] = "tcp-mss",
	[TEST_FLAGS] = "tcp-flags",
	[TEST_ICMP] = "icmp-options",
	[TEST_SIZE] = "packet-size",
	[TEST_TTL] = "ttl",
	[TEST_DSCP] = "dscp",
	[TEST_FRAGMENT] = "fragment",
	[TEST_OPTIONS] = "ipv4-options",
	[TEST_IPSEC] = "ipsec-policy",
	[TEST_CLASSIFIER] = "per-connection-classifier",
	[TEST_SRC_TYPE] = "src-address-type",
	[TEST_DST_TYPE] = "dst-address-type",
	[TEST_SRC_MAC] = "src-mac-address",
	[TEST_TIME] = "time",
	[TEST_BYTES] = "connection-bytes",
	[TEST_CONNECTIONS] = "connection-limit",
	[TEST_NTH] = "nth",
	[TEST_RANDOM] = "random",
	[TEST_LIMIT] = "limit",
	[TEST_DST_LIMIT] = "dst-limit",
};

const char *rule_test_word(enum rule_test test)
{
	must(test < TEST_COUNT);
	return test_words[test];
}

/* Every interface is in list 0, "all". */
static uint64_t lists_of(const struct net *net, iface_id id)
{
	const struct iface *iface = id != IFACE_NONE ? iface_get_const(net, id) : NULL;

	return iface != NULL ? iface->lists | 1 : 0;
}

struct rule_view rule_view(const struct rules *rules, const struct net *net, const struct pkt *p,
                           iface_id out)
{
	return (struct rule_view){
		.net = net,
		.p = p,
		.out = out,
		.l4_missing = (p->fragment & IP4_OFFSET_MASK) != 0,
		.in_lists = lists_of(net, p->in),
		.out_lists = lists_of(net, out),
		.lists = rules->lists,
	};
}

static bool between(uint32_t value, uint32_t low, uint32_t high)
{
	return value >= low && value <= high;
}

static bool number_holds(uint32_t value, const struct match_number *m)
{
	return between(value, m->low, m->high);
}

static bool port_among(uint16_t port, const struct match_ports *m)
{
	for (unsigned i = 0; i < m->n; i++) {
		if (between(port, m->ranges[i].low, m->ranges[i].high))
			return true;
	}
	return false;
}

static bool flags_hold(uint8_t flags, const struct match_tcp_flags *m)
{
	return (flags & m->must_be_set) == m->must_be_set && (flags & m->must_be_clear) == 0;
}

static bool icmp_holds(const struct pkt *p, const struct match_icmp *m)
{
	return p->icmp_type == m->type && between(p->icmp_code, m->code_low, m->code_high);
}

/* A segment without the option has no MSS that could be in a range. */
static bool mss_holds(const struct pkt *p, const struct match_number *m)
{
	uint16_t mss = mss_read(p);

	return mss != 0 && number_holds(mss, m);
}

static bool type_holds(const struct net *net, ip4 addr, const struct match_bits *m)
{
	return (m->bits >> address_type(net, addr) & 1) != 0;
}

/* The router's own packets have no sender's card; PPPoE's have none either. */
static bool mac_holds(const struct pkt *p, const struct match_mac *m)
{
	return memcmp(p->ether_src.b, m->mac, sizeof m->mac) == 0;
}

static wall time_of_day(const struct net *net)
{
	return (wall){ (int64_t)net->now.ns + net->wall_offset_ns };
}

/* The tests that look further than at the packet. */
static bool far_test_holds(const struct rule *rule, enum rule_test test,
                           const struct rule_view *view)
{
	const struct rule_spec *spec = rule->spec;
	const struct pkt *p = view->p;

	switch (test) {
	case TEST_OPTIONS:
		return option_match_holds((enum option_match)spec->ipv4_options.kind, p);
	case TEST_IPSEC:
		return spec->ipsec_policy.kind == IPSEC_IN_NONE ||
		       spec->ipsec_policy.kind == IPSEC_OUT_NONE;
	case TEST_CLASSIFIER:
		return classifier_holds(&spec->classifier, &p->now);
	case TEST_SRC_TYPE:
		return type_holds(view->net, p->now.src, &spec->src_address_type);
	case TEST_DST_TYPE:
		return type_holds(view->net, p->now.dst, &spec->dst_address_type);
	case TEST_SRC_MAC:
		return mac_holds(p, &spec->src_mac);
	case TEST_TIME:
		return week_holds(&spec->time, time_of_day(view->net));
	default:
		return rule_memory_holds(rule, test, view);
	}
}

/* The tests that need the rule's spec: ports, and what lies in the packet. */
static bool spec_test_holds(const struct rule *rule, enum rule_test test,
                            const struct rule_view *view)
{
	const struct rule_spec *spec = rule->spec;
	const struct pkt *p = view->p;

	switch (test) {
	case TEST_SRC_PORT:
		return port_among(p->now.sport, &spec->src_port);
	case TEST_DST_PORT:
		return port_among(p->now.dport, &spec->dst_port);
	case TEST_ANY_PORT:
		return port_among(p->now.sport, &spec->any_port) ||
		       port_among(p->now.dport, &spec->any_port);
	case TEST_OPENING_FLAGS:
	case TEST_FLAGS:
		return flags_hold(p->tcp_flags, &spec->tcp_flags);
	case TEST_MSS:
		return mss_holds(p, &spec->tcp_mss);
	case TEST_ICMP:
		return icmp_holds(p, &spec->icmp_options);
	case TEST_SIZE:
		return number_holds(p->ip_bytes, &spec->packet_size);
	case TEST_TTL:
		return number_holds(pkt_ttl(p), &spec->ttl);
	case TEST_DSCP:
		return number_holds(pkt_tos(p) >> 2, &spec->dscp); /* RFC 2474, 3 */
	case TEST_FRAGMENT:
		return (p->fragment & IP4_OFFSET_MASK) != 0;
	default:
		return far_test_holds(rule, test, view);
	}
}

static bool test_holds(const struct rule *rule, enum rule_test test, const struct rule_view *view)
{
	const struct pkt *p = view->p;

	switch (test) {
	case TEST_NEVER:
		return false;
	case TEST_STATE:
		return (rule->states >> p->state & 1) != 0;
	case TEST_NAT_STATE:
		return (rule->nat_states & p->nat) != 0;
	case TEST_IN:
		return rule->in == p->in;
	case TEST_OUT:
		return rule->out == view->out;
	case TEST_PROTOCOL:
		return between(p->now.proto, rule->proto_low, rule->proto_high);
	case TEST_CONNECTION_MARK:
		return rule->connection_mark == p->connection_mark;
	case TEST_PACKET_MARK:
		return rule->packet_mark == p->mark;
	case TEST_ROUTING_MARK:
		return rule->routing_mark == p->routing_mark;
	case TEST_SRC:
		return between(p->now.src.v, rule->src_low.v, rule->src_high.v);
	case TEST_DST:
		return between(p->now.dst.v, rule->dst_low.v, rule->dst_high.v);
	case TEST_SRC_LIST:
		return address_list_has(view->lists, rule->src_list, p->now.src);
	case TEST_DST_LIST:
		return address_list_has(view->lists, rule->dst_list, p->now.dst);
	case TEST_IN_LIST:
		return (rule->in_list & view->in_lists) != 0;
	case TEST_OUT_LIST:
		return (rule->out_list & view->out_lists) != 0;
	default:
		return spec_test_holds(rule, test, view);
	}
}

enum rule_test rule_match(const struct rule *rule, const struct rule_view *view)
{
	for (uint64_t left = rule->tests; left != 0; left &= left - 1) {
		enum rule_test test = (enum rule_test)__builtin_ctzll(left);
		bool negated = (rule->negated >> test & 1) != 0;

		if (view->l4_missing && (TESTS_L4 >> test & 1) != 0)
			return test;
		if (test_holds(rule, test, view) == negated)
			return test;
	}
	return TEST_COUNT;
}
