/*
 * session_inside.h -- the inside of a session, which its files share.
 *
 *   session.c        its life, and what runs in it
 *   session_out.c    what it shows
 *   session_prompt.c what stands before the cursor
 *   session_keys.c   what is typed, and who gets it
 *   session_safe.c   safe mode, and the key for it
 *   session_raw.c    something has the terminal to itself
 *   session_ask.c    questions, and what is answered
 */
#ifndef UI_SESSION_INSIDE_H
#define UI_SESSION_INSIDE_H

#include "lang/items.h"
#include "lang/parse.h"
#include "lang/run.h"
#include "lib/text.h"
#include "ui/editor.h"
#include "ui/line.h"
#include "ui/live.h"
#include "ui/pager.h"
#include "ui/print.h"
#include "ui/recall.h"
#include "ui/session.h"

struct diag;

struct session {
	struct session_setup setup;
	struct variables *own; /* globals, where the caller has none for us */
	struct numbering numbering;
	char *path;
	mono now;
	bool closed;

	struct run *run; /* NULL: idle */
	session_done *done;
	void *done_arg;

	struct line line;
	struct recall own_history; /* when the setup has none */
	struct text entry; /* lines before the one that is typed, of an entry that is still open */
	struct text ahead; /* typed while nobody reads */
	struct text kept;  /* what was typed when a key ran a command; it is typed again after it */
	uint32_t trial;    /* that its changes are on (conf/trial.h); 0: on none */
	struct goodbye *goodbye; /* it leaves, once what it did is kept; NULL: it stays */
	bool asking;             /* a question is open, and what is typed answers it */
	bool editing;            /* and it is a text, on the whole screen */
	struct editor editor;
	struct text wrong;  /* with the text that was edited last */
	struct line answer; /* what has been typed of the answer */
	bool raw;           /* something has the terminal to itself, and the terminal was told */
	bool tabbed;        /* the last key was Tab, and it could not decide */
	bool more_typed;    /* more came with the key that is being taken */

	struct pager pager;
	struct live live;
	struct print_layout layout;
};

/* --- session.c --- */

/* Run @program, which becomes the session's. */
void session_start(struct session *session, struct program *program);
/* Let the machine go on. True: it has stopped for this turn's budget only. */
bool session_step(struct session *session);
/* The person has said goodbye. */
void session_close(struct session *session);

/* --- session_out.c --- */

/* A terminal's new line takes a return, too. */
void session_out_bytes(struct session *session, const char *bytes, size_t len);
/* The same; @text is empty afterwards. */
void session_out_text(struct session *session, struct text *text);
/* What the line editor draws goes out as it is; @text is empty afterwards. */
void session_out_drawn(struct session *session, struct text *text);
void session_out_diag(struct session *session, const struct diag *diag);
/* What a program that runs here needs from us. */
struct run_host session_out_host(struct session *session);

/* --- session_prompt.c --- */

/* "[admin@Towpath] /ip/route> " ("> " alone at the root), or what is still open: "{... ". */
void session_prompt(struct session *session);

/* --- session_keys.c --- */

/* Take what was typed ahead, as far as somebody reads it now. */
void session_keys_catch_up(struct session *session);
/* What the line wants to know. */
struct line_hooks session_keys_hooks(struct session *session);

/* --- session_safe.c --- */

/* Ctrl-X or F4: begin safe mode, or keep what was done in it. */
void session_safe_toggle(struct session *session);
/* What a prompt ends in: "> ", or what mode this is. */
void session_safe_prompt(const struct session *session, struct text *out);
/* /quit: what was done in safe mode is kept, then the session closes. */
void session_safe_quit(struct session *session);
/* The session ends, whatever the reason: what is not kept by now is taken back. */
void session_safe_end(struct session *session);
/* Tell the user what was taken back since they were last here, and what waits for their word. */
void session_safe_greet(struct session *session);
void session_safe_turn(struct session *session);

/* Somebody reads what is typed: nothing runs, or it asks. */
bool session_keys_read(const struct session *session);

/* --- session_raw.c --- */

/* Has what runs the terminal to itself? */
bool session_raw(const struct session *session);
/* Tell the terminal when that begins and ends. */
void session_raw_follow(struct session *session);
/* Is @byte the key that ends it? Then it has. */
bool session_raw_key(struct session *session, char byte);
/* Give it what was typed. */
void session_raw_hand_on(struct session *session);

/* --- session_ask.c --- */

/* Show the question of what runs. */
void session_ask(struct session *session);
/* A key for its answer. */
void session_ask_key(struct session *session, uint8_t byte);
/* Several keys that came together are drawn once. */
void session_ask_draw(struct session *session);

#endif
