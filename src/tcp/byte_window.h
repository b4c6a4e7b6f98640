/*
 * byte_window.h -- a window onto a stream of bytes: the queue of what is sent or received.
 *
 * Positions are sequence numbers. Bytes may be put anywhere from the front on (what comes out of
 * order goes straight to its place), read anywhere (what is sent again), and dropped from the
 * front. Each costs what its bytes cost, wherever they lie.
 *
 * The bytes lie in chunks (chunk_pool.h), found by index. Up to four chunks in a row are named in
 * the window itself; larger windows keep the names in further chunks, 1024 in each. An empty
 * window holds no chunk at all, and its next byte begins one, so that an exchange of short
 * messages needs no more than one.
 *
 * What was put where is for the owner to know (ranges.h for what came out of order): a byte that
 * was never put reads as whatever the chunk held before, so it must not be asked for.
 *
 * Invariants: no chunk lies wholly before the front or at or after the end; end - front is at
 * most BYTE_WINDOW_MAX.
 * Memory: the pool's. Threads: the router's.
 */
#ifndef TCP_BYTE_WINDOW_H
#define TCP_BYTE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "tcp/chunk_pool.h"

#define BYTE_WINDOW_INLINE 4
#define BYTE_WINDOW_MAX    (65535U << 14) /* the largest window of TCP: RFC 7323, 2.3 */

struct byte_window {
	uint32_t front; /* the first byte that is kept */
	uint32_t end;   /* after the last that was ever put */
	uint32_t
		bias : 12; /* where in a chunk the stream's number 0 would lie; see byte_window.c */
	uint32_t level : 2; /* names: 0 here, 1 in one chunk, 2 in chunks that a chunk names */
	uint32_t chunks : 18 /* that hold bytes */;
	uint32_t at[BYTE_WINDOW_INLINE]; /* level 0: a ring of names; else at[0] is their chunk */
};

/* An empty window whose first byte will be @seq. Holds no memory. */
void byte_window_init(struct byte_window *w, uint32_t seq);
/* Give all chunks back; the window is empty at @seq, as after byte_window_init(). */
void byte_window_reset(struct byte_window *w, struct chunk_pool *pool, uint32_t seq);

/*
 * Store @n bytes at @seq, which is not before the front. Returns how many of them could be stored,
 * from the first on: fewer than @n when the pool has run empty.
 */
MUST_USE uint32_t byte_window_put(struct byte_window *w, struct chunk_pool *pool, uint32_t seq,
                                  const void *bytes, uint32_t n);
/* Copy out the @n bytes at @seq; all of them lie between front and end. */
void byte_window_copy(const struct byte_window *w, const struct chunk_pool *pool, uint32_t seq,
                      void *out, uint32_t n);
/*
 * Where the @n bytes at @seq lie, without a copy: up to @max pieces, in order. Returns how many;
 * the pieces may hold fewer than @n bytes when @max is too small. They stay until they are dropped.
 */
unsigned byte_window_spans(const struct byte_window *w, const struct chunk_pool *pool, uint32_t seq,
                           uint32_t n, struct iovec *spans, unsigned max);
/* What lies before @seq is done with. @seq is neither before the front nor after the end. */
void byte_window_drop(struct byte_window *w, struct chunk_pool *pool, uint32_t seq);

/* What lies from @seq on was never put. @seq is neither before the front nor after the end. */
void byte_window_truncate(struct byte_window *w, struct chunk_pool *pool, uint32_t seq);

static inline uint32_t byte_window_bytes(const struct byte_window *w)
{
	return w->end - w->front;
}

/* Chunks that the window holds, those with names included: for accounts and pressure. */
uint32_t byte_window_chunks(const struct byte_window *w, const struct chunk_pool *pool);

#endif
