/*
 * flight.h -- what is on its way: the bytes from SND.UNA to SND.NXT, and what is known of them.
 *
 * Each segment that is sent is a record: where it lies, when it was sent last, what became of it. A
 * segment that a card cuts (GSO) is one record; it is taken apart at multiples of the MSS when a
 * part of it is acknowledged, lost or sent again. A record is in one of three places:
 *
 *     on its way   in a list by the time at which it was sent last (what RACK walks)
 *     sacked       the peer has it (RFC 2018); no longer in a list by time
 *     lost         to be sent again: in a list with what is to go first in front
 *
 * All of a connection's records are also in a list and a tree (a treap) by sequence number, so that
 * a selective acknowledgement of anything costs the logarithm of how many there are, whoever
 * chooses it (CVE-2018-5390, CVE-2019-11478). Their number is bounded a connection and in all.
 *
 * What is counted: in flight = next - una - sacked - lost (the pipe of RFC 6675, 4, in bytes).
 *
 * Threads: the router's. Memory: the pool's, at start; a flight that is empty holds none of it.
 */
#ifndef TCP_FLIGHT_H
#define TCP_FLIGHT_H

#include <stdbool.h>

#include "lib/mono.h"
#include "lib/must.h"

/* Records of one connection: 4,096 super-segments are 256 MiB, and as many segments of 1,460 bytes
 * nearly 6 MB. What is not asked for by a lack of records is left as it is: see flight_sack(). */
#define FLIGHT_RECORDS_MAX 8192

enum {
	FLIGHT_SACKED = 1 << 0,
	FLIGHT_LOST = 1 << 1,
	FLIGHT_RESENT =
		1 << 2, /* more than once on the wire: its time of travel isn't known (Karn) */
};

struct flight_record {
	uint32_t seq, end;
	mono sent_at; /* the last time */
	uint32_t next,
		previous; /* by sequence; records are named by their place in the pool, 0: none */
	uint32_t later, earlier;      /* by time, or among those lost */
	uint32_t left, right, parent; /* in the tree */
	uint32_t flags;
};

struct flight_pool;

MUST_USE struct flight_pool *flight_pool_new(uint32_t records);
void flight_pool_free(struct flight_pool *pool);
uint32_t flight_pool_used(const struct flight_pool *pool);
uint32_t flight_pool_size(const struct flight_pool *pool);

struct flight_list {
	uint32_t first, last;
};

struct flight {
	uint32_t una, next;        /* SND.UNA, SND.NXT: they live here */
	uint32_t first, last;      /* by sequence */
	struct flight_list on_way; /* by time */
	struct flight_list lost;
	uint32_t root;
	uint32_t sacked_bytes, lost_bytes;
	uint32_t records; /* how many */
};

/* A range of sequence numbers: @begin to @end - 1. SYN and FIN count as one each. */
struct flight_range {
	uint32_t begin, end;
};

/*
 * What one acknowledgement has brought: filled by flight_ack() and flight_sack(), both of which add
 * to it. Start with all zero.
 */
struct flight_news {
	uint32_t acked_bytes;          /* una has moved by so much */
	uint32_t delivered_bytes;      /* have arrived, as is known now for the first time */
	uint32_t sacked_bytes;         /* of these by a selective acknowledgement */
	uint32_t lost_delivered_bytes; /* of these had been taken for lost */
	uint32_t highest_end;          /* the highest end of them */
	bool has_resent;               /* una has moved over some that were sent again, */
	mono resent_at;                /* the first of them then */
	/* Of the delivered records, the one sent last (RFC 8985, 6.2, step 2). */
	bool has_newest, newest_resent;
	bool newest_in_order; /* una has moved over it */
	mono newest_at;
	uint32_t newest_end;
	/* Of those delivered that were sent once only: the ones sent first and last, and which of
	 * them lies lowest (for who looks for reordering). */
	bool has_once;
	mono once_first_at, once_last_at;
	uint32_t once_last_end, once_least_end;
};

/* Nothing is on its way; the next byte is @seq. */
void flight_start(struct flight *flight, uint32_t seq);
/* Give all records back. */
void flight_forget(struct flight *flight, struct flight_pool *pool);

/* Is there a record for one more segment (and for what its loss may need)? If not, don't send: an
 * acknowledgement of what is on its way makes room. A connection that has none may always send. */
bool flight_has_room(const struct flight *flight, const struct flight_pool *pool);
/* [next, end) was sent, for the first time. False: there was no record, and nothing has changed. */
MUST_USE bool flight_sent(struct flight *flight, struct flight_pool *pool, uint32_t end, mono now);
/* @range was sent again: a lost one that flight_lost() named, or any other within one record. What
 * it is only a part of is taken apart. */
void flight_resent(struct flight *flight, struct flight_pool *pool,
                   const struct flight_range *range, mono now);

/* The peer has all before @ack, una <= @ack <= next. */
void flight_ack(struct flight *flight, struct flight_pool *pool, uint32_t ack,
                struct flight_news *news);
/*
 * The peer says that it has @range. Whole segments count: a part of less than @mss_bytes at either
 * side of a record is not taken for sacked (RFC 2018 allows any; CVE-2019-11477). False: @range
 * lies outside una to next, or is empty.
 */
bool flight_sack(struct flight *flight, struct flight_pool *pool, const struct flight_range *range,
                 uint32_t mss_bytes, struct flight_news *news);
/* The peer's SACKs are not to be believed any more (RFC 2018, 8): what was sacked is lost. */
void flight_unsack(struct flight *flight, struct flight_pool *pool);

/* What is to be sent again next; false: nothing is lost. */
bool flight_lost(const struct flight *flight, const struct flight_pool *pool,
                 struct flight_range *ret_range);
/* Take @record, which is on its way, for lost. */
void flight_lose(struct flight *flight, struct flight_pool *pool, uint32_t record);
/* Take the first @bytes (one segment) for lost, if they are on their way: for peers without SACK.
 */
void flight_lose_first(struct flight *flight, struct flight_pool *pool, uint32_t bytes);
/* Take all for lost that isn't sacked: of more than @longer_than bytes each (0: all). */
void flight_lose_all(struct flight *flight, struct flight_pool *pool, uint32_t longer_than);
/* Nothing was lost after all (RFC 4015): what is, is on its way again, as old as it is. */
void flight_find_all(struct flight *flight, struct flight_pool *pool);

/* The last segment of at most @mss_bytes that isn't sacked (for a probe: RFC 8985, 7.3); false:
 * there is none. */
bool flight_tail(const struct flight *flight, const struct flight_pool *pool, uint32_t mss_bytes,
                 struct flight_range *ret_range);

const struct flight_record *flight_record(const struct flight_pool *pool, uint32_t record);

static inline uint32_t flight_outstanding(const struct flight *flight)
{
	return flight->next - flight->una;
}

/* What the network holds, as far as is known. */
static inline uint32_t flight_in_flight(const struct flight *flight)
{
	return flight->next - flight->una - flight->sacked_bytes - flight->lost_bytes;
}

static inline bool flight_is_empty(const struct flight *flight)
{
	return flight->next == flight->una;
}

#endif
