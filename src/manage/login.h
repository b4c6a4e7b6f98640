/*
 * login.h -- who may come in, by which door, and what they may do then: decided here for all doors.
 *
 * A door asks with a name, and with a password unless it knows by itself who it is (the local
 * socket asks the kernel). An empty password is good at the router itself, by DOOR_LOCAL and
 * DOOR_CONSOLE; from the network nobody comes in until one was set. Who comes and goes, and who is
 * refused, is logged; names are data there.
 *
 *   login_begin() -> done(login or NULL) -> login_policies() before each command -> login_end()
 *
 * Memory:  a small record a login, at most LOGINS_MOST.
 * Threads: the router's; passwords are verified in the background.
 */
#ifndef MANAGE_LOGIN_H
#define MANAGE_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "manage/users.h"

#define LOGINS_MOST      64
#define LOGIN_FROM_BYTES 48

struct diag;
struct login;
struct logins;
struct manage;

enum door {
	DOOR_LOCAL,   /* a program of this machine, by the local socket */
	DOOR_CONSOLE, /* a terminal of this machine */
	DOOR_TELNET,
	DOOR_SSH,
	DOOR_WEB,
	DOOR_API,
	DOOR_REST_API,
	DOOR_N,
};

struct login_ask {
	enum door door;
	const char *name;
	const char *password; /* NULL: the door knows that it is they */
	struct ip_addr from;  /* family 0: from here */
};

struct login {
	uint32_t id; /* *1A in /user/active; never used again */
	struct logins *logins;
	enum door door;
	char name[USER_NAME_BYTES];
	char from[LOGIN_FROM_BYTES]; /* "": from here */
	wall when;
};

/* @login NULL: refused, and @diag says why in words for whoever asked. */
typedef void login_done(void *arg, struct login *login, const struct diag *diag);

MUST_USE struct logins *logins_new(struct manage *manage);
/* Before: all logins have ended, and no password is being verified. */
void logins_free(struct logins *logins);
/* The @i-th of those who are logged in; NULL: no more. */
const struct login *logins_at(const struct logins *logins, size_t i);

/*
 * As whom somebody asks who has come by the local socket: to @ret_name. Root and the router's own
 * account (@trusted) may be anybody, and are admin unless they @want somebody else; others are who
 * they are on this machine. @want: "" for nobody in particular.
 */
MUST_USE bool login_local_name(const char *account, bool trusted, const char *want,
                               char ret_name[USER_NAME_BYTES], struct diag *diag);

/* @done is called once, at once when no password is to be verified. @ask is copied. */
void login_begin(struct logins *logins, const struct login_ask *ask, login_done *done, void *arg);
void login_end(struct login *login);
/* What they may do now (conf/policy.h): their group may have changed meanwhile. */
uint32_t login_policies(const struct login *login);
/* "ssh" */
const char *login_door_word(enum door door);

/*
 * Is @password what @hash was made of? In the background; @done is called on the router's thread.
 * The only place that verifies passwords.
 */
void login_verify(struct manage *manage, const char *password, const char *hash,
                  void (*done)(void *arg, bool right), void *arg);

#endif
