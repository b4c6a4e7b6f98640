/* The router's own text files: names, round trips, and faults at every call of the store. */
#include <errno.h>

#include "fixture.h"

#include "conf/file.h"

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
		{ "config.db", "config.db.rsc" },
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(a_power_cut_leaves_one_of_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
