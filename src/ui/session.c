#include "ui/session.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/parse.h"
#include "conf/run.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "ui/complete.h"
#include "ui/help.h"
#include "ui/line.h"
#include "ui/print.h"

#define STEPS_PER_TURN 256u
#define CTRL_C         3

/* The one menu this room knows: what the router is called, for the prompt. */
#define IDENTITY_MENU  "/system/identity"
#define IDENTITY_FIELD "name"
#define IDENTITY_ELSE  "Towpath"

struct session {
	struct session_setup setup;
	struct numbering numbering;
	char *path;
	mono now;
	bool closed;

	struct run *run; /* NULL: idle */
	session_done *done;
	void *done_arg;

	struct line line;
	struct text entry; /* lines before the one that is typed, of an entry that is still open */
	struct text ahead; /* typed while something ran */
	bool tabbed;       /* the last key was Tab, and it could not decide */
};

/* --- output --- */

/* A terminal's new line takes a return, too. */
static void out_bytes(struct session *session, const char *bytes, size_t len)
{
	struct text text = { 0 };

	if (!session->setup.interactive) {
		session->setup.out(session->setup.arg, bytes, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			text_char(&text, '\r');
		text_char(&text, bytes[i]);
	}
	session->setup.out(session->setup.arg, text_str(&text), text.len);
	text_free(&text);
}

static void out_text(struct session *session, struct text *text)
{
	if (text->len > 0)
		out_bytes(session, text_str(text), text->len);
	text_free(text);
}

/* What the line editor draws goes out as it is. */
static void out_drawn(struct session *session, struct text *text)
{
	if (text->len > 0)
		session->setup.out(session->setup.arg, text_str(text), text->len);
	text_free(text);
}

/* What was typed comes back in messages; it is to do nothing to a terminal. */
static void put_plain(struct text *text, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if ((c < ' ' && c != '\n') || c == 127)
			text_printf(text, "\\%02X", c);
		else
			text_char(text, bytes[i]);
	}
}

static void out_diag(struct session *session, const struct diag *diag)
{
	size_t first = strcspn(diag->text, "\n");
	struct text text = { 0 };

	put_plain(&text, diag->text, first);
	if (diag->at_position)
		text_printf(&text, " (line %u column %u)", diag->line, diag->column);
	put_plain(&text, diag->text + first, strlen(diag->text + first));
	text_char(&text, '\n');
	if (session->setup.error != NULL)
		session->setup.error(session->setup.arg, text_str(&text), text.len);
	else
		out_bytes(session, text_str(&text), text.len);
	text_free(&text);
}

static void host_out(void *arg, const char *bytes, size_t len)
{
	out_bytes(arg, bytes, len);
}

static bool host_has_room(void *arg)
{
	const struct session *session = arg;

	return session->setup.has_room == NULL || session->setup.has_room(session->setup.arg);
}

static void host_notice(void *arg, const char *line)
{
	struct session *session = arg;
	struct text text = { 0 };

	text_printf(&text, "%s%s\n", strncmp(line, ";;;", 3) == 0 ? "" : ";;; ", line);
	if (session->setup.interactive || session->setup.notice == NULL)
		out_bytes(session, text_str(&text), text.len);
	else
		session->setup.notice(session->setup.arg, text_str(&text), text.len);
	text_free(&text);
}

static void host_print(void *arg, const struct print_job *job, struct text *out)
{
	struct session *session = arg;
	const struct print_look look = { .conf = session->setup.conf,
		                         .width = session->setup.width,
		                         .colour = session->setup.colour };

	print_items(&look, job, out);
}

static void host_go(void *arg, const char *path)
{
	struct session *session = arg;
	char *copy = mem_strdup(path);

	mem_free(session->path);
	session->path = copy;
}

static void host_quit(void *arg)
{
	struct session *session = arg;

	session->closed = true;
}

/* --- the prompt --- */

static void identity(struct session *session, struct text *out)
{
	const struct conf_state *state = conf_hold(session->setup.conf);
	const struct menu *menu = conf_menu(session->setup.conf, IDENTITY_MENU);
	size_t from = out->len;

	if (menu != NULL) {
		struct rows rows = conf_state_rows(state, IDENTITY_MENU);
		int field = menu_field(menu, IDENTITY_FIELD);

		if (rows.n > 0 && field >= 0)
			conf_field_print(state, &menu->fields[field], rows.at[0], out);
	}
	if (out->len == from)
		text_add(out, IDENTITY_ELSE);
	conf_release(session->setup.conf, state);
}

/* "[admin@Towpath] /ip/route> " ("> " alone at the root), or what is still open: "{... ". */
static void prompt(struct session *session)
{
	struct text text = { 0 }, out = { 0 }, open = { 0 };

	if (!session->setup.interactive || session->closed)
		return;
	lex_open(text_str(&session->entry), session->entry.len, &open);
	if (session->entry.len > 0) {
		text_printf(&text, "%s... ", text_str(&open));
	} else {
		text_printf(&text, "[%s@", session->setup.who);
		identity(session, &text);
		text_printf(&text, "] %s> ", strcmp(session->path, "/") == 0 ? "" : session->path);
	}
	line_start(&session->line, text_str(&text), &out);
	out_drawn(session, &out);
	text_free(&text);
	text_free(&open);
}

/* --- running --- */

static void finish(struct session *session)
{
	struct run *run = session->run;
	session_done *done = session->done;
	bool ok = run_ok(run);

	if (!ok)
		out_diag(session, run_diag(run));
	run_free(run);
	session->run = NULL;
	session->done = NULL;
	if (done != NULL)
		done(session->done_arg, ok);
	prompt(session);
}

static void start(struct session *session, struct program *program)
{
	const struct run_host host = { .conf = session->setup.conf,
		                       .numbering = &session->numbering,
		                       .who = session->setup.who,
		                       .door = session->setup.door,
		                       .arg = session,
		                       .out = host_out,
		                       .has_room = host_has_room,
		                       .notice = host_notice,
		                       .print = host_print,
		                       .go = host_go,
		                       .quit = host_quit };

	session->run = run_new(&host, program);
}

/* Let the machine go on. True: it has stopped for this turn's budget only. */
static bool step(struct session *session)
{
	enum run_state state = run_step(session->run, session->now, STEPS_PER_TURN);

	if (state == RUN_DONE)
		finish(session);
	return state == RUN_RUNNING;
}

bool session_run(struct session *session, const char *text, size_t len, session_done *done,
                 void *arg)
{
	struct program program;
	struct diag diag = { 0 };

	if (session->run != NULL || len > SCRIPT_BYTES_MAX)
		return false;
	session->done = done;
	session->done_arg = arg;
	if (parse_program(conf_menus(session->setup.conf), session->path, text, len, &program, NULL,
	                  &diag)) {
		start(session, &program);
		(void)step(session);
		return true;
	}
	program_free(&program);
	out_diag(session, &diag);
	session->done = NULL;
	if (done != NULL)
		done(arg, false);
	return true;
}

/* --- typing --- */

static bool has_secret(const struct program *program)
{
	for (size_t i = 0; i < program->nops; i++) {
		const struct call *call = program->ops[i].call;
		const struct arg *arg = call != NULL ? call->args : NULL;

		for (; arg != NULL; arg = arg->next)
			if (arg->param.field != NULL && (arg->param.field->flags & F_SECRET) != 0)
				return true;
	}
	return false;
}

/* An entry is whole: run it. Entries with secrets in them are not remembered. */
static void run_entry(struct session *session)
{
	struct program program;
	struct diag diag = { 0 };
	const char *text = text_str(&session->entry);
	bool ok = parse_program(conf_menus(session->setup.conf), session->path, text,
	                        session->entry.len, &program, NULL, &diag);

	if (!has_secret(&program))
		line_remember(&session->line, text);
	text_clear(&session->entry);
	if (ok) {
		program.several_lines = false;
		start(session, &program);
		(void)step(session);
		return;
	}
	program_free(&program);
	out_diag(session, &diag);
	prompt(session);
}

static void enter(struct session *session)
{
	struct text open = { 0 };
	const char *typed = line_text(&session->line);

	if (session->entry.len > 0)
		text_char(&session->entry, '\n');
	text_add(&session->entry, typed);
	lex_open(text_str(&session->entry), session->entry.len, &open);

	bool whole = open.len == 0 || session->entry.len >= LINE_BYTES_MAX;

	text_free(&open);
	if (whole)
		run_entry(session);
	else
		prompt(session);
}

/* Everything typed so far, up to the cursor. */
static void typed_so_far(const struct session *session, struct text *out)
{
	text_add(out, text_str(&session->entry));
	if (session->entry.len > 0)
		text_char(out, '\n');
	text_bytes(out, line_text(&session->line), session->line.cursor);
}

static void put_completion(struct session *session, const struct candidates *found, size_t from)
{
	struct text word = { 0 }, out = { 0 };

	text_bytes(&word, found->at[0].text, candidates_common(found));
	if (found->n == 1 && found->at[0].next != 0)
		text_char(&word, found->at[0].next);
	line_replace(&session->line, from, text_str(&word), &out);
	out_drawn(session, &out);
	text_free(&word);
}

/* Show @text below the line and draw the line again. */
static void show_below(struct session *session, struct text *text)
{
	struct text out = { 0 };

	session->setup.out(session->setup.arg, "\r\n", 2);
	out_text(session, text);
	line_draw(&session->line, &out);
	out_drawn(session, &out);
}

static void complete(struct session *session)
{
	struct text typed = { 0 }, list = { 0 };
	struct candidates found;
	size_t lead = session->entry.len > 0 ? session->entry.len + 1 : 0;
	bool again = session->tabbed;

	session->tabbed = false;
	typed_so_far(session, &typed);
	candidates_find(session->setup.conf, session->path, text_str(&typed), typed.len, &found);

	size_t common = candidates_common(&found);

	if (found.n == 1 || (found.n > 1 && common > typed.len - found.from)) {
		put_completion(session, &found, found.from - lead);
	} else if (found.n > 1 && again) {
		help_list(&found, session->setup.width, &list);
		show_below(session, &list);
	} else {
		session->tabbed = found.n > 1;
	}
	candidates_free(&found);
	text_free(&typed);
}

static void help(struct session *session)
{
	struct text typed = { 0 }, list = { 0 };
	struct candidates found;

	typed_so_far(session, &typed);
	candidates_find(session->setup.conf, session->path, text_str(&typed), typed.len, &found);
	help_print(&found, session->setup.colour, &list);
	show_below(session, &list);
	candidates_free(&found);
	text_free(&typed);
}

static void key(struct session *session, uint8_t byte)
{
	struct text out = { 0 };
	enum line_event event = line_byte(&session->line, byte, &out);

	out_drawn(session, &out);
	if (event != LINE_TAB)
		session->tabbed = false;
	switch (event) {
	case LINE_NONE:
		break;
	case LINE_ENTER:
		enter(session);
		break;
	case LINE_TAB:
		complete(session);
		break;
	case LINE_HELP:
		help(session);
		break;
	case LINE_INTERRUPT:
		text_clear(&session->entry);
		prompt(session);
		break;
	case LINE_CLOSE:
		session->setup.out(session->setup.arg, "\r\n", 2);
		session->closed = true;
		break;
	}
}

/* Take what was typed ahead, until something runs again. */
static void catch_up(struct session *session)
{
	size_t at = 0;

	while (at < session->ahead.len && session->run == NULL && !session->closed)
		key(session, (uint8_t)session->ahead.bytes[at++]);
	if (at == 0)
		return;
	memmove(session->ahead.bytes, session->ahead.bytes + at, session->ahead.len - at);
	session->ahead.len -= at;
	session->ahead.bytes[session->ahead.len] = '\0';
}

size_t session_input(struct session *session, const char *bytes, size_t len)
{
	size_t taken = 0;

	must(session->setup.interactive);
	for (; taken < len && !session->closed; taken++) {
		if (session->run == NULL && session->ahead.len == 0) {
			key(session, (uint8_t)bytes[taken]);
		} else if (bytes[taken] == CTRL_C) {
			text_clear(&session->ahead);
			session_interrupt(session);
		} else if (session->ahead.len >= LINE_BYTES_MAX) {
			return taken;
		} else {
			text_char(&session->ahead, bytes[taken]);
		}
	}
	return taken;
}

/* --- life --- */

bool session_turn(struct session *session, mono now)
{
	bool more = false;

	session->now = now;
	if (session->run != NULL)
		more = step(session);
	if (session->run == NULL)
		catch_up(session);
	return more || (session->run == NULL && session->ahead.len > 0 && !session->closed);
}

void session_interrupt(struct session *session)
{
	if (session->run == NULL)
		return;
	run_interrupt(session->run);
	(void)step(session);
}

bool session_busy(const struct session *session)
{
	return session->run != NULL;
}

bool session_closed(const struct session *session)
{
	return session->closed;
}

const char *session_path(const struct session *session)
{
	return session->path;
}

void session_resize(struct session *session, size_t width)
{
	session->setup.width = width;
	session->line.width = width;
}

struct session *session_new(const struct session_setup *setup)
{
	struct session *session = mem_new(1, sizeof *session);

	session->setup = *setup;
	session->path = mem_strdup("/");
	session->line.width = setup->width;
	if (setup->interactive && setup->greeting != NULL)
		out_bytes(session, setup->greeting, strlen(setup->greeting));
	prompt(session);
	return session;
}

void session_free(struct session *session)
{
	if (session == NULL)
		return;
	run_free(session->run);
	line_free(&session->line);
	numbering_free(&session->numbering);
	text_free(&session->entry);
	text_free(&session->ahead);
	mem_free(session->path);
	mem_free(session);
}
