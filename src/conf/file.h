/*
 * file.h -- the router's own text files: what export writes and import reads.
 *
 * They lie in the store beside the configuration. A name is letters, digits, dots, dashes and
 * underscores and ends in .rsc, which is added when it is missing: no other file of the store, and
 * nothing outside of it, can be named.
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

/* How it ended: 0, or -errno. @text of @len bytes is what was read, good until this returns. */
typedef void file_done(void *arg, int error, const char *text, size_t len);

/* Read the file called @name (from file_name()) whole; -EFBIG beyond FILE_BYTES_MAX. */
void file_read(struct conf *conf, const char *name, file_done *done, void *arg);
/* Write it anew: after a power cut there is the old file or the new one. @text is copied. */
void file_write(struct conf *conf, const char *name, const char *text, size_t len, file_done *done,
                void *arg);

#endif
