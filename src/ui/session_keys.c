/* What is typed, and who gets it. */
#include "ui/session_inside.h"

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "lang/lex.h"
#include "ui/colour.h"
#include "ui/complete.h"
#include "ui/help.h"
#include "ui/recall.h"

#define CTRL_C 3

static bool has_secret(const struct program *program)
{
	for (const struct call *call = program->calls; call != NULL; call = call->next)
		for (const struct arg *arg = call->args; arg != NULL; arg = arg->next)
			if (arg->param.field != NULL && (arg->param.field->flags & F_SECRET) != 0)
				return true;
	return false;
}

/* The functions that are written in it count, too. */
static bool any_secret(const struct program *program)
{
	bool found = has_secret(program);

	for (const struct program *function = program->functions; function != NULL && !found;
	     function = function->next)
		found = has_secret(function);
	return found;
}

/* An entry is whole: run it. Entries with secrets in them are not remembered. */
static void run_entry(struct session *session)
{
	struct program program;
	struct diag diag = { 0 };
	const char *text = text_str(&session->entry);
	bool ok = parse_program(conf_menus(session->setup.conf), session->path, text,
	                        session->entry.len, &program, NULL, &diag);

	if (!any_secret(&program))
		recall_keep(session->line.history, text);
	text_clear(&session->entry);
	if (ok) {
		program.several_lines = false;
		session_start(session, &program);
		(void)session_step(session);
		return;
	}
	program_free(&program);
	session_out_diag(session, &diag);
	session_prompt(session);
}

/* "# hello" is for those at other consoles. What is pasted is a comment all the same. */
static bool is_chat(const struct session *session)
{
	const char *typed = line_text(&session->line);

	return session->setup.chat != NULL && session->entry.len == 0 && !session->line.in_paste &&
	       *typed == '#' && strchr(typed, '\n') == NULL;
}

static void chat(struct session *session)
{
	static const char alone[] = "nobody else is at a console\n";
	const char *said = line_text(&session->line);

	recall_keep(session->line.history, said);
	said += strspn(said, "# ");
	if (*said != '\0' && !session->setup.chat(session->setup.arg, said))
		session_out_bytes(session, alone, sizeof alone - 1);
	session_prompt(session);
}

static void enter(struct session *session)
{
	struct text open = { 0 };
	const char *typed = line_text(&session->line);

	if (is_chat(session)) {
		chat(session);
		return;
	}
	if (session->entry.len > 0)
		text_char(&session->entry, '\n');
	text_add(&session->entry, typed);
	lex_open(text_str(&session->entry), session->entry.len, &open);

	bool whole = open.len == 0 || session->entry.len >= LINE_BYTES_MAX;

	text_free(&open);
	if (whole)
		run_entry(session);
	else
		session_prompt(session);
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
	line_refresh(&session->line, &out);
	session_out_drawn(session, &out);
	text_free(&word);
}

/* Show @text below the line and draw the line again. */
static void show_below(struct session *session, struct text *text)
{
	struct text out = { 0 };

	line_leave(&session->line, &out);
	session_out_drawn(session, &out);
	session_out_text(session, text);
	line_draw(&session->line, &out);
	session_out_drawn(session, &out);
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
	enum line_event event;

	if (session->asking) {
		session_ask_key(session, byte);
		return;
	}
	event = line_byte(&session->line, byte, &out);

	session_out_drawn(session, &out);
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
	case LINE_SAFE:
		session_safe_toggle(session);
		break;
	case LINE_INTERRUPT:
		text_clear(&session->entry);
		session_prompt(session);
		break;
	case LINE_CLOSE:
		line_leave(&session->line, &out);
		session_out_drawn(session, &out);
		session_close(session);
		break;
	}
}

static void colour(void *arg, const char *text, size_t len, char *colours)
{
	const struct session *session = arg;
	struct text before = { 0 };

	text_add(&before, text_str(&session->entry));
	if (before.len > 0)
		text_char(&before, '\n');
	colour_text(conf_menus(session->setup.conf), session->path, text_str(&before), text, len,
	            colours);
	text_free(&before);
}

static const char *place(void *arg, size_t index)
{
	const struct menu *const *menus = conf_menus(((struct session *)arg)->setup.conf);

	for (size_t i = 0; i < index; i++)
		if (menus[i] == NULL)
			return NULL;
	return menus[index] != NULL ? menus[index]->path : NULL;
}

struct line_hooks session_keys_hooks(struct session *session)
{
	return (struct line_hooks){ .arg = session,
		                    .colour = session->setup.colour ? colour : NULL,
		                    .place = place };
}

/* Several keys that came together are drawn once. */
static void show_typed(struct session *session)
{
	struct text out = { 0 };

	if (!session_keys_read(session) || session->closed)
		return;
	if (session->asking) {
		session_ask_draw(session);
		return;
	}
	line_refresh(&session->line, &out);
	session_out_drawn(session, &out);
}

bool session_keys_read(const struct session *session)
{
	return (session->run == NULL && session->goodbye == NULL) || session->asking;
}

void session_keys_catch_up(struct session *session)
{
	size_t at = 0;

	while (at < session->ahead.len && session_keys_read(session) && !session->closed)
		key(session, (uint8_t)session->ahead.bytes[at++]);
	if (at == 0)
		return;
	show_typed(session);
	memmove(session->ahead.bytes, session->ahead.bytes + at, session->ahead.len - at);
	session->ahead.len -= at;
	session->ahead.bytes[session->ahead.len] = '\0';
}

size_t session_input(struct session *session, const char *bytes, size_t len)
{
	size_t taken = 0;
	bool rest = false;

	must(session->setup.interactive);
	for (; taken < len && !session->closed; taken++) {
		if (pager_key(session, (uint8_t)bytes[taken]))
			continue;
		if (live_key(session, (uint8_t)bytes[taken], &rest)) {
			taken = rest ? len - 1 : taken;
			continue;
		}
		if (session_raw_key(session, bytes[taken]))
			continue;
		if (session_keys_read(session) && session->ahead.len == 0) {
			session->more_typed = taken + 1 < len;
			key(session, (uint8_t)bytes[taken]);
			session->more_typed = false;
		} else if (bytes[taken] == CTRL_C && !session_raw(session)) {
			text_clear(&session->ahead);
			session_interrupt(session);
		} else if (session->ahead.len >= LINE_BYTES_MAX) {
			break;
		} else {
			text_char(&session->ahead, bytes[taken]);
		}
	}
	session_raw_hand_on(session);
	show_typed(session);
	return taken;
}
