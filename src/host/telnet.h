/*
 * telnet.h -- somebody at this router's console talks to a host over TCP: /tool/telnet.
 *
 *   telnet_open() -> telnet_turn(), telnet_type(), telnet_set_terminal() ... until telnet_stage()
 * is TELNET_ENDED -> telnet_error() -> telnet_close(), which may come at any time
 *
 * The connection is an ordinary socket of the router's, wire/nvt.h speaks telnet on it. A server
 * that takes keys one by one gets them so. One that does not say so (a mail server, a service
 * without telnet) gets lines: what is typed is shown and can be rubbed out until Enter, and control
 * characters are sent on at once.
 *
 * Nothing waits and nothing grows: what the far end sends stays in its connection, whose window
 * closes, until telnet_turn() is asked for it; keys that can't be sent yet are not taken.
 *
 * Memory: the struct, the caller's, and a socket. Threads: the router's. Errors: -errno of sock.h.
 */
#ifndef HOST_TELNET_H
#define HOST_TELNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"
#include "lib/must.h"
#include "wire/nvt.h"

struct host;
struct sock;
struct text;

#define TELNET_LINE_BYTES 512
#define TELNET_OUT_BYTES  1536
#define TELNET_ECHO_BYTES 2048
#define TELNET_SAID_BYTES 4096 /* of theirs, a turn */

enum telnet_stage {
	TELNET_CONNECTING,
	TELNET_OPEN,
	TELNET_ENDED,
};

struct telnet_plan {
	ip4 address, src; /* zero: as the route says */
	uint16_t port;
	uint32_t mark; /* of the table of routes; 0: main */
};

struct telnet {
	struct sock *sock; /* NULL: none, or no more */
	struct telnet_plan plan;
	enum telnet_stage stage;
	int error;
	struct nvt nvt;
	bool opened, resized, after_return;
	uint16_t width, height;
	size_t out_len, line_len, echo_len;
	uint8_t out[TELNET_OUT_BYTES]; /* to be sent */
	uint8_t line[TELNET_LINE_BYTES];
	uint8_t echo[TELNET_ECHO_BYTES]; /* what was typed, to be shown here */
};

/* 0: it connects; else why it can't (then there is nothing to be closed). */
MUST_USE int telnet_open(struct telnet *telnet, struct host *host, const struct telnet_plan *plan);
void telnet_close(struct telnet *telnet);

/* Send, and append what is to be shown to @out, as it is: at most TELNET_SAID_BYTES of theirs, and
 * what was typed. True: there may be more at once. */
bool telnet_turn(struct telnet *telnet, struct text *out);
/* Keys; returns how many were taken. None before it is open. */
size_t telnet_type(struct telnet *telnet, const void *keys, size_t n);
/* Where somebody sits, which is told when they ask: what the terminal is called (RFC 1091) and its
 * size, 0: not known. The size may change at any time. */
void telnet_set_terminal(struct telnet *telnet, const char *terminal, uint16_t width,
                         uint16_t height);

enum telnet_stage telnet_stage(const struct telnet *telnet);
/* It is open, or was. */
bool telnet_was_open(const struct telnet *telnet);
/* Once it has ended: 0: they have ended it, else why it is broken. */
int telnet_error(const struct telnet *telnet);

#endif
