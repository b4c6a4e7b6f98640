/* An action that has the terminal to itself: what it gets, what it says, and how it ends. */
#include "conf/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "conf/menu.h"

/* Says back what is typed, in brackets, at most 4 bytes a turn; "e" fails, "q" ends. */
struct parrot_state {
	char keys[16];
	size_t n, width;
	bool ends, fails;
};

static bool parrot_start(struct router *router, const void *args, void *state, struct text *out,
                         struct diag *diag);
static bool parrot_turn(struct router *router, void *state, struct text *out, mono now);
static void parrot_stop(struct router *router, void *state, struct text *out);
static bool parrot_finish(struct router *router, void *state, struct diag *diag);
static size_t parrot_keys(struct router *router, void *state, const char *bytes, size_t n);
static void parrot_terminal(struct router *router, void *state,
                            const struct action_terminal *terminal);

static const struct action parrot_actions[] = {
	{ .name = "talk",
	  .help = "Talk",
	  .state_size = sizeof(struct parrot_state),
	  .start = parrot_start,
	  .turn = parrot_turn,
	  .stop = parrot_stop,
	  .finish = parrot_finish,
	  .keys = parrot_keys,
	  .terminal = parrot_terminal },
};

static const struct menu menu_parrot = {
	.path = "/parrot",
	.title = "A parrot",
	.kind = MENU_FOLDER,
	.actions = parrot_actions,
	.nactions = 1,
};

#define FIXTURE_MORE_MENUS &menu_parrot,
#include "ui/fixture.h"

static bool parrot_start(struct router *router, const void *args, void *state, struct text *out,
                         struct diag *diag)
{
	text_add(out, "hello\n");
	return true;
}

static bool parrot_turn(struct router *router, void *state, struct text *out, mono now)
{
	struct parrot_state *s = state;

	if (s->n > 0)
		text_printf(out, "[%.*s]\n", (int)s->n, s->keys);
	s->n = 0;
	return s->ends;
}

static void parrot_stop(struct router *router, void *state, struct text *out)
{
	text_add(out, "bye\n");
}

static bool parrot_finish(struct router *router, void *state, struct diag *diag)
{
	const struct parrot_state *s = state;

	return !s->fails || diag_fail(diag, NULL, "failure: it has bitten");
}

static size_t parrot_keys(struct router *router, void *state, const char *bytes, size_t n)
{
	struct parrot_state *s = state;
	size_t room = 4 - s->n < n ? 4 - s->n : n;

	memcpy(s->keys + s->n, bytes, room);
	s->n += room;
	s->fails = memchr(bytes, 'e', room) != NULL;
	s->ends = s->fails || memchr(bytes, 'q', room) != NULL;
	return room;
}

static void parrot_terminal(struct router *router, void *state,
                            const struct action_terminal *terminal)
{
	struct parrot_state *s = state;

	s->width = terminal->width;
	s->n += (size_t)snprintf(s->keys + s->n, sizeof s->keys - s->n, "%zu", s->width);
}

#define BEGUN "\033[?2004l"
#define ENDED "\033[m\033[?25h\033[?1l\033>\033[?1000l\033[?1002l\033[?1003l\033[?2004h"

static void type(struct fixture *f, const char *keys, const char *shown)
{
	text_clear(&f->out);
	assert_int_equal(session_input(f->session, keys, strlen(keys)), strlen(keys));
	for (int i = 0; i < 8; i++)
		(void)session_turn(f->session, (mono){ 0 });
	assert_string_equal(text_str(&f->out), shown);
}

static struct fixture *talking(void)
{
	struct fixture *f = fixture_new(true, 80);

	type(f, "/parrot/talk\r", "/parrot/talk\r\nhello\r\n" BEGUN "[80]\n");
	return f;
}

static void keys_are_its_own(void **unused)
{
	struct fixture *f = talking();

	type(f, "a\3\t?", "[a\3\t?]\n"); /* as it is: no "\r" is added, Ctrl-C stops nothing */
	type(f, "1234567890", "[1234]\n[5678]\n[90]\n");
	session_resize(f->session, 99, 24);
	type(f, "", "[99]\n");
	type(f, "q", "[q]\n" ENDED "[admin@Towpath] > ");
	type(f, ":put x\r", ":put x\r\nx\r\n[admin@Towpath] > ");
	fixture_free(f);
}

static void it_fails(void **unused)
{
	struct fixture *f = talking();

	type(f, "e", "[e]\n" ENDED "failure: it has bitten\r\n[admin@Towpath] > ");
	fixture_free(f);
}

static void one_key_is_ours(void **unused)
{
	struct fixture *f = talking();

	type(f, "\035", "bye\r\n" ENDED "[admin@Towpath] > ");
	/* What is typed with it is handed on, and what is typed behind it is ours again. */
	assert_int_equal(session_input(f->session, "/parrot/talk\r", 13), 13);
	type(f, "\035", "bye\r\n" ENDED "[admin@Towpath] > ");
	type(f, ":put x\r", ":put x\r\nx\r\n[admin@Towpath] > ");
	fixture_free(f);
}

static void nobody_at_a_terminal(void **unused)
{
	struct fixture *f = fixture_new(false, 80);

	assert_false(fixture_run(f, "/parrot/talk"));
	assert_string_equal(text_str(&f->out),
	                    "failure: talk needs somebody at a terminal\n"
	                    "it can't be called by a script, a file or a line of -c\n");
	assert_true(fixture_run(f, ":onerror e in={/parrot/talk} do={:put caught}"));
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_its_own),
		cmocka_unit_test(it_fails),
		cmocka_unit_test(one_key_is_ours),
		cmocka_unit_test(nobody_at_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
