/*
 * store_vfs.h -- SQLite on a struct store.
 *
 * One VFS per conf, registered with SQLite under a name of its own (SQLite's list of them is the
 * process's). It is opened exclusively, so there are no locks and no shared memory; temporary
 * files are to be kept in memory (PRAGMA temp_store).
 *
 * Threads: as SQLite is used: one at a time.
 */
#ifndef CONF_STORE_VFS_H
#define CONF_STORE_VFS_H

#include "lib/mono.h"
#include "lib/must.h"
#include "lib/random.h"
#include "lib/store.h"

struct store_vfs;

/* @random may be NULL. NULL when SQLite will not have it (out of memory). */
MUST_USE struct store_vfs *store_vfs_new(struct store *store, struct random *random);
void store_vfs_free(struct store_vfs *vfs);
/* What to open the database with. */
const char *store_vfs_name(const struct store_vfs *vfs);
/* The time that SQLite is to see. */
void store_vfs_time(struct store_vfs *vfs, wall now);
/* The last -errno of the store since the last call, or 0. */
int store_vfs_error(struct store_vfs *vfs);

#endif
