/*
 * shim_proto.h -- what a program under `towpath run` and the router say to each other.
 *
 * A call of the program (socket(), connect(), ...) is one request and one answer over a
 * SOCK_SEQPACKET connection made for it, so threads, fork() and exec() share nothing. Its socket is
 * a descriptor of the kernel's: one end of an AF_UNIX pair whose other end the router holds. Bytes
 * of TCP go through the pair as they are; datagrams with a struct shim_datagram in front.
 *
 * Which of the router's sockets a descriptor is, stands in the descriptor itself: the badge, kept
 * as its SO_MAX_PACING_RATE, which means nothing to AF_UNIX and follows dup(), fork(), exec() and
 * SCM_RIGHTS. A socket that was accepted tells it by the name of its peer (struct shim_label). The
 * badge's 32 random bits keep one program from naming another's socket by accident; who may ask at
 * all is decided by the credentials of the connection (os/shim_server.h).
 *
 * The board is shared memory, written by the router and read by programs: what must be known even
 * when the router is no more. A read that gives 0 is the end of the stream only if SHIM_FIN stands
 * on the socket's line; otherwise the connection was cut.
 *
 * Both ends are of one machine and one build: numbers are in the machine's byte order; addresses
 * are Linux's sockaddrs and carry their family. What a field does not use is zero. A program is not
 * trusted: lengths are checked before anything is looked at.
 *
 * Memory: none. Threads: any.
 */
#ifndef HOST_SHIM_PROTO_H
#define HOST_SHIM_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define SHIM_VERSION       1
#define SHIM_SLOTS         16384  /* sockets of all programs together */
#define SHIM_ADDRESS_BYTES 128    /* struct sockaddr_storage */
#define SHIM_VALUE_BYTES   1024   /* the longest value of an option */
#define SHIM_PAYLOAD_BYTES 65535  /* of one datagram */
#define SHIM_SUFFIX        ".run" /* behind the path of the console's socket */
/* What `towpath run` says to the programs it starts, in their environment. */
#define SHIM_ENV_PATH    "TOWPATH_RUN"         /* where the router listens for programs */
#define SHIM_ENV_VERBOSE "TOWPATH_RUN_VERBOSE" /* set: tell of each socket on standard error */

enum shim_call {
	SHIM_CHECK = 1, /* is the router there, and may we ask? */
	SHIM_SOCKET,    /* a: type, b: protocol; with a fresh AF_UNIX socket. Answer: its badge */
	SHIM_RENEW,     /* with a fresh AF_UNIX socket instead of the one that is used up */
	SHIM_BIND,      /* tail: the address */
	SHIM_CONNECT,   /* tail: the address; with the socket itself */
	SHIM_LISTEN,    /* a: backlog; with the socket itself */
	SHIM_NAME,      /* answer's tail: the address */
	SHIM_PEER,      /* the same */
	SHIM_SET,       /* a: level, b: name; tail: the value */
	SHIM_GET,       /* a: level, b: name, c: room for the value. Answer's tail: the value */
	SHIM_SHUTDOWN,  /* a: how */
	SHIM_ERROR,     /* answer's result: SO_ERROR, which is thereby taken */
	SHIM_UNSENT,    /* answer's result: bytes that the other side has not acknowledged */
	SHIM_SEND,      /* a: flags; tail: a struct shim_datagram and its payload */
	SHIM_WAY,       /* answer's tail: the socket's ends, way out and source, in words */
	SHIM_GONE,      /* one of our descriptors was closed: nothing is answered */
	SHIM_CALLS,
};

/* Of requests. */
#define SHIM_WAIT  1 /* SHIM_CONNECT: answer when it is known how it ended */
#define SHIM_BOARD 2 /* send the descriptor of the board along with the answer */
/* Of answers. */
#define SHIM_USED_UP 1 /* the descriptor can't serve any more: SHIM_RENEW it, then call again */
#define SHIM_CLOSED  2 /* SHIM_CONNECT with AF_UNSPEC: SHIM_RENEW it, and that is all */

struct shim_request {
	uint8_t version;
	uint8_t call;  /* enum shim_call */
	uint8_t flags; /* SHIM_WAIT, SHIM_BOARD */
	uint8_t zero;
	uint32_t tail_len; /* bytes behind this struct */
	uint64_t badge;    /* 0: none yet */
	int32_t a, b, c;
	uint32_t zero_end;
};

struct shim_answer {
	uint8_t version;
	uint8_t call;
	uint8_t flags; /* SHIM_USED_UP, SHIM_CLOSED */
	uint8_t zero;
	int32_t result; /* 0 or more, or -errno */
	uint64_t badge;
	uint64_t instance; /* of the router: whether the board at hand is its */
	uint32_t tail_len;
	uint32_t zero_end;
};

/* In front of each datagram, in both directions. */
struct shim_datagram {
	uint8_t version;
	uint8_t address_len; /* 0: as connected */
	uint16_t error;      /* from the router, without payload: what a receive fails with */
	uint32_t zero;
	uint8_t address[32]; /* sockaddr_in or sockaddr_in6; the rest is zero */
};

/* Behind the 0 of an abstract name: the address of the router's end of an accepted connection. */
struct shim_label {
	char towpath[8]; /* SHIM_LABEL */
	uint64_t badge;
	uint8_t address[32]; /* of the peer, as in shim_datagram */
};
#define SHIM_LABEL "towpath"

_Static_assert(sizeof(struct shim_request) == 32, "no holes");
_Static_assert(sizeof(struct shim_answer) == 32, "no holes");
_Static_assert(sizeof(struct shim_datagram) == 40, "no holes");
_Static_assert(sizeof(struct shim_label) == 48, "no holes");

#define SHIM_TAIL_BYTES (sizeof(struct shim_datagram) + SHIM_PAYLOAD_BYTES)

/* The router's instance, then a line for each slot. */
struct shim_board {
	uint64_t instance;
	uint64_t of_slot[SHIM_SLOTS]; /* the secret of its badge << 32 | SHIM_FIN, ... */
};
#define SHIM_FIN  1U /* the peer has ended its stream in order */
#define SHIM_OPEN 2U /* TCP: established. UDP: the last datagram was sent without an error */

/* --- badges -------------------------------------------------------------------------------- */

enum shim_kind {
	SHIM_STREAM = 1,
	SHIM_DATAGRAMS, /* UDP, and ICMP echo */
};

#define SHIM_BADGE_MAGIC 0x74ULL /* as a rate it would be 8 exabytes a second: nobody sets it */

static inline uint64_t shim_badge(enum shim_kind kind, uint32_t slot, uint32_t secret)
{
	return SHIM_BADGE_MAGIC << 56 | (uint64_t)kind << 52 | (uint64_t)slot << 32 | secret;
}

static inline enum shim_kind shim_badge_kind(uint64_t badge)
{
	return (enum shim_kind)(badge >> 52 & 15);
}

static inline uint32_t shim_badge_slot(uint64_t badge)
{
	return (uint32_t)(badge >> 32) & 0xfffff;
}

static inline bool shim_badge_good(uint64_t badge)
{
	return badge >> 56 == SHIM_BADGE_MAGIC && shim_badge_slot(badge) < SHIM_SLOTS &&
	       shim_badge_kind(badge) >= SHIM_STREAM && shim_badge_kind(badge) <= SHIM_DATAGRAMS;
}

/* --- reading what the other end has sent -------------------------------------------------- */

/* A message of @len bytes: false for anything that is not a request of this version with the tail
 * that its call has. @ret_tail points into @bytes. */
MUST_USE bool shim_proto_request(const uint8_t *bytes, size_t len, struct shim_request *ret_request,
                                 const uint8_t **ret_tail);
/* The same for a datagram; @ret_payload points into @bytes. */
MUST_USE bool shim_proto_datagram(const uint8_t *bytes, size_t len,
                                  struct shim_datagram *ret_datagram, const uint8_t **ret_payload,
                                  size_t *ret_payload_len);

#endif
