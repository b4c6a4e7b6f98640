#include "ui/flags.h"

#include <string.h>

#include "lang/run.h"
#include "lib/text.h"

enum group {
	GROUP_DYNAMIC,
	GROUP_STATE,
	GROUP_LOWER,
	GROUP_OTHER, /* and up: one for each flag */
};

static void flag_add(struct flags_view *view, char letter, const char *word, uint32_t bit,
                     unsigned group)
{
	for (size_t i = 0; i < view->n; i++) {
		if (strcmp(view->at[i].word, word) != 0)
			continue;
		view->at[i].bit |= bit;
		return;
	}
	if (view->n == FLAGS_MAX)
		return;
	view->at[view->n++] =
		(struct flag_view){ .letter = letter, .word = word, .bit = bit, .group = group };
}

static unsigned group_of(const struct menu_flag *flag, unsigned other)
{
	static const char *const states[] = { "inactive", "invalid", "active" };

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcmp(flag->word, states[i]) == 0)
			return GROUP_STATE;
	return flag->letter >= 'a' && flag->letter <= 'z' ? GROUP_LOWER : other;
}

static void measure(struct flags_view *view, const struct row *row)
{
	size_t letters[FLAGS_MAX] = { 0 };

	for (size_t i = 0; i < view->n; i++) {
		struct flag_view *flag = &view->at[i];

		if ((row->flags & flag->bit) == 0)
			continue;
		flag->present = true;
		letters[flag->group]++;
		if (letters[flag->group] > view->group_width[flag->group])
			view->group_width[flag->group] = letters[flag->group];
	}
}

void flags_collect(const struct menu *menu, const struct print_job *job, struct flags_view *view)
{
	unsigned other = GROUP_OTHER;

	*view = (struct flags_view){ 0 };
	flag_add(view, 'D', "dynamic", ROW_DYNAMIC, GROUP_DYNAMIC);
	flag_add(view, 'X', "disabled", ROW_DISABLED, GROUP_STATE);
	for (size_t i = 0; i < menu->nflags; i++) {
		unsigned group = group_of(&menu->flags[i], other);

		other += group == other && other + 1 < FLAGS_MAX;
		flag_add(view, menu->flags[i].letter, menu->flags[i].word,
		         (uint32_t)ROW_MENU_FIRST << i, group);
	}
	view->ngroups = other;
	for (size_t i = 0; i < job->items->n; i++)
		measure(view, job->items->at[i]);
	for (unsigned g = 0; g < view->ngroups; g++)
		view->width += view->group_width[g];
}

bool flags_join(struct flags_view *view, const struct flags_view *older)
{
	bool news = false;

	for (size_t i = 0; i < view->n; i++) {
		bool before = i < older->n && older->at[i].present;

		news = news || (view->at[i].present && !before);
		view->at[i].present = view->at[i].present || before;
	}
	view->width = 0;
	for (unsigned g = 0; g < view->ngroups; g++) {
		news = news || view->group_width[g] > older->group_width[g];
		if (older->group_width[g] > view->group_width[g])
			view->group_width[g] = older->group_width[g];
		view->width += view->group_width[g];
	}
	return news;
}

static void put_word(const char *word, bool upper, struct text *out)
{
	for (const char *c = word; *c != '\0'; c++)
		text_char(out, upper && *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
}

void flags_header(const struct flags_view *view, bool upper, bool colour, struct text *out)
{
	bool any = false;

	for (unsigned g = 0; g < view->ngroups; g++) {
		bool first = true;

		for (size_t i = 0; i < view->n; i++) {
			const struct flag_view *flag = &view->at[i];

			if (!flag->present || flag->group != g)
				continue;
			if (!any)
				text_add(out, colour ? "\033[1mFlags: " : "Flags: ");
			else
				text_add(out, first ? "; " : ", ");
			text_printf(out, "%c - ", flag->letter);
			put_word(flag->word, upper, out);
			any = true;
			first = false;
		}
	}
	if (any)
		text_add(out, colour ? "\033[m\n" : "\n");
}

void flags_row(const struct flags_view *view, const struct row *row, struct text *out)
{
	size_t from = out->len;

	for (unsigned g = 0; g < view->ngroups; g++) {
		size_t letters = 0;

		for (size_t i = 0; i < view->n; i++) {
			if (view->at[i].group != g || (row->flags & view->at[i].bit) == 0)
				continue;
			text_char(out, view->at[i].letter);
			letters++;
		}
		text_repeat(out, ' ', view->group_width[g] - letters);
	}
	if (out->len - from < view->width)
		text_repeat(out, ' ', view->width - (out->len - from));
}
