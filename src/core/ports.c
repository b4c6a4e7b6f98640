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
	uint32_t mask, free, addresses_max;
	uint64_t used;
	const struct port_map **against; /* of a choice at hand */
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
	ports->against = mem_new(addresses_max + 2, sizeof ports->against[0]);
	ports->addresses_max = addresses_max;
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
	mem_free(ports->against);
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

/* Everything but the address at hand that speaks against a port there: what is taken at address
 * zero, and for that address what is taken at any. */
static unsigned maps_against(const struct ports *ports, ip4 addr, uint8_t proto,
                             const struct port_map **ret_maps, unsigned max)
{
	const struct ports_of *any = of_find(ports, (ip4){ 0 }, proto);
	unsigned n = 0;

	if (!ip4_is_zero(addr)) {
		if (any != NULL)
			ret_maps[n++] = &any->map;
		return n;
	}
	for (uint32_t i = 0; i <= ports->mask; i++) {
		for (uint32_t at = ports->heads[i]; at != NONE; at = ports->maps[at].next) {
			if (ports->maps[at].proto != proto || ip4_is_zero(ports->maps[at].addr))
				continue;
			must(n < max);
			ret_maps[n++] = &ports->maps[at].map;
		}
	}
	return n;
}

static bool one_has(const struct port_map *const *maps, unsigned n, uint16_t port)
{
	for (unsigned i = 0; i < n; i++) {
		if (port_map_has(maps[i], port))
			return true;
	}
	return false;
}

static uint16_t choose(const struct ports_wish *wish, const struct port_map *const *maps,
                       unsigned n)
{
	uint16_t low = wish->low;

	/* The well-known ports are for who names them: by preference, or by a range of just them.
	 */
	if (low < FIRST_FREE_FOR_ALL && wish->high >= FIRST_FREE_FOR_ALL)
		low = FIRST_FREE_FOR_ALL;
	if (low == 0)
		low = 1;
	if (wish->preferred != 0 && wish->preferred >= wish->low && wish->preferred <= wish->high &&
	    !one_has(maps, n, wish->preferred))
		return wish->preferred;
	n += wish->reserved != NULL; /* the last */
	return port_map_choose_among(maps, n, low, wish->high, wish->parity, wish->keyed);
}

int ports_take(struct ports *ports, const struct ports_wish *wish, uint16_t *ret_port)
{
	struct ports_of *of = of_get(ports, wish->addr, wish->proto);
	unsigned n;
	uint16_t port;

	must(wish->low <= wish->high);
	if (of == NULL)
		return -ENOMEM;
	ports->against[0] = &of->map;
	n = 1 +
	    maps_against(ports, wish->addr, wish->proto, ports->against + 1, ports->addresses_max);
	if (wish->reserved != NULL)
		ports->against[n] = wish->reserved;
	port = choose(wish, ports->against, n);
	if (port == 0) {
		of_release_if_empty(ports, of);
		return -EADDRNOTAVAIL;
	}
	port_map_set(&of->map, port);
	ports->used++;
	*ret_port = port;
	return 0;
}

int ports_take_beside(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
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

int ports_take_exact(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	return ports_is_taken(ports, addr, proto, port)
	               ? -EADDRINUSE
	               : ports_take_beside(ports, addr, proto, port);
}

void ports_give_back(struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	struct ports_of *of = of_find(ports, addr, proto);

	must(of != NULL);
	port_map_clear(&of->map, port);
	ports->used--;
	of_release_if_empty(ports, of);
}

const struct port_map *ports_map(const struct ports *ports, ip4 addr, uint8_t proto)
{
	const struct ports_of *of = of_find(ports, addr, proto);

	return of != NULL ? &of->map : NULL;
}

static bool has(const struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	const struct port_map *map = ports_map(ports, addr, proto);

	return map != NULL && port_map_has(map, port);
}

unsigned ports_takers(const struct ports *ports, uint8_t proto, uint16_t port)
{
	unsigned n = 0;

	for (uint32_t i = 0; i <= ports->mask; i++) {
		for (uint32_t at = ports->heads[i]; at != NONE; at = ports->maps[at].next)
			n += ports->maps[at].proto == proto &&
			     port_map_has(&ports->maps[at].map, port);
	}
	return n;
}

bool ports_is_taken(const struct ports *ports, ip4 addr, uint8_t proto, uint16_t port)
{
	if (ip4_is_zero(addr))
		return ports_takers(ports, proto, port) > 0;
	return has(ports, addr, proto, port) || has(ports, (ip4){ 0 }, proto, port);
}

uint64_t ports_used(const struct ports *ports)
{
	return ports->used;
}
