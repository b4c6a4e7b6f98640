/*
 * guard_serve.h -- the guard's own process: questions in, hashes compared, answers out.
 *
 * It holds no secret but the questions that wait, opens nothing and knows nobody but the other end
 * of its socket. Whoever starts it confines it (os/confine.h).
 *
 * Memory: the throttle and THROTTLE_SLOTS questions, wiped when answered; what crypt(3) takes for a
 * hash. Threads: the process's only one.
 */
#ifndef SVC_GUARD_SERVE_H
#define SVC_GUARD_SERVE_H

#include "lib/clock.h"
#include "lib/hash.h"
#include "lib/must.h"

struct guard_serve;

/* @fd is a SOCK_SEQPACKET socket and stays the caller's, as @clock does. */
MUST_USE struct guard_serve *guard_serve_new(int fd, struct clock *clock,
                                             const struct hash_key *key);
void guard_serve_free(struct guard_serve *serve);

/* Read, decide, hash at most one password, answer. Waits when there is nothing to do. 0, or
 * -ECONNRESET when the other end has gone, -EPROTO when it said what no router says, or -errno. */
MUST_USE int guard_serve_turn(struct guard_serve *serve);

#endif
