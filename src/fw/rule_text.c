#include <netinet/in.h>

#include "fw/match_text.h"
#include "fw/rule.h"
#include "lib/text.h"

/* " name=" or " name=!" */
static void field(struct text *out, const char *name, bool negate)
{
	text_printf(out, " %s=%s", name, negate ? "!" : "");
}

static void range_text(struct text *out, struct ip4_range range)
{
	ip4_print(range.low, out);
	if (!ip4_equal(range.low, range.high)) {
		text_char(out, '-');
		ip4_print(range.high, out);
	}
}

static void number_range(struct text *out, uint32_t low, uint32_t high)
{
	text_printf(out, "%u", low);
	if (low != high)
		text_printf(out, "-%u", high);
}

static void addr_text(struct text *out, const char *name, const struct match_addr *m)
{
	if (!m->on)
		return;
	field(out, name, m->negate);
	range_text(out, m->range);
}

static void number_text(struct text *out, const char *name, const struct match_number *m)
{
	if (!m->on)
		return;
	field(out, name, m->negate);
	number_range(out, m->low, m->high);
}

static void protocol_text(struct text *out, const struct match_number *m)
{
	const char *word = m->low != m->high        ? NULL
	                   : m->low == IPPROTO_TCP  ? "tcp"
	                   : m->low == IPPROTO_UDP  ? "udp"
	                   : m->low == IPPROTO_ICMP ? "icmp"
	                   : m->low == IPPROTO_GRE  ? "gre"
	                                            : NULL;

	if (!m->on || word == NULL) {
		number_text(out, "protocol", m);
		return;
	}
	field(out, "protocol", m->negate);
	text_add(out, word);
}

static void ports_text(struct text *out, const char *name, const struct match_ports *m)
{
	if (!m->on)
		return;
	field(out, name, m->negate);
	for (unsigned i = 0; i < m->n; i++) {
		if (i > 0)
			text_char(out, ',');
		number_range(out, m->ranges[i].low, m->ranges[i].high);
	}
}

typedef const char *row_name(void *arg, uint32_t id);

static void row_text(struct text *out, const struct rule_names *names, row_name *name_of,
                     uint32_t id)
{
	const char *name = name_of != NULL ? name_of(names->arg, id) : NULL;

	if (name != NULL)
		text_add(out, name);
	else
		text_printf(out, "*%X", id);
}

static void ifaces_text(struct text *out, const struct rule_spec *spec,
                        const struct rule_names *names)
{
	row_name *iface_name = names != NULL ? names->iface_name : NULL;
	row_name *list_name = names != NULL ? names->list_name : NULL;

	if (spec->in_interface.on) {
		field(out, "in-interface", spec->in_interface.negate);
		row_text(out, names, iface_name, spec->in_interface.id);
	}
	if (spec->out_interface.on) {
		field(out, "out-interface", spec->out_interface.negate);
		row_text(out, names, iface_name, spec->out_interface.id);
	}
	if (spec->in_interface_list.on) {
		field(out, "in-interface-list", spec->in_interface_list.negate);
		row_text(out, names, list_name, spec->in_interface_list.id);
	}
	if (spec->out_interface_list.on) {
		field(out, "out-interface-list", spec->out_interface_list.negate);
		row_text(out, names, list_name, spec->out_interface_list.id);
	}
}

static void bits_text(struct text *out, const char *name, const struct match_bits *m,
                      const char *const *words)
{
	bool first = true;

	if (!m->on)
		return;
	field(out, name, m->negate);
	for (unsigned i = 0; words[i] != NULL; i++) {
		if ((m->bits >> i & 1) == 0)
			continue;
		text_printf(out, "%s%s", first ? "" : ",", words[i]);
		first = false;
	}
}

static void flags_text(struct text *out, const struct match_tcp_flags *m)
{
	bool first = true;

	if (!m->on)
		return;
	field(out, "tcp-flags", false);
	for (unsigned i = 0; rule_tcp_flag_words[i] != NULL; i++) {
		bool set = (m->must_be_set >> i & 1) != 0;
		bool clear = (m->must_be_clear >> i & 1) != 0;

		if (!set && !clear)
			continue;
		text_printf(out, "%s%s%s", first ? "" : ",", clear ? "!" : "",
		            rule_tcp_flag_words[i]);
		first = false;
	}
}

static void name_text(struct text *out, const char *name, const struct match_name *m)
{
	if (!m->on)
		return;
	field(out, name, m->negate);
	text_add(out, m->name);
}

static void list_text(struct text *out, const char *name, const struct match_address_list *m)
{
	if (!m->on)
		return;
	field(out, name, m->negate);
	text_add(out, m->name);
}

static void icmp_text(struct text *out, const struct match_icmp *m)
{
	if (!m->on)
		return;
	field(out, "icmp-options", m->negate);
	text_printf(out, "%u:", m->type);
	number_range(out, m->code_low, m->code_high);
}

static void mss_text(struct text *out, uint16_t new_mss)
{
	if (new_mss == MSS_CLAMP_TO_PMTU)
		text_add(out, " new-mss=clamp-to-pmtu");
	else
		text_printf(out, " new-mss=%u", new_mss);
}

static void kind_text(struct text *out, const char *name, const struct match_kind *m,
                      const char *const *words)
{
	if (!m->on)
		return;
	field(out, name, m->negate);
	text_add(out, words[m->kind]);
}

/* One matcher with a text of its own (fw/match_text.h). */
#define FAR_TEXT(out, name, m, print)                                                              \
	do {                                                                                       \
		if ((m)->on) {                                                                     \
			field(out, name, (m)->negate);                                             \
			print(m, out);                                                             \
		}                                                                                  \
	} while (0)

static void far_text(struct text *out, const struct rule_spec *spec)
{
	bits_text(out, "src-address-type", &spec->src_address_type, address_type_words);
	bits_text(out, "dst-address-type", &spec->dst_address_type, address_type_words);
	kind_text(out, "ipv4-options", &spec->ipv4_options, option_match_words);
	kind_text(out, "ipsec-policy", &spec->ipsec_policy, rule_ipsec_words);
	FAR_TEXT(out, "per-connection-classifier", &spec->classifier, match_text_classifier);
	FAR_TEXT(out, "src-mac-address", &spec->src_mac, match_text_mac);
	FAR_TEXT(out, "time", &spec->time, match_text_week);
	FAR_TEXT(out, "connection-bytes", &spec->connection_bytes, match_text_bytes);
	FAR_TEXT(out, "connection-limit", &spec->connection_limit, match_text_connections);
	FAR_TEXT(out, "nth", &spec->nth, match_text_nth);
	number_text(out, "random", &spec->random);
	FAR_TEXT(out, "limit", &spec->limit, match_text_limit);
	FAR_TEXT(out, "dst-limit", &spec->dst_limit, match_text_dst_limit);
}

/* What the action needs to know. */
static void action_text(struct text *out, const struct rule_spec *spec)
{
	switch ((enum rule_action)spec->action) {
	case ACTION_JUMP:
		text_printf(out, " jump-target=%s", spec->jump_target);
		break;
	case ACTION_MARK_CONNECTION:
	case ACTION_MARK_PACKET:
	case ACTION_MARK_ROUTING: /* the words are "mark-...", the fields "new-...-mark" */
		text_printf(out, " new-%s-mark=%s", rule_action_words[spec->action] + 5,
		            spec->new_mark);
		break;
	case ACTION_ADD_SRC_TO_LIST:
	case ACTION_ADD_DST_TO_LIST:
		text_printf(out, " address-list=%s", spec->address_list);
		if (spec->address_list_timeout != 0)
			text_printf(out, " address-list-timeout=%us", spec->address_list_timeout);
		break;
	case ACTION_CHANGE_TTL:
		text_add(out, " new-ttl=");
		match_text_ttl_change(&spec->new_ttl, out);
		break;
	case ACTION_CHANGE_DSCP:
		text_printf(out, " new-dscp=%u", spec->new_dscp);
		break;
	case ACTION_CHANGE_MSS:
		mss_text(out, spec->new_mss);
		break;
	case ACTION_SRC_NAT:
	case ACTION_DST_NAT:
	case ACTION_MASQUERADE:
	case ACTION_REDIRECT:
	case ACTION_NETMAP:
	case ACTION_SAME:
		if (!ip4_is_zero(spec->to_addresses.high)) {
			text_add(out, " to-addresses=");
			range_text(out, spec->to_addresses);
		}
		if (spec->to_port_low != 0) {
			text_add(out, " to-ports=");
			number_range(out, spec->to_port_low, spec->to_port_high);
		}
		text_add(out, spec->strict ? " strict=yes" : "");
		text_add(out, spec->randomise_ports ? " randomise-ports=yes" : "");
		text_add(out, spec->same_not_by_dst ? " same-not-by-dst=yes" : "");
		break;
	default:
		break;
	}
}

void rule_text(const struct rule_spec *spec, const struct rule_names *names, struct text *out)
{
	must(spec->action < ACTION_COUNT);
	text_add(out, rule_action_words[spec->action]);
	addr_text(out, "src-address", &spec->src_address);
	addr_text(out, "dst-address", &spec->dst_address);
	list_text(out, "src-address-list", &spec->src_address_list);
	list_text(out, "dst-address-list", &spec->dst_address_list);
	protocol_text(out, &spec->protocol);
	ports_text(out, "src-port", &spec->src_port);
	ports_text(out, "dst-port", &spec->dst_port);
	ports_text(out, "port", &spec->any_port);
	ifaces_text(out, spec, names);
	bits_text(out, "connection-state", &spec->connection_state, rule_state_words);
	bits_text(out, "connection-nat-state", &spec->connection_nat_state, rule_nat_state_words);
	name_text(out, "connection-mark", &spec->connection_mark);
	name_text(out, "packet-mark", &spec->packet_mark);
	name_text(out, "routing-mark", &spec->routing_mark);
	flags_text(out, &spec->tcp_flags);
	number_text(out, "tcp-mss", &spec->tcp_mss);
	icmp_text(out, &spec->icmp_options);
	number_text(out, "packet-size", &spec->packet_size);
	number_text(out, "ttl", &spec->ttl);
	number_text(out, "dscp", &spec->dscp);
	if (spec->fragment)
		text_add(out, " fragment=yes");
	far_text(out, spec);
	action_text(out, spec);
}
