/* Questions, and what is answered: nothing of it goes to the history. */
#include <ctype.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/question.h"
#include "lib/mem.h"
#include "ui/session_inside.h"

static void open_editor(struct session *session, const struct question *question)
{
	struct text out = { 0 };

	session->editing = true;
	session->editor.width = session->setup.width;
	session->editor.height = session->setup.height;
	editor_open(&session->editor, question->prompt, question->edit, text_str(&session->wrong),
	            &out);
	text_clear(&session->wrong);
	session_out_drawn(session, &out);
}

void session_ask(struct session *session)
{
	const struct question *question = run_question(session->run);
	struct text out = { 0 };

	session->asking = true;
	if (question->edit != NULL) {
		open_editor(session, question);
		return;
	}
	session->answer.width = session->setup.width;
	session->answer.masked = question->secret;
	session->answer.dumb = session->setup.dumb;
	session->answer.in_paste = session->line.in_paste;
	line_start(&session->answer, question->prompt, &out);
	session_out_drawn(session, &out);
}

/* What was typed may have been a secret. */
static void forget(struct session *session)
{
	if (session->answer.text.bytes != NULL)
		explicit_bzero(session->answer.text.bytes, session->answer.text.len);
	text_clear(&session->answer.text);
}

static void answer(struct session *session, const char *text)
{
	struct diag diag = { 0 };

	session->asking = false;
	session->line.in_paste = session->answer.in_paste;
	if (!run_answer(session->run, text, &diag))
		session_out_diag(session, &diag);
	forget(session);
	(void)session_step(session);
}

static void give_up(struct session *session)
{
	session->line.in_paste = session->answer.in_paste;
	forget(session);
	session_interrupt(session);
}

/* @words, wrapped between them at the width of the terminal. */
static void put_wrapped(const char *words, size_t width, struct text *out)
{
	size_t column = 0;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (column > 0 && width > 0 && column + 1 + len >= width) {
			text_char(out, '\n');
			column = 0;
		} else if (column > 0) {
			text_char(out, ' ');
			column++;
		}
		text_bytes(out, words, len);
		column += len;
		words += len + (words[len] == ' ');
	}
}

/* Explain below the line, and draw it again. */
static void explain(struct session *session, const struct question *question)
{
	struct text out = { 0 };

	line_leave(&session->answer, &out);
	session_out_drawn(session, &out);
	put_wrapped(question->help != NULL ? question->help
	                                   : "Enter takes what is in brackets; Ctrl-C gives up.",
	            session->setup.width, &out);
	text_char(&out, '\n');
	session_out_text(session, &out);
	line_draw(&session->answer, &out);
	session_out_drawn(session, &out);
}

/* One key is the answer; it is shown. */
static void answer_key(struct session *session, const struct question *question, char key)
{
	const char word[] = { key, '\0' };
	struct text shown = { 0 };

	if (key == '\0' || strchr(question->keys, key) == NULL) {
		text_char(&shown, '\a');
		session_out_drawn(session, &shown);
		return;
	}
	line_refresh(&session->answer, &shown);
	text_printf(&shown, "%s\r\n", word);
	session_out_drawn(session, &shown);
	answer(session, word);
}

static void enter(struct session *session, const struct question *question)
{
	const char *typed = line_text(&session->answer);

	answer(session, *typed != '\0' ? typed : question->dflt);
}

/* The screen is as before; what was wrong is shown when the text is there again. */
static void leave_editor(struct session *session, bool keep)
{
	char *text = mem_strdup(editor_text(&session->editor));
	struct diag diag = { 0 };
	struct text out = { 0 };

	editor_close(&session->editor, &out);
	session_out_drawn(session, &out);
	session->editing = false;
	if (keep) {
		session->asking = false;
		if (!run_answer(session->run, text, &diag))
			text_add(&session->wrong, diag.text);
		(void)session_step(session);
	} else {
		give_up(session);
	}
	mem_free(text);
}

void session_ask_draw(struct session *session)
{
	struct text out = { 0 };

	if (session->editing)
		editor_draw(&session->editor, &out);
	else
		line_refresh(&session->answer, &out);
	session_out_drawn(session, &out);
}

void session_ask_key(struct session *session, uint8_t byte)
{
	const struct question *question = run_question(session->run);
	struct text out = { 0 };

	if (session->editing) {
		enum editor_event done = editor_byte(&session->editor, byte);

		if (done != EDITOR_NONE)
			leave_editor(session, done == EDITOR_SAVE);
		return;
	}

	if (question->keys != NULL && !session->answer.in_escape && isprint(byte) && byte != '?') {
		answer_key(session, question, (char)tolower(byte));
		return;
	}

	enum line_event event = line_byte(&session->answer, byte, &out);

	session_out_drawn(session, &out);
	switch (event) {
	case LINE_ENTER:
		enter(session, question);
		break;
	case LINE_HELP:
		explain(session, question);
		break;
	case LINE_CLOSE:
		line_leave(&session->answer, &out);
		session_out_drawn(session, &out);
		give_up(session);
		break;
	case LINE_INTERRUPT:
		give_up(session);
		break;
	case LINE_NONE:
	case LINE_SAFE:
	case LINE_TAB:
		break;
	}
}
