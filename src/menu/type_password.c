#include "menu/type_password.h"

#include <string.h>

#include "conf/diag.h"
#include "manage/password.h"

_Static_assert(TYPE_SALT_BYTES == PASSWORD_SALT_BYTES, "one salt for each");

static bool is_raw(const void *at, size_t bytes)
{
	const char *text = at;

	return text[0] != '\0' && !password_is_hash(text);
}

/* What was typed is never repeated: errors are shown, and logged. */
static bool parse(const struct field *field, const struct conf_state *state, const char *text,
                  void *at, struct diag *diag)
{
	size_t len = strlen(text);

	if (password_is_hash(text)) {
		memcpy(at, text, len + 1);
		return true;
	}
	if (strncmp(text, "$y$", 3) == 0)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s\nwhat begins with $y$ is taken for "
		                 "a hash, and this is none that export show-sensitive writes",
		                 field->name);
	if (len > PASSWORD_MOST)
		return diag_fail(diag, field->name,
		                 "invalid value for argument %s\nit may have up to %d characters "
		                 "and has %zu",
		                 field->name, PASSWORD_MOST, len);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return diag_fail(diag, field->name,
			                 "invalid value for argument %s\nit holds a control "
			                 "character, which nobody can type at a login",
			                 field->name);
	memcpy(at, text, len + 1);
	return true;
}

static void print(const struct field *field, const struct conf_state *state, const void *at,
                  struct text *out)
{
	if (!is_raw(at, field->bytes))
		text_add(out, at);
}

/* Running out of memory ends the router everywhere else, too. */
static void digest(void *at, size_t bytes, const uint8_t salt[TYPE_SALT_BYTES])
{
	char hash[PASSWORD_BYTES];
	bool made = password_hash(at, salt, hash);

	must(bytes == PASSWORD_BYTES);
	must(made);
	explicit_bzero(at, bytes);
	memcpy(at, hash, strlen(hash) + 1);
}

const struct type type_password = {
	.name = "password",
	.parse = parse,
	.print = print,
	.is_raw = is_raw,
	.digest = digest,
};
