/*
 * consoles.h -- the people at the local socket, each with a session of their own.
 *
 * Joins os/local_socket (bytes of clients) with ui/session (what the bytes mean).
 *
 * Memory:  a small record a client. Threads: the router's.
 */
#ifndef MAIN_CONSOLES_H
#define MAIN_CONSOLES_H

#include "manage/manage.h"
#include "os/local_socket.h"
#include "ui/recall.h"
#include "ui/session.h"

struct conf;
struct login;
struct manage;

struct console {
	bool used;
	struct session *session;
	struct local_client *client;
	struct consoles *all;
	struct recall *history; /* of the user, shared by all sessions of the user */
	bool goodbye;           /* the client has been told to go */
	bool interactive;
	bool sized; /* the login has said how large the terminal is */
	struct login *login;
	char who[CONSOLE_WHO_BYTES];
};

struct consoles {
	struct conf *conf;
	struct manage *manage;
	struct recalls recalls;
	struct console at[LOCAL_CLIENTS_MAX];
};

/* For local_socket_listen(). */
struct local_hooks consoles_hooks(struct consoles *consoles);

/* When one of them has something to do next. */
mono consoles_next(const struct consoles *consoles);
/* Let what runs go on; true: there is more to do at once. */
bool consoles_turn(struct consoles *consoles, mono now);
/* When all clients are gone. */
void consoles_free(struct consoles *consoles);
/* For log_book_set_echo(): show @line to all who sit at a console; @arg: the consoles. */
void consoles_echo(void *arg, const char *line);
/* Is some command under way that a turn may move? */
bool consoles_busy(const struct consoles *consoles);

#endif
