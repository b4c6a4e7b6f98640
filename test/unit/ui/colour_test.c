/* Colours while typing: each row is a text and, below it, what each character is. */
#include <stdio.h>
#include <stdlib.h>

#include "lang/lex.h"
#include "ui/colour.h"
#include "ui/fixture.h"
#include "ui/screen.h"

/* . nothing, m menu, c command, n name, ! wrong */
static const char letters[] = ".mcnv!";

static const struct {
	const char *text, *colours;
} rows[] = {
	{ "", "" },
	{ "/ip route print", ".mm.mmmmm.ccccc" },
	{ "/ip/route/print detail", ".mm.mmmmm.ccccc.nnnnnn" },
	{ "ip ro pr", "mm.mm.cc" },
	/* What is only begun is no error. */
	{ "/ip ro", ".mm.mm" },
	{ "i", "." },
	{ "/ip route add dst", ".mm.mmmmm.ccc.nnn" },
	{ "/ip route add d", ".mm.mmmmm.ccc.." },
	{ "/ip route add dst-address=", ".mm.mmmmm.ccc.nnnnnnnnnnn." },
	{ "/ip route add gateway=10.0.0.1 distance=1",
	  ".mm.mmmmm.ccc.nnnnnnn..........nnnnnnnn.." },
	{ "/ip route add gateway 10.0.0.1", ".mm.mmmmm.ccc.nnnnnnn........." },
	{ "/ip route add comment=\"a b", ".mm.mmmmm.ccc.nnnnnnn....." },
	/* The first wrong character of the word that is typed, and all behind it. */
	{ "/ip rox", ".mm...!" },
	{ "/inp", "...!" },
	{ "x", "!" },
	{ "/ip route foo", ".mm.mmmmm..!!" },
	{ "/ip route add dsx", ".mm.mmmmm.ccc...!" },
	/* A word that is done is wrong as a whole. */
	{ "/ip rox ", ".mm.!!!!" },
	{ "/ip rox print", ".mm.!!!!!!!!!" },
	{ "/ip route add foo=1 gateway=x", ".mm.mmmmm.ccc.!!!!!!!!!!!!!!!" },
	{ "/ip route print detail detail", ".mm.mmmmm.ccccc.nnnnnn.!!!!!!" },
	{ "/ip route print ]", ".mm.mmmmm.ccccc.!" },
	{ "/ip route add comment=\"\\q\"", ".mm.mmmmm.ccc.nnnnnnn..!!!" },
	{ "/ip route print where gateway=x", ".mm.mmmmm.ccccc.nnnnn.nnnnnnn.." },
	{ "/ip route print where gatx", ".mm.mmmmm.ccccc.nnnnn....!" },
	{ "/ip route { print", ".mm.mmmmm...ccccc" },
	{ ":put [/ip route find]", ".ccc...mm.mmmmm.cccc." },
	{ "set [find active] !gateway", "ccc.!!!!!!!!!!!!!!!!!!!!!!" },
	{ "/ip route set [find active] !gateway", ".mm.mmmmm.ccc..cccc.nnnnnn...nnnnnnn" },
	{ "# a comment", "..........." },
	{ ":local x 1; :put $x", ".ccccc.v.....ccc.vv" },
	{ ":local out 1; :put \"a $out b\"", ".ccccc.vvv.....ccc....vvvv..." },
	{ ":local out 1; :put $ou", ".ccccc.vvv.....ccc.vvv" },
	{ ":put $nobody", ".ccc.v!!!!!!" },
	{ ":fox", "...!" },
	{ ":if (1 = 1) do={/ip route print}", ".cc.........nn...mm.mmmmm.ccccc." },
	{ "/interface set ether1 mtu=1400; print", ".mmmmmmmmm.ccc........nnn........!!!!" },
};

static void check(const char *before, const char *text, const char *expected)
{
	char colours[256] = "";
	size_t len = strlen(text);

	colour_text(fixture_menus, "/", before, text, len, colours);
	for (size_t i = 0; i < len; i++)
		colours[i] = letters[(int)colours[i]];
	colours[len] = '\0';
	assert_string_equal(colours, expected);
}

static void test_rows(void **unused)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("%s\n", rows[i].text);
		check("", rows[i].text, rows[i].colours);
	}
	check("/ip {\n", "route print", "mmmmm.ccccc");
	check("/ip {\n", "rox print", "!!!!!!!!!");
	check(":put \"a\n", "b", ".");
}

/* What the terminal shows in the end, key by key, and that a long line gets no colours. */
static void test_session(void **unused)
{
	static struct screen screen;
	struct fixture *f = fixture_new(true, 60);
	char row[512], colours[SCREEN_WIDE];
	static const char typed[] = "/ip route prinx\177t foo\033[D\033[D\033[D\177";

	session_free(f->session);
	text_clear(&f->out);
	f->session = session_new(&(struct session_setup){ .conf = f->conf,
	                                                  .who = "admin",
	                                                  .door = "console",
	                                                  .width = 60,
	                                                  .interactive = true,
	                                                  .colour = true,
	                                                  .arg = f,
	                                                  .out = fixture_out });
	screen = (struct screen){ .width = 60 };
	for (const char *c = typed; *c != '\0'; c++)
		assert_int_equal(session_input(f->session, c, 1), 1);
	screen_draw(&screen, text_str(&f->out));
	assert_string_equal(screen_row(&screen, 0, row, sizeof row),
	                    "[admin@Towpath] > /ip route printfoo");
	assert_string_equal(screen_colours(&screen, 0, colours),
	                    "...................66.66666......111");
	text_clear(&f->out);
	for (size_t i = 0; i < COLOUR_BYTES_MAX; i++)
		assert_int_equal(session_input(f->session, "x", 1), 1);
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, "\005y", 2), 2);
	assert_null(strchr(text_str(&f->out), 'm'));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
