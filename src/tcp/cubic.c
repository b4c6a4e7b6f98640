#include "tcp/cubic.h"

/* RFC 9438, 4.6 and 5: beta_cubic = 0.7, C = 0.4 segments / s^3. */
enum {
	BETA_TENTHS = 7,
	C_TENTHS = 4,
	MS_PER_S = 1000,
};
/* t of the curve, at most: 20 minutes after the plateau no window follows it any more. */
#define T_MAX_MS 1200000LL

uint32_t cubic_root(uint64_t value)
{
	uint64_t root = 0;

	/* One bit of the root after the other, from the top: (root + bit)^3 must not exceed value.
	 */
	for (int shift = 63; shift >= 0; shift -= 3) {
		uint64_t step;

		root *= 2;
		step = 3 * root * (root + 1) + 1;
		if (value >> shift >= step) {
			value -= step << shift;
			root++;
		}
	}
	return (uint32_t)root;
}

/* K = cubic_root((W_max - cwnd_epoch) / C), in seconds and segments: RFC 9438, figure 2. In
 * milliseconds and bytes (W_max - cwnd_epoch) / mss * 10 / 4 * 1000^3 stands under the root. */
uint32_t cubic_rise_ms(uint32_t window_bytes, uint32_t plateau_bytes, uint32_t mss_bytes)
{
	uint64_t gap = plateau_bytes - window_bytes;

	return cubic_root(gap * (10ULL * MS_PER_S * MS_PER_S * MS_PER_S / C_TENTHS) / mss_bytes);
}

/* C * t^3: RFC 9438, figure 1. */
int64_t cubic_curve_bytes(int64_t t_ms, uint32_t mss_bytes)
{
	int64_t cube;

	if (t_ms > T_MAX_MS)
		t_ms = T_MAX_MS;
	if (t_ms < -T_MAX_MS)
		t_ms = -T_MAX_MS;
	/* At most 1.7e18; then in 1e-3 s^3, so that the segment's bytes find room. */
	cube = t_ms * t_ms * t_ms / (MS_PER_S * MS_PER_S);
	return cube * mss_bytes * C_TENTHS / 10 / MS_PER_S;
}

static uint32_t low_ms(mono now)
{
	return (uint32_t)(now.ns / NS_PER_MS);
}

/* An epoch begins with the first growth after a loss, or after a pause of the sender, from wherever
 * the window is (RFC 9438, 4.2; 5.8: time in which nothing is to be sent must not count). */
static void epoch_begin(struct congestion *congestion, const struct congestion_ack *ack)
{
	struct congestion_epoch *epoch = &congestion->epoch;

	congestion->has_epoch = true;
	*epoch = (struct congestion_epoch){
		.began_ms = low_ms(ack->now),
		.origin_bytes = congestion->plateau_bytes,
		.estimate_bytes = congestion->window_bytes, /* RFC 9438, 4.3 */
	};
	if (congestion->window_bytes >= congestion->plateau_bytes)
		epoch->origin_bytes = congestion->window_bytes; /* K = 0 */
	else
		epoch->rise_ms = cubic_rise_ms(congestion->window_bytes, congestion->plateau_bytes,
		                               ack->mss_bytes);
}

/* W_est = W_est + alpha_cubic * segments_acked / cwnd: RFC 9438, figure 4. alpha_cubic is
 * 3 * (1 - beta) / (1 + beta) = 9/17 until the window of the loss is reached again, then 1. */
static void estimate_follow(struct congestion *congestion, const struct congestion_ack *ack)
{
	struct congestion_epoch *epoch = &congestion->epoch;
	uint64_t grown = (uint64_t)ack->delivered_bytes * ack->mss_bytes;

	if (epoch->estimate_bytes < congestion->undo_window_bytes)
		grown = grown * 9 / 17;
	grown += epoch->estimate_rest;
	epoch->estimate_rest = (uint32_t)(grown % congestion->window_bytes);
	epoch->estimate_bytes += (uint32_t)(grown / congestion->window_bytes);
}

/* W_cubic(t) = C * (t - K)^3 + W_max: RFC 9438, figure 1. */
static int64_t curve_at(const struct congestion_epoch *epoch, uint32_t t_ms, uint32_t mss_bytes)
{
	int64_t off = (int64_t)t_ms - (int64_t)epoch->rise_ms;

	return (int64_t)epoch->origin_bytes + cubic_curve_bytes(off, mss_bytes);
}

/* (target - cwnd) / cwnd for each acknowledged segment: RFC 9438, 4.4 and 4.5. */
static void follow_curve(struct congestion *congestion, const struct congestion_ack *ack,
                         uint32_t t_ms)
{
	uint32_t window = congestion->window_bytes;
	int64_t target =
		curve_at(&congestion->epoch, t_ms + ack->smoothed_us / 1000, ack->mss_bytes);
	uint64_t grown;

	if (target <= (int64_t)window)
		return;
	if (target >
	    (int64_t)window + window / 2) /* RFC 9438, 4.2: at most half more a round trip */
		target = (int64_t)window + window / 2;
	grown = (uint64_t)(target - window) * ack->delivered_bytes + congestion->rest;
	congestion->rest = (uint32_t)(grown % window);
	congestion->window_bytes += (uint32_t)(grown / window);
}

void cubic_avoid(struct congestion *congestion, const struct congestion_ack *ack)
{
	struct congestion_epoch *epoch = &congestion->epoch;
	uint32_t t_ms;

	if (!congestion->has_epoch)
		epoch_begin(congestion, ack);
	t_ms = low_ms(ack->now) - epoch->began_ms;
	estimate_follow(congestion, ack);
	if (curve_at(epoch, t_ms, ack->mss_bytes) < (int64_t)epoch->estimate_bytes) {
		/* Reno would be faster: RFC 9438, 4.3. */
		if (congestion->window_bytes < epoch->estimate_bytes)
			congestion->window_bytes = epoch->estimate_bytes;
		return;
	}
	follow_curve(congestion, ack, t_ms);
}

/* ssthresh = cwnd * beta_cubic: RFC 9438, 4.6; the window for the flight, as that section allows to
 * who doesn't let it grow unused. Fast convergence: who has to give way a second time before it
 * came back to its plateau leaves the others more (RFC 9438, 4.7). */
uint32_t cubic_lower(struct congestion *congestion, uint32_t mss_bytes)
{
	uint32_t window = congestion->window_bytes;
	uint32_t lowered = (uint32_t)((uint64_t)window * BETA_TENTHS / 10);

	congestion->plateau_bytes = window < congestion->plateau_bytes
	                                    ? (uint32_t)((uint64_t)window * (10 + BETA_TENTHS) / 20)
	                                    : window;
	return lowered > 2 * mss_bytes ? lowered : 2 * mss_bytes;
}
