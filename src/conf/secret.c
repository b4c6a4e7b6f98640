#include "conf/secret.h"

#include <string.h>

#define HIDDEN "*****"

/* The menu that the line is about: the path of "/ip/address/add" ends at its last slash. */
static const struct menu *menu_of(const struct menu *const *menus, const char *line, size_t len)
{
	size_t path = 0;

	for (size_t i = 0; i < len && line[i] != ' '; i++) {
		if (line[i] == '/')
			path = i;
	}
	for (size_t i = 0; menus[i] != NULL; i++) {
		if (strlen(menus[i]->path) == path && memcmp(menus[i]->path, line, path) == 0)
			return menus[i];
	}
	return NULL;
}

/* How long the word is that begins at @at: up to a blank that is not in quotes. */
static size_t word_len(const char *at, size_t most)
{
	bool quoted = false;
	size_t i = 0;

	for (; i < most && (quoted || at[i] != ' '); i++) {
		if (at[i] == '\\' && i + 1 < most)
			i++;
		else if (at[i] == '"')
			quoted = !quoted;
	}
	return i;
}

static bool is_secret(const struct menu *menu, const char *name, size_t len)
{
	if (menu == NULL)
		return true;
	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];

		if (strlen(field->name) == len && memcmp(field->name, name, len) == 0)
			return (field->flags & F_SECRET) != 0;
	}
	return false; /* one of those that every item has */
}

static void hide_word(const struct menu *menu, const char *word, size_t len, struct text *out)
{
	const char *equals = memchr(word, '=', len);

	if (equals == NULL || !is_secret(menu, word, (size_t)(equals - word)))
		text_bytes(out, word, len);
	else
		text_printf(out, "%.*s=%s", (int)(equals - word), word, HIDDEN);
}

static void hide_line(const struct menu *const *menus, const char *line, size_t len,
                      struct text *out)
{
	const struct menu *menu = menu_of(menus, line, len);
	size_t at = 0;

	while (at < len) {
		size_t word;

		if (line[at] == ' ') {
			text_char(out, ' ');
			at++;
			continue;
		}
		word = word_len(line + at, len - at);
		hide_word(menu, line + at, word, out);
		at += word;
	}
}

void secret_hide(const struct menu *const *menus, const char *lines, struct text *out)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		hide_line(menus, lines, len, out);
		lines += len;
		if (*lines == '\n') {
			text_char(out, '\n');
			lines++;
		}
	}
}
