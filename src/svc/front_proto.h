/*
 * front_proto.h -- what a front end (the process that speaks telnet) and its router say to each
 * other, over a SOCK_SEQPACKET pair.
 *
 * One message a packet: a byte that says what it is, and what belongs to it. Both ends are the same
 * program, so numbers are in the machine's byte order. The router does not trust a front end: what
 * is anything but what the builders make is refused.
 *
 *   INPUT     front end -> router   1..FRONT_INPUT_BYTES keys, as they were struck
 *   SIZE      front end -> router   columns and rows of the terminal, 0: not known
 *   TERMINAL  front end -> router   what the terminal calls itself, 1..FRONT_TERMINAL_BYTES
 *   OUT       router -> front end   1..FRONT_OUT_BYTES for the terminal
 *
 * Memory: none; what a message points to lies in the bytes it was read from. Threads: any.
 */
#ifndef SVC_FRONT_PROTO_H
#define SVC_FRONT_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define FRONT_INPUT_BYTES    512
#define FRONT_TERMINAL_BYTES 40 /* RFC 1091: a name has at most 40 characters */
#define FRONT_OUT_BYTES      4096
#define FRONT_SIZE_MOST      4096 /* columns or rows; more is nonsense, and is cut to this */
#define FRONT_MESSAGE_BYTES  (1 + FRONT_OUT_BYTES)

enum front_type {
	FRONT_INPUT = 1,
	FRONT_SIZE,
	FRONT_TERMINAL,
	FRONT_OUT,
};

struct front_message {
	enum front_type type;
	const uint8_t *bytes; /* INPUT, TERMINAL, OUT */
	size_t len;
	uint16_t width, height; /* SIZE */
};

/* Returns how long the message is. @len is within the bounds of its @type. */
MUST_USE size_t front_proto_put(uint8_t out[FRONT_MESSAGE_BYTES], enum front_type type,
                                const void *bytes, size_t len);
MUST_USE size_t front_proto_put_size(uint8_t out[FRONT_MESSAGE_BYTES], uint16_t width,
                                     uint16_t height);
/* False for anything else; what was returned is then not to be looked at. */
MUST_USE bool front_proto_take(const uint8_t *bytes, size_t len, struct front_message *ret_message);

#endif
