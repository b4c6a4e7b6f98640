/*
 * The error texts of RouterOS (ROUTEROS.md 1.4), to the letter: a line that is typed, and the first
 * line of the answer, its position counted from 1. What is ours stands on the lines below.
 *
 * Not here, for nothing says them yet: "not enough permissions (9)" and the texts of a failed
 * login (users), "no such command" and "unknown parameter" (API and REST), "std failure: timeout".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "../fuzz/small_router.h"

static const struct {
	const char *typed, *said;
} rows[] = {
	/* An unknown word. */
	{ "foo", "bad command name foo (line 1 column 1)" },
	{ "/ip/foo", "bad command name foo (line 1 column 5)" },
	{ "/ip route foo", "bad command name foo (line 1 column 11)" },
	{ ":foo", "bad command name foo (line 1 column 2)" },
	{ "/ip/route\nfoo", "bad command name foo (line 2 column 1)" },
	{ "/ip/route; foo", "bad command name foo (line 1 column 12)" },
	{ "/ip { route foo }", "bad command name foo (line 1 column 13)" },
	/* Several words begin so. */
	{ "/ip/route e", "bad command name e (line 1 column 11)" },
	/* A word or argument that is not accepted here. */
	{ "/ip/route/print foo", "expected end of command (line 1 column 17)" },
	{ "/ip/route/add foo=1", "expected end of command (line 1 column 15)" },
	{ "/ip/address/add address=10.0.0.1/24 foo", "expected end of command (line 1 column 37)" },
	{ "/ip/address/add address= interface=ether1",
	  "expected end of command (line 1 column 26)" },
	{ "/ip/route/print )", "expected end of command (line 1 column 17)" },
	{ "/quit now", "expected end of command (line 1 column 7)" },
	{ "/ip/address/add address=a=b", "expected end of command (line 1 column 26)" },
	/* Malformed expressions and quotes, variables that are not there. */
	{ "/ip/route/print where (", "syntax error (line 1 column 24)" },
	{ "/ip/route/print where foo=1", "syntax error (line 1 column 23)" },
	{ "/ip/route/add comment=\"\\q\"", "syntax error (line 1 column 24)" },
	{ ":put \"a", "syntax error (line 1 column 6)" },
	{ ":put $nobody", "syntax error (line 1 column 7)" },
	{ "/ip/route/print where dst-address~\"[\"", "syntax error (line 1 column 35)" },
	/* A command that is known, a parameter that can't be. */
	{ "/ip/route/print detail=yes", "bad parameter detail (line 1 column 17)" },
	/* A menu where a command is needed. */
	{ ":put [/ip/route]", "expected command name (line 1 column 16)" },
	/* Values. */
	{ "/ip/firewall/nat/add chain=srcnat action=s",
	  "ambiguous value of action, more than one possible value matches input" },
	{ "/ip/address/add address=10.0.0.1/24 interface=ether9",
	  "input does not match any value of interface" },
	{ "/ip/firewall/filter/add chain=input action=fly",
	  "input does not match any value of action" },
	{ "/ip/address/add address=10.0.0 interface=ether1", "invalid value for argument address" },
	{ "/ip/route/add dst-address=x gateway=10.0.0.1",
	  "invalid value for argument dst-address" },
	{ "/ip/route/add distance=2x gateway=10.0.0.1",
	  "value of distance contains invalid trailing characters" },
	{ "/interface/vlan/add name=v interface=ether1 vlan-id=5000",
	  "value of vlan-id out of range (1..4094)" },
	{ "/ip/route/add distance=256 gateway=10.0.0.1",
	  "value of distance out of range (1..255)" },
	{ "/ip/firewall/nat/add chain=srcnat action=src-nat to-addresses=x",
	  "value of to-addresses expects range of ip addresses" },
	{ "/interface/list/set WAN disabled=maybe", "invalid value for argument disabled" },
	/* What is missing. */
	{ "/interface/vlan/add interface=ether1 vlan-id=5",
	  "missing value(s) of argument(s) name" },
	{ "/ip/address/add address=10.0.0.1/24", "missing value(s) of argument(s) interface" },
	{ "/ip/route/add gateway", "missing value(s) of argument(s) gateway (line 1 column 22)" },
	/* Items. */
	{ "/ip/address/remove *FFFF", "no such item" },
	{ "/ip/address/remove 77", "no such item" },
	{ "/interface/bridge/remove nobody", "no such item" },
	{ "/ip/address/remove nobody", "expected item id (line 1 column 20)" },
	{ "/ip/address/remove \"\"", "expected item id (line 1 column 20)" },
	{ "/ip/address/get 77 address", "no such item" },
	{ "/ip/address/remove", "missing value(s) of argument(s) numbers" },
	/* Refusals. */
	{ "/ip/address/add address=10.1.0.1/24 interface=ether1", "" },
	{ "/ip/address/add address=10.1.0.1/24 interface=ether1",
	  "failure: already have such address" },
	{ "/interface/list/add name=office", "" },
	{ "/interface/list/add name=office", "failure: already have such entry" },
	{ "/interface/vlan/add name=ether1 interface=ether1 vlan-id=5",
	  "failure: already have interface with such name" },
	{ "/interface/list/member/add list=LAN interface=ether1", "" },
	{ "/interface/list/member/add list=LAN interface=ether1",
	  "failure: already have such entry" },
};

static void test_rows(void **unused)
{
	struct small_router s;
	struct text out = { 0 };
	bool wrong = false;

	assert_int_equal(small_router_open(&s, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		text_clear(&out);
		(void)small_router_run(&s, rows[i].typed, strlen(rows[i].typed), &out);

		size_t first = strcspn(text_str(&out), "\n");

		if (first == strlen(rows[i].said) &&
		    memcmp(text_str(&out), rows[i].said, first) == 0)
			continue;
		print_error("%s\n  should say: %s\n  says:       %s\n", rows[i].typed, rows[i].said,
		            text_str(&out));
		wrong = true;
	}
	text_free(&out);
	small_router_close(&s);
	assert_false(wrong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
