/*
 * readable.h -- the configuration as text, kept beside its database: what people can still read
 * when all else is lost.
 *
 * READABLE_FILE is an export with secrets. A line at its head says of which revision it is and
 * holds a checksum of all that follows, so that damage is noticed. No name that a person gives to a
 * file of theirs can be this one (conf/file.h).
 *
 *   # kept by Towpath ...
 *   # revision 17 next-id 42 sum 0123456789abcdef
 *   # by Towpath 0.1.0
 *   ...
 *
 * Threads: the router's; readable_write() prints and writes in the background.
 */
#ifndef CONF_READABLE_H
#define CONF_READABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"
#include "lib/store.h"

struct conf;
struct conf_state;
struct text;

#define READABLE_FILE "config.txt"

/* What a text says of itself. */
struct readable {
	uint64_t revision;
	uint32_t next_id;
};

void readable_print(const struct conf_state *state, struct text *out);
/* Is it whole? Reads no further than @len; @text need not end in a NUL. */
MUST_USE bool readable_check(const char *text, size_t len, struct readable *ret_readable);

/* How it ended: 0 and which revision it is of, or -errno. */
typedef void readable_done(void *arg, int error, uint64_t revision);
/* Write what is published now; after a power cut there is the old file or the new one. */
void readable_write(struct conf *conf, readable_done *done, void *arg);

/* Read it from @store into @out: 0, or -errno; -EUCLEAN when it is not whole. */
MUST_USE int readable_read(struct store *store, struct text *out, struct readable *ret_readable);

#endif
