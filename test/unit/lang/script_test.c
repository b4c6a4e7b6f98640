/* What scripts say: the language as a whole, run by the real machine on a small configuration. */
#include <stdlib.h>

#include "lang/fixture.h"

struct case_row {
	const char *script, *said;
};

static void check(struct fixture *f, const struct case_row *row)
{
	(void)fixture_run(f, row->script);
	if (strcmp(text_str(&f->out), row->said) != 0)
		fail_msg("%s\n--- says\n%s--- and not\n%s", row->script, text_str(&f->out),
		         row->said);
}

/* Each on a router of its own. */
static void check_all(const struct case_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct fixture *f = fixture_new();

		check(f, &rows[i]);
		fixture_free(f);
	}
}

#define CHECK(rows) check_all(rows, ARRAY_LEN(rows))

static void test_expressions(void **unused)
{
	static const struct case_row rows[] = {
		{ ":put 5", "5\n" },
		{ ":put (1 + 2 * 3)", "7\n" },
		{ ":put ((1 + 2) * 3)", "9\n" },
		{ ":put (5-3)", "2\n" },
		{ ":put (-5 + 3)", "-2\n" },
		{ ":put (10 / 3)", "3\n" },
		{ ":local i 3; :put (1000/$i)", "333\n" },
		{ ":put (10 % 3)", "1\n" },
		{ ":put (0x10 + 1)", "17\n" },
		{ ":put (1 < 2 && 3 >= 3)", "true\n" },
		{ ":put (1 = 2 or 2 = 2)", "true\n" },
		{ ":put (!true)", "false\n" },
		{ ":put (!true or !false and true)", "true\n" },
		{ ":put (1 << 4 | 1)", "17\n" },
		{ ":put (6 & 3 ^ 1)", "3\n" },
		{ ":put (\"a\" . \"b\" . 5)", "ab5\n" },
		{ ":put (\"a\" . 1 + 2)", "a3\n" },
		{ ":put (1,2,3)", "1;2;3\n" },
		{ ":put ((1,2,3)->1)", "2\n" },
		{ ":put (10.0.0.1 in 10.0.0.0/8)", "true\n" },
		{ ":put (10.0.0.1 + 5)", "10.0.0.6\n" },
		{ ":put (\"ether1\" ~ \"^eth\")", "true\n" },
		{ ":put (1m + 30s)", "00:01:30\n" },
		{ ":put (true and\n  true)", "true\n" },
		{ ":put {1;2;a=3}", "1;2;a=3\n" },
		{ ":put {}", "\n" },
		{ ":put ({a={b=5}}->\"a\"->\"b\")", "5\n" },
		{ ":put {\n  x=1;\n  y=\"two\"\n}", "x=1;y=two\n" },
		/* "and" and "or" end at what decides. */
		{ ":put (false and (1 / 0) = 1)", "false\n" },
		{ ":put (true || (1 / 0) = 1)", "true\n" },
		{ ":put (1 / 0)", "!operator / can't take num \"1\" and num \"0\"\n" },
	};

	CHECK(rows);
}

static void test_strings(void **unused)
{
	static const struct case_row rows[] = {
		{ ":local a 5; :put \"a is $a.\"", "a is 5.\n" },
		{ ":put \"$none|\"", "|\n" },
		{ ":local a 5; :put \"$(a + 1)|$($a + 1)|$[:len \"abc\"]\"", "!" },
		{ ":local a 5; :put \"$($a + 1)|$[:len \"abc\"]|\\$a\"", "6|3|$a\n" },
		{ ":local \"my-var\" 7; :put $\"my-var\"", "7\n" },
		{ ":put \"one\\_two\\41\"", "one twoA\n" },
		{ ":put \"5$\"", "!syntax error (line 1 column 8)\n" },
		{ ":put \"open", "!syntax error (line 1 column 6)\n" },
		{ ":put \"open $x", "!syntax error (line 1 column 6)\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = fixture_new();

		if (strcmp(rows[i].said, "!") == 0)
			assert_false(fixture_run(f, rows[i].script));
		else
			check(f, &rows[i]);
		fixture_free(f);
	}
}

static void test_variables(void **unused)
{
	static const struct case_row rows[] = {
		{ ":local x 1; :set x ($x + 1); :put $x", "2\n" },
		{ "local x 1; put $x", "1\n" },
		{ ":local x; :put [:typeof $x]", "nothing\n" },
		{ ":local x 1; { :local x 2; :put $x }; :put $x", "2\n1\n" },
		{ ":local x 1; { :set x 2 }; :put $x", "2\n" },
		{ "{ :local x 1 }; :put $x", "!syntax error (line 1 column 23)\n" },
		{ ":put $x", "!syntax error (line 1 column 7)\n" },
		{ ":put 1\n:put $x", "!syntax error (line 2 column 7)\n" },
		{ ":set x 1", "!syntax error (line 1 column 6)\n" },
		{ ":local $x 1", "!syntax error (line 1 column 8)\n" },
		{ ":global g 5; :put $g", "5\n" },
		{ ":global g 5; { :local g 6; :put $g }; :put $g", "6\n5\n" },
		{ ":local a {1;2;3}; :set ($a->1) 9; :put $a", "1;9;3\n" },
		{ ":local a {1;2}; :set ($a->2) 9; :put $a", "1;2;9\n" },
		{ ":local a {x=1}; :set ($a->\"y\") 2; :put $a", "x=1;y=2\n" },
		{ ":local a; :set ($a->\"k\"->\"l\") 2; :put ($a->\"k\"->\"l\")", "2\n" },
		{ ":local a {x=1;y=2}; :set ($a->\"x\"); :put $a", "y=2\n" },
		{ ":local a {1;2}; :set ($a->7) 9",
		  "!failure: there is no element 7; the next one is 2\n" },
		{ ":local a {1;2}; :local i 1; :set ($a->($i - 1)) 8; :put $a", "8;2\n" },
		{ ":local a {5;6}; :local i 1; :put ($a->$i)", "6\n" },
		{ ":local t 1d2h; :put [:typeof $t]", "time\n" },
		{ ":local x 1 2", "!expected end of command (line 1 column 12)\n" },
		{ ":local", "!missing value(s) of argument(s) name (line 1 column 7)\n" },
	};

	CHECK(rows);
}

/* Globals outlive the line, and each line has to name them. */
static void test_globals(void **unused)
{
	static const struct case_row rows[] = {
		{ ":global x {1;a=2}", "" },
		{ ":put $x", "!syntax error (line 1 column 7)\n" },
		{ ":global x; :put $x", "1;a=2\n" },
		{ ":global y hello; :environment print", "x=1;a=2\ny=hello\n" },
		{ ":global x; :set x; :put [:typeof $x]", "nothing\n" },
		{ ":environment print", "y=hello\n" },
		{ ":global f do={:return ($1 + $a)}", "" },
		{ ":global f; :put [$f 5 a=6]", "11\n" },
		{ ":global y; :local g do={:return \"<$y>\"}; :put [$g]", "<>\n" },
		{ ":local g do={:global y; :return \"<$y>\"}; :put [$g]", "<hello>\n" },
	};
	struct fixture *f = fixture_new();

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check(f, &rows[i]);
	fixture_free(f);
}

static void test_flow(void **unused)
{
	static const struct case_row rows[] = {
		{ ":if (1 = 1) do={:put good} else={:put bad}", "good\n" },
		{ ":if (1 = 2) do={:put good} else={:put bad}", "bad\n" },
		{ ":if (1 = 2) do={:put good}", "" },
		{ "if (true) do= { put a; put b } else= { put c }", "a\nb\n" },
		{ ":if ([:len \"abc\"] = 3) do={\n  :put three\n}", "three\n" },
		{ ":if (5) do={}", "!" },
		{ ":for i from=1 to=3 do={:put $i}", "1\n2\n3\n" },
		{ ":for i from=1 to=10 step=4 do={:put $i}", "1\n5\n9\n" },
		{ ":for i from=3 to=1 do={:put $i}", "3\n2\n1\n" },
		{ ":for i from=3 to=1 step=1 do={:put $i}", "" },
		{ ":for i from=9223372036854775806 to=9223372036854775807 do={:put $i}",
		  "9223372036854775806\n9223372036854775807\n" },
		{ ":for i from=1 to=3 step=0 do={}", "!failure: step= of :for must not be 0\n" },
		{ ":for i from=a to=3 do={}", "!failure: from= of :for takes a number, not str\n" },
		{ ":for i from 1 to 2 do {:put $i}", "1\n2\n" },
		{ ":for i from=1 to=2 do={}; :put $i", "!syntax error (line 1 column 33)\n" },
		{ ":foreach v in={1;2;x=3} do={:put $v}", "1\n2\n3\n" },
		{ ":foreach k,v in={7;8;x=3} do={:put \"$k:$v\"}", "0:7\n1:8\nx:3\n" },
		{ ":foreach v in=5 do={:put $v}", "5\n" },
		{ ":foreach v in=[:toarray \"a,b\"] do={:put $v}", "a\nb\n" },
		{ ":foreach k, v in={} do={}", "!syntax error (line 1 column 10)\n" },
		{ ":local i 0; :while ($i < 3) do={:set i ($i + 1); :put $i}", "1\n2\n3\n" },
		{ ":local i 0; :do {:set i ($i + 1); :put $i} while=($i < 2)", "1\n2\n" },
		{ ":for i from=1 to=5 do={:if ($i = 2) do={:continue}; :if ($i = 4) do={:break}; "
		  ":put $i}",
		  "1\n3\n" },
		{ ":for i from=1 to=2 do={:for j from=1 to=9 do={:if ($j = 2) do={:break}; :put "
		  "\"$i$j\"}}",
		  "11\n21\n" },
		/* A :do without while= is no loop. */
		{ ":for i from=1 to=3 do={:do {:if ($i = 2) do={:continue}; :put $i} on-error={}}; "
		  ":error end",
		  "1\n3\n!end\n" },
		{ ":do {:break}", "!syntax error (line 1 column 7)\n" },
		{ ":do {:break} while=(true); :put out", "out\n" },
		{ ":break", "!syntax error (line 1 column 2)\n" },
		{ ":for i from=1 to=2 do={:put [:break]}", "!syntax error (line 1 column 31)\n" },
		{ ":put 1; :return; :put 2", "1\n" },
		{ ":local x 0; :for i from=1 to=1000 do={:set x ($x + $i)}; :put $x", "500500\n" },
		{ ":nothing; :put [:typeof [:nothing]]", "nothing\n" },
		{ ":if (true) do={:local z 1}; :put $z", "!syntax error (line 1 column 35)\n" },
		{ ":if (true) {:put a}", "!expected end of command (line 1 column 12)\n" },
		{ ":if (true) do=:put", "!syntax error (line 1 column 15)\n" },
		{ ":foo", "!bad command name foo (line 1 column 2)\n" },
		{ ":put a b", "!expected end of command (line 1 column 8)\n" },
		{ ":if (true", "!syntax error (line 1 column 10)\n" },
		{ ":if (1 +) do={}", "!syntax error (line 1 column 9)\n" },
		{ ":if (1 2) do={}", "!syntax error (line 1 column 8)\n" },
		{ ":put {1 2}", "!syntax error (line 1 column 9)\n" },
		{ ":while (true) do={", "!syntax error (line 1 column 19)\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = fixture_new();

		if (strcmp(rows[i].said, "!") == 0)
			assert_false(fixture_run(f, rows[i].script));
		else
			check(f, &rows[i]);
		fixture_free(f);
	}
}

static void test_functions(void **unused)
{
	static const struct case_row rows[] = {
		{ ":local f do={:return ($1 . $2 . $x)}; :put [$f a x=c b]", "abc\n" },
		{ ":local f do={:put \"got $1\"}; $f 5", "got 5\n" },
		{ ":local f do={:put 1}; :put [:typeof [$f]]", "1\nnothing\n" },
		{ ":local f do={:put 1; :return 2; :put 3}; :put [$f]", "1\n2\n" },
		{ ":local f do={:if ($1 > 0) do={:foreach v in={1;2;3} do={:return $v}}}; :put [$f "
		  "1]",
		  "1\n" },
		{ ":global fib do={:global fib; :if ($1 < 2) do={:return $1}; :return ([$fib ($1 - "
		  "1)] + [$fib ($1 - 2)])}; :put [$fib 15]",
		  "610\n" },
		{ ":global f do={:global f; $f}; $f",
		  "!failure: 100 functions call one another already, which is the limit\n" },
		{ ":local x 5; $x", "!failure: this is num, not a function\n" },
		{ ":local x 5; :local f do={:return [:typeof $x]}; :put [$f]", "nothing\n" },
		{ ":local f do={:local g do={:return inner}; :return [$g]}; :put [$f]", "inner\n" },
		{ ":local f [:parse \":return (\\$1 * 2)\"]; :put [$f 4]", "8\n" },
		{ ":local f [:parse \"bad(\"]", "!bad command name bad (line 1 column 1)\n" },
		{ ":local f do={bad}", "!bad command name bad (line 1 column 14)\n" },
		{ ":local f do={:return $1}; :put ([$f {1;2}]->1)", "2\n" },
		{ ":local f do={\n  :local y\n  :put ($1 / 0)\n}\n$f 5",
		  "!operator / can't take num \"5\" and num \"0\" (line 3 column 12)\n" },
		{ ":local f do={:set a ($a . \"!\"); :return $a}; :put [$f a=hey]", "hey!\n" },
		{ ":put [:typeof [:parse \":put 1\"]]", "code\n" },
	};

	CHECK(rows);
}

static void test_errors(void **unused)
{
	static const struct case_row rows[] = {
		{ ":error \"no way\"; :put x", "!no way\n" },
		{ ":put a\n  :error b", "a\n!b (line 2 column 4)\n" },
		{ ":do {:error a; :put b} on-error={:put caught}; :put on", "caught\non\n" },
		{ ":do {:put fine} on-error={:put caught}", "fine\n" },
		{ ":onerror e in={:error abc} do={:put \"<$e>\"}", "<abc>\n" },
		{ ":put [:onerror e in={:put 1} do={}]", "1\nfalse\n" },
		{ ":put [:onerror e in={:put (1 / 0)} do={}]", "true\n" },
		{ ":onerror e in={/thing/add name=a; /thing/add name=a} do={:put \"<$e>\"}; :put "
		  "[:len [/thing/find]]",
		  "<failure: already have thing with such name: choose another one than a>\n1\n" },
		{ ":do {:do {:error a} on-error={:error b}} on-error={:put out}", "out\n" },
		{ ":local f do={:error deep}; :onerror e in={:put (1 + [$f])} do={:put $e}",
		  "deep\n" },
		{ ":for i from=1 to=3 do={:do {:if ($i = 2) do={:break}} on-error={}}; :error e",
		  "!e\n" },
		{ ":local n 0; :retry {:set n ($n + 1); :if ($n < 3) do={:error x}} delay=1s "
		  "max=5; "
		  ":put $n",
		  "3\n" },
		{ ":retry command={:error x} delay=1 max=2 on-error={:put failed}", "failed\n" },
		{ ":retry command={:error x} delay=1 max=2", "!x\n" },
		{ ":do {:put 1\n:foo} on-error={}", "!bad command name foo (line 2 column 2)\n" },
	};

	CHECK(rows);
}

/* Variables in the commands of menus, and what they yield in scripts. */
static void test_menus(void **unused)
{
	static const struct case_row rows[] = {
		{ ":local n abc; /thing/add name=$n note=(\"x\" . $n) size=(3 * 4); :put "
		  "[/thing/get abc note]; :put ([/thing/get abc size] + 1)",
		  "xabc\n13\n" },
		{ ":for i from=1 to=3 do={/thing/add name=\"t$i\" size=$i}; :foreach t in="
		  "[/thing/find where size>1] do={:put [/thing/get $t name]}",
		  "t2\nt3\n" },
		{ "/thing; :for i from=1 to=3 do={add name=\"t$i\"}; set [find] flag=yes; :put "
		  "[:len [find where flag]]",
		  "3\n" },
		{ "/thing/add name=a; :local name a; :put [:len [/thing/find where name=$name]]; "
		  ":set name b; :put [:len [/thing/find where name=$name]]",
		  "1\n0\n" },
		{ "/thing { add name=ax; add name=bx; :local p a; :put [get [find where "
		  "name~\"^$p\"] name]; :set p b; :put [get [find where name~$p] name] }",
		  "ax\nbx\n" },
		{ "/thing { add name=a; add name=b; add name=c; :local l {a;c}; :put [:len [find "
		  "where name in $l]]; remove $l; :put [get [find] name] }",
		  "2\nb\n" },
		{ "/thing/add name=a; :local p \"(\"; /thing/find where name~$p",
		  "!syntax error (line 1 column 52)\n" },
		{ "/net/list { add network=10.0.0.0/8 thing=ten; add network=192.168.0.0/16; "
		  ":local "
		  "ip 10.1.2.3; :put [get [find where $ip in network] thing]; :put [:len [find "
		  "where network in 192.0.0.0/8]] }",
		  "ten\n1\n" },
		{ "/thing { add name=a size=5; add name=b size=6; :local n 5; :put [get [find "
		  "where size>$n] name]; :put [get [find where size<($n + 1)] name]; :put [get "
		  "[find where size!=$n && !flag] name]; :put [get [find where (size=$n and "
		  "name=[:pick \"xa\" 1])] name] }",
		  "b\na\nb\na\n" },
		{ ":local id [/thing/add name=a]; /thing/set $id flag=yes; :put [/thing/get $id "
		  "flag]; :if ([/thing/get $id flag]) do={:put set}",
		  "true\nset\n" },
		{ "/thing/add name=a note=x; /thing/set a !note; :put \"<$[/thing/get a note]>\"",
		  "<>\n" },
		{ ":local v b; /thing/add name=a note=!$v; :put [/thing/get a note]", "!b\n" },
		{ "/thing/add name=a; :local yes true; /thing/set a flag=$yes; :put [/thing/get a "
		  "flag]",
		  "true\n" },
		{ "/thing/add name=a; :put ([/thing/get a]->\"size\")", "7\n" },
		{ ":foreach x in=[/thing/find] do={}; :put [:typeof [/thing/find]]", "array\n" },
		{ "/thing { add name=a; :foreach i in=[find] do={ :if ([get $i name] = \"a\") do={ "
		  "set $i note=seen } } ; :put [get a note] }",
		  "seen\n" },
		{ "/thing add name a size 4; thing; :put [get a size]; .. ; :put x", "4\nx\n" },
		{ "/thing add name=$x", "!syntax error (line 1 column 18)\n" },
		{ ":local a 5; /thing add name=$a/24",
		  "!expected end of command (line 1 column 31)\n" },
	};

	CHECK(rows);
}

/* A script that waits does so by the time it is told, not by the clock on the wall. */
static void test_delay(void **unused)
{
	static const struct {
		const char *script;
		uint64_t ms;
	} rows[] = {
		{ ":delay 5", 5000 },
		{ ":delay 500ms; :delay 1s", 1500 },
		{ ":delay", 1000 },
		{ ":delay 0", 0 },
		{ ":local f do={:delay $1}; $f 2s; $f 1s", 3000 },
		{ ":put [:time {:delay 2s}]", 2000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = fixture_new();
		mono began = f->now;

		assert_true(fixture_run(f, rows[i].script));
		assert_int_equal(mono_since_ms(f->now, began), rows[i].ms);
		if (i == 5)
			assert_string_equal(text_str(&f->out), "00:00:02\n");
		fixture_free(f);
	}
}

static void test_limits(void **unused)
{
	struct fixture *f = fixture_new();

	f->host.memory_bytes = 100 << 10;
	assert_false(
		fixture_run(f, ":local a \"0123456789\"; :do {:while (true) do={:set a ($a . $a)}} "
	                       "on-error={:put never}"));
	assert_string_equal(text_str(&f->out),
	                    "!failure: the script's values take more than 100 KiB, which is its "
	                    "limit\n");
	/* What a round has made goes with it. */
	assert_true(fixture_run(f, ":for i from=1 to=5000 do={:local a \"0123456789\"; :local b "
	                           "($a . $a . [:len $a])}"));
	f->host.memory_bytes = 0;
	f->host.time_ns = 3 * NS_PER_S;
	assert_false(fixture_run(f, ":onerror e in={:while (true) do={:delay 1s; :put x}} do={}"));
	assert_string_equal(text_str(&f->out), "x\nx\n!failure: the script has run for 3 seconds, "
	                                       "which is its limit\n");
	fixture_free(f);
}

/* A turn has so many operations, and no more. */
static void test_budget(void **unused)
{
	struct fixture *f = fixture_new();
	struct run *run = fixture_begin(f, ":while (true) do={}");

	for (int i = 0; i < 100; i++)
		assert_int_equal(run_step(run, f->now, 10), RUN_RUNNING);
	run_interrupt(run);
	assert_int_equal(run_step(run, f->now, 10), RUN_DONE);
	assert_true(run_interrupted(run));
	run_free(run);
	fixture_free(f);
}

/* Wherever it is stopped, nothing stays behind, and no handler runs. */
static void test_interrupted(void **unused)
{
	static const char script[] =
		":local f do={:local x {1;2;$1}; :delay 1s; :return [:len $x]}; :onerror e in={"
		":foreach v in={1;2} do={:put [$f ($v . \"x\")]}; :error y} do={:put never}";

	for (unsigned steps = 0; steps < 120; steps++) {
		struct fixture *f = fixture_new();
		struct run *run = fixture_begin(f, script);

		for (unsigned i = 0; i < steps; i++) {
			if (run_step(run, f->now, 1) == RUN_WAITING)
				f->now = mono_add_ms(f->now, 1000);
		}
		run_interrupt(run);
		assert_int_equal(run_step(run, f->now, 100), RUN_DONE);
		assert_true(run_ok(run) || strstr(text_str(&f->out), "never") == NULL);
		run_free(run);
		fixture_free(f);
	}
}

static void test_log(void **unused)
{
	struct fixture *f = fixture_new();

	assert_true(fixture_run(f, ":local n 5; :log warning \"n is $n\"; :log info message=x"));
	assert_string_equal(f->log.lines[0].text, "n is 5");
	assert_int_equal(f->log.lines[0].level, LOG_WARNING);
	assert_string_equal(f->log.lines[1].text, "x");
	assert_false(fixture_run(f, ":log loud x"));
	fixture_free(f);
}

static bool execute(void *arg, const char *source, struct text *ret_job, struct diag *diag)
{
	text_printf(&((struct fixture *)arg)->out, "job: %s\n", source);
	text_add(ret_job, "*1");
	return true;
}

static void test_execute(void **unused)
{
	struct fixture *f = fixture_new();

	assert_false(fixture_run(f, ":execute {:put 1}"));
	f->host.execute = execute;
	f->host.job = "nightly";
	assert_true(fixture_run(
		f, ":put [:execute {:put 1}]; :execute script=\":put 2\"; :put [:jobname]"));
	assert_string_equal(text_str(&f->out), "job: :put 1\n*1\njob: :put 2\nnightly\n");
	assert_false(fixture_run(f, ":execute \"bad(\""));
	fixture_free(f);
}

/* Random pieces of scripts: whatever they do, they end, and everything is given back. */
static void test_anything(void **unused)
{
	static const char *const pieces[] = {
		":local a 1; ",
		":global g {1;x=2}; ",
		":local f do={:return ($1 . $x)}; ",
		":put $a; ",
		"$f 5 x=6; ",
		":put [$f $a]; ",
		":set a ($a + 1); ",
		":set ($g->\"x\") $a; ",
		":if ($a > 2) do={",
		"} else={",
		"}; ",
		"{ ",
		":while ($a < 9) do={",
		":for i from=1 to=4 do={",
		":foreach k,v in=$g do={",
		":put \"$k=$v $[:len $v]\"; ",
		":do {",
		"} on-error={",
		"} while=(false); ",
		":onerror e in={",
		"} do={",
		":error \"no $a\"; ",
		":break; ",
		":continue; ",
		":return $a; ",
		":delay 1s; ",
		"/thing/add name=\"t$a\"; ",
		":put [/thing/find where name~\"t$a\" or size=$a]; ",
		"/thing/remove [find]; ",
		"/thing { set [find] note=$a }; ",
		":retry {",
		"} delay=1 max=2; ",
		"(",
		")",
		"$",
		"\"",
		"=",
		"->",
		";",
		"\n",
		":put ($g->$a); ",
		":put [:typeof $g]; ",
		":global f; ",
		":local x [:parse \":put \\$1\"]; $x 7; ",
		":put ([/thing/get t1]->\"size\"); ",
	};
	struct fixture *f = fixture_new();
	unsigned ran = 0;

	f->host.memory_bytes = 200 << 10;
	f->host.time_ns = 50 * NS_PER_S;
	srandom(3);
	for (int round = 0; round < 6000; round++) {
		struct text text = { 0 };
		struct run *run;
		int n = (int)(random() % 14);

		while (n-- > 0)
			text_add(&text, pieces[(size_t)random() % ARRAY_LEN(pieces)]);
		run = fixture_begin(f, text_str(&text));
		assert_true(run != NULL || (f->diag.failed && f->diag.at_position));
		ran += run != NULL;
		for (int turn = 0; run != NULL && run_step(run, f->now, 20) != RUN_DONE; turn++) {
			f->now = mono_add_ms(f->now, 100);
			if (turn == 200)
				run_interrupt(run);
			assert_true(turn < 210);
		}
		run_free(run);
		text_free(&text);
	}
	assert_true(ran > 500);
	fixture_free(f);
}

/* How the paths, names and values of ROUTEROS.md 1.2 are written, each way beside the other. */
static void test_grammar(void **unused)
{
	static const struct case_row rows[] = {
		{ "/thing/add name=a; /thing add name=b; thing/add name=c; thing add name=d; / "
		  "thing add name=e; :put [:len [/thing/find]]",
		  "5\n" },
		{ "/thing; add name=a; ..; net; .. thing add name=b; .. { thing add name=c }; "
		  "/net/list; /; thing { add name=d; add name=e }; :put [:len [/thing find]]",
		  "5\n" },
		{ "/thi a na=a si=3; /thi s a si=4; :put [/thi g a si]", "4\n" },
		{ "/thing add name a size 3; :put [/thing get a size]", "3\n" },
		{ "/thing add name=a note=!x; :put [/thing get a note]", "!x\n" },
		{ "/thing add name=a note=!\"x y\"; :put [/thing get a note]", "!x y\n" },
		{ "/thing add name=a note=x; /thing set a !note; :put [:len [/thing get a note]]",
		  "0\n" },
		{ "/thing add name=a note=x; /thing unset a note; :put [:len [/thing get a note]]",
		  "0\n" },
		{ "/thing add name=a note=\"\" size=2; :put [/thing get a size]", "2\n" },
		{ "/thing add name=a note= size=2",
		  "!expected end of command (line 1 column 25)\n" },
		{ "/thing { add name=a; add name=b; add name=c }; /thing remove 0,2; :put [/thing "
		  "get [find] name]",
		  "b\n" },
		{ "/thing { add name=a; add name=b; add name=c; move c a; move [find name=a]; "
		  ":foreach i in=[find] do={:put [get $i name]} }",
		  "c\nb\na\n" },
		{ "/thing { add name=a; add name=b }; :local ids [/thing find]; /thing set "
		  "numbers=$ids note=both; /thing comment $ids \"c d\"; :put [/thing get b "
		  "comment]",
		  "c d\n" },
		{ "/thing add name=a \\\n  size=5 # a comment\n:put [/thing get a size]", "5\n" },
		{ "# nothing\n;;\n:put x ; ; :put y", "x\ny\n" },
		{ "/thing { add name=a disabled=yes; add name=b size=8; :put [:len [find "
		  "disabled]]; "
		  ":put [:len [find !disabled && size>7]]; :put [:len [find where disabled or "
		  "(name=b and size<=8)]] }",
		  "1\n1\n2\n" },
		{ "/thing add name=a; /thing { :put [get a size]; set a size=9 }; :put [thing get "
		  "a "
		  "size]",
		  "7\n9\n" },
	};

	CHECK(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expressions), cmocka_unit_test(test_strings),
		cmocka_unit_test(test_variables),   cmocka_unit_test(test_globals),
		cmocka_unit_test(test_flow),        cmocka_unit_test(test_functions),
		cmocka_unit_test(test_errors),      cmocka_unit_test(test_menus),
		cmocka_unit_test(test_delay),       cmocka_unit_test(test_limits),
		cmocka_unit_test(test_budget),      cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_log),         cmocka_unit_test(test_execute),
		cmocka_unit_test(test_anything),    cmocka_unit_test(test_grammar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
