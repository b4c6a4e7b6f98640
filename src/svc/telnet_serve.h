/*
 * telnet_serve.h -- the front end of one telnet connection: its process reads what somebody far
 * away sends, and tells the router which keys were struck.
 *
 * It sees keystrokes and what a terminal shows, of this one connection, and nothing else: who may
 * come in is asked and decided in the router. Whoever starts it confines it (os/confine.h).
 *
 * It ends when either side does: what the router has said goes out first. Somebody who does not
 * read is not heard either, until they do.
 *
 * Memory: TELNET_SERVE_BEHIND bytes that wait to go out, and a struct telnet_end.
 * Threads: the process's only one.
 */
#ifndef SVC_TELNET_SERVE_H
#define SVC_TELNET_SERVE_H

#include "lib/must.h"

#define TELNET_SERVE_BEHIND 65536

struct telnet_serve;

/* @router: a SOCK_SEQPACKET socket (front_proto.h). @wire: a stream, the connection. Both stay the
 * caller's. */
MUST_USE struct telnet_serve *telnet_serve_new(int router, int wire);
void telnet_serve_free(struct telnet_serve *serve);

/* Wait for either side, but no longer than @wait_ms (-1: for ever), and do what is to be done. 0,
 * or -ECONNRESET when one of them has gone, -EPROTO when it said what nobody says, or -errno. */
MUST_USE int telnet_serve_turn(struct telnet_serve *serve, int wait_ms);

#endif
