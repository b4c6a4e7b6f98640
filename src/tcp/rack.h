/*
 * rack.h -- which segments are lost? RACK-TLP (RFC 8985): those that were sent some time before one
 * that has arrived. How much before is a part of the round trip, and more on paths that reorder.
 *
 * Memory: none of its own. A struct rack is a value; all zero is one that has heard nothing.
 */
#ifndef TCP_RACK_H
#define TCP_RACK_H

#include "tcp/flight.h"

struct rack {
	mono sent_at; /* RACK.xmit_ts: when that segment left, of all delivered, that left last */
	uint32_t end; /* RACK.end_seq of it */
	uint32_t rtt_us;      /* how long it took; 0: none was delivered yet */
	uint32_t highest;     /* RACK.fack: the highest sequence number that was delivered */
	uint32_t dsack_round; /* SND.NXT when a duplicate was last told */
	uint8_t multiplier;   /* of the window for reordering, less one */
	uint8_t persists;     /* recoveries until it falls back */
	bool has_dsack_round, is_reordering;
};

/* What is known of the path when losses are looked for. */
struct rack_path {
	uint32_t least_us, smoothed_us; /* of rtt.h; 0: not measured */
	uint32_t mss_bytes;
	bool is_recovering;
	mono now;
};

void rack_start(struct rack *rack, uint32_t una);
/* Nothing was on its way for some time: what was heard before says nothing of what is sent now. */
void rack_idle(struct rack *rack);
/* Note what was delivered (RFC 8985, 6.2, steps 1 to 3). @echo_ms: when the segment left that the
 * acknowledgement echoes, in milliseconds of the clock (its low 32 bits), if @has_echo. */
void rack_heard(struct rack *rack, const struct flight_news *news, const struct rack_path *path,
                bool has_echo, uint32_t echo_ms);
/* The peer got something twice (DSACK): the window for reordering grows, once a round (step 4). */
void rack_duplicate(struct rack *rack, uint32_t una, uint32_t next);
/* A recovery has ended: 16 of them without duplicates, and the window is as at first. */
void rack_recovered(struct rack *rack);
/* RACK.reo_wnd in microseconds. */
uint32_t rack_window_us(const struct rack *rack, const struct flight *flight,
                        const struct rack_path *path);
/* Take for lost what must be (step 5). Returns when to look again; never: no need to. */
mono rack_detect(const struct rack *rack, struct flight *flight, struct flight_pool *pool,
                 const struct rack_path *path);
/* The timer has expired: the first, and all that were sent long enough ago, are lost (6.3). */
void rack_time_out(const struct rack *rack, struct flight *flight, struct flight_pool *pool,
                   const struct rack_path *path);
/* How long after a segment to probe for the loss of the last ones: PTO (7.2). */
uint32_t rack_probe_us(const struct flight *flight, const struct rack_path *path,
                       uint32_t timeout_us);

#endif
