/*
 * pressure.h -- who gives memory back while the chunks run low.
 *
 * Bytes that came out of order are the only ones that a peer makes us keep and that may be let go
 * again: they were told by SACK, not acknowledged (RFC 2018, 8). While most of the pool is in use
 * no more of them are kept, and connections on which nothing came in order for PRESSURE_MS lose
 * theirs. A hand goes round all connections, a few a turn. Who holds a window shut is timer.c's
 * matter; what is offered, autotune.h's.
 */
#ifndef TCP_PRESSURE_H
#define TCP_PRESSURE_H

struct tcp;

#define PRESSURE_MS 5000

void pressure_turn(struct tcp *tcp);

#endif
