/* What a command asks, what is typed, and what the terminal shows of it, to the letter. */
#include <stdio.h>

#include "conf/diag.h"
#include "conf/menu.h"
#include "conf/question.h"
#include "conf/type.h"
#include "lib/mem.h"

/* --- a menu whose commands ask --- */

struct lock_args {
	char old[16], new[16];
};

static const struct field lock_fields[] = {
	{ "old-code", &type_string, AT(struct lock_args, old), .max = 15,
	  .flags = F_REQUIRED | F_SECRET, .help = "The code so far" },
	{ "new-code", &type_string, AT(struct lock_args, new), .min = 4, .max = 15,
	  .flags = F_REQUIRED | F_SECRET, .help = "The code from now on" },
};

static bool lock_start(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag)
{
	const struct lock_args *a = args;

	text_printf(out, "%s became %s\n", a->old, a->new);
	return true;
}

struct trip_state {
	unsigned at;
	uint32_t days;
	bool stopped;
};

static bool trip_start(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag)
{
	text_add(out, "A trip.\n");
	return true;
}

static bool trip_ask(struct router *router, void *state, struct question *question)
{
	const struct trip_state *s = state;

	if (s->at == 0)
		question_line(question, "days", "7", "How long it lasts.");
	else if (s->at == 1)
		question_yes(question, "Go?", true, NULL);
	else if (s->at == 2 && s->days == 30)
		question_yes(question, "A month?", false,
		             "Thirty days are many, and many of those who went for as long as that "
		             "have come back sooner.");
	return s->at < (s->days == 30 ? 3 : 2);
}

static bool trip_answer(struct router *router, void *state, const char *answer, struct text *out,
                        struct diag *diag)
{
	static const struct field field = { "days", &type_uint, .bytes = 4, .min = 1, .max = 30 };
	struct trip_state *s = state;

	if (s->at == 0 && !type_uint.parse(&field, NULL, answer, &s->days, diag))
		return false;
	if (s->at++ == 1)
		text_printf(out, "%s: %u days\n", answer, s->days);
	return true;
}

static void trip_stop(struct router *router, void *state, struct text *out)
{
	text_add(out, "Nobody goes.\n");
}

static const struct action actions[] = {
	{ .name = "lock",
	  .help = "Change the code",
	  .fields = lock_fields,
	  .nfields = ARRAY_LEN(lock_fields),
	  .args_size = sizeof(struct lock_args),
	  .start = lock_start },
	{ .name = "trip",
	  .help = "Plan a trip",
	  .state_size = sizeof(struct trip_state),
	  .start = trip_start,
	  .ask = trip_ask,
	  .answer = trip_answer,
	  .stop = trip_stop,
	  .instead = "write to the agency" },
	{ .name = "go",
	  .help = "Go at once",
	  .state_size = sizeof(struct trip_state),
	  .start = trip_start,
	  .ask = trip_ask,
	  .answer = trip_answer,
	  .unattended = "3" },
};

static const struct menu menu_tour = {
	.path = "/tour",
	.title = "Commands that ask",
	.kind = MENU_FOLDER,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
};

#define FIXTURE_MORE_MENUS &menu_tour,
#include "ui/fixture.h"

#define PROMPT "[admin@Towpath] > "

static void type(struct fixture *f, const char *bytes)
{
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, bytes, strlen(bytes)), strlen(bytes));
	fixture_settle(f);
}

struct step {
	const char *typed, *shown;
};

static void expect_steps(const struct step *steps, size_t n)
{
	struct fixture *f = fixture_new(true, 80);

	for (size_t i = 0; i < n; i++) {
		type(f, steps[i].typed);
		assert_string_equal(text_str(&f->out), steps[i].shown);
	}
	fixture_free(f);
}

/* A command that lacks arguments asks for them, one after another. */
static void test_values(void **unused)
{
	static const struct step steps[] = {
		{ "/interface pppoe-client add password=x\r",
		  "/interface pppoe-client add password=x\r\nname: " },
		{ "dsl\r", "dsl\r\ninterface: " },
		{ "ether9\r", "ether9\r\ninput does not match any value of interface\r\nthere is "
		              "no ether9; there are ether1, ether2\r\ninterface: " },
		{ "?", "\r\nWhere to dial\r\ninterface: " },
		{ "ether1\r", "ether1\r\n" PROMPT },
		{ ":put [/interface pppoe-client get dsl interface]\r",
		  ":put [/interface pppoe-client get dsl interface]\r\nether1\r\n" PROMPT },
		{ "/interface pppoe-client remove\r",
		  "/interface pppoe-client remove\r\nnumbers: " },
		{ "dsl2\r",
		  "dsl2\r\nno such item\r\n"
		  "/interface/pppoe-client has none called \"dsl2\"; print shows the names"
		  "\r\nnumbers: " },
		{ "dsl\r", "dsl\r\n" PROMPT },
		{ "/interface pppoe-client print count-only\r",
		  "/interface pppoe-client print count-only\r\n0\r\n" PROMPT },
		/* What was answered is no line: Up shows the last one. */
		{ "\033[A", "/interface pppoe-client print count-only" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_giving_up(void **unused)
{
	static const struct step steps[] = {
		{ "/interface pppoe-client add\r", "/interface pppoe-client add\r\nname: " },
		{ "dsl\r", "dsl\r\ninterface: " },
		{ "eth\003", "eth\r\n" PROMPT },
		{ "/interface pppoe-client add\r", "/interface pppoe-client add\r\nname: " },
		{ "\004", "\r\n" PROMPT },
		{ "/interface pppoe-client print count-only\r",
		  "/interface pppoe-client print count-only\r\n0\r\n" PROMPT },
		{ "/tour trip\r", "/tour trip\r\nA trip.\r\ndays [7]: " },
		{ "\003", "\r\nNobody goes.\r\n" PROMPT },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

/* A secret shows as stars, also while it is mended; "?" is one of its characters. */
static void test_secrets(void **unused)
{
	static const struct step steps[] = {
		{ "/tour lock\r", "/tour lock\r\nold-code: " },
		{ "a", "*" },
		{ "?\r", "*\r\nnew-code: " },
		{ "abc\r", "***\r\n"
		           "invalid value for argument new-code\r\nit must have 4 to 15 "
		           "characters and has 3\r\nnew-code: " },
		{ "\xc3\xa4x\010zzz\r", "****\r\n"
		                        "a? became \xc3\xa4zzz\r\n" PROMPT },
		{ "/tour lock old-code=1 new-code=2345\r",
		  "/tour lock old-code=1 new-code=2345\r\n1 became 2345\r\n" PROMPT },
		/* Neither the answers nor the line with secrets in it. */
		{ "\033[A", "/tour lock" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_conversation(void **unused)
{
	static const struct step steps[] = {
		{ "/tour trip\r", "/tour trip\r\nA trip.\r\ndays [7]: " },
		{ "31\r", "31\r\nvalue of days out of range (1..30)\r\ndays [7]: " },
		{ "?", "\r\nHow long it lasts.\r\ndays [7]: " },
		{ "5\r", "5\r\nGo? [Y/n]: " },
		/* Other keys, and those of several bytes, mean nothing. */
		{ "x\033[A \033OA", "\a\a" },
		{ "?", "\r\nEnter takes what is in brackets; Ctrl-C gives up.\r\nGo? [Y/n]: " },
		{ "N", "n\r\nn: 5 days\r\n" PROMPT },
		/* Enter takes what is offered; all of it may be pasted at once. */
		{ "/tour trip\r\r\r:put on\r",
		  "/tour trip\r\nA trip.\r\ndays [7]: \r\nGo? [Y/n]: \r\ny: 7 days\r\n" PROMPT
		  ":put on\r\non\r\n" PROMPT },
		/* A long help is wrapped between its words. */
		{ "/tour trip\r30\ry?n",
		  "/tour trip\r\nA trip.\r\ndays [7]: 30\r\nGo? [Y/n]: y\r\ny: 30 days\r\n"
		  "A month? [y/N]: \r\n"
		  "Thirty days are many, and many of those who went for as long as that have "
		  "come\r\n"
		  "back sooner.\r\nA month? [y/N]: n\r\n" PROMPT },
		/* What stands behind it on the line comes behind it. */
		{ "/tour trip; :put behind\r", "/tour trip; :put behind\r\nA trip.\r\ndays [7]: " },
		{ "2\ry", "2\r\nGo? [Y/n]: y\r\ny: 2 days\r\nbehind\r\n" PROMPT },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

/* Where nobody can answer, nothing waits for an answer. */
static void test_scripts(void **unused)
{
	struct fixture *f = fixture_new(false, 0);

	assert_false(fixture_run(f, "/tour trip; :put behind"));
	assert_string_equal(text_str(&f->out),
	                    "A trip.\nfailure: trip asks questions, and nobody can answer them "
	                    "here\nwrite to the agency\n");
	assert_true(fixture_run(f, "/tour go; :put behind"));
	assert_string_equal(text_str(&f->out), "A trip.\n3: 3 days\nbehind\n");
	assert_false(fixture_run(f, "/tour lock old-code=1"));
	assert_string_equal(text_str(&f->out), "missing value(s) of argument(s) new-code\n"
	                                       "new-code: The code from now on\n");
	fixture_free(f);
}

static void must_show(struct fixture *f, const char *part)
{
	if (strstr(text_str(&f->out), part) == NULL)
		fail_msg("expected: %s\nshown: %s", part, text_str(&f->out));
}

/* A property in the editor; what can't be its value comes back with what is wrong. */
static void test_edit(void **unused)
{
	struct fixture *f = fixture_new(true, 60);

	type(f, "/ip route add gateway=10.0.0.1 comment=\"one\"\r");
	type(f, "/ip route edit 0 distance\r");
	must_show(f, "\033[?1049h\033[H1\033[K\r\n");
	must_show(f, "distance: ");
	type(f, "x");
	must_show(f, "\033[Hx1\033[K\r\n");
	type(f, "\017");
	must_show(f, "\033[?1049l");
	must_show(f, "\033[?1049h\033[Hx1\033[K\r\n");
	must_show(f, "\033[7minvalid value for argument distance");
	type(f, "\0047\017");
	must_show(f, "\033[?1049l" PROMPT);
	type(f, "/ip route edit 0 comment\r");
	type(f, "\033[F\rtwo\003");
	must_show(f, "\033[?1049l" PROMPT);
	type(f, "/ip route edit 0 comment\r\033[F\rtwo\017");
	type(f, ":put [/ip route get 0 distance]; :put [/ip route get 0 comment]\r");
	must_show(f, "\r\n71\r\none\r\ntwo\r\n");
	type(f, "/system identity edit name\r\033[F2\017");
	must_show(f, "\033[?1049l[admin@Towpath2] > ");
	type(f, "/interface edit ether1 rx-packet\r");
	must_show(f, "failure: rx-packet can't be edited");
	type(f, "/ip route edit 0 nothing\r");
	must_show(f, "input does not match any value of value-name");
	type(f, "/ip route edit 0 comment\r");
	fixture_free(f); /* in the middle of it */

	f = fixture_new(false, 0);
	assert_true(fixture_run(f, "/ip route add gateway=10.0.0.1"));
	assert_false(fixture_run(f, "/ip route edit 0 comment"));
	must_show(f, "failure: edit needs a terminal\nuse set comment=...\n");
	fixture_free(f);
}

/* A session may end in the middle of a question. */
static void test_leaving(void **unused)
{
	struct fixture *f = fixture_new(true, 80);

	type(f, "/tour trip\r");
	assert_false(session_busy(f->session));
	assert_false(session_run(f->session, "/", 1, NULL, NULL));
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),  cmocka_unit_test(test_giving_up),
		cmocka_unit_test(test_secrets), cmocka_unit_test(test_conversation),
		cmocka_unit_test(test_scripts), cmocka_unit_test(test_edit),
		cmocka_unit_test(test_leaving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
