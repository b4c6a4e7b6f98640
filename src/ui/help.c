#include "ui/help.h"

#include <string.h>

#include "conf/type.h"
#include "lib/text.h"
#include "ui/complete.h"
#include "ui/table.h"

/* Times are kept in milliseconds, and written otherwise. */
static void print_bound(const struct field *field, int64_t bound, struct text *out)
{
	uint64_t value = (uint64_t)bound;

	if (field->type == &type_time && field->bytes == sizeof value)
		type_time.print(field, NULL, &value, out);
	else
		text_printf(out, "%lld", (long long)bound);
}

void help_bounds(const struct field *field, struct text *out)
{
	if (field->max <= field->min || field->type == &type_string)
		return;
	print_bound(field, field->min, out);
	text_add(out, "..");
	print_bound(field, field->max, out);
}

/* What kind of value is wanted: its type, what it looks like, range and default. */
static void print_value(const struct param *param, struct text *out)
{
	const struct field *field = param->field;
	struct text bounds = { 0 };

	if (field == NULL) {
		text_printf(out, "<%s> -- %s\n", param->name != NULL ? param->name : "value",
		            param->help != NULL ? param->help : "yes or no");
		return;
	}
	text_printf(out, "<%s> -- %s", field->type->name,
	            field->help != NULL ? field->help : field->name);
	if (field->type->looks != NULL)
		text_printf(out, ": %s", field->type->looks);
	help_bounds(field, &bounds);
	if (bounds.len > 0)
		text_printf(out, " (%s)", text_str(&bounds));
	text_free(&bounds);
	if (field->dflt != NULL)
		text_printf(out, "; default %s", *field->dflt != '\0' ? field->dflt : "\"\"");
	text_char(out, '\n');
}

/* Menus and commands have helps of several hands: each begins like a sentence. */
static void print_help(const char *help, struct text *out)
{
	if (*help >= 'a' && *help <= 'z')
		text_printf(out, " -- %c%s", *help - 'a' + 'A', help + 1);
	else
		text_printf(out, " -- %s", help);
}

static void print_candidate(const struct candidate *candidate, const char *colour, struct text *out)
{
	text_printf(out, "%s%s%s", colour != NULL ? colour : "", candidate->text,
	            colour != NULL ? "\033[m" : "");
	if (candidate->help != NULL)
		print_help(candidate->help, out);
	text_char(out, '\n');
}

void help_print(const struct candidates *candidates, bool colour, struct text *out)
{
	const struct expect *expect = &candidates->expect;

	if (expect->kind == EXPECT_VALUE || expect->kind == EXPECT_TEST_VALUE ||
	    (expect->kind == EXPECT_PARAM && expect->bare_first))
		print_value(&expect->param, out);
	bool place = expect->kind == EXPECT_PLACE;

	/* Menus first: where to go, then what to do here. */
	for (size_t i = 0; place && i < candidates->n; i++)
		if (candidates->at[i].menu)
			print_candidate(&candidates->at[i], colour ? "\033[36m" : NULL, out);
	for (size_t i = 0; i < candidates->n; i++)
		if (!candidates->at[i].menu)
			print_candidate(&candidates->at[i],
			                !colour ? NULL
			                : place ? "\033[35m"
			                        : "\033[32m",
			                out);
}

void help_list(const struct candidates *candidates, size_t width, struct text *out)
{
	size_t widest = 0;

	for (size_t i = 0; i < candidates->n; i++) {
		size_t columns = table_text_width(candidates->at[i].text);

		widest = columns > widest ? columns : widest;
	}

	size_t across = (width > 0 ? width : 80) / (widest + 2);

	across = across > 0 ? across : 1;
	for (size_t i = 0; i < candidates->n; i++) {
		bool last = (i + 1) % across == 0 || i + 1 == candidates->n;
		const char *word = candidates->at[i].text;

		text_add(out, word);
		if (last)
			text_char(out, '\n');
		else
			text_repeat(out, ' ', widest + 2 - table_text_width(word));
	}
}
