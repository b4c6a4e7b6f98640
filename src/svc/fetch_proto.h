/*
 * fetch_proto.h -- what the router and the process that speaks HTTP for it say to each other, over
 * a SOCK_SEQPACKET pair.
 *
 * One message a packet: a byte that says what it is, and what belongs to it; numbers are in the
 * machine's byte order. The router asks once, as the first message; it does not trust what it is
 * told: what is anything but what the builders make is refused.
 *
 *   ASK     router -> process   a struct fetch_question
 *   HEAD    process -> router   1..FETCH_PIECE_BYTES of the answer's head, for who wants to see it
 *   LENGTH  process -> router   how long the body will be; not told when it is not known
 *   BODY    process -> router   1..FETCH_PIECE_BYTES of it
 *   DONE    process -> router   the status (200), and where it is said to be instead, or nothing
 *   FAILED  process -> router   why not, 1..FETCH_WORDS_BYTES printable characters
 *
 * Memory: none; what a message points to lies in the bytes it was read from. Threads: any.
 */
#ifndef SVC_FETCH_PROTO_H
#define SVC_FETCH_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define FETCH_PIECE_BYTES    16384
#define FETCH_WORDS_BYTES    255
#define FETCH_LOCATION_BYTES 2400
#define FETCH_QUESTION_BYTES 65536
#define FETCH_MESSAGE_BYTES  (1 + FETCH_QUESTION_BYTES)

enum fetch_type {
	FETCH_ASK = 1,
	FETCH_HEAD,
	FETCH_LENGTH,
	FETCH_BODY,
	FETCH_DONE,
	FETCH_FAILED,
};

struct fetch_bytes {
	const char *bytes;
	uint32_t len;
};

enum fetch_place {     /* of what a question says, in order */
	FETCH_URL,     /* without user and password, whole */
	FETCH_ADDRESS, /* of its host, as text */
	FETCH_METHOD,  /* "GET" */
	FETCH_HEADERS, /* lines, each ended by \n */
	FETCH_USER,    /* "": none */
	FETCH_PASSWORD,
	FETCH_DATA, /* body of the request */
	FETCH_PLACES,
};

struct fetch_question {
	struct fetch_bytes at[FETCH_PLACES];
	bool has_data; /* also when it is empty */
	bool check;    /* the certificate must be good */
	bool wants_head;
};

struct fetch_message {
	enum fetch_type type;
	struct fetch_question question; /* ASK */
	struct fetch_bytes bytes;       /* HEAD, BODY, FAILED; DONE: the location */
	uint64_t length;                /* LENGTH */
	uint16_t status;                /* DONE */
};

/* Each returns how long the message is; 0: a question that is too long. */
MUST_USE size_t fetch_proto_put_question(uint8_t out[FETCH_MESSAGE_BYTES],
                                         const struct fetch_question *question);
MUST_USE size_t fetch_proto_put(uint8_t out[FETCH_MESSAGE_BYTES], enum fetch_type type,
                                const void *bytes, size_t len);
MUST_USE size_t fetch_proto_put_length(uint8_t out[FETCH_MESSAGE_BYTES], uint64_t length);
MUST_USE size_t fetch_proto_put_done(uint8_t out[FETCH_MESSAGE_BYTES], uint16_t status,
                                     const char *location, size_t len);
/* False for anything else; what was returned is then not to be looked at. */
MUST_USE bool fetch_proto_take(const uint8_t *bytes, size_t len, struct fetch_message *ret_message);

#endif
