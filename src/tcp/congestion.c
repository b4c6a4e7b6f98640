#include "tcp/congestion.h"

#include <string.h>

#include "lib/must.h"
#include "tcp/cubic.h"
#include "tcp/reno.h"
#include "tcp/slow_start.h"
#include "tcp/tcp.h"

/* The largest window: what a scaled window can offer (RFC 7323, 2.3). */
#define WINDOW_MAX (1U << 30)

static const struct congestion_way ways[] = {
	[TCP_CUBIC] = { "cubic", cubic_avoid, cubic_lower },
	[TCP_RENO] = { "reno", reno_avoid, reno_lower },
};

const struct congestion_way *congestion_way(uint8_t algorithm)
{
	return algorithm < ARRAY_LEN(ways) ? &ways[algorithm] : NULL;
}

int congestion_find(const char *name, unsigned len)
{
	for (unsigned i = 0; i < ARRAY_LEN(ways); i++) {
		if (strlen(ways[i].name) == len && memcmp(ways[i].name, name, len) == 0)
			return (int)i;
	}
	return -1;
}

void congestion_start(struct congestion *congestion, uint8_t algorithm, uint32_t window_bytes)
{
	must(congestion_way(algorithm) != NULL);
	*congestion = (struct congestion){
		.window_bytes = window_bytes,
		.threshold_bytes = WINDOW_MAX, /* RFC 5681, 3.1: arbitrarily high */
		.algorithm = algorithm,
	};
	slow_start_begin(congestion);
}

void congestion_choose(struct congestion *congestion, uint8_t algorithm)
{
	must(congestion_way(algorithm) != NULL);
	congestion->algorithm = algorithm;
	congestion->rest = 0;
	congestion->has_epoch = false;
}

uint32_t congestion_initial_bytes(uint32_t segments, uint32_t mss_bytes, unsigned syn_resent)
{
	uint32_t bytes = segments * mss_bytes;
	uint32_t cap = 2 * mss_bytes;

	/* RFC 6928, 2: a second loss of the SYN is taken as a sign of congestion, the first is not.
	 */
	if (syn_resent > 1)
		return mss_bytes;
	/* max(2 * MSS, 14600) of the ten segments there: segments larger than usual make fewer. */
	if (cap < segments * 1460)
		cap = segments * 1460;
	return bytes < cap ? bytes : cap;
}

void congestion_acked(struct congestion *congestion, const struct congestion_ack *ack)
{
	struct congestion_ack over = *ack;

	/* What isn't used says nothing about the path (RFC 7661, 4; RFC 9438, 5.8). */
	if (!ack->was_limited) {
		congestion->has_epoch = false;
		return;
	}
	if (congestion_is_slow_start(congestion))
		over.delivered_bytes = slow_start_acked(congestion, ack);
	if (over.delivered_bytes > 0)
		ways[congestion->algorithm].avoid(congestion, &over);
	if (congestion->window_bytes > WINDOW_MAX)
		congestion->window_bytes = WINDOW_MAX;
}

void congestion_lost(struct congestion *congestion, uint32_t mss_bytes)
{
	congestion->undo_window_bytes = congestion->window_bytes;
	congestion->undo_threshold_bytes = congestion->threshold_bytes;
	congestion->undo_plateau_bytes = congestion->plateau_bytes;
	congestion->has_settled = true;
	congestion->rest = 0;
	congestion->has_epoch = false;
	congestion->threshold_bytes = ways[congestion->algorithm].lower(congestion, mss_bytes);
}

void congestion_undo(struct congestion *congestion)
{
	if (congestion->window_bytes < congestion->undo_window_bytes)
		congestion->window_bytes = congestion->undo_window_bytes;
	congestion->threshold_bytes = congestion->undo_threshold_bytes;
	congestion->plateau_bytes = congestion->undo_plateau_bytes;
	congestion->has_epoch = false;
}

void congestion_idle(struct congestion *congestion, uint32_t initial_bytes, uint64_t idle_us,
                     uint32_t timeout_us)
{
	uint32_t window = congestion->window_bytes;
	uint32_t remembered = window / 4 * 3;

	if (idle_us <= timeout_us || window <= initial_bytes)
		return;
	/* RFC 2861, 2: ssthresh remembers three quarters of what was found out. */
	if (!congestion_is_slow_start(congestion) && congestion->threshold_bytes < remembered)
		congestion->threshold_bytes = remembered;
	for (; idle_us > timeout_us && window > initial_bytes; idle_us -= timeout_us)
		window /= 2;
	congestion->window_bytes = window > initial_bytes ? window : initial_bytes;
	congestion->has_epoch = false;
}
