#include "tcp/half_open.h"

#include "lib/mem.h"
#include "tcp/seq.h"
#include "wire/tcp_header.h"

#define ANSWER_GAP_MS 500 /* between two answers to segments that don't fit */

_Static_assert(sizeof(struct half_open) <= 128, "a flood must find little to fill");

void half_opens_init(struct half_opens *half_opens, uint32_t capacity, mono now)
{
	*half_opens = (struct half_opens){ .capacity = capacity };
	half_opens->records = mem_new(capacity, sizeof half_opens->records[0]);
	timer_wheel_init(&half_opens->timers, capacity, now);
}

void half_opens_free(struct half_opens *half_opens)
{
	mem_free(half_opens->records);
	half_opens->records = NULL;
	timer_wheel_free(&half_opens->timers);
}

enum half_open_way half_open_admit(const struct half_opens *half_opens, uint32_t waiting,
                                   uint32_t backlog, bool cookies)
{
	if (half_opens->used < half_opens->capacity && waiting <= backlog)
		return HALF_OPEN_RECORD;
	return cookies ? HALF_OPEN_COOKIE : HALF_OPEN_REFUSE;
}

/* RFC 6298, 2 and 5.5: a second, then twice as long each time. */
static void set_timer(struct half_opens *half_opens, const struct half_open *half_open, mono now)
{
	timer_wheel_set(&half_opens->timers, half_open_index(half_opens, half_open),
	                mono_add_s(now, 1ULL << half_open->retries));
}

struct half_open *half_open_new(struct half_opens *half_opens, const struct half_open *from,
                                mono now)
{
	struct half_open *half_open;

	must(half_opens->used < half_opens->capacity);
	if (half_opens->free != 0) {
		half_open = &half_opens->records[half_opens->free - 1];
		half_opens->free = half_open->next_free;
	} else {
		half_open = &half_opens->records[half_opens->fresh++];
	}
	*half_open = *from;
	half_open->used = true;
	half_open->retries = 0;
	half_open->begun = half_open->sent = now;
	half_opens->used++;
	set_timer(half_opens, half_open, now);
	return half_open;
}

void half_open_end(struct half_opens *half_opens, struct half_open *half_open)
{
	uint32_t index = half_open_index(half_opens, half_open);

	must(half_open->used);
	timer_wheel_stop(&half_opens->timers, index);
	half_open->used = false;
	half_open->next_free = half_opens->free;
	half_opens->free = index + 1;
	half_opens->used--;
}

static enum half_open_answer answer_seldom(struct half_open *half_open,
                                           enum half_open_answer answer, mono now)
{
	if (mono_since_ms(now, half_open->sent) < ANSWER_GAP_MS)
		return HALF_OPEN_DROP;
	half_open->sent = now;
	return answer;
}

static bool is_their_syn(const struct half_open *half_open, const struct segment *segment)
{
	return (segment->flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) == TCP_SYN &&
	       segment->seq == half_open->their_sequence;
}

/* RFC 9293, 3.10.7.4, first: some of it lies in the window, or it is at its beginning. */
static bool is_in_window(const struct half_open *half_open, const struct segment *segment)
{
	uint32_t next = half_open->their_sequence + 1, end = next + half_open->window;

	if (segment->seq == next)
		return true;
	if (segment->len == 0)
		return seq_within(segment->seq, next, end);
	return seq_lt(segment->seq, end) && seq_gt(segment->seq + segment->len, next);
}

/* RFC 7323, 5.3 R1: older than what came before. */
static bool is_old(const struct half_open *half_open, const struct segment *segment)
{
	return half_open->options.has_timestamps && segment->has_timestamps &&
	       seq_lt(segment->timestamp, half_open->timestamp_recent);
}

static enum half_open_answer check_ack(const struct half_open *half_open,
                                       const struct segment *segment)
{
	if ((segment->flags & TCP_ACK) == 0)
		return HALF_OPEN_DROP;
	/* RFC 9293, 3.10.7.4, fifth: only our SYN was sent, so there is one acknowledgement. */
	if (segment->ack != half_open->initial_sequence + 1)
		return HALF_OPEN_RESET;
	return HALF_OPEN_CONNECTED;
}

enum half_open_answer half_open_segment(struct half_open *half_open, const struct segment *segment,
                                        mono now)
{
	bool is_reset = (segment->flags & TCP_RST) != 0;

	if (is_their_syn(half_open, segment)) /* our SYN-ACK was lost: it says what an ACK would */
		return answer_seldom(half_open, HALF_OPEN_SYN_ACK, now);
	if (is_old(half_open, segment) || !is_in_window(half_open, segment))
		return is_reset ? HALF_OPEN_DROP : answer_seldom(half_open, HALF_OPEN_ACK, now);
	if (is_reset && segment->seq == half_open->their_sequence + 1)
		return HALF_OPEN_GONE;
	if (is_reset || (segment->flags & TCP_SYN) != 0) /* RFC 5961, 3.2 and 4.2 */
		return answer_seldom(half_open, HALF_OPEN_ACK, now);
	return check_ack(half_open, segment);
}

struct half_open *half_open_next_due(struct half_opens *half_opens, unsigned retries_most, mono now,
                                     bool *ret_over)
{
	uint32_t index = timer_wheel_next(&half_opens->timers, now);
	struct half_open *half_open;

	if (index == TIMER_NONE)
		return NULL;
	half_open = half_open_at(half_opens, index);
	*ret_over = half_open->retries >= retries_most;
	if (!*ret_over) {
		half_open->retries++;
		half_open->sent = now;
		set_timer(half_opens, half_open, now);
	}
	return half_open;
}

mono half_open_due(const struct half_opens *half_opens)
{
	return timer_wheel_due(&half_opens->timers);
}
