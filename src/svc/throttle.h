/*
 * throttle.h -- how often may whom be guessed at from where, and who is served first?
 *
 * Pure: it sees who asks and when, never a password, and compares names only by a keyed hash. The
 * caller keeps the questions in THROTTLE_SLOTS places of its own, by the numbers used here.
 *
 *   throttle_ask()    a question has come: does it get a place, or must it come again, and when?
 *   throttle_take()   the place whose password is to be hashed now, if any
 *   throttle_done()   how that ended
 *
 * What holds (RELIABILITY.md, G35):
 *   - of a pair (source, user) at most 10 tries are hashed in any minute;
 *   - of a user at most 1,000 in any hour over all sources; the last 100 of what is left are for
 *     sources from which this user has logged in before and for this machine, the 100 before for
 *     sources that have not asked lately;
 *   - hashing takes at most a fifth of one core;
 *   - known sources are served first, then those that have asked least. Asking while told to wait
 *     counts, too, so whoever hammers stands behind whoever comes once.
 * A try that was right counts for nothing.
 *
 * Memory: fixed, about 300 KiB. Only a try that was hashed makes a record of a pair or a user, and
 * these records run out faster than a fifth of a core can make them; one that still says something
 * is never given up for another. Sources are forgotten from the one that has asked least.
 * Threads: any one.
 */
#ifndef SVC_THROTTLE_H
#define SVC_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/guard.h"
#include "lib/hash.h"
#include "lib/mono.h"
#include "lib/must.h"

#define THROTTLE_SLOTS           12   /* questions that wait; the worst is 2 s away */
#define THROTTLE_PAIR_TRIES      10   /* in a minute */
#define THROTTLE_USER_TRIES      1000 /* in an hour */
#define THROTTLE_SOURCES         4096
#define THROTTLE_PAIRS           1024
#define THROTTLE_USERS           1024
#define THROTTLE_KNOWN           256
#define THROTTLE_ASKED_MAX       20
#define THROTTLE_SHARE           5 /* one part of so many of a core */
#define THROTTLE_NONE            UINT32_MAX
#define THROTTLE_INTERVAL_MIN_NS (100 * NS_PER_MS)

struct throttle;

MUST_USE struct throttle *throttle_new(const struct hash_key *key);
void throttle_free(struct throttle *throttle);

struct throttle_place {
	uint32_t slot;     /* where the question is kept, or THROTTLE_NONE: it must come again */
	uint32_t retry_ms; /* when that is worth it */
	bool pushed;       /* the one that had the slot has to go: it gets retry_ms as its answer */
};

/* The question of whom @question names (its door, password and hash are not looked at). */
struct throttle_place throttle_ask(struct throttle *throttle, const struct guard_question *question,
                                   mono now);
/*
 * The slot to be hashed at @now, or THROTTLE_NONE. It is counted as tried; throttle_done() must
 * follow before the next one is taken. A throttle_ask() in between may give the slot away: the
 * question is to be taken out of it before.
 */
MUST_USE uint32_t throttle_take(struct throttle *throttle, mono now);
void throttle_done(struct throttle *throttle, bool right, mono now);
/* When throttle_take() has something; mono_never() while nothing waits. */
mono throttle_next(const struct throttle *throttle);

#endif
