/* All that is offered is accepted, wherever the cursor stands. */
#include "lang/parse.h"
#include "ui/complete.h"
#include "ui/fixture.h"

static void offers(struct fixture *f, const char *typed, const char *expected)
{
	struct candidates found;
	struct text all = { 0 };

	candidates_find(f->conf, "/", typed, strlen(typed), &found);
	for (size_t i = 0; i < found.n; i++)
		text_printf(&all, "%s%s", i > 0 ? " " : "", found.at[i].text);
	assert_string_equal(text_str(&all), expected);
	text_free(&all);
	candidates_free(&found);
}

static void test_offers(void **unused)
{
	static const char *const rows[][2] = {
		{ "", "count export import interface ip put quit system" },
		{ "/", "count export import interface ip put quit system" },
		{ "/ip", "ip" },
		{ "/ip ", "export firewall route" },
		{ "/ip/", "export firewall route" },
		{ "ip/ro", "route" },
		{ "ip route ",
		  "add comment disable edit enable export find get print remove reset set unset" },
		{ "ip route pr", "print" },
		{ "/interface mt", "" },
		{ "/ip route co", "comment" },
		{ "/ip firewall nat mv", "move" },
		{ "/ip route print si", "show-ids" },
		{ "/ip route print ss", "show-sensitive" },
		{ "/ip route print swi", "show-ids show-sensitive" },
		{ "/interface pt", "pppoe-client print" },
		{ "/ip firewall nat add ",
		  "action chain comment copy-from disabled log place-before to-addresses" },
		{ "/ip firewall nat add chain=srcnat a", "action" },
		{ "/ip firewall nat add chain=", "dstnat srcnat" },
		{ "/ip firewall nat add chain ", "dstnat srcnat" },
		{ "/ip firewall nat add chain s", "srcnat" },
		{ "/ip firewall nat add chain=\"s", "srcnat" },
		{ "/ip firewall src-nat add ",
		  "action comment copy-from disabled place-before to-src-address" },
		{ "/interface set ", "comment disabled ether1 ether2 mtu name numbers" },
		{ "/interface set ether2 ", "comment disabled mtu name" },
		{ "/interface set ether1,", "ether1 ether2" },
		{ "/interface set ether2 disabled=", "no yes" },
		{ "/interface set ether2 !m", "mtu" },
		{ "/interface disable et", "ether1 ether2" },
		{ "/interface get ether1 ", "comment mtu name rx-packet value-name" },
		{ "/interface pppoe-client add interface=", "ether1 ether2" },
		{ "/ip route add bl", "blackhole" },
		{ "/ip route print ",
		  "append as-value brief count-only detail file follow follow-only from interval "
		  "order-by proplist "
		  "show-ids show-sensitive stats terse timestamp value-list where "
		  "without-paging" },
		{ "/ip route print proplist=gateway,dst", "dst-address" },
		{ "/ip route print where a", "active" },
		{ "/ip route print where active d", "disabled distance dst-address dynamic" },
		{ "/ip route print where blackhole=", "no yes" },
		{ "/ip route print where active=", "no yes" },
		{ "/ip firewall nat find action=m", "masquerade" },
		{ ":put [/interface find na", "name" },
		{ ":put [/ip ", "export firewall route" },
		{ "/ip { fir", "firewall" },
		{ "/ip { route; pri", "print" },
		{ "/ip route; pri", "print" },
		{ "/ip route\npri", "print" },
		{ "# pri", "" },
		{ "/ip route print ; # a", "" },
		{ "/ip foo pr", "" },
		{ "/interface set \"ether1\"", "" },
		{ ":fore", "foreach" },
		{ ":if (true) ", "do else" },
		{ ":if (true) do={ :re", "retry return" },
		{ ":for i from=1 to=5 d", "do" },
		{ ":local one 1; :local two 2; :put $", "one two" },
		{ ":local one 1; :put \"x$o", "one" },
		{ ":local one 1; { :local own 2 }; :put $o", "one" },
		{ ":local one 1; :set o", "one" },
		{ ":local f do={ :put $1; :put $", "1" },
		{ ":foreach k,v in={1;2} do={ /interface set $", "k v" },
		{ ":local x ether1; /interface set [find where name=$x] m", "mtu" },
		{ ":foreach i in=[/interface find where na", "name" },
	};
	struct fixture *f = fixture_new(false, 0);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		offers(f, rows[i][0], rows[i][1]);
	fixture_free(f);
}

/*
 * Whether @text is a good beginning: it can be read, or all that is wrong with it is that something
 * is missing at its end.
 */
static bool is_beginning(const char *text)
{
	struct diag diag = { 0 };
	size_t len = strlen(text);

	struct text open = { 0 };
	bool in_string;

	if (parse_check(fixture_menus, text, len, &diag))
		return true;
	lex_open(text, len, &open);
	in_string = open.len > 0 && open.bytes[open.len - 1] == '"';
	text_free(&open);
	return in_string || (diag.at_position && diag.column == len + 1);
}

struct walk {
	struct fixture *f;
	size_t visited;
};

/* Take each thing offered behind @typed, and then what is offered behind that. */
static void walk(struct walk *w, const char *typed, unsigned depth)
{
	struct candidates found;

	candidates_find(w->f->conf, "/", typed, strlen(typed), &found);
	for (size_t i = 0; i < found.n; i++) {
		struct text text = { 0 };

		text_bytes(&text, typed, found.from);
		text_add(&text, found.at[i].text);
		if (!is_beginning(text_str(&text)) && found.at[i].next != '=')
			fail_msg("offered, but not accepted: %s", text_str(&text));
		text_char(&text, found.at[i].next);
		if (!is_beginning(text_str(&text)))
			fail_msg("offered, but not accepted: %s", text_str(&text));
		w->visited++;
		if (depth > 0)
			walk(w, text_str(&text), depth - 1);
		text_free(&text);
	}
	candidates_free(&found);
}

static void test_offered_is_accepted(void **unused)
{
	struct walk w = { .f = fixture_new(false, 0) };

	walk(&w, "", 4);
	walk(&w, "/", 5);
	walk(&w, "/ip { route ", 2);
	walk(&w, ":put [/ip/route find where ", 2);
	walk(&w, "/ip/firewall/nat add chain=\"", 1);
	assert_true(w.visited > 1000);
	fixture_free(w.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_offered_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
