/* Backups and resets on a whole router: what comes back, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"
#include "conf/file.h"

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

static void written(void *arg, int error, const char *text, size_t len)
{
	assert_int_equal(error, 0);
}

static void put_file(struct bench *b, const char *name, const char *text)
{
	file_write(b->router.conf, name, text, strlen(text), written, NULL);
}

static bool type(struct bench *b, const char *line)
{
	text_clear(&b->out);
	return small_router_run(&b->router, line, strlen(line), &b->out);
}

static void said(struct bench *b, const char *want)
{
	assert_string_equal(text_str(&b->out), want);
}

static void export_of(struct bench *b, struct text *out)
{
	const struct export_options options = { .show_sensitive = true };

	small_router_export(&b->router, &options, out);
}

static void unchanged(struct bench *b, const struct text *before)
{
	struct text now = { 0 };

	export_of(b, &now);
	assert_string_equal(text_str(&now), text_str(before));
	text_free(&now);
}

static void saved_and_loaded(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 }, changed = { 0 };

	assert_true(type(b, "/ip/address/add address=10.0.0.1/24 interface=ether2 comment=a; "
	                    "/system/identity/set name=\"my router\"; "
	                    "/ip/address/set [find comment=a] comment=b"));
	export_of(b, &before);
	assert_true(type(b, "/system/backup/save name=x password=secret"));
	said(b, "Configuration backup saved as x.backup\n");
	assert_true(type(b, "/ip/address/remove [find comment=b]; /ip/firewall/filter/remove "
	                    "[find]; /interface/bridge/add name=br; "
	                    "/interface/list/member/add list=LAN interface=br"));
	export_of(b, &changed);
	assert_true(type(b, "/system/backup/load name=x password=secret"));
	said(b, "System configuration restored\n");
	unchanged(b, &before);
	assert_true(type(b, "/undo"));
	unchanged(b, &changed);
	assert_true(type(b, "/redo"));
	unchanged(b, &before);
	text_free(&before);
	text_free(&changed);
	bench_free(b);
}

/* It is there after a restart, too, and the history says who it was. */
static void kept_and_told(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 };

	assert_true(type(b, "/system/backup/save name=x dont-encrypt=yes"));
	export_of(b, &before);
	assert_true(type(b, "/system/identity/set name=y"));
	assert_true(type(b, "/system/backup/load x"));
	assert_true(type(b, "/system/history/print detail"));
	assert_non_null(strstr(text_str(&b->out), "by=\"fuzz\" policy=\"write\""));
	assert_non_null(strstr(text_str(&b->out), "revision=3 door=\"script\""));
	small_router_close(&b->router);
	assert_int_equal(small_router_open(&b->router, &b->store), 0);
	unchanged(b, &before);
	text_free(&before);
	bench_free(b);
}

static void refused(void **unused)
{
	static const char *const lines[][2] = {
		{ "/system/backup/load name=none", "there is no file none.backup" },
		{ "/system/backup/load name=x", "it is encrypted: say password=" },
		{ "/system/backup/load name=x password=wrong", "the password is wrong" },
		{ "/system/backup/load name=y password=z", "it is not encrypted" },
		{ "/system/backup/load", "missing value(s) of argument(s) name" },
		{ "/system/backup/save name=../x", "a name of letters" },
		{ "/system/backup/save name=a encryption=rc4 password=x", "rc4 is not supported" },
		{ "/system/backup/save name=a encryption=aes-sha256", "argument(s) password" },
		{ "/system/backup/save name=a dont-encrypt=yes password=x", "dont-encrypt" },
	};
	struct bench *b = bench_new();
	struct text before = { 0 };

	assert_true(type(b, "/system/backup/save name=x password=right"));
	assert_true(type(b, "/system/backup/save name=y"));
	assert_non_null(strstr(text_str(&b->out), "not encrypted"));
	assert_true(type(b, "/system/identity/set name=later"));
	export_of(b, &before);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_false(type(b, lines[i][0]));
		if (strstr(text_str(&b->out), lines[i][1]) == NULL)
			fail_msg("%s says %s", lines[i][0], text_str(&b->out));
		unchanged(b, &before);
	}
	text_free(&before);
	bench_free(b);
}

/* Any byte of it that is wrong is noticed, and any length. */
static void damaged(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 };

	assert_true(type(b, "/system/backup/save name=x password=p"));
	assert_true(type(b, "/system/backup/save name=y"));
	assert_true(type(b, "/system/identity/set name=later"));
	export_of(b, &before);
	for (size_t i = 0; i < 40; i++) {
		bool open = i % 2 == 1;
		const char *load =
			open ? "/system/backup/load y" : "/system/backup/load x password=p";
		const char *name = open ? "y.backup" : "x.backup";
		struct memory_bytes *file = memory_store_bytes(&b->store, name);
		size_t at = i < 24 ? i * 4 : (i * 7919) % file->len;

		file->at[at] ^= 0x10;
		assert_false(type(b, load));
		unchanged(b, &before);
		memory_store_bytes(&b->store, name)->at[at] ^= 0x10;
	}
	memory_resize(memory_store_bytes(&b->store, "y.backup"), 200);
	assert_false(type(b, "/system/backup/load y"));
	memory_resize(memory_store_bytes(&b->store, "y.backup"), 3);
	assert_false(type(b, "/system/backup/load y"));
	unchanged(b, &before);
	text_free(&before);
	bench_free(b);
}

static void reset_to_the_first_day(void **unused)
{
	struct bench *b = bench_new();
	struct text fresh = { 0 }, full = { 0 };

	export_of(b, &fresh);
	assert_true(type(b, "/interface/set ether1 name=wan; /system/identity/set name=x; "
	                    "/ip/address/add address=10.0.0.1/24 interface=ether2; "
	                    "/ip/firewall/filter/remove [find chain=forward]"));
	export_of(b, &full);
	assert_true(type(b, "/system/reset-configuration"));
	said(b, "what there was is in before-reset.backup\nSystem configuration reset\n");
	unchanged(b, &fresh);
	assert_true(type(b, "/system/backup/load before-reset"));
	unchanged(b, &full);
	assert_true(type(b, "/system/reset-configuration skip-backup=yes"));
	unchanged(b, &fresh);
	assert_true(type(b, "/undo"));
	unchanged(b, &full);
	text_free(&fresh);
	text_free(&full);
	bench_free(b);
}

static void reset_and_run(void **unused)
{
	struct bench *b = bench_new();
	struct text full = { 0 };

	put_file(b, "wrong.rsc", "/ip/adres\n");
	put_file(b, "a.rsc", "/system/identity/set name=new\n");
	assert_true(type(b, "/system/identity/set name=old"));
	export_of(b, &full);
	assert_false(type(b, "/system/reset-configuration run-after-reset=none"));
	assert_non_null(strstr(text_str(&b->out), "nothing was reset"));
	assert_false(type(b, "/system/reset-configuration run-after-reset=wrong"));
	unchanged(b, &full);
	assert_true(type(b, "/system/reset-configuration no-defaults=yes run-after-reset=a"));
	assert_non_null(
		strstr(text_str(&b->out), "Script file loaded and executed successfully\n"));
	assert_true(type(b, ":put [/system/identity/get name]; "
	                    "/ip/firewall/filter/print count-only"));
	said(b, "new\n0\n");
	text_free(&full);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saved_and_loaded),
		cmocka_unit_test(kept_and_told),
		cmocka_unit_test(refused),
		cmocka_unit_test(damaged),
		cmocka_unit_test(reset_to_the_first_day),
		cmocka_unit_test(reset_and_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
