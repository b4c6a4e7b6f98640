/*
 * store.h -- a directory behind lib's struct store.
 *
 * Files are made with mode 0600 in a directory of mode 0700. A name with a slash, "." or ".." is
 * refused with -EINVAL, and what is not a plain file is not opened: nothing outside the directory
 * can be reached. The directory is locked (flock) as long as the store is open, so that two
 * routers can't write into one.
 *
 * Memory:  a few hundred bytes a store and a file, from mem.h.
 * Threads: one at a time.
 */
#ifndef OS_STORE_H
#define OS_STORE_H

#include "lib/must.h"
#include "lib/store.h"

/*
 * Open the directory at @path, making it (not its parents) when there is none.
 * 0 and @ret_store, or -EWOULDBLOCK when another process holds it, or another -errno.
 */
MUST_USE int store_open(const char *path, struct store **ret_store);
/* All of its files must have been closed. */
void store_close(struct store *store);

#endif
