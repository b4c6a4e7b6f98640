/*
 * guard.h -- who says whether a password is right: a door to the world.
 *
 * Each way into the router (console, and whatever comes) asks one guard, which knows how often
 * whom was guessed at from where, and answers `wait` before guessing pays. On Linux it is a process
 * of its own (svc/guard_serve.h), reached through svc/guard_client.h.
 *
 * A user that does not exist is asked for like any other, with no hash: it takes as long, counts as
 * much, and is wrong. Names are bytes and nothing is ever read out of them.
 *
 * Threads: the router's. Memory: questions stay the caller's, who wipes them (guard_wipe()).
 */
#ifndef LIB_GUARD_H
#define LIB_GUARD_H

#include <stdint.h>

#include "lib/ip.h"

#define GUARD_USER_BYTES     64
#define GUARD_PASSWORD_BYTES 255
#define GUARD_HASH_BYTES     192

enum guard_door {
	GUARD_CONSOLE,
	GUARD_SSH,
	GUARD_TELNET,
	GUARD_WEB,
	GUARD_REST,
	GUARD_API,
	GUARD_DOORS,
};

/* To be filled by guard_ask_for() and guard_try(): what is not used is zero. */
struct guard_question {
	uint8_t door;  /* enum guard_door */
	uint8_t local; /* 1: from this machine; `source` is then zero */
	uint8_t user_len;
	uint8_t password_len;
	struct ip_addr source;
	uint8_t user[GUARD_USER_BYTES];
	uint8_t password[GUARD_PASSWORD_BYTES];
	char hash[GUARD_HASH_BYTES]; /* crypt(5), with a $ in front; "": there is no such user */
};

enum guard_verdict {
	GUARD_OK,
	GUARD_WRONG,
	GUARD_WAIT, /* not looked at: ask again in retry_ms */
	GUARD_VERDICTS,
};

struct guard_answer {
	enum guard_verdict verdict;
	uint32_t retry_ms; /* 0 unless GUARD_WAIT */
};

typedef void guard_done(void *arg, const struct guard_answer *answer);

struct guard {
	/* @done is called once, later, never from within: @question is copied. */
	void (*verify)(struct guard *guard, const struct guard_question *question, guard_done *done,
	               void *arg);
	/* Whoever asked with @arg is gone: no answer comes any more. */
	void (*forget)(struct guard *guard, void *arg);
};

static inline void guard_verify(struct guard *guard, const struct guard_question *question,
                                guard_done *done, void *arg)
{
	guard->verify(guard, question, done, arg);
}

static inline void guard_forget(struct guard *guard, void *arg)
{
	guard->forget(guard, arg);
}

/* Begin @question: who is at @door? @source is NULL for somebody at this machine. Of a name that is
 * longer than any user's, which has no hash, only the beginning is counted. */
void guard_ask_for(struct guard_question *question, enum guard_door door,
                   const struct ip_addr *source, const void *user, size_t len);
/*
 * Is @password the one whose @hash (crypt(5); "" or NULL: no such user) is kept? A password longer
 * than any of ours is a wrong one: the hash is left out.
 */
void guard_try(struct guard_question *question, const void *password, size_t len, const char *hash);
void guard_wipe(struct guard_question *question);

#endif
