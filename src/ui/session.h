/*
 * session.h -- one person, script or program at the console.
 *
 * Bytes of a terminal or whole texts come in, bytes go out through callbacks; whoever drives the
 * router gives each session its turn. Nothing blocks.
 *
 *   session_new() -> session_input() or session_run(), session_turn() each turn, ...
 *                 -> session_closed() tells when the person has left -> session_free()
 *
 * Memory:  a line of at most 64 KiB, as much again of bytes typed ahead, history, and the
 *          program that runs.
 * Threads: the router's.
 */
#ifndef UI_SESSION_H
#define UI_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/must.h"

struct conf;
struct diag;
struct recall;
struct session;
struct text;
struct variables;

struct session_setup {
	struct conf *conf;
	const char *who;  /* user; must outlive the session */
	const char *door; /* "console", "telnet", "script", ...; likewise */
	size_t width;     /* of the terminal in columns; 0: any */
	size_t height;    /* in rows; 0: not known, output never stops for a page */
	bool interactive; /* line editing, prompt; new lines go out as "\r\n" */
	bool colour;
	bool no_detection;      /* ask the terminal for nothing */
	bool dumb;              /* the terminal understands no sequences: no colours either */
	struct recall *history; /* of the user, who may have several sessions; NULL: its own */
	const char *greeting;   /* shown above the first prompt, whole lines; NULL: none */
	void *arg;              /* for the callbacks */
	void (*out)(void *arg, const char *bytes, size_t len);
	/* Would out() take another page now, or has the reader fallen behind? NULL: always. */
	bool (*has_room)(void *arg);
	/* What a person should be told besides the output, whole lines (";;; ..."). NULL: to out.
	 * Never used by interactive sessions, where all is one stream. */
	void (*notice)(void *arg, const char *bytes, size_t len);
	/* Errors, whole lines. NULL: to out. */
	void (*error)(void *arg, const char *bytes, size_t len);
	/* A line that began with "#": say it to other logins. False: there is none. NULL: it is a
	 * comment. */
	bool (*chat)(void *arg, const char *line);
	struct variables *globals; /* that all scripts share; NULL: its own */
	/* :execute: run @source by itself, its name to @ret_job. NULL: it is refused. */
	bool (*execute)(void *arg, const char *source, struct text *ret_job, struct diag *diag);
	/* What who may do now (conf/policy.h). NULL: everything. */
	uint32_t (*policies)(void *arg);
};

/* How a text ended: everything ran, or the error was printed. */
typedef void session_done(void *arg, bool ok);

/* An interactive session prints its first prompt at once. */
MUST_USE struct session *session_new(const struct session_setup *setup);
/* At any time. A change that is on its way to the disk is finished all the same. */
void session_free(struct session *session);

/*
 * Bytes from the terminal. What is typed while a command runs waits for its turn, but Ctrl-C acts
 * at once. Returns how many were taken; fewer than @len only when too much is waiting already.
 */
size_t session_input(struct session *session, const char *bytes, size_t len);
/*
 * Run @text, a line or a whole script, at the session's menu. It is checked as a whole before its
 * first command runs; after that the first error ends it. @done may be NULL and may be called
 * before this returns. False: something is running already, or @text is too long.
 */
MUST_USE bool session_run(struct session *session, const char *text, size_t len, session_done *done,
                          void *arg);
/* Let what is running go on. True: there is more to do at once. */
bool session_turn(struct session *session, mono now);
/* When it has something to do next that nobody else wakes it for. */
mono session_next(const struct session *session);
/* Show @text, whole lines, to who sits at an interactive session, above what is being typed. */
void session_tell(struct session *session, const char *text);
/* Ctrl-C: end what is running. */
void session_interrupt(struct session *session);

/* Something runs, and needs turns: not while it asks a question. */
bool session_busy(const struct session *session);
/* The person has said goodbye. */
bool session_closed(const struct session *session);
/* The menu where the session is. */
const char *session_path(const struct session *session);
/* The terminal has another size now. */
void session_resize(struct session *session, size_t width, size_t height);

#endif
