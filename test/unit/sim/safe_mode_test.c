/* Safe mode as people at consoles have it: its key, its prompt, and every way to leave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"

#define CTRL_D "\004"
#define CTRL_X "\030"

struct bench {
	struct memory_store store;
	struct small_router s;
	struct text out; /* of the last keys */
};

static void bench_begin(struct bench *b)
{
	memset(b, 0, sizeof *b);
	memory_store_init(&b->store);
	assert_int_equal(small_router_open(&b->s, &b->store), 0);
}

static void bench_end(struct bench *b)
{
	small_router_close(&b->s);
	memory_store_free(&b->store);
	text_free(&b->out);
}

static struct session *login(struct bench *b, const char *who)
{
	const struct session_setup setup = { .conf = b->s.conf,
		                             .who = who,
		                             .door = "console",
		                             .width = 200,
		                             .interactive = true,
		                             .dumb = true,
		                             .arg = &b->out,
		                             .out = small_out };

	text_clear(&b->out);
	return session_new(&setup);
}

static const char *type(struct bench *b, struct session *session, const char *keys)
{
	text_clear(&b->out);
	assert_int_equal(session_input(session, keys, strlen(keys)), strlen(keys));
	for (unsigned i = 0; i < 100; i++) {
		(void)manage_turn(b->s.manage, b->s.clock.now);
		(void)session_turn(session, b->s.clock.now);
	}
	return text_str(&b->out);
}

static void assert_says(const char *out, const char *what)
{
	if (strstr(out, what) == NULL)
		fail_msg("not said: %s\nbut: %s", what, out);
}

static void assert_name(struct bench *b, const char *name)
{
	struct text out = { 0 };
	static const char line[] = ":put [/system/identity/get name]";

	assert_true(small_router_run(&b->s, line, sizeof line - 1, &out));
	out.bytes[--out.len] = '\0';
	assert_string_equal(text_str(&out), name);
	text_free(&out);
}

static void the_key_and_the_prompt(void **unused)
{
	struct bench b;
	struct session *session;
	const char *out;

	bench_begin(&b);
	session = login(&b, "admin");
	out = type(&b, session, "/ip/address\r");
	assert_says(out, "] /ip/address> ");
	out = type(&b, session, "pri" CTRL_X);
	assert_says(out, "[Safe Mode taken]");
	assert_says(out, "] /ip/address<SAFE> ");
	out = type(&b, session, "nt count-only\r"); /* what was typed is still there */
	assert_says(out, "0");
	assert_says(out, "<SAFE> ");
	out = type(&b, session, "/safe-mode take\r");
	assert_says(out, "failure: safe mode is taken already");
	out = type(&b, session, "/system/identity/set name=kept\r" CTRL_X);
	assert_says(out, "[Safe Mode released]");
	assert_says(out, "] /ip/address> ");
	session_free(session);
	assert_name(&b, "kept");
	bench_end(&b);
}

static void dropped(struct bench *b, const char *last, const char *name)
{
	struct session *session = login(b, "admin");

	(void)type(b, session, CTRL_X "/system/identity/set name=changed\r");
	if (last != NULL)
		(void)type(b, session, last);
	session_free(session);
	assert_name(b, name);
}

static void every_way_to_leave(void **unused)
{
	struct bench b;
	struct session *session;

	bench_begin(&b);
	assert_name(&b, "Towpath");
	dropped(&b, NULL, "Towpath");
	session = login(&b, "admin");
	assert_says(text_str(&b.out), ";;; safe mode of admin (console) ended without release: 1 "
	                              "items of 1 changes taken back");
	session_free(session);
	session = login(&b, "admin");
	assert_null(strstr(text_str(&b.out), "taken back"));
	session_free(session);
	dropped(&b, CTRL_D, "Towpath");
	dropped(&b, "/safe-mode/unroll\r", "Towpath");
	dropped(&b, "/quit\r", "changed");
	bench_end(&b);
}

static void each_has_their_own(void **unused)
{
	struct bench b;
	struct session *admin, *ann;

	bench_begin(&b);
	admin = login(&b, "admin");
	ann = login(&b, "ann");
	(void)type(&b, admin, CTRL_X "/interface/list/add name=one\r");
	(void)type(&b, ann, CTRL_X "/interface/list/add name=two\r");
	(void)type(&b, admin, "/system/identity/set name=changed\r");
	session_free(admin);
	assert_name(&b, "Towpath");
	assert_says(type(&b, ann, ":put [/interface/list/get two name]\r"), "two");
	assert_says(type(&b, ann, "/interface/list/remove one\r"), "no such item");
	assert_says(type(&b, ann, "/undo\r"), "undone: revision ");
	session_free(ann);
	bench_end(&b);
}

static void confirmed_from_another_login(void **unused)
{
	struct bench b;
	struct session *first, *second;

	bench_begin(&b);
	first = login(&b, "admin");
	assert_says(type(&b, first, "/commit-confirm 5m\r"), "<CONFIRM> ");
	(void)type(&b, first, "/system/identity/set name=changed\r");
	second = login(&b, "ann");
	assert_says(type(&b, second, "/confirm\r"), "no commit-confirm of ann waits");
	session_free(second);
	session_free(first); /* it lives on */
	assert_name(&b, "changed");
	second = login(&b, "admin");
	assert_says(text_str(&b.out), ";;; commit-confirm 1 (console) waits: /confirm 1 keeps");
	assert_says(type(&b, second, "/confirm\r"), "commit-confirm 1 confirmed");
	session_free(second);
	b.s.clock.now = mono_add_s(b.s.clock.now, 3600);
	(void)manage_turn(b.s.manage, b.s.clock.now);
	assert_name(&b, "changed");
	bench_end(&b);
}

static void not_confirmed_in_time(void **unused)
{
	struct bench b;
	struct session *session;

	bench_begin(&b);
	session = login(&b, "admin");
	(void)type(&b, session, "/commit-confirm 5m\r/system/identity/set name=changed\r");
	assert_name(&b, "changed");
	b.s.clock.now = mono_add_s(b.s.clock.now, 299);
	(void)type(&b, session, "\r");
	assert_name(&b, "changed");
	assert_int_equal(manage_next(b.s.manage).ns > b.s.clock.now.ns, 1);
	b.s.clock.now = mono_add_s(b.s.clock.now, 60);
	assert_says(type(&b, session, "\r"), "was not confirmed: 1 items of 1 changes taken back");
	assert_name(&b, "Towpath");
	session_free(session);
	bench_end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_and_the_prompt),
		cmocka_unit_test(every_way_to_leave),
		cmocka_unit_test(each_has_their_own),
		cmocka_unit_test(confirmed_from_another_login),
		cmocka_unit_test(not_confirmed_in_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
