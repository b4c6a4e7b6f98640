#include "core/ip4_datagrams.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/must.h"

enum {
	SOURCES = 64, /* groups of senders */
};

#define NONE UINT32_MAX

/* A list of datagrams, oldest first. */
struct line {
	uint32_t oldest, newest, n;
};

struct ip4_datagrams {
	struct hash_key key;
	struct ip4_datagram *at;
	uint32_t max, mask;
	uint32_t *heads;
	uint32_t free;
	struct line all, sources[SOURCES];
};

struct ip4_datagrams *ip4_datagrams_new(uint32_t max, const struct hash_key *key)
{
	struct ip4_datagrams *all = mem_new(1, sizeof *all);
	uint32_t heads = 8;

	must(max > 0 && max < UINT32_MAX / 4);
	while (heads < max)
		heads *= 2;
	all->key = *key;
	all->max = max;
	all->mask = heads - 1;
	all->at = mem_new(max, sizeof all->at[0]);
	all->heads = mem_new(heads, sizeof all->heads[0]);
	memset(all->heads, 0xff, heads * sizeof all->heads[0]);
	for (uint32_t i = 0; i < max; i++)
		all->at[i].next = i + 1 < max ? i + 1 : NONE;
	all->all = (struct line){ NONE, NONE, 0 };
	for (unsigned i = 0; i < SOURCES; i++)
		all->sources[i] = all->all;
	return all;
}

void ip4_datagrams_free(struct ip4_datagrams *all)
{
	mem_free(all->at);
	mem_free(all->heads);
	mem_free(all);
}

static uint32_t *head_of(struct ip4_datagrams *all, ip4 src, ip4 dst, uint32_t rest)
{
	uint64_t words[2] = { (uint64_t)src.v << 32 | dst.v, rest };

	return &all->heads[hash_words(&all->key, words, 2) & all->mask];
}

/* Interfaces are few: 8 bits of them tell most apart. */
static uint32_t rest_of(uint16_t id, uint8_t proto, iface_id in)
{
	return (uint32_t)id << 16 | (uint32_t)proto << 8 | (in & 0xffU);
}

static struct line *source_of(struct ip4_datagrams *all, ip4 src)
{
	uint64_t word = src.v;

	return &all->sources[hash_words(&all->key, &word, 1) % SOURCES];
}

struct ip4_datagram *ip4_datagrams_find(struct ip4_datagrams *all, const struct pkt *p)
{
	const struct tuple *t = &p->arrived;
	uint32_t at = *head_of(all, t->src, t->dst, rest_of(p->ip_id, t->proto, p->in));

	while (at != NONE) {
		struct ip4_datagram *d = &all->at[at];

		if (d->id == p->ip_id && ip4_equal(d->src, t->src) && ip4_equal(d->dst, t->dst) &&
		    d->proto == t->proto && d->in == p->in)
			return d;
		at = d->next;
	}
	return NULL;
}

/* Both lists end in the newest. */
static void lines_put(struct ip4_datagrams *all, struct ip4_datagram *d)
{
	struct line *source = source_of(all, d->src);
	uint32_t place = (uint32_t)(d - all->at);

	d->older = all->all.newest;
	d->mine_older = source->newest;
	d->newer = d->mine_newer = NONE;
	if (d->older != NONE)
		all->at[d->older].newer = place;
	else
		all->all.oldest = place;
	if (d->mine_older != NONE)
		all->at[d->mine_older].mine_newer = place;
	else
		source->oldest = place;
	all->all.newest = source->newest = place;
	all->all.n++;
	source->n++;
}

static void lines_take(struct ip4_datagrams *all, const struct ip4_datagram *d)
{
	struct line *source = source_of(all, d->src);

	*(d->older != NONE ? &all->at[d->older].newer : &all->all.oldest) = d->newer;
	*(d->newer != NONE ? &all->at[d->newer].older : &all->all.newest) = d->older;
	*(d->mine_older != NONE ? &all->at[d->mine_older].mine_newer : &source->oldest) =
		d->mine_newer;
	*(d->mine_newer != NONE ? &all->at[d->mine_newer].mine_older : &source->newest) =
		d->mine_older;
	all->all.n--;
	source->n--;
}

struct ip4_datagram *ip4_datagrams_add(struct ip4_datagrams *all, const struct pkt *p, mono due)
{
	const struct tuple *t = &p->arrived;
	struct ip4_datagram *d;
	uint32_t *head;

	if (all->free == NONE)
		return NULL;
	d = &all->at[all->free];
	all->free = d->next;
	head = head_of(all, t->src, t->dst, rest_of(p->ip_id, t->proto, p->in));
	d->used = true;
	d->spoilt = false;
	d->proto = t->proto;
	d->id = p->ip_id;
	d->in = p->in;
	d->src = t->src;
	d->dst = t->dst;
	d->due = due;
	d->have_bytes = d->end_bytes = 0;
	d->n = 0;
	d->next = *head;
	*head = (uint32_t)(d - all->at);
	lines_put(all, d);
	return d;
}

void ip4_datagrams_remove(struct ip4_datagrams *all, struct ip4_datagram *d)
{
	uint32_t *link = head_of(all, d->src, d->dst, rest_of(d->id, d->proto, d->in));
	uint32_t place = (uint32_t)(d - all->at);

	must(d->used && d->n == 0);
	while (*link != place)
		link = &all->at[*link].next;
	*link = d->next;
	lines_take(all, d);
	d->used = false;
	d->next = all->free;
	all->free = place;
}

static struct ip4_datagram *at(struct ip4_datagrams *all, uint32_t place)
{
	return place != NONE ? &all->at[place] : NULL;
}

struct ip4_datagram *ip4_datagrams_oldest(struct ip4_datagrams *all)
{
	return at(all, all->all.oldest);
}

struct ip4_datagram *ip4_datagrams_victim(struct ip4_datagrams *all, const struct ip4_datagram *but)
{
	struct ip4_datagram *victim = NULL;
	uint32_t most = 0;

	for (unsigned i = 0; i < SOURCES; i++) {
		const struct line *line = &all->sources[i];
		struct ip4_datagram *d = at(all, line->oldest);

		if (d == but && d != NULL)
			d = at(all, d->mine_newer);
		if (d == NULL || line->n < most)
			continue;
		if (line->n > most || mono_before(d->due, victim->due))
			victim = d;
		most = line->n;
	}
	return victim;
}
