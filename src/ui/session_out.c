#include "ui/session_inside.h"

#include <string.h>

#include "conf/action.h"
#include "conf/diag.h"
#include "lib/mem.h"

void session_out_bytes(struct session *session, const char *bytes, size_t len)
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

void session_out_text(struct session *session, struct text *text)
{
	if (text->len > 0)
		session_out_bytes(session, text_str(text), text->len);
	text_free(text);
}

void session_out_drawn(struct session *session, struct text *text)
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

void session_out_diag(struct session *session, const struct diag *diag)
{
	const char *ours;
	size_t words = diag_words(diag, &ours);
	struct text text = { 0 };

	put_plain(&text, diag->text, words);
	if (diag->at_position)
		text_printf(&text, " (line %u column %u)", diag->line, diag->column);
	text_char(&text, '\n');
	put_plain(&text, ours, strlen(ours));
	if (*ours != '\0')
		text_char(&text, '\n');
	if (session->setup.error != NULL)
		session->setup.error(session->setup.arg, text_str(&text), text.len);
	else
		session_out_bytes(session, text_str(&text), text.len);
	text_free(&text);
}

/* Behind what waits for a key, if anything does. */
static void out_in_turn(struct session *session, const char *bytes, size_t len)
{
	if (pager_waits(&session->pager))
		pager_out(session, bytes, len);
	else
		session_out_bytes(session, bytes, len);
}

/* The line that is being typed, or NULL: something runs. */
static struct line *typed_line(struct session *session)
{
	if (session->asking)
		return &session->answer;
	return session->run == NULL && !session->closed && !pager_waits(&session->pager)
	               ? &session->line
	               : NULL;
}

void session_tell(struct session *session, const char *text)
{
	struct text plain = { 0 }, drawn = { 0 };
	struct line *line = typed_line(session);

	if (!session->setup.interactive)
		return;
	if (line != NULL)
		line_take_away(line, &drawn);
	session_out_drawn(session, &drawn);
	put_plain(&plain, text, strlen(text));
	out_in_turn(session, text_str(&plain), plain.len);
	text_free(&plain);
	if (line != NULL)
		line_draw(line, &drawn);
	session_out_drawn(session, &drawn);
}

static void host_out(void *arg, const char *bytes, size_t len)
{
	struct session *session = arg;

	live_end(session);
	out_in_turn(session, bytes, len);
}

static void host_show(void *arg, enum show how, const char *bytes, size_t len)
{
	struct session *session = arg;

	if (how == SHOW_BYTES) {
		live_end(session);
		session->setup.out(session->setup.arg, bytes, len);
	} else if (how == SHOW_PICTURE) {
		live_picture(session, bytes, len);
	} else if (how == SHOW_STREAM) {
		live_stream(session, bytes, len);
	} else if (session->setup.interactive) {
		live_end(session);
		pager_out(session, bytes, len);
	} else {
		host_out(arg, bytes, len);
	}
}

static bool host_has_room(void *arg)
{
	const struct session *session = arg;

	if (pager_waits(&session->pager))
		return false;
	return session->setup.has_room == NULL || session->setup.has_room(session->setup.arg);
}

static void host_notice(void *arg, const char *line)
{
	struct session *session = arg;
	struct text text = { 0 };

	text_printf(&text, "%s%s\n", strncmp(line, ";;;", 3) == 0 ? "" : ";;; ", line);
	if (session->live.on)
		live_stream(session, text_str(&text), text.len);
	else if (session->setup.interactive || session->setup.notice == NULL)
		out_in_turn(session, text_str(&text), text.len);
	else
		session->setup.notice(session->setup.arg, text_str(&text), text.len);
	text_free(&text);
}

static void host_print(void *arg, const struct print_job *job, struct text *out)
{
	struct session *session = arg;
	const struct print_look look = { .conf = session->setup.conf,
		                         .width = session->setup.width,
		                         .colour = session->setup.colour,
		                         .layout = &session->layout };

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
	session_safe_quit(arg);
}

static bool host_execute(void *arg, const char *source, struct text *ret_job, struct diag *diag)
{
	const struct session *session = arg;

	return session->setup.execute(session->setup.arg, source, ret_job, diag);
}

static uint32_t host_policies(void *arg)
{
	const struct session *session = arg;

	return session->setup.policies(session->setup.arg);
}

static void host_terminal(void *arg, struct action_terminal *ret_terminal)
{
	const struct session *session = arg;

	*ret_terminal = (struct action_terminal){ .width = session->setup.width,
		                                  .height = session->setup.height,
		                                  .dumb = session->setup.dumb };
}

struct run_host session_out_host(struct session *session)
{
	return (struct run_host){ .conf = session->setup.conf,
		                  .numbering = &session->numbering,
		                  .who = session->setup.who,
		                  .door = session->setup.door,
		                  .trial = &session->trial,
		                  .arg = session,
		                  .out = host_out,
		                  .show = host_show,
		                  .repaints = session->setup.interactive,
		                  .has_room = host_has_room,
		                  .notice = host_notice,
		                  .print = host_print,
		                  .globals = session->setup.globals,
		                  .execute = session->setup.execute != NULL ? host_execute : NULL,
		                  .policies =
		                          session->setup.policies != NULL ? host_policies : NULL,
		                  .go = host_go,
		                  .quit = host_quit,
		                  .terminal = session->setup.interactive ? host_terminal : NULL,
		                  .asks = session->setup.interactive };
}
