#include "main/telnet_process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "os/child.h"
#include "os/confine.h"
#include "svc/telnet_serve.h"

/* libtelnet's subnegotiation, and what an allocator takes for it. */
#define MEMORY_BYTES (4U << 20)

int telnet_process_run(void)
{
	const int fds[] = { CHILD_FD, CHILD_FD_MORE };
	struct telnet_serve *serve;
	int error;

	if (!child_is_one()) {
		fputs("towpathd: a front end of telnet is started by towpathd itself\n", stderr);
		return 2;
	}
	(void)prctl(PR_SET_NAME, "tw-telnet", 0, 0, 0);
	error = confine_to_messages(fds, 2, MEMORY_BYTES);
	serve = telnet_serve_new(CHILD_FD, CHILD_FD_MORE);
	while (error == 0)
		error = telnet_serve_turn(serve, -1);
	if (error != -ECONNRESET && error != -EPROTO)
		fprintf(stderr, "towpathd: a front end of telnet ends: %s\n", strerror(-error));
	telnet_serve_free(serve);
	/* What else a program does at its end takes calls that we no longer have. */
	_exit(error == -ECONNRESET ? 0 : 1);
}
