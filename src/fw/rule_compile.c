/*
 * rule_compile.c -- one rule: from what a person wrote to what a packet is held against.
 */
#include <string.h>

#include "fw/address_list.h"
#include "fw/rule_set.h"
#include "wire/tcp_header.h"

#define OPENING_FLAGS (TCP_SYN | TCP_FIN | TCP_RST)

static void test_set(struct rule *rule, enum rule_test test, bool on, bool negate)
{
	if (!on)
		return;
	rule->tests |= TEST_BIT(test);
	if (negate)
		rule->negated |= TEST_BIT(test);
}

/* What the rule names is gone: it then never matches, negated or not. */
static void gone_when(struct rule *rule, bool gone)
{
	test_set(rule, TEST_NEVER, gone, false);
}

static void compile_addresses(struct rule *rule, const struct rule_spec *spec)
{
	test_set(rule, TEST_SRC, spec->src_address.on, spec->src_address.negate);
	rule->src_low = spec->src_address.range.low;
	rule->src_high = spec->src_address.range.high;
	test_set(rule, TEST_DST, spec->dst_address.on, spec->dst_address.negate);
	rule->dst_low = spec->dst_address.range.low;
	rule->dst_high = spec->dst_address.range.high;
}

static iface_id compile_iface(struct rule *rule, enum rule_test test, const struct match_iface *m,
                              const struct rule_names *names)
{
	iface_id id = m->on ? names->iface(names->arg, m->id) : IFACE_NONE;

	test_set(rule, test, m->on, m->negate);
	gone_when(rule, m->on && id == IFACE_NONE);
	return id;
}

static uint64_t compile_list(struct rule *rule, enum rule_test test, const struct match_list *m,
                             const struct rule_names *names)
{
	int bit = m->on ? names->list(names->arg, m->id) : -1;

	test_set(rule, test, m->on, m->negate);
	gone_when(rule, m->on && bit < 0);
	return bit >= 0 ? UINT64_C(1) << bit : 0;
}

/* The numbers of packet and connection marks; false when there are no more of them. */
static bool compile_mark(const struct rule *rule, const char *field, const char *name,
                         const struct rule_names *names, struct rule_error *error,
                         uint32_t *ret_mark)
{
	uint32_t mark = 0;

	if (strcmp(name, "no-mark") != 0) {
		mark = names->mark(names->arg, name);
		if (mark == 0)
			return rule_fail(error, rule->place, field,
			                 "there are too many names of marks to add %s; use one "
			                 "that exists",
			                 name);
	}
	*ret_mark = mark;
	return true;
}

static bool compile_mark_test(struct rule *rule, enum rule_test test, const struct match_name *m,
                              const struct rule_names *names, struct rule_error *error)
{
	uint32_t *mark = test == TEST_PACKET_MARK ? &rule->packet_mark : &rule->connection_mark;

	test_set(rule, test, m->on, m->negate);
	return !m->on || compile_mark(rule, rule_test_word(test), m->name, names, error, mark);
}

static bool list_number(const struct rule *rule, const char *field, const char *name,
                        const struct rule_names *names, struct rule_error *error, uint16_t *ret)
{
	if (names->address_lists == NULL)
		return rule_fail(error, rule->place, field, "there are no address lists here");
	*ret = address_list_number(names->address_lists, name);
	if (*ret == 0)
		return rule_fail(error, rule->place, field,
		                 "there are %d names of address lists already; use one of those",
		                 ADDRESS_LISTS_MAX);
	return true;
}

static bool compile_address_lists(struct rule *rule, const struct rule_names *names,
                                  struct rule_error *error)
{
	const struct match_address_list *src = &rule->spec->src_address_list;
	const struct match_address_list *dst = &rule->spec->dst_address_list;

	test_set(rule, TEST_SRC_LIST, src->on, src->negate);
	test_set(rule, TEST_DST_LIST, dst->on, dst->negate);
	return (!src->on ||
	        list_number(rule, "src-address-list", src->name, names, error, &rule->src_list)) &&
	       (!dst->on ||
	        list_number(rule, "dst-address-list", dst->name, names, error, &rule->dst_list));
}

/* The number of a routing table; 0 is main, which is what a packet without a mark uses. */
static bool table_find(const struct rule_names *names, const char *name, uint32_t *ret_table)
{
	uint32_t table = 0;

	if (strcmp(name, "no-mark") != 0 && strcmp(name, "main") != 0) {
		table = names->table(names->arg, name);
		if (table == 0)
			return false;
	}
	*ret_table = table;
	return true;
}

static void compile_tcp(struct rule *rule, const struct rule_spec *spec)
{
	const struct match_tcp_flags *flags = &spec->tcp_flags;
	uint8_t tested = flags->must_be_set | flags->must_be_clear;
	/* Packets without SYN, FIN and RST are all refused, or all judged by those three alone. */
	bool alike = (flags->must_be_set & OPENING_FLAGS) != 0 || (tested & ~OPENING_FLAGS) == 0;

	test_set(rule, alike ? TEST_OPENING_FLAGS : TEST_FLAGS, flags->on, false);
	test_set(rule, TEST_MSS, spec->tcp_mss.on, spec->tcp_mss.negate);
}

static void compile_packet(struct rule *rule, const struct rule_spec *spec)
{
	test_set(rule, TEST_ICMP, spec->icmp_options.on, spec->icmp_options.negate);
	test_set(rule, TEST_SIZE, spec->packet_size.on, spec->packet_size.negate);
	test_set(rule, TEST_TTL, spec->ttl.on, spec->ttl.negate);
	test_set(rule, TEST_DSCP, spec->dscp.on, spec->dscp.negate);
	test_set(rule, TEST_FRAGMENT, spec->fragment, false);
	test_set(rule, TEST_OPTIONS, spec->ipv4_options.on, spec->ipv4_options.negate);
	test_set(rule, TEST_IPSEC, spec->ipsec_policy.on, spec->ipsec_policy.negate);
	test_set(rule, TEST_SRC_MAC, spec->src_mac.on, spec->src_mac.negate);
}

static void compile_far(struct rule *rule, const struct rule_spec *spec)
{
	test_set(rule, TEST_CLASSIFIER, spec->classifier.on, spec->classifier.negate);
	test_set(rule, TEST_SRC_TYPE, spec->src_address_type.on, spec->src_address_type.negate);
	test_set(rule, TEST_DST_TYPE, spec->dst_address_type.on, spec->dst_address_type.negate);
	test_set(rule, TEST_TIME, spec->time.on, spec->time.negate);
	test_set(rule, TEST_BYTES, spec->connection_bytes.on, spec->connection_bytes.negate);
	test_set(rule, TEST_CONNECTIONS, spec->connection_limit.on, spec->connection_limit.negate);
	test_set(rule, TEST_NTH, spec->nth.on, spec->nth.negate);
	test_set(rule, TEST_RANDOM, spec->random.on, spec->random.negate);
	test_set(rule, TEST_LIMIT, spec->limit.on, spec->limit.negate);
	test_set(rule, TEST_DST_LIMIT, spec->dst_limit.on, spec->dst_limit.negate);
}

static void compile_connection(struct rule *rule, const struct rule_spec *spec)
{
	const struct match_bits *state = &spec->connection_state;
	const struct match_bits *nat_state = &spec->connection_nat_state;

	test_set(rule, TEST_PROTOCOL, spec->protocol.on, spec->protocol.negate);
	rule->proto_low = (uint8_t)spec->protocol.low;
	rule->proto_high = (uint8_t)spec->protocol.high;
	test_set(rule, TEST_STATE, state->on, state->negate);
	rule->states = (uint8_t)state->bits;
	test_set(rule, TEST_NAT_STATE, nat_state->on, nat_state->negate);
	rule->nat_states = (uint8_t)nat_state->bits;
	test_set(rule, TEST_SRC_PORT, spec->src_port.on, spec->src_port.negate);
	test_set(rule, TEST_DST_PORT, spec->dst_port.on, spec->dst_port.negate);
	test_set(rule, TEST_ANY_PORT, spec->any_port.on, spec->any_port.negate);
}

static bool compile_action(struct rule *rule, const struct rule_names *names,
                           struct rule_error *error)
{
	const char *mark = rule->spec->new_mark;

	rule->action = (uint8_t)rule->spec->action;
	switch ((enum rule_action)rule->action) {
	case ACTION_ADD_SRC_TO_LIST:
	case ACTION_ADD_DST_TO_LIST:
		return list_number(rule, "address-list", rule->spec->address_list, names, error,
		                   &rule->add_list);
	case ACTION_MARK_CONNECTION:
		return compile_mark(rule, "new-connection-mark", mark, names, error,
		                    &rule->new_mark);
	case ACTION_MARK_PACKET:
		return compile_mark(rule, "new-packet-mark", mark, names, error, &rule->new_mark);
	case ACTION_MARK_ROUTING:
		if (table_find(names, mark, &rule->new_mark))
			return true;
		return rule_fail(error, rule->place, "new-routing-mark",
		                 "there is no routing table called %s; add it in /routing/table, "
		                 "or correct the name",
		                 mark);
	default:
		return true;
	}
}

bool rule_compile(struct rule *rule, const struct rule_names *names, struct rule_error *error)
{
	const struct rule_spec *spec = rule->spec;
	const struct match_name *routing = &spec->routing_mark;

	compile_addresses(rule, spec);
	compile_connection(rule, spec);
	compile_tcp(rule, spec);
	compile_packet(rule, spec);
	compile_far(rule, spec);
	rule->in = compile_iface(rule, TEST_IN, &spec->in_interface, names);
	rule->out = compile_iface(rule, TEST_OUT, &spec->out_interface, names);
	rule->in_list = compile_list(rule, TEST_IN_LIST, &spec->in_interface_list, names);
	rule->out_list = compile_list(rule, TEST_OUT_LIST, &spec->out_interface_list, names);
	test_set(rule, TEST_ROUTING_MARK, routing->on, routing->negate);
	gone_when(rule, routing->on && !table_find(names, routing->name, &rule->routing_mark));
	return compile_address_lists(rule, names, error) &&
	       compile_mark_test(rule, TEST_CONNECTION_MARK, &spec->connection_mark, names,
	                         error) &&
	       compile_mark_test(rule, TEST_PACKET_MARK, &spec->packet_mark, names, error) &&
	       compile_action(rule, names, error);
}
