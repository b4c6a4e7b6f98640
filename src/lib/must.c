#include "lib/must.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void must_fail(const char *condition, const char *file, int line)
{
	fprintf(stderr, "towpath: must(%s) does not hold at %s:%d\n", condition, file, line);
	abort();
}
