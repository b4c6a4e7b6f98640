#include "ui/login_prompt.h"

#include <string.h>

#include "lib/text.h"

#define CTRL_C    3
#define CTRL_D    4
#define BACKSPACE 8
#define CTRL_U    21
#define ESCAPE    27
#define RUBOUT    127

enum { /* prompt->sequence */
	OUTSIDE,
	AFTER_ESCAPE,
	WITHIN,
	LAST, /* one byte more: "ESC O P" */
};

static void ask_name(struct login_prompt *prompt, struct text *out)
{
	login_prompt_wipe(prompt);
	prompt->state = LOGIN_PROMPT_NAME;
	text_add(out, "Login: ");
}

void login_prompt_begin(struct login_prompt *prompt, struct text *out)
{
	*prompt = (struct login_prompt){ 0 };
	ask_name(prompt, out);
}

void login_prompt_wipe(struct login_prompt *prompt)
{
	explicit_bzero(prompt->name, sizeof prompt->name);
	explicit_bzero(prompt->password, sizeof prompt->password);
	prompt->len = 0;
}

void login_prompt_again(struct login_prompt *prompt, const char *why, struct text *out)
{
	for (; *why != '\0'; why++) {
		if (*why == '\n')
			text_char(out, '\r');
		text_char(out, *why);
	}
	text_add(out, "\r\n\r\n");
	ask_name(prompt, out);
}

static bool is_name(const struct login_prompt *prompt)
{
	return prompt->state == LOGIN_PROMPT_NAME;
}

static char *line(struct login_prompt *prompt)
{
	return is_name(prompt) ? prompt->name : prompt->password;
}

/* What a terminal shows as one character may be several bytes (UTF-8): they go together. */
static void rub_out(struct login_prompt *prompt, struct text *out)
{
	char *typed = line(prompt);

	if (prompt->len == 0)
		return;
	do
		prompt->len--;
	while (prompt->len > 0 && ((unsigned char)typed[prompt->len] & 0xc0) == 0x80);
	memset(typed + prompt->len, 0, strlen(typed + prompt->len));
	if (is_name(prompt))
		text_add(out, "\b \b");
}

static void add(struct login_prompt *prompt, char key, struct text *out)
{
	size_t room = is_name(prompt) ? sizeof prompt->name : sizeof prompt->password;

	if (prompt->len + 1 == room) {
		text_char(out, '\a');
		return;
	}
	line(prompt)[prompt->len++] = key;
	if (is_name(prompt))
		text_char(out, key);
}

static void enter(struct login_prompt *prompt, struct text *out)
{
	text_add(out, "\r\n");
	prompt->len = 0;
	if (!is_name(prompt)) {
		prompt->state = LOGIN_PROMPT_ASK;
	} else if (prompt->name[0] == '\0') {
		text_add(out, "Login: ");
	} else {
		prompt->state = LOGIN_PROMPT_PASSWORD;
		text_add(out, "Password: ");
	}
}

/* "ESC [ 1 ~", "ESC [ A", "ESC O P": nothing of it is meant for us. */
static void skip(struct login_prompt *prompt, char key)
{
	if (prompt->sequence == AFTER_ESCAPE)
		prompt->sequence = key == '[' ? WITHIN : key == 'O' ? LAST : OUTSIDE;
	else if (prompt->sequence == LAST || (key >= '@' && key <= '~'))
		prompt->sequence = OUTSIDE;
}

static void take(struct login_prompt *prompt, char key, struct text *out)
{
	switch (key) {
	case '\r':
	case '\n':
		enter(prompt, out);
		return;
	case CTRL_C:
		text_add(out, "\r\n");
		ask_name(prompt, out);
		return;
	case CTRL_D:
		if (prompt->len == 0)
			prompt->state = LOGIN_PROMPT_LEAVE;
		return;
	case BACKSPACE:
	case RUBOUT:
		rub_out(prompt, out);
		return;
	case CTRL_U:
		while (prompt->len > 0)
			rub_out(prompt, out);
		return;
	case ESCAPE:
		prompt->sequence = AFTER_ESCAPE;
		return;
	default:
		if ((unsigned char)key >= ' ')
			add(prompt, key, out);
	}
}

size_t login_prompt_input(struct login_prompt *prompt, const char *bytes, size_t len,
                          struct text *out)
{
	size_t taken = 0;

	while (taken < len && prompt->state <= LOGIN_PROMPT_PASSWORD) {
		char key = bytes[taken++];
		bool second = prompt->after_return && (key == '\n' || key == '\0');

		prompt->after_return = key == '\r';
		if (second)
			continue;
		if (prompt->sequence != OUTSIDE)
			skip(prompt, key);
		else
			take(prompt, key, out);
	}
	return taken;
}
