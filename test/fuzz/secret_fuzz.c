#include "fuzz.h"

#include <string.h>

#include "conf/line.h"
#include "conf/secret.h"
#include "conf/type.h"
#include "lib/mem.h"

struct client_row {
	char name[16], password[16];
};

static const struct field fields[] = {
	{ "name", &type_string, AT(struct client_row, name) },
	{ "password", &type_string, AT(struct client_row, password), .flags = F_SECRET },
};

static const struct menu menu_client = {
	.path = "/ppp/client",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct client_row),
};

static const struct menu *const menus[] = { &menu_client, NULL };

static char *word(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1, 1);

	if (size > 0)
		memcpy(text, data, size);
	return text;
}

/* A line of ours: exactly the secret is hidden, whatever it and its neighbours hold. */
static void hides_exactly(const char *name, const char *password)
{
	struct text line = { 0 }, expected = { 0 }, hidden = { 0 };

	text_add(&line, "/ppp/client/set *1A comment=");
	line_quote(name, &line);
	text_add(&line, " name=");
	line_quote(name, &line);
	text_add(&line, " password=");
	text_add(&expected, text_str(&line));
	line_quote(password, &line);
	text_add(&expected, "*****");
	text_add(&line, " !name\n");
	text_add(&expected, " !name\n");
	secret_hide(menus, text_str(&line), &hidden);
	must(strcmp(text_str(&hidden), text_str(&expected)) == 0);
	text_free(&line);
	text_free(&expected);
	text_free(&hidden);
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

/* Any text: as many lines as before, and nothing is left to be hidden. */
static void hides_all(const char *lines)
{
	struct text once = { 0 }, twice = { 0 };

	secret_hide(menus, lines, &once);
	secret_hide(menus, text_str(&once), &twice);
	must(strcmp(text_str(&once), text_str(&twice)) == 0);
	must(count(lines, '\n') == count(text_str(&once), '\n'));
	text_free(&once);
	text_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t first = size > 0 ? data[0] % size : 0;
	char *name = word(data, first), *password = word(data + first, size - first);
	char *whole = word(data, size);

	hides_exactly(name, password);
	hides_all(whole);
	mem_free(name);
	mem_free(password);
	mem_free(whole);
	return 0;
}
