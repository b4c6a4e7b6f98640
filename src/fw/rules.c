/*
 * rules.c -- rule sets: built, shared counters, freed.
 *
 * Whoever builds a set frees it: a set that is not published after all at once, a published one
 * after its successor has taken its place. Counters outlive both as long as one set has the rule.
 */
#include "fw/rules.h"

#include <stdlib.h>
#include <string.h>

#include "fw/rule_set.h"
#include "fw/trail.h"
#include "lib/mem.h"
#include "lib/text.h"

#define LOG_LINES_A_SECOND 10

static int id_compare(const void *a, const void *b)
{
	const struct rule_by_id *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void index_ids(struct rules *rules)
{
	rules->by_id = arena_new(&rules->arena, rules->n + 1, sizeof *rules->by_id);
	for (size_t i = 0; i < rules->n; i++) {
		rules->by_id[i].id = rules->specs[i].id;
		rules->by_id[i].place = (uint32_t)i;
	}
	qsort(rules->by_id, rules->n, sizeof *rules->by_id, id_compare);
}

static struct counter_cell *cell_find(const struct rules *rules, uint32_t id)
{
	struct rule_by_id key = { .id = id };
	const struct rule_by_id *found;

	if (rules == NULL || rules->n == 0)
		return NULL;
	found = bsearch(&key, rules->by_id, rules->n, sizeof key, id_compare);
	return found != NULL ? rules->cells[found->place] : NULL;
}

static void share_cells(struct rules *rules, const struct rules *previous)
{
	rules->cells = arena_new(&rules->arena, rules->n + 1, sizeof(struct counter_cell *));
	for (size_t i = 0; i < rules->n; i++) {
		struct counter_cell *cell = cell_find(previous, rules->specs[i].id);

		if (cell == NULL)
			cell = mem_new(1, sizeof *cell);
		cell->sets++;
		rules->cells[i] = cell;
	}
}

/* Text of a user's that is not terminated is not the user's mistake. */
static void must_be_terminated(const struct rule_spec *spec)
{
	must(memchr(spec->chain, '\0', sizeof spec->chain) != NULL);
	must(memchr(spec->jump_target, '\0', sizeof spec->jump_target) != NULL);
	must(memchr(spec->new_mark, '\0', sizeof spec->new_mark) != NULL);
	must(memchr(spec->log_prefix, '\0', sizeof spec->log_prefix) != NULL);
	must(memchr(spec->src_address_list.name, '\0', LIST_NAME_BYTES) != NULL);
	must(memchr(spec->dst_address_list.name, '\0', LIST_NAME_BYTES) != NULL);
	must(memchr(spec->address_list, '\0', LIST_NAME_BYTES) != NULL);
	must(memchr(spec->connection_mark.name, '\0', MARK_NAME_BYTES) != NULL);
	must(memchr(spec->packet_mark.name, '\0', MARK_NAME_BYTES) != NULL);
	must(memchr(spec->routing_mark.name, '\0', MARK_NAME_BYTES) != NULL);
}

static void copy_specs(struct rules *rules, const struct rule_spec *specs, size_t n)
{
	rules->n = n;
	rules->specs = arena_new(&rules->arena, n + 1, sizeof *specs);
	for (size_t i = 0; i < n; i++) {
		must_be_terminated(&specs[i]);
		rules->specs[i] = specs[i];
	}
}

struct rules *rules_build(enum facility facility, const struct rule_spec *specs, size_t n,
                          const struct rule_names *names, struct rules *previous, char *error,
                          size_t error_bytes)
{
	struct rule_error fault = { .text = error, .bytes = error_bytes };

	must(facility < FACILITY_COUNT);
	must(previous == NULL || previous->facility == facility);
	if (n > RULES_MAX) {
		(void)rule_fail(&fault, RULES_MAX, NULL,
		                "this is one more than the %d rules that "
		                "fit; remove some, or use ranges and lists",
		                RULES_MAX);
		return NULL;
	}

	struct rules *rules = mem_new(1, sizeof *rules);

	rules->facility = facility;
	rules->lists = names->address_lists;
	copy_specs(rules, specs, n);
	rules->log = arena_new(&rules->arena, 1, sizeof *rules->log);
	rules->log->rate = rate_make(LOG_LINES_A_SECOND, LOG_LINES_A_SECOND);
	index_ids(rules);
	share_cells(rules, previous);
	if (!rule_chains_build(rules, names, &fault)) {
		rules_free(rules);
		return NULL;
	}
	return rules;
}

void rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->n; i++) {
		if (--rules->cells[i]->sets == 0)
			mem_free(rules->cells[i]);
	}
	arena_free(&rules->arena);
	mem_free(rules);
}

void rules_count(struct rules *rules, uint64_t trail, uint32_t bytes)
{
	for (; rules != NULL && trail != 0; trail >>= 16) {
		uint32_t facility = (uint32_t)(trail >> 14) & 3;
		uint32_t place = ((uint32_t)trail & 0x3fff) - 1;

		if (facility == rules->facility && place < rules->n)
			counter_add(rules->cells[place], bytes);
	}
}

void rules_count_rule(struct rules *rules, uint32_t id, uint32_t bytes)
{
	struct counter_cell *cell = cell_find(rules, id);

	if (cell != NULL)
		counter_add(cell, bytes);
}

uint64_t rules_count_lengths(const struct rules *rules)
{
	uint64_t lengths = 0;

	for (size_t i = 0; rules != NULL && i < rules->n; i++) {
		const struct rule_spec *spec = &rules->specs[i];

		if (!spec->disabled && spec->connection_limit.on)
			lengths |= UINT64_C(1) << spec->connection_limit.bits;
	}
	return lengths;
}

struct rule_counters rules_counters(const struct rules *rules, uint32_t id)
{
	const struct counter_cell *cell = cell_find(rules, id);

	return cell != NULL ? cell->counters : (struct rule_counters){ 0 };
}

void rules_reset_counters(struct rules *rules, uint32_t id)
{
	struct counter_cell *cell = cell_find(rules, id);

	if (cell != NULL)
		cell->counters = (struct rule_counters){ 0 };
}

void rules_reset_counters_all(struct rules *rules)
{
	for (size_t i = 0; rules != NULL && i < rules->n; i++)
		rules->cells[i]->counters = (struct rule_counters){ 0 };
}

bool rules_chain_reached(const struct rules *rules, const char *chain, struct text *out)
{
	const struct rule_chain *found = rule_chain_find(rules, chain);

	if (found != NULL && found->hooks != 0)
		return true;
	for (size_t i = 0; out != NULL && i < rules->builtin_n; i++)
		text_printf(out, "%s%s", i > 0 ? ", " : "", rules->chains[i].name);
	return false;
}
