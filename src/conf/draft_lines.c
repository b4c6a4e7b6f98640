/* What a draft would do, as lines for people. */
#include "conf/draft_inside.h"

#include <string.h>

#include "conf/diff.h"
#include "conf/line.h"
#include "conf/row.h"

/* Like @row, but without its secrets. */
static struct row *plain_copy(const struct menu *menu, const struct row *row)
{
	struct row *copy = row_copy(menu, row);

	for (size_t i = 0; i < menu->nfields; i++) {
		if ((menu->fields[i].flags & F_SECRET) == 0)
			continue;
		memset(row_at(copy, &menu->fields[i]), 0, menu->fields[i].bytes);
		copy->given &= ~(1ULL << i);
	}
	return copy;
}

static bool secret_differs(const struct change *change, size_t i)
{
	const struct field *field = &change->menu->fields[i];

	if ((field->flags & F_SECRET) == 0)
		return false;
	if (change->kind != CHANGE_SET)
		return change->kind == CHANGE_ADD && row_given(change->new, i);
	return memcmp(row_at_const(change->old, field), row_at_const(change->new, field),
	              field->bytes) != 0;
}

/* A name that can stand for its item wherever one is typed. */
static bool name_is_plain(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	return name[0] != '\0' && strchr(letters, name[0]) != NULL &&
	       strspn(name + strspn(name, letters), "0123456789-_.") ==
	               strlen(name + strspn(name, letters));
}

static void item(const struct menu *menu, const struct row *row, struct text *out)
{
	if (menu->kind == MENU_SETTINGS)
		return;
	if (name_is_plain(menu_row_name(menu, row)))
		text_printf(out, " %s", menu_row_name(menu, row));
	else
		text_printf(out, " *%X", row->id);
}

static void row_words(const struct menu *menu, const struct row *row,
                      const struct conf_state *state, struct text *out)
{
	struct words words = { 0 };

	words_row(&words, menu, row, state, &(struct words_options){ .verbose = false });
	words_print(&words, 0, 0, out);
	words_free(&words);
}

static void change_words(const struct menu *menu, const struct row *old, const struct row *new,
                         const struct conf_state *state, struct text *out)
{
	struct row *from = plain_copy(menu, old), *to = plain_copy(menu, new);
	struct words words = { 0 };

	words_change(&words, menu, from, to, state);
	words_print(&words, 0, 0, out);
	words_free(&words);
	row_release(from);
	row_release(to);
}

static void set_line(const struct conf_draft *draft, const struct change *change, struct text *out)
{
	struct text was = { 0 };

	text_add(out, "/set");
	item(change->menu, change->old, out);
	change_words(change->menu, change->old, change->new, draft->work, out);
	change_words(change->menu, change->new, change->old, draft->base, &was);
	if (was.len > 0)
		text_printf(out, " # was%s", text_str(&was));
	text_free(&was);
}

static void add_line(const struct conf_draft *draft, const struct change *change, struct text *out)
{
	text_add(out, "/add");
	row_words(change->menu, change->new, draft->work, out);
	if (change->menu->kind == MENU_ORDERED && change->before != 0)
		text_printf(out, " place-before=*%X", change->before);
}

static void remove_line(const struct conf_draft *draft, const struct change *change,
                        struct text *out)
{
	text_add(out, "/remove");
	item(change->menu, change->old, out);
	text_add(out, " #");
	row_words(change->menu, change->old, draft->base, out);
}

static void move_line(const struct change *change, struct text *out)
{
	text_add(out, "/move");
	item(change->menu, change->new, out);
	if (change->before != 0)
		text_printf(out, " *%X", change->before);
}

static void secret_names(const struct change *change, struct text *out)
{
	const char *lead = strchr(text_str(out), '#') != NULL ? ";" : " #";

	for (size_t i = 0; i < change->menu->nfields; i++) {
		if (!secret_differs(change, i))
			continue;
		text_printf(out, "%s %s changes and is not shown", lead,
		            change->menu->fields[i].name);
		lead = ";";
	}
}

static void change_line(const struct conf_draft *draft, const struct change *change,
                        struct text *out)
{
	struct text line = { 0 };

	text_add(&line, change->menu->path);
	switch (change->kind) {
	case CHANGE_REMOVE:
		remove_line(draft, change, &line);
		break;
	case CHANGE_SET:
		set_line(draft, change, &line);
		break;
	case CHANGE_ADD:
		add_line(draft, change, &line);
		break;
	case CHANGE_MOVE:
		move_line(change, &line);
		break;
	case CHANGE_PLACE:
		text_free(&line);
		return;
	}
	secret_names(change, &line);
	text_printf(out, "%s\n", text_str(&line));
	text_free(&line);
}

static void late_line(const struct conf_draft *draft, const struct draft_late *late,
                      struct text *out)
{
	if (late->row != NULL) {
		text_printf(out, "%s/add", late->menu->path);
		row_words(late->menu, late->row, draft->work, out);
	} else {
		text_printf(out, "%s/remove", late->menu->path);
		for (size_t i = 0; i < late->n; i++)
			text_printf(out, "%s*%X", i == 0 ? " " : ",", late->ids[i]);
	}
	text_char(out, '\n');
}

void conf_draft_lines(const struct conf_draft *draft, struct text *out)
{
	struct diff diff = { 0 };

	diff_states(&diff, draft->base, draft->work);
	for (size_t i = 0; i < diff.n; i++)
		change_line(draft, &diff.at[i], out);
	diff_free(&diff);
	for (const struct draft_late *late = draft->late; late != NULL; late = late->next)
		late_line(draft, late, out);
}
