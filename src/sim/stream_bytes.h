/*
 * stream_bytes.h -- the well that streams draw their bytes from: at each place another, and known.
 *
 * Byte @i of a stream that begins at @place is the same whenever it is asked for. Bytes are made
 * eight at a time of their number, so that what is lost, doubled or in the wrong order shows.
 */
#ifndef SIM_STREAM_BYTES_H
#define SIM_STREAM_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void stream_bytes_copy(uint32_t place, uint64_t at, uint8_t *out, size_t n);
bool stream_bytes_are(uint32_t place, uint64_t at, const uint8_t *bytes, size_t n);

#endif
