#include "core/crowd.h"

#include <string.h>

#include "lib/mem.h"

struct crowd {
	struct port_map map;
	ip4 addr, remote;
	uint16_t remote_port;
	uint8_t proto;
	uint64_t asked; /* when, counted in questions; 0: not in use */
	uint32_t next;  /* in its chain: place + 1 */
};

struct crowds {
	struct hash_key key;
	struct crowd *all;
	uint32_t *heads;
	uint32_t n, open, mask;
	uint64_t questions;
};

struct crowds *crowds_new(unsigned n, const struct hash_key *key)
{
	struct crowds *crowds = mem_new(1, sizeof *crowds);
	uint32_t heads = 2;

	must(n > 0 && n < UINT32_MAX / 4);
	while (heads < n * 2)
		heads *= 2;
	crowds->key = *key;
	crowds->n = n;
	crowds->mask = heads - 1;
	crowds->all = mem_new(n, sizeof crowds->all[0]);
	crowds->heads = mem_new(heads, sizeof crowds->heads[0]);
	return crowds;
}

void crowds_free(struct crowds *crowds)
{
	if (crowds == NULL)
		return;
	mem_free(crowds->all);
	mem_free(crowds->heads);
	mem_free(crowds);
}

void crowds_clear(struct crowds *crowds)
{
	memset(crowds->heads, 0, ((size_t)crowds->mask + 1) * sizeof crowds->heads[0]);
	for (uint32_t i = 0; i < crowds->n; i++)
		crowds->all[i].asked = 0;
	crowds->open = 0;
}

static uint32_t *head_of(struct crowds *crowds, ip4 addr, ip4 remote, uint16_t port, uint8_t proto)
{
	uint64_t words[2] = { (uint64_t)addr.v << 32 | remote.v, (uint64_t)port << 8 | proto };

	return &crowds->heads[hash_words(&crowds->key, words, 2) & crowds->mask];
}

static bool is_for(const struct crowd *crowd, const struct tuple *answer)
{
	return crowd->addr.v == answer->dst.v && crowd->remote.v == answer->src.v &&
	       crowd->remote_port == answer->sport && crowd->proto == answer->proto;
}

static struct crowd *find(struct crowds *crowds, const struct tuple *answer)
{
	uint32_t at;

	if (crowds->open == 0)
		return NULL;
	at = *head_of(crowds, answer->dst, answer->src, answer->sport, answer->proto);
	while (at != 0 && !is_for(&crowds->all[at - 1], answer))
		at = crowds->all[at - 1].next;
	return at != 0 ? &crowds->all[at - 1] : NULL;
}

struct port_map *crowd_find(struct crowds *crowds, const struct tuple *answer)
{
	struct crowd *crowd = find(crowds, answer);

	if (crowd == NULL)
		return NULL;
	crowd->asked = ++crowds->questions;
	return &crowd->map;
}

/* One that is not in use, or the one asked least lately. */
static struct crowd *take(struct crowds *crowds)
{
	struct crowd *oldest = &crowds->all[0];
	uint32_t *at;

	for (uint32_t i = 1; i < crowds->n; i++) {
		if (crowds->all[i].asked < oldest->asked)
			oldest = &crowds->all[i];
	}
	if (oldest->asked == 0) {
		crowds->open++;
		return oldest;
	}
	at = head_of(crowds, oldest->addr, oldest->remote, oldest->remote_port, oldest->proto);
	while (&crowds->all[*at - 1] != oldest)
		at = &crowds->all[*at - 1].next;
	*at = oldest->next;
	return oldest;
}

struct port_map *crowd_open(struct crowds *crowds, const struct tuple *answer)
{
	struct crowd *crowd = take(crowds);
	uint32_t *head;

	*crowd = (struct crowd){
		.addr = answer->dst,
		.remote = answer->src,
		.remote_port = answer->sport,
		.proto = answer->proto,
		.asked = ++crowds->questions,
	};
	head = head_of(crowds, crowd->addr, crowd->remote, crowd->remote_port, crowd->proto);
	crowd->next = *head;
	*head = (uint32_t)(crowd - crowds->all) + 1;
	return &crowd->map;
}

void crowds_note(struct crowds *crowds, const struct tuple *answer, bool there)
{
	struct crowd *crowd = find(crowds, answer);

	if (crowd == NULL)
		return;
	if (there)
		port_map_set(&crowd->map, answer->dport);
	else
		port_map_clear(&crowd->map, answer->dport);
}
