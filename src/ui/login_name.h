/*
 * login_name.h -- the name that is typed at a login: "admin+ct80w".
 *
 *   name [+ ([number] letter)*]
 *
 *   c no colours   t no detection of the terminal   e a dumb terminal
 *   <n>w, <n>h     the terminal is n columns wide, n rows high
 *
 * Memory: none; a struct login_name is a value.
 */
#ifndef UI_LOGIN_NAME_H
#define UI_LOGIN_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"

struct text;

#define LOGIN_NAME_BYTES 64

struct login_name {
	char who[LOGIN_NAME_BYTES]; /* "": nobody is named */
	bool no_colour;
	bool no_detection;
	bool dumb;
	unsigned width, height; /* 0: not given */
};

/*
 * Take @typed apart. False when it can't be; @why (may be NULL) says what is wrong and what would
 * be right.
 */
MUST_USE bool login_name_parse(const char *typed, struct login_name *ret_name, struct text *why);

#endif
