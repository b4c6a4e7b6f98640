/*
 * capture_file.h -- records of a capture go to a file of the store, as pcapng.
 *
 * The blocks are put together here and written by the background, a piece at a time; packets never
 * wait for the disk. A record is written once the fate of its packet is known, or CAPTURE_WAIT_MS
 * after it came, or when memory gets short: a packet that is dropped bears the reason as its
 * comment.
 *
 * Memory: a piece's bytes, when the file is begun. Threads: the router's, and the background's
 * while a piece is on its way.
 */
#ifndef ROUTER_CAPTURE_FILE_H
#define ROUTER_CAPTURE_FILE_H

#include "lib/background.h"
#include "lib/store.h"
#include "router/capture.h"

#define CAPTURE_NAME_BYTES 64
#define CAPTURE_WAIT_MS    4000 /* longer than a neighbour is asked for (RFC 4861, 10) */

struct capture_file;

struct capture_file_setup {
	struct store *store;
	struct background *background;
	const char *name;
	uint64_t bytes_max; /* it grows no larger; 0: as large as it must */
	uint64_t next;      /* the first record for it */
};

struct capture_file *capture_file_new(const struct capture_file_setup *setup);
/* Before: it is over, or the background has ended. */
void capture_file_free(struct capture_file *file);

/* Go on with @capture's records before @until, at net->now. @last: these are all there will be;
 * they are not waited for, and then the file is closed. Returns when it wants to be asked again. */
mono capture_file_turn(struct capture_file *file, const struct net *net,
                       const struct capture *capture, uint64_t until, bool last);

/* Everything is on disk, or an error has ended it. */
bool capture_file_is_over(const struct capture_file *file);
/* bytes_max does not let it grow. */
bool capture_file_is_full(const struct capture_file *file);
int capture_file_error(const struct capture_file *file);
/* The first record that is not written. */
uint64_t capture_file_next(const struct capture_file *file);
uint64_t capture_file_packets(const struct capture_file *file);

/* "drop: filter: a filter rule says drop"; false when nothing is to be said of @record. */
bool capture_comment(const struct capture_record *record, struct text *out);

#endif
