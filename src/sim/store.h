/*
 * store.h -- struct store in memory, whose power can be cut.
 *
 * Only what was synced is sure to be there after a cut. Of the writes since, some are there, in
 * any order, and one may be torn at a sector's boundary; of the changes of names since
 * sync_names() the first few are. What the seed chooses is among all that a disk may do.
 */
#ifndef SIM_STORE_H
#define SIM_STORE_H

#include "lib/must.h"
#include "lib/store.h"
#include "sim/random.h"

#define SIM_STORE_FILES      16
#define SIM_STORE_NAME_BYTES 64

struct sim_store;

MUST_USE struct sim_store *sim_store_new(struct sim_random *random);
void sim_store_free(struct sim_store *store);
/* What is handed to conf. */
struct store *sim_store_door(struct sim_store *store);
/* The power goes: open files are gone, and what was not synced is as the seed has it. */
void sim_store_cut(struct sim_store *store);
/* The @nth call from now (from 1) and all after it fail with @error; 0: none does. */
void sim_store_fail(struct sim_store *store, uint64_t nth, int error);

#endif
