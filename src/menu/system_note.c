/*
 * system_note.c -- /system/note: a text of the owner's, shown to everybody who logs in.
 */
#include "conf/type.h"
#include "menu/menus.h"
#include "menu/system.h"

static const struct field fields[] = {
	{ "note", &type_string, AT(struct note_row, note), .max = NOTE_BYTES - 1, .dflt = "",
	  .help = "the text; edit note opens an editor for several lines" },
	{ "show-at-login", &type_bool, AT(struct note_row, show_at_login), .dflt = "yes",
	  .help = "show it above the first prompt" },
};

static const struct refused refused[] = {
	{ "show-at-cli-login", "there is one login for consoles; use show-at-login" },
	{ NULL, NULL },
};

bool system_note_at_login(const struct conf_state *state, struct text *out)
{
	struct rows rows = conf_state_rows(state, "/system/note");
	const struct note_row *body = rows.n > 0 ? (const void *)rows.at[0]->body : NULL;

	if (body == NULL || !body->show_at_login || body->note[0] == '\0')
		return false;
	text_printf(out, "%s\n", body->note);
	return true;
}

const struct menu menu_system_note = {
	.path = "/system/note",
	.title = "A text for everybody who logs in",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct note_row),
	.refused = refused,
};
