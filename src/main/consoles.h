/*
 * consoles.h -- the people at consoles, each with a session of their own.
 *
 * Joins those who bring bytes (os/local_socket, main/telnet_door) with ui/session (what the bytes
 * mean).
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
struct login_name;
struct manage;

/* Those who may come from afar; the others come by the local socket, which has its own limit. */
#define CONSOLES_FAR_MAX 20
#define CONSOLES_MAX     (LOCAL_CLIENTS_MAX + CONSOLES_FAR_MAX)

/* Where whoever sits at a console is reached. */
struct console_line {
	void *arg;
	void (*out)(void *arg, const void *bytes, size_t len);
	/* What is no part of the output, for terminals that show it apart. */
	void (*notice)(void *arg, const void *bytes, size_t len);
	/* Would it take another page now? */
	bool (*has_room)(void *arg);
	/* Hang up once all has been sent. */
	void (*bye)(void *arg, const char *why);
};

struct console {
	bool used;
	struct session *session;
	struct console_line line;
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
	struct console at[CONSOLES_MAX];
};

/* Somebody who has logged in, and what is known of their terminal. */
struct console_guest {
	struct console_line line;
	struct login *login; /* ended with the console, or when there is none */
	const char *door;    /* a literal: "console", "telnet" */
	struct console_size size;
	bool interactive, colour, dumb;
	const struct login_name *name; /* with its options */
};

/* NULL: there is no place. */
MUST_USE struct console *consoles_open(struct consoles *consoles,
                                       const struct console_guest *guest);
void console_input(struct console *console, const void *bytes, size_t len);
/* The terminal has another size now; one that was given at the login stays. */
void console_resize(struct console *console, struct console_size size);
/* They have gone. */
void console_close(struct console *console);

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
