/*
 * fetch_main.c -- towpath-fetch: the process that speaks HTTP for /tool/fetch (svc/fetch_serve.h).
 *
 * A program of its own, so that the router is not linked with what libcurl needs. towpathd starts
 * it with a connection of its own stack, for one request.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "os/child.h"
#include "os/confine.h"
#include "svc/fetch_serve.h"

/* Of TLS, of certificates as they are read and as they are kept. */
#define MEMORY_BYTES (64U << 20)

int main(void)
{
	const int fds[] = { CHILD_FD, CHILD_FD_MORE };
	struct fetch_serve *serve;
	int error;

	if (!child_is_one()) {
		fputs("towpath-fetch: it is started by towpathd itself, for /tool/fetch\n", stderr);
		return 2;
	}
	(void)prctl(PR_SET_NAME, "tw-fetch", 0, 0, 0);
	serve = fetch_serve_new(CHILD_FD, CHILD_FD_MORE);
	error = fetch_serve_ask(serve);
	if (error == 0)
		error = confine_to_connections(fds, 2, MEMORY_BYTES);
	if (error == 0)
		error = fetch_serve_run(serve);
	if (error != 0 && error != -ECONNRESET)
		fprintf(stderr, "towpath-fetch: %s\n", strerror(-error));
	/* What else a program does at its end takes calls that we no longer have. */
	_exit(error == 0 ? 0 : 1);
}
