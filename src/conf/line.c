#include "conf/line.h"

#include <string.h>

#include "conf/name.h"
#include "conf/row.h"
#include "conf/type.h"

/* What needs no quotes wherever it stands; everything else gets them. */
static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			    ".:/,-_+*%@!";

static void escape(char c, struct text *out)
{
	static const char from[] = "\"\\\n\r\t$?\a\b\f\v";
	static const char to[] = "\"\\nrt$?abfv";
	const char *found = strchr(from, c);

	if (found != NULL)
		text_printf(out, "\\%c", to[found - from]);
	else if (c < ' ' || c > '~')
		text_printf(out, "\\%02X", (unsigned)(unsigned char)c);
	else
		text_char(out, c);
}

void line_quote(const char *value, struct text *out)
{
	if (value[0] != '\0' && strspn(value, plain) == strlen(value)) {
		text_add(out, value);
		return;
	}
	text_char(out, '"');
	for (; *value != '\0'; value++)
		escape(*value, out);
	text_char(out, '"');
}

void words_put_bare(struct words *words, const char *name, const char *text)
{
	struct word *word = arena_new(&words->arena, 1, sizeof *word);
	struct word **at = &words->first;

	word->name = name;
	word->text = arena_strdup(&words->arena, text);
	while (*at != NULL && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	word->next = *at;
	*at = word;
	words->n++;
}

void words_put(struct words *words, const char *name, const char *value)
{
	struct text text = { 0 };

	text_printf(&text, "%s=", name);
	line_quote(value, &text);
	words_put_bare(words, name, text_str(&text));
	text_free(&text);
}

void words_free(struct words *words)
{
	arena_free(&words->arena);
	*words = (struct words){ 0 };
}

static void put_unset(struct words *words, const char *name)
{
	struct text text = { 0 };

	text_printf(&text, "!%s", name);
	words_put_bare(words, name, text_str(&text));
	text_free(&text);
}

static void put_value(struct words *words, const struct field *field, const struct row *row,
                      const struct conf_state *state)
{
	struct text value = { 0 };

	field->type->print(field, state, row_at_const(row, field), &value);
	if ((field->flags & F_BARE) != 0 && strcmp(text_str(&value), "yes") == 0)
		words_put_bare(words, field->name, field->name);
	else
		words_put(words, field->name, text_str(&value));
	text_free(&value);
}

/* A reference that came by default stays with its row, which may be called otherwise by now. */
static bool default_has_moved(const struct field *field, const struct row *row,
                              const struct conf_state *state)
{
	struct text value = { 0 };
	bool moved;

	if (field->ref == NULL || field->dflt == NULL)
		return false;
	field->type->print(field, state, row_at_const(row, field), &value);
	moved = strcmp(text_str(&value), field->dflt) != 0;
	text_free(&value);
	return moved;
}

void words_row(struct words *words, const struct menu *menu, const struct row *row,
               const struct conf_state *state, const struct words_options *options)
{
	bool items = menu->kind != MENU_SETTINGS;
	bool disabled = (row->flags & ROW_DISABLED) != 0;

	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];
		bool secret = (field->flags & F_SECRET) != 0 && !options->secrets;
		bool said = options->verbose ? row_has(menu, row, i) : row_given(row, i);

		if (field_settable(field) && !secret &&
		    (said || default_has_moved(field, row, state)))
			put_value(words, field, row, state);
	}
	if (items && row->comment[0] != '\0')
		words_put(words, "comment", row->comment);
	if (items && (disabled || options->verbose))
		words_put(words, "disabled", disabled ? "yes" : "no");
}

void words_change(struct words *words, const struct menu *menu, const struct row *old,
                  const struct row *new, const struct conf_state *state)
{
	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];

		if (!field_settable(field) ||
		    (row_given(old, i) == row_given(new, i) &&
		     memcmp(row_at_const(old, field), row_at_const(new, field), field->bytes) == 0))
			continue;
		if (row_has(menu, new, i))
			put_value(words, field, new, state);
		else
			put_unset(words, field->name);
	}
	if (strcmp(old->comment, new->comment) != 0)
		words_put(words, "comment", new->comment);
	if (((old->flags ^ new->flags) & ROW_DISABLED) != 0)
		words_put(words, "disabled", (new->flags &ROW_DISABLED) != 0 ? "yes" : "no");
}

void words_print(const struct words *words, size_t start_column, size_t fold_at, struct text *out)
{
	size_t column = start_column;

	for (const struct word *word = words->first; word != NULL; word = word->next) {
		size_t len = strlen(word->text) + 1;

		/* Room for " \" is kept on every line, the last one included. */
		if (fold_at > 0 && column + len + 2 > fold_at && column > 4) {
			text_add(out, " \\\n    ");
			column = 4;
		} else {
			text_char(out, ' ');
			column++;
		}
		text_add(out, word->text);
		column += len - 1;
	}
}

static void change_words(const struct change *change, const struct conf_state *state,
                         struct words *words)
{
	const struct words_options all = { .secrets = true };

	if (change->kind == CHANGE_SET)
		words_change(words, change->menu, change->old, change->new, state);
	if (change->kind != CHANGE_ADD)
		return;
	words_row(words, change->menu, change->new, state, &all);

	char id[16];
	struct text out = text_into(id, sizeof id);

	text_printf(&out, "*%X", change->new->id);
	words_put(words, ".id", id);
	if (change->before != 0) {
		text_clear(&out);
		text_printf(&out, "*%X", change->before);
		words_put(words, "place-before", id);
	}
}

void line_change(const struct change *change, const struct conf_state *state, struct text *out)
{
	static const char *const verbs[] = {
		[CHANGE_REMOVE] = "remove",
		[CHANGE_SET] = "set",
		[CHANGE_ADD] = "add",
		[CHANGE_MOVE] = "move",
	};
	const struct row *row = change->new != NULL ? change->new : change->old;
	struct words words = { 0 };

	must(change->kind < ARRAY_LEN(verbs));
	text_printf(out, "%s/%s", change->menu->path, verbs[change->kind]);
	if (change->kind != CHANGE_ADD && change->menu->kind != MENU_SETTINGS)
		text_printf(out, " *%X", row->id);
	if (change->kind == CHANGE_MOVE && change->before != 0)
		text_printf(out, " *%X", change->before);
	change_words(change, state, &words);
	words_print(&words, 0, 0, out);
	words_free(&words);
}

void line_diff(const struct diff *diff, const struct conf_state *state, struct text *out)
{
	for (size_t i = 0; i < diff->n; i++) {
		if (diff->at[i].kind == CHANGE_PLACE)
			continue;
		line_change(&diff->at[i], state, out);
		text_char(out, '\n');
	}
}

static void line_field(const struct request_field *field, struct text *out)
{
	if (field == NULL)
		return;
	text_printf(out, " %s%s", field->value == NULL ? "!" : "", field->name);
	if (field->value != NULL) {
		text_char(out, '=');
		line_quote(field->value, out);
	}
}

void line_request(const struct request *request, struct text *out)
{
	static const char *const verbs[] = {
		[VERB_ADD] = "add",         [VERB_SET] = "set",         [VERB_REMOVE] = "remove",
		[VERB_ENABLE] = "enable",   [VERB_DISABLE] = "disable", [VERB_MOVE] = "move",
		[VERB_COMMENT] = "comment", [VERB_UNSET] = "unset",
	};
	const char *separator = " ";

	must(request->verb < ARRAY_LEN(verbs) && verbs[request->verb] != NULL);
	text_printf(out, "%s/%s", request->menu->path, verbs[request->verb]);
	for (size_t i = 0; i < request->nids; i++) {
		text_printf(out, "%s*%X", separator, request->ids[i]);
		separator = ",";
	}
	/* In the schema's order, whatever the order typed: what people see reads always alike. */
	for (size_t i = 0; i < request->menu->nfields; i++)
		line_field(request_field(request, request->menu->fields[i].name), out);
	for (const struct request_field *f = request->fields; f != NULL; f = f->next) {
		if (menu_field(request->menu, f->name) < 0)
			line_field(f, out);
	}
	text_char(out, '\n');
}
