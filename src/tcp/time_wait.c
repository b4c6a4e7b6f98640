/*
 * time_wait.c -- one list by age. Links are index + 1, 0 ends.
 */
#include "tcp/time_wait.h"

#include "lib/mem.h"
#include "tcp/seq.h"
#include "wire/tcp_header.h"

#define REUSE_AFTER_NS      NS_PER_S /* RFC 6191, 2: timestamps must have moved on */
#define ACK_GAP_MS          500      /* between two answers to segments that don't fit */
#define SEQUENCE_WINDOW_MAX 65535    /* how far an old segment may lie ahead, unscaled */

_Static_assert(sizeof(struct time_wait) <= 64, "a record is small");

void time_waits_init(struct time_waits *waits, uint32_t capacity, uint32_t wait_ms)
{
	must(capacity < UINT32_MAX);
	*waits = (struct time_waits){ .capacity = capacity, .wait_ms = wait_ms };
	waits->records = mem_new(capacity, sizeof waits->records[0]);
}

void time_waits_free(struct time_waits *waits)
{
	mem_free(waits->records);
	waits->records = NULL;
}

static struct time_wait *record_at(struct time_waits *waits, uint32_t link)
{
	return &waits->records[link - 1];
}

static void list_append(struct time_waits *waits, struct time_wait *wait)
{
	uint32_t link = time_wait_index(waits, wait) + 1;

	wait->next = 0;
	wait->prev = waits->newest;
	if (waits->newest != 0)
		record_at(waits, waits->newest)->next = link;
	else
		waits->oldest = link;
	waits->newest = link;
}

static void list_remove(struct time_waits *waits, struct time_wait *wait)
{
	if (wait->prev != 0)
		record_at(waits, wait->prev)->next = wait->next;
	else
		waits->oldest = wait->next;
	if (wait->next != 0)
		record_at(waits, wait->next)->prev = wait->prev;
	else
		waits->newest = wait->prev;
}

struct time_wait *time_wait_new(struct time_waits *waits, const struct time_wait *from, mono now)
{
	uint32_t link = waits->free;
	struct time_wait *wait;

	if (waits->used == waits->capacity)
		return NULL;
	if (link == 0)
		link = ++waits->fresh;
	wait = record_at(waits, link);
	if (waits->free != 0)
		waits->free = wait->next;
	*wait = *from;
	wait->since = now;
	wait->answered_ms = 0;
	wait->used = true;
	waits->used++;
	list_append(waits, wait);
	return wait;
}

void time_wait_end(struct time_waits *waits, struct time_wait *wait)
{
	must(wait->used);
	list_remove(waits, wait);
	wait->used = false;
	wait->next = waits->free;
	waits->free = time_wait_index(waits, wait) + 1;
	waits->used--;
}

struct time_wait *time_wait_oldest(const struct time_waits *waits)
{
	return waits->oldest != 0 ? &waits->records[waits->oldest - 1] : NULL;
}

mono time_wait_due(const struct time_waits *waits)
{
	const struct time_wait *oldest = time_wait_oldest(waits);

	return oldest != NULL ? mono_add_ms(oldest->since, waits->wait_ms) : mono_never();
}

struct time_wait *time_wait_expired(const struct time_waits *waits, mono now)
{
	return mono_due(time_wait_due(waits), now) ? time_wait_oldest(waits) : NULL;
}

static void wait_again(struct time_waits *waits, struct time_wait *wait, mono now)
{
	list_remove(waits, wait);
	list_append(waits, wait);
	wait->since = now;
}

/* Two ends that both take the other's segments for wrong must not answer each other for ever: an
 * answer to what doesn't fit is sent at most twice a second. */
static enum time_wait_answer answer_seldom(struct time_wait *wait, mono now)
{
	uint32_t now_ms = (uint32_t)(now.ns / NS_PER_MS);

	if (wait->answered_ms != 0 && (now_ms | 1) - wait->answered_ms < ACK_GAP_MS)
		return TIME_WAIT_DROP;
	wait->answered_ms = now_ms | 1;
	return TIME_WAIT_ACK;
}

/* RFC 7323, 5.2: the segment is older than one that came before. */
static bool is_old(const struct time_wait *wait, const struct segment *segment)
{
	return wait->has_timestamps && segment->has_timestamps &&
	       seq_lt(segment->timestamp, wait->timestamp_recent);
}

/*
 * May this SYN begin a new connection? Only if it can't be an old duplicate: its timestamp is newer
 * than any of the old connection, or, where there are none, its sequence number lies beyond what
 * was received (RFC 6191, 2; RFC 9293, 3.6.1).
 */
static bool is_new(const struct time_wait *wait, const struct segment *segment)
{
	if ((segment->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != TCP_SYN)
		return false;
	if (wait->has_timestamps && segment->has_timestamps &&
	    segment->timestamp != wait->timestamp_recent)
		return seq_gt(segment->timestamp, wait->timestamp_recent);
	return seq_gt(segment->seq, wait->receive_next);
}

/* What it takes of the sequence space: RFC 9293, 3.4. */
static uint32_t segment_end(const struct segment *segment)
{
	return segment->seq + segment->len + ((segment->flags & TCP_SYN) != 0) +
	       ((segment->flags & TCP_FIN) != 0);
}

/* RFC 9293, 3.10.7.4, first: does any of it lie in the window? */
static bool is_in_window(const struct time_wait *wait, const struct segment *segment)
{
	uint32_t end = segment_end(segment);

	if (end == segment->seq)
		return seq_within(segment->seq, wait->receive_next, wait->receive_end) ||
		       segment->seq == wait->receive_next;
	return seq_lt(segment->seq, wait->receive_end) && seq_gt(end, wait->receive_next);
}

static void note_timestamp(struct time_wait *wait, const struct segment *segment)
{
	if (wait->has_timestamps && segment->has_timestamps &&
	    seq_leq(segment->seq, wait->receive_next)) /* RFC 7323, 4.3 (2) */
		wait->timestamp_recent = segment->timestamp;
}

/* A segment in the window of a connection that waits for their FIN, its owner gone. */
static enum time_wait_answer fin_wait_2_segment(struct time_waits *waits, struct time_wait *wait,
                                                const struct segment *segment, mono now)
{
	uint32_t end = segment_end(segment);

	if (segment->len > 0 && seq_gt(end, wait->receive_next))
		return TIME_WAIT_RESET; /* RFC 1122, 4.2.2.13: data would be lost unnoticed */
	note_timestamp(wait, segment);
	if ((segment->flags & TCP_FIN) == 0 || segment->seq != wait->receive_next)
		return TIME_WAIT_DROP;
	wait->receive_next = end;
	wait->receive_end = seq_max(wait->receive_end, end);
	wait->fin_wait_2 = false;
	wait_again(waits, wait, now);
	return TIME_WAIT_ACK;
}

static enum time_wait_answer reset_seen(struct time_wait *wait, const struct segment *segment,
                                        mono now)
{
	if (!wait->fin_wait_2) /* RFC 1337, 3 */
		return TIME_WAIT_DROP;
	if (segment->seq == wait->receive_next) /* RFC 5961, 3.2 */
		return TIME_WAIT_GONE;
	return answer_seldom(wait, now);
}

enum time_wait_answer time_wait_segment(struct time_waits *waits, struct time_wait *wait,
                                        const struct segment *segment, mono now)
{
	bool is_reset = (segment->flags & TCP_RST) != 0;

	if (!wait->fin_wait_2 && is_new(wait, segment))
		return TIME_WAIT_BEGIN;
	if (is_old(wait, segment) || !is_in_window(wait, segment)) {
		/* Their FIN again, because our ACK was lost: the wait begins anew, RFC 9293,
		 * 3.10.7.4, eighth. */
		if ((segment->flags & TCP_FIN) != 0 && !wait->fin_wait_2 &&
		    segment_end(segment) == wait->receive_next && !is_old(wait, segment))
			wait_again(waits, wait, now);
		return is_reset ? TIME_WAIT_DROP : answer_seldom(wait, now);
	}
	if (is_reset)
		return reset_seen(wait, segment, now);
	if ((segment->flags & TCP_SYN) != 0) /* RFC 5961, 4 */
		return answer_seldom(wait, now);
	if ((segment->flags & TCP_ACK) == 0)
		return TIME_WAIT_DROP;
	if (wait->fin_wait_2)
		return fin_wait_2_segment(waits, wait, segment, now);
	note_timestamp(wait, segment);
	return segment_end(segment) != segment->seq ? answer_seldom(wait, now) : TIME_WAIT_DROP;
}

bool time_wait_may_reuse(const struct time_wait *wait, mono now)
{
	return !wait->fin_wait_2 && wait->has_timestamps &&
	       mono_since_ns(now, wait->since) > REUSE_AFTER_NS;
}

uint32_t time_wait_next_sequence(const struct time_wait *wait)
{
	return wait->send_next + SEQUENCE_WINDOW_MAX + 2;
}
