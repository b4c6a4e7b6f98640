/*
 * telnet_door.h -- telnet to the router: where it listens, whom it lets begin.
 *
 * As /ip/service says: with address= given, from those networks by any interface; without, by the
 * interfaces of the inner side only (router/inner.h), and to all others there is no such port:
 * their SYN is answered like that to any closed one. It listens on our own stack, with one socket
 * for each such interface, looked at again whenever configuration, addresses, routes or links
 * change.
 *
 * At most max-sessions at once; of these no more than half may be logging in, and TELNET_STARTS_S
 * of them begin in a second, for each is a process: the others wait to be accepted.
 *
 * Memory: this struct. Threads: the router's.
 */
#ifndef MAIN_TELNET_DOOR_H
#define MAIN_TELNET_DOOR_H

#include "core/iface.h"
#include "host/sock.h"
#include "lib/rate.h"
#include "main/telnet_session.h"

#define TELNET_STARTS_S 10

struct router;

struct telnet_door {
	struct router *router;
	struct consoles *consoles;
	struct loop *loop;
	struct log *log;
	const char *program;
	struct sock_owner owner;
	struct rate starts;
	bool looked;                  /* since the numbers below were those */
	uint32_t version, generation; /* of /ip/service and of the net */
	unsigned listeners_n;
	iface_id listening[IFACE_MAX]; /* IFACE_NONE: on all */
	uint16_t port;
	struct sock *listeners[IFACE_MAX];
	struct telnet_session sessions[CONSOLES_FAR_MAX];
	mono again; /* when more may begin */
};

/* @program: CHILD_PROGRAM, or where towpathd is. Nothing is opened before the first turn. @door is
 * zeroed memory. */
void telnet_door_init(struct telnet_door *door, struct router *router, struct consoles *consoles,
                      struct loop *loop, struct log *log, const char *program);
void telnet_door_turn(struct telnet_door *door, mono now);
mono telnet_door_next(const struct telnet_door *door);
/* Hang up on all, with @why. Also of zeroed memory. */
void telnet_door_stop(struct telnet_door *door, const char *why);

#endif
