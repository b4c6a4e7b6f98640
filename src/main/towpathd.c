/*
 * towpathd.c -- the router as a program.
 */
#include <stdio.h>

#include "lib/mem.h"
#include "main/daemon.h"
#include "main/options.h"

#ifndef TOWPATH_VERSION
#define TOWPATH_VERSION "unknown"
#endif

int main(int argc, char *argv[])
{
	struct options *options = mem_new(1, sizeof *options);
	struct daemon *daemon = mem_new(1, sizeof *daemon);
	struct text why = { 0 };
	int status = 0;

	(void)argc;
	if (!options_parse(argv, options, &why)) {
		fprintf(stderr, "towpathd: %s\n", text_str(&why));
		status = 2;
	} else if (options->help) {
		fputs(options_help(), stdout);
	} else if (options->version) {
		puts("towpathd " TOWPATH_VERSION);
	} else if (daemon_start(daemon, options, &why) != 0) {
		fprintf(stderr, "towpathd: %s\n", text_str(&why));
		status = 1;
	} else {
		daemon_run(daemon);
		daemon_stop(daemon);
	}
	text_free(&why);
	mem_free(daemon);
	mem_free(options);
	return status;
}
