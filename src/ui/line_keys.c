/* Which key some bytes from a terminal are. */
#include "ui/line_inside.h"

#include <string.h>

#include "lib/must.h"

#define ESCAPE 0x1b

/* Those of xterm and its like, of the VT220, of rxvt and of the Linux console. */
static const struct sequence {
	const char *bytes; /* behind ESC */
	enum line_key key;
} sequences[] = {
	{ "[A", KEY_UP },
	{ "OA", KEY_UP },
	{ "[B", KEY_DOWN },
	{ "OB", KEY_DOWN },
	{ "[C", KEY_RIGHT },
	{ "OC", KEY_RIGHT },
	{ "[D", KEY_LEFT },
	{ "OD", KEY_LEFT },
	{ "[H", KEY_HOME },
	{ "OH", KEY_HOME },
	{ "[1~", KEY_HOME },
	{ "[7~", KEY_HOME },
	{ "[F", KEY_END },
	{ "OF", KEY_END },
	{ "[4~", KEY_END },
	{ "[8~", KEY_END },
	{ "[3~", KEY_DELETE },
	{ "b", KEY_WORD_LEFT },
	{ "[1;5D", KEY_WORD_LEFT },
	{ "[1;3D", KEY_WORD_LEFT },
	{ "[5D", KEY_WORD_LEFT },
	{ "Od", KEY_WORD_LEFT },
	{ "f", KEY_WORD_RIGHT },
	{ "[1;5C", KEY_WORD_RIGHT },
	{ "[1;3C", KEY_WORD_RIGHT },
	{ "[5C", KEY_WORD_RIGHT },
	{ "Oc", KEY_WORD_RIGHT },
	{ "d", KEY_WORD_DELETE },
	{ "[3;5~", KEY_WORD_DELETE },
	{ "\177", KEY_WORD_DELETE_BACK },
	{ "\b", KEY_WORD_DELETE_BACK },
	{ "OP", KEY_HELP },
	{ "[11~", KEY_HELP },
	{ "[[A", KEY_HELP },
	{ "OR", KEY_SEARCH },
	{ "[13~", KEY_SEARCH },
	{ "[[C", KEY_SEARCH },
	{ "OS", KEY_SAFE },
	{ "[14~", KEY_SAFE },
	{ "[[D", KEY_SAFE },
	{ "[15~", KEY_REPAINT },
	{ "[[E", KEY_REPAINT },
	{ "[200~", KEY_PASTE_BEGINS },
	{ "[201~", KEY_PASTE_ENDS },
};

/* Whether the sequence so far is a whole one. */
static bool escape_ends(const struct line *line)
{
	size_t len = line->escape_len;
	char first = line->escape[0];

	if (first != '[' && first != 'O')
		return true;
	if (len == 2 && first == '[' && line->escape[1] == '[')
		return false; /* the Linux console's F1 to F5 */
	return len > 1 && line->escape[len - 1] >= '@';
}

/* A whole sequence is a key, or is passed over. */
static int escape_byte(struct line *line, uint8_t byte)
{
	if (byte == ESCAPE) { /* a new one; the old one was none */
		line->escape_len = 0;
		return KEY_NONE;
	}
	if (byte < ' ' && byte != '\b') { /* no part of a sequence: a key by itself */
		line->in_escape = false;
		return byte;
	}
	if (line->escape_len + 1 < sizeof line->escape)
		line->escape_len++;
	line->escape[line->escape_len - 1] = (char)byte;
	if (!escape_ends(line))
		return KEY_NONE;
	line->escape[line->escape_len] = '\0';
	line->in_escape = false;
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++)
		if (strcmp(sequences[i].bytes, line->escape) == 0)
			return (int)sequences[i].key;
	return KEY_NONE;
}

int line_key(struct line *line, uint8_t byte)
{
	bool after_return = line->after_return;

	line->after_return = byte == '\r';
	if (after_return && (byte == '\n' || byte == '\0'))
		return KEY_NONE; /* RFC 854: a return is followed by one of them */
	if (line->in_escape)
		return escape_byte(line, byte);
	if (byte == ESCAPE) {
		line->in_escape = true;
		line->escape_len = 0;
		return KEY_NONE;
	}
	return byte;
}
