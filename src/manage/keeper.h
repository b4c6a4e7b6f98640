/*
 * keeper.h -- sees to it that there is something to go back to: the text beside the database, and
 * the spare.
 *
 * The text follows every change by KEEPER_TEXT_S (several changes in a row by one file), the spare
 * by KEEPER_SPARE_S; both are written at an orderly end. What can't be written is told in the log,
 * once, and tried again.
 *
 * Threads: the router's; the work is the background's.
 */
#ifndef MANAGE_KEEPER_H
#define MANAGE_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/log.h"
#include "lib/mono.h"

struct conf;

#define KEEPER_TEXT_S  2
#define KEEPER_SPARE_S 600
#define KEEPER_RETRY_S 60

/* One of the two files. */
struct keeper_file {
	uint64_t revision; /* that it holds; 0: not known, or none */
	mono due;          /* mono_never(): nothing is to be done */
	mono since;        /* it was written last */
	bool told;         /* that it can't be written */
};

struct keeper {
	struct conf *conf; /* NULL: nothing is kept */
	struct log *log;
	mono now;
	bool busy; /* a job is under way */
	struct keeper_file text, spare;
};

/* From now on. The revisions that are there already, 0: none. */
void keeper_start(struct keeper *keeper, struct conf *conf, struct log *log, uint64_t text,
                  uint64_t spare);
void keeper_turn(struct keeper *keeper, mono now);
mono keeper_next(const struct keeper *keeper);
/* The last words go to the background, which carries them out before it stops. */
void keeper_stop(struct keeper *keeper);

#endif
