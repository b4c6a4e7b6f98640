/*
 * telnet_session.h -- somebody who has come by telnet, from the first word to the last.
 *
 *   network -- sock_pump -- [ front end: a process of its own ] -- here: login_prompt, then a
 * console
 *
 * Keys come from the front end as messages (svc/front_proto.h). First they answer "Login:" and
 * "Password:"; whether that is right is decided by manage/login.h, as for any door. Then they are a
 * console's.
 *
 * Whoever does not log in within TELNET_LOGIN_S, is wrong TELNET_TRIES times, or lets what they are
 * shown wait for TELNET_STUCK_S, is hung up on; so is a host that has gone without a word
 * (keepalive). What waits for them is at most TELNET_BEHIND bytes.
 *
 * Memory: the struct, and what waits. Threads: the router's.
 */
#ifndef MAIN_TELNET_SESSION_H
#define MAIN_TELNET_SESSION_H

#include "lib/ip.h"
#include "main/consoles.h"
#include "main/sock_pump.h"
#include "os/child.h"
#include "svc/front_proto.h"
#include "ui/login_prompt.h"

#define TELNET_LOGIN_S 60
#define TELNET_TRIES   5
#define TELNET_STUCK_S 60
#define TELNET_BEHIND  (1U << 20)

enum telnet_stage {
	TELNET_FREE,
	TELNET_LOGIN,     /* says who they are */
	TELNET_VERIFYING, /* the password is being compared */
	TELNET_CONSOLE,
	TELNET_ENDING, /* the last words are on their way out */
	TELNET_GONE,   /* only an answer about a password is still to come */
};

struct telnet_session {
	uint8_t stage; /* enum telnet_stage */
	struct consoles *consoles;
	struct loop *loop;
	struct sock_pump pump;
	struct child child; /* the front end */
	struct loop_watch *watch;
	struct byte_queue out; /* for the front end */
	bool verifying;        /* an answer comes to this place: it can't be used again */
	unsigned tries;
	struct login_prompt prompt;
	struct login_name name;
	struct console *console;
	struct console_size size;
	char terminal[FRONT_TERMINAL_BYTES + 1];
	struct ip_addr from;
	mono until; /* hung up on then */
	bool waits; /* something waits for the front end to read */
};

/* Begin with @sock, a connection from @from, which is taken in any case; @program: CHILD_PROGRAM,
 * or where towpathd is. 0, or -errno: there is no front end. @session is free. */
MUST_USE int telnet_session_start(struct telnet_session *session, struct consoles *consoles,
                                  struct loop *loop, const char *program, struct sock *sock,
                                  const struct ip_addr *from, mono now);
/* Let time pass, move bytes. */
void telnet_session_turn(struct telnet_session *session, mono now);
mono telnet_session_next(const struct telnet_session *session);
/* Say @why and hang up, soon. */
void telnet_session_bye(struct telnet_session *session, const char *why, mono now);
/* Hang up now. The place may still have to wait for an answer: ask telnet_session_is_free(). */
void telnet_session_stop(struct telnet_session *session);
bool telnet_session_is_free(const struct telnet_session *session);

#endif
