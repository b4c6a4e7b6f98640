#include "conf/trial.h"

#include "conf/journal.h"
#include "fixture.h"

/* A fixture whose log and clock a test can turn. */
struct bench {
	struct memory_store store;
	struct fixture f;
};

static void bench_open(struct bench *b)
{
	b->f = (struct fixture){ 0 };
	if (fixture_open(&b->f, &b->store) != 0)
		fail_msg("%s", b->f.diag.text);
}

static void bench_begin(struct bench *b)
{
	memory_store_init(&b->store);
	bench_open(b);
}

static void bench_end(struct bench *b)
{
	fixture_close(&b->f);
	memory_store_free(&b->store);
}

/* The power goes: what was in memory is gone, the store is as it was written. */
static void power_cut(struct bench *b)
{
	b->store.fail_error = -EIO;
	b->store.fail_from = 0;
	fixture_close(&b->f);
	memory_store_cut(&b->store, 7);
	bench_open(b);
}

static void settle(struct fixture *f)
{
	while (fixture_background_turn(&f->background))
		;
}

static uint32_t take(struct fixture *f, const char *who)
{
	struct diag diag = { 0 };
	uint32_t id = trial_take(f->conf, who, "console", &diag);

	assert_int_not_equal(id, 0);
	return id;
}

static uint32_t add(struct fixture *f, uint32_t trial, const char *comment)
{
	struct request *request = fixture_make(f, VERB_ADD, "/ip/rule", 0, "action", "drop",
	                                       "comment", comment, NULL);

	request->trial = trial;
	return fixture_done(f, fixture_do(f, request));
}

static void set(struct fixture *f, uint32_t trial, uint32_t id, const char *comment)
{
	struct request *request =
		fixture_make(f, VERB_SET, "/ip/rule", id, "comment", comment, NULL);

	request->trial = trial;
	(void)fixture_done(f, fixture_do(f, request));
}

static void remove_rule(struct fixture *f, uint32_t trial, uint32_t id)
{
	struct request *request = fixture_make(f, VERB_REMOVE, "/ip/rule", id, NULL);

	request->trial = trial;
	(void)fixture_done(f, fixture_do(f, request));
}

/* The comments of all rules, in order: "a b c ". */
static void assert_rules(struct fixture *f, const char *expected)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct rows rows = conf_state_rows(state, "/ip/rule");
	struct text text = { 0 };

	for (size_t i = 0; i < rows.n; i++)
		text_printf(&text, "%s ", rows.at[i]->comment);
	assert_string_equal(text_str(&text), expected);
	text_free(&text);
	conf_release(f->conf, state);
}

static void assert_told(struct fixture *f, const char *who, const char *expected)
{
	struct text text = { 0 };

	trial_notices(f->conf, who, &text);
	assert_string_equal(text_str(&text), expected);
	text_free(&text);
}

static void what_is_lost_is_taken_back(void **unused)
{
	struct bench b;
	uint32_t a, safe;

	bench_begin(&b);
	a = add(&b.f, 0, "a");
	(void)add(&b.f, 0, "b");
	safe = take(&b.f, "admin");
	set(&b.f, safe, a, "A");
	(void)add(&b.f, safe, "c");
	remove_rule(&b.f, safe, a);
	assert_rules(&b.f, "b c ");
	trial_lost(b.f.conf, safe);
	settle(&b.f);
	assert_rules(&b.f, "a b ");
	assert_null(trial_first(b.f.conf));
	assert_told(&b.f, "other", "");
	assert_told(&b.f, "admin",
	            "safe mode of admin (console) ended without release: 3 items of 3 changes "
	            "taken back\n");
	assert_told(&b.f, "admin", "");
	power_cut(&b);
	assert_rules(&b.f, "a b ");
	bench_end(&b);
}

static void what_is_released_stays(void **unused)
{
	struct bench b;
	uint32_t safe;

	bench_begin(&b);
	safe = take(&b.f, "admin");
	(void)add(&b.f, safe, "a");
	trial_keep(b.f.conf, safe, fixture_answer, &b.f);
	settle(&b.f);
	assert_true(b.f.ok);
	trial_lost(b.f.conf, safe);
	power_cut(&b);
	assert_rules(&b.f, "a ");
	bench_end(&b);
}

static void the_power_takes_it_back(void **unused)
{
	struct bench b;
	uint32_t safe, a;

	bench_begin(&b);
	a = add(&b.f, 0, "a");
	safe = take(&b.f, "admin");
	set(&b.f, safe, a, "A");
	for (unsigned i = 0; i < 150; i++)
		(void)add(&b.f, safe, "x");
	power_cut(&b);
	assert_rules(&b.f, "a ");
	assert_told(&b.f, "admin",
	            "safe mode of admin (console) ended without release: 151 items of 151 changes "
	            "taken back\n");
	power_cut(&b);
	assert_rules(&b.f, "a ");
	bench_end(&b);
}

static void others_changes_stay(void **unused)
{
	struct bench b;
	uint32_t a, mine, other, safe, theirs;
	char told[256];

	bench_begin(&b);
	a = add(&b.f, 0, "a");
	other = add(&b.f, 0, "b");
	safe = take(&b.f, "admin");
	theirs = take(&b.f, "ann");
	set(&b.f, safe, a, "A");
	set(&b.f, safe, other, "B");
	mine = add(&b.f, safe, "mine");
	(void)add(&b.f, theirs, "theirs");
	set(&b.f, 0, other, "someone's");
	assert_rules(&b.f, "A someone's mine theirs ");
	trial_lost(b.f.conf, safe);
	settle(&b.f);
	assert_rules(&b.f, "a someone's theirs ");
	snprintf(told, sizeof told,
	         "safe mode of admin (console) ended without release: 2 items of 3 changes taken "
	         "back\nnot taken back: /ip/rule *%X: others have changed it since\n",
	         other);
	assert_told(&b.f, "admin", told);
	trial_keep(b.f.conf, theirs, fixture_answer, &b.f);
	settle(&b.f);
	power_cut(&b);
	assert_rules(&b.f, "a someone's theirs ");
	assert_int_not_equal(mine, 0);
	bench_end(&b);
}

/* What others have made of mine, or put on it, is not pulled away from under them. */
static void what_others_use_stays(void **unused)
{
	struct bench b;
	struct request *request;
	uint32_t safe;

	bench_begin(&b);
	safe = take(&b.f, "admin");
	request = fixture_make(&b.f, VERB_ADD, "/profile", 0, "name", "slow", NULL);
	request->trial = safe;
	(void)fixture_done(&b.f, fixture_do(&b.f, request));
	(void)fixture_add(&b.f, "/interface/vlan", "name", "v", "vlan-id", "7", "interface",
	                  "ether1", "profile", "slow");
	trial_lost(b.f.conf, safe);
	settle(&b.f);

	const struct conf_state *state = conf_hold(b.f.conf);

	assert_non_null(conf_state_named(state, "/profile", "slow", NULL));
	conf_release(b.f.conf, state);
	bench_end(&b);
}

/* A name that came free was taken by others: the one who had it can't come back, the rest does. */
static void a_name_that_was_taken(void **unused)
{
	struct bench b;
	struct request *request;
	uint32_t safe, old;

	bench_begin(&b);
	old = fixture_add(&b.f, "/profile", "name", "slow");
	safe = take(&b.f, "admin");
	request = fixture_make(&b.f, VERB_REMOVE, "/profile", old, NULL);
	request->trial = safe;
	(void)fixture_done(&b.f, fixture_do(&b.f, request));
	(void)add(&b.f, safe, "mine");
	(void)fixture_add(&b.f, "/profile", "name", "slow");
	trial_lost(b.f.conf, safe);
	settle(&b.f);
	assert_rules(&b.f, "");

	const struct conf_state *state = conf_hold(b.f.conf);

	assert_null(conf_state_row(state, "/profile", old));
	assert_non_null(conf_state_named(state, "/profile", "slow", NULL));
	conf_release(b.f.conf, state);
	bench_end(&b);
}

static uint32_t begin(struct fixture *f, uint64_t ms)
{
	const struct journal_origin origin = { .who = "admin", .door = "script" };
	uint32_t id = 0;

	trial_begin(f->conf, ms, &origin, &id, fixture_answer, f);
	settle(f);
	assert_true(f->ok);
	assert_int_not_equal(id, 0);
	return id;
}

static void without_confirm_it_is_taken_back(void **unused)
{
	struct bench b;
	uint32_t trial;

	bench_begin(&b);
	trial = begin(&b.f, 300000);
	(void)add(&b.f, trial, "a");
	trial_lost(b.f.conf, trial); /* it does not live by its login */
	settle(&b.f);
	assert_rules(&b.f, "a ");
	assert_int_equal(trial_due(b.f.conf).ns, mono_add_ms(fixture_mono(&b.f.clock), 300000).ns);
	trial_turn(b.f.conf, mono_add_ms(fixture_mono(&b.f.clock), 299999));
	settle(&b.f);
	assert_rules(&b.f, "a ");
	trial_turn(b.f.conf, mono_add_ms(fixture_mono(&b.f.clock), 300000));
	settle(&b.f);
	assert_rules(&b.f, "");
	assert_told(&b.f, "admin",
	            "commit-confirm of admin (script) was not confirmed: 1 items of 1 changes "
	            "taken back\n");
	bench_end(&b);
}

static void it_survives_a_restart(void **unused)
{
	struct bench b;
	uint32_t trial;

	bench_begin(&b);
	trial = begin(&b.f, 300000);
	(void)add(&b.f, trial, "a");
	power_cut(&b);
	assert_rules(&b.f, "a ");
	assert_non_null(trial_find(b.f.conf, trial));
	trial_keep(b.f.conf, trial, fixture_answer, &b.f);
	settle(&b.f);
	assert_true(b.f.ok);
	power_cut(&b);
	assert_rules(&b.f, "a ");
	assert_null(trial_first(b.f.conf));
	bench_end(&b);
}

/* A change that waits behind others when its login goes is taken back with the rest. */
static void what_was_queued_is_caught(void **unused)
{
	struct bench b;
	struct request *first, *mine;
	uint32_t safe;

	bench_begin(&b);
	b.f.background.at_once = false;
	safe = take(&b.f, "admin");
	first = fixture_make(&b.f, VERB_ADD, "/ip/rule", 0, "comment", "first", NULL);
	mine = fixture_make(&b.f, VERB_ADD, "/ip/rule", 0, "comment", "mine", NULL);
	mine->trial = safe;
	conf_change(b.f.conf, first, fixture_answer, &b.f);
	conf_change(b.f.conf, mine, fixture_answer, &b.f);
	trial_lost(b.f.conf, safe);
	settle(&b.f);
	assert_int_equal(b.f.answers, 2);
	assert_rules(&b.f, "first ");
	bench_end(&b);
}

/* A disk that is full for a while: it is tried again. */
static void it_is_tried_again(void **unused)
{
	struct bench b;
	uint32_t safe;

	bench_begin(&b);
	safe = take(&b.f, "admin");
	(void)add(&b.f, safe, "a");
	b.store.calls = 0;
	b.store.fail_from = 0;
	b.store.fail_error = -ENOSPC;
	trial_lost(b.f.conf, safe);
	settle(&b.f);
	assert_rules(&b.f, "a ");
	b.store.fail_error = 0;
	trial_turn(b.f.conf, fixture_mono(&b.f.clock));
	settle(&b.f);
	assert_rules(&b.f, "a ");
	trial_turn(b.f.conf, trial_due(b.f.conf));
	settle(&b.f);
	assert_rules(&b.f, "");
	bench_end(&b);
}

static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % below;
}

/*
 * Killed after any number of 500 changes: what is left is exactly what others did, whose rows are
 * their own.
 */
static void killed_anywhere(void **unused)
{
	for (uint64_t seed = 1; seed <= 6; seed++) {
		struct bench b;
		struct text expected = { 0 };
		uint64_t random = seed, upto = draw(&random, 500);
		uint32_t safe, last = 0;

		bench_begin(&b);
		safe = take(&b.f, "admin");
		for (uint64_t i = 0; i < upto; i++) {
			if (draw(&random, 10) == 0) {
				(void)add(&b.f, 0, "other");
				text_add(&expected, "other ");
			}
			if (last == 0 || draw(&random, 3) != 0)
				last = add(&b.f, safe, "mine");
			else
				set(&b.f, safe, last, draw(&random, 2) != 0 ? "more" : "less");
		}
		if (seed % 2 == 0) {
			trial_lost(b.f.conf, safe);
			settle(&b.f);
		} else {
			power_cut(&b);
		}
		assert_rules(&b.f, text_str(&expected));
		text_free(&expected);
		bench_end(&b);
	}
}

/* Two logins change one row in turns, and the power goes. */
static void both_are_lost_at_once(void **unused)
{
	struct bench b;
	uint32_t a, one, two;

	bench_begin(&b);
	a = add(&b.f, 0, "a");
	one = take(&b.f, "admin");
	two = take(&b.f, "admin");
	set(&b.f, one, a, "b");
	set(&b.f, two, a, "c");
	set(&b.f, one, a, "d");
	(void)add(&b.f, two, "e");
	power_cut(&b);
	assert_rules(&b.f, "a ");
	assert_told(&b.f, "admin",
	            "safe mode of admin (console) ended without release: 2 items of 2 changes "
	            "taken back\n"
	            "safe mode of admin (console) ended without release: 2 items of 2 changes "
	            "taken back\n");
	power_cut(&b);
	assert_rules(&b.f, "a ");
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_lost_is_taken_back),
		cmocka_unit_test(what_is_released_stays),
		cmocka_unit_test(the_power_takes_it_back),
		cmocka_unit_test(both_are_lost_at_once),
		cmocka_unit_test(others_changes_stay),
		cmocka_unit_test(what_others_use_stays),
		cmocka_unit_test(a_name_that_was_taken),
		cmocka_unit_test(without_confirm_it_is_taken_back),
		cmocka_unit_test(it_survives_a_restart),
		cmocka_unit_test(what_was_queued_is_caught),
		cmocka_unit_test(it_is_tried_again),
		cmocka_unit_test(killed_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
