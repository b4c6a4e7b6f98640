/* What a person types and what the console says, to the letter. */
#include <stdlib.h>

#include "ui/fixture.h"

struct step {
	const char *typed;
	const char *shown;
	const char *notice; /* NULL: none */
};

static void expect_steps(const struct step *steps, size_t n)
{
	struct fixture *f = fixture_new(false, 80);

	for (size_t i = 0; i < n; i++) {
		(void)fixture_run(f, steps[i].typed);
		assert_string_equal(text_str(&f->out), steps[i].shown);
		assert_string_equal(text_str(&f->notice),
		                    steps[i].notice != NULL ? steps[i].notice : "");
	}
	fixture_free(f);
}

static void test_print_table(void **unused)
{
	static const struct step steps[] = {
		{ "/ip/route/add dst-address=10.0.0.0/8 gateway=192.168.1.1", "" },
		{ "/ip route print",
		  "Flags: D - DYNAMIC; A - ACTIVE; c - CONNECT, s - STATIC\n"
		  "Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE\n"
		  "#     DST-ADDRESS     GATEWAY      ROUTING-TABLE  DISTANCE\n"
		  "0  As 10.0.0.0/8      192.168.1.1  main                  1\n"
		  "  DAc 192.168.1.0/24  ether1       main                  0\n" },
		{ "/ip ro pr where dst-address=10.0.0.0/8",
		  "Flags: A - ACTIVE; s - STATIC\n"
		  "Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE\n"
		  "#    DST-ADDRESS  GATEWAY      ROUTING-TABLE  DISTANCE\n"
		  "0 As 10.0.0.0/8   192.168.1.1  main                  1\n" },
		{ "/ip route comment 0 \"to the \\\"office\\\"\"", "" },
		{ "/ip route print where !dynamic",
		  "Flags: A - ACTIVE; s - STATIC\n"
		  "Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE\n"
		  "#    DST-ADDRESS  GATEWAY      ROUTING-TABLE  DISTANCE\n"
		  ";;; to the \"office\"\n"
		  "0 As 10.0.0.0/8   192.168.1.1  main                  1\n" },
		{ "/ip route print count-only", "2\n" },
		{ "/ip route disable 0; /ip route print proplist=gateway,distance",
		  "Flags: D - DYNAMIC; X - DISABLED, A - ACTIVE; c - CONNECT, s - STATIC\n"
		  "Columns: GATEWAY, DISTANCE\n"
		  "#     GATEWAY      DISTANCE\n"
		  ";;; to the \"office\"\n"
		  "0  Xs 192.168.1.1         1\n"
		  "  DAc ether1              0\n" },
		{ "/interface print", "Flags: R - RUNNING\n"
		                      "Columns: NAME, MTU\n"
		                      "#   NAME     MTU\n"
		                      "0 R ether1  1500\n"
		                      "1 R ether2  1500\n" },
		{ "/interface print stats", "Flags: R - RUNNING\n"
		                            "Columns: NAME, RX-PACKET\n"
		                            "#   NAME    RX-PACKET\n"
		                            "0 R ether1          7\n"
		                            "1 R ether2          0\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_print_others(void **unused)
{
	static const struct step steps[] = {
		{ "/ip/firewall/nat print", "" },
		{ "/ip firewall nat add chain=srcnat action=masq comment=\"the way out\"", "" },
		{ "/ip firewall nat add chain=dstnat action=dst-nat to-addresses=192.168.0.100",
		  "" },
		{ "/ip firewall nat print",
		  " 0    ;;; the way out\n"
		  "      chain=srcnat action=masquerade\n"
		  "\n"
		  " 1    chain=dstnat action=dst-nat to-addresses=\"192.168.0.100\"\n" },
		{ "/ip firewall nat print terse",
		  "0 comment=\"the way out\" chain=srcnat action=masquerade\n"
		  "1 chain=dstnat action=dst-nat to-addresses=\"192.168.0.100\"\n" },
		{ "/ip firewall nat print brief", "Columns: CHAIN, ACTION, TO-ADDRESSES\n"
		                                  "# CHAIN   ACTION      TO-ADDRESSES\n"
		                                  ";;; the way out\n"
		                                  "0 srcnat  masquerade\n"
		                                  "1 dstnat  dst-nat     192.168.0.100\n" },
		{ "/interface print value-list", "  name: ether1 ether2\n"
		                                 "   mtu: 1500   1500\n" },
		{ "/system identity print", "           name: Towpath\n  failed-logins: 0\n" },
		{ "/system identity set name=\"my router\"", "" },
		{ "/system/identity/print", "           name: my router\n  failed-logins: 0\n" },
		{ ":put [/system identity get name]", "my router\n" },
		{ "/ip firewall nat print as-value", "" },
		{ ":put [/ip firewall nat print as-value where chain=srcnat]",
		  ".id=*4;action=masquerade;chain=srcnat;comment=the way "
		  "out;disabled=false;log=false\n" },
		{ ":put [/ip firewall nat print count-only]", "2\n" },
		{ "/interface print detail where name=ether1",
		  "Flags: R - running\n 0 R  name=\"ether1\" mtu=1500\n" },
		{ "/interface print show-ids where name=ether2", "Flags: R - RUNNING\n"
		                                                 "Columns: NAME, MTU\n"
		                                                 " #   NAME     MTU\n"
		                                                 "*3 R ether2  1500\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

/* In a narrow terminal tables lose their last columns, and properties wrap. */
static void test_narrow(void **unused)
{
	struct fixture *f = fixture_new(false, 40);

	assert_true(fixture_run(f, "/ip route add gateway=192.168.1.1 dst-address=10.0.0.0/8; "
	                           "/ip route print where !dynamic"));
	assert_string_equal(text_str(&f->out),
	                    "Flags: A - ACTIVE; s - STATIC\n"
	                    "Columns: DST-ADDRESS, GATEWAY, ROUTING-TABLE, DISTANCE\n"
	                    "#    DST-ADDRESS  GATEWAY      ROUTIN  D\n"
	                    "0 As 10.0.0.0/8   192.168.1.1  main    1\n");
	assert_true(fixture_run(f, "/ip route print detail where !dynamic"));
	assert_string_equal(text_str(&f->out), "Flags: A - active; s - static\n"
	                                       " 0 As dst-address=10.0.0.0/8\n"
	                                       "      gateway=\"192.168.1.1\"\n"
	                                       "      routing-table=\"main\" distance=1\n");
	fixture_free(f);
}

/* What others have sent us, or a comment, does nothing to the terminal. */
static void test_control_characters(void **unused)
{
	static const struct step steps[] = {
		{ "/ip route add gateway=\"\\1B[2J\" comment=\"a\\07b\"", "" },
		{ "/ip route print where !dynamic proplist=gateway",
		  "syntax error (line 1 column 32)\n"
		  "proplist is no property of an item; write it before where\n" },
		{ "/ip route print proplist=gateway where !dynamic",
		  "Flags: A - ACTIVE; s - STATIC\n"
		  "Columns: GATEWAY\n"
		  "#    GATEWAY\n"
		  ";;; a\\07b\n"
		  "0 As \\1B[2J\n" },
		{ "/ip route print detail proplist=gateway where !dynamic",
		  "Flags: A - active; s - static\n"
		  " 0 As ;;; a\\07b\n"
		  "      gateway=\"\\1B[2J\"\n" },
		{ "/ip route add gateway=\033[2J", "expected end of command (line 1 column 23)\n"
		                                   "write gateway=\"\" for an empty value\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

/* A rule is shown with what it does; an option only where somebody has set it. */
static void test_print_rules(void **unused)
{
	static const struct step steps[] = {
		{ "/ip/firewall/nat add chain=srcnat action=masquerade", "" },
		{ "/ip/firewall/nat print", " 0    chain=srcnat action=masquerade\n" },
		{ "/ip/firewall/nat print value-list", "         chain: srcnat\n"
		                                       "        action: masquerade\n"
		                                       "  to-addresses:\n"
		                                       "           log:\n" },
		{ "/ip/firewall/nat print detail proplist=log", " 0    log=no\n" },
		{ "/ip/firewall/nat set 0 log=yes", "" },
		{ "/ip/firewall/nat print", " 0    chain=srcnat action=masquerade log=yes\n" },
		{ "/ip/firewall/nat print stats", "Columns: CHAIN, ACTION\n"
		                                  "# CHAIN   ACTION\n"
		                                  "0 srcnat  masquerade\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_moving(void **unused)
{
	struct fixture *f = fixture_new(false, 0);

	assert_true(fixture_run(f, "/ip route"));
	assert_string_equal(session_path(f->session), "/ip/route");
	assert_true(fixture_run(f, "add gat 10.0.0.1"));
	assert_true(fixture_run(f, ":put [get 0 gateway]"));
	assert_string_equal(text_str(&f->out), "10.0.0.1\n");
	assert_true(fixture_run(f, ".. firewall nat; add chain=srcnat; print count-only"));
	assert_string_equal(text_str(&f->out), "1\n");
	assert_string_equal(session_path(f->session), "/ip/firewall/nat");
	assert_true(fixture_run(f, "../../route/print count-only"));
	assert_string_equal(text_str(&f->out), "2\n");
	assert_string_equal(session_path(f->session), "/ip/firewall/nat");
	assert_true(fixture_run(f, ".."));
	assert_string_equal(session_path(f->session), "/ip/firewall");
	assert_true(fixture_run(f, "/"));
	assert_string_equal(session_path(f->session), "/");
	assert_true(fixture_run(f, "ip/firewall/"));
	assert_string_equal(session_path(f->session), "/ip/firewall");
	assert_true(fixture_run(f, "/ip { route { print count-only }; firewall nat remove 0 }"));
	assert_string_equal(text_str(&f->out), "2\n");
	assert_string_equal(session_path(f->session), "/ip/firewall");
	assert_true(fixture_run(f, "nat print count-only"));
	assert_string_equal(text_str(&f->out), "0\n");
	fixture_free(f);
}

static void test_items(void **unused)
{
	static const struct step steps[] = {
		{ "/ip/route add gateway=10.0.0.1; /ip/route add gateway=10.0.0.2 disabled=yes\n"
		  "/ip/route add gateway=10.0.0.3 dst-address=10.3.0.0/16 comment=three",
		  "" },
		/* Numbers without a print are given out then, and stay. */
		{ "/ip route remove 1", "" },
		{ ":put [/ip route get 2 gateway]", "10.0.0.3\n" },
		{ "/ip route get 1", "no such item\nnumber 1 of the last print was removed since; "
		                     "print gives new numbers\n" },
		{ "/ip route print count-only", "3\n" },
		{ ":put [/ip route find gateway~\"0.[13]\\$\"]", "*4;*6\n" },
		{ ":put [/ip route find where comment=three]", "*6\n" },
		{ ":put [/ip route find static (comment=three || gateway=10.0.0.1)]", "*4;*6\n" },
		{ ":put [/ip route find static comment=\"\" or distance>1]", "*4\n" },
		{ ":put [/ip route find dst-address=/0 !dynamic]", "*4\n" },
		{ ":put [/ip route find dynamic]", "*80000001\n" },
		{ ":put [/ip route find distance<=1 and !(gateway=10.0.0.1) && active=yes "
		  "!dynamic]",
		  "*6\n" },
		{ ":put [/ip route find blackhole]", "\n" },
		{ "/ip route set 0,2 distance=7", "" },
		{ "/ip route set [find where distance=7] distance=9", "" },
		{ "/ip route set *6 blackhole !gateway", "" },
		{ ":put [/ip route find where distance=9]", "*4;*6\n" },
		{ ":put [/ip route find !gateway]", "*6\n" },
		{ ":put [/ip route get [find blackhole] distance]", "9\n" },
		{ ":put [/ip route get *6 blackhole]", "true\n" },
		{ ":put [/ip route get *4 disabled]", "false\n" },
		{ "/ip route remove [find where distance=200]", "" },
		{ "/interface set ether2 mtu=1400 comment=two", "" },
		{ ":put [/interface get ether2 mtu]", "1400\n" },
		{ "/interface disable ether1,ether2", "" },
		{ ":put [/interface find disabled]", "*2;*3\n" },
		{ ":put [/ip route add gateway=10.0.0.9]", "*7\n" },
		{ "/ip route unset *7 gateway,comment", "" },
		{ ":put [/ip route get *7]",
		  ".id=*7;active=true;disabled=false;distance=1;dst-address=0.0.0.0/0;"
		  "routing-table=main;static=true\n" },
		{ "/ip route remove *7,*4", "" },
		{ "/ip route remove *77", "no such item\n/ip/route has none with the id *77; print "
		                          "show-ids shows the ids\n" },
		{ "/ip route remove 77", "no such item\n/ip/route has none with the number 77; "
		                         "print shows the numbers\n" },
		{ "/interface disable ether7", "no such item\n/interface has none called "
		                               "\"ether7\"; print shows the names\n" },
		{ "/ip route remove ether7",
		  "expected item id (line 1 column 18)\n"
		  "\"ether7\" is none; items of /ip/route have no names: give a number of the last "
		  "print, *id or [find ...]\n" },
		{ "/interface set \"\" mtu=1400", "expected item id (line 1 column 16)\nhere must "
		                                  "stand which item: a number of the "
		                                  "last print, a name, *id or [find ...]\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_order(void **unused)
{
	static const struct step steps[] = {
		{ "/ip firewall nat { add chain=srcnat comment=a; add chain=srcnat comment=b; "
		  "add chain=srcnat comment=c place-before=0 }",
		  "" },
		{ ":put [/ip firewall nat find]", "*6;*4;*5\n" },
		{ "/ip firewall nat print brief", "Columns: CHAIN, ACTION\n"
		                                  "# CHAIN   ACTION\n"
		                                  ";;; c\n0 srcnat  accept\n"
		                                  ";;; a\n1 srcnat  accept\n"
		                                  ";;; b\n2 srcnat  accept\n" },
		{ "/ip firewall nat move 2 0", "" },
		{ ":put [/ip firewall nat find]", "*5;*6;*4\n" },
		/* Numbers are still those of the print: 2 is b, now the first one. */
		{ "/ip firewall nat move 2", "" },
		{ ":put [/ip firewall nat find]", "*6;*4;*5\n" },
		{ "/ip firewall nat add copy-from=1 action=masquerade", "" },
		{ ":put [/ip firewall nat get [find action=masquerade] chain]", "srcnat\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_notices(void **unused)
{
	static const struct step steps[] = {
		{ "/ip firewall src-nat add action masquerade", "",
		  ";;; understood as: /ip/firewall/nat/add chain=srcnat action=masquerade\n" },
		{ "/ip firewall src-nat print", " 0    chain=srcnat action=masquerade\n" },
		{ "/ip firewall src-nat set 0 action src-nat to-src-address 10.0.0.1", "",
		  ";;; understood as: /ip/firewall/nat/set *4 action=src-nat "
		  "to-addresses=10.0.0.1\n" },
		{ ":put [/ip firewall nat get 0 to-addresses]", "10.0.0.1\n" },
		{ "/ip firewall src-nat remove 0", "" },
		{ "/ip route add gateway=none", "",
		  ";;; understood as: /ip/route/add blackhole=yes\n" },
		{ "/ip route remove [find blackhole]", "" },
		{ "/ip route add gateway=10.0.0.1 distance=99", "",
		  ";;; this distance loses against most\n" },
		{ "/ip route print detail where !dynamic",
		  "Flags: A - active; s - static\n"
		  " 0 As ;;; this distance loses against most\n"
		  "      dst-address=0.0.0.0/0 gateway=\"10.0.0.1\" routing-table=\"main\" "
		  "distance=99\n" },
		{ "/interface pppoe-client add name=x password=\"se cret\" interface=ether1", "" },
		{ "/interface pppoe-client print",
		  " 0    name=\"x\" password=\"*****\" interface=ether1\n" },
		{ "/interface pppoe-client print show-sensitive",
		  " 0    name=\"x\" password=\"se cret\" interface=ether1\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

static void test_words(void **unused)
{
	static const struct step steps[] = {
		{ ":put hello", "hello\n" },
		{ "put \"a b\"", "a b\n" },
		{ "/ip; put x", "x\n" },
		{ ":put \"\\\"\\\\\\n\\_\\41\\$\\?\"", "\"\\\n A$?\n" },
		{ "# only a comment", "" },
		{ ":put a # b\n:put c", "a\nc\n" },
		{ ":put \\\n joined", "joined\n" },
		{ ":put \"jo\\\n    ined\"", "joined\n" },
		{ ":put [:put nested]", "nested\n\n" },
		{ "/ip route add dst 10.0.0.0/8 gat 192.168.1.1 comment=", "" },
		{ ":put [/ip route get 0 dst-address]", "10.0.0.0/8\n" },
		{ "/ip route add blackhole yes distance 5", "" },
		{ ":put [/ip route get [find blackhole] blackhole]", "true\n" },
		{ "/count two 2",
		  "expected end of command (line 1 column 12)\nthere is no argument \"2\" here; "
		  "there are what, count\n" },
		{ "/count bell count=2", "bell 1\nbell 2\n" },
		{ "/cou bell c 1", "bell 1\n" },
		{ "/count count=1 what=x", "x 1\n" },
		{ "/count count=1", "missing value(s) of argument(s) what\nwhat: What to count\n" },
		{ "/count nothing", "failure: nothing can't be counted\n" },
	};

	expect_steps(steps, ARRAY_LEN(steps));
}

/* What can't be taken, and where. */
static const struct {
	const char *typed, *shown;
} errors[] = {
	{ "foo", "bad command name foo (line 1 column 1)\nthere is no \"foo\" here; there are "
	         "system, interface, ip, export, count, import, put, quit\n" },
	{ "/ip foo",
	  "bad command name foo (line 1 column 5)\nthere is no \"foo\" in /ip; there are "
	  "route, firewall, export\n" },
	{ "/ip/route/prnt", "bad command name prnt (line 1 column 11)\n"
	                    "there is no \"prnt\" in /ip/route; did you mean print?\n" },
	{ "/interface e", "bad command name e (line 1 column 12)\n"
	                  "\"e\" could be edit, enable or export\n" },
	{ "/ip route remove",
	  "missing value(s) of argument(s) numbers\n"
	  "say which items: numbers of the last print, names, *ids or [find ...]\n" },
	{ "/ip route set 0 foo=1",
	  "expected end of command (line 1 column 17)\nthere is no argument \"foo\" here; "
	  "there are dst-address, gateway, routing-table, distance, blackhole, numbers, comment, "
	  "disabled\n" },
	{ "/ip route add 1234567890123456789012345678901234567890=1",
	  "expected end of command (line 1 column 15)\n"
	  "there is no argument \"1234567890123456789012345678901234567890\" here; "
	  "there are dst-address, gateway, routing-table, distance, blackhole, comment, disabled, "
	  "copy-from\n" },
	{ "/ip route add 123456789012345678901234567890123456789\xc3\xbc=1",
	  "expected end of command (line 1 column 15)\n"
	  "there is no argument \"123456789012345678901234567890123456789...\" here; "
	  "there are dst-address, gateway, routing-table, distance, blackhole, comment, disabled, "
	  "copy-from\n" },
	{ "/ip route add (", "expected end of command (line 1 column 15)\nthis is no argument; "
	                     "there are dst-address, gateway, routing-table, distance, "
	                     "blackhole, comment, disabled, copy-from\n" },
	{ "quit 1", "expected end of command (line 1 column 6)\nnothing more can stand here\n" },
	{ "/ip route add gatewai=1",
	  "expected end of command (line 1 column 15)\n"
	  "there is no argument \"gatewai\" here; did you mean gateway?\n" },
	{ "/ip route add d=1", "expected end of command (line 1 column 15)\n"
	                       "\"d\" could be dst-address, distance or disabled\n" },
	{ "/ip route add gateway", "missing value(s) of argument(s) gateway (line 1 column "
	                           "22)\nwrite gateway=value; it is: Next hop\n" },
	{ "/ip route add gateway = 10.0.0.1",
	  "expected end of command (line 1 column 23)\nwrite name=value, without a blank before "
	  "=\n" },
	{ "/ip route add comment= gateway=1", "expected end of command (line 1 column 24)\n"
	                                      "write comment=\"\" for an empty value\n" },
	{ "/ip route add gateway=1 gateway=2",
	  "expected end of command (line 1 column 25)\ngateway was given already\n" },
	{ "/ip route print detail=yes",
	  "bad parameter detail (line 1 column 17)\nit is a flag and takes no value\n" },
	{ "/ip route print where foo=1",
	  "syntax error (line 1 column 23)\nthere is no property \"foo\" here; there are "
	  "dst-address, gateway, routing-table, distance, blackhole, inactive, active, connect, "
	  "static, comment, disabled\n" },
	{ "/ip route print where gateway=", "syntax error (line 1 column 31)\n"
	                                    "a value should stand here; an empty one is \"\"\n" },
	{ "/ip route print where (active",
	  "syntax error (line 1 column 30)\na closing bracket is missing\n" },
	{ "/ip route print where gateway~\"(\"",
	  "syntax error (line 1 column 31)\n"
	  "this is not a POSIX extended regular expression\n" },
	{ ":put \"abc", "syntax error (line 1 column 6)\nthis quote is never closed\n" },
	{ ":put \"a\\qb\"", "syntax error (line 1 column 8)\n"
	                    "known are \\\" \\\\ \\n \\r \\t \\$ \\? \\_ \\a \\b \\f \\v "
	                    "and two upper-case hex "
	                    "digits\n" },
	{ ":put \"5$\"", "syntax error (line 1 column 8)\nwrite \\$ for a dollar sign\n" },
	{ ":put $x", "syntax error (line 1 column 7)\n$x is not known here: :local x and :global x "
	             "make it known, a global in each script anew\n" },
	{ ":put [:put a", "syntax error (line 1 column 13)\na closing bracket ] is missing\n" },
	{ ":put [/ip route]", "expected command name (line 1 column 16)\n" },
	{ ":put a b",
	  "expected end of command (line 1 column 8)\nthere is no argument \"b\" here; there are "
	  "message\n" },
	{ ":put \"a\"b", "expected end of command (line 1 column 9)\n"
	                 "a blank must part two values; quotes keep one together\n" },
	{ ":foo", "bad command name foo (line 1 column 2)\nthere is no \"foo\" behind a colon; "
	          "did you mean for?\n" },
	{ "/ip/route }", "expected end of command (line 1 column 11)\nno bracket is open here\n" },
	{ "}", "syntax error (line 1 column 1)\n" },
	{ "/ip { route print",
	  "syntax error (line 1 column 18)\na closing bracket } is missing\n" },
	{ "\n/ip\nfoo", "bad command name foo (line 3 column 1)\nthere is no \"foo\" in /ip; there "
	                "are route, firewall, export\n" },
	{ "/ip route move 0",
	  "bad command name move (line 1 column 11)\nthere is no \"move\" in /ip/route; there are "
	  "add, comment, disable, edit, enable, export, find, get, print, remove, reset, set, "
	  "unset\n" },
	{ "/ip route add !gateway",
	  "expected end of command (line 1 column 15)\nonly set clears a property with !gateway; "
	  "leave it out here\n" },
	{ "/ip route print proplist=foo",
	  "input does not match any value of proplist (line 1 column 26)\n"
	  "there is no property \"foo\" here; there are dst-address, gateway, routing-table, "
	  "distance, blackhole, inactive, active, connect, static, comment, disabled\n" },
	{ ":put [/interface get ether1 foo]",
	  "input does not match any value of value-name (line 1 column 29)\n"
	  "there is no property \"foo\" here; there are name, mtu, rx-packet, running, comment, "
	  "disabled\n" },
	/* What was typed does nothing to the terminal when it comes back. */
	{ "/interface set \"\\1B[2J\" mtu=1400",
	  "no such item\n/interface has none called \"\\1B[2J\"; print shows the names\n" },
	{ ":put a#b", "syntax error (line 1 column 7)\nput a value with # in quotes\n" },
	{ "/ip route add gateway=0.0.0.0", "failure: gateway can't be 0.0.0.0\n" },
	/* In a script the place is told for every error. */
	{ "/ip route\nadd distance=5 gateway=0.0.0.0",
	  "failure: gateway can't be 0.0.0.0 (line 2 column 24)\n" },
	{ "\n\n/ip route remove *99",
	  "no such item (line 3 column 11)\n"
	  "/ip/route has none with the id *99; print show-ids shows the ids\n" },
};

static void test_errors(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		struct fixture *f = fixture_new(false, 80);

		if (fixture_run(f, errors[i].typed))
			fail_msg("accepted: %s", errors[i].typed);
		assert_string_equal(text_str(&f->out), errors[i].shown);
		fixture_free(f);
	}
}

/* Nothing of a script runs when a part of it can't be read; then the first failure ends it. */
static void test_script(void **unused)
{
	struct fixture *f = fixture_new(false, 0);

	assert_false(fixture_run(f, "/ip route\nadd gateway=10.0.0.1\nadd gatewai=10.0.0.2\n"));
	assert_string_equal(text_str(&f->out),
	                    "expected end of command (line 3 column 5)\n"
	                    "there is no argument \"gatewai\" here; did you mean gateway?\n");
	assert_string_equal(session_path(f->session), "/");
	assert_true(fixture_run(f, "/ip route print count-only"));
	assert_string_equal(text_str(&f->out), "1\n");
	assert_false(fixture_run(f, "/ip route\nadd gateway=10.0.0.1\nadd distance=0\n"
	                            "add gateway=10.0.0.3\n"));
	assert_non_null(strstr(text_str(&f->out), "distance"));
	assert_non_null(strstr(text_str(&f->out), "(line 3 column 14)"));
	assert_true(fixture_run(f, "/ip route print count-only"));
	assert_string_equal(text_str(&f->out), "2\n");
	fixture_free(f);
}

/* A login is a series of lines: what is global is there in the next one, what is local is not. */
static void test_variables(void **unused)
{
	struct fixture *f = fixture_new(false, 0);

	assert_true(fixture_run(f, ":global x 5; :local y 6; :put ($x + $y)"));
	assert_string_equal(text_str(&f->out), "11\n");
	assert_true(fixture_run(f, ":global x; :put $x"));
	assert_string_equal(text_str(&f->out), "5\n");
	assert_false(fixture_run(f, ":put $y"));
	assert_false(fixture_run(f, ":execute {:put 1}"));
	fixture_free(f);
}

static void test_export(void **unused)
{
	struct fixture *f = fixture_new(false, 0);

	assert_true(fixture_run(f, "/ip route add gateway=10.0.0.1 comment=\"a b\"; "
	                           "/ip route export"));
	assert_non_null(strstr(text_str(&f->out), "comment=\"a b\""));
	assert_true(fixture_run(f, "/export"));
	assert_non_null(strstr(text_str(&f->out), "/ip/route"));
	assert_true(fixture_run(f, "/system export"));
	assert_null(strstr(text_str(&f->out), "/ip/route"));
	fixture_free(f);
}

/* An action takes its turns, and Ctrl-C ends it and what would have come behind it. */
static void test_action(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	static const char text[] = "/count bell; :put behind";

	assert_true(session_run(f->session, text, strlen(text), fixture_done, f));
	(void)session_turn(f->session, (mono){ 0 });
	(void)session_turn(f->session, (mono){ 0 });
	assert_string_equal(text_str(&f->out), "bell 1\nbell 2\n");
	assert_true(session_busy(f->session));
	assert_false(session_run(f->session, "/", 1, NULL, NULL));
	session_interrupt(f->session);
	assert_false(session_busy(f->session));
	assert_true(f->done);
	assert_string_equal(text_str(&f->out), "bell 1\nbell 2\nsaid=2\n");
	/* Leaving in mid-action stops it, too. */
	assert_true(session_run(f->session, text, strlen(text), NULL, NULL));
	fixture_free(f);
}

static void type(struct fixture *f, const char *bytes)
{
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, bytes, strlen(bytes)), strlen(bytes));
	fixture_settle(f);
}

static void test_terminal(void **unused)
{
	struct fixture *f = fixture_new(true, 80);

	/* A terminal that can is asked to say what is pasted. */
	assert_string_equal(text_str(&f->out), "\033[?2004h[admin@Towpath] > ");
	type(f, "/ip route\r");
	assert_string_equal(text_str(&f->out), "/ip route\r\n[admin@Towpath] /ip/route> ");
	type(f, "foo\r\n");
	assert_string_equal(text_str(&f->out),
	                    "foo\r\nbad command name foo (line 1 column 1)\r\n"
	                    "there is no \"foo\" in /ip/route; there are add, "
	                    "comment, disable, edit, enable, export, find, get, print, "
	                    "remove, reset, set, unset\r\n"
	                    "[admin@Towpath] /ip/route> ");
	type(f, "/system identity set name=r1\r");
	assert_string_equal(text_str(&f->out),
	                    "/system identity set name=r1\r\n[admin@r1] /ip/route> ");
	type(f, "/ip { firewall {\r");
	assert_string_equal(text_str(&f->out), "/ip { firewall {\r\n{{... ");
	type(f, "nat print count-only }}\r");
	assert_string_equal(text_str(&f->out),
	                    "nat print count-only }}\r\n0\r\n[admin@r1] /ip/route> ");
	type(f, ":put \"a\r");
	assert_string_equal(text_str(&f->out), ":put \"a\r\n\"... ");
	type(f, "\003");
	assert_string_equal(text_str(&f->out), "\r\n[admin@r1] /ip/route> ");
	/* Notices come in the same stream. */
	type(f, "add gateway=1.1.1.1 distance=99\r");
	assert_string_equal(text_str(&f->out),
	                    "add gateway=1.1.1.1 distance=99\r\n"
	                    ";;; this distance loses against most\r\n[admin@r1] /ip/route> ");
	type(f, "/quit\r");
	assert_true(session_closed(f->session));
	assert_string_equal(text_str(&f->out), "/quit\r\n\033[?2004l");
	fixture_free(f);

	f = fixture_new(true, 80);
	type(f, "\004");
	assert_true(session_closed(f->session));
	fixture_free(f);
}

/* What is typed while something runs waits, but Ctrl-C does not. */
static void test_typing_ahead(void **unused)
{
	struct fixture *f = fixture_new(true, 80);
	static const char first[] = "/count bell\r", second[] = ":put next\r";

	text_clear(&f->out);
	assert_int_equal(session_input(f->session, first, strlen(first)), strlen(first));
	assert_int_equal(session_input(f->session, second, strlen(second)), strlen(second));
	(void)session_turn(f->session, (mono){ 0 });
	assert_string_equal(text_str(&f->out), "/count bell\r\nbell 1\r\n");
	assert_int_equal(session_input(f->session, "\003", 1), 1);
	assert_false(session_busy(f->session));
	assert_string_equal(text_str(&f->out),
	                    "/count bell\r\nbell 1\r\nsaid=1\r\n[admin@Towpath] > ");

	/* The change below is not on the disk before the background has worked. */
	static const char change[] = "/ip route add gateway=1.1.1.1\r/ip route print count-only\r";

	text_clear(&f->out);
	assert_int_equal(session_input(f->session, change, strlen(change)), strlen(change));
	fixture_settle(f);
	assert_string_equal(text_str(&f->out),
	                    "/ip route add gateway=1.1.1.1\r\n[admin@Towpath] > "
	                    "/ip route print count-only\r\n2\r\n[admin@Towpath] > ");
	fixture_free(f);
}

static void test_tab(void **unused)
{
	struct fixture *f = fixture_new(true, 80);

	type(f, "/ip/ro\t");
	assert_string_equal(text_str(&f->out), "/ip/route/");
	type(f, "pr\t");
	assert_string_equal(text_str(&f->out), "print ");
	type(f, "where ga\t");
	assert_string_equal(text_str(&f->out), "where gateway=");
	type(f, "\025/ip firewall nat add a\t\t");
	assert_non_null(strstr(text_str(&f->out), " firewall nat add action="));
	type(f, "\t\t");
	assert_string_equal(text_str(&f->out), "\r\naccept      dst-nat     masquerade  src-nat\r\n"
	                                       "[admin@Towpath] > /ip firewall nat add action=");
	type(f, "\025?");
	assert_non_null(strstr(text_str(&f->out), "\r\ncount -- Count something\r\n"));
	/* Menus come first. */
	assert_non_null(strstr(text_str(&f->out), "\r\ninterface -- Interfaces\r\nip\r\n"
	                                          "system\r\ncount -- Count something\r\n"));
	type(f, "/ip route add distance=?");
	assert_non_null(strstr(text_str(&f->out), "-- Lower wins (1..255); default 1\r\n"));
	type(f, "\025/ip route add dst-address=?");
	assert_non_null(strstr(text_str(&f->out), "<network> -- Network this route leads to: "
	                                          "A.B.C.D/len; default 0.0.0.0/0\r\n"));
	type(f, "\025:put \"?\"\r");
	assert_non_null(strstr(text_str(&f->out), "\r\n?\r\n"));
	fixture_free(f);
}

/* Lines with passwords in them don't stay in the history. */
static void test_history(void **unused)
{
	struct fixture *f = fixture_new(true, 80);

	type(f, ":put one\r");
	type(f, "/interface pppoe-client add name=x password=y interface=ether1\r");
	type(f, "\033[A\r");
	assert_non_null(strstr(text_str(&f->out), "\r\none\r\n"));
	fixture_free(f);
}

/* A session may go while its change is on the way to the disk. */
static void test_leaving(void **unused)
{
	struct fixture *f = fixture_new(false, 0);
	static const char text[] = "/ip route add gateway=10.0.0.1";

	assert_true(session_run(f->session, text, strlen(text), fixture_done, f));
	session_free(f->session);
	f->session = NULL;
	fixture_work(f);

	const struct conf_state *state = conf_hold(f->conf);

	assert_int_equal(conf_state_rows(state, "/ip/route").n, 1);
	conf_release(f->conf, state);
	fixture_free(f);
}

static const char *const pieces[] = {
	"/ip/route ",
	"/interface ",
	"add ",
	"set ",
	"print ",
	"find ",
	"get ",
	"remove ",
	"where ",
	"[",
	"]",
	"{",
	"}",
	"\"",
	"gateway=",
	"10.0.0.1 ",
	"\t",
	"\t\t",
	"?",
	"\r",
	"\r",
	"\r",
	"\003",
	"\033[A",
	"\033[D",
	"\177",
	"0 ",
	"0,1 ",
	"*4 ",
	"ether1 ",
	"..",
	"; ",
	"#",
	"\\",
	"!",
	"disabled=yes ",
	"detail ",
	"/count x 3 ",
	"/ip/firewall/nat ",
	"chain=srcnat ",
	"comment=a ",
	":put ",
	"move ",
	"terse ",
	"~",
	"=",
	"export ",
	"value-list ",
	"mtu=1400 ",
	"disable ",
	"/system identity ",
	"name=x ",
	"\033",
};

/* Whatever is typed, the console stays with us and gets its prompt back. */
static void test_anything(void **unused)
{
	struct fixture *f = fixture_new(true, 40);
	size_t answers = 0;

	srandom(5);
	for (int i = 0; i < 20000; i++) {
		const char *piece = pieces[(size_t)random() % ARRAY_LEN(pieces)];
		char byte = (char)random();

		text_clear(&f->out);
		if (random() % 50 != 0)
			(void)session_input(f->session, piece, strlen(piece));
		else if (byte != 4)
			(void)session_input(f->session, &byte, 1);
		if (random() % 3 == 0)
			fixture_settle(f);
		if (random() % 8 == 0)
			type(f, "\r\003");
		answers += strstr(text_str(&f->out), "\r\n[admin") != NULL;
	}
	assert_true(answers > 1000);
	assert_false(session_closed(f->session));
	(void)session_input(f->session, "\003", 1);
	fixture_settle(f);
	type(f, "\003:put alive\r");
	assert_non_null(strstr(text_str(&f->out), "\r\nalive\r\n["));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print_table),  cmocka_unit_test(test_print_others),
		cmocka_unit_test(test_narrow),       cmocka_unit_test(test_control_characters),
		cmocka_unit_test(test_print_rules),  cmocka_unit_test(test_moving),
		cmocka_unit_test(test_items),        cmocka_unit_test(test_order),
		cmocka_unit_test(test_notices),      cmocka_unit_test(test_words),
		cmocka_unit_test(test_errors),       cmocka_unit_test(test_script),
		cmocka_unit_test(test_export),       cmocka_unit_test(test_variables),
		cmocka_unit_test(test_action),       cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_typing_ahead), cmocka_unit_test(test_tab),
		cmocka_unit_test(test_anything),     cmocka_unit_test(test_history),
		cmocka_unit_test(test_leaving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
