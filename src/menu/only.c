#include "menu/only.h"

#include <string.h>

#include "conf/diag.h"

bool only_check(const struct only *only, const char *given, struct diag *diag)
{
	if (strcmp(given, only->value) == 0)
		return true;
	return diag_fail(diag, only->field,
	                 "invalid value for argument %s: %s is not supported by this version, only "
	                 "%s%s",
	                 only->field, given[0] == '\0' ? "nothing" : given, only->value,
	                 only->instead);
}
