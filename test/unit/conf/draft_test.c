#include "conf/draft.h"

#include "../seeded.h"
#include "fixture.h"

static uint32_t named(struct fixture *f, const char *ref, const char *name)
{
	const struct conf_state *state = conf_hold(f->conf);
	const struct row *row = conf_state_named(state, ref, name, NULL);
	uint32_t id = row != NULL ? row->id : 0;

	conf_release(f->conf, state);
	return id;
}

static void field_is(const struct conf_state *state, const char *path, uint32_t id,
                     const char *name, const char *want)
{
	const struct row *row = conf_state_row(state, path, id);
	const struct menu *menu = state->menus[state_menu(state, path)];
	struct text out = { 0 };

	assert_non_null(row);
	conf_field_print(state, &menu->fields[menu_field(menu, name)], row, &out);
	assert_string_equal(text_str(&out), want);
	text_free(&out);
}

static bool draft_do(struct fixture *f, struct conf_draft *draft, struct request *request)
{
	f->diag = (struct diag){ 0 };
	return conf_draft_change(draft, request, &f->id, &f->diag);
}

#define draft_add(f_, draft_, path_, ...)                                                          \
	draft_do(f_, draft_, fixture_make(f_, VERB_ADD, path_, 0, __VA_ARGS__, NULL))
#define draft_set(f_, draft_, path_, id_, ...)                                                     \
	draft_do(f_, draft_, fixture_make(f_, VERB_SET, path_, id_, __VA_ARGS__, NULL))
#define draft_remove(f_, draft_, path_, id_)                                                       \
	draft_do(f_, draft_, fixture_make(f_, VERB_REMOVE, path_, id_, NULL))

static bool draft_commit(struct fixture *f, struct conf_draft *draft)
{
	const struct journal_origin origin = { .who = "admin", .door = "console", .line = "x" };
	unsigned before = f->answers;

	conf_draft_commit(draft, &origin, fixture_answer, f);
	while (f->answers == before)
		assert_true(fixture_background_turn(&f->background));
	return f->ok;
}

static void lines_are(const struct conf_draft *draft, const char *want)
{
	struct text out = { 0 };

	conf_draft_lines(draft, &out);
	assert_string_equal(text_str(&out), want);
	text_free(&out);
}

/* What exports read is what is published. */
static bool exports_differ(struct fixture *f, const struct text *before)
{
	struct text now = { 0 };
	bool differ;

	fixture_export(f, &now);
	differ = strcmp(text_str(before), text_str(&now)) != 0;
	text_free(&now);
	return differ;
}

static void seen_only_through_the_draft(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct text before = { 0 };
	uint32_t vlan;

	assert_int_equal(fixture_open(&f, NULL), 0);
	fixture_export(&f, &before);
	draft = conf_draft_new(f.conf);
	assert_false(conf_draft_changes(draft));
	assert_true(draft_add(&f, draft, "/interface/vlan", "name", "v7", "vlan-id", "7",
	                      "interface", "ether1"));
	vlan = f.id;
	assert_true(
		draft_add(&f, draft, "/ip/address", "address", "10.0.0.1/24", "interface", "v7"));
	field_is(conf_draft_state(draft), "/interface/vlan", vlan, "vlan-id", "7");
	assert_true(conf_draft_changes(draft));
	assert_int_equal(named(&f, "interface", "v7"), 0);
	assert_false(exports_differ(&f, &before));
	conf_draft_free(draft);
	assert_false(exports_differ(&f, &before));
	text_free(&before);
	fixture_close(&f);
}

static void all_at_once(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	uint64_t revision;
	uint32_t vlan;

	assert_int_equal(fixture_open(&f, NULL), 0);
	(void)fixture_add(&f, "/ip/rule", "action", "drop");
	revision = f.revision;
	f.router.published = 0;
	draft = conf_draft_new(f.conf);
	assert_true(draft_add(&f, draft, "/interface/vlan", "name", "v7", "vlan-id", "7",
	                      "interface", "ether1"));
	vlan = f.id;
	assert_true(draft_set(&f, draft, "/interface/vlan", vlan, "vlan-id", "8"));
	assert_true(
		draft_add(&f, draft, "/ip/address", "address", "10.0.0.1/24", "interface", "v7"));
	assert_true(conf_draft_try(draft, &f.diag));
	assert_int_equal(f.router.prepared, 0);
	assert_int_equal(f.router.published, 0);
	assert_true(draft_commit(&f, draft));
	assert_int_equal(f.revision, revision + 1);
	assert_int_equal(named(&f, "interface", "v7"), vlan);
	conf_draft_free(draft);
	assert_int_equal(fixture_add(&f, "/ip/rule", "action", "drop"), vlan + 2);
	fixture_close(&f);
}

static void nothing_changed_is_no_revision(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	uint64_t revision;
	uint32_t id;

	assert_int_equal(fixture_open(&f, NULL), 0);
	id = fixture_add(&f, "/ip/rule", "action", "drop");
	revision = f.revision;
	draft = conf_draft_new(f.conf);
	assert_true(draft_set(&f, draft, "/ip/rule", id, "action", "accept"));
	assert_true(draft_set(&f, draft, "/ip/rule", id, "action", "drop"));
	assert_false(conf_draft_changes(draft));
	assert_true(draft_commit(&f, draft));
	assert_int_equal(f.revision, revision);
	conf_draft_free(draft);
	fixture_close(&f);
}

/* A change that is refused leaves the draft as it was, even when it was half done. */
static void a_refused_change_is_undone(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct request *both;
	uint32_t first;

	assert_int_equal(fixture_open(&f, NULL), 0);
	first = fixture_add(&f, "/ip/rule", "action", "drop");
	draft = conf_draft_new(f.conf);
	both = fixture_make(&f, VERB_SET, "/ip/rule", first, "action", "reject", NULL);
	both->ids = arena_new(&f.arena, 2, sizeof *both->ids);
	both->ids[0] = first;
	both->ids[1] = 0x99;
	both->nids = 2;
	assert_refused(&f, draft_do(&f, draft, both),
	               "no such item: *99 is not in /ip/rule (any more)");
	field_is(conf_draft_state(draft), "/ip/rule", first, "action", "drop");
	assert_true(draft_add(&f, draft, "/ip/address", "address", "10.0.0.1/8", "interface",
	                      "ether1"));
	assert_refused(
		&f,
		draft_add(&f, draft, "/ip/address", "address", "10.0.0.1/8", "interface", "ether1"),
		"failure: already have such address");
	assert_int_equal(conf_state_rows(conf_draft_state(draft), "/ip/address").n, 1);
	conf_draft_free(draft);
	fixture_close(&f);
}

/* What can't be compiled is refused by try and by commit, and nothing is published. */
static void what_cannot_be_prepared(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct text before = { 0 };

	assert_int_equal(fixture_open(&f, NULL), 0);
	fixture_export(&f, &before);
	draft = conf_draft_new(f.conf);
	assert_true(draft_add(&f, draft, "/ip/address", "address", "10.0.0.1/8", "interface",
	                      "ether1"));
	assert_true(draft_add(&f, draft, "/ip/rule", "action", "drop"));
	f.router.refuse = true;
	assert_refused(&f, conf_draft_try(draft, &f.diag), "failure: too many rules; remove some");
	f.diag = (struct diag){ 0 };
	assert_refused(&f, draft_commit(&f, draft), "failure: too many rules; remove some");
	assert_false(exports_differ(&f, &before));
	conf_draft_free(draft);
	text_free(&before);
	fixture_close(&f);
}

static void others_change_meanwhile(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	const struct conf_state *state;
	uint32_t mine, theirs, rule;

	assert_int_equal(fixture_open(&f, NULL), 0);
	rule = fixture_add(&f, "/ip/rule", "action", "drop");
	draft = conf_draft_new(f.conf);
	assert_true(draft_add(&f, draft, "/ip/rule", "comment", "mine"));
	mine = f.id;
	assert_true(draft_set(&f, draft, "/ip/rule", rule, "timeout", "5s"));
	theirs = fixture_add(&f, "/ip/rule", "comment", "theirs");
	assert_true(theirs != mine);
	assert_true(fixture_set(&f, "/ip/rule", rule, "action", "reject", "comment", "x"));
	assert_true(conf_draft_try(draft, &f.diag));
	assert_true(draft_commit(&f, draft));
	state = conf_hold(f.conf);
	field_is(state, "/ip/rule", rule, "action", "reject");
	field_is(state, "/ip/rule", rule, "timeout", "5s");
	assert_string_equal(conf_state_row(state, "/ip/rule", rule)->comment, "x");
	assert_string_equal(conf_state_row(state, "/ip/rule", mine)->comment, "mine");
	assert_string_equal(conf_state_row(state, "/ip/rule", theirs)->comment, "theirs");
	conf_release(f.conf, state);
	conf_draft_free(draft);
	fixture_close(&f);
}

static void what_no_longer_fits_is_named(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct text before = { 0 };
	uint32_t rule, vlan;
	char text[DIAG_TEXT_BYTES];

	assert_int_equal(fixture_open(&f, NULL), 0);
	rule = fixture_add(&f, "/ip/rule", "action", "drop");
	vlan = fixture_add(&f, "/interface/vlan", "name", "v7", "vlan-id", "7", "interface",
	                   "ether1");
	draft = conf_draft_new(f.conf);
	assert_true(draft_set(&f, draft, "/ip/rule", rule, "timeout", "5s"));
	assert_true(fixture_remove(&f, "/ip/rule", rule));
	fixture_export(&f, &before);
	snprintf(text, sizeof text,
	         "no such item\n/ip/rule *%X was removed by somebody else meanwhile; nothing was "
	         "changed",
	         rule);
	assert_refused(&f, draft_commit(&f, draft), text);
	assert_false(exports_differ(&f, &before));
	conf_draft_free(draft);

	draft = conf_draft_new(f.conf);
	assert_true(
		draft_add(&f, draft, "/ip/address", "address", "10.0.0.1/8", "interface", "v7"));
	snprintf(text, sizeof text,
	         "input does not match any value of interface\n/ip/address *%X names v7, which "
	         "somebody else has removed meanwhile; nothing was changed",
	         f.id);
	assert_true(fixture_remove(&f, "/interface/vlan", vlan));
	f.diag = (struct diag){ 0 };
	assert_refused(&f, conf_draft_try(draft, &f.diag), text);
	assert_refused(&f, draft_commit(&f, draft), text);
	conf_draft_free(draft);
	text_free(&before);
	fixture_close(&f);
}

static void what_others_need_stays(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	uint32_t profile;

	assert_int_equal(fixture_open(&f, NULL), 0);
	profile = fixture_add(&f, "/profile", "name", "p");
	draft = conf_draft_new(f.conf);
	assert_true(draft_remove(&f, draft, "/profile", profile));
	(void)fixture_add(&f, "/interface/vlan", "name", "v7", "vlan-id", "7", "interface",
	                  "ether1", "profile", "p");
	assert_refused(&f, draft_commit(&f, draft),
	               "failure: p is in use: items name it (1 in /interface/vlan); remove or "
	               "change those first");
	conf_draft_free(draft);
	fixture_close(&f);
}

static void said_in_lines(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct text want = { 0 };
	uint32_t rule, gone, first;

	assert_int_equal(fixture_open(&f, NULL), 0);
	rule = fixture_add(&f, "/ip/rule", "action", "drop", "secret", "hush", "comment", "a b");
	gone = fixture_add(&f, "/ip/rule", "action", "reject", "secret", "hush");
	first = rule;
	draft = conf_draft_new(f.conf);
	assert_true(draft_set(&f, draft, "/ip/rule", rule, "action", "reject", "comment", "",
	                      "secret", "psst"));
	assert_true(draft_remove(&f, draft, "/ip/rule", gone));
	assert_true(draft_set(&f, draft, "/interface/ethernet", named(&f, "interface", "ether1"),
	                      "mtu", "1400"));
	assert_true(draft_set(&f, draft, "/ip/settings", 0, "forward", "no"));
	assert_true(draft_add(&f, draft, "/ip/rule", "place-before",
	                      arena_printf(&f.arena, "*%X", first), "secret", "psst"));
	text_printf(&want,
	            "/ip/rule/remove *%X # action=reject\n"
	            "/ip/settings/set forward=no # was forward=yes\n"
	            "/interface/ethernet/set ether1 mtu=1400 # was mtu=1500\n"
	            "/ip/rule/set *%X action=reject comment=\"\" # was action=drop comment=\"a b\";"
	            " secret changes and is not shown\n"
	            "/ip/rule/add place-before=*%X # secret changes and is not shown\n",
	            gone, rule, first);
	lines_are(draft, text_str(&want));
	text_free(&want);
	conf_draft_free(draft);
	fixture_close(&f);
}

/* As on the first day, and the things keep their ids. */
static void reset_makes_fresh(void **unused)
{
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct text fresh = { 0 };
	uint32_t ether1, builtin;

	assert_int_equal(fixture_open(&f, NULL), 0);
	fixture_export(&f, &fresh);
	ether1 = named(&f, "interface", "ether1");
	builtin = named(&f, "/profile", "default");
	(void)fixture_add(&f, "/ip/rule", "action", "drop");
	assert_true(fixture_set(&f, "/interface/ethernet", ether1, "name", "wan", "mtu", "1400"));
	assert_true(fixture_set(&f, "/profile", builtin, "timeout", "3s"));
	assert_true(fixture_remove(&f, "/profile", named(&f, "/profile", "quick")));
	assert_true(fixture_set(&f, "/ip/settings", 0, "forward", "no"));
	assert_true(exports_differ(&f, &fresh));
	draft = conf_draft_new(f.conf);
	assert_true(conf_draft_reset(draft, NULL, false, &f.diag));
	assert_true(draft_commit(&f, draft));
	assert_false(exports_differ(&f, &fresh));
	assert_int_equal(named(&f, "interface", "ether1"), ether1);
	assert_int_equal(named(&f, "/profile", "default"), builtin);
	conf_draft_free(draft);
	text_free(&fresh);
	fixture_close(&f);
}

static void reset_keeps_what_it_is_told(void **unused)
{
	static const char *const keep[] = { "/ip/rule", NULL };
	struct fixture f = { 0 };
	struct conf_draft *draft;
	uint32_t rule;

	assert_int_equal(fixture_open(&f, NULL), 0);
	rule = fixture_add(&f, "/ip/rule", "action", "drop");
	(void)fixture_add(&f, "/profile", "name", "p");
	draft = conf_draft_new(f.conf);
	assert_true(conf_draft_reset(draft, keep, true, &f.diag));
	assert_true(draft_commit(&f, draft));
	conf_draft_free(draft);
	assert_int_equal(named(&f, "/profile", "p"), 0);
	assert_int_equal(named(&f, "/profile", "quick"), 0);
	assert_true(named(&f, "/profile", "default") != 0);
	assert_true(fixture_set(&f, "/ip/rule", rule, "action", "accept"));
	fixture_close(&f);
}

/* It is one line of history, and after a restart it is all there. */
static void stored_as_one(void **unused)
{
	struct memory_store store;
	struct fixture f = { 0 };
	struct conf_draft *draft;
	struct text before = { 0 };

	memory_store_init(&store);
	assert_int_equal(fixture_open(&f, &store), 0);
	draft = conf_draft_new(f.conf);
	assert_true(draft_add(&f, draft, "/ip/rule", "action", "drop"));
	assert_true(draft_add(&f, draft, "/ip/rule", "action", "reject"));
	f.background.at_once = false;
	conf_draft_commit(draft, &(struct journal_origin){ .who = "a", .line = "import" },
	                  fixture_answer, &f);
	conf_draft_free(draft); /* whoever asked is gone */
	assert_true(fixture_background_turn(&f.background));
	assert_true(f.ok);
	assert_int_equal(f.revision, 2);
	fixture_export(&f, &before);
	fixture_close(&f);
	f = (struct fixture){ 0 };
	assert_int_equal(fixture_open(&f, &store), 0);
	assert_false(exports_differ(&f, &before));
	fixture_close(&f);
	text_free(&before);
	memory_store_free(&store);
}

static struct request *random_request(struct fixture *f, const struct conf_state *state,
                                      struct seeded *seed)
{
	struct rows rows = conf_state_rows(state, "/ip/rule");
	uint32_t id = rows.n > 0 ? rows.at[(seeded_next(seed) % rows.n)]->id : 0;
	const char *word = arena_printf(&f->arena, "%u", (unsigned)(seeded_next(seed) % 1000));
	struct request *request;

	switch (id != 0 ? seeded_next(seed) % 6 : 0) {
	case 0:
	case 1:
		request = fixture_make(f, VERB_ADD, "/ip/rule", 0, "comment", word, NULL);
		request->place_before = seeded_next(seed) % 2 == 0 ? id : 0;
		return request;
	case 2:
		return fixture_make(f, VERB_REMOVE, "/ip/rule", id, NULL);
	case 3:
		request = fixture_make(f, VERB_MOVE, "/ip/rule", id, NULL);
		request->place_before = rows.at[(seeded_next(seed) % rows.n)]->id;
		return request;
	default:
		return fixture_make(f, VERB_SET, "/ip/rule", id, "comment", word, NULL);
	}
}

/* Any changes, in a draft or one by one, lead to the same. */
static void like_one_by_one(void **unused)
{
	for (uint64_t first = 1; first <= 60; first++) {
		struct fixture one = { 0 }, all = { 0 };
		struct conf_draft *draft;
		struct text want = { 0 };
		struct seeded seed = seeded_make(first);

		assert_int_equal(fixture_open(&one, NULL), 0);
		assert_int_equal(fixture_open(&all, NULL), 0);
		for (int i = 0; i < 10; i++) {
			(void)fixture_add(&one, "/ip/rule", "comment", "old");
			(void)fixture_add(&all, "/ip/rule", "comment", "old");
		}
		draft = conf_draft_new(all.conf);
		for (int i = 0; i < 40; i++) {
			const struct conf_state *state = conf_draft_state(draft);
			struct seeded again = seed;
			struct request *mine = random_request(&all, state, &seed);
			struct request *same = random_request(&one, state, &again);

			assert_int_equal(fixture_do(&one, same), draft_do(&all, draft, mine));
		}
		assert_true(draft_commit(&all, draft));
		conf_draft_free(draft);
		fixture_export(&one, &want);
		assert_false(exports_differ(&all, &want));
		text_free(&want);
		fixture_close(&one);
		fixture_close(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seen_only_through_the_draft),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(nothing_changed_is_no_revision),
		cmocka_unit_test(a_refused_change_is_undone),
		cmocka_unit_test(what_cannot_be_prepared),
		cmocka_unit_test(others_change_meanwhile),
		cmocka_unit_test(what_no_longer_fits_is_named),
		cmocka_unit_test(what_others_need_stays),
		cmocka_unit_test(said_in_lines),
		cmocka_unit_test(reset_makes_fresh),
		cmocka_unit_test(reset_keeps_what_it_is_told),
		cmocka_unit_test(stored_as_one),
		cmocka_unit_test(like_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
