/*
 * rule_walk.c -- a packet's walk through a chain.
 *
 * Jumps are kept on a stack of the walk's own; rules_build() has seen to it that they end and fit.
 */
#include <string.h>

#include "core/explain.h"
#include "core/net.h"
#include "fw/address_list.h"
#include "fw/rule_set.h"
#include "fw/trail.h"
#include "lib/text.h"
#include "wire/tcp_header.h"

/* In a longer chain only what matched is explained. */
#define EXPLAIN_MISSES_MAX 20

struct place {
	const struct rule_chain *chain;
	unsigned next; /* rule */
};

struct walk {
	const struct rules *rules;
	const struct net *net;
	struct pkt *p;
	const char *entry; /* the chain it began in */
	iface_id out;
	const char *stage; /* for explanations */
	struct place stack[RULE_JUMPS_MAX + 1];
	unsigned depth;
};

/* A translation's stage is named after what it may do. */
static const char *stage_word(const struct rules *rules, const struct rule_chain *chain)
{
	if (rules->facility != FACILITY_NAT)
		return facility_words[rules->facility];
	return chain == rule_chain_find(rules, "srcnat") ? "src-nat" : "dst-nat";
}

static void explain_miss(const struct walk *w, const struct rule_chain *chain,
                         const struct rule *rule, enum rule_test test)
{
	if (w->p->why != NULL && chain->n <= EXPLAIN_MISSES_MAX)
		explain(w->p->why, w->stage, "rule %u (%.100s): no match: %s", rule->place,
		        rule->text, rule_test_word(test));
}

static void explain_match(const struct walk *w, const struct rule *rule)
{
	explain(w->p->why, w->stage, "rule %u (%.100s): matched → %s", rule->place, rule->text,
	        rule_action_words[rule->action]);
}

static bool adds_to_list(const struct rule *rule)
{
	return rule->action == ACTION_ADD_SRC_TO_LIST || rule->action == ACTION_ADD_DST_TO_LIST;
}

/* The tests of @rule that were looked at until it @failed, or matched. */
static uint64_t looked_at(const struct rule *rule, enum rule_test failed)
{
	return rule->tests & (failed < TEST_COUNT ? (TEST_BIT(failed) << 1) - 1 : UINT64_MAX);
}

/* Replay writes no header but for addresses, ports and TTL. */
static bool changes_header(uint8_t action)
{
	return action == ACTION_CHANGE_TTL || action == ACTION_CHANGE_DSCP ||
	       action == ACTION_CLEAR_DF || action == ACTION_STRIP_OPTIONS;
}

/* Must each packet come by here, now that the walk met @rule and it @failed (or matched)? Nat's
 * answer holds for the whole connection, whatever it rested on. */
static bool needs_each(const struct walk *w, const struct rule *rule, enum rule_test failed)
{
	if (w->rules->facility == FACILITY_NAT)
		return false;
	if ((looked_at(rule, failed) & TESTS_EACH_PACKET) != 0)
		return true;
	/* Each packet that an add matches begins the entry's time anew. */
	return failed == TEST_COUNT && (rule->spec->log || rule->action == ACTION_LOG ||
	                                adds_to_list(rule) || changes_header(rule->action));
}

/* Does the answer rest on an address list? Nat's is not asked for again. */
static bool needs_lists(const struct walk *w, const struct rule *rule, enum rule_test failed)
{
	return w->rules->facility != FACILITY_NAT && (looked_at(rule, failed) & TESTS_LISTS) != 0;
}

static bool ends_walk(const struct rule *rule)
{
	switch ((enum rule_action)rule->action) {
	case ACTION_JUMP:
	case ACTION_RETURN:
	case ACTION_LOG:
	case ACTION_PASSTHROUGH:
	case ACTION_ADD_SRC_TO_LIST:
	case ACTION_ADD_DST_TO_LIST:
	case ACTION_NOTRACK:
		return false;
	case ACTION_MARK_CONNECTION:
	case ACTION_MARK_PACKET:
	case ACTION_MARK_ROUTING:
	case ACTION_CHANGE_MSS:
	case ACTION_CHANGE_TTL:
	case ACTION_CHANGE_DSCP:
	case ACTION_CLEAR_DF:
	case ACTION_STRIP_OPTIONS:
		return !rule->spec->passthrough;
	default:
		return true;
	}
}

/* Remember that @rule matched, or count it here and now when the caller will not be able to. */
static void note_match(const struct walk *w, const struct rule *rule)
{
	if (w->rules->facility == FACILITY_NAT) {
		if (ends_walk(rule))
			return; /* the caller counts it */
	} else {
		if (trail_add(&w->p->trail, w->rules->facility, rule->place))
			return;
		w->p->each_packet = true; /* replay would not count this rule */
	}
	if (!w->p->asked_only)
		counter_add(w->rules->cells[rule->place], w->p->ip_bytes);
}

static void add_to_list(const struct walk *w, const struct rule *rule)
{
	ip4 addr = rule->action == ACTION_ADD_SRC_TO_LIST ? w->p->now.src : w->p->now.dst;

	if (adds_to_list(rule) && !w->p->asked_only)
		(void)address_list_add(w->rules->lists, rule->add_list, addr, 32,
		                       rule->spec->address_list_timeout, NULL);
}

/* The TTL of a packet that came in still loses one when it is forwarded; a rule behind that, in
 * forward or postrouting, has the last word. It never becomes 0: RFC 1812, 5.3.1. */
static void change_ttl(struct pkt *p, const char *entry, const struct ttl_change *change)
{
	bool before = strcmp(entry, "prerouting") == 0;
	int ttl = pkt_ttl(p), n = change->n;

	if (!before && p->leave_ttl == 0 && p->in != IFACE_NONE)
		ttl--;
	ttl = change->how == TTL_CHANGE_SET         ? n
	      : change->how == TTL_CHANGE_INCREMENT ? ttl + n
	                                            : ttl - n;
	ttl = ttl < 1 ? 1 : ttl > UINT8_MAX ? UINT8_MAX : ttl;
	if (before)
		p->new_ttl = (uint8_t)ttl;
	else
		p->leave_ttl = (uint8_t)ttl;
}

/* What mangle and raw write on the packet. */
static void change_packet(struct pkt *p, const char *entry, const struct rule *rule)
{
	switch ((enum rule_action)rule->action) {
	case ACTION_MARK_CONNECTION:
		p->connection_mark = rule->new_mark;
		break;
	case ACTION_MARK_PACKET:
		p->mark = rule->new_mark;
		break;
	case ACTION_MARK_ROUTING:
		p->routing_mark = rule->new_mark;
		break;
	case ACTION_CHANGE_MSS:
		if ((p->tcp_flags & TCP_SYN) !=
		    0) /* only there the option counts: RFC 9293, 3.7.1 */
			p->new_mss = rule->spec->new_mss;
		break;
	case ACTION_CHANGE_TTL:
		change_ttl(p, entry, &rule->spec->new_ttl);
		break;
	case ACTION_CHANGE_DSCP: /* the two bits of ECN stay: RFC 3168, 5 */
		p->new_tos = (uint8_t)(rule->spec->new_dscp << 2 | (pkt_tos(p) & 3));
		p->tos_changed = true;
		break;
	case ACTION_CLEAR_DF:
		p->clear_df = true;
		break;
	case ACTION_STRIP_OPTIONS:
		p->strip_options = true;
		break;
	case ACTION_NOTRACK:
		p->untracked = true;
		break;
	default:
		break;
	}
}

static bool is_accepting(uint8_t action)
{
	return action == ACTION_FASTTRACK || changes_header(action) ||
	       action == ACTION_MARK_CONNECTION || action == ACTION_MARK_PACKET ||
	       action == ACTION_MARK_ROUTING || action == ACTION_CHANGE_MSS;
}

static void decide(const struct rule *rule, struct rule_choice *ret_choice)
{
	const struct rule_spec *spec = rule->spec;

	*ret_choice = (struct rule_choice){
		.action = is_accepting(rule->action) ? (uint8_t)ACTION_ACCEPT : rule->action,
		.reject_with = (uint8_t)spec->reject_with,
		.matched = true,
		.hairpin = spec->hairpin,
		.strict = spec->strict,
		.random = spec->randomise_ports,
		.by_dst = !spec->same_not_by_dst,
		.to_addresses = spec->to_addresses,
		.to_port_low = spec->to_port_low,
		.to_port_high = spec->to_port_high,
		.rule_id = spec->id,
	};
}

/* Do what matching @rule means; true when it ends the walk. */
static bool act(struct walk *w, const struct rule *rule)
{
	note_match(w, rule);
	if (w->p->why != NULL)
		explain_match(w, rule);
	if ((rule->spec->log || rule->action == ACTION_LOG) && !w->p->asked_only)
		rule_log_write(w->rules, rule, w->net, w->p, w->out);
	add_to_list(w, rule);
	change_packet(w->p, w->entry, rule);
	if (ends_walk(rule))
		return true;
	if (rule->action == ACTION_RETURN)
		w->depth--;
	if (rule->action == ACTION_JUMP) {
		must(w->depth <= RULE_JUMPS_MAX);
		w->stack[w->depth++] = (struct place){ .chain = &w->rules->chains[rule->target] };
	}
	return false;
}

/* A miss that nobody wants to be told of, and that would be the same for every packet of the flow.
 */
static bool leaves_no_trace(const struct walk *w, const struct rule *rule, enum rule_test failed)
{
	return failed != TEST_COUNT && (rule->tests & (TESTS_EACH_PACKET | TESTS_LISTS)) == 0 &&
	       w->p->why == NULL;
}

/* The rule that ends the walk, or NULL at the end of the chain. */
static const struct rule *walk_rules(struct walk *w, const struct rule_view *view)
{
	while (w->depth > 0) {
		struct place *at = &w->stack[w->depth - 1];

		if (at->next == at->chain->n) {
			w->depth--;
			continue;
		}

		const struct rule *rule = &at->chain->rules[at->next++];
		enum rule_test failed = rule_match(rule, view);

		if (leaves_no_trace(w, rule, failed))
			continue;
		if (needs_each(w, rule, failed))
			w->p->each_packet = true;
		if (needs_lists(w, rule, failed))
			w->p->asked_lists = true;
		if (failed != TEST_COUNT)
			explain_miss(w, at->chain, rule, failed);
		else if (act(w, rule))
			return rule;
	}
	return NULL;
}

bool rules_say_nothing(const struct rules *rules)
{
	return rules == NULL || rules->enabled == 0;
}

void rules_choose(const struct rules *rules, const struct net *net, const char *chain, iface_id out,
                  struct pkt *p, struct rule_choice *ret_choice)
{
	*ret_choice = (struct rule_choice){ .action = ACTION_ACCEPT };
	if (rules_say_nothing(rules))
		return;

	const struct rule_chain *first = rule_chain_find(rules, chain);

	must(first != NULL && (size_t)(first - rules->chains) < rules->builtin_n);
	if (first->n == 0)
		return;

	struct rule_view view = rule_view(rules, net, p, out);
	struct walk w = {
		.rules = rules, .net = net, .p = p, .entry = chain, .out = out, .depth = 1
	};

	if (p->why != NULL)
		w.stage = stage_word(rules, first);
	w.stack[0] = (struct place){ .chain = first };

	const struct rule *last = walk_rules(&w, &view);

	if (last != NULL)
		decide(last, ret_choice);
	else
		explain(p->why, w.stage, "chain %s: no rule decides → accept", chain);
}
