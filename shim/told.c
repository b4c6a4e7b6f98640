#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "shim/shim.h"

/* One line a write, so that those of several programs don't mix. */
void told(const char *what, uint64_t badge)
{
	char way[256] = "", line[400];
	struct call call = {
		.request = { .call = SHIM_WAY, .badge = badge },
		.out = way,
		.room = sizeof way - 1,
		.fd = -1,
	};
	int saved = errno, n;

	if (!router_verbose())
		return;
	if (router_call(&call) >= 0) {
		n = snprintf(line, sizeof line, "towpath: %s[%d] %s %s\n",
		             program_invocation_short_name, (int)getpid(), what, way);
		(void)!real()->write(STDERR_FILENO, line,
		                     n < (int)sizeof line ? (size_t)n : sizeof line);
	}
	errno = saved;
}
