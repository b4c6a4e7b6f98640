#include "tcp/recovery_inside.h"
#include "tcp/seq.h"

/* RFC 5681, 3.2. */
#define DUPLICATE_THRESHOLD 3

/* One acknowledgement at work. */
struct turn {
	struct recovery *recovery;
	const struct recovery_context *context;
	const struct recovery_ack *ack;
	struct recovery_outcome *outcome;
	struct flight_news news;
	uint32_t delivered_bytes;   /* also without SACK */
	uint32_t outstanding_bytes; /* before it */
	uint32_t lost_bytes;        /* before it */
	bool has_dsack;
};

void recovery_blame(struct recovery *recovery, const struct recovery_context *context)
{
	congestion_lost(&recovery->congestion, context->mss_bytes);
	recovery->may_undo = true;
	recovery->has_resent = false;
	recovery->undo_bytes = 0;
	recovery->undo_una = recovery->flight.una;
}

/* RecoverFS is what was in flight just before: RFC 9937, 6.2. */
static void repair_begin(struct recovery *recovery, const struct recovery_context *context,
                         uint32_t news_acked, uint32_t news_sacked)
{
	const struct flight *flight = &recovery->flight;
	uint32_t before =
		flight_outstanding(flight) - flight->sacked_bytes + news_sacked + news_acked;

	recovery_blame(recovery, context);
	recovery->state = RECOVERY_REPAIR;
	recovery->point = flight->next;
	recovery->has_probe = false;
	prr_start(&recovery->prr, before);
}

static void window_repair(struct recovery *recovery, const struct recovery_context *context,
                          uint32_t delivered_bytes, bool is_safe)
{
	struct prr_ack ack = {
		.delivered_bytes = delivered_bytes,
		.in_flight_bytes = recovery_in_flight(recovery),
		.threshold_bytes = recovery->congestion.threshold_bytes,
		.mss_bytes = context->mss_bytes,
		.is_safe = is_safe,
	};

	recovery->congestion.window_bytes = prr_acked(&recovery->prr, &ack);
}

bool recovery_reorder(struct recovery *recovery, const struct recovery_context *context)
{
	struct rack_path path = recovery_path(recovery, context);
	uint32_t lost = recovery->flight.lost_bytes;
	mono again = rack_detect(&recovery->rack, &recovery->flight, context->pool, &path);
	bool has_lost = recovery->flight.lost_bytes > lost;

	if (has_lost && recovery->state == RECOVERY_OPEN)
		repair_begin(recovery, context, 0, 0);
	if (has_lost && recovery->state == RECOVERY_REPAIR)
		window_repair(recovery, context, 0, false);
	recovery_arm(recovery, context, again);
	return has_lost;
}

/* Is the first block a DSACK? It lies below the acknowledgement or within the second (RFC 2883, 4).
 */
static bool is_dsack(const struct recovery_ack *ack)
{
	const struct flight_range *first = &ack->ranges[0], *second = &ack->ranges[1];

	if (ack->ranges_n == 0 || !seq_lt(first->begin, first->end))
		return false;
	if (seq_leq(first->end, ack->ack))
		return true;
	return ack->ranges_n > 1 && seq_geq(first->begin, second->begin) &&
	       seq_leq(first->end, second->end);
}

/* Something has arrived twice: of what this recovery has sent again, so much less was needed. */
static void note_dsack(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	const struct flight_range *range = &turn->ack->ranges[0];
	uint32_t bytes = range->end - range->begin;

	turn->has_dsack = true;
	if (seq_gt(range->end, recovery->flight.next) || bytes > (1U << 30))
		return; /* never sent */
	rack_duplicate(&recovery->rack, recovery->flight.una, recovery->flight.next);
	if (recovery->may_undo && seq_gt(range->end, recovery->undo_una))
		recovery->undo_bytes -= bytes < recovery->undo_bytes ? bytes : recovery->undo_bytes;
}

static void take_ranges(struct turn *turn)
{
	struct flight *flight = &turn->recovery->flight;
	struct flight_pool *pool = turn->context->pool;
	unsigned first = is_dsack(turn->ack) ? 1 : 0;

	flight_ack(flight, pool, turn->ack->ack, &turn->news);
	if (!turn->recovery->has_sack)
		return;
	if (first == 1)
		note_dsack(turn);
	for (unsigned i = first; i < turn->ack->ranges_n; i++)
		(void)flight_sack(flight, pool, &turn->ack->ranges[i], turn->context->mss_bytes,
		                  &turn->news);
}

/* Without SACK each duplicate acknowledgement says that one segment has arrived, and a new one that
 * the hole is filled and what came behind it counted (RFC 5681, 3.2; RFC 6582). */
static void count_duplicates(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	uint32_t mss = turn->context->mss_bytes, acked = turn->news.acked_bytes;
	uint32_t counted = recovery->duplicate_bytes, most;

	turn->delivered_bytes = turn->news.delivered_bytes;
	if (recovery->has_sack)
		return;
	if (acked > 0) {
		uint32_t behind = acked > mss ? acked - mss : 0;
		uint32_t eaten = behind < counted ? behind : counted;

		recovery->duplicate_bytes -= eaten;
		turn->delivered_bytes -= eaten < turn->delivered_bytes ? eaten : 0;
		return;
	}
	most = flight_outstanding(&recovery->flight);
	most = most > mss ? most - mss : 0; /* one at least is missing */
	if (!turn->ack->is_duplicate || counted + mss > most)
		return;
	recovery->duplicate_bytes += mss;
	turn->delivered_bytes = mss;
}

/* Of segments sent once only (Karn: RFC 6298, 3), or by the timestamp that came back (RFC 7323, 4).
 */
static void measure(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	const struct flight_news *news = &turn->news;
	mono now = turn->context->now;
	uint64_t us = 0;

	if (news->has_once && !news->has_resent) {
		us = mono_since_ns(now, news->once_first_at) / NS_PER_US;
		turn->outcome->rtt_us =
			(uint32_t)(mono_since_ns(now, news->once_last_at) / NS_PER_US);
		if (turn->outcome->rtt_us == 0)
			turn->outcome->rtt_us = 1;
	} else if (news->acked_bytes > 0 && turn->ack->has_echo && recovery->has_timestamps) {
		uint32_t ms = recovery_clock_ms(now) - turn->ack->echo_ms;

		if (ms > INT32_MAX / 1000)
			return; /* never sent, or long ago: it measures nothing */
		us = ms > 0 ? ms * 1000ULL : 1000;
	} else {
		return;
	}
	rtt_sample(&recovery->rtt, us < UINT32_MAX ? (uint32_t)us : UINT32_MAX, now);
}

/* TLP_process_ack(): RFC 8985, 7.4.2. A probe that was a copy, and of which no DSACK and no
 * duplicate came by the time that more is acknowledged, has repaired a loss that nobody paid for.
 */
static void judge_probe(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;

	if (!recovery->has_probe || recovery->is_probing ||
	    seq_lt(turn->ack->ack, recovery->probe_end))
		return;
	if (!recovery->probe_is_copy || turn->has_dsack) {
		recovery->has_probe = false;
		return;
	}
	if (turn->ack->ack == recovery->probe_end) {
		if (turn->ack->is_duplicate && turn->ack->ranges_n == 0)
			recovery->has_probe = false; /* both have arrived */
		return;
	}
	recovery->has_probe = false;
	if (recovery->state != RECOVERY_OPEN)
		return;
	congestion_lost(&recovery->congestion, turn->context->mss_bytes);
	recovery->may_undo = false;
	recovery->congestion.window_bytes = recovery->congestion.threshold_bytes;
}

/* What this recovery has sent again is acknowledged, in answer to something that left earlier: the
 * first copy (RFC 3522, 3.2). What an earlier recovery had sent again doesn't count. */
static bool answers_first_copy(const struct turn *turn)
{
	uint32_t resent_ms = recovery_clock_ms(turn->news.resent_at);

	return turn->news.has_resent && turn->ack->has_echo &&
	       seq_geq(resent_ms, turn->recovery->resent_ms) &&
	       seq_lt(turn->ack->echo_ms, resent_ms);
}

/* Was the recovery a mistake? The answer is to something sent before it sent anything again (Eifel:
 * RFC 3522, 3.2); or all that it has sent again has arrived twice (RFC 3708, 2); or without
 * timestamps, after a timeout, what was not sent again arrives first (F-RTO: RFC 5682, 3.1). */
static bool was_mistaken(const struct turn *turn)
{
	const struct recovery *recovery = turn->recovery;
	const struct recovery_ack *ack = turn->ack;

	if (!recovery->may_undo || !recovery->has_resent)
		return false;
	if (turn->has_dsack && recovery->undo_bytes == 0)
		return true;
	if (recovery->has_timestamps)
		return answers_first_copy(turn);
	return recovery->state == RECOVERY_LOSS && recovery->has_sack && turn->news.has_once &&
	       seq_leq(turn->news.once_least_end, recovery->point) &&
	       seq_lt(ack->ack, recovery->point);
}

/* What was sent again has arrived: by its first copy then, which says nothing of the second. */
static void believe_first_copies(struct flight_news *news)
{
	if (!news->newest_resent)
		return;
	news->has_newest = news->has_once;
	news->newest_resent = false;
	news->newest_at = news->once_last_at;
	news->newest_end = news->once_last_end;
}

/* RFC 4015, 3.2: as if nothing had been. */
static void undo(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;

	believe_first_copies(&turn->news);

	flight_find_all(&recovery->flight, turn->context->pool);
	congestion_undo(&recovery->congestion);
	recovery->rtt.backoff = 0;
	recovery->state = RECOVERY_OPEN;
	recovery->may_undo = false;
	recovery->duplicate_bytes = 0;
	turn->outcome->was_undone = true;
}

/* The threshold (RFC 9937, 6.2); if much was lost, far less is in flight: then slow start leads
 * there, not a burst that would be lost again (RFC 6582, 3.2, step 3, full acknowledgements). */
static uint32_t window_after_repair(const struct turn *turn)
{
	const struct recovery *recovery = turn->recovery;
	uint32_t mss = turn->context->mss_bytes;
	uint32_t least =
		congestion_initial_bytes(turn->context->settings->initial_segments, mss, 0);
	uint32_t window = recovery_in_flight(recovery) + turn->delivered_bytes + mss;

	if (window < least)
		window = least;
	return window < recovery->congestion.threshold_bytes ? window
	                                                     : recovery->congestion.threshold_bytes;
}

static void recovery_end(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;

	if (recovery->state == RECOVERY_REPAIR)
		recovery->congestion.window_bytes = window_after_repair(turn);
	recovery->state = RECOVERY_OPEN;
	recovery->duplicate_bytes = 0;
	rack_recovered(&recovery->rack);
	turn->outcome->has_ended = true;
}

/* RFC 6582, 3.2: the third duplicate, or within a recovery an acknowledgement of less than all. */
static void detect_by_count(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	uint32_t mss = turn->context->mss_bytes;
	const struct flight_record *first =
		flight_record(turn->context->pool, recovery->flight.first);
	bool is_partial = recovery->state == RECOVERY_REPAIR && turn->news.acked_bytes > 0 &&
	                  (first->flags & FLIGHT_RESENT) == 0;

	if (is_partial || (recovery->state == RECOVERY_OPEN &&
	                   recovery->duplicate_bytes >= DUPLICATE_THRESHOLD * mss))
		flight_lose_first(&recovery->flight, turn->context->pool, mss);
}

static mono detect(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	struct rack_path path = recovery_path(recovery, turn->context);
	mono again = mono_never();

	if (recovery->has_sack) {
		rack_heard(&recovery->rack, &turn->news, &path,
		           turn->ack->has_echo && recovery->has_timestamps, turn->ack->echo_ms);
		again = rack_detect(&recovery->rack, &recovery->flight, turn->context->pool, &path);
	} else {
		detect_by_count(turn);
	}
	return again;
}

static void window_grow(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	struct congestion_ack ack = {
		.delivered_bytes = turn->news.acked_bytes,
		.una = recovery->flight.una,
		.next = recovery->flight.next,
		.mss_bytes = turn->context->mss_bytes,
		.rtt_us = turn->outcome->rtt_us,
		.smoothed_us = recovery->rtt.smoothed_us,
		.was_limited = recovery->is_held_back || recovery->state == RECOVERY_LOSS,
		.now = turn->context->now,
	};

	/* In slow start half of the window is enough to show that it is used (RFC 7661, 4.1). */
	if (congestion_is_slow_start(&recovery->congestion) &&
	    recovery->congestion.window_bytes < 2 * (uint64_t)turn->outstanding_bytes)
		ack.was_limited = true;
	if (ack.delivered_bytes > 0)
		congestion_acked(&recovery->congestion, &ack);
}

/* What the acknowledgement means for the recovery that there is, or that it begins. */
static mono judge(struct turn *turn)
{
	struct recovery *recovery = turn->recovery;
	bool has_lost;
	mono again;

	if (recovery->state != RECOVERY_OPEN && was_mistaken(turn))
		undo(turn);
	if (recovery->state != RECOVERY_OPEN && seq_geq(turn->ack->ack, recovery->point))
		recovery_end(turn);
	again = detect(turn);
	has_lost = recovery->flight.lost_bytes > turn->lost_bytes;
	if (recovery->state == RECOVERY_OPEN && recovery->flight.lost_bytes > 0) {
		repair_begin(recovery, turn->context, turn->news.acked_bytes,
		             turn->news.sacked_bytes);
		turn->outcome->has_begun = true;
	}
	if (recovery->state == RECOVERY_REPAIR)
		window_repair(recovery, turn->context, turn->delivered_bytes,
		              turn->news.acked_bytes > 0 && !has_lost);
	else if (!turn->outcome->has_ended)
		window_grow(turn);
	return again;
}

void recovery_acked(struct recovery *recovery, const struct recovery_context *context,
                    const struct recovery_ack *ack, struct recovery_outcome *ret_outcome)
{
	struct turn turn = {
		.recovery = recovery,
		.context = context,
		.ack = ack,
		.outcome = ret_outcome,
		.outstanding_bytes = flight_outstanding(&recovery->flight),
	};
	uint32_t allowance = recovery_allowance(recovery, context);
	mono again;

	*ret_outcome = (struct recovery_outcome){ 0 };
	take_ranges(&turn);
	turn.lost_bytes = recovery->flight.lost_bytes;
	count_duplicates(&turn);
	measure(&turn);
	if (turn.news.acked_bytes > 0) {
		recovery->timeouts = 0;
		recovery->started_us = (uint32_t)(context->now.ns / NS_PER_US); /* RFC 6298, 5.3 */
	}
	judge_probe(&turn);
	again = judge(&turn);
	recovery_arm(recovery, context, again);
	ret_outcome->acked_bytes = turn.news.acked_bytes;
	ret_outcome->delivered_bytes = turn.delivered_bytes;
	ret_outcome->may_send = recovery->flight.lost_bytes > 0 ||
	                        recovery_allowance(recovery, context) > allowance;
}
