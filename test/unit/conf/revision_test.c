#include "conf/revision.h"

#include "conf/row.h"
#include "conf/trial.h"
#include "fixture.h"

#define CHANGES 60

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33) % below;
}

/* All that a configuration is: ids, places, flags, and every value as it is exported. */
static char *dump(struct fixture *f)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct text out = { 0 }, export = { 0 };
	char *kept;

	for (size_t m = 0; fixture_menus[m] != NULL; m++) {
		struct rows rows = conf_state_rows(state, fixture_menus[m]->path);

		text_printf(&out, "%s:", fixture_menus[m]->path);
		for (size_t i = 0; i < rows.n; i++)
			text_printf(&out, " *%X/%X@%lld", rows.at[i]->id, rows.at[i]->flags,
			            (long long)row_position(rows.at[i]));
		text_char(&out, '\n');
	}
	fixture_export(f, &export);
	text_add(&out, text_str(&export));
	kept = mem_strdup(text_str(&out));
	text_free(&out);
	text_free(&export);
	conf_release(f->conf, state);
	return kept;
}

static void assert_like(struct fixture *f, const char *before)
{
	char *now = dump(f);

	assert_string_equal(now, before);
	mem_free(now);
}

static uint32_t any_row(struct fixture *f, const char *path, uint64_t *seed)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct rows rows = conf_state_rows(state, path);
	uint32_t id = rows.n > 0 ? rows.at[draw(seed, (uint32_t)rows.n)]->id : 1;

	conf_release(f->conf, state);
	return id;
}

static struct request *any_rule(struct fixture *f, uint64_t *seed)
{
	char timeout[16];
	struct request *request;
	uint32_t which = draw(seed, 4);

	snprintf(timeout, sizeof timeout, "%us", 1 + draw(seed, 900));
	if (which == 0)
		return fixture_make(f, VERB_REMOVE, "/ip/rule", any_row(f, "/ip/rule", seed), NULL);
	if (which == 1)
		return fixture_make(f, VERB_SET, "/ip/rule", any_row(f, "/ip/rule", seed),
		                    "timeout", draw(seed, 3) != 0 ? timeout : "!", "secret",
		                    timeout, "comment", "a \"quoted\"\nnote", NULL);
	request = which == 2 ? fixture_make(f, VERB_MOVE, "/ip/rule", any_row(f, "/ip/rule", seed),
	                                    NULL)
	                     : fixture_make(f, VERB_ADD, "/ip/rule", 0, "timeout", timeout, "log",
	                                    "yes", NULL);
	request->place_before = draw(seed, 3) != 0 ? any_row(f, "/ip/rule", seed) : 0;
	return request;
}

static struct request *any_request(struct fixture *f, uint64_t *seed)
{
	char name[32], id[16];

	snprintf(name, sizeof name, "n%u", draw(seed, 30));
	snprintf(id, sizeof id, "%u", 1 + draw(seed, 4000));
	switch (draw(seed, 8)) {
	case 0:
		return fixture_make(f, VERB_ADD, "/interface/vlan", 0, "name", name, "vlan-id", id,
		                    "interface", "ether1", NULL);
	case 1:
		return fixture_make(f, VERB_REMOVE, "/interface/vlan",
		                    any_row(f, "/interface/vlan", seed), NULL);
	case 2:
		return fixture_make(f, VERB_SET, "/interface/ethernet",
		                    any_row(f, "/interface/ethernet", seed), "mtu", id, NULL);
	case 3:
		return fixture_make(f, VERB_SET, "/ip/settings", 0, "identity", name, NULL);
	default:
		return any_rule(f, seed);
	}
}

/* Several requests in one transaction, too. */
static bool any_change(struct fixture *f, uint64_t *seed)
{
	struct request *all[4];
	uint32_t n = draw(seed, 3) == 0 ? 1 + draw(seed, ARRAY_LEN(all)) : 1;
	unsigned before = f->answers;

	for (uint32_t i = 0; i < n; i++)
		all[i] = any_request(f, seed);
	conf_change_all(f->conf, all, n, fixture_answer, f);
	while (f->answers == before)
		assert_true(fixture_background_turn(&f->background));
	return f->ok;
}

static bool step(struct fixture *f, const struct revision_steps *steps)
{
	const struct journal_origin origin = { .who = "admin", .door = "console" };
	unsigned before = f->answers;

	text_clear(&f->notice);
	revision_step(f->conf, steps, &origin, &f->notice, fixture_answer, f);
	while (f->answers == before)
		assert_true(fixture_background_turn(&f->background));
	return f->ok;
}

static bool undo(struct fixture *f)
{
	return step(f, &(struct revision_steps){ 0 });
}

static bool redo(struct fixture *f)
{
	return step(f, &(struct revision_steps){ .redo = true });
}

static void reopen(struct fixture *f, struct memory_store *store)
{
	*f = (struct fixture){ 0 };
	if (fixture_open(f, store) != 0)
		fail_msg("%s", f->diag.text);
}

static void start_again(struct fixture *f, struct memory_store *store)
{
	fixture_close(f);
	reopen(f, store);
}

/* Random changes, each of which leaves its dump in @dumps[1 ..]; dumps[0] is how it began. */
static unsigned make_changes(struct fixture *f, uint64_t *seed, char **dumps)
{
	unsigned n = 0;
	uint64_t revision;

	dumps[0] = dump(f);
	for (unsigned i = 0; i < CHANGES; i++) {
		revision = f->revision;
		if (any_change(f, seed) && f->revision != revision)
			dumps[++n] = dump(f);
	}
	return n;
}

static void undone_and_redone(uint64_t seed)
{
	struct memory_store store;
	struct fixture f;
	char *dumps[CHANGES + 1];
	unsigned n;

	memory_store_init(&store);
	reopen(&f, &store);
	n = make_changes(&f, &seed, dumps);
	assert_true(n > CHANGES / 3);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = n; i-- > 0;) {
			if (!undo(&f))
				fail_msg("%s", f.diag.text);
			assert_like(&f, dumps[i]);
			if (draw(&seed, 8) == 0)
				start_again(&f, &store);
		}
		assert_refused(&f, undo(&f), "failure: nothing to undo");
		for (unsigned i = 1; i <= n; i++) {
			if (!redo(&f))
				fail_msg("%s", f.diag.text);
			assert_like(&f, dumps[i]);
			if (draw(&seed, 8) == 0)
				start_again(&f, &store);
		}
		assert_refused(&f, redo(&f), "failure: nothing to redo");
	}
	for (unsigned i = 0; i <= n; i++)
		mem_free(dumps[i]);
	fixture_close(&f);
	memory_store_free(&store);
}

static void undo_of_all_is_how_it_began(void **unused)
{
	for (uint64_t seed = 1; seed <= 12; seed++)
		undone_and_redone(seed);
}

/* Undo, redo and new changes in any order: what is in force is a stack. */
static void mixed(uint64_t seed)
{
	struct memory_store store;
	struct fixture f;
	char *stack[200];
	unsigned depth = 0, top = 0; /* in force, and what could be done again */

	memory_store_init(&store);
	reopen(&f, &store);
	stack[0] = dump(&f);
	for (unsigned i = 0; i < 150; i++) {
		uint32_t which = draw(&seed, 4);
		uint64_t revision = f.revision;

		if (which == 0) {
			assert_int_equal(undo(&f), depth > 0);
			depth -= depth > 0;
		} else if (which == 1) {
			assert_int_equal(redo(&f), depth < top);
			depth += depth < top;
		} else if (any_change(&f, &seed) && f.revision != revision) {
			while (top > depth)
				mem_free(stack[top--]);
			stack[++depth] = dump(&f);
			top = depth;
		}
		assert_like(&f, stack[depth]);
	}
	for (unsigned i = 0; i <= top; i++)
		mem_free(stack[i]);
	fixture_close(&f);
	memory_store_free(&store);
}

static void what_is_in_force_is_a_stack(void **unused)
{
	for (uint64_t seed = 100; seed < 110; seed++)
		mixed(seed);
}

static void several_at_once(void **unused)
{
	struct memory_store store;
	struct fixture f;
	char *dumps[4];
	uint64_t revisions[4];

	memory_store_init(&store);
	reopen(&f, &store);
	for (unsigned i = 0; i < 4; i++) {
		dumps[i] = dump(&f);
		(void)fixture_add(&f, "/ip/rule", "action", "drop");
		revisions[i] = f.revision;
	}
	assert_true(step(&f, &(struct revision_steps){ .count = 3 }));
	assert_like(&f, dumps[1]);
	assert_true(step(&f, &(struct revision_steps){ .redo = true, .revision = revisions[2] }));
	assert_like(&f, dumps[3]);
	assert_true(step(&f, &(struct revision_steps){ .revision = revisions[0] }));
	assert_like(&f, dumps[0]);
	assert_refused(&f, step(&f, &(struct revision_steps){ .revision = revisions[0] }),
	               "failure: there is nothing to undo in revision 2\n"
	               "/system/history/print shows with U what can be");
	for (unsigned i = 0; i < 4; i++)
		mem_free(dumps[i]);
	fixture_close(&f);
	memory_store_free(&store);
}

static void it_says_what_was_undone(void **unused)
{
	struct memory_store store;
	struct fixture f;

	memory_store_init(&store);
	reopen(&f, &store);
	(void)fixture_add(&f, "/ip/rule", "action", "drop");
	assert_true(undo(&f));
	assert_string_equal(text_str(&f.notice), "undone: revision 2, ip rule added by admin\n");
	fixture_close(&f);
	memory_store_free(&store);
}

/* All entries there are, read a page at a time. */
static unsigned walk(struct fixture *f, unsigned *ret_undoable)
{
	struct revision_page page;
	uint64_t from = REVISION_NEWEST;
	unsigned n = 0;

	*ret_undoable = 0;
	do {
		while (!revision_page(f->conf, from, &page))
			assert_true(fixture_background_turn(&f->background));
		assert_int_equal(page.error, 0);
		for (size_t i = 0; i < page.n; i++) {
			assert_true(page.entries[i].mark.revision <= from);
			from = page.entries[i].mark.revision - 1;
			*ret_undoable += page.entries[i].mark.state == JOURNAL_UNDOABLE;
		}
		n += (unsigned)page.n;
	} while (!page.last && from > 0);
	return n;
}

static void it_is_read_in_pages(void **unused)
{
	struct memory_store store;
	struct fixture f;
	unsigned undoable;

	memory_store_init(&store);
	reopen(&f, &store);
	f.background.at_once = false;
	for (unsigned i = 0; i < 200; i++)
		(void)fixture_add(&f, "/ip/rule", "action", "drop");
	assert_int_equal(walk(&f, &undoable), 201);
	assert_int_equal(undoable, 200);
	assert_true(undo(&f));
	assert_int_equal(walk(&f, &undoable), 202);
	assert_int_equal(undoable, 199);
	fixture_close(&f);
	memory_store_free(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(undo_of_all_is_how_it_began),
		cmocka_unit_test(what_is_in_force_is_a_stack),
		cmocka_unit_test(several_at_once),
		cmocka_unit_test(it_says_what_was_undone),
		cmocka_unit_test(it_is_read_in_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
