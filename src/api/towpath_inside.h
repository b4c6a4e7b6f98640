/*
 * towpath_inside.h -- struct towpath as the files of this room see it.
 *
 * One instance is one router with all four doors to its world (clock, random numbers, ports,
 * store), its console for scripts, and its descriptors. Nothing here is shared between instances.
 */
#ifndef API_TOWPATH_INSIDE_H
#define API_TOWPATH_INSIDE_H

#include "api/frame_ring.h"
#include "conf/conf.h"
#include "lib/background.h"
#include "lib/log.h"
#include "lib/must.h"
#include "manage/manage.h"
#include "router/router.h"
#include "sim/clock.h"
#include "sim/random.h"
#include "towpath.h"

#define TOWPATH_PORTS     64 /* of a router */
#define TOWPATH_TURNS_MAX 64 /* of an advance */

struct session;
struct towpath_capture;
struct towpath_descriptors;

/* One end of a cable: what it is given and what leaves it. */
struct towpath_end {
	struct port port; /* first: core's handle */
	struct towpath *t;
	int number;
	struct frame_ring in, out;
	bool link_next; /* what poll_link() will find */
	uint32_t mtu_next;
	uint64_t lost;
	bool (*transmit)(void *arg, const struct towpath_frame *frame);
	void *transmit_arg;
	struct towpath_end *peer; /* towpath_join(); NULL: none */
};

/* struct store over the caller's functions. */
struct towpath_store_door {
	struct store store; /* first */
	struct towpath_store to;
};

struct towpath {
	struct sim_clock clock;
	struct sim_random seeded;
	struct random random;
	struct log log;
	struct background background;
	struct towpath_store_door store;
	bool has_store;
	struct router *router;
	struct conf *conf;
	struct manage *manage;

	void *arg; /* for the caller's functions */
	void (*caller_random)(void *arg, void *bytes, size_t len);
	void (*caller_log)(void *arg, enum towpath_log_level level, const char *topic,
	                   const char *text);
	int (*wait)(void *arg, struct towpath *t, uint64_t until_ns);

	struct towpath_end *ends[TOWPATH_PORTS];
	int ends_n;
	bool started;
	bool advancing;    /* within towpath_advance(): a callback may be asking */
	bool links_change; /* a port has something for poll_link() */
	bool more;         /* the last advance did not come to an end */
	bool turned;       /* nothing was asked of it since the last advance */

	struct session *session; /* of towpath_run(); NULL: none */
	towpath_output *out;
	void *out_arg;
	int run_result;
	bool run_over, run_interrupted;

	struct towpath_descriptors *descriptors;
	struct towpath_capture *capture;
};

/* The port @number, or NULL. */
struct towpath_end *towpath_end_of(const struct towpath *t, int number);
/* A frame waits to be looked at. */
bool towpath_ports_have_frames(const struct towpath *t);
void towpath_ports_free(struct towpath *t);

/* What is wrong with @frame for @number: 0, or what towpath_put() returns for it. */
MUST_USE int towpath_frame_check(const struct towpath *t, int number,
                                 const struct towpath_frame *frame);
struct port_frame towpath_frame_in(const struct towpath_frame *frame);

void towpath_store_init(struct towpath_store_door *door, const struct towpath_store *to);

/* Let what towpath_run() has begun go on. True: there is more to do at once. */
bool towpath_run_turn(struct towpath *t);
mono towpath_run_next(const struct towpath *t);
void towpath_run_free(struct towpath *t);

void towpath_capture_free(struct towpath *t);

MUST_USE struct towpath_descriptors *towpath_descriptors_new(uint32_t most);
/* Closes what is open. */
void towpath_descriptors_free(struct towpath_descriptors *descriptors);
/* Tell who watches sockets that have changed. True: some have changed since. */
bool towpath_descriptors_turn(struct towpath *t);
bool towpath_descriptors_wait(const struct towpath *t);

/* May a call wait now? */
static inline bool towpath_may_wait(const struct towpath *t)
{
	return t->wait != NULL && !t->advancing;
}

#endif
