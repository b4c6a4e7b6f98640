#include "core/ports.h"

#include <errno.h>
#include <string.h>

#include "lib/mem.h"

#define NONE UINT32_MAX

enum {
	FIRST_FREE_FOR_ALL = 1024,
};

struct ports_of { /* of one address and protocol */
	struct port_map map;
	ip4 addr;
	uint8_t proto;
	uint32_t next; /* in its hash chain, or free */
};

struct ports {
	struct hash_key key;
	struct ports_of *maps;
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

static struct ports_of *of_find(const struct ports *ports, ip4 addr, uint8_t proto)
{
	for (uint32_t at = *head_of(ports, addr, proto); at != NONE; at = ports->maps[at].next) {
		struct ports_of *of = &ports->maps[at];

		if (of->addr.v == addr.v && of->proto == proto)
			return of;
	}
	return NULL;
}

static struct ports_of *of_get(struct ports *ports, ip4 addr, uint8_t proto)
{
	struct ports_of *of = of_find(ports, addr, proto);
	uint32_t *head = head_of(ports, addr, proto);
	uint32_t at = ports->free;

	if (of != NULL || at == NONE)
		return of;
	of = &ports->maps[at];
	ports->free = of->next;
	of->addr = addr;
	of->proto = proto;
	of->next = *head;
	*head = at;
	return of;
}

/* An address of which no port is taken needs no map; all its bits are clear already. */
static void of_release_if_empty(struct ports *ports, struct ports_of *of)
{
	uint32_t *link = head_of(ports, of->addr, of->proto);

	if (of->map.used > 0)
		return;
	while (&ports->maps[*link] != of)
		link = &ports->maps[*link].next;

	uint32_t at = *link;

	*link = of->next;
	of->next = ports->free;
	ports->free = at;
}

static bool wants_preferred(const struct ports_wish *wish, const struct port_map *map)
{
	return wish->preferred != 0 && wish->preferred >= wish->low &&
	       wish->preferred <= wish->high && !port_map_has(map, wish->preferred);
}

int ports_take(struct ports *ports, const struct ports_wish *wish, uint16_t *ret_port)
{
	uint16_t low = wish->low, high = wish->high, port;
	struct ports_of *of;

	must(low <= high);
	/* The well-known ports are for who names them: by preference, or by a range of just them.
	 */
	if (low < FIRST_FREE_FOR_ALL && high >= FIRST_FREE_FOR_ALL)
		low = FIRST_FREE_FOR_ALL;
	if (low == 0)
		low = 1;
	of = of_get(ports, wish->addr, wish->proto);
	if (of == NULL)
		return -ENOMEM;

	if (wants_preferred(wish, &of->map))
		port = wish->preferred;
	else
		port = port_map_choose(&of->map, low, high, wish->parity, wish->keyed);
	if (port == 0) {
		of_release_if_empty(ports, of);
		return -EADDRNOTAVAIL;
	}
	port_map_set(&of->map, port);
	ports->used++;
	*ret_port = port;
	return 0;
}

int ports_take_exact(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	struct ports_of *of = of_get(ports, addr, proto);

	if (of == NULL)
		return -ENOMEM;
	if (port_map_has(&of->map, port))
		return -EADDRINUSE;
	port_map_set(&of->map, port);
	ports->used++;
	return 0;
}

void ports_give_back(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	struct ports_of *of = of_find(ports, addr, proto);

	must(of != NULL);
	port_map_clear(&of->map, port);
	ports->used--;
	of_release_if_empty(ports, of);
}

bool ports_is_taken(const struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	const struct ports_of *of = of_find(ports, addr, proto);

	return of != NULL && port_map_has(&of->map, port);
}

uint64_t ports_used(const struct ports *ports)
{
	return ports->used;
}
