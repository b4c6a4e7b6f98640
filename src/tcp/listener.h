/*
 * listener.h -- a port that takes connections (RFC 9293: LISTEN).
 *
 * A SYN becomes a small half-open record, or a SYN cookie when there is none left (RFC 4987); the
 * last step of the handshake makes the connection, which then waits for listener_take(). When
 * backlog + 1 wait, as in Linux, the last step is not taken and the peer sends it again.
 *
 * Which of several listeners has a packet: the one bound to the interface, then the one with the
 * address, then the one for all addresses; among equals (SO_REUSEPORT) a keyed hash of both ends.
 *
 * Memory: of struct tcp's budgets. Threads: the router's.
 */
#ifndef TCP_LISTENER_H
#define TCP_LISTENER_H

#include "tcp/connection.h"

struct listener;

struct listener_plan {
	ip4 addr; /* zero: all of the router's */
	uint16_t port;
	bool shared;      /* others may listen at the same address and port (SO_REUSEPORT) */
	uint32_t backlog; /* of listen(); counts what waits for listener_take() */
	const struct connection_settings *settings; /* of its connections; NULL: as tcp_settings */
	void *owner;
};

/* 0, -EADDRINUSE (one is there and not both are shared), -ENOBUFS (the budget is used up). */
MUST_USE int listener_open(struct tcp *tcp, const struct listener_plan *plan,
                           struct listener **ret);
/* Connections that were not taken are reset, half-open ones forgotten. */
void listener_close(struct listener *l);
void listener_set_backlog(struct listener *l, uint32_t backlog);
void listener_set_settings(struct listener *l, const struct connection_settings *settings);

/* The oldest connection that waits, now the caller's, whom it names as owner; NULL: none does. It
 * may have ended or been reset meanwhile. */
struct connection *listener_take(struct listener *l, void *owner);
/* How many wait, how many are half-open. */
uint32_t listener_waiting(const struct listener *l);
uint32_t listener_half_open(const struct listener *l);
uint32_t listener_backlog(const struct listener *l);
ip4 listener_address(const struct listener *l);
uint16_t listener_port(const struct listener *l);

#endif
