/*
 * descriptor.h -- small numbers for sockets, and who watches them.
 *
 * The lowest free number is given first, as POSIX has it, found by bit maps: what opening costs
 * does not depend on how many are open. Changes of watched sockets are gathered and told at the end
 * of the turn, so that whoever is told may do anything, close the socket too.
 *
 * Memory: all of it at start.
 */
#ifndef API_DESCRIPTOR_H
#define API_DESCRIPTOR_H

#include "api/towpath_inside.h"
#include "host/sock.h"

struct descriptor {
	struct towpath *t;
	struct sock *sock; /* NULL: free */
	int fd;
	uint32_t times; /* it was given out: a call that has waited looks whether it still means it
	                 */
	bool nonblocking, stream;
	bool changed_noted; /* in the list of those to be told */
	int next_changed;
	towpath_changed *changed;
	void *changed_arg;
};

/* NULL: that number is nobody's (-EBADF). */
struct descriptor *descriptor_of(struct towpath *t, int fd);
/* Is any number free? */
MUST_USE bool descriptor_left(const struct towpath *t);
/* The lowest free one for @sock; there is one. @type is as socket() has it. */
MUST_USE int descriptor_give(struct towpath *t, struct sock *sock, int type);
/* Forget @d and close its socket. */
void descriptor_close(struct descriptor *d);

/*
 * Wait until poll says one of @events of @fd, or @until. 0: look again; -EAGAIN: it is time;
 * -EBADF: it was closed in the meantime; else what the caller's wait() has said.
 */
MUST_USE int descriptor_wait(struct towpath *t, int fd, unsigned events, mono until);
/* Until when a call on @d that sends (or receives) may wait. */
mono descriptor_patience(const struct descriptor *d, bool sending);

#endif
