/*
 * congestion.h -- how much may be on its way: the congestion window and whoever moves it.
 *
 * The window and its threshold (cwnd, ssthresh) are bytes. Slow start and the window after idle are
 * the same for all; what happens above the threshold and by how much a loss lowers it is decided by
 * one of the algorithms of enum tcp_congestion, through a small table (struct congestion_way).
 * recovery.h says when; this file knows neither segments nor timers.
 *
 * No floating point: times are whole milliseconds, fractions of a byte are kept in `rest`.
 *
 * Memory: none. A struct congestion is a value.
 */
#ifndef TCP_CONGESTION_H
#define TCP_CONGESTION_H

#include <stdbool.h>

#include "lib/mono.h"

/* What slow start keeps to see that a queue builds up (HyStart++, RFC 9406); slow_start.c. */
struct congestion_rounds {
	uint32_t round_end; /* the round is over once this is acknowledged */
	uint32_t least_us, last_least_us, baseline_us;
	uint8_t samples, careful_rounds;
	bool has_round;
};

/* What CUBIC keeps of an epoch (RFC 9438, 4.1.2); cubic.c. */
struct congestion_epoch {
	uint32_t began_ms;       /* the clock's low 32 bits */
	uint32_t rise_ms;        /* K */
	uint32_t origin_bytes;   /* the window around which the curve is flat */
	uint32_t estimate_bytes; /* W_est: what Reno would have */
	uint32_t estimate_rest;
};

struct congestion {
	uint32_t window_bytes;    /* cwnd; never less than one segment */
	uint32_t threshold_bytes; /* ssthresh */
	uint32_t rest;            /* what of a byte the window has still to grow by */
	uint32_t plateau_bytes;   /* W_max: the window at the last loss; 0: none yet */
	uint32_t undo_window_bytes, undo_threshold_bytes, undo_plateau_bytes;
	uint8_t algorithm; /* enum tcp_congestion */
	bool has_settled;  /* slow start has ended once: rounds are no longer counted */
	bool has_epoch;    /* of CUBIC; without one the next growth begins it */
	union {
		struct congestion_rounds rounds; /* before that */
		struct congestion_epoch epoch;
	};
};

/* What an acknowledgement that is not part of a recovery has brought. */
struct congestion_ack {
	uint32_t delivered_bytes;
	uint32_t una, next; /* as they are now */
	uint32_t mss_bytes;
	uint32_t rtt_us;      /* measured by this acknowledgement; 0: nothing was */
	uint32_t smoothed_us; /* 0: not known */
	bool was_limited;     /* the window was what held data back */
	mono now;
};

/* One algorithm. */
struct congestion_way {
	const char *name; /* TCP_CONGESTION's */
	/* Above the threshold: let the window grow. */
	void (*avoid)(struct congestion *congestion, const struct congestion_ack *ack);
	/* A loss was found: the new threshold. */
	uint32_t (*lower)(struct congestion *congestion, uint32_t mss_bytes);
};
/* NULL: there is no such algorithm. */
const struct congestion_way *congestion_way(uint8_t algorithm);
/* The algorithm of that name (not ended by NUL), or -1. */
int congestion_find(const char *name, unsigned len);

/* The window is @window_bytes, no threshold yet. */
void congestion_start(struct congestion *congestion, uint8_t algorithm, uint32_t window_bytes);
/* Go on with another algorithm, from the same window. */
void congestion_choose(struct congestion *congestion, uint8_t algorithm);
/* IW: @segments of @mss_bytes (RFC 6928: 10), or less after a SYN that had to be repeated. */
uint32_t congestion_initial_bytes(uint32_t segments, uint32_t mss_bytes, unsigned syn_resent);

static inline bool congestion_is_slow_start(const struct congestion *congestion)
{
	return congestion->window_bytes < congestion->threshold_bytes;
}

void congestion_acked(struct congestion *congestion, const struct congestion_ack *ack);
/* The first loss of a recovery: what was is remembered, the threshold lowered. The window is the
 * caller's to move (prr.h; or one segment after a timeout). */
void congestion_lost(struct congestion *congestion, uint32_t mss_bytes);
/* It was none (RFC 4015, 3.2). */
void congestion_undo(struct congestion *congestion);
/* Nothing was sent for @idle_us, which is longer than the timeout @timeout_us: the window says less
 * about the path with each timeout that has passed (RFC 2861, 2; as Linux does). */
void congestion_idle(struct congestion *congestion, uint32_t initial_bytes, uint64_t idle_us,
                     uint32_t timeout_us);

#endif
