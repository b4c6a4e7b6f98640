/*
 * lpm.h -- which of a million prefixes holds an address, and is the longest that does?
 *
 * The upper 16 bits of an address name one of 65,536 chunks. Prefixes longer than 16 bits lie in
 * one chunk each: there they are flattened into ranges (where one begins, whose it is), found by
 * halving; the ranges of a table of a million routes fit a processor's cache. Shorter prefixes
 * cover whole chunks: a chunk remembers the longest one that covers it, for what no range holds.
 * (The idea of ranges in chunks is that of Zec, Rizzo and Mikuc, "DXR", 2012.)
 *
 * What a prefix stands for is a number from 1 to 65,535; 0 is "none". Who owns the prefixes hands
 * them over a chunk at a time: see core/fib_table.c.
 *
 * Memory: mem.h; 576 KiB, and 4 bytes a range. Threads: the router's.
 */
#ifndef CORE_LPM_H
#define CORE_LPM_H

#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"

#define LPM_CHUNKS     65536
#define LPM_CHUNK_BITS 16

/* From @start (the lower 16 bits of an address) on, to the next range's start, it is @value. */
struct lpm_range {
	uint16_t start, value;
};

struct lpm;

MUST_USE struct lpm *lpm_new(void);
void lpm_free(struct lpm *lpm);
/* What the longest prefix that holds @addr stands for; 0: none does. */
uint16_t lpm_find(const struct lpm *lpm, ip4 addr);
/* Chunk @chunk has these ranges now: ascending, the first from 0 on; none at all: @n is 0. */
void lpm_set_chunk(struct lpm *lpm, uint32_t chunk, const struct lpm_range *ranges, size_t n);
/* @network/@bits (up to 16) stands for @value from now on. */
void lpm_cover(struct lpm *lpm, ip4 network, unsigned bits, uint16_t value);
/* @network/@bits is gone; @parent (of @parent_bits, or 0) is the next shorter prefix with it. */
void lpm_uncover(struct lpm *lpm, ip4 network, unsigned bits, uint16_t parent,
                 unsigned parent_bits);
/* Bytes in use, for people. */
size_t lpm_bytes(const struct lpm *lpm);

#endif
