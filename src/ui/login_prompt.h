/*
 * login_prompt.h -- "Login: " and "Password: ": who comes by a door from afar says who they are.
 *
 * Keys come in, what the terminal is to show goes out; it knows no users. The name is echoed, the
 * password is not. Backspace, Ctrl-U (the whole line) and Ctrl-C (from the start) work; sequences
 * of arrow and function keys are skipped, so that they don't become part of a name.
 *
 *   login_prompt_begin() -> login_prompt_input() until it says LOGIN_PROMPT_ASK: look at name and
 *   password, -> login_prompt_again() when they were wrong -> login_prompt_wipe() in any case
 *
 * Memory: the struct. Threads: one at a time.
 */
#ifndef UI_LOGIN_PROMPT_H
#define UI_LOGIN_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"
#include "ui/login_name.h"

#define LOGIN_PASSWORD_BYTES 256

struct text;

enum login_prompt_state {
	LOGIN_PROMPT_NAME,
	LOGIN_PROMPT_PASSWORD,
	LOGIN_PROMPT_ASK,   /* both are there: is that right? Keys wait meanwhile */
	LOGIN_PROMPT_LEAVE, /* Ctrl-D on an empty line */
};

struct login_prompt {
	uint8_t state;    /* enum login_prompt_state */
	uint8_t sequence; /* within "ESC [ ... letter" */
	bool after_return;
	size_t len; /* of what is being typed */
	char name[LOGIN_NAME_BYTES];
	char password[LOGIN_PASSWORD_BYTES];
};

/* Shows the first prompt. @prompt is any memory. */
void login_prompt_begin(struct login_prompt *prompt, struct text *out);
/* How many of the keys were taken: the rest is not for it, when the state has become ASK or LEAVE.
 */
MUST_USE size_t login_prompt_input(struct login_prompt *prompt, const char *bytes, size_t len,
                                   struct text *out);
/* Tell them @why (a line or several, without the last end of line), and ask again. */
void login_prompt_again(struct login_prompt *prompt, const char *why, struct text *out);
/* Forget what was typed. */
void login_prompt_wipe(struct login_prompt *prompt);

#endif
