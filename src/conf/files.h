/*
 * files.h -- which files a person has in the router's store: reports, exports, backups, captures.
 *
 * The disk may take its time, so that nobody looks at it from the packets' thread: a list is kept,
 * which the background reads anew when it is asked to, and whenever the router has changed a file.
 * What the router keeps for itself is not in it.
 *
 * Memory:  FILES_MAX entries, of which small texts are held whole (FILES_CONTENTS_MAX bytes each).
 * Threads: the router's.
 */
#ifndef CONF_FILES_H
#define CONF_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/file.h"
#include "lib/mono.h"

#define FILES_MAX          1024
#define FILES_CONTENTS_MAX 4095u

struct file_entry {
	uint32_t id; /* as long as a file of that name is there */
	char name[FILE_NAME_BYTES];
	uint64_t size;
	wall modified;
	char *contents; /* of a small text; otherwise NULL */
};

/* By name. Good until the next turn. */
const struct file_entry *files_list(const struct conf *conf, size_t *ret_n);
/* NULL: there is none. */
const struct file_entry *files_find(const struct conf *conf, uint32_t id);

/* Have the list read anew. Returns what files_fresh() is asked with. */
uint64_t files_refresh(struct conf *conf);
/* Whether what was asked for has been done. */
bool files_fresh(const struct conf *conf, uint64_t ticket);
/* The router has changed a file: the list is read anew if anybody has ever asked for it. */
void files_changed(struct conf *conf);
/* The same, when what it has done is known: the list has it at once. */
void files_wrote(struct conf *conf, const char *name, const char *text, size_t len);
void files_renamed(struct conf *conf, const char *name, const char *to);
void files_removed(struct conf *conf, const char *name);

/* With the conf; what is on its way finishes by itself. */
void files_free(struct conf *conf);

#endif
