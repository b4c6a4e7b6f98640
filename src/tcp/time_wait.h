/*
 * time_wait.h -- connections that have ended on our side, and wait until no segment of theirs can
 * be on its way any more (RFC 9293, 3.6.1).
 *
 * A small record takes the connection's place in the table, so that waiting costs nobody a
 * connection. All wait equally long, so they stand in one list, oldest first. Two kinds: TIME-WAIT
 * proper, and FIN-WAIT-2 of a connection whose owner is gone, which waits for their FIN.
 *
 * A RST does not end TIME-WAIT (RFC 1337, 3: assassination). A SYN may begin a new connection on
 * the same tuple when it can't be an old duplicate (RFC 9293, 3.6.1; RFC 6191, 2). Our own
 * connect() may take the tuple over from TIME-WAIT, never from FIN-WAIT-2, when timestamps tell the
 * old from the new and a second has passed.
 *
 * Memory: sized at start, touched as it fills. Threads: the router's.
 */
#ifndef TCP_TIME_WAIT_H
#define TCP_TIME_WAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "tcp/segment.h"

struct time_wait {
	struct tuple ends; /* src ours, dst theirs */
	uint32_t send_next, receive_next;
	uint32_t receive_end;      /* the right edge of the window we had offered */
	uint32_t timestamp_recent; /* theirs (RFC 7323, 4.3); valid with has_timestamps */
	uint32_t timestamp_offset; /* of ours */
	uint32_t prev, next;       /* by age; next of a free one: the next free */
	uint32_t answered_ms; /* when what doesn't fit was last answered: milliseconds | 1; 0: never
	                       */
	mono since;           /* waits since then */
	uint16_t window;      /* as we put it into headers */
	bool used;
	bool has_timestamps;
	bool fin_wait_2; /* their FIN has not come yet */
};

struct time_waits {
	struct time_wait *records;
	uint32_t capacity, used, fresh, free;
	uint32_t oldest, newest;
	uint32_t wait_ms; /* may be changed at any time */
};

/* @wait_ms: twice the longest time that a segment lives. Linux has 60 s in all, where RFC 9293,
 * 3.4.2 has four minutes. */
void time_waits_init(struct time_waits *waits, uint32_t capacity, uint32_t wait_ms);
void time_waits_free(struct time_waits *waits);

/*
 * A record that waits from @now on; the caller fills in the rest of @from. NULL: all are in use;
 * then end time_wait_oldest() first, or do without.
 */
MUST_USE struct time_wait *time_wait_new(struct time_waits *waits, const struct time_wait *from,
                                         mono now);
void time_wait_end(struct time_waits *waits, struct time_wait *wait);
/* NULL: nobody waits. */
struct time_wait *time_wait_oldest(const struct time_waits *waits);
/* The oldest, if its time is over; NULL: none is. */
struct time_wait *time_wait_expired(const struct time_waits *waits, mono now);
mono time_wait_due(const struct time_waits *waits);

static inline uint32_t time_wait_index(const struct time_waits *waits, const struct time_wait *wait)
{
	return (uint32_t)(wait - waits->records);
}

static inline struct time_wait *time_wait_at(const struct time_waits *waits, uint32_t index)
{
	return &waits->records[index];
}

enum time_wait_answer {
	TIME_WAIT_DROP,  /* nothing to say */
	TIME_WAIT_ACK,   /* acknowledge: send_next, receive_next, window */
	TIME_WAIT_RESET, /* data for an owner who is gone (RFC 9293, 3.6.1; RFC 1122, 4.2.2.13):
	                  * answer RST, end the record */
	TIME_WAIT_GONE,  /* their RST in FIN-WAIT-2: end the record */
	TIME_WAIT_BEGIN, /* a new connection: end the record, go on as for a SYN to a listener, with
	                  * time_wait_next_sequence() as the least initial sequence number */
};

/* What @segment means; moves the record on (their FIN, a restart of the wait, their timestamp). */
MUST_USE enum time_wait_answer time_wait_segment(struct time_waits *waits, struct time_wait *wait,
                                                 const struct segment *segment, mono now);

/* May our connect() take over @wait's tuple (RFC 6191, 2; only with timestamps, more than a second
 * old, never from FIN-WAIT-2)? */
MUST_USE bool time_wait_may_reuse(const struct time_wait *wait, mono now);
/* The least initial sequence number of a connection that takes over: beyond all that the old one
 * can have had on its way. */
uint32_t time_wait_next_sequence(const struct time_wait *wait);

#endif
