/*
 * telnet_end.h -- one end of a telnet connection: what comes by the wire taken apart, what is to be
 * said put into its form. No input, no output: bytes come by calls and leave by hooks.
 *
 * libtelnet reads the commands and keeps the state of each option (RFC 854, 855, 1143); here is
 * which options are wanted, and what keys and sizes mean:
 *
 *   server  echoes (RFC 857), suppresses go-ahead (858), offers and asks for 8 bits (856), asks for
 *           the size of the window (1073) and the name of the terminal (1091)
 *   client  agrees to all of these, and tells its window and terminal when asked
 *
 * Anything else is refused, and whoever negotiates nothing is served as well: a key is a key.
 *
 * Memory: what libtelnet takes: the state of at most 256 options and a subnegotiation of 16 KiB.
 * Threads: one at a time.
 */
#ifndef SVC_TELNET_END_H
#define SVC_TELNET_END_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"

#define TELNET_TERMINAL_BYTES 41 /* with its end; RFC 1091: at most 40 characters */

enum telnet_role {
	TELNET_SERVER,
	TELNET_CLIENT,
};

struct telnet_hooks {
	void *arg;
	/* Bytes for the other end, as they go on the wire. */
	void (*wire)(void *arg, const char *bytes, size_t len);
	/* What the other end says, without telnet: keys at a server (the end of a line is one "\r",
	 * an interrupt Ctrl-C), text at a client. */
	void (*said)(void *arg, const char *bytes, size_t len);
	/* Server: the size of the client's window, 0: not known. NULL at a client. */
	void (*size)(void *arg, unsigned width, unsigned height);
	/* Server: the name of the client's terminal, printable, in lower case; likewise. */
	void (*terminal)(void *arg, const char *name);
};

struct telnet_end;

/* @hooks is copied. @terminal: what a client says its terminal is; NULL at a server. */
MUST_USE struct telnet_end *telnet_end_new(enum telnet_role role, const struct telnet_hooks *hooks,
                                           const char *terminal);
void telnet_end_free(struct telnet_end *end);

/* A server's first words: what it offers and asks for. A client waits to be asked. */
void telnet_end_open(struct telnet_end *end);
/* Bytes from the wire, any number of them. False: the other end has gone on in a way that nobody
 * agreed to (compressed), and can't be understood any more. */
MUST_USE bool telnet_end_feed(struct telnet_end *end, const char *bytes, size_t len);
/* Say something: IAC is doubled, and a carriage return that stands alone gets the NUL which RFC 854
 * wants there as long as the connection has but 7 bits. */
void telnet_end_say(struct telnet_end *end, const char *bytes, size_t len);
/* Client: the window has this size. It is told now, or when the server asks. */
void telnet_end_resize(struct telnet_end *end, unsigned width, unsigned height);
/* Client: does the server echo what is typed? */
bool telnet_end_is_echoed(const struct telnet_end *end);

#endif
