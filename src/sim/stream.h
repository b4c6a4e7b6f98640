/*
 * stream.h -- one TCP connection between two hosts of a simulated network, and what its ends do.
 *
 * Each end writes so many bytes in pieces of any size, reads in pieces of any size, rests at times,
 * and ends as its plan says: in order, or by an abort or an early close in the middle. The bytes of
 * an end are known at each place, so that the other one can tell a wrong one from its place alone.
 *
 * What must hold: no byte is wrong, missing or there twice; unless one of the ends gave up by plan,
 * or the connection was never made, both get all bytes and then the end.
 */
#ifndef SIM_STREAM_H
#define SIM_STREAM_H

#include "sim/stream_net.h"
#include "tcp/connection.h"
#include "tcp/listener.h"

enum stream_ending {
	STREAM_IN_ORDER,
	STREAM_ABORTS,       /* RST after end_at bytes were written */
	STREAM_CLOSES_EARLY, /* the same by close() */
};

struct stream;
struct text;

struct stream_end {
	struct stream *stream;
	struct world_router *host;
	struct connection *c;
	struct sim_random random; /* its own: what it does doesn't depend on others */
	uint32_t place;           /* where its bytes begin in the well of bytes */
	uint64_t want, written, got, end_at;
	uint8_t ending; /* enum stream_ending */
	bool by_spans;  /* reads without a copy */
	bool is_shut, has_end, is_closed, is_asked, rests;
	int error;
	mono asked_at;
	uint64_t mark, patience_ms; /* for who looks whether it moves (sim/stream_run.c) */
};

struct stream {
	struct stream_net *net;
	struct stream_end ends[2]; /* 0: opens, 1: is opened */
	struct listener *listener;
	uint16_t port;
	bool was_made;   /* the opener's handshake is done */
	bool is_hurried; /* peace: nobody rests any more */
	char wrong[160]; /* the first thing that is wrong; empty: none */
};

/* Called for all ends of a host: their struct stream_end is the owner. */
void stream_own(struct stream_net *net);

/* Draw what its ends will do; the opener is host @opener. */
void stream_draw(struct stream *stream, struct stream_net *net, unsigned opener, unsigned number,
                 struct sim_random *random);
/* Listen, and open. */
void stream_begin(struct stream *stream);
/* Nobody rests any more. */
void stream_hurry(struct stream *stream);
/* Both ends have let go. */
bool stream_is_over(const struct stream *stream);
/* No more calls are taken. */
void stream_end_listening(struct stream *stream);
/* False: what must hold doesn't, and @out says what; once it is over. */
MUST_USE bool stream_is_well(const struct stream *stream, struct text *out);
/* Where both ends have come to, on a line. */
void stream_say(const struct stream *stream, struct text *out);
/* All that has moved at @end so far: a number that grows with progress. */
uint64_t stream_end_progress(const struct stream_end *end);
/* Has it something on its way or to send that the other end would take? */
bool stream_end_is_busy(const struct stream_end *end);

#endif
