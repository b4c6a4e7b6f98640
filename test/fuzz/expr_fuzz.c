#include "fuzz.h"
#include "small_router.h"

#include "lang/expr.h"
#include "lang/grammar.h"

enum {
	TEXT_MOST = 1000,
	ROWS_MOST = 64,
};

/* Rows for the tests to look at, of all kinds of values. */
static const char setting[] =
	"/ip/address add address=192.168.88.1/24 interface=ether2 comment=\"a note\"\n"
	"/ip/route add gateway=192.168.88.9 disabled=yes\n"
	"/ip/route add dst-address=10.0.0.0/8 gateway=ether2 distance=9\n"
	"/ip/firewall/mangle add chain=forward protocol=tcp dst-port=80,443 action=accept\n";

struct answers {
	struct row_sink sink;
	const struct expr *expr;
	const struct conf_state *state;
	bool holds[ROWS_MOST];
	size_t n;
};

static bool ask(struct row_sink *sink, const struct row *row)
{
	struct answers *answers = (struct answers *)sink;

	answers->holds[answers->n++] = expr_holds(answers->expr, answers->state, row);
	return answers->n < ROWS_MOST;
}

/* Parse @text, bind it, ask it of each row of @menu. False: it can't be parsed. @ret_len: how much
 * of the text was the expression. */
static bool answer(struct small_router *s, const struct menu *menu, const struct text *text,
                   struct answers *ret_answers, size_t *ret_len)
{
	struct lex lex = lex_over(text_str(text), text->len);
	struct arena arena = { 0 };
	struct diag diag = { 0 };
	struct expr_source source = {
		.lex = &lex,
		.arena = &arena,
		.command = { .verb = VERB_PRINT, .menu = menu, .place = place_at(menus_all, "/") },
		.diag = &diag,
	};
	struct expr *expr = NULL;
	bool ok = expr_parse(&source, &expr);

	must(ok == !diag.failed && lex.at <= text->len);
	*ret_len = lex.at;
	*ret_answers = (struct answers){ .sink = { ask }, .expr = expr };
	if (ok) {
		ret_answers->state = conf_hold(s->conf);
		if (expr_bind(expr, ret_answers->state, NULL, &arena, &diag))
			(void)conf_rows_walk(s->conf, ret_answers->state, menu, &ret_answers->sink);
		ok = !diag.failed;
		conf_release(s->conf, ret_answers->state);
	}
	expr_free(expr);
	arena_free(&arena);
	return ok;
}

static const struct menu *choose_menu(uint8_t selector)
{
	size_t n = 0, at;

	while (menus_all[n] != NULL)
		n++;
	for (at = selector % n; menus_all[at]->nfields == 0 || menus_all[at]->target != NULL;)
		at = (at + 1) % n;
	return menus_all[at];
}

static void check(struct small_router *s, const struct menu *menu, const char *bytes, size_t len)
{
	struct answers *plain = mem_new(1, sizeof *plain), *negated = mem_new(1, sizeof *negated);
	struct text text = { 0 }, other = { 0 };
	size_t used;

	text_bytes(&text, bytes, len);
	if (answer(s, menu, &text, plain, &used) && plain->expr != NULL) {
		/* "!( ... )" holds where it does not. One level of brackets may be too much. */
		text_printf(&other, "!( %.*s )", (int)used, text_str(&text));
		if (answer(s, menu, &other, negated, &used)) {
			must(used == other.len && plain->n == negated->n);
			for (size_t i = 0; i < plain->n; i++)
				must(plain->holds[i] != negated->holds[i]);
		}
	}
	text_free(&text);
	text_free(&other);
	mem_free(plain);
	mem_free(negated);
}

/* A menu, and an expression about its rows. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct small_router s;
	struct text out = { 0 };

	if (size < 1 || size > TEXT_MOST || memchr(data, 0, size) != NULL)
		return 0;
	must(small_router_open(&s, NULL) == 0);
	must(small_router_run(&s, setting, strlen(setting), &out));
	check(&s, choose_menu(data[0]), (const char *)data + 1, size - 1);
	text_free(&out);
	small_router_close(&s);
	return 0;
}
