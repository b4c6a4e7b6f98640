#include "core/neigh_timers.h"

#include "lib/mem.h"
#include "lib/must.h"

void neigh_timers_init(struct neigh_timers *timers, uint32_t max)
{
	timers->at = mem_new(max + 1, sizeof(struct neigh *)); /* [0] stays unused */
	timers->n = 0;
}

void neigh_timers_free(struct neigh_timers *timers)
{
	mem_free(timers->at);
}

static bool is_before(const struct neigh *a, const struct neigh *b)
{
	return a->due.ns != b->due.ns ? a->due.ns < b->due.ns : a < b;
}

static void put(struct neigh_timers *timers, uint32_t at, struct neigh *n)
{
	timers->at[at] = n;
	n->timer = at;
}

static void rise(struct neigh_timers *timers, uint32_t at, struct neigh *n)
{
	while (at > 1 && is_before(n, timers->at[at / 2])) {
		put(timers, at, timers->at[at / 2]);
		at /= 2;
	}
	put(timers, at, n);
}

static void sink(struct neigh_timers *timers, uint32_t at, struct neigh *n)
{
	for (;;) {
		uint32_t child = 2 * at;

		if (child < timers->n && is_before(timers->at[child + 1], timers->at[child]))
			child++;
		if (child > timers->n || !is_before(timers->at[child], n))
			break;
		put(timers, at, timers->at[child]);
		at = child;
	}
	put(timers, at, n);
}

static void settle(struct neigh_timers *timers, uint32_t at, struct neigh *n)
{
	rise(timers, at, n);
	sink(timers, n->timer, n);
}

void neigh_timers_set(struct neigh_timers *timers, struct neigh *n)
{
	if (n->timer == 0)
		n->timer = ++timers->n;
	settle(timers, n->timer, n);
}

void neigh_timers_stop(struct neigh_timers *timers, struct neigh *n)
{
	uint32_t at = n->timer;
	struct neigh *last;

	if (at == 0)
		return;
	must(timers->at[at] == n);
	last = timers->at[timers->n--];
	n->timer = 0;
	if (last != n)
		settle(timers, at, last);
}

struct neigh *neigh_timers_first(const struct neigh_timers *timers)
{
	return timers->n > 0 ? timers->at[1] : NULL;
}
