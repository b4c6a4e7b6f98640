/*
 * only.h -- properties of RouterOS of which this version has one value.
 *
 * They are fields, so that what an export of RouterOS says is read and what is not there is refused
 * by its name, with what to do instead.
 */
#ifndef MENU_ONLY_H
#define MENU_ONLY_H

#include <stdbool.h>

#include "lib/must.h"

struct diag;

#define ONLY_BYTES 16

struct only {
	const char *field, *value; /* the one there is */
	const char *instead;       /* "; <what to do>" */
};

/* Is @given what there is? Else the failure says what would be right. */
MUST_USE bool only_check(const struct only *only, const char *given, struct diag *diag);

#endif
