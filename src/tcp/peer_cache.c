#include "tcp/peer_cache.h"

#include "lib/mem.h"

#define WAYS 4 /* places of an address: a line of the cache */

struct peer {
	ip4 addr;
	uint32_t timestamp;
	mono seen; /* 0: the place is free */
};

struct peer_cache {
	struct hash_key key;
	struct peer *peers;
	uint32_t mask; /* of sets */
};

_Static_assert(sizeof(struct peer) * WAYS == 64, "an address has one line of the cache");

struct peer_cache *peer_cache_new(uint32_t capacity, const struct hash_key *key)
{
	struct peer_cache *cache = mem_new(1, sizeof *cache);
	uint32_t sets = 1;

	must(capacity <= 1U << 28);
	while (sets * WAYS < capacity)
		sets *= 2;
	cache->key = *key;
	cache->mask = sets - 1;
	cache->peers = mem_new((size_t)sets * WAYS, sizeof cache->peers[0]);
	return cache;
}

void peer_cache_free(struct peer_cache *cache)
{
	if (cache == NULL)
		return;
	mem_free(cache->peers);
	mem_free(cache);
}

static struct peer *set_of(const struct peer_cache *cache, ip4 addr)
{
	uint64_t word = addr.v;

	return &cache->peers[(hash_words(&cache->key, &word, 1) & cache->mask) * WAYS];
}

static bool is_fresh(const struct peer *peer, mono now)
{
	return peer->seen.ns != 0 && mono_since_ns(now, peer->seen) <= PEER_CACHE_AGE_S * NS_PER_S;
}

/* Its own place, else one that is of no use any more, else one by chance. */
static struct peer *place_for(struct peer *set, ip4 addr, mono now, uint32_t draw)
{
	struct peer *place = &set[draw % WAYS];

	for (unsigned i = 0; i < WAYS; i++)
		if (!is_fresh(&set[i], now))
			place = &set[i];
	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].seen.ns != 0 && ip4_equal(set[i].addr, addr))
			place = &set[i];
	return place;
}

void peer_cache_put(struct peer_cache *cache, ip4 peer, uint32_t timestamp, mono now, uint32_t draw)
{
	struct peer *place = place_for(set_of(cache, peer), peer, now, draw);

	*place = (struct peer){ .addr = peer,
		                .timestamp = timestamp,
		                .seen = { now.ns > 0 ? now.ns : 1 } };
}

bool peer_cache_get(const struct peer_cache *cache, ip4 peer, mono now, uint32_t *ret_timestamp,
                    uint64_t *ret_age_ms)
{
	const struct peer *set = set_of(cache, peer);

	for (unsigned i = 0; i < WAYS; i++) {
		if (!ip4_equal(set[i].addr, peer) || !is_fresh(&set[i], now))
			continue;
		*ret_timestamp = set[i].timestamp;
		*ret_age_ms = mono_since_ms(now, set[i].seen);
		return true;
	}
	return false;
}
