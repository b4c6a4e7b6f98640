#include "tcp/slow_start.h"

#include "tcp/seq.h"

/* RFC 9406, 4.3. */
enum {
	MIN_RTT_THRESHOLD_US = 4000,
	MAX_RTT_THRESHOLD_US = 16000,
	MIN_RTT_DIVISOR = 8,
	RTT_SAMPLES = 8,
	CSS_GROWTH_DIVISOR = 4,
	CSS_ROUNDS = 5,
};

void slow_start_begin(struct congestion *congestion)
{
	congestion->rounds = (struct congestion_rounds){ 0 };
}

/* RttThresh: RFC 9406, 4.2. */
static uint32_t threshold_us(uint32_t last_least_us)
{
	uint32_t us = last_least_us / MIN_RTT_DIVISOR;

	if (us < MIN_RTT_THRESHOLD_US)
		return MIN_RTT_THRESHOLD_US;
	return us < MAX_RTT_THRESHOLD_US ? us : MAX_RTT_THRESHOLD_US;
}

static bool is_careful(const struct congestion_rounds *rounds)
{
	return rounds->baseline_us != 0;
}

static void round_begin(struct congestion_rounds *rounds, const struct congestion_ack *ack)
{
	rounds->has_round = true;
	rounds->round_end = ack->next; /* RFC 9406, 4.2: windowEnd = SND.NXT */
	rounds->last_least_us = rounds->least_us;
	rounds->least_us = 0;
	rounds->samples = 0;
}

/* Has the least time of this round risen (then be careful), or fallen again (then it was noise)? */
static void round_judge(struct congestion_rounds *rounds)
{
	if (rounds->samples < RTT_SAMPLES || rounds->last_least_us == 0)
		return;
	if (!is_careful(rounds)) {
		if (rounds->least_us >=
		    rounds->last_least_us + threshold_us(rounds->last_least_us)) {
			rounds->baseline_us = rounds->least_us;
			rounds->careful_rounds = 0;
		}
	} else if (rounds->least_us < rounds->baseline_us) {
		rounds->baseline_us = 0;
	}
}

/* True: slow start is over, the queue has stayed for all the careful rounds. */
static bool round_follow(struct congestion_rounds *rounds, const struct congestion_ack *ack)
{
	if (!rounds->has_round || seq_geq(ack->una, rounds->round_end)) {
		if (is_careful(rounds) && ++rounds->careful_rounds >= CSS_ROUNDS)
			return true;
		round_begin(rounds, ack);
	}
	if (ack->rtt_us != 0) {
		if (rounds->least_us == 0 || ack->rtt_us < rounds->least_us)
			rounds->least_us = ack->rtt_us;
		if (rounds->samples < UINT8_MAX)
			rounds->samples++;
		round_judge(rounds);
	}
	return false;
}

/*
 * The window grows by what was delivered (RFC 5681, 3.1, without the limit of RFC 3465 on what one
 * acknowledgement may add: receivers that acknowledge a whole train of segments at once are as
 * usual as those that count to two).
 */
uint32_t slow_start_acked(struct congestion *congestion, const struct congestion_ack *ack)
{
	uint32_t room = congestion->threshold_bytes - congestion->window_bytes;
	uint32_t grown = ack->delivered_bytes;

	if (!congestion->has_settled) {
		if (round_follow(&congestion->rounds, ack)) {
			congestion->threshold_bytes = congestion->window_bytes;
			congestion->has_settled = true;
			return ack->delivered_bytes;
		}
		if (is_careful(&congestion->rounds))
			grown /= CSS_GROWTH_DIVISOR;
	}
	if (grown <= room) {
		congestion->window_bytes += grown;
		return 0;
	}
	congestion->window_bytes = congestion->threshold_bytes;
	return grown - room;
}
