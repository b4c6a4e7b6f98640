#include "core/port_map.h"

#include "lib/must.h"

enum {
	HALF = 32768,
	PLACES = 65536,
};

static uint32_t place_of(uint32_t port)
{
	return port >> 1 | (port & 1) * HALF;
}

static uint16_t port_at(uint32_t place)
{
	return (uint16_t)((place % HALF) << 1 | place / HALF);
}

static bool bit_get(const uint64_t *words, uint32_t at)
{
	return (words[at / 64] >> (at % 64) & 1) != 0;
}

bool port_map_has(const struct port_map *map, uint16_t port)
{
	return bit_get(map->level0, place_of(port));
}

void port_map_set(struct port_map *map, uint16_t port)
{
	uint32_t at = place_of(port);

	must(!bit_get(map->level0, at));
	map->level0[at / 64] |= 1ULL << (at % 64);
	if (map->level0[at / 64] == UINT64_MAX)
		map->level1[at / 4096] |= 1ULL << (at / 64 % 64);
	if (map->level1[at / 4096] == UINT64_MAX)
		map->level2 |= 1ULL << (at / 4096);
	map->used++;
}

void port_map_clear(struct port_map *map, uint16_t port)
{
	uint32_t at = place_of(port);

	must(bit_get(map->level0, at)); /* given back exactly once */
	map->level0[at / 64] &= ~(1ULL << (at % 64));
	map->level1[at / 4096] &= ~(1ULL << (at / 64 % 64));
	map->level2 &= ~(1ULL << (at / 4096));
	map->used--;
}

/* The first clear bit of @word at @from (0 to 64) or after; 64: none. */
static uint32_t clear_bit_from(uint64_t word, uint32_t from)
{
	uint64_t clear = from < 64 ? ~word & UINT64_MAX << from : 0;

	return clear != 0 ? (uint32_t)__builtin_ctzll(clear) : 64;
}

/* The first free place from @from on; PLACES: none. */
static uint32_t free_from(const struct port_map *map, uint32_t from)
{
	uint32_t word0 = from / 64, word1 = word0 / 64;
	uint32_t bit = clear_bit_from(map->level0[word0], from % 64);

	if (bit < 64)
		return word0 * 64 + bit;
	bit = clear_bit_from(map->level1[word1], word0 % 64 + 1);
	if (bit == 64) {
		word1 = clear_bit_from(map->level2, word1 + 1);
		if (word1 >= PORT_MAP_WORDS1)
			return PLACES;
		bit = clear_bit_from(map->level1[word1], 0);
	}
	word0 = word1 * 64 + bit;
	return word0 * 64 + clear_bit_from(map->level0[word0], 0);
}

/* The same of several maps at once, by going through their words: at most PORT_MAP_WORDS0 / 2. */
static uint32_t free_from_among(const struct port_map *const *maps, unsigned n, uint32_t from,
                                uint32_t last)
{
	for (uint32_t word0 = from / 64; word0 <= last / 64; word0++) {
		uint64_t taken = 0;
		uint32_t bit;

		for (unsigned i = 0; i < n; i++)
			taken |= maps[i]->level0[word0];
		bit = clear_bit_from(taken, word0 == from / 64 ? from % 64 : 0);
		if (bit < 64)
			return word0 * 64 + bit;
	}
	return PLACES;
}

/* The same among the ports from @low to @high that are odd or not; 0: none. */
static uint16_t choose_of_half(const struct port_map *const *maps, unsigned n, uint32_t low,
                               uint32_t high, bool odd, uint64_t keyed)
{
	uint32_t first = place_of((low & 1) == (odd ? 1U : 0U) ? low : low + 1);
	uint32_t last = place_of((high & 1) == (odd ? 1U : 0U) ? high : high - 1);
	uint32_t start, at;

	if (low == high && (low & 1) != (odd ? 1U : 0U))
		return 0;
	start = first + (uint32_t)(keyed % (last - first + 1));
	at = n == 1 ? free_from(maps[0], start) : free_from_among(maps, n, start, last);
	if (at > last)
		at = n == 1 ? free_from(maps[0], first) : free_from_among(maps, n, first, start);
	return at <= last ? port_at(at) : 0;
}

uint16_t port_map_choose_among(const struct port_map *const *maps, unsigned n, uint16_t low,
                               uint16_t high, enum port_parity parity, uint64_t keyed)
{
	bool odd = parity == PORT_ANY ? (keyed >> 63) != 0 : parity == PORT_ODD;
	uint16_t port;

	must(low > 0 && n > 0);
	if (low > high)
		return 0;
	port = choose_of_half(maps, n, low, high, odd, keyed);
	return port != 0 ? port : choose_of_half(maps, n, low, high, !odd, keyed);
}

uint16_t port_map_choose(const struct port_map *map, uint16_t low, uint16_t high,
                         enum port_parity parity, uint64_t keyed)
{
	return port_map_choose_among(&map, 1, low, high, parity, keyed);
}
