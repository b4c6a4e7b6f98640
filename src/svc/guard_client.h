/*
 * guard_client.h -- the router's end of the guard's socket: struct guard over messages.
 *
 * It never waits: a question that can't be handed over at once, because the guard is being started
 * again or too many are under way, is answered `wait` in the next turn.
 *
 * Memory: GUARD_CLIENT_PENDING small records; a password is kept nowhere.
 * Threads: the router's.
 */
#ifndef SVC_GUARD_CLIENT_H
#define SVC_GUARD_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/guard.h"
#include "lib/mono.h"
#include "lib/must.h"

#define GUARD_CLIENT_PENDING  256
#define GUARD_CLIENT_RETRY_MS 1000 /* what is said while there is no guard */

struct guard_pending {
	guard_done *done; /* NULL: free */
	void *arg;
	bool refused;   /* to be answered `wait` */
	uint32_t times; /* this place was used: an answer that comes too late is no later one's */
};

struct guard_client {
	struct guard guard;
	int fd;           /* -1: none just now */
	unsigned refused; /* how many are to be answered `wait` */
	unsigned asked;   /* how many have been handed over and not been answered */
	struct guard_pending pending[GUARD_CLIENT_PENDING];
};

/* Without a guard at first. */
void guard_client_init(struct guard_client *client);
/* The guard is at the other end of @fd (SOCK_SEQPACKET), which stays the caller's. */
void guard_client_attach(struct guard_client *client, int fd);
/* There is none any more. Who waits is answered in the next turn. */
void guard_client_detach(struct guard_client *client);

/* @fd is readable. 0, or -ECONNRESET when the guard has gone, -EPROTO for what no guard says, or
 * -errno: the guard is then to be detached. */
MUST_USE int guard_client_collect(struct guard_client *client);
/* Answer those who can't be served. */
void guard_client_turn(struct guard_client *client);
/* Is there somebody for guard_client_turn()? */
bool guard_client_due(const struct guard_client *client);

#endif
