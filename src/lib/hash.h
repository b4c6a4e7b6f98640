/*
 * hash.h -- SipHash, keyed so that nobody outside can choose what collides.
 *
 * hash_words() is SipHash-1-3 over whole 64-bit words (Aumasson and Bernstein, 2012): for table
 * look-ups. hash_bytes() is SipHash-2-4 over any bytes: for numbers that others get to see.
 */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash_key {
	uint64_t k0, k1;
};

static inline uint64_t hash_rotate(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static inline void hash_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = hash_rotate(v[1], 13) ^ v[0];
	v[0] = hash_rotate(v[0], 32);
	v[2] += v[3];
	v[3] = hash_rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = hash_rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = hash_rotate(v[1], 17) ^ v[2];
	v[2] = hash_rotate(v[2], 32);
}

static inline void hash_start(const struct hash_key *key, uint64_t v[4])
{
	v[0] = key->k0 ^ 0x736f6d6570736575ULL;
	v[1] = key->k1 ^ 0x646f72616e646f6dULL;
	v[2] = key->k0 ^ 0x6c7967656e657261ULL;
	v[3] = key->k1 ^ 0x7465646279746573ULL;
}

static inline uint64_t hash_words(const struct hash_key *key, const uint64_t *words, size_t n)
{
	uint64_t v[4];
	uint64_t last = (uint64_t)n << 59;

	hash_start(key, v);
	for (size_t i = 0; i < n; i++) {
		v[3] ^= words[i];
		hash_round(v);
		v[0] ^= words[i];
	}
	v[3] ^= last;
	hash_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		hash_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t hash_bytes(const struct hash_key *key, const void *bytes, size_t len);

#endif
