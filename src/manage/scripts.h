/*
 * scripts.h -- the scripts that are kept by name, as those who run them want them.
 *
 * The menu /system/script publishes them; runs are counted here, from the router's start on.
 *
 * Memory:  a published set's own.
 * Threads: the router's.
 */
#ifndef MANAGE_SCRIPTS_H
#define MANAGE_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/mono.h"
#include "lib/must.h"

#define SCRIPT_NAME_BYTES   64
#define SCRIPT_OWNER_BYTES  64
#define SCRIPT_SOURCE_BYTES 32768

struct script {
	uint32_t id; /* of its row */
	char name[SCRIPT_NAME_BYTES], owner[SCRIPT_OWNER_BYTES];
	char *source;
	bool disabled;
	bool open;        /* may be run by those who may not do what it does */
	uint32_t without; /* policies that it does not have (conf/policy.h) */
	uint64_t run_count;
	wall last_started; /* run_count is not 0 */
};

struct scripts {
	size_t n;
	struct script at[];
};

/* Room for @n, all zeroes, to be filled; sources from lib/mem.h. */
MUST_USE struct scripts *scripts_new(size_t n);
void scripts_free(struct scripts *scripts);
/* @scripts takes the place of *@current (NULL before the first), whose counts it goes on with. */
void scripts_replace(struct scripts **current, struct scripts *scripts);
/* NULL: there is none. @scripts may be NULL. */
struct script *scripts_find(struct scripts *scripts, const char *name);
struct script *scripts_find_id(struct scripts *scripts, uint32_t id);

#endif
