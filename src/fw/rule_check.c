/*
 * rule_check.c -- what is wrong with a rule?
 *
 * What a rule asks for must be possible where it stands: a rule that can never do what it says is
 * refused, with the field and the way out, rather than kept and silently without effect.
 */
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>

#include "fw/rule_set.h"
#include "lib/text.h"

#define HOOKS_FILTER (HOOK(INPUT) | HOOK(FORWARD) | HOOK(OUTPUT))
#define HOOKS_NAT    (HOOK(DSTNAT) | HOOK(SRCNAT))
#define HOOKS_MANGLE (HOOKS_FILTER | HOOK(PREROUTING) | HOOK(POSTROUTING))
#define HOOKS_RAW    (HOOK(PREROUTING) | HOOK(OUTPUT))
#define HOOKS_ALL    (HOOKS_MANGLE | HOOKS_NAT)
/* Where a packet already, or still, has an interface it came in by, or will leave by. */
#define HOOKS_IN  (HOOK(PREROUTING) | HOOK(INPUT) | HOOK(FORWARD) | HOOK(DSTNAT))
#define HOOKS_OUT (HOOK(FORWARD) | HOOK(OUTPUT) | HOOK(POSTROUTING) | HOOK(SRCNAT))

#define FILTER (1u << FACILITY_FILTER)
#define NAT    (1u << FACILITY_NAT)
#define MANGLE (1u << FACILITY_MANGLE)
#define RAW    (1u << FACILITY_RAW)
#define EVERY  (FILTER | NAT | MANGLE | RAW)

const char *const hook_words[HOOK_COUNT + 1] = {
	[HOOK_PREROUTING] = "prerouting",   [HOOK_INPUT] = "input",
	[HOOK_FORWARD] = "forward",         [HOOK_OUTPUT] = "output",
	[HOOK_POSTROUTING] = "postrouting", [HOOK_DSTNAT] = "dstnat",
	[HOOK_SRCNAT] = "srcnat",
};

static const struct {
	uint32_t facilities, hooks;
} action_places[ACTION_COUNT] = {
	[ACTION_ACCEPT] = { EVERY, HOOKS_ALL },
	[ACTION_DROP] = { FILTER | RAW, HOOKS_FILTER | HOOKS_RAW },
	[ACTION_REJECT] = { FILTER, HOOKS_FILTER },
	[ACTION_JUMP] = { EVERY, HOOKS_ALL },
	[ACTION_RETURN] = { EVERY, HOOKS_ALL },
	[ACTION_LOG] = { EVERY, HOOKS_ALL },
	[ACTION_PASSTHROUGH] = { EVERY, HOOKS_ALL },
	[ACTION_MASQUERADE] = { NAT, HOOK(SRCNAT) },
	[ACTION_SRC_NAT] = { NAT, HOOK(SRCNAT) },
	[ACTION_DST_NAT] = { NAT, HOOK(DSTNAT) },
	[ACTION_REDIRECT] = { NAT, HOOK(DSTNAT) },
	[ACTION_NETMAP] = { NAT, HOOKS_NAT },
	[ACTION_SAME] = { NAT, HOOKS_NAT },
	[ACTION_MARK_CONNECTION] = { MANGLE, HOOKS_MANGLE },
	[ACTION_MARK_PACKET] = { MANGLE, HOOKS_MANGLE },
	/* Later the route is known already, and nobody would look at the mark. */
	[ACTION_MARK_ROUTING] = { MANGLE, HOOK(PREROUTING) | HOOK(OUTPUT) },
	[ACTION_CHANGE_MSS] = { MANGLE, HOOKS_MANGLE },
	[ACTION_ADD_SRC_TO_LIST] = { EVERY, HOOKS_ALL },
	[ACTION_ADD_DST_TO_LIST] = { EVERY, HOOKS_ALL },
	[ACTION_CHANGE_TTL] = { MANGLE, HOOKS_MANGLE },
	[ACTION_CHANGE_DSCP] = { MANGLE, HOOKS_MANGLE },
	[ACTION_CLEAR_DF] = { MANGLE, HOOKS_MANGLE },
	[ACTION_STRIP_OPTIONS] = { MANGLE, HOOKS_MANGLE },
	/* Whom this router itself calls is not to be held by it. */
	[ACTION_TARPIT] = { FILTER, HOOK(INPUT) | HOOK(FORWARD) },
	[ACTION_FASTTRACK] = { FILTER | MANGLE, HOOKS_MANGLE },
	[ACTION_NOTRACK] = { RAW, HOOKS_RAW },
};

static const uint32_t hooks_of[FACILITY_COUNT] = {
	[FACILITY_FILTER] = HOOKS_FILTER,
	[FACILITY_NAT] = HOOKS_NAT,
	[FACILITY_MANGLE] = HOOKS_MANGLE,
	[FACILITY_RAW] = HOOKS_RAW,
};

uint32_t facility_hooks(enum facility facility)
{
	must(facility < FACILITY_COUNT);
	return hooks_of[facility];
}

bool rule_action_known(enum facility facility, enum rule_action action)
{
	return action < ACTION_COUNT && (action_places[action].facilities >> facility & 1) != 0;
}

bool rule_fail(struct rule_error *error, size_t place, const char *field, const char *format, ...)
{
	va_list args;

	if (error->failed || error->bytes == 0)
		return false;
	error->failed = true;

	struct text out = text_into(error->text, error->bytes);

	text_printf(&out, "rule %zu: ", place);
	if (field != NULL)
		text_printf(&out, "%s: ", field);
	va_start(args, format);
	text_vprintf(&out, format, args);
	va_end(args);
	return false;
}

/* Words of bit set @bits joined by ", ", for an error. */
static void words_of(uint32_t bits, const char *const *words, struct text *out)
{
	bool first = true;

	for (unsigned i = 0; words[i] != NULL; i++) {
		if ((bits >> i & 1) == 0)
			continue;
		text_printf(out, "%s%s", first ? "" : ", ", words[i]);
		first = false;
	}
}

/* Is @spec bound to @proto, so that what only its header has can be asked for? */
static bool only_protocol(const struct rule_spec *spec, uint8_t proto)
{
	const struct match_number *m = &spec->protocol;

	return m->on && !m->negate && m->low == proto && m->high == proto;
}

static bool has_ports(const struct rule_spec *spec)
{
	return only_protocol(spec, IPPROTO_TCP) || only_protocol(spec, IPPROTO_UDP);
}

struct check {
	const struct rule_spec *spec;
	size_t place;
	struct rule_error *error;
};

static bool check_addresses(const struct check *c, const char *field, struct ip4_range range)
{
	char low[IP4_TEXT_BYTES], high[IP4_TEXT_BYTES];

	if (range.low.v <= range.high.v)
		return true;
	return rule_fail(c->error, c->place, field,
	                 "the range %s-%s ends before it begins; write it as %s-%s",
	                 ip4_str(range.low, low), ip4_str(range.high, high), high, low);
}

static bool check_number(const struct check *c, const char *field, const struct match_number *m,
                         uint32_t max)
{
	if (!m->on)
		return true;
	if (m->low > m->high)
		return rule_fail(c->error, c->place, field,
		                 "the range %u-%u ends before it begins; write it as %u-%u", m->low,
		                 m->high, m->high, m->low);
	if (m->high > max)
		return rule_fail(c->error, c->place, field,
		                 "%u is too large; give a number from 0 to %u", m->high, max);
	return true;
}

static bool check_ports(const struct check *c, const char *field, const struct match_ports *m)
{
	if (!m->on)
		return true;
	if (!has_ports(c->spec))
		return rule_fail(c->error, c->place, field,
		                 "only TCP and UDP have ports; add protocol=tcp or protocol=udp");
	if (m->n == 0 || m->n > PORT_RANGES_MAX)
		return rule_fail(c->error, c->place, field,
		                 "give 1 to %d ports or ranges of ports, separated by commas",
		                 PORT_RANGES_MAX);
	for (unsigned i = 0; i < m->n; i++) {
		unsigned low = m->ranges[i].low, high = m->ranges[i].high;

		if (low > high)
			return rule_fail(c->error, c->place, field,
			                 "the range %u-%u ends before it begins; write it as %u-%u",
			                 low, high, high, low);
	}
	return true;
}

static bool check_bits(const struct check *c, const char *field, const struct match_bits *m,
                       const char *const *words)
{
	char known[96];
	struct text out = text_into(known, sizeof known);
	uint32_t all = 0;

	for (unsigned i = 0; words[i] != NULL; i++)
		all |= 1u << i;
	if (!m->on || (m->bits != 0 && (m->bits & ~all) == 0))
		return true;
	words_of(all, words, &out);
	return rule_fail(c->error, c->place, field, "name one or more of %s", known);
}

static bool check_tcp(const struct check *c)
{
	const struct rule_spec *spec = c->spec;
	const char *field = spec->tcp_flags.on                  ? "tcp-flags"
	                    : spec->tcp_mss.on                  ? "tcp-mss"
	                    : spec->action == ACTION_CHANGE_MSS ? "action"
	                    : spec->action == ACTION_TARPIT     ? "action"
	                    : spec->action == ACTION_REJECT && spec->reject_with == REJECT_TCP_RESET
	                            ? "reject-with"
	                            : NULL;
	const struct match_tcp_flags *flags = &spec->tcp_flags;

	if (field != NULL && !only_protocol(spec, IPPROTO_TCP))
		return rule_fail(c->error, c->place, field,
		                 "this is for TCP only; add protocol=tcp");
	if (flags->on && (flags->must_be_set | flags->must_be_clear) == 0)
		return rule_fail(c->error, c->place, "tcp-flags",
		                 "name one or more of fin, syn, rst, psh, ack, urg, ece, cwr, each "
		                 "with ! in front when it must not be set");
	if (flags->on && (flags->must_be_set & flags->must_be_clear) != 0)
		return rule_fail(c->error, c->place, "tcp-flags",
		                 "a flag can't be set and not set; name each flag once");
	return check_number(c, "tcp-mss", &spec->tcp_mss, UINT16_MAX);
}

static bool check_icmp(const struct check *c)
{
	const struct match_icmp *m = &c->spec->icmp_options;

	if (!m->on)
		return true;
	if (!only_protocol(c->spec, IPPROTO_ICMP))
		return rule_fail(c->error, c->place, "icmp-options",
		                 "this is for ICMP only; add protocol=icmp");
	if (m->code_low > m->code_high)
		return rule_fail(c->error, c->place, "icmp-options",
		                 "the codes %u-%u end before they begin; write them as %u-%u",
		                 m->code_low, m->code_high, m->code_high, m->code_low);
	return true;
}

static bool check_matchers(const struct check *c)
{
	const struct rule_spec *spec = c->spec;

	return (!spec->src_address.on ||
	        check_addresses(c, "src-address", spec->src_address.range)) &&
	       (!spec->dst_address.on ||
	        check_addresses(c, "dst-address", spec->dst_address.range)) &&
	       check_number(c, "protocol", &spec->protocol, UINT8_MAX) &&
	       check_ports(c, "src-port", &spec->src_port) &&
	       check_ports(c, "dst-port", &spec->dst_port) &&
	       check_ports(c, "port", &spec->any_port) &&
	       check_bits(c, "connection-state", &spec->connection_state, rule_state_words) &&
	       check_bits(c, "connection-nat-state", &spec->connection_nat_state,
	                  rule_nat_state_words) &&
	       check_tcp(c) && check_icmp(c) &&
	       check_number(c, "packet-size", &spec->packet_size, UINT16_MAX) &&
	       check_number(c, "ttl", &spec->ttl, UINT8_MAX) &&
	       check_number(c, "dscp", &spec->dscp, 63);
}

static bool check_list(const struct check *c)
{
	if (c->spec->address_list[0] == '\0')
		return rule_fail(c->error, c->place, "address-list",
		                 "is missing; name the list to add to");
	return true;
}

static bool check_mark(const struct check *c, const char *field)
{
	if (c->spec->new_mark[0] == '\0')
		return rule_fail(c->error, c->place, field, "is missing; give the mark a name");
	return true;
}

static bool check_action(const struct check *c)
{
	const struct rule_spec *spec = c->spec;

	switch ((enum rule_action)spec->action) {
	case ACTION_JUMP:
		if (spec->jump_target[0] == '\0')
			return rule_fail(c->error, c->place, "jump-target",
			                 "is missing; name the chain to jump to");
		return true;
	case ACTION_REJECT:
		if (spec->reject_with >= REJECT_COUNT)
			return rule_fail(c->error, c->place, "reject-with", "is not known");
		return true;
	case ACTION_MASQUERADE:
	case ACTION_SRC_NAT:
	case ACTION_DST_NAT:
	case ACTION_REDIRECT:
	case ACTION_NETMAP:
	case ACTION_SAME:
		return rule_check_translation(spec, c->place, c->error);
	case ACTION_ADD_SRC_TO_LIST:
	case ACTION_ADD_DST_TO_LIST:
		return check_list(c);
	case ACTION_MARK_CONNECTION:
		return check_mark(c, "new-connection-mark");
	case ACTION_MARK_PACKET:
		return check_mark(c, "new-packet-mark");
	case ACTION_MARK_ROUTING:
		return check_mark(c, "new-routing-mark");
	case ACTION_CHANGE_TTL:
		if (spec->new_ttl.how == TTL_CHANGE_NONE || spec->new_ttl.n == 0)
			return rule_fail(c->error, c->place, "new-ttl",
			                 "is missing; give set:n, increment:n or decrement:n");
		return true;
	case ACTION_CHANGE_DSCP:
		if (spec->new_dscp > 63)
			return rule_fail(c->error, c->place, "new-dscp",
			                 "give a number from 0 to 63");
		return true;
	case ACTION_CHANGE_MSS:
		if (spec->new_mss == 0)
			return rule_fail(c->error, c->place, "new-mss",
			                 "is missing; give a number of bytes, or clamp-to-pmtu");
		return true;
	default:
		return true;
	}
}

/* Raw comes before the packet's connection is looked up and before any mark. */
static bool check_raw(const struct check *c)
{
	const struct rule_spec *spec = c->spec;
	const char *field = spec->connection_state.on       ? "connection-state"
	                    : spec->connection_nat_state.on ? "connection-nat-state"
	                    : spec->connection_mark.on      ? "connection-mark"
	                    : spec->connection_bytes.on     ? "connection-bytes"
	                    : spec->connection_limit.on     ? "connection-limit"
	                    : spec->packet_mark.on          ? "packet-mark"
	                    : spec->routing_mark.on         ? "routing-mark"
	                                                    : NULL;

	if (field == NULL)
		return true;
	return rule_fail(c->error, c->place, field,
	                 "is not known yet in raw, which comes before connections and marks; move "
	                 "the rule to filter or mangle");
}

bool rule_check_fields(enum facility facility, const struct rule_spec *spec, size_t place,
                       struct rule_error *error)
{
	struct check c = { .spec = spec, .place = place, .error = error };
	char where[64];
	struct text out = text_into(where, sizeof where);

	if (spec->chain[0] == '\0')
		return rule_fail(error, place, "chain", "is missing; name the chain it belongs to");
	if (spec->action >= ACTION_COUNT)
		return rule_fail(error, place, "action", "is not known");
	if (!rule_action_known(facility, spec->action)) {
		words_of(action_places[spec->action].facilities, facility_words, &out);
		return rule_fail(error, place, "action", "%s has no %s; that is for %s",
		                 facility_words[facility], rule_action_words[spec->action], where);
	}
	return check_matchers(&c) && rule_check_far(spec, place, error) && check_action(&c) &&
	       (facility != FACILITY_RAW || check_raw(&c));
}

bool rule_check_hooks(const struct rule_spec *spec, uint32_t hooks, size_t place,
                      struct rule_error *error)
{
	uint32_t allowed = action_places[spec->action].hooks;
	char where[96];
	struct text out = text_into(where, sizeof where);

	if (hooks == 0)
		return true; /* no packet comes here */
	if ((hooks & ~allowed) != 0) {
		words_of(allowed, hook_words, &out);
		return rule_fail(error, place, "action",
		                 "%s allowed only in chains reached from %s; move the rule there",
		                 rule_action_words[spec->action], where);
	}
	if ((spec->in_interface.on || spec->in_interface_list.on) && (hooks & HOOKS_IN) == 0)
		return rule_fail(error, place,
		                 spec->in_interface.on ? "in-interface" : "in-interface-list",
		                 "incoming interface matching not possible in output, postrouting "
		                 "and srcnat chains; match src-address or the outgoing interface "
		                 "instead");
	if (spec->src_mac.on && (hooks & HOOKS_IN) == 0)
		return rule_fail(error, place, "src-mac-address",
		                 "the router's own packets have no sender's card; not possible in "
		                 "output, postrouting and srcnat chains");
	if ((spec->out_interface.on || spec->out_interface_list.on) && (hooks & HOOKS_OUT) == 0)
		return rule_fail(error, place,
		                 spec->out_interface.on ? "out-interface" : "out-interface-list",
		                 "outgoing interface matching not possible in input, prerouting "
		                 "and dstnat chains; match dst-address or the incoming interface "
		                 "instead");
	return true;
}
