/*
 * file.h -- the router's own text files: what export writes and import reads.
 *
 * They lie in the store beside the configuration. A name is letters, digits, dots, dashes and
 * underscores and ends in .rsc, which is added when it is missing: nothing outside of the store can
 * be named, and none of the files in it that the router keeps for itself.
 *
 * Threads: the router's; reading and writing is done by the background.
 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"

struct conf;
struct diag;

#define FILE_NAME_BYTES 64
#define FILE_BYTES_MAX  (8U << 20)

/* The whole name for @typed, in @ret_name of FILE_NAME_BYTES; @field: for the error. */
MUST_USE bool file_name(const char *field, const char *typed, char *ret_name, struct diag *diag);

/* The same for files of another kind, whose names end in @suffix (".pcapng"). */
MUST_USE bool file_name_of(const char *field, const char *typed, const char *suffix, char *ret_name,
                           struct diag *diag);

/* The same for any of them, whatever it ends in. */
MUST_USE bool file_name_any(const char *field, const char *typed, char *ret_name,
                            struct diag *diag);

/* Whether a file of the store is a person's: its name could be typed, and the router does not keep
 * the file for itself. */
bool file_is_shown(const char *name);

/* How it ended: 0, or -errno. @text of @len bytes is what was read, good until this returns. */
typedef void file_done(void *arg, int error, const char *text, size_t len);

/* Read the file called @name (from file_name()) whole; -EFBIG beyond FILE_BYTES_MAX. */
void file_read(struct conf *conf, const char *name, file_done *done, void *arg);
/* Write it anew: after a power cut there is the old file or the new one. @text is copied. */
void file_write(struct conf *conf, const char *name, const char *text, size_t len, file_done *done,
                void *arg);
/* Write it when there is none of the name; -EEXIST. */
void file_add(struct conf *conf, const char *name, const char *text, size_t len, file_done *done,
              void *arg);
/* -ENOENT when it is not there, -EEXIST when there is a file called @to. */
void file_rename(struct conf *conf, const char *name, const char *to, file_done *done, void *arg);
void file_remove(struct conf *conf, const char *name, file_done *done, void *arg);

#endif
