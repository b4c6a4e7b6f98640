/*
 * reno.h -- Reno: a segment more each round trip, half after a loss (RFC 5681, 3.1).
 */
#ifndef TCP_RENO_H
#define TCP_RENO_H

#include "tcp/congestion.h"

void reno_avoid(struct congestion *congestion, const struct congestion_ack *ack);
uint32_t reno_lower(struct congestion *congestion, uint32_t mss_bytes);

#endif
