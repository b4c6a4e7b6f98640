/*
 * rules.h -- rule sets as they run: what does a packet meet, and what then?
 *
 * rules_choose() is the deciding half (const, explainable): it walks a chain and says what is to
 * happen. The caller (router/pipeline.c) carries it out and counts what was on the trail. The
 * order of evaluation is the order of the rules; a built-in chain that ends accepts.
 */
#ifndef FW_RULES_H
#define FW_RULES_H

#include "core/pkt.h"
#include "fw/rule.h"

struct text;
struct rules; /* one facility's compiled set */

struct rule_counters {
	uint64_t packets, bytes;
};

/*
 * Compile @n @specs of @facility, in order. @previous (or NULL) is the set that is published now:
 * rules with the same id share its counters. On failure returns NULL and writes a sentence to
 * @error that names the rule (by its number, from 0) and the field.
 */
MUST_USE struct rules *rules_build(enum facility facility, const struct rule_spec *specs, size_t n,
                                   const struct rule_names *names, struct rules *previous,
                                   char *error, size_t error_bytes);
void rules_free(struct rules *rules);

/* What a packet's walk through a chain ended in. */
struct rule_choice {
	uint8_t action; /* enum rule_action: ACCEPT, DROP, REJECT, or what NAT is to do */
	uint8_t reject_with;
	bool matched;                         /* false: the chain ended without a decision */
	bool hairpin, strict, random, by_dst; /* see struct rule_spec */
	struct ip4_range to_addresses;
	uint16_t to_port_low, to_port_high;
	uint32_t rule_id;
};

/*
 * Walk built-in chain @chain ("input", "forward", "srcnat", ...) for @p as it is now (p->now,
 * p->state, p->nat, marks; @out: the interface it will leave by, or IFACE_NONE before the route is
 * known). @rules may be NULL: no rules. A rule that leads nowhere (jump, return, log) changes only
 * who comes next; mangle's rules end in ACTION_ACCEPT.
 *
 * Effects on @p: matching rules are added to p->trail; p->each_packet is set when the decision
 * rests on a rule that must see every packet; mangle writes marks and p->new_mss. A packet with
 * SYN, FIN or RST always walks the pipeline, and what was decided for it is not replayed for
 * others, so a test of those three flags alone does not need each packet.
 *
 * Effects elsewhere, none of them when p->asked_only: lines in the log, and the counters of rules
 * that nobody else can count: what did not fit the trail, and nat's rules on the way to the one
 * that decides. That one (ret_choice->rule_id) is the caller's: rules_count_rule(). Nat's rules
 * are never on the trail; they see only a connection's first packet.
 */
void rules_choose(const struct rules *rules, const struct net *net, const char *chain, iface_id out,
                  struct pkt *p, struct rule_choice *ret_choice);

/* No rule is in force (or @rules is NULL): every chain accepts, and a walk would change nothing. */
bool rules_say_nothing(const struct rules *rules);

/* Count a packet of @bytes for every rule of @trail that belongs to @rules's facility. */
void rules_count(struct rules *rules, uint64_t trail, uint32_t bytes);
/* Count one packet for the rule with @id (nat). */
void rules_count_rule(struct rules *rules, uint32_t id, uint32_t bytes);
/* Bit n: a rule in force asks for the connections of networks of n bits (flow_counts.h). */
uint64_t rules_count_lengths(const struct rules *rules);
/* The same for the rule that hairpin=yes of that one makes. */
void rules_count_hairpin(struct rules *rules, uint32_t id, uint32_t bytes);
struct rule_counters rules_hairpin_counters(const struct rules *rules, uint32_t id);
/* The counters of the rule with @id; zeroes when there is none. */
struct rule_counters rules_counters(const struct rules *rules, uint32_t id);
void rules_reset_counters(struct rules *rules, uint32_t id);
void rules_reset_counters_all(struct rules *rules);

/*
 * Whether packets come to @chain: it is built in, or a rule in force jumps there on a way that
 * begins in one that is. Otherwise the names of the built-in chains are appended to @out, unless
 * it is NULL.
 */
bool rules_chain_reached(const struct rules *rules, const char *chain, struct text *out);

#endif
