/*
 * slow_start.h -- slow start, and how it ends before it loses much (RFC 5681, 3.1; HyStart++, RFC
 * 9406): when the least time of a round trip rises, a queue is building up, and growth slows down
 * for some rounds to see whether it stays so.
 */
#ifndef TCP_SLOW_START_H
#define TCP_SLOW_START_H

#include "tcp/congestion.h"

void slow_start_begin(struct congestion *congestion);
/* Let the window grow; returns how many of the delivered bytes lie above the threshold. */
uint32_t slow_start_acked(struct congestion *congestion, const struct congestion_ack *ack);

#endif
