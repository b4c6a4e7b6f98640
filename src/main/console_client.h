/*
 * console_client.h -- the terminal's end of the console: connect, run scripts, or pass keys on.
 *
 * What the router shows goes to standard output, what it says beside that to standard error.
 */
#ifndef MAIN_CONSOLE_CLIENT_H
#define MAIN_CONSOLE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"
#include "os/byte_queue.h"

struct text;

/* The exit status of towpath: shown in its --help, relied on by scripts. */
enum console_exit {
	EXIT_OK = 0,
	EXIT_COMMAND_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_ROUTER = 3,
	EXIT_INTERRUPTED = 130, /* as shells have it: 128 + SIGINT */
};

struct console_client {
	int fd, signal_fd;
	bool interactive;
	struct byte_queue in, out;
};

/* Connect to the socket at @path, as @who ("": our own user; ui/login_name.h). 0, or -errno and in
 * @words what to do. */
MUST_USE int console_client_open(struct console_client *client, const char *path, const char *who,
                                 bool interactive, struct text *words);
void console_client_close(struct console_client *client);

/* Run a script to its end. EXIT_OK, or what to exit with. */
MUST_USE enum console_exit console_client_run(struct console_client *client, const char *script,
                                              size_t len);
/* Pass keys on until the router says goodbye. */
MUST_USE enum console_exit console_client_talk(struct console_client *client);

#endif
