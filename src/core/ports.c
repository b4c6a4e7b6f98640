#include "core/ports.h"

#include <errno.h>
#include <string.h>

#include "lib/mem.h"

#define NONE UINT32_MAX

enum {
	PORTS = 65536,
	WORDS0 = PORTS / 64,
	WORDS1 = WORDS0 / 64,
	FIRST_FREE_FOR_ALL = 1024,
};

/*
 * The ports of one address and protocol. A bit of level 0 is a port (1: taken); a bit of level 1
 * is a full word of level 0; a bit of level 2 a full word of level 1. The first free port from any
 * place on is found by looking at no more than two words of each level.
 */
struct port_map {
	uint64_t level0[WORDS0];
	uint64_t level1[WORDS1];
	uint64_t level2;
	ip4 addr;
	uint8_t proto;
	uint32_t used;
	uint32_t next; /* in its hash chain, or free */
};

struct ports {
	struct hash_key key;
	struct port_map *maps;
	uint32_t *heads;
	uint32_t mask, free;
	uint64_t used;
};

struct ports *ports_new(uint32_t addresses_max, const struct hash_key *key)
{
	struct ports *ports = mem_new(1, sizeof *ports);
	uint32_t heads = 8;

	must(addresses_max < UINT32_MAX / 4);
	while (heads < addresses_max)
		heads *= 2;
	ports->key = *key;
	ports->maps = mem_new(addresses_max, sizeof ports->maps[0]);
	ports->heads = mem_new(heads, sizeof ports->heads[0]);
	ports->mask = heads - 1;
	ports->free = NONE;
	memset(ports->heads, 0xff, heads * sizeof ports->heads[0]);
	for (uint32_t i = addresses_max; i-- > 0;) {
		ports->maps[i].next = ports->free;
		ports->free = i;
	}
	return ports;
}

void ports_free(struct ports *ports)
{
	if (ports == NULL)
		return;
	mem_free(ports->maps);
	mem_free(ports->heads);
	mem_free(ports);
}

static uint32_t *head_of(const struct ports *ports, ip4 addr, uint8_t proto)
{
	uint64_t word = (uint64_t)addr.v << 8 | proto;

	return &ports->heads[hash_words(&ports->key, &word, 1) & ports->mask];
}

static struct port_map *map_find(const struct ports *ports, ip4 addr, uint8_t proto)
{
	for (uint32_t at = *head_of(ports, addr, proto); at != NONE; at = ports->maps[at].next) {
		struct port_map *map = &ports->maps[at];

		if (map->addr.v == addr.v && map->proto == proto)
			return map;
	}
	return NULL;
}

static struct port_map *map_get(struct ports *ports, ip4 addr, uint8_t proto)
{
	struct port_map *map = map_find(ports, addr, proto);
	uint32_t *head = head_of(ports, addr, proto);
	uint32_t at = ports->free;

	if (map != NULL || at == NONE)
		return map;
	map = &ports->maps[at];
	ports->free = map->next;
	map->addr = addr;
	map->proto = proto;
	map->next = *head;
	*head = at;
	return map;
}

/* An address of which no port is taken needs no map; all its bits are clear already. */
static void map_release_if_empty(struct ports *ports, struct port_map *map)
{
	uint32_t *link = head_of(ports, map->addr, map->proto);

	if (map->used > 0)
		return;
	while (&ports->maps[*link] != map)
		link = &ports->maps[*link].next;

	uint32_t at = *link;

	*link = map->next;
	map->next = ports->free;
	ports->free = at;
}

static bool bit_get(const uint64_t *words, uint32_t at)
{
	return (words[at / 64] >> (at % 64) & 1) != 0;
}

static void map_set(struct ports *ports, struct port_map *map, uint32_t port)
{
	must(!bit_get(map->level0, port));
	map->level0[port / 64] |= 1ULL << (port % 64);
	if (map->level0[port / 64] == UINT64_MAX)
		map->level1[port / 4096] |= 1ULL << (port / 64 % 64);
	if (map->level1[port / 4096] == UINT64_MAX)
		map->level2 |= 1ULL << (port / 4096);
	map->used++;
	ports->used++;
}

static void map_clear(struct ports *ports, struct port_map *map, uint32_t port)
{
	must(bit_get(map->level0, port)); /* given back exactly once */
	map->level0[port / 64] &= ~(1ULL << (port % 64));
	map->level1[port / 4096] &= ~(1ULL << (port / 64 % 64));
	map->level2 &= ~(1ULL << (port / 4096));
	map->used--;
	ports->used--;
}

/* The first clear bit of @word at @from (0 to 64) or after; 64: none. */
static uint32_t clear_bit_from(uint64_t word, uint32_t from)
{
	uint64_t clear = from < 64 ? ~word & UINT64_MAX << from : 0;

	return clear != 0 ? (uint32_t)__builtin_ctzll(clear) : 64;
}

/* The first free port from @from on; PORTS: none. */
static uint32_t map_free_from(const struct port_map *map, uint32_t from)
{
	uint32_t word0 = from / 64, word1 = word0 / 64;
	uint32_t bit = clear_bit_from(map->level0[word0], from % 64);

	if (bit < 64)
		return word0 * 64 + bit;
	bit = clear_bit_from(map->level1[word1], word0 % 64 + 1);
	if (bit == 64) {
		word1 = clear_bit_from(map->level2, word1 + 1);
		if (word1 >= WORDS1)
			return PORTS;
		bit = clear_bit_from(map->level1[word1], 0);
	}
	word0 = word1 * 64 + bit;
	return word0 * 64 + clear_bit_from(map->level0[word0], 0);
}

/* A free port from @low to @high, looked for from @start on and then from @low; 0: none. */
static uint32_t map_choose(const struct port_map *map, uint32_t low, uint32_t high, uint32_t start)
{
	uint32_t port = map_free_from(map, start);

	if (port > high)
		port = map_free_from(map, low);
	return port <= high ? port : 0;
}

static bool wants_preferred(const struct ports_wish *wish, const struct port_map *map)
{
	return wish->preferred != 0 && wish->preferred >= wish->low &&
	       wish->preferred <= wish->high && !bit_get(map->level0, wish->preferred);
}

int ports_take(struct ports *ports, const struct ports_wish *wish, uint16_t *ret_port)
{
	uint32_t low = wish->low, high = wish->high;
	struct port_map *map;
	uint32_t port;

	must(low <= high);
	/* The well-known ports are for who names them: by preference, or by a range of just them.
	 */
	if (low < FIRST_FREE_FOR_ALL && high >= FIRST_FREE_FOR_ALL)
		low = FIRST_FREE_FOR_ALL;
	if (low == 0)
		low = 1;
	map = map_get(ports, wish->addr, wish->proto);
	if (map == NULL)
		return -ENOMEM;

	if (wants_preferred(wish, map))
		port = wish->preferred;
	else
		port = low <= high ? map_choose(map, low, high,
		                                low + (uint32_t)(wish->keyed % (high - low + 1)))
		                   : 0;
	if (port == 0) {
		map_release_if_empty(ports, map);
		return -EADDRNOTAVAIL;
	}
	map_set(ports, map, port);
	*ret_port = (uint16_t)port;
	return 0;
}

int ports_take_exact(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	struct port_map *map = map_get(ports, addr, proto);

	if (map == NULL)
		return -ENOMEM;
	if (bit_get(map->level0, port))
		return -EADDRINUSE;
	map_set(ports, map, port);
	return 0;
}

void ports_give_back(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	struct port_map *map = map_find(ports, addr, proto);

	must(map != NULL);
	map_clear(ports, map, port);
	map_release_if_empty(ports, map);
}

bool ports_is_taken(const struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	const struct port_map *map = map_find(ports, addr, proto);

	return map != NULL && bit_get(map->level0, port);
}

uint64_t ports_used(const struct ports *ports)
{
	return ports->used;
}
