/* /file on a whole router: what is shown, made, changed and removed, and what can't be named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"
#include "conf/file.h"
#include "conf/files.h"
#include "ui/complete.h"

struct bench {
	struct memory_store store;
	struct small_router router;
	struct text out; /* what the last command has said */
};

static struct bench *bench_new(void)
{
	struct bench *b = mem_new(1, sizeof *b);

	memory_store_init(&b->store);
	assert_int_equal(small_router_open(&b->router, &b->store), 0);
	return b;
}

static void bench_free(struct bench *b)
{
	small_router_close(&b->router);
	memory_store_free(&b->store);
	text_free(&b->out);
	mem_free(b);
}

static bool type(struct bench *b, const char *line)
{
	text_clear(&b->out);
	return small_router_run(&b->router, line, strlen(line), &b->out);
}

static void shows(struct bench *b, const char *what)
{
	if (strstr(text_str(&b->out), what) == NULL)
		fail_msg("no \"%s\" in:\n%s", what, text_str(&b->out));
}

static void hides(struct bench *b, const char *what)
{
	if (strstr(text_str(&b->out), what) != NULL)
		fail_msg("\"%s\" in:\n%s", what, text_str(&b->out));
}

/* What the console gives for @expression. */
static void yields(struct bench *b, const char *expression, const char *value)
{
	char line[256];

	snprintf(line, sizeof line, ":put [%s]", expression);
	assert_true(type(b, line));
	text_clear(&b->out);
	assert_true(type(b, line));
	assert_int_equal(strlen(value) + 1, b->out.len);
	assert_memory_equal(text_str(&b->out), value, strlen(value));
}

static void made_changed_removed(void **unused)
{
	struct bench *b = bench_new();
	int open_files = b->store.open_files;

	assert_true(type(b, "/file/print; /file/add name=a.txt contents=hello"));
	yields(b, "/file/get a.txt contents", "hello");
	assert_true(type(b, "/file/print"));
	shows(b, "a.txt");
	shows(b, ".txt file");
	yields(b, "/file/get a.txt contents", "hello");
	yields(b, "/file/get a.txt size", "5");
	assert_true(type(b, "/file/set a.txt contents=\"other text\""));
	yields(b, "/file/get a.txt contents", "other text");
	assert_true(type(b, "/file/set a.txt name=b.rsc"));
	yields(b, "/file/get b.rsc type", "script");
	yields(b, "/file/get b.rsc contents", "other text");
	assert_true(type(b, "/file/set b.rsc name=c.rsc contents=\"\""));
	yields(b, "/file/get c.rsc size", "0");
	assert_true(type(b, "/file/print count-only"));
	shows(b, "1");
	assert_true(type(b, "/file/add name=d.rsc; /file/remove [find name~\"rsc\"]"));
	assert_true(type(b, "/file/print"));
	hides(b, "rsc");
	assert_int_equal(b->store.open_files, open_files);
	bench_free(b);
}

/* What the router writes is there at once: exports, reports, backups. */
static void what_commands_write_is_listed(void **unused)
{
	struct bench *b = bench_new();

	assert_true(type(b, "/export file=all; /ip/address/print file=list; "
	                    "/system/backup/save name=x dont-encrypt=yes"));
	assert_true(type(b, "/file/print"));
	shows(b, "all.rsc");
	shows(b, "list.txt");
	shows(b, "x.backup");
	hides(b, "config");
	assert_true(type(b, "/file/print detail where name=\"all.rsc\""));
	shows(b, "contents=");
	assert_true(type(b, "/file/add name=s.rsc contents=\"/system/identity/set name=z\"; "
	                    "/import s"));
	yields(b, "/system/identity/get name", "z");
	bench_free(b);
}

static void refused(void **unused)
{
	static const char *const lines[][2] = {
		{ "/file/add name=../x", "letters, digits, dots, dashes and underscores" },
		{ "/file/add name=a/b", "letters, digits, dots, dashes and underscores" },
		{ "/file/add name=\"\"", "letters, digits, dots, dashes and underscores" },
		{ "/file/add name=..", "letters, digits, dots, dashes and underscores" },
		{ "/file/add name=config.db", "the router keeps for itself" },
		{ "/file/add name=config.db-wal", "the router keeps for itself" },
		{ "/file/add name=x.new", "the router keeps for itself" },
		{ "/file/add name=d type=directory", "directories are not supported" },
		{ "/file/add name=d type=disk", "only file is supported" },
		{ "/file/add name=a.txt", "already have a file with such name" },
		{ "/file/set a.txt name=b.txt", "already have a file with such name" },
		{ "/file/set a.txt name=config.kept", "the router keeps for itself" },
		{ "/file/set a.txt name=../a", "letters, digits, dots, dashes and underscores" },
		{ "/file/set a.txt", "contents or name" },
		{ "/file/set no.txt contents=x", "no such item" },
		{ "/file/remove no.txt", "no such item" },
		{ "/file/remove config.db", "no such item" },
		{ "/ip/address/print file=config", "the router keeps for itself" },
	};
	struct bench *b = bench_new();

	assert_true(type(b, "/file/add name=a.txt contents=a; /file/add name=b.txt contents=b; "
	                    "/file/print"));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (type(b, lines[i][0]))
			fail_msg("taken: %s", lines[i][0]);
		shows(b, lines[i][1]);
		yields(b, "/file/get a.txt contents", "a");
		yields(b, "/file/get b.txt contents", "b");
	}
	bench_free(b);
}

/* A disk that fails is told, and the router goes on. */
static void a_failing_disk_is_told(void **unused)
{
	struct bench *b = bench_new();

	assert_true(type(b, "/file/add name=a.txt contents=a; /file/print"));
	b->store.fail_from = b->store.calls;
	b->store.fail_error = -EIO;
	assert_false(type(b, "/file/set a.txt contents=b"));
	shows(b, "failure: a.txt: Input/output error");
	assert_false(type(b, "/file/set a.txt name=b.txt"));
	assert_true(type(b, "/file/print")); /* what was known before */
	shows(b, "a.txt");
	b->store.fail_error = 0;
	yields(b, "/file/get a.txt contents", "a");
	bench_free(b);
}

static bool offered(struct bench *b, const char *typed, const char *word)
{
	struct candidates found;
	bool is = false;

	candidates_find(b->router.conf, "/", typed, strlen(typed), &found);
	for (size_t i = 0; i < found.n; i++)
		is = is || strcmp(found.at[i].text, word) == 0;
	candidates_free(&found);
	return is;
}

/* Where a file is meant, Tab offers those that fit. */
static void completed(void **unused)
{
	struct bench *b = bench_new();

	assert_true(type(b, "/file/add name=a.txt; /export file=all; /export file=alpha; "
	                    "/system/backup/save name=x dont-encrypt=yes; /file/print"));
	assert_true(offered(b, "/import file-name=al", "all.rsc"));
	assert_true(offered(b, "/import al", "alpha.rsc"));
	assert_false(offered(b, "/import file-name=", "a.txt"));
	assert_false(offered(b, "/import file-name=", "x.backup"));
	assert_true(offered(b, "/system/backup/load name=", "x.backup"));
	assert_false(offered(b, "/system/backup/load name=", "all.rsc"));
	assert_true(offered(b, "/ip/address/print file=", "a.txt"));
	assert_true(offered(b, "/export file=", "all.rsc"));
	assert_true(offered(b, "/system/reset-configuration run-after-reset=", "all.rsc"));
	assert_true(offered(b, "/file/set numbers=a", "a.txt"));
	assert_true(offered(b, "/file/remove ", "x.backup"));
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_changed_removed),
		cmocka_unit_test(what_commands_write_is_listed),
		cmocka_unit_test(refused),
		cmocka_unit_test(a_failing_disk_is_told),
		cmocka_unit_test(completed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
