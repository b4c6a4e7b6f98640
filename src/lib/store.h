/*
 * store.h -- where bytes are kept: one of the four doors to the world.
 *
 * A store is a flat set of named files. os/store.c keeps them in a directory; sim keeps them in
 * memory and can cut the power. A write is lasting only once the file's sync() has returned 0, a
 * rename or remove once sync_names() has. conf puts SQLite on top of this (conf/store_vfs.c).
 *
 * All calls return 0 (or a count) on success and -errno on failure.
 * Threads: whoever opened a store uses it from one thread.
 */
#ifndef LIB_STORE_H
#define LIB_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"

struct store;

/* One open file. It belongs to the store and ends with close(). */
struct store_file {
	struct store *store;
};

/* Takes what there is, one by one. */
struct store_sink {
	void (*file)(struct store_sink *sink, const char *name, uint64_t size, wall modified);
};

struct store {
	/* Open @name (no slash in it), making it when @create is set. -ENOENT if there is none. */
	int (*open)(struct store *store, const char *name, bool create,
	            struct store_file **ret_file);
	void (*close)(struct store_file *file);
	/* Returns how many bytes were read: fewer than @len only at the end of the file. */
	int64_t (*pread)(struct store_file *file, void *bytes, size_t len, uint64_t offset);
	/* Writes all of @len or fails. */
	int (*pwrite)(struct store_file *file, const void *bytes, size_t len, uint64_t offset);
	int (*truncate)(struct store_file *file, uint64_t size);
	int (*size)(struct store_file *file, uint64_t *ret_size);
	int (*sync)(struct store_file *file);
	int (*rename)(struct store *store, const char *from, const char *to);
	int (*remove)(struct store *store, const char *name);
	bool (*exists)(struct store *store, const char *name);
	int (*sync_names)(struct store *store);
	/* Offer each plain file; what is none (a link, a directory) is passed over. */
	int (*list)(struct store *store, struct store_sink *sink);
};

#endif
