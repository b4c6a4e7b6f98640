#include "tcp/rack.h"

#include "tcp/seq.h"

/* RFC 8985, 5.2 and 7.2; RFC 5681, 3.2. */
enum {
	DUPLICATE_THRESHOLD = 3,
	PERSIST_RECOVERIES = 16,
	MULTIPLIER_MAX = 15,
	MAX_ACK_DELAY_US = 200000,
	FIRST_PROBE_US = 1000000,
};

void rack_start(struct rack *rack, uint32_t una)
{
	*rack = (struct rack){ .highest = una };
}

void rack_idle(struct rack *rack)
{
	rack->rtt_us = 0;
}

/* RACK_sent_after(): the later one, and of those of one time the higher one (RFC 8985, 6.2). */
static bool sent_after(mono a, uint32_t a_end, mono b, uint32_t b_end)
{
	return a.ns > b.ns || (a.ns == b.ns && seq_gt(a_end, b_end));
}

/* Step 2: the newest that was delivered is the measure, unless it may be the first copy of what was
 * sent again that has arrived. */
static void newest_follow(struct rack *rack, mono sent_at, uint32_t end,
                          const struct rack_path *path)
{
	uint64_t rtt_us = mono_since_ns(path->now, sent_at) / NS_PER_US;
	bool is_first = rack->rtt_us == 0;

	rack->rtt_us = rtt_us > 0 ? (uint32_t)rtt_us : 1;
	if (is_first || sent_after(sent_at, end, rack->sent_at, rack->end)) {
		rack->sent_at = sent_at;
		rack->end = end;
	}
}

static bool is_first_copy(const struct flight_news *news, const struct rack_path *path,
                          bool has_echo, uint32_t echo_ms)
{
	/* The echo speaks of what was acknowledged in order; beside a SACK it is an older one (RFC
	 * 7323, 4.3). */
	if (has_echo && news->newest_in_order &&
	    seq_lt(echo_ms, (uint32_t)(news->newest_at.ns / NS_PER_MS)))
		return true;
	return mono_since_ns(path->now, news->newest_at) / NS_PER_US < path->least_us;
}

void rack_heard(struct rack *rack, const struct flight_news *news, const struct rack_path *path,
                bool has_echo, uint32_t echo_ms)
{
	if (!news->has_newest)
		return;
	if (!news->newest_resent || !is_first_copy(news, path, has_echo, echo_ms))
		newest_follow(rack, news->newest_at, news->newest_end, path);
	else if (news->has_once)
		newest_follow(rack, news->once_last_at, news->once_last_end, path);
	/* Step 3: something arrives behind what was sent after it, and was sent only once. */
	if (news->has_once && seq_lt(news->once_least_end, rack->highest))
		rack->is_reordering = true;
	rack->highest = seq_max(rack->highest, news->highest_end);
}

void rack_duplicate(struct rack *rack, uint32_t una, uint32_t next)
{
	if (rack->has_dsack_round && seq_lt(una, rack->dsack_round))
		return; /* once a round trip */
	rack->has_dsack_round = true;
	rack->dsack_round = next;
	if (rack->multiplier < MULTIPLIER_MAX)
		rack->multiplier++;
	rack->persists = PERSIST_RECOVERIES;
}

void rack_recovered(struct rack *rack)
{
	if (rack->persists == 0)
		return;
	if (--rack->persists == 0)
		rack->multiplier = 0;
}

/* RACK_update_reo_wnd(): RFC 8985, 6.2, step 4. */
uint32_t rack_window_us(const struct rack *rack, const struct flight *flight,
                        const struct rack_path *path)
{
	uint64_t us;

	if (!rack->is_reordering) {
		if (path->is_recovering ||
		    flight->sacked_bytes >= (uint64_t)DUPLICATE_THRESHOLD * path->mss_bytes)
			return 0;
	}
	us = (rack->multiplier + 1ULL) * path->least_us / 4;
	return us < path->smoothed_us ? (uint32_t)us : path->smoothed_us;
}

/* How long until @record must be taken for lost; negative: it must. */
static int64_t remaining_us(const struct rack *rack, const struct flight_record *record,
                            const struct rack_path *path, uint32_t window_us)
{
	uint64_t age_us = mono_since_ns(path->now, record->sent_at) / NS_PER_US;

	return (int64_t)rack->rtt_us + window_us - (int64_t)age_us;
}

/* RACK_detect_loss(): RFC 8985, 6.2, step 5. The list is in order of time, so the walk ends at the
 * first that was sent after the one that has arrived. */
mono rack_detect(const struct rack *rack, struct flight *flight, struct flight_pool *pool,
                 const struct rack_path *path)
{
	uint32_t window_us = rack_window_us(rack, flight, path);
	uint32_t at = flight->on_way.first, later;
	int64_t wait_us = 0;

	if (rack->rtt_us == 0)
		return mono_never();
	for (; at != 0; at = later) {
		const struct flight_record *record = flight_record(pool, at);
		int64_t remaining;

		later = record->later;
		if (mono_before(rack->sent_at, record->sent_at))
			break;
		if (!sent_after(rack->sent_at, rack->end, record->sent_at, record->end))
			continue;
		remaining = remaining_us(rack, record, path, window_us);
		if (remaining <= 0)
			flight_lose(flight, pool, at);
		else if (remaining > wait_us)
			wait_us = remaining;
	}
	return wait_us > 0 ? mono_add_ns(path->now, (uint64_t)wait_us * NS_PER_US) : mono_never();
}

/* RACK_mark_losses_on_RTO(): RFC 8985, 6.3. */
void rack_time_out(const struct rack *rack, struct flight *flight, struct flight_pool *pool,
                   const struct rack_path *path)
{
	uint32_t window_us = rack_window_us(rack, flight, path);
	uint32_t at = flight->on_way.first, later;

	for (; at != 0; at = later) {
		const struct flight_record *record = flight_record(pool, at);

		later = record->later;
		if (rack->rtt_us != 0 && remaining_us(rack, record, path, window_us) > 0)
			break;
		flight_lose(flight, pool, at);
	}
	flight_lose_first(flight, pool, path->mss_bytes);
}

/* TLP_calc_PTO(): RFC 8985, 7.2. */
uint32_t rack_probe_us(const struct flight *flight, const struct rack_path *path,
                       uint32_t timeout_us)
{
	uint64_t us = FIRST_PROBE_US;

	if (path->smoothed_us != 0) {
		us = 2ULL * path->smoothed_us;
		if (flight_in_flight(flight) <= path->mss_bytes)
			us += MAX_ACK_DELAY_US;
	}
	return us < timeout_us ? (uint32_t)us : timeout_us;
}
