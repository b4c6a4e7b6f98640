/*
 * memory_store.h -- a store in memory that can fail and lose power.
 *
 * Every call that can fail is counted. From call fail_from on (or at it alone) calls fail with
 * fail_error. A cut forgets what was not synced: of the writes since a file's last sync the first
 * few survive, or a random choice, perhaps torn at a sector; of the changes of names since
 * sync_names() the first few do.
 */
#ifndef TEST_CONF_MEMORY_STORE_H
#define TEST_CONF_MEMORY_STORE_H

#include <errno.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/must.h"
#include "lib/store.h"

#define MEMORY_FILES  16
#define MEMORY_SECTOR 512

struct memory_write {
	uint64_t offset;
	size_t len; /* SIZE_MAX: cut to offset bytes */
	uint8_t *bytes;
	struct memory_write *next;
};

struct memory_bytes {
	uint8_t *at;
	size_t len;
};

struct memory_inode {
	struct memory_bytes live, synced;
	struct memory_write *first, **last; /* since the last sync */
};

struct memory_name {
	char name[32];
	int inode; /* -1: the name is free */
};

struct memory_store {
	struct store store; /* first */
	struct memory_inode inodes[64];
	int ninodes;
	struct memory_name live[MEMORY_FILES], synced[MEMORY_FILES];
	struct memory_name steps[64][MEMORY_FILES]; /* the names after each unsynced change */
	int nsteps;
	uint64_t calls, fail_from;
	bool fail_once;
	int fail_error; /* 0: never fail */
	uint64_t seed;
	int open_files;
};

struct memory_file {
	struct store_file file; /* first */
	int inode;
};

static inline struct memory_store *memory_of(struct store *store)
{
	return (struct memory_store *)store;
}

static inline int memory_fails(struct memory_store *m)
{
	uint64_t call = m->calls++;

	if (m->fail_error == 0 || call < m->fail_from || (m->fail_once && call > m->fail_from))
		return 0;
	return m->fail_error;
}

static inline uint64_t memory_random(struct memory_store *m, uint64_t below)
{
	m->seed = m->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (m->seed >> 33) % below;
}

static inline void memory_resize(struct memory_bytes *bytes, size_t len)
{
	bytes->at = mem_resize(bytes->at, len + 1, 1);
	if (len > bytes->len)
		memset(bytes->at + bytes->len, 0, len - bytes->len);
	bytes->len = len;
}

static inline void memory_put(struct memory_bytes *bytes, uint64_t offset, const uint8_t *from,
                              size_t len)
{
	if (offset + len > bytes->len)
		memory_resize(bytes, (size_t)offset + len);
	memcpy(bytes->at + offset, from, len);
}

static inline void memory_copy(struct memory_bytes *to, const struct memory_bytes *from)
{
	memory_resize(to, from->len);
	if (from->len > 0)
		memcpy(to->at, from->at, from->len);
}

static inline void memory_writes_free(struct memory_inode *inode)
{
	while (inode->first != NULL) {
		struct memory_write *next = inode->first->next;

		mem_free(inode->first->bytes);
		mem_free(inode->first);
		inode->first = next;
	}
	inode->last = &inode->first;
}

static inline int memory_find(struct memory_name *names, const char *name)
{
	for (int i = 0; i < MEMORY_FILES; i++) {
		if (names[i].inode >= 0 && strcmp(names[i].name, name) == 0)
			return i;
	}
	return -1;
}

static inline void memory_names_changed(struct memory_store *m)
{
	must(m->nsteps < 64);
	memcpy(m->steps[m->nsteps++], m->live, sizeof m->live);
}

static inline int memory_open(struct store *store, const char *name, bool create,
                              struct store_file **ret_file)
{
	struct memory_store *m = memory_of(store);
	int error = memory_fails(m);
	int i = memory_find(m->live, name);
	struct memory_file *file;

	if (error != 0)
		return error;
	if (i < 0 && !create)
		return -ENOENT;
	if (i < 0) {
		for (i = 0; m->live[i].inode >= 0; i++)
			must(i < MEMORY_FILES);
		must(m->ninodes < 64 && strlen(name) < sizeof m->live[i].name);
		memcpy(m->live[i].name, name, strlen(name) + 1);
		m->live[i].inode = m->ninodes;
		m->inodes[m->ninodes] = (struct memory_inode){ 0 };
		m->inodes[m->ninodes].last = &m->inodes[m->ninodes].first;
		m->ninodes++;
		memory_names_changed(m);
	}
	file = mem_new(1, sizeof *file);
	file->file.store = store;
	file->inode = m->live[i].inode;
	m->open_files++;
	*ret_file = &file->file;
	return 0;
}

static inline void memory_close(struct store_file *file)
{
	memory_of(file->store)->open_files--;
	mem_free(file);
}

static inline struct memory_inode *memory_inode(struct store_file *file)
{
	return &memory_of(file->store)->inodes[((struct memory_file *)file)->inode];
}

static inline int64_t memory_pread(struct store_file *file, void *bytes, size_t len,
                                   uint64_t offset)
{
	struct memory_inode *inode = memory_inode(file);
	int error = memory_fails(memory_of(file->store));

	if (error != 0)
		return error;
	if (offset >= inode->live.len)
		return 0;
	if (len > inode->live.len - offset)
		len = inode->live.len - (size_t)offset;
	memcpy(bytes, inode->live.at + offset, len);
	return (int64_t)len;
}

static inline void memory_note(struct memory_inode *inode, uint64_t offset, const void *bytes,
                               size_t len)
{
	struct memory_write *write = mem_new(1, sizeof *write);

	write->offset = offset;
	write->len = len;
	if (bytes != NULL) {
		write->bytes = mem_new(len, 1);
		memcpy(write->bytes, bytes, len);
	}
	*inode->last = write;
	inode->last = &write->next;
}

static inline int memory_pwrite(struct store_file *file, const void *bytes, size_t len,
                                uint64_t offset)
{
	struct memory_inode *inode = memory_inode(file);
	int error = memory_fails(memory_of(file->store));

	if (error != 0)
		len /= 2; /* a disk that is full takes what fits */
	memory_note(inode, offset, bytes, len);
	memory_put(&inode->live, offset, bytes, len);
	return error;
}

static inline int memory_truncate(struct store_file *file, uint64_t size)
{
	struct memory_inode *inode = memory_inode(file);
	int error = memory_fails(memory_of(file->store));

	if (error != 0)
		return error;
	memory_note(inode, size, NULL, SIZE_MAX);
	memory_resize(&inode->live, (size_t)size);
	return 0;
}

static inline int memory_size(struct store_file *file, uint64_t *ret_size)
{
	int error = memory_fails(memory_of(file->store));

	*ret_size = memory_inode(file)->live.len;
	return error;
}

static inline int memory_sync(struct store_file *file)
{
	struct memory_inode *inode = memory_inode(file);
	int error = memory_fails(memory_of(file->store));

	if (error != 0)
		return error;
	memory_copy(&inode->synced, &inode->live);
	memory_writes_free(inode);
	return 0;
}

static inline int memory_remove(struct store *store, const char *name)
{
	struct memory_store *m = memory_of(store);
	int error = memory_fails(m);
	int i = memory_find(m->live, name);

	if (error != 0)
		return error;
	if (i < 0)
		return -ENOENT;
	m->live[i].inode = -1;
	memory_names_changed(m);
	return 0;
}

static inline int memory_rename(struct store *store, const char *from, const char *to)
{
	struct memory_store *m = memory_of(store);
	int error = memory_fails(m);
	int i = memory_find(m->live, from);
	int old = memory_find(m->live, to);

	if (error != 0)
		return error;
	if (i < 0)
		return -ENOENT;
	if (old >= 0)
		m->live[old].inode = -1;
	memcpy(m->live[i].name, to, strlen(to) + 1);
	memory_names_changed(m);
	return 0;
}

static inline bool memory_exists(struct store *store, const char *name)
{
	return memory_find(memory_of(store)->live, name) >= 0;
}

static inline int memory_list(struct store *store, struct store_sink *sink)
{
	struct memory_store *m = memory_of(store);
	int error = memory_fails(m);

	for (int i = 0; i < MEMORY_FILES && error == 0; i++)
		if (m->live[i].inode >= 0)
			sink->file(sink, m->live[i].name, m->inodes[m->live[i].inode].live.len,
			           (wall){ 0 });
	return error;
}

static inline int memory_sync_names(struct store *store)
{
	struct memory_store *m = memory_of(store);
	int error = memory_fails(m);

	if (error != 0)
		return error;
	memcpy(m->synced, m->live, sizeof m->live);
	m->nsteps = 0;
	return 0;
}

static inline void memory_store_init(struct memory_store *m)
{
	memset(m, 0, sizeof *m);
	m->store = (struct store){
		.open = memory_open,
		.close = memory_close,
		.pread = memory_pread,
		.pwrite = memory_pwrite,
		.truncate = memory_truncate,
		.size = memory_size,
		.sync = memory_sync,
		.rename = memory_rename,
		.remove = memory_remove,
		.exists = memory_exists,
		.sync_names = memory_sync_names,
		.list = memory_list,
	};
	for (int i = 0; i < MEMORY_FILES; i++) {
		m->live[i].inode = -1;
		m->synced[i].inode = -1;
	}
}

static inline void memory_store_free(struct memory_store *m)
{
	for (int i = 0; i < m->ninodes; i++) {
		memory_writes_free(&m->inodes[i]);
		mem_free(m->inodes[i].live.at);
		mem_free(m->inodes[i].synced.at);
	}
}

static inline void memory_redo(struct memory_store *m, struct memory_inode *inode,
                               const struct memory_write *write, bool torn)
{
	if (write->len == SIZE_MAX) {
		memory_resize(&inode->synced, (size_t)write->offset);
		return;
	}
	for (size_t at = 0; at < write->len; at += MEMORY_SECTOR) {
		size_t len = write->len - at < MEMORY_SECTOR ? write->len - at : MEMORY_SECTOR;

		if (!torn || memory_random(m, 8) != 0)
			memory_put(&inode->synced, write->offset + at, write->bytes + at, len);
	}
}

/* Which of a file's unsynced writes reached the disk: the first few whole, or any, torn or not. */
static inline void memory_cut_inode(struct memory_store *m, struct memory_inode *inode)
{
	uint64_t mode = memory_random(m, 3);
	uint64_t n = 0, first;

	for (struct memory_write *w = inode->first; w != NULL; w = w->next)
		n++;
	first = memory_random(m, n + 1);
	for (struct memory_write *w = inode->first; w != NULL; w = w->next) {
		if (mode == 0 ? first-- == 0 : memory_random(m, 2) == 0) {
			if (mode == 0)
				break;
			continue;
		}
		memory_redo(m, inode, w, mode == 1);
	}
	memory_writes_free(inode);
	memory_copy(&inode->live, &inode->synced);
}

/* The power goes. What the seed says of the unsynced writes is kept, the rest never happened. */
static inline void memory_store_cut(struct memory_store *m, uint64_t seed)
{
	uint64_t keep;

	m->seed = seed;
	m->fail_error = 0;
	keep = memory_random(m, (uint64_t)m->nsteps + 1);
	if (keep > 0)
		memcpy(m->synced, m->steps[keep - 1], sizeof m->synced);
	memcpy(m->live, m->synced, sizeof m->live);
	m->nsteps = 0;
	for (int i = 0; i < m->ninodes; i++)
		memory_cut_inode(m, &m->inodes[i]);
}

/* A process dies: what was written stays. Nothing fails any more. */
static inline void memory_store_restart(struct memory_store *m)
{
	m->fail_error = 0;
}

/* The bytes of a file, to damage them; NULL when it is not there. */
static inline struct memory_bytes *memory_store_bytes(struct memory_store *m, const char *name)
{
	int i = memory_find(m->live, name);

	return i >= 0 ? &m->inodes[m->live[i].inode].live : NULL;
}

/* A copy, to come back to. */
static inline void memory_store_copy(struct memory_store *to, const struct memory_store *from)
{
	memory_store_init(to);
	memcpy(to->live, from->live, sizeof to->live);
	memcpy(to->synced, from->live, sizeof to->synced);
	to->ninodes = from->ninodes;
	for (int i = 0; i < from->ninodes; i++) {
		to->inodes[i].last = &to->inodes[i].first;
		memory_copy(&to->inodes[i].live, &from->inodes[i].live);
		memory_copy(&to->inodes[i].synced, &from->inodes[i].live);
	}
}

#endif
