/*
 * towpathd.c -- the router as a program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/mem.h"
#include "main/daemon.h"
#include "main/guard_process.h"
#include "main/options.h"
#include "main/telnet_process.h"
#include "main/usage.h"

#ifndef TOWPATH_VERSION
#define TOWPATH_VERSION "unknown"
#endif

/* The same program with the same words, perhaps of a newer version by now. What it has open closes
 * by itself. */
static int begin_anew(char *argv[])
{
	execvp(argv[0], argv);
	fprintf(stderr, "towpathd: cannot start again: %s: %s\n", argv[0], strerror(errno));
	return 1;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], GUARD_PROCESS_WORD) == 0)
		return guard_process_run();
	if (argc == 2 && strcmp(argv[1], TELNET_PROCESS_WORD) == 0)
		return telnet_process_run();

	struct options *options = mem_new(1, sizeof *options);
	struct daemon *daemon = mem_new(1, sizeof *daemon);
	struct text why = { 0 };
	int status = 0;
	bool again = false;

	if (!options_parse(argv, options, &why)) {
		fprintf(stderr, "towpathd: %s\n", text_str(&why));
		status = 2;
	} else if (options->help) {
		usage_print(&usage_towpathd, &why);
		fputs(text_str(&why), stdout);
	} else if (options->version) {
		puts("towpathd " TOWPATH_VERSION);
	} else if (daemon_start(daemon, options, &why) != 0) {
		fprintf(stderr, "towpathd: %s\n", text_str(&why));
		status = 1;
	} else {
		again = daemon_run(daemon);
		daemon_stop(daemon);
	}
	text_free(&why);
	mem_free(daemon);
	mem_free(options);
	return again ? begin_anew(argv) : status;
}
