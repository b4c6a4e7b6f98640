/*
 * spare.h -- the spare: a copy of the configuration's database, history and all, that was read and
 * found whole when it was made.
 *
 * It lies in the store as SPARE_FILE, and is replaced only by another one that was found whole.
 *
 * Threads: spare_make() on the router's, its work in the background; the rest before the first job.
 */
#ifndef CONF_SPARE_H
#define CONF_SPARE_H

#include <stdint.h>

#include "lib/must.h"
#include "lib/store.h"

struct conf;

#define SPARE_FILE "config.db.1"

/* How it ended: 0 and which revision it is of, or -errno; -EUCLEAN: the database is damaged. */
typedef void spare_done(void *arg, int error, uint64_t revision);

/* Make a new one of what is stored when its turn in the background comes. */
void spare_make(struct conf *conf, spare_done *done, void *arg);

/* Is it there and whole? 0 and of which revision, or -errno. */
MUST_USE int spare_check(struct store *store, uint64_t *ret_revision);

/* The bytes of file @from, lasting, as file @to. */
MUST_USE int spare_copy(struct store *store, const char *from, const char *to);

#endif
