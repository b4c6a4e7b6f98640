/* import of files on a whole router: all or nothing, dry runs, what is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"
#include "conf/file.h"
#include "conf/state.h"

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

static uint64_t revision(struct bench *b)
{
	const struct conf_state *state = conf_hold(b->router.conf);
	uint64_t found = state->revision;

	conf_release(b->router.conf, state);
	return found;
}

static void unchanged(struct bench *b, const struct text *before)
{
	struct text now = { 0 };

	export_of(b, &now);
	assert_string_equal(text_str(&now), text_str(before));
	text_free(&now);
}

/* What it has done itself it sees: names, [find], get, numbers. */
static void one_transaction(void **unused)
{
	struct bench *b = bench_new();
	uint64_t before = revision(b);

	put_file(b, "a.rsc",
	         "/interface/bridge/add name=br\n"
	         "/interface/list/member/add list=LAN interface=br\n"
	         "/interface/bridge/port/add bridge=br interface=ether2\n"
	         "/ip/address\n"
	         "add address=10.0.0.1/24 interface=br comment=x\n"
	         "set [find comment=x] address=10.0.0.2/24\n"
	         ":put [get [find comment=x] address]\n"
	         "print count-only where interface=br\n"
	         "/interface/bridge/set br comment=lan\n");
	assert_true(type(b, "/import file-name=a.rsc"));
	said(b, "10.0.0.2/24\n1\nScript file loaded and executed successfully\n");
	assert_int_equal(revision(b), before + 1);
	assert_true(type(b, ":put [/ip/address/get [find comment=x] address]"));
	said(b, "10.0.0.2/24\n");
	bench_free(b);
}

static void nothing_at_an_error(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 };

	export_of(b, &before);
	put_file(b, "a.rsc",
	         "/ip/address\n"
	         "add address=10.0.0.1/24 interface=ether2\n"
	         "add address=10.0.0.1/24 interface=ether2\n");
	assert_false(type(b, "/import a"));
	said(b, "failure: already have such address (line 3 column 13)\n"
	        "an address belongs to one interface of the router only\nnothing was changed\n");
	unchanged(b, &before);
	put_file(b, "b.rsc", "/ip/address/add address=10.0.0.1/24 interface=ether2\nfoo bar\n");
	assert_false(type(b, "/import b"));
	unchanged(b, &before);
	text_free(&before);
	bench_free(b);
}

static void line_by_line(void **unused)
{
	struct bench *b = bench_new();

	put_file(b, "a.rsc",
	         "/ip/address\n"
	         "add address=10.0.0.1/24 interface=ether2\n"
	         "add address=10.0.0.1/24 interface=ether2\n"
	         "add address=10.0.1.1/24 interface=ether2\n");
	assert_false(type(b, "/import a partial=yes"));
	assert_non_null(strstr(text_str(&b->out), "the lines before it are done\n"));
	assert_true(type(b, "/ip/address/print count-only where address~\"^10\""));
	said(b, "1\n");
	assert_false(type(b, "/import a partial=maybe"));
	said(b, "invalid value for argument partial\nmaybe is neither yes nor no\n");
	bench_free(b);
}

static void from_a_line(void **unused)
{
	struct bench *b = bench_new();

	put_file(b, "a.rsc",
	         "foo\n"
	         "bar\n"
	         "/ip/address/add address=10.0.0.1/24 interface=ether2\n"
	         "/ip/address/add address=10.0.0.1/24 interface=ether9\n");
	assert_false(type(b, "/import a from-line=3"));
	assert_non_null(strstr(text_str(&b->out), "(line 4 column "));
	put_file(b, "a.rsc", "foo\nbar\n/ip/address/add address=10.0.0.1/24 interface=ether2\n");
	assert_true(type(b, "/import a from-line=3"));
	assert_true(type(b, "/import a from-line=9"));
	assert_false(type(b, "/import a from-line=0"));
	said(b, "invalid value for argument from-line\nthe number of a line, from 1 on\n");
	bench_free(b);
}

static void said_as_it_goes(void **unused)
{
	struct bench *b = bench_new();

	put_file(b, "a.rsc",
	         "/ip/address\n"
	         "add address=10.0.0.1/24 interface=ether2\n"
	         "add address=10.0.1.1/24 interface=ether2\n"
	         "/system identity set name=x\n");
	assert_true(type(b, "/import a verbose=yes"));
	said(b, "#line 2\n/ip/address/add address=10.0.0.1/24 interface=ether2\n"
	        "#line 3\n/ip/address/add address=10.0.1.1/24 interface=ether2\n"
	        "#line 4\n/system/identity/set name=x\n"
	        "Script file loaded and executed successfully\n");
	bench_free(b);
}

static void dry_run_names_each_row(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 };

	assert_true(type(b, "/ip/address/add address=10.9.0.1/24 interface=ether2 comment=old; "
	                    "/ip/address/add address=10.8.0.1/24 interface=ether2 comment=gone"));
	export_of(b, &before);
	put_file(b, "a.rsc",
	         "/system/identity/set name=x\n"
	         "/ip/address/add address=10.0.0.1/24 interface=ether2\n"
	         "/ip/address/set [find comment=old] address=10.9.0.2/24\n"
	         "/ip/address/remove [find comment=gone]\n");
	assert_true(type(b, "/import a dry-run"));
	assert_non_null(strstr(text_str(&b->out), "/ip/address/remove *"));
	assert_non_null(strstr(text_str(&b->out),
	                       " # address=10.8.0.1/24 comment=gone interface=ether2\n"));
	assert_non_null(
		strstr(text_str(&b->out), "/system/identity/set name=x # was name=Towpath\n"));
	assert_non_null(
		strstr(text_str(&b->out), " address=10.9.0.2/24 # was address=10.9.0.1/24\n"));
	assert_non_null(strstr(text_str(&b->out),
	                       "/ip/address/add address=10.0.0.1/24 interface=ether2\n"));
	unchanged(b, &before);
	text_free(&before);
	bench_free(b);
}

static void dry_run_counts_errors(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 };

	export_of(b, &before);
	put_file(b, "a.rsc",
	         "/ip/address/add address=10.0.0.1/24 interface=ether9\n"
	         "/ip/address/add address=10.0.0.1/24 interface=ether2\n"
	         "/ip/address/set [find comment=none] address=10.9.0.2/24\n"
	         "/ip/address/remove 77\n");
	assert_false(type(b, "/import a dry-run"));
	assert_non_null(strstr(text_str(&b->out), "there is no ether9"));
	assert_non_null(strstr(text_str(&b->out), "no such item (line 4 column "));
	assert_non_null(strstr(text_str(&b->out),
	                       "found 2 error(s) in import file\nnothing was changed\n"));
	unchanged(b, &before);
	put_file(b, "b.rsc", "/ip/adres\n");
	assert_false(type(b, "/import b dry-run"));
	assert_non_null(strstr(text_str(&b->out), "found 1 error(s) in import file\n"));
	assert_false(type(b, "/import a dry-run partial=yes"));
	unchanged(b, &before);
	text_free(&before);
	bench_free(b);
}

/* Files that import others are one transaction together. */
static void files_in_files(void **unused)
{
	struct bench *b = bench_new();
	struct text before = { 0 };

	export_of(b, &before);
	put_file(b, "inner.rsc", "/ip/address/add address=10.0.0.1/24 interface=ether2\n");
	put_file(b, "outer.rsc", "/system/identity/set name=x\n/import inner\n/import none\n");
	assert_false(type(b, "/import outer"));
	assert_non_null(strstr(text_str(&b->out), "there is no file none.rsc"));
	unchanged(b, &before);
	put_file(b, "outer.rsc", "/system/identity/set name=x\n/import inner\n");
	assert_true(type(b, "/import outer dry-run"));
	unchanged(b, &before);
	assert_true(type(b, "/import outer"));
	assert_true(type(b, "/ip/address/print count-only where address~\"^10\""));
	said(b, "1\n");
	put_file(b, "self.rsc", "/import self\n");
	assert_false(type(b, "/import self"));
	assert_non_null(strstr(text_str(&b->out), "import one another already"));
	text_free(&before);
	bench_free(b);
}

/* Entries with a timeout are not stored: they come with the rest, or not at all. */
static void what_is_not_stored(void **unused)
{
	struct bench *b = bench_new();

	put_file(b, "a.rsc",
	         "/ip/firewall/address-list\n"
	         "add list=x address=10.0.0.1 timeout=1h\n"
	         "add list=x address=10.0.0.2\n"
	         "add list=x address=10.0.0.2\n");
	assert_false(type(b, "/import a"));
	assert_true(type(b, "/ip/firewall/address-list/print count-only"));
	said(b, "0\n");
	put_file(b, "a.rsc",
	         "/ip/firewall/address-list\n"
	         "add list=x address=10.0.0.1 timeout=1h\n"
	         "add list=x address=10.0.0.2\n");
	assert_true(type(b, "/import a dry-run"));
	said(b, "/ip/firewall/address-list/add address=10.0.0.2 list=x\n"
	        "/ip/firewall/address-list/add address=10.0.0.1 list=x timeout=1h\n");
	assert_true(type(b, "/import a"));
	assert_true(type(b, "/ip/firewall/address-list/print count-only"));
	said(b, "2\n");
	put_file(b, "b.rsc", "/ip/firewall/address-list/remove [find list=x]\nfoo\n");
	assert_false(type(b, "/import b"));
	put_file(b, "b.rsc", "/ip/firewall/address-list/remove [find list=x]\n");
	assert_true(type(b, "/import b"));
	assert_true(type(b, "/ip/firewall/address-list/print count-only"));
	said(b, "0\n");
	bench_free(b);
}

/* Which menus, which rows, and what stands in front of them. */
static void parts_are_exported(void **unused)
{
	struct bench *b = bench_new();

	assert_true(type(b, "/ip/firewall/filter/remove [find]; /ip/address/add "
	                    "address=10.0.0.1/24 interface=ether2 comment=a; /ip/firewall/nat/add "
	                    "chain=srcnat action=masquerade out-interface=ether1; /ip/address/add "
	                    "address=10.0.1.1/24 interface=ether2 comment=b disabled=yes"));
	assert_true(type(b, "/ip/export path=!/ip/firewall"));
	assert_int_equal(strncmp(text_str(&b->out), "# 1970-01-01 00:16:", 19), 0);
	assert_non_null(
		strstr(text_str(&b->out), " by Towpath " TOWPATH_VERSION "\n/ip/address\n"));
	assert_null(strstr(text_str(&b->out), "masquerade"));
	assert_true(type(b, "/export path=/ip/firewall,/interface/list,!/interface/list/member"));
	assert_non_null(strstr(text_str(&b->out), "masquerade"));
	assert_non_null(strstr(text_str(&b->out), "/interface/list\n"));
	assert_null(strstr(text_str(&b->out), "/interface/list/member\n"));
	assert_null(strstr(text_str(&b->out), "10.0.0.1"));
	assert_true(type(b, "/ip/address/export where comment=b"));
	assert_null(strstr(text_str(&b->out), "10.0.0.1"));
	assert_non_null(strstr(text_str(&b->out), "10.0.1.1"));
	assert_true(type(b, "/ip/address/export terse where !disabled"));
	assert_non_null(strstr(text_str(&b->out), "/ip/address/add address=10.0.0.1/24"));
	assert_null(strstr(text_str(&b->out), "10.0.1.1"));
	assert_false(type(b, "/export where comment=b"));
	assert_false(type(b, "/export path=/ip/adress"));
	said(b, "invalid value for argument path (line 1 column 14)\nthere is no menu /ip/adress; "
	        "write it as in path=/ip/firewall,!/ip/firewall/nat\n");
	assert_true(type(b, "/ip/address/export file=x; /import x dry-run from-line=9"));
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_transaction),       cmocka_unit_test(nothing_at_an_error),
		cmocka_unit_test(line_by_line),          cmocka_unit_test(from_a_line),
		cmocka_unit_test(said_as_it_goes),       cmocka_unit_test(dry_run_names_each_row),
		cmocka_unit_test(dry_run_counts_errors), cmocka_unit_test(files_in_files),
		cmocka_unit_test(what_is_not_stored),    cmocka_unit_test(parts_are_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
