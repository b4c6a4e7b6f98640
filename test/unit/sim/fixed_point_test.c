/*
 * export -> reset -> import -> export gives the same bytes, whatever the configuration.
 *
 * usage: sim_fixed_point_test [SEEDS [FIRST]]
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"
#include "random_rows.h"

#define CHANGES 60

static unsigned long seeds = 300, first_seed = 1;

enum form {
	PLAIN,
	TERSE,
	VERBOSE,
	FORMS,
};

static void export_all(struct small_router *s, enum form form, struct text *out)
{
	const struct export_options options = { .terse = form == TERSE,
		                                .verbose = form == VERBOSE,
		                                .show_sensitive = true };

	small_router_export(s, &options, out);
}

static void committed(void *arg, const struct conf_answer *answer)
{
	if (!answer->ok)
		fail_msg("%s", answer->diag->text);
	*(bool *)arg = true;
}

static void commit(struct conf_draft *draft)
{
	bool done = false;

	conf_draft_commit(draft, &(struct journal_origin){ .line = "test" }, committed, &done);
	assert_true(done);
	conf_draft_free(draft);
}

static void reset(struct small_router *s)
{
	struct conf_draft *draft = conf_draft_new(s->conf);
	struct diag diag = { 0 };

	if (!conf_draft_reset(draft, NULL, true, &diag))
		fail_msg("reset: %s", diag.text);
	commit(draft);
}

/* As many as the menus take. A whole that can't be made is thrown away. */
static size_t make(struct small_router *s, unsigned long seed)
{
	struct random_rows rows = { .conf = s->conf,
		                    .draft = conf_draft_new(s->conf),
		                    .seeded = seeded_make(seed) };
	struct diag diag = { 0 };

	random_rows(&rows, conf_menus(s->conf), CHANGES);
	if (conf_draft_try(rows.draft, &diag)) {
		commit(rows.draft);
	} else {
		conf_draft_free(rows.draft);
		rows.taken = 0;
	}
	return rows.taken;
}

static void differ(unsigned long seed, const struct text *first, const char *what,
                   const struct text *second)
{
	printf("--- this\n%s--- %s\n%s", text_str(first), what, text_str(second));
	fail_msg("seed %lu; to see it again: sim_fixed_point_test 1 %lu", seed, seed);
}

static size_t round_trip(unsigned long seed)
{
	struct text first = { 0 }, second = { 0 }, out = { 0 };
	enum form form = (enum form)(seed % FORMS);
	struct small_router s;
	size_t taken;

	assert_int_equal(small_router_open(&s, NULL), 0);
	taken = make(&s, seed);
	export_all(&s, form, &first);
	reset(&s);
	if (!small_router_run(&s, text_str(&first), first.len, &out))
		differ(seed, &first, "is refused", &out);
	export_all(&s, form, &second);
	if (strcmp(text_str(&first), text_str(&second)) != 0)
		differ(seed, &first, "became", &second);
	small_router_close(&s);
	text_free(&first);
	text_free(&second);
	text_free(&out);
	return taken;
}

static void a_fixed_point(void **unused)
{
	size_t taken = 0;

	for (unsigned long i = 0; i < seeds; i++)
		taken += round_trip(first_seed + i);
	printf("%lu configurations, %zu changes in them\n", seeds, taken);
	assert_true(taken >= seeds * 10);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(a_fixed_point) };

	if (argc > 1)
		seeds = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		first_seed = strtoul(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
