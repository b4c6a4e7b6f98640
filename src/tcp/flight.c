#include "tcp/flight.h"

#include "lib/mem.h"
#include "tcp/flight_inside.h"
#include "tcp/seq.h"

/* One record in so many is kept for connections that have none yet. */
#define RESERVE_PART 16

struct flight_pool *flight_pool_new(uint32_t records)
{
	struct flight_pool *pool = mem_new(1, sizeof *pool);

	must(records > 0 && records < UINT32_MAX);
	pool->records = mem_new((size_t)records + 1, sizeof pool->records[0]);
	pool->size = records;
	pool->untouched = 1;
	return pool;
}

void flight_pool_free(struct flight_pool *pool)
{
	if (pool == NULL)
		return;
	mem_free(pool->records);
	mem_free(pool);
}

uint32_t flight_pool_used(const struct flight_pool *pool)
{
	return pool->used;
}

uint32_t flight_pool_size(const struct flight_pool *pool)
{
	return pool->size;
}

const struct flight_record *flight_record(const struct flight_pool *pool, uint32_t record)
{
	return &pool->records[record];
}

/* A record of @flight, not in any list; 0: there is none to be had. */
static uint32_t record_take(struct flight *flight, struct flight_pool *pool)
{
	uint32_t at = pool->free;

	if (flight->records >= FLIGHT_RECORDS_MAX)
		return 0;
	if (at != 0) {
		pool->free = pool->records[at].next;
	} else {
		if (pool->untouched > pool->size)
			return 0;
		at = pool->untouched++;
	}
	pool->used++;
	flight->records++;
	pool->records[at] = (struct flight_record){ 0 };
	return at;
}

static void record_give(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	pool->records[at].next = pool->free;
	pool->free = at;
	pool->used--;
	flight->records--;
}

/* Behind @previous; 0: in front of all. */
static void sequence_insert(struct flight *flight, struct flight_pool *pool, uint32_t at,
                            uint32_t previous)
{
	struct flight_record *all = pool->records;
	uint32_t next = previous != 0 ? all[previous].next : flight->first;

	flight_tree_insert(flight, pool, at, previous);
	all[at].previous = previous;
	all[at].next = next;
	*(previous != 0 ? &all[previous].next : &flight->first) = at;
	*(next != 0 ? &all[next].previous : &flight->last) = at;
}

static void sequence_remove(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *all = pool->records;
	uint32_t previous = all[at].previous, next = all[at].next;

	flight_tree_remove(flight, pool, at);
	*(previous != 0 ? &all[previous].next : &flight->first) = next;
	*(next != 0 ? &all[next].previous : &flight->last) = previous;
}

static void list_insert(struct flight_list *list, struct flight_pool *pool, uint32_t at,
                        uint32_t behind)
{
	struct flight_record *all = pool->records;
	uint32_t later = behind != 0 ? all[behind].later : list->first;

	all[at].earlier = behind;
	all[at].later = later;
	*(behind != 0 ? &all[behind].later : &list->first) = at;
	*(later != 0 ? &all[later].earlier : &list->last) = at;
}

static void list_remove(struct flight_list *list, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *all = pool->records;
	uint32_t earlier = all[at].earlier, later = all[at].later;

	*(earlier != 0 ? &all[earlier].later : &list->first) = later;
	*(later != 0 ? &all[later].earlier : &list->last) = earlier;
}

static uint32_t bytes_of(const struct flight_record *record)
{
	return record->end - record->seq;
}

/* Take @at out of where it is: on its way, lost, or sacked. */
static void leave(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *record = &pool->records[at];

	if (record->flags & FLIGHT_SACKED) {
		flight->sacked_bytes -= bytes_of(record);
	} else if (record->flags & FLIGHT_LOST) {
		list_remove(&flight->lost, pool, at);
		flight->lost_bytes -= bytes_of(record);
	} else {
		list_remove(&flight->on_way, pool, at);
	}
	record->flags &= ~(uint32_t)(FLIGHT_SACKED | FLIGHT_LOST);
}

static void drop(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	leave(flight, pool, at);
	sequence_remove(flight, pool, at);
	record_give(flight, pool, at);
}

/* Take @at apart: it ends at @seq then, and a new record behind it goes on; 0: no record. */
static uint32_t split(struct flight *flight, struct flight_pool *pool, uint32_t at, uint32_t seq)
{
	uint32_t rest = record_take(flight, pool);
	struct flight_record *all = pool->records;

	if (rest == 0)
		return 0;
	must(seq_gt(seq, all[at].seq) && seq_lt(seq, all[at].end));
	all[rest].seq = seq;
	all[rest].end = all[at].end;
	all[rest].sent_at = all[at].sent_at;
	all[rest].flags = all[at].flags;
	all[at].end = seq;
	sequence_insert(flight, pool, rest, at);
	if (all[at].flags & FLIGHT_LOST)
		list_insert(&flight->lost, pool, rest, at);
	else if ((all[at].flags & FLIGHT_SACKED) == 0)
		list_insert(&flight->on_way, pool, rest, at);
	return rest;
}

void flight_start(struct flight *flight, uint32_t seq)
{
	*flight = (struct flight){ .una = seq, .next = seq };
}

void flight_forget(struct flight *flight, struct flight_pool *pool)
{
	while (flight->first != 0)
		drop(flight, pool, flight->first);
	flight->una = flight->next;
}

bool flight_has_room(const struct flight *flight, const struct flight_pool *pool)
{
	uint32_t free = pool->size - pool->used;

	if (flight->records == 0)
		return free > 0;
	/* Half of what it may have is for taking records apart. */
	return flight->records < FLIGHT_RECORDS_MAX / 2 && free > pool->size / RESERVE_PART;
}

/* Times are those of turns, in which many segments leave: of two, the later one has a nanosecond
 * more, so that their order is known. */
static mono stamp(const struct flight *flight, const struct flight_pool *pool, mono now)
{
	mono newest = pool->records[flight->on_way.last].sent_at;

	if (flight->on_way.last == 0 || mono_before(newest, now))
		return now;
	return mono_add_ns(newest, 1);
}

bool flight_sent(struct flight *flight, struct flight_pool *pool, uint32_t end, mono now)
{
	uint32_t at = record_take(flight, pool);

	if (at == 0)
		return false;
	must(seq_gt(end, flight->next));
	pool->records[at].seq = flight->next;
	pool->records[at].end = end;
	pool->records[at].sent_at = stamp(flight, pool, now);
	sequence_insert(flight, pool, at, flight->last);
	list_insert(&flight->on_way, pool, at, flight->on_way.last);
	flight->next = end;
	return true;
}

void flight_resent(struct flight *flight, struct flight_pool *pool,
                   const struct flight_range *range, mono now)
{
	uint32_t at = flight_tree_find(flight, pool, range->begin), rest;
	struct flight_record *all = pool->records;

	must(at != 0 && seq_leq(all[at].seq, range->begin));
	/* Without a record to take it apart the whole counts as sent again: its other parts are
	 * then found lost later, not never. */
	if (seq_lt(all[at].seq, range->begin)) {
		rest = split(flight, pool, at, range->begin);
		at = rest != 0 ? rest : at;
	}
	if (seq_gt(all[at].end, range->end))
		(void)split(flight, pool, at, range->end);
	if (all[at].flags & FLIGHT_SACKED)
		return;
	leave(flight, pool, at);
	all[at].flags |= FLIGHT_RESENT;
	all[at].sent_at = stamp(flight, pool, now);
	list_insert(&flight->on_way, pool, at, flight->on_way.last);
}

/* Was what @news has of it sent before @record? (RACK_sent_after(): RFC 8985, 6.2) */
static bool is_newer(const struct flight_record *record, uint32_t end, mono at, uint32_t than_end)
{
	if (record->sent_at.ns != at.ns)
		return record->sent_at.ns > at.ns;
	return seq_gt(end, than_end);
}

/* @part of @record has arrived, acknowledged @in_order or selectively. */
static void deliver(const struct flight_record *record, struct flight_range part, bool in_order,
                    struct flight_news *news)
{
	uint32_t bytes = part.end - part.begin, end = part.end;

	if (record->flags & FLIGHT_LOST)
		news->lost_delivered_bytes += bytes;
	if (news->delivered_bytes == 0 || seq_gt(end, news->highest_end))
		news->highest_end = end;
	news->delivered_bytes += bytes;
	if (!news->has_newest || is_newer(record, end, news->newest_at, news->newest_end)) {
		news->has_newest = true;
		news->newest_at = record->sent_at;
		news->newest_end = end;
		news->newest_resent = (record->flags & FLIGHT_RESENT) != 0;
		news->newest_in_order = in_order;
	}
	if (record->flags & FLIGHT_RESENT)
		return;
	if (!news->has_once || record->sent_at.ns < news->once_first_at.ns)
		news->once_first_at = record->sent_at;
	if (!news->has_once || is_newer(record, end, news->once_last_at, news->once_last_end)) {
		news->once_last_at = record->sent_at;
		news->once_last_end = end;
	}
	if (!news->has_once || seq_lt(end, news->once_least_end))
		news->once_least_end = end;
	news->has_once = true;
}

/* All of record @at up to @ack is acknowledged, and there is more of it. */
static void trim(struct flight *flight, struct flight_pool *pool, uint32_t at, uint32_t ack)
{
	struct flight_record *record = &pool->records[at];

	if (record->flags & FLIGHT_SACKED)
		flight->sacked_bytes -= ack - record->seq;
	else if (record->flags & FLIGHT_LOST)
		flight->lost_bytes -= ack - record->seq;
	record->seq = ack;
}

static void note_resent(const struct flight_record *record, struct flight_news *news)
{
	if (!news->has_resent || mono_before(record->sent_at, news->resent_at))
		news->resent_at = record->sent_at;
	news->has_resent = true;
}

void flight_ack(struct flight *flight, struct flight_pool *pool, uint32_t ack,
                struct flight_news *news)
{
	must(ack - flight->una <= flight->next - flight->una);
	while (flight->first != 0 && seq_lt(pool->records[flight->first].seq, ack)) {
		uint32_t at = flight->first;
		struct flight_record *record = &pool->records[at];
		uint32_t end = seq_min(record->end, ack);

		if ((record->flags & FLIGHT_SACKED) == 0) {
			deliver(record, (struct flight_range){ record->seq, end }, true, news);
			if (record->flags & FLIGHT_RESENT)
				note_resent(record, news);
		}
		if (end == record->end)
			drop(flight, pool, at);
		else
			trim(flight, pool, at, ack);
	}
	news->acked_bytes += ack - flight->una;
	flight->una = ack;
}

/* Two sacked records that touch become one: a peer can't make us keep more than it leaves out. */
static void join_previous(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *all = pool->records;
	uint32_t previous = all[at].previous;

	if (previous == 0 || (all[previous].flags & FLIGHT_SACKED) == 0 ||
	    (all[at].flags & FLIGHT_SACKED) == 0)
		return;
	all[previous].end = all[at].end;
	all[previous].flags |= all[at].flags;
	sequence_remove(flight, pool, at);
	record_give(flight, pool, at);
}

/* Take the part [begin, end) of record @at for sacked, as far as it is made of whole segments.
 * Returns the record behind. */
static uint32_t sack_part(struct flight *flight, struct flight_pool *pool, uint32_t at,
                          struct flight_range part, uint32_t mss_bytes, struct flight_news *news)
{
	struct flight_record *all = pool->records;
	uint32_t next = all[at].next;
	uint32_t low = part.begin - all[at].seq, high = part.end - all[at].seq;

	if (low % mss_bytes != 0)
		low += mss_bytes - low % mss_bytes;
	if (seq_lt(part.end, all[at].end))
		high -= high % mss_bytes;
	if (low >= high)
		return next;
	part = (struct flight_range){ all[at].seq + low, all[at].seq + high };
	if (seq_lt(part.end, all[at].end) && split(flight, pool, at, part.end) == 0)
		return next;
	if (low > 0) {
		at = split(flight, pool, at, part.begin);
		if (at == 0)
			return next;
	}
	next = all[at].next;
	deliver(&all[at], part, false, news);
	news->sacked_bytes += bytes_of(&all[at]);
	leave(flight, pool, at);
	all[at].flags |= FLIGHT_SACKED;
	flight->sacked_bytes += bytes_of(&all[at]);
	join_previous(flight, pool, at);
	if (next != 0 && (all[next].flags & FLIGHT_SACKED) != 0) {
		uint32_t behind = all[next].next;

		join_previous(flight, pool, next);
		return behind;
	}
	return next;
}

bool flight_sack(struct flight *flight, struct flight_pool *pool, const struct flight_range *range,
                 uint32_t mss_bytes, struct flight_news *news)
{
	const struct flight_record *all = pool->records;
	uint32_t at;

	must(mss_bytes > 0);
	if (!seq_lt(range->begin, range->end) || !seq_gt(range->end, flight->una) ||
	    seq_gt(range->end, flight->next))
		return false;
	at = flight_tree_find(flight, pool, seq_max(range->begin, flight->una));
	while (at != 0 && seq_lt(all[at].seq, range->end)) {
		struct flight_range part = { seq_max(range->begin, all[at].seq),
			                     seq_min(range->end, all[at].end) };

		if (all[at].flags & FLIGHT_SACKED)
			at = all[at].next;
		else
			at = sack_part(flight, pool, at, part, mss_bytes, news);
	}
	return true;
}

void flight_lose(struct flight *flight, struct flight_pool *pool, uint32_t at)
{
	struct flight_record *all = pool->records;
	uint32_t behind = flight->lost.last;

	leave(flight, pool, at);
	all[at].flags |= FLIGHT_LOST;
	flight->lost_bytes += bytes_of(&all[at]);
	/* Losses are found from low to high nearly always; the lowest must be first (RFC 6675, 4,
	 * NextSeg), and what follows another one goes behind it. */
	if (flight->lost.first != 0 && seq_lt(all[at].seq, all[flight->lost.first].seq))
		behind = 0;
	else if (all[at].previous != 0 && (all[all[at].previous].flags & FLIGHT_LOST) != 0)
		behind = all[at].previous;
	list_insert(&flight->lost, pool, at, behind);
}

static bool is_on_way(const struct flight_record *record)
{
	return (record->flags & (FLIGHT_SACKED | FLIGHT_LOST)) == 0;
}

void flight_unsack(struct flight *flight, struct flight_pool *pool)
{
	for (uint32_t at = flight->first; at != 0; at = pool->records[at].next) {
		struct flight_record *record = &pool->records[at];

		if ((record->flags & FLIGHT_SACKED) == 0)
			continue;
		leave(flight, pool, at);
		list_insert(&flight->on_way, pool, at, 0);
		flight_lose(flight, pool, at);
	}
}

bool flight_lost(const struct flight *flight, const struct flight_pool *pool,
                 struct flight_range *ret_range)
{
	const struct flight_record *record = &pool->records[flight->first];

	if (flight->lost.first == 0)
		return false;
	/* SND.UNA is what the peer waits for: behind others it would never get its turn while one
	 * segment a timeout is all that is sent (RFC 6298, 5.4). */
	if ((record->flags & FLIGHT_LOST) == 0)
		record = &pool->records[flight->lost.first];
	*ret_range = (struct flight_range){ record->seq, record->end };
	return true;
}

void flight_lose_first(struct flight *flight, struct flight_pool *pool, uint32_t bytes)
{
	uint32_t at = flight->first;
	const struct flight_record *record = &pool->records[at];

	if (at == 0 || !is_on_way(record))
		return;
	if (bytes_of(record) > bytes)
		(void)split(flight, pool, at, record->seq + bytes);
	flight_lose(flight, pool, at);
}

void flight_lose_all(struct flight *flight, struct flight_pool *pool, uint32_t longer_than)
{
	for (uint32_t at = flight->first; at != 0; at = pool->records[at].next) {
		const struct flight_record *record = &pool->records[at];

		if (is_on_way(record) && bytes_of(record) > longer_than)
			flight_lose(flight, pool, at);
	}
}

void flight_find_all(struct flight *flight, struct flight_pool *pool)
{
	const struct flight_record *all = pool->records;
	uint32_t behind = 0;

	while (flight->lost.first != 0) {
		uint32_t at = flight->lost.first, later;

		leave(flight, pool, at);
		while (behind != 0 && all[behind].sent_at.ns > all[at].sent_at.ns)
			behind = all[behind].earlier;
		later = behind != 0 ? all[behind].later : flight->on_way.first;
		while (later != 0 && all[later].sent_at.ns <= all[at].sent_at.ns) {
			behind = later;
			later = all[later].later;
		}
		list_insert(&flight->on_way, pool, at, behind);
		behind = at;
	}
}

bool flight_tail(const struct flight *flight, const struct flight_pool *pool, uint32_t mss_bytes,
                 struct flight_range *ret_range)
{
	uint32_t at = flight->last;
	const struct flight_record *record;
	uint32_t bytes;

	while (at != 0 && (pool->records[at].flags & FLIGHT_SACKED) != 0)
		at = pool->records[at].previous;
	if (at == 0)
		return false;
	record = &pool->records[at];
	bytes = (bytes_of(record) - 1) % mss_bytes + 1; /* as it was cut */
	*ret_range = (struct flight_range){ record->end - bytes, record->end };
	return true;
}
