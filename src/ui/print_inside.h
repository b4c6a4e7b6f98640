/*
 * print_inside.h -- the inside of print, which its files share.
 *
 *   print.c        which properties, their values, which layout
 *   print_table.c  brief and stats: a table
 *   print_lines.c  detail and terse: name=value
 *   print_values.c value-list, settings and as-value
 */
#ifndef UI_PRINT_INSIDE_H
#define UI_PRINT_INSIDE_H

#include "lang/run.h"
#include "ui/flags.h"
#include "ui/print.h"

struct printer {
	const struct print_look *look;
	const struct print_job *job;
	const struct menu *menu;
	struct arena arena;
	struct text *out;
	const struct field *fields[FIELD_MAX]; /* to be shown, in order */
	size_t nfields;
	struct flags_view flags;
	const char **numbers; /* item by item, "" for those that have none */
	size_t number_width;  /* 0: nothing is numbered */
	bool ids, secrets, chosen;
	bool new_flags,
		news; /* flags, or anything of the titles, that did not stand there before */
};

/* Whether one of @options was given. */
bool printer_has(const struct printer *p, unsigned options);
/* The value as it is; what others have sent us may hold anything. */
const char *printer_value(struct printer *p, const struct field *field, const struct row *row);
/* @value without characters that would do something to a terminal: they are shown as \1B. */
const char *printer_plain(struct printer *p, const char *value);
/* An option that nobody has set or asked for is not shown. */
bool printer_quiet(const struct printer *p, const struct field *field, const struct row *row);
/* The value as a table shows it. */
const char *printer_text(struct printer *p, const struct field *field, const struct row *row);
/* What stands before item @i: mark, number and flags, as wide for every item. */
const char *printer_prefix(struct printer *p, size_t i, size_t number_min);
/* The same before the titles: "#", or blanks. */
const char *printer_prefix_title(struct printer *p);
/* The comment, or NULL. */
const char *printer_note(struct printer *p, const struct row *row);
void printer_put_note(struct printer *p, const char *note);
/* What the menu thinks of the row, a line for each. */
void printer_warnings(struct printer *p, const struct row *row, size_t indent);
/* The line of flags, unless it stands there already. */
void printer_put_flags(struct printer *p, bool upper);

void print_table(struct printer *p);
void print_detail(struct printer *p);
void print_terse(struct printer *p);
void print_value_list(struct printer *p);
void print_settings(struct printer *p);

#endif
