/*
 * recover.h -- the steps out of a damaged store; manage/recovery.h says which are taken.
 *
 * Whatever is put in the place of the database is whole and lasting before the damaged one goes
 * aside, and nothing is thrown away: a power cut at any point leaves either of them, or none, and
 * with none the start begins with recovering again.
 *
 * Threads: the router's, at the start, before the first background job.
 */
#ifndef CONF_RECOVER_H
#define CONF_RECOVER_H

#include <stdint.h>

#include "lib/mono.h"
#include "lib/must.h"
#include "lib/store.h"

struct conf;
struct diag;

#define RECOVER_NAME_BYTES 64

/* The spare takes the database's place. @ret_aside: what the damaged one is called now, or "". */
MUST_USE int recover_spare(struct store *store, wall now, char ret_aside[RECOVER_NAME_BYTES]);

/*
 * The other ways begin by publishing what is stored nowhere yet: that of a router on a new store,
 * on which the caller runs the text; or the damaged database's rows, which are whole while its
 * history is not. What is published in the end is then taken for the database's, as @revision.
 */
MUST_USE int recover_begin(struct conf *conf, struct diag *diag);
MUST_USE int recover_rows(struct conf *conf, struct diag *diag);
MUST_USE int recover_adopt(struct conf *conf, uint64_t revision, uint32_t next_id, wall now,
                           char ret_aside[RECOVER_NAME_BYTES], struct diag *diag);

/* @name gets a new name, with @what and the time in it, in @ret_aside. */
MUST_USE int recover_aside(struct store *store, const char *name, const char *what, wall now,
                           char ret_aside[RECOVER_NAME_BYTES]);

#endif
