/*
 * content.h -- what a file of the simulated store holds, and what of it is not yet sure.
 *
 * Writes since the last sync are kept in order. When the power goes, any of them may have reached
 * the disk, in any order, and each may be torn between sectors.
 */
#ifndef SIM_CONTENT_H
#define SIM_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"
#include "sim/random.h"

struct content_bytes {
	uint8_t *at;
	size_t len;
};

struct content_write {
	bool is_truncate;
	uint64_t at;
	size_t len;
	uint8_t *bytes;
};

struct content {
	struct content_bytes live, synced;
	struct content_write *writes; /* since the last sync, in order */
	size_t writes_n;
};

MUST_USE struct content *content_new(void);
MUST_USE struct content *content_copy(const struct content *from);
void content_free(struct content *content);

/* How many bytes were there to be read. */
int64_t content_read(const struct content *content, void *bytes, size_t len, uint64_t offset);
void content_write(struct content *content, const void *bytes, size_t len, uint64_t offset);
void content_truncate(struct content *content, uint64_t size);
void content_sync(struct content *content);
/* What is read gets another length, as by damage: no write is noted. */
void content_resize(struct content *content, size_t len);
/* The power goes; @sector: what a disk writes whole or not at all. */
void content_cut(struct content *content, struct sim_random *random, uint32_t sector);

#endif
