/*
 * fetcher.h -- who asks a server for something over HTTP: a door to the world.
 *
 * On Linux it is a process for each request, with a connection of the router's own stack
 * (main/fetch_process.h). A job is looked at from time to time, nothing waits.
 *
 * Memory: the fetcher's, until end(). Threads: the router's.
 */
#ifndef LIB_FETCHER_H
#define LIB_FETCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"
#include "lib/text.h"

#define FETCHER_BODY_MAX       (8U << 20)
#define FETCHER_HEAD_MAX       65536U
#define FETCHER_ERROR_BYTES    256
#define FETCHER_LOCATION_BYTES 2401

struct fetcher_ask {
	ip4 address; /* of the URL's host */
	uint16_t port;
	ip4 src;                     /* zero: as the route says */
	const char *url;             /* without user and password */
	const char *method;          /* "GET" */
	const char *headers;         /* lines, each ended by \n */
	const char *user, *password; /* "": none */
	const char *data;            /* of the request; NULL: it has none */
	bool check;                  /* the server's certificate must be good */
	bool wants_head;
};

enum fetcher_stage {
	FETCHER_CONNECTING,
	FETCHER_REQUESTING,
	FETCHER_DOWNLOADING,
	FETCHER_FINISHED, /* there is an answer, whatever it is */
	FETCHER_FAILED,   /* `error` says why */
};

struct fetcher_job {
	enum fetcher_stage stage;
	struct text head, body;
	bool has_total;
	uint64_t total;
	uint16_t status;                       /* 200 */
	char location[FETCHER_LOCATION_BYTES]; /* where it is said to be instead; "": here */
	char error[FETCHER_ERROR_BYTES];
};

struct fetcher {
	/* NULL: as many as there may be are under way. @ask is copied. */
	struct fetcher_job *(*begin)(struct fetcher *fetcher, const struct fetcher_ask *ask);
	/* At any time. */
	void (*end)(struct fetcher *fetcher, struct fetcher_job *job);
};

#endif
