/*
 * sock_pump.h -- bytes between a TCP socket of our own stack and a descriptor of Linux's, both
 * ways: so a process of its own (a front end) has a connection of ours.
 *
 * What the one end has said last reaches the other: the end of a stream is handed on, once all
 * before it has been. Who does not read holds the other up, and nothing is kept but one piece.
 *
 * Memory: PUMP_BYTES at most, while they can't be handed on. Threads: the router's.
 */
#ifndef MAIN_SOCK_PUMP_H
#define MAIN_SOCK_PUMP_H

#include <stdbool.h>

#include "lib/mono.h"
#include "lib/must.h"
#include "os/byte_queue.h"
#include "os/loop.h"

#define PUMP_BYTES 16384

struct sock;

struct sock_pump {
	struct sock *sock; /* NULL: over */
	int fd;
	struct loop *loop;
	struct loop_watch *watch; /* NULL: there is nothing to wait for */
	struct byte_queue up;     /* of the descriptor's, for the socket */
	bool changed;             /* the socket has something new */
	bool blocked;             /* the descriptor takes no more just now */
	bool fd_ended, sock_ended, shut;
	mono until; /* when both must have ended, once the descriptor has */
};

/* Takes @sock and @fd (a stream socket that does not wait), which are closed when it is over. */
void sock_pump_start(struct sock_pump *pump, struct loop *loop, struct sock *sock, int fd);
/* Move what can be moved. True: it is over. */
bool sock_pump_turn(struct sock_pump *pump, mono now);
mono sock_pump_next(const struct sock_pump *pump);
/* End it now: the peer is reset if there is more to be said. Also of one that is over. */
void sock_pump_stop(struct sock_pump *pump);

#endif
