/* Lines are taken apart, or refused at the right place; no bytes at all may do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lang/act.h"
#include "lang/parse.h"
#include "lib/text.h"

struct thing {
	char name[16], note[16];
	bool flag;
};

static const struct field fields[] = {
	{ "name", &type_string, AT(struct thing, name), .flags = F_KEY | F_UNNAMED },
	{ "note", &type_string, AT(struct thing, note), .flags = F_NEGATE, .alias = "remark" },
	{ "flag", &type_bool, AT(struct thing, flag), .flags = F_BARE },
	{ "seen", &type_bool, AT(struct thing, flag), .flags = F_READ_ONLY },
};

static const struct menu menu_thing = {
	.path = "/deep/down/thing",
	.kind = MENU_ORDERED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct thing),
};

static const struct menu menu_thicket = {
	.path = "/deep/down/thicket",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct thing),
};

static const struct menu *const menus[] = { &menu_thing, &menu_thicket, NULL };

/* A program as text: what each command is, and its arguments. */
static void describe(const struct program *program, struct text *out)
{
	for (size_t i = 0; i < program->nops; i++) {
		const struct op *op = &program->ops[i];

		if (op->code == OP_GO)
			text_printf(out, "go %s;", op->text);
		if (op->code == OP_ACT && op->act == act_put)
			text_add(out, "put;");
		if (op->code != OP_CALL)
			continue;
		text_printf(out, "%s %d", op->call->command.place.path,
		            (int)op->call->command.verb);
		for (const struct arg *arg = op->call->args; arg != NULL; arg = arg->next) {
			text_printf(out, " %s", arg->param.name);
			if (arg->computed)
				text_add(out, "=[]");
			else if (arg->param.kind != PARAM_FLAG)
				text_printf(out, "=%s", arg->value != NULL ? arg->value : "(none)");
		}
		text_printf(out, "%s;", op->call->where != NULL ? " where" : "");
	}
}

static void expect_program(const char *path, const char *typed, const char *expected)
{
	struct program program;
	struct diag diag = { 0 };
	struct text text = { 0 };

	if (!parse_program(menus, path, typed, strlen(typed), &program, NULL, &diag))
		fail_msg("%s: %s at column %u", typed, diag.text, diag.column);
	describe(&program, &text);
	assert_string_equal(text_str(&text), expected);
	text_free(&text);
	program_free(&program);
}

#define THING "/deep/down/thing "

static void test_programs(void **unused)
{
	static const char *const rows[][3] = {
		{ "/", "/deep/down/thing/print", THING "9;" },
		{ "/", "/deep down thing print", THING "9;" },
		{ "/", "deep/down thing/pr", THING "9;" },
		{ "/", "d d thin a name=x", THING "1 name=x;" },
		{ "/", "/ deep", "go /deep;" },
		{ "/", "", "" },
		{ "/", " ; ;\n#x\n", "" },
		{ "/", "/", "go /;" },
		{ "/deep/down/thing", "..", "go /deep/down;" },
		{ "/deep/down/thing", ".. ..", "go /deep;" },
		{ "/deep/down/thing", "../../..", "go /;" },
		{ "/deep/down/thing", "../thicket/print", "/deep/down/thicket 9;" },
		{ "/deep/down/thing", "../thicket; print",
		  "go /deep/down/thicket;"
		  "/deep/down/thicket 9;" },
		{ "/deep/down/thing", "add x", THING "1 name=x;" },
		{ "/deep/down/thing", "add note x y", THING "1 note=x name=y;" },
		{ "/deep/down/thing", "add not=!x fl", THING "1 note=!x flag=yes;" },
		{ "/deep/down/thing", "add note=!\"x y\"", THING "1 note=!x y;" },
		{ "/deep/down/thing", "add rem=x flag no y", THING "1 note=x flag=no name=y;" },
		{ "/deep/down/thing", "add flag=no", THING "1 flag=no;" },
		{ "/deep/down/thing", "add comment=", THING "1 comment=;" },
		{ "/deep/down/thing", "add comment=\"\" x", THING "1 comment= name=x;" },
		{ "/deep/down/thing", "set 0,2 !note", THING "2 numbers=0,2 note=(none);" },
		{ "/deep/down/thing", "set numbers=0 name=y", THING "2 numbers=0 name=y;" },
		{ "/deep/down/thing", "set [find] name=y",
		  THING "10;" THING "2 numbers=[] name=y;" },
		{ "/deep/down/thing", "set [ find where name=x ] name=y",
		  THING "10 where;" THING "2 numbers=[] name=y;" },
		{ "/deep/down/thing", "move 3 0", THING "6 numbers=3 destination=0;" },
		{ "/deep/down/thing", "comment 1 \"a b\"", THING "7 numbers=1 comment=a b;" },
		{ "/deep/down/thing", "get x name", THING "11 numbers=x value-name=name;" },
		{ "/deep/down/thing", "print detail where name=x && !flag",
		  THING "9 detail where;" },
		{ "/deep/down/thing", "print\\\n detail", THING "9 detail;" },
		{ "/deep/down/thing", "print;print", THING "9;" THING "9;" },
		{ "/deep/down/thing", "print # x", THING "9;" },
		{ "/", "/deep { down { thing print }; down thicket print }",
		  THING "9;/deep/down/thicket 9;" },
		{ "/", "/deep/down{thing\nprint}", THING "9;" },
		{ "/", ":put [/deep/down/thing get [find name=x] name]",
		  THING "10 where;" THING "11 numbers=[] value-name=name;put;" },
		{ "/", "put x;:put \"y\"", "put;put;" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect_program(rows[i][0], rows[i][1], rows[i][2]);
}

static void test_positions(void **unused)
{
	static const struct {
		const char *typed;
		unsigned line, column;
	} rows[] = {
		{ "x", 1, 1 },
		{ "  x", 1, 3 },
		{ "/deep\n\tx", 2, 2 },
		{ "/deep/down/thi", 1, 12 },
		{ "/deep/down/thing/add \\\n  foo=1", 2, 3 },
		{ "/deep/down/thing add \"a\nb\" foo=1", 2, 4 },
		{ "/deep/down/thing add seen=yes", 1, 22 },
		{ "/deep/down/thing add name=[foo]", 1, 28 },
		{ "/deep/down/thing add name=(1 +)", 1, 31 },
		{ "/deep/down/thing add name=(1", 1, 29 },
		{ "/deep/down/thing add name={1", 1, 29 },
		{ "/deep/down/thing add name=$x", 1, 28 },
		{ "/deep/down/thing add name='x", 1, 27 },
		{ "/deep/down/thing print where name=x)", 1, 36 },
		{ "/deep/down/thing print where (name=x", 1, 37 },
		{ "/deep/down/thing print where ||", 1, 30 },
		{ "/deep/down/thing move", 0, 0 },
		{ "/deep/down/thing print#", 1, 23 },
		{ "//", 1, 2 },
		{ "/deep/down/thing print ]", 1, 24 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct diag diag = { 0 };
		bool ok = parse_check(menus, rows[i].typed, strlen(rows[i].typed), &diag);

		assert_int_equal(ok, rows[i].line == 0);
		assert_int_equal(diag.line, rows[i].line);
		assert_int_equal(diag.column, rows[i].column);
	}
}

/* Brackets inside brackets end in an error, not in a full stack. */
static void test_depth(void **unused)
{
	static const char *const opens[] = { ":put [", "/deep {", "/deep/down/thing print where (",
		                             "(", "/deep/down/thing print where !" };

	for (size_t i = 0; i < ARRAY_LEN(opens); i++) {
		struct text text = { 0 };
		struct diag diag = { 0 };

		if (i == 3)
			text_add(&text, opens[2]);
		for (int n = 0; n < 3000; n++)
			text_add(&text, opens[i]);
		assert_false(parse_check(menus, text_str(&text), text.len, &diag));
		text_free(&text);
	}
}

/* Random pieces of the language and random bytes: whatever comes, it comes back. */
static void test_anything(void **unused)
{
	static const char *const pieces[] = {
		"/",         "deep",
		"down",      "thing",
		"thicket",   " ",
		" ",         " ",
		"add",       "set",
		"print",     "find",
		"where",     "get",
		"name",      "=",
		"=x",        "!",
		"\"",        "\\",
		"[",         "]",
		"{",         "}",
		"(",         ")",
		";",         "\n",
		"#",         "..",
		":put",      "note",
		"flag",      "detail",
		"0,1",       "*1A",
		"~\"a\"",    "&&",
		"||",        "<",
		">=",        "$",
		"'",         "\t",
		"\r\n",      "\\41",
		"\\\n",      "and",
		"or",        "$x",
		":local x ", ":if ",
		"do={",      ":for i from=1 to=",
		"->",        "$[",
		"$(",        ":foreach k,v in=",
		"in",        "else=",
		":do",       "on-error=",
		":set ",     ":global f do={",
		":return",   "*",
		"+",         "-",
	};

	srandom(11);
	for (int round = 0; round < 20000; round++) {
		struct text text = { 0 };
		struct diag diag = { 0 };
		struct program program;
		struct expect expect;
		int n = (int)(random() % 16);

		if (round % 2 == 0)
			text_add(&text, "/deep/down/thing ");
		while (n-- > 0) {
			if (random() % 20 == 0)
				text_char(&text, (char)random());
			else
				text_add(&text, pieces[(size_t)random() % ARRAY_LEN(pieces)]);
		}

		bool ok = parse_program(menus, "/", text_str(&text), text.len, &program, &expect,
		                        &diag);

		assert_true(ok || diag.failed);
		assert_true(expect.kind == EXPECT_NOTHING || expect.from <= text.len);
		program_free(&program);
		text_free(&text);
	}
}

static void test_open(void **unused)
{
	static const char *const rows[][2] = {
		{ "", "" },          { "{", "{" },      { "{ [ \"a", "{[\"" },
		{ "{ [ ] (", "{(" }, { "{ } # {", "" }, { "\"\\\"", "\"" },
		{ "\"{\"", "" },     { "a \\", "\\" },  { "a \\\nb", "" },
	};
	struct text open = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		lex_open(rows[i][0], strlen(rows[i][0]), &open);
		assert_string_equal(text_str(&open), rows[i][1]);
	}
	text_free(&open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs), cmocka_unit_test(test_positions),
		cmocka_unit_test(test_depth),    cmocka_unit_test(test_anything),
		cmocka_unit_test(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
