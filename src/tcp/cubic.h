/*
 * cubic.h -- CUBIC (RFC 9438): the window follows a cubic curve of the time since the last loss,
 * flat around the window at which that happened, and is never less than Reno's.
 */
#ifndef TCP_CUBIC_H
#define TCP_CUBIC_H

#include "tcp/congestion.h"

void cubic_avoid(struct congestion *congestion, const struct congestion_ack *ack);
uint32_t cubic_lower(struct congestion *congestion, uint32_t mss_bytes);

/* K of RFC 9438, 4.2, in milliseconds: how long from @window to @plateau (bytes, window <=
 * plateau). */
uint32_t cubic_rise_ms(uint32_t window_bytes, uint32_t plateau_bytes, uint32_t mss_bytes);
/* C * t^3 in bytes (RFC 9438, figure 1), @t_ms of either sign. */
int64_t cubic_curve_bytes(int64_t t_ms, uint32_t mss_bytes);
/* The whole part of the cube root. */
uint32_t cubic_root(uint64_t value);

#endif
