/*
 * autotune.h -- how large the buffers of a connection should be.
 *
 * Receive: as much again as the application reads in one round trip, so that the sender can double
 * its rate (dynamic right-sizing; Fisk and Feng, 2001), up to a ceiling. What is read slowly needs
 * no room, and a long fat pipe gets it within a few round trips. The buffer never shrinks while the
 * connection lives, because a window once offered is not taken back (RFC 9293, 3.8.6).
 *
 * Send: twice what the congestion window lets be on its way, so that a full window of new bytes is
 * there when the acknowledgements come.
 *
 * When the pool of chunks runs low each connection gets no more than its share of what is left.
 * Values in, values out: time is an argument.
 */
#ifndef TCP_AUTOTUNE_H
#define TCP_AUTOTUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/mono.h"
#include "tcp/chunk_pool.h"

#define RECEIVE_BUFFER_START 131072U    /* bytes; Linux's tcp_rmem[1] */
#define RECEIVE_BUFFER_MOST  (6U << 20) /* the default ceiling; Linux's tcp_rmem[2] */
#define SEND_BUFFER_START    16384U     /* Linux's tcp_wmem[1] */
#define SEND_BUFFER_MOST     (6U << 20) /* a third of it is free before a writer is told so */

struct receive_tune {
	mono since;    /* of the measurement under way */
	mono rtt_from; /* without timestamps: when the window that is being filled was offered */
	uint32_t copied_from; /* how far the application had read then (sequence number) */
	uint32_t rtt_to;      /* ... and where it ends */
	uint32_t copied;      /* the most that was read in one round trip */
	uint32_t rtt_us;      /* as the receiver sees it; 0: not known yet */
};

/* The connection is established; @next is the first byte that the application will read. */
void receive_tune_start(struct receive_tune *tune, uint32_t next, mono now);
/* A round trip was seen by timestamps: they echoed what we sent @rtt_us ago. */
void receive_tune_rtt(struct receive_tune *tune, uint32_t rtt_us);
/* Without timestamps: bytes up to @received have come in order, and @window bytes may follow. A
 * window that has been filled took at most one round trip and what the sender waited. */
void receive_tune_arrived(struct receive_tune *tune, uint32_t received, uint32_t window, mono now);
/* The application has read up to @read. Returns how large the buffer should be: @buffer, as it is,
 * or more, at most @most bytes. */
uint32_t receive_tune_read(struct receive_tune *tune, uint32_t read, uint32_t buffer, uint32_t most,
                           mono now);

/* The send buffer for a congestion window of @window bytes: @buffer, as it is, or more, at most
 * @most. */
uint32_t send_tune(uint32_t buffer, uint32_t window, uint32_t most);

/* True once most of the pool is in use: buffers stop growing. */
bool autotune_is_pressed(const struct chunk_pool *pool);
/* What a connection may offer or take when @connections hold chunks: @wanted, or less when the pool
 * runs low; never less than one chunk's bytes. */
uint32_t autotune_share(const struct chunk_pool *pool, uint32_t wanted, uint32_t connections);

#endif
