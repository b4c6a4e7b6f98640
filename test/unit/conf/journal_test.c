#include "fixture.h"

#define DB "config.db"

static uint32_t draw(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33) % below;
}

/* Everything a state holds that is worth keeping: ids, order, flags and values. */
static char *dump(struct fixture *f)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct text out = { 0 }, export = { 0 };
	char *kept;

	for (size_t m = 0; fixture_menus[m] != NULL; m++) {
		struct rows rows = conf_state_rows(state, fixture_menus[m]->path);

		text_printf(&out, "%s:", fixture_menus[m]->path);
		for (size_t i = 0; i < rows.n; i++)
			text_printf(&out, " *%X/%X", rows.at[i]->id, rows.at[i]->flags);
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

static uint32_t any_row(struct fixture *f, const char *path, uint64_t *seed)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct rows rows = conf_state_rows(state, path);
	uint32_t id = rows.n > 0 ? rows.at[draw(seed, (uint32_t)rows.n)]->id : 1;

	conf_release(f->conf, state);
	return id;
}

/* A request that mostly can be carried out. */
static struct request *any_request(struct fixture *f, uint64_t *seed)
{
	char a[32], b[32];
	struct request *request;
	uint32_t which = draw(seed, 10);

	snprintf(a, sizeof a, "n%u", draw(seed, 20));
	snprintf(b, sizeof b, "%u", 1 + draw(seed, 4000));
	if (which < 2)
		return fixture_make(f, VERB_ADD, "/interface/vlan", 0, "name", a, "vlan-id", b,
		                    "interface", draw(seed, 2) != 0 ? "ether1" : "ether2", NULL);
	if (which < 4) {
		request = fixture_make(f, VERB_ADD, "/ip/rule", 0, "timeout", b, "comment",
		                       "two\nlines \\ and \"quotes\"", NULL);
		request->place_before = draw(seed, 2) != 0 ? any_row(f, "/ip/rule", seed) : 0;
		return request;
	}
	if (which == 4)
		return fixture_make(f, VERB_REMOVE, "/interface/vlan",
		                    any_row(f, "/interface/vlan", seed), NULL);
	if (which == 5)
		return fixture_make(f, VERB_REMOVE, "/ip/rule", any_row(f, "/ip/rule", seed), NULL);
	if (which == 6) {
		request =
			fixture_make(f, VERB_MOVE, "/ip/rule", any_row(f, "/ip/rule", seed), NULL);
		request->place_before = any_row(f, "/ip/rule", seed);
		return request;
	}
	if (which == 7)
		return fixture_make(f, VERB_SET, "/ip/rule", any_row(f, "/ip/rule", seed), "secret",
		                    a, "state", draw(seed, 2) != 0 ? "new,related" : "!", NULL);
	if (which == 8)
		return fixture_make(f, VERB_SET, "/interface/ethernet",
		                    any_row(f, "/interface/ethernet", seed), "mtu", b, NULL);
	return fixture_make(f, VERB_SET, "/ip/settings", 0, "identity", a, NULL);
}

static void reopen(struct fixture *f, struct memory_store *store)
{
	*f = (struct fixture){ 0 };
	if (fixture_open(f, store) != 0)
		fail_msg("%s", f->diag.text);
}

static void what_was_stored_comes_back(void **unused)
{
	struct fixture f;
	struct memory_store store;
	uint64_t seed = 7;
	unsigned done = 0;

	memory_store_init(&store);
	reopen(&f, &store);
	for (int round = 0; round < 30; round++) {
		char *before, *after;

		for (int i = 0; i < 10; i++)
			done += fixture_do(&f, any_request(&f, &seed));
		before = dump(&f);
		fixture_close(&f);
		assert_int_equal(store.open_files, 0);
		reopen(&f, &store);
		after = dump(&f);
		assert_string_equal(before, after);
		mem_free(before);
		mem_free(after);
	}
	assert_true(done > 100);
	fixture_close(&f);
	memory_store_free(&store);
}

/* A store with some rows in it, closed. */
static void make_used(struct memory_store *store)
{
	struct fixture f;
	uint64_t seed = 3;

	memory_store_init(store);
	reopen(&f, store);
	for (int i = 0; i < 30; i++)
		(void)fixture_do(&f, any_request(&f, &seed));
	fixture_close(&f);
}

/* A change that can always be carried out: of one row, or of many at once. */
static bool change(struct fixture *f, bool large)
{
	struct request *all[60];
	unsigned before = f->answers;
	size_t n = large ? ARRAY_LEN(all) : 1;
	char comment[400];

	memset(comment, 'c', sizeof comment - 1);
	comment[sizeof comment - 1] = '\0';
	for (size_t i = 0; i < n; i++)
		all[i] = fixture_make(f, VERB_ADD, "/ip/rule", 0, "action", "drop", "comment",
		                      comment, NULL);
	conf_change_all(f->conf, all, n, fixture_answer, f);
	assert_int_equal(f->answers, before + 1);
	return f->ok;
}

struct fault {
	bool large;
	bool once;  /* later calls succeed */
	bool power; /* the power goes with the fault; otherwise the program starts again */
	int error;
	unsigned cuts; /* how many ways of losing power are tried at each call; 0: one */
};

/* What @used would be with the change. */
static char *changed_dump(const struct memory_store *used, const struct fault *fault)
{
	struct fixture f;
	struct memory_store store;
	char *dumped;

	memory_store_copy(&store, used);
	reopen(&f, &store);
	assert_true(change(&f, fault->large));
	dumped = dump(&f);
	fixture_close(&f);
	memory_store_free(&store);
	return dumped;
}

/* Close, go through what @fault does to a store, open again. */
static void start_again(struct fixture *f, struct memory_store *store, const struct fault *fault,
                        uint64_t seed)
{
	if (fault->power) {
		store->fail_error = -EIO; /* what closing writes does not arrive */
		store->fail_from = 0;
		store->fail_once = false;
		fixture_close(f);
		memory_store_cut(store, seed);
	} else {
		memory_store_restart(store);
		fixture_close(f);
	}
	reopen(f, store);
}

/*
 * Carry out one change on a copy of @used with a fault at call @at. The state that runs and the
 * one found at the next start are exactly the old or the new one, and never less than what was
 * acknowledged. Returns false when the change is over before call @at.
 */
static bool fault_at(const struct memory_store *used, const struct fault *fault, const char *new,
                     uint64_t at, unsigned cut)
{
	struct fixture f;
	struct memory_store store;
	char *old, *running, *found;
	bool ok, reached;

	memory_store_copy(&store, used);
	reopen(&f, &store);
	old = dump(&f);
	store.calls = 0;
	store.fail_from = at;
	store.fail_once = fault->once;
	store.fail_error = fault->error;
	ok = change(&f, fault->large);
	reached = store.calls > at;
	running = dump(&f);
	assert_string_equal(running, ok ? new : old);
	if (!ok && strstr(f.diag.text, strerror(-fault->error)) == NULL)
		fail_msg("%s", f.diag.text);

	start_again(&f, &store, fault, at * 31 + cut);
	found = dump(&f);
	/* Where the store itself died a change may be stored that nobody was told of. */
	if (ok || fault->once || strcmp(found, old) != 0)
		assert_string_equal(found, ok || !fault->once ? new : old);
	assert_true(change(&f, false));
	mem_free(old);
	mem_free(running);
	mem_free(found);
	fixture_close(&f);
	memory_store_free(&store);
	return reached;
}

static void every_fault(const struct fault *fault)
{
	struct memory_store used;
	uint64_t at = 0;
	bool reached = true;
	char *new;

	make_used(&used);
	new = changed_dump(&used, fault);
	for (; reached; at++) {
		for (unsigned cut = 0; cut == 0 || cut < fault->cuts; cut++)
			reached = fault_at(&used, fault, new, at, cut);
	}
	assert_true(at > 5);
	mem_free(new);
	memory_store_free(&used);
}

static void an_error_at_any_call_changes_nothing(void **unused)
{
	every_fault(&(struct fault){ .once = true, .error = -EIO });
	every_fault(&(struct fault){ .once = true, .error = -ENOSPC, .large = true });
	/* Taken back so that not even the power's going brings it back. */
	every_fault(&(struct fault){ .once = true, .error = -EIO, .power = true, .cuts = 24 });
}

static void a_store_that_stays_broken_changes_nothing(void **unused)
{
	every_fault(&(struct fault){ .error = -EIO });
	every_fault(&(struct fault){ .error = -EROFS, .large = true });
}

static void power_lost_at_any_call_leaves_old_or_new(void **unused)
{
	every_fault(&(struct fault){ .error = -EIO, .power = true, .cuts = 8 });
	every_fault(&(struct fault){ .error = -EIO, .power = true, .large = true });
}

/* Power goes right after an answer, again and again: nothing that was acknowledged is lost. */
static void what_was_acknowledged_is_never_lost(void **unused)
{
	struct fixture f;
	struct memory_store store;
	uint64_t seed = 5;

	memory_store_init(&store);
	for (int round = 0; round < 40; round++) {
		char *before, *after;

		reopen(&f, &store);
		for (uint32_t i = draw(&seed, 4); i > 0; i--)
			(void)fixture_do(&f, any_request(&f, &seed));
		before = dump(&f);
		store.calls = 0;
		store.fail_from = 0;
		store.fail_once = false;
		store.fail_error = -EIO; /* nothing is written by closing */
		fixture_close(&f);
		memory_store_cut(&store, (uint64_t)round);
		reopen(&f, &store);
		after = dump(&f);
		assert_string_equal(before, after);
		mem_free(before);
		mem_free(after);
		fixture_close(&f);
	}
	memory_store_free(&store);
}

/* The first start of all, too, is whole or did not happen. */
static void a_first_start_may_be_cut_off(void **unused)
{
	uint64_t at = 0;
	bool reached = true;

	for (; reached; at++) {
		struct fixture f = { 0 };
		struct memory_store store;

		memory_store_init(&store);
		store.fail_from = at;
		store.fail_error = -EIO;
		(void)fixture_open(&f, &store);
		reached = store.calls > at;
		fixture_close(&f);
		memory_store_cut(&store, at);
		reopen(&f, &store);
		assert_int_equal(f.router.prepared, 0);
		assert_true(fixture_set(&f, "/ip/settings", 0, "identity", "here"));
		fixture_close(&f);
		memory_store_free(&store);
	}
	assert_true(at > 20);
}

/* Damage is noticed, or it is where nothing is kept: never is another state taken for good. */
static void damage_is_noticed(void **unused)
{
	struct memory_store used;
	struct fixture f;
	uint64_t seed = 9;
	char *good;
	unsigned noticed = 0;

	make_used(&used);
	reopen(&f, &used);
	good = dump(&f);
	fixture_close(&f);
	for (int i = 0; i < 400; i++) {
		struct memory_store store;
		struct memory_bytes *bytes;
		int result;

		memory_store_copy(&store, &used);
		bytes = memory_store_bytes(&store, DB);
		if (i % 10 == 0)
			memory_resize(bytes, draw(&seed, (uint32_t)bytes->len));
		else
			bytes->at[draw(&seed, (uint32_t)bytes->len)] ^=
				(uint8_t)(1 << draw(&seed, 8));
		f = (struct fixture){ 0 };
		result = fixture_open(&f, &store);
		if (result == 0) {
			char *now = dump(&f);

			assert_string_equal(now, good);
			mem_free(now);
		} else {
			noticed++;
			assert_non_null(strstr(f.diag.text, DB));
		}
		fixture_close(&f);
		memory_store_free(&store);
	}
	assert_true(noticed > 50);
	mem_free(good);
	memory_store_free(&used);
}

static void an_emptied_store_is_not_fresh(void **unused)
{
	struct memory_store used;
	struct fixture f = { 0 };

	make_used(&used);
	memory_resize(memory_store_bytes(&used, DB), 0);
	assert_int_equal(fixture_open(&f, &used), -EUCLEAN);
	assert_string_equal(f.diag.text,
	                    "config.db is damaged (it is empty, although it once held a "
	                    "configuration). Put a copy of it back, or, to start with a fresh "
	                    "configuration, remove it and config.kept");
	fixture_close(&f);
	memory_store_free(&used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_stored_comes_back),
		cmocka_unit_test(an_error_at_any_call_changes_nothing),
		cmocka_unit_test(a_store_that_stays_broken_changes_nothing),
		cmocka_unit_test(power_lost_at_any_call_leaves_old_or_new),
		cmocka_unit_test(what_was_acknowledged_is_never_lost),
		cmocka_unit_test(a_first_start_may_be_cut_off),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(an_emptied_store_is_not_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
