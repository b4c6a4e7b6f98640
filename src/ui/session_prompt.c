#include "ui/session_inside.h"

#include <string.h>

#include "conf/conf.h"
#include "lang/lex.h"

/* The one menu this room knows: what the router is called, for the prompt. */
#define IDENTITY_MENU  "/system/identity"
#define IDENTITY_FIELD "name"
#define IDENTITY_ELSE  "Towpath"

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

void session_prompt(struct session *session)
{
	struct text text = { 0 }, out = { 0 }, open = { 0 };

	if (!session->setup.interactive || session->closed || session->goodbye != NULL)
		return;
	lex_open(text_str(&session->entry), session->entry.len, &open);
	if (session->entry.len > 0) {
		text_printf(&text, "%s... ", text_str(&open));
	} else {
		text_printf(&text, "[%s@", session->setup.who);
		identity(session, &text);
		text_printf(&text, "] %s", strcmp(session->path, "/") == 0 ? "" : session->path);
		session_safe_prompt(session, &text);
	}
	session->line.quoted = open.len > 0 && open.bytes[open.len - 1] == '"';
	line_start(&session->line, text_str(&text), &out);
	if (session->kept.len > 0)
		line_replace(&session->line, 0, text_str(&session->kept), &out);
	text_clear(&session->kept);
	session_out_drawn(session, &out);
	text_free(&text);
	text_free(&open);
}
