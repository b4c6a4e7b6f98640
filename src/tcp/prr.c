#include "tcp/prr.h"

void prr_start(struct prr *prr, uint32_t flight_bytes)
{
	*prr = (struct prr){ .flight_bytes = flight_bytes > 0 ? flight_bytes : 1 };
}

void prr_sent(struct prr *prr, uint32_t bytes)
{
	prr->sent_bytes += bytes;
}

/* More is on its way than will be: let it fall in proportion to what arrives (RFC 9937, 6.2). */
static int64_t proportional(const struct prr *prr, const struct prr_ack *ack)
{
	uint64_t product = (uint64_t)prr->delivered_bytes * ack->threshold_bytes;
	uint64_t allowed = (product + prr->flight_bytes - 1) / prr->flight_bytes; /* CEIL */

	return (int64_t)allowed - prr->sent_bytes;
}

/* Less is: come back to the threshold, no faster than what arrives and, as long as all goes well, a
 * segment more each time (PRR-SSRB; PRR-CRB without that segment). */
static int64_t reduction_bound(const struct prr *prr, const struct prr_ack *ack)
{
	int64_t limit = (int64_t)prr->delivered_bytes - prr->sent_bytes;
	int64_t gap = (int64_t)ack->threshold_bytes - ack->in_flight_bytes;

	if (limit < ack->delivered_bytes)
		limit = ack->delivered_bytes;
	if (ack->is_safe)
		limit += ack->mss_bytes;
	return gap < limit ? gap : limit;
}

uint32_t prr_acked(struct prr *prr, const struct prr_ack *ack)
{
	int64_t more;

	prr->delivered_bytes += ack->delivered_bytes;
	if (ack->in_flight_bytes > ack->threshold_bytes)
		more = proportional(prr, ack);
	else
		more = reduction_bound(prr, ack);
	/* The first segment of a recovery always goes out: RFC 9937, 6.2. */
	if (prr->sent_bytes == 0 && more < ack->mss_bytes)
		more = ack->mss_bytes;
	if (more < 0)
		more = 0;
	return ack->in_flight_bytes + (uint32_t)more;
}
