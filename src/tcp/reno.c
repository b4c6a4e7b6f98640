#include "tcp/reno.h"

/* A segment for each window that was delivered: RFC 5681, 3.1, with bytes counted (RFC 3465). */
void reno_avoid(struct congestion *congestion, const struct congestion_ack *ack)
{
	uint64_t grown = (uint64_t)ack->delivered_bytes * ack->mss_bytes + congestion->rest;

	congestion->rest = (uint32_t)(grown % congestion->window_bytes);
	congestion->window_bytes += (uint32_t)(grown / congestion->window_bytes);
}

/* ssthresh = max(FlightSize / 2, 2 * SMSS): RFC 5681, equation 4. The window stands for what is on
 * its way, since it only grows while it is used up. */
uint32_t reno_lower(struct congestion *congestion, uint32_t mss_bytes)
{
	uint32_t half = congestion->window_bytes / 2;

	return half > 2 * mss_bytes ? half : 2 * mss_bytes;
}
