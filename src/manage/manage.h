/*
 * manage.h -- how a router is managed: what its people, scripts and logs hang on.
 *
 * The packet wing knows nothing of it. Menus whose rows are about people and scripts reach it by
 * router->manage. Whoever drives the router gives it its turn after the router's.
 *
 * Threads: the router's. Memory: what its parts say.
 */
#ifndef MANAGE_MANAGE_H
#define MANAGE_MANAGE_H

#include <stdbool.h>

#include "conf/conf.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "manage/keeper.h"
#include "manage/recovery.h"
#include "manage/services.h"

struct fetcher;
struct guard;
struct jobs;
struct logins;
struct users;
struct print_job;
struct schedule;
struct scripts;
struct variables;

/* Does somebody want the program to end? */
enum manage_leaving {
	MANAGE_STAYS,
	MANAGE_SHUTDOWN,
	MANAGE_REBOOT, /* and to begin anew */
};

struct log_book;

struct manage {
	struct conf *conf;
	struct conf_setup doors; /* to the world: those that conf has, too */
	mono now;                /* of the turn at hand */
	enum manage_leaving leaving;
	struct keeper keeper;
	struct recovery recovery;
	struct log_book *log_book;
	struct guard
		*guard; /* compares passwords; NULL: there is nobody to ask. Set by the caller */

	struct fetcher *fetcher; /* speaks HTTP; NULL: nobody does. Set by the caller */

	/* Its people. */
	struct users *users; /* NULL before they are published */
	struct logins *logins;
	struct services services;

	/* What runs by itself. */
	wall wall;                 /* of the turn at hand */
	struct variables *globals; /* that scripts share */
	struct scripts *scripts;
	struct jobs *jobs;
	struct schedule *schedule;
	/* How print lays out what a script shows; NULL: it shows nothing. Set by the caller. */
	void (*print)(struct conf *conf, const struct print_job *job, struct text *out);
};

/*
 * For @conf, which was made with @doors and is not loaded yet: the menus' hooks want to find us in
 * router->manage, where the caller puts us. What @doors points to must outlive us.
 */
MUST_USE struct manage *manage_new(struct conf *conf, const struct conf_setup *doors);
/* Before conf_free(). */
void manage_free(struct manage *manage);

/* Let what runs by itself go on. True: there is more to do at once. */
bool manage_turn(struct manage *manage, mono now);
/* When it wants a turn even if nothing happens; mono_never() when it does not. */
mono manage_next(const struct manage *manage);

/* The last orderly words go to the background; afterwards it is stopped. */
void manage_stop(struct manage *manage);

/* End after the turn at hand: whoever drives the router looks at manage->leaving. */
void manage_leave(struct manage *manage, enum manage_leaving how);

#endif
