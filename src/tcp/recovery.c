#include "tcp/recovery.h"

#include "tcp/recovery_inside.h"
#include "tcp/seq.h"

static uint32_t low_us(mono now)
{
	return (uint32_t)(now.ns / NS_PER_US);
}

void recovery_start(struct recovery *recovery, const struct recovery_context *context,
                    const struct recovery_start *start)
{
	uint32_t window = congestion_initial_bytes(context->settings->initial_segments,
	                                           context->mss_bytes, start->syn_resent);

	*recovery = (struct recovery){
		.due = mono_never(),
		.sent_ms = recovery_clock_ms(context->now),
		.has_sack = start->has_sack,
		.has_timestamps = start->has_timestamps,
	};
	flight_start(&recovery->flight, start->una);
	rack_start(&recovery->rack, start->una);
	congestion_start(&recovery->congestion, start->algorithm, window);
	if (start->rtt_us != 0)
		rtt_sample(&recovery->rtt, start->rtt_us, context->now);
}

void recovery_forget(struct recovery *recovery, struct flight_pool *pool)
{
	flight_forget(&recovery->flight, pool);
	recovery->state = RECOVERY_OPEN;
	recovery->timer = RECOVERY_NO_TIMER;
	recovery->due = mono_never();
}

/* The pipe (RFC 6675, 4), without SACK less what duplicate acknowledgements say has arrived (RFC
 * 5681, 3.2, step 4). */
uint32_t recovery_in_flight(const struct recovery *recovery)
{
	uint32_t bytes = flight_in_flight(&recovery->flight);

	return bytes > recovery->duplicate_bytes ? bytes - recovery->duplicate_bytes : 0;
}

uint32_t recovery_allowance(const struct recovery *recovery, const struct recovery_context *context)
{
	uint32_t in_flight = recovery_in_flight(recovery);
	uint32_t window = recovery->congestion.window_bytes;

	if (window < context->mss_bytes)
		window = context->mss_bytes;
	return window > in_flight ? window - in_flight : 0;
}

bool recovery_has_room(const struct recovery *recovery, const struct recovery_context *context)
{
	return flight_has_room(&recovery->flight, context->pool);
}

bool recovery_lost(const struct recovery *recovery, const struct recovery_context *context,
                   struct flight_range *ret_range)
{
	return flight_lost(&recovery->flight, context->pool, ret_range);
}

void recovery_held_back(struct recovery *recovery)
{
	recovery->is_held_back = true;
}

void recovery_idle(struct recovery *recovery, const struct recovery_context *context)
{
	uint32_t idle_ms = recovery_clock_ms(context->now) - recovery->sent_ms;
	uint32_t initial = congestion_initial_bytes(context->settings->initial_segments,
	                                            context->mss_bytes, 0);

	if (!flight_is_empty(&recovery->flight))
		return;
	congestion_idle(&recovery->congestion, initial, (uint64_t)idle_ms * 1000,
	                rtt_timeout_us(&recovery->rtt, &context->settings->limits));
}

struct rack_path recovery_path(const struct recovery *recovery,
                               const struct recovery_context *context)
{
	return (struct rack_path){
		.least_us = recovery->rtt.least_us,
		.smoothed_us = recovery->rtt.smoothed_us,
		.mss_bytes = context->mss_bytes,
		.is_recovering = recovery->state != RECOVERY_OPEN,
		.now = context->now,
	};
}

/* How long until the retransmission timer expires. */
static uint32_t timeout_remaining_us(const struct recovery *recovery,
                                     const struct recovery_context *context)
{
	uint32_t timeout = rtt_timeout_us(&recovery->rtt, &context->settings->limits);
	uint32_t passed = low_us(context->now) - recovery->started_us;

	return passed < timeout ? timeout - passed : 0;
}

/* A probe may look for the loss of the last segments: only with SACK, while nothing is missing, and
 * one at a time (RFC 8985, 7.2). */
static bool may_probe(const struct recovery *recovery)
{
	return recovery->has_sack && recovery->state == RECOVERY_OPEN && !recovery->has_probe &&
	       recovery->flight.sacked_bytes == 0 && recovery->flight.lost_bytes == 0 &&
	       recovery->timeouts == 0;
}

void recovery_arm(struct recovery *recovery, const struct recovery_context *context, mono reorder)
{
	uint32_t timeout_us, probe_us;
	struct rack_path path;

	if (flight_is_empty(&recovery->flight)) {
		if (recovery->is_probing)
			recovery->is_probing = recovery->has_probe = false;
		recovery->timer = RECOVERY_NO_TIMER;
		recovery->due = mono_never();
		return;
	}
	timeout_us = timeout_remaining_us(recovery, context);
	recovery->timer = RECOVERY_RETRANSMIT;
	recovery->due = mono_add_ns(context->now, timeout_us * NS_PER_US);
	if (mono_before(reorder, recovery->due)) {
		recovery->timer = RECOVERY_REORDER;
		recovery->due = reorder;
		return;
	}
	if (!may_probe(recovery))
		return;
	path = recovery_path(recovery, context);
	probe_us = rack_probe_us(&recovery->flight, &path, timeout_us);
	recovery->timer = RECOVERY_TAIL; /* if need be in place of the timeout: RFC 8985, 7.2 */
	recovery->due = mono_add_ns(context->now, probe_us * NS_PER_US);
}

static void note_resent(struct recovery *recovery, const struct recovery_context *context,
                        uint32_t bytes)
{
	if (!recovery->has_resent) {
		recovery->has_resent = true;
		recovery->resent_ms = recovery_clock_ms(context->now);
	}
	recovery->undo_bytes += bytes;
}

/* The probe is on its way: until it is answered there is no other (RFC 8985, 7.3). */
static void note_probe(struct recovery *recovery, bool is_copy)
{
	recovery->is_probing = false;
	recovery->has_probe = true;
	recovery->probe_is_copy = is_copy;
	recovery->probe_end = recovery->flight.next;
}

void recovery_sent(struct recovery *recovery, const struct recovery_context *context,
                   const struct flight_range *range)
{
	struct flight *flight = &recovery->flight;
	bool is_new = range->begin == flight->next;

	if (flight_is_empty(flight)) {
		recovery->started_us = low_us(context->now); /* RFC 6298, 5.1 */
		rack_idle(&recovery->rack);
	}
	if (is_new) {
		bool has_record = flight_sent(flight, context->pool, range->end, context->now);

		must(has_record); /* recovery_has_room() was asked */
	} else {
		if (range->begin == flight->una)
			recovery->started_us = low_us(context->now);
		flight_resent(flight, context->pool, range, context->now);
		if (!recovery->is_probing)
			note_resent(recovery, context, range->end - range->begin);
	}
	prr_sent(&recovery->prr, range->end - range->begin);
	recovery->sent_ms = recovery_clock_ms(context->now);
	/* What is left of the window now isn't enough for a segment: it is what ends the output. */
	recovery->is_held_back = recovery_allowance(recovery, context) < context->mss_bytes;
	if (recovery->is_probing)
		note_probe(recovery, !is_new);
	if (is_new || recovery->timer == RECOVERY_NO_TIMER || range->begin == flight->una) {
		mono reorder = recovery->timer == RECOVERY_REORDER ? recovery->due : mono_never();

		recovery_arm(recovery, context, reorder);
	}
}

bool recovery_probe(const struct recovery *recovery, const struct recovery_context *context,
                    struct flight_range *ret_range)
{
	return flight_tail(&recovery->flight, context->pool, context->mss_bytes, ret_range);
}

/* RFC 6298, 5.4 to 5.7, with what RACK knows (RFC 8985, 6.3). */
static void time_out(struct recovery *recovery, const struct recovery_context *context)
{
	struct flight *flight = &recovery->flight;
	struct rack_path path = recovery_path(recovery, context);
	const struct flight_record *first = flight_record(context->pool, flight->first);

	/* The peer has thrown away what it had (RFC 2018, 8). */
	if (first->flags & FLIGHT_SACKED)
		flight_unsack(flight, context->pool);
	if (recovery->timeouts < UINT8_MAX)
		recovery->timeouts++;
	/* Once for each loss: not for what was sent again already (RFC 5681, 3.1), nor when a
	 * recovery has done so. */
	if (recovery->state == RECOVERY_OPEN ||
	    (recovery->state == RECOVERY_LOSS && recovery->timeouts == 1))
		recovery_blame(recovery, context);
	recovery->state = RECOVERY_LOSS;
	recovery->point = flight->next;
	recovery->congestion.window_bytes = context->mss_bytes; /* RFC 5681, 3.1: LW */
	recovery->duplicate_bytes = 0;
	recovery->has_probe = recovery->is_probing = false;
	if (recovery->has_sack)
		rack_time_out(&recovery->rack, flight, context->pool, &path);
	else
		flight_lose_all(flight, context->pool, 0);
	rtt_back_off(&recovery->rtt);
	recovery->started_us = low_us(context->now);
	recovery_arm(recovery, context, mono_never());
}

enum recovery_action recovery_expired(struct recovery *recovery,
                                      const struct recovery_context *context)
{
	uint8_t timer = recovery->timer;

	if (timer == RECOVERY_NO_TIMER || !mono_due(recovery->due, context->now))
		return RECOVERY_NOTHING;
	switch (timer) {
	case RECOVERY_REORDER:
		return recovery_reorder(recovery, context) ? RECOVERY_SEND : RECOVERY_NOTHING;
	case RECOVERY_TAIL:
		recovery->is_probing = recovery->has_probe = true;
		recovery->probe_end = recovery->flight.next;
		recovery->started_us = low_us(context->now);
		recovery_arm(recovery, context, mono_never());
		return RECOVERY_PROBE;
	default:
		time_out(recovery, context);
		return RECOVERY_TIMEOUT;
	}
}

void recovery_shrink(struct recovery *recovery, const struct recovery_context *context)
{
	if (flight_is_empty(&recovery->flight))
		return;
	flight_lose_all(&recovery->flight, context->pool, context->mss_bytes);
	recovery->state = RECOVERY_LOSS;
	recovery->point = recovery->flight.next;
	recovery->may_undo = false;
	recovery_arm(recovery, context, mono_never());
}
