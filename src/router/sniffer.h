/*
 * sniffer.h -- /tool/sniffer: frames of this router's interfaces, in memory and in a file.
 *
 * One a router. While it runs, a tap (core/tap.h) keeps what the filter lets through in a ring
 * (router/capture.h); with a file name the records go to the store as well. After its end the ring
 * stays, to be printed and saved, until the next start.
 *
 * Memory: settings->memory_bytes, taken at start. Threads: the router's.
 */
#ifndef ROUTER_SNIFFER_H
#define ROUTER_SNIFFER_H

#include "router/capture_file.h"
#include "router/capture_filter.h"

struct sniffer_settings {
	char file_name[CAPTURE_NAME_BYTES]; /* "": memory only */
	uint64_t file_bytes_max;
	uint32_t memory_bytes;
	uint32_t packet_bytes_max;
	bool scroll, only_headers;
	struct capture_filter filter;
};

struct sniffer {
	struct tap tap; /* first: the tap is cast back to this */
	struct net *net;
	struct store *store; /* NULL: there are no files */
	struct background *background;
	struct sniffer_settings settings; /* of the next start */
	struct sniffer_settings used;     /* of the last one */
	struct capture *capture;          /* NULL: nothing was captured yet */
	struct capture_file *live;        /* what is captured goes there */
	struct capture_file *save;        /* of a save under way */
	uint64_t save_until;
	bool running;
	int live_error, save_error; /* how the last file ended */
};

struct sniffer *sniffer_new(struct net *net);
/* Before: the background has ended. */
void sniffer_free(struct sniffer *sniffer);

/* Where files are kept; until then there are none. */
void sniffer_set_store(struct sniffer *sniffer, struct store *store, struct background *background);

/* What was captured before is forgotten. -EALREADY, -EBUSY: a file is being written; -EROFS: there
 * is no store for the file. */
MUST_USE int sniffer_start(struct sniffer *sniffer);
/* The file, if any, is finished in the background. */
void sniffer_stop(struct sniffer *sniffer);

/* Write what is in memory to @name; sniffer->save is NULL again, and save_error set, at its end.
 * -EBUSY: another save is under way; -ENODATA: there is nothing; -EROFS: there is no store. */
MUST_USE int sniffer_save(struct sniffer *sniffer, const char *name);

/* Files go on; the router's turn. Returns when it wants another. */
void sniffer_turn(struct sniffer *sniffer);
mono sniffer_due(const struct sniffer *sniffer);

#endif
