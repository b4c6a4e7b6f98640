/*
 * rule_chains.c -- sort rules into chains, and find out where jumps lead.
 *
 * A walk must end soon: no loops, no more than RULE_JUMPS_MAX jumps inside one another, and, since
 * a few chains that jump to one another often multiply, a limit on the rules one packet can meet.
 */
#include <stdlib.h>
#include <string.h>

#include "fw/rule_set.h"
#include "lib/text.h"

#define WALK_RULES_MAX 1000000

static int name_compare(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static bool is_builtin(const struct rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->builtin_n; i++) {
		if (strcmp(rules->chains[i].name, name) == 0)
			return true;
	}
	return false;
}

static void add_builtin(struct rules *rules)
{
	uint32_t hooks = facility_hooks(rules->facility);

	for (unsigned hook = 0; hook < HOOK_COUNT; hook++) {
		if ((hooks >> hook & 1) != 0)
			rules->chains[rules->builtin_n++].name = hook_words[hook];
	}
	rules->chains_n = rules->builtin_n;
}

/*
 * All chains that a rule is in or jumps to, disabled or not: the built-in ones, then the others by
 * name. A jump may come before the rules it leads to, as in a script that adds them in order.
 */
static void collect_chains(struct rules *rules)
{
	const char **names = arena_new(&rules->arena, 2 * rules->n + 1, sizeof *names);
	size_t names_n = 0;

	rules->chains = arena_new(&rules->arena, 2 * rules->n + HOOK_COUNT, sizeof *rules->chains);
	add_builtin(rules);
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule_spec *spec = &rules->specs[i];

		if (!is_builtin(rules, spec->chain))
			names[names_n++] = spec->chain;
		if (spec->action == ACTION_JUMP && !is_builtin(rules, spec->jump_target))
			names[names_n++] = spec->jump_target;
	}
	qsort(names, names_n, sizeof *names, name_compare);
	for (size_t i = 0; i < names_n; i++) {
		if (i == 0 || strcmp(names[i - 1], names[i]) != 0)
			rules->chains[rules->chains_n++].name = names[i];
	}
}

struct rule_chain *rule_chain_find(const struct rules *rules, const char *name)
{
	size_t low = rules->builtin_n, high = rules->chains_n;

	for (size_t i = 0; i < rules->builtin_n; i++) {
		if (strcmp(rules->chains[i].name, name) == 0)
			return &rules->chains[i];
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, rules->chains[middle].name);

		if (order == 0)
			return &rules->chains[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool find_target(const struct rules *rules, struct rule *rule, struct rule_error *error)
{
	const char *name = rule->spec->jump_target;
	const struct rule_chain *target = rule_chain_find(rules, name);
	size_t number = (size_t)(target - rules->chains);

	if (number < rules->builtin_n)
		return rule_fail(error, rule->place, "jump-target",
		                 "%s is where packets enter and can't be jumped to; put the rules "
		                 "to share into a chain of their own",
		                 name);
	rule->target = (uint16_t)number;
	return true;
}

/* Give each chain its part of one array. */
static void lay_out(struct rules *rules)
{
	size_t enabled = 0;

	for (size_t i = 0; i < rules->n; i++) {
		if (rules->specs[i].disabled)
			continue;
		rule_chain_find(rules, rules->specs[i].chain)->n++;
		enabled++;
	}
	rules->enabled = enabled;

	struct rule *next = arena_new(&rules->arena, enabled + 1, sizeof *next);

	for (size_t i = 0; i < rules->chains_n; i++) {
		rules->chains[i].rules = next;
		next += rules->chains[i].n;
		rules->chains[i].n = 0; /* counts up again as they are filled in */
	}
}

static bool add_rule(struct rules *rules, size_t place, const struct rule_names *names,
                     struct rule_error *error)
{
	const struct rule_spec *spec = &rules->specs[place];
	struct rule_chain *chain = rule_chain_find(rules, spec->chain);
	struct rule *rule = &chain->rules[chain->n++];
	struct text text = { 0 };

	rule->place = (uint16_t)place;
	rule->spec = spec;
	rule->facility = (uint8_t)rules->facility;
	rule->cell = rules->cells[place];
	if (!rule_check_fields(rules->facility, spec, place, error) ||
	    !rule_compile(rule, names, error))
		return false;
	if (spec->action == ACTION_JUMP && !find_target(rules, rule, error))
		return false;
	rule_text(spec, names, &text);
	rule->text = arena_strdup(&rules->arena, text_str(&text));
	text_free(&text);
	return true;
}

/* What the jump by @rule adds to @chain, once its target has been looked at. */
static bool add_jump(struct rule_chain *chain, const struct rule_chain *target,
                     const struct rule *rule, struct rule_error *error)
{
	if (chain->height < target->height + 1)
		chain->height = target->height + 1;
	chain->cost += target->cost;
	if (chain->cost > WALK_RULES_MAX)
		return rule_fail(error, rule->place, "jump-target",
		                 "with this jump one packet could meet more than %d rules; jump "
		                 "to %s from fewer places",
		                 WALK_RULES_MAX, target->name);
	return true;
}

/* Look at @chain, which @depth jumps lead to, and all it leads to. @jump: the last of them. */
static bool visit(const struct rules *rules, struct rule_chain *chain, unsigned depth,
                  const struct rule *jump, struct rule_error *error)
{
	uint32_t hook = 1u << HOOK_COUNT; /* "has been looked at", whoever came */

	if (chain->busy)
		return rule_fail(error, jump->place, "jump-target",
		                 "this jump leads back into %s, which led here; a packet would go "
		                 "round for ever. Remove one of the jumps",
		                 chain->name);
	if ((chain->hooks & hook) == 0) {
		chain->busy = true;
		chain->cost = chain->n;
		for (unsigned i = 0; i < chain->n && depth <= RULE_JUMPS_MAX; i++) {
			const struct rule *rule = &chain->rules[i];
			struct rule_chain *target = &rules->chains[rule->target];

			if (rule->action == ACTION_JUMP &&
			    (!visit(rules, target, depth + 1, rule, error) ||
			     !add_jump(chain, target, rule, error)))
				return false;
		}
		chain->busy = false;
		chain->hooks |= hook;
	}
	if (depth + chain->height > RULE_JUMPS_MAX)
		return rule_fail(error, jump->place, "jump-target",
		                 "more than %d jumps inside one another; make the way to %s "
		                 "shorter",
		                 RULE_JUMPS_MAX, chain->name);
	return true;
}

/* There are no loops: mark everything that is reached from @chain as reached from @hook. */
static void mark_reach(const struct rules *rules, struct rule_chain *chain, uint32_t hook)
{
	if ((chain->hooks & hook) != 0)
		return;
	chain->hooks |= hook;
	for (unsigned i = 0; i < chain->n; i++) {
		if (chain->rules[i].action == ACTION_JUMP)
			mark_reach(rules, &rules->chains[chain->rules[i].target], hook);
	}
}

static bool find_reach(const struct rules *rules, struct rule_error *error)
{
	uint32_t left = facility_hooks(rules->facility);

	for (size_t i = 0; i < rules->builtin_n; i++, left &= left - 1) {
		if (!visit(rules, &rules->chains[i], 0, NULL, error))
			return false;
		mark_reach(rules, &rules->chains[i], left & -left);
	}
	return true;
}

bool rule_chains_build(struct rules *rules, const struct rule_names *names,
                       struct rule_error *error)
{
	collect_chains(rules);
	lay_out(rules);
	for (size_t i = 0; i < rules->n; i++) {
		if (!rules->specs[i].disabled && !add_rule(rules, i, names, error))
			return false;
	}
	if (!find_reach(rules, error))
		return false;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule_spec *spec = &rules->specs[i];
		uint32_t hooks = rule_chain_find(rules, spec->chain)->hooks;

		if (!spec->disabled && !rule_check_hooks(spec, hooks & (HOOK(COUNT) - 1), i, error))
			return false;
	}
	return true;
}
