/*
 * watch.h -- every change of a menu's stored rows, for those who follow it.
 *
 * A watch starts at what is published when it is made and gets each transaction that changes its
 * menu once, in the order in which they were published, also when several were published since it
 * last asked: the states between are held until all watches have passed them. What a transaction
 * has changed is found out once for all of them, and only if somebody asks. A watch that is more
 * than WATCH_BEHIND_MAX transactions behind gets those that it missed as one, and is told so.
 *
 *   watch_new() -> watch_next() until it returns false, each turn -> watch_free()
 *
 * Memory:  up to WATCH_BEHIND_MAX states, which share what did not change between them, and one
 *          for each watch that is further behind.
 * Threads: the router's.
 */
#ifndef CONF_WATCH_H
#define CONF_WATCH_H

#include "conf/conf.h"
#include "conf/diff.h"

#define WATCH_BEHIND_MAX 64

struct watch;

struct watch_news {
	const struct conf_state *state; /* as it was published */
	const struct change *changes;   /* of all menus, in the order of diff.h */
	size_t n;
	size_t joined; /* how many transactions these are, where there was no holding them apart; 0
	                * otherwise */
};

MUST_USE struct watch *watch_new(struct conf *conf, const struct menu *menu);
/* The next transaction that has changed the menu; false: none yet. Good until the next call. */
MUST_USE bool watch_next(struct watch *watch, struct watch_news *ret_news);
void watch_free(struct watch *watch);

/* @new is published in the place of @old, both of which are held: for commit.c. */
void watch_published(struct conf *conf, const struct conf_state *old, const struct conf_state *new);

#endif
