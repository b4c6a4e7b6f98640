/* The router's own text files: names, round trips, and faults at every call of the store. */
#include <errno.h>

#include "fixture.h"

#include "conf/files.h"

struct got {
	bool done;
	int error;
	struct text text;
};

static void took(void *arg, int error, const char *text, size_t len)
{
	struct got *got = arg;

	got->done = true;
	got->error = error;
	text_clear(&got->text);
	text_bytes(&got->text, text, len);
}

static int write_file(struct fixture *f, const char *name, const char *text)
{
	struct got got = { 0 };

	file_write(f->conf, name, text, strlen(text), took, &got);
	while (!got.done)
		assert_true(fixture_background_turn(&f->background));
	text_free(&got.text);
	return got.error;
}

static int read_file(struct fixture *f, const char *name, struct text *out)
{
	struct got got = { 0 };

	file_read(f->conf, name, took, &got);
	while (!got.done)
		assert_true(fixture_background_turn(&f->background));
	text_clear(out);
	text_add(out, text_str(&got.text));
	text_free(&got.text);
	return got.error;
}

static void names(void **state)
{
	static const struct {
		const char *typed, *name; /* NULL: refused */
	} table[] = {
		{ "router", "router.rsc" },
		{ "a.rsc", "a.rsc" },
		{ "A-1_b.c", "A-1_b.c.rsc" },
		{ "", NULL },
		{ ".rsc", NULL },
		{ "../x", NULL },
		{ "a/b", NULL },
		{ "a b", NULL },
		{ ".hidden", NULL },
		{ "config.db", NULL },
		{ "config", "config.rsc" },
		{ "a2345678901234567890123456789012345678901234567890123456789012345", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct diag diag = { 0 };
		char name[FILE_NAME_BYTES];
		bool ok = file_name("file", table[i].typed, name, &diag);

		assert_int_equal(ok, table[i].name != NULL);
		if (ok)
			assert_string_equal(name, table[i].name);
		else
			assert_string_equal(diag.field, "file");
	}
}

static void what_was_written_is_read(void **state)
{
	struct memory_store store;
	struct fixture f = { 0 };
	struct text text = { 0 };

	(void)state;
	memory_store_init(&store);
	assert_int_equal(fixture_open(&f, &store), 0);
	assert_int_equal(read_file(&f, "a.rsc", &text), -ENOENT);
	assert_int_equal(write_file(&f, "a.rsc", "a long first text\n"), 0);
	assert_int_equal(write_file(&f, "a.rsc", "short\n"), 0);
	assert_int_equal(read_file(&f, "a.rsc", &text), 0);
	assert_string_equal(text_str(&text), "short\n");
	fixture_close(&f);
	text_free(&text);
	memory_store_free(&store);
}

/* The power goes at the n-th call of a write: afterwards there is the old text or the new one. */
static void a_power_cut_leaves_one_of_both(void **state)
{
	unsigned old = 0, new = 0;

	(void)state;
	for (unsigned n = 0; n < 12; n++) {
		for (uint64_t seed = 1; seed <= 8; seed++) {
			struct memory_store store;
			struct fixture f = { 0 };
			struct text text = { 0 };

			memory_store_init(&store);
			assert_int_equal(fixture_open(&f, &store), 0);
			assert_int_equal(write_file(&f, "a.rsc", "old"), 0);
			store.fail_from = store.calls + n;
			store.fail_error = -EIO;

			int error = write_file(&f, "a.rsc", "new");

			fixture_close(&f);
			store.fail_error = 0;
			memory_store_cut(&store, seed);
			memory_store_restart(&store);
			f = (struct fixture){ 0 };
			assert_int_equal(fixture_open(&f, &store), 0);
			assert_int_equal(read_file(&f, "a.rsc", &text), 0);
			if (error == 0)
				assert_string_equal(text_str(&text), "new");
			else if (strcmp(text_str(&text), "new") != 0)
				assert_string_equal(text_str(&text), "old");
			old += strcmp(text_str(&text), "old") == 0;
			new += strcmp(text_str(&text), "new") == 0;
			fixture_close(&f);
			text_free(&text);
			memory_store_free(&store);
		}
	}
	assert_true(old > 0 && new > 0);
}

/* "a.rsc=text b.rsc=..." as the list has it. */
static void list_is(struct fixture *f, const char *want)
{
	struct text text = { 0 };
	size_t n;
	const struct file_entry *at = files_list(f->conf, &n);

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(at[i].size, strlen(at[i].contents));
		assert_true(files_find(f->conf, at[i].id) == &at[i]);
		text_printf(&text, "%s%s=%s", i > 0 ? " " : "", at[i].name, at[i].contents);
	}
	assert_string_equal(text_str(&text), want);
	text_free(&text);
}

static void nothing(void *arg, int error, const char *text, size_t len)
{
	*(int *)arg = error;
}

/* What the router does is in the list before the disk is read again, and stays so behind that. */
static void the_list_follows(void **state)
{
	struct memory_store store;
	struct fixture f = { 0 };
	int error = 1;

	(void)state;
	memory_store_init(&store);
	assert_int_equal(fixture_open(&f, &store), 0);
	list_is(&f, "");
	f.background.at_once = false;

	uint64_t ticket = files_refresh(f.conf);

	assert_false(files_fresh(f.conf, ticket));
	while (fixture_background_turn(&f.background))
		;
	assert_true(files_fresh(f.conf, ticket));
	list_is(&f, "");
	assert_int_equal(write_file(&f, "b.rsc", "2"), 0);
	list_is(&f, "b.rsc=2");
	assert_int_equal(write_file(&f, "a.rsc", "1"), 0);
	list_is(&f, "a.rsc=1 b.rsc=2");
	while (fixture_background_turn(&f.background))
		;
	list_is(&f, "a.rsc=1 b.rsc=2");
	file_rename(f.conf, "a.rsc", "c.rsc", nothing, &error);
	assert_true(fixture_background_turn(&f.background));
	assert_int_equal(error, 0);
	list_is(&f, "b.rsc=2 c.rsc=1");
	file_rename(f.conf, "b.rsc", "c.rsc", nothing, &error);
	while (fixture_background_turn(&f.background))
		;
	assert_int_equal(error, -EEXIST);
	list_is(&f, "b.rsc=2 c.rsc=1");
	file_remove(f.conf, "b.rsc", nothing, &error);
	assert_true(fixture_background_turn(&f.background));
	list_is(&f, "c.rsc=1");
	while (fixture_background_turn(&f.background))
		;
	list_is(&f, "c.rsc=1");
	file_add(f.conf, "c.rsc", "x", 1, nothing, &error);
	while (fixture_background_turn(&f.background))
		;
	assert_int_equal(error, -EEXIST);
	list_is(&f, "c.rsc=1");
	fixture_close(&f);
	memory_store_free(&store);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*seed >> 33);
}

static void random_name(uint64_t *seed, char *name, size_t size)
{
	static const char *const pieces[] = { "..",      "/",     "a",    ".",    "%2f",  "config",
		                              ".db",     ".kept", ".new", ".txt", "-",    "_",
		                              "Z",       "9",     " ",    "\\",   "\001", "\xff",
		                              ".notice", ".rsc",  "-wal", ".1",   "~",    "*" };
	struct text out = text_into(name, size);

	if (next_random(seed) % 64 == 0)
		text_repeat(&out, 'x', 50 + next_random(seed) % 30);
	for (unsigned n = next_random(seed) % 5; n > 0; n--)
		text_add(&out, pieces[next_random(seed) % ARRAY_LEN(pieces)]);
}

/* What may be said of a name, written down once more. */
static bool may_be(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '.' && c != '_' && c != '-')
			return false;
	}
	if (len == 0 || len > 63 || name[0] == '.' || strstr(name, "config.db") == name ||
	    strstr(name, "config.kept") == name || strstr(name, "config.txt") == name ||
	    strstr(name, "config.notice") == name)
		return false;
	return len < 4 || strcmp(name + len - 4, ".new") != 0;
}

static void many_names(void **state)
{
	uint64_t seed = 4;
	unsigned taken = 0;

	(void)state;
	for (unsigned i = 0; i < 1000000; i++) {
		struct diag diag = { 0 };
		char typed[200], name[FILE_NAME_BYTES] = "";

		random_name(&seed, typed, sizeof typed);

		bool ok = file_name_any("name", typed, name, &diag);

		if (ok != may_be(typed) || (ok && strcmp(name, typed) != 0) ||
		    file_is_shown(typed) != ok)
			fail_msg("\"%s\" is %s", typed, ok ? "taken" : "refused");
		taken += ok;
	}
	assert_true(taken > 10000 && taken < 900000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(a_power_cut_leaves_one_of_both),
		cmocka_unit_test(many_names),
		cmocka_unit_test(the_list_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
