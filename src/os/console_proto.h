/*
 * console_proto.h -- what towpath (the terminal) and towpathd say to each other.
 *
 *   message: type u8 | length of the payload u32 | payload        numbers are little-endian
 *
 * The terminal begins with HELLO. After it, an interactive one sends what is typed (INPUT), resizes
 * and interrupts; another one sends scripts (RUN) and gets a DONE for each, in order. The router
 * sends what is to be shown (OUT), what is said beside it (NOTICE), and BYE before it hangs up.
 *
 * Byte order: the only one here that is little-endian; it is not a protocol of the network.
 * Memory: none is allocated.
 */
#ifndef OS_CONSOLE_PROTO_H
#define OS_CONSOLE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define CONSOLE_VERSION       1
#define CONSOLE_HEADER_BYTES  5
#define CONSOLE_PAYLOAD_BYTES (8U << 20) /* the longest script */
#define CONSOLE_WHO_BYTES     32

struct byte_queue;

enum console_type {
	CONSOLE_HELLO = 1,
	CONSOLE_INPUT,
	CONSOLE_RUN,
	CONSOLE_INTERRUPT, /* no payload: Ctrl-C while a script runs */
	CONSOLE_RESIZE,
	CONSOLE_OUT = 16,
	CONSOLE_NOTICE,
	CONSOLE_DONE, /* status u8: 0 all went well, 1 a command failed */
	CONSOLE_BYE,  /* why, in words; may be empty */
};

struct console_message {
	uint8_t type; /* enum console_type */
	uint32_t len;
	const uint8_t *bytes; /* in the buffer that was parsed */
};

struct console_size {
	uint16_t width, height; /* in characters; 0: not known */
};

struct console_hello {
	uint16_t version;
	bool interactive, colour;
	bool dumb; /* the terminal understands no sequences */
	struct console_size size;
	/* On whose behalf, "": the process's own user; behind a "+" how (ui/login_name.h). */
	char who[CONSOLE_WHO_BYTES];
};

/* 1 and the message at the front of @bytes, with how much of them it takes; 0 when it is not there
 * whole yet; -EPROTO for what no such message can begin with. */
MUST_USE int console_take(const uint8_t *bytes, size_t len, struct console_message *ret_message,
                          size_t *ret_used);

/* The payloads that have fields; false when they are not as they must be. */
MUST_USE bool console_parse_hello(const struct console_message *message,
                                  struct console_hello *ret_hello);
MUST_USE bool console_parse_resize(const struct console_message *message,
                                   struct console_size *ret_size);
MUST_USE bool console_parse_done(const struct console_message *message, uint8_t *ret_status);

/* Put a message behind those that wait in @queue. False, and nothing is put, beyond its limit. */
MUST_USE bool console_put(struct byte_queue *queue, enum console_type type, const void *bytes,
                          size_t len);
MUST_USE bool console_put_hello(struct byte_queue *queue, const struct console_hello *hello);
MUST_USE bool console_put_resize(struct byte_queue *queue, struct console_size size);
MUST_USE bool console_put_done(struct byte_queue *queue, uint8_t status);

/* Where the router's socket is when nobody says otherwise: /run/towpath/console.sock for root,
 * $XDG_RUNTIME_DIR/towpath/console.sock for others who have one. False when it does not fit. */
MUST_USE bool console_default_path(char *path, size_t size);

#endif
