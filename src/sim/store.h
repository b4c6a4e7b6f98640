/*
 * store.h -- struct store in memory, whose power can be cut.
 *
 * Only what was synced is sure to be there after a cut. Of the writes since, some are there, in
 * any order, and some may be torn between sectors; of the changes of names since sync_names() the
 * first few are. What the seed chooses is among all that a disk may do.
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
/* As @from is now, what it has not synced included; nothing fails, and no file is open. */
MUST_USE struct sim_store *sim_store_copy(const struct sim_store *from, struct sim_random *random);
/* The power goes: open files are gone, and what was not synced is as the seed has it. */
void sim_store_cut(struct sim_store *store);
/* What a disk writes whole or not at all: 512 bytes (as at first) or 4096. */
void sim_store_sector(struct sim_store *store, uint32_t bytes);
/*
 * The @nth call from now (from 1) and all after it fail with @error; 0: none does. A write that
 * fails has put its first half down: a disk that is full takes what fits.
 */
void sim_store_fail(struct sim_store *store, uint64_t nth, int error);
/* The same, and after that one call all is well again. */
void sim_store_fail_once(struct sim_store *store, uint64_t nth, int error);
/* How many calls there were that can fail. */
uint64_t sim_store_calls(const struct sim_store *store);
/* The bytes of a file as they are read, to look at or to damage them; NULL: there is none. */
uint8_t *sim_store_bytes(struct sim_store *store, const char *name, size_t *ret_len);
/* As if it had ended there, or gone on with zeroes. */
void sim_store_resize(struct sim_store *store, const char *name, size_t len);

#endif
