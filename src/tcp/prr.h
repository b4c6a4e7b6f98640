/*
 * prr.h -- how much may be sent on each acknowledgement while a loss is repaired: Proportional Rate
 * Reduction (RFC 9937, which was RFC 6937), with the slow start reduction bound.
 *
 * Memory: none. A struct prr is a value. Bytes throughout.
 */
#ifndef TCP_PRR_H
#define TCP_PRR_H

#include <stdbool.h>
#include <stdint.h>

struct prr {
	uint32_t delivered_bytes; /* since the recovery began */
	uint32_t sent_bytes;      /* since then */
	uint32_t flight_bytes;    /* RecoverFS: what was on its way then */
};

/* What an acknowledgement within a recovery says. */
struct prr_ack {
	uint32_t delivered_bytes;
	uint32_t in_flight_bytes; /* the pipe, after this acknowledgement */
	uint32_t threshold_bytes; /* ssthresh */
	uint32_t mss_bytes;
	bool is_safe; /* una has moved, and nothing more was found lost (SafeACK) */
};

void prr_start(struct prr *prr, uint32_t flight_bytes);
void prr_sent(struct prr *prr, uint32_t bytes);
/* The window (cwnd) until the next one. */
uint32_t prr_acked(struct prr *prr, const struct prr_ack *ack);

#endif
