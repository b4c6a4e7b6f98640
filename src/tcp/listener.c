#include "tcp/listener.h"

#include <errno.h>

#include "lib/mem.h"
#include "tcp/tcp_inside.h"

void listeners_init(struct listeners *listeners, uint32_t capacity)
{
	*listeners = (struct listeners){ .capacity = capacity,
		                         .free = LISTENER_NONE,
		                         .news = LISTENER_NONE };
	listeners->all = mem_new(capacity, sizeof listeners->all[0]);
	for (unsigned i = 0; i < LISTENER_BUCKETS; i++)
		listeners->buckets[i] = LISTENER_NONE;
}

void listeners_free(struct listeners *listeners)
{
	mem_free(listeners->all);
}

uint32_t listener_place(const struct listener *l)
{
	return (uint32_t)(l - l->tcp->listeners.all);
}

static uint32_t *bucket_of(struct tcp *tcp, uint16_t port)
{
	return &tcp->listeners.buckets[port % LISTENER_BUCKETS];
}

/* How well @l suits a SYN; 0: not at all. */
static unsigned suits(const struct listener *l, const struct tuple *ends, iface_id in)
{
	if (l->port != ends->sport)
		return 0;
	if (!ip4_is_zero(l->addr) && l->addr.v != ends->src.v)
		return 0;
	if (l->settings.bound != IFACE_NONE && l->settings.bound != in)
		return 0;
	return 1U + !ip4_is_zero(l->addr) + 2U * (l->settings.bound != IFACE_NONE);
}

/* SO_REUSEPORT: each pair of ends keeps to one of the equal ones, as long as they are the same. */
static uint64_t weight(const struct tcp *tcp, const struct listener *l, const struct tuple *ends)
{
	uint64_t words[] = { (uint64_t)ends->dst.v << 32 | ends->src.v,
		             (uint64_t)ends->dport << 16 | ends->sport, listener_place(l) };

	return hash_words(&tcp->net->key, words, ARRAY_LEN(words));
}

struct listener *listener_find(struct tcp *tcp, const struct tuple *ends, iface_id in)
{
	struct listener *best = NULL;
	unsigned best_suits = 0;
	uint64_t best_weight = 0;

	for (uint32_t at = *bucket_of(tcp, ends->sport); at != LISTENER_NONE;
	     at = tcp->listeners.all[at].bucket_next) {
		struct listener *l = &tcp->listeners.all[at];
		unsigned is = suits(l, ends, in);

		if (is == 0 || is < best_suits)
			continue;
		if (is == best_suits && weight(tcp, l, ends) <= best_weight)
			continue;
		best = l;
		best_suits = is;
		best_weight = weight(tcp, l, ends);
	}
	return best;
}

static bool is_taken(struct tcp *tcp, const struct listener_plan *plan)
{
	iface_id bound = plan->settings != NULL ? plan->settings->bound : IFACE_NONE;

	for (uint32_t at = *bucket_of(tcp, plan->port); at != LISTENER_NONE;
	     at = tcp->listeners.all[at].bucket_next) {
		const struct listener *l = &tcp->listeners.all[at];

		if (l->port == plan->port && l->addr.v == plan->addr.v &&
		    l->settings.bound == bound && !(l->shared && plan->shared))
			return true;
	}
	return false;
}

static struct listener *new (struct tcp *tcp)
{
	struct listeners *listeners = &tcp->listeners;
	uint32_t place = listeners->free;

	if (place != LISTENER_NONE)
		listeners->free = listeners->all[place].free_next;
	else if (listeners->touched < listeners->capacity)
		place = listeners->touched++;
	else
		return NULL;
	listeners->n++;
	return &listeners->all[place];
}

int listener_open(struct tcp *tcp, const struct listener_plan *plan, struct listener **ret)
{
	struct listener *l;
	uint32_t *bucket = bucket_of(tcp, plan->port);

	if (is_taken(tcp, plan))
		return -EADDRINUSE;
	l = new (tcp);
	if (l == NULL)
		return -ENOBUFS;
	*l = (struct listener){ .tcp = tcp,
		                .owner = plan->owner,
		                .addr = plan->addr,
		                .port = plan->port,
		                .in_use = true,
		                .shared = plan->shared,
		                .backlog = plan->backlog,
		                .first = CONNECTION_NONE,
		                .last = CONNECTION_NONE,
		                .news_next = LISTENER_NONE,
		                .bucket_next = *bucket };
	if (plan->settings != NULL)
		l->settings = *plan->settings;
	*bucket = listener_place(l);
	*ret = l;
	return 0;
}

static void unlink_from(uint32_t *link, struct listener *all, uint32_t place, bool is_bucket)
{
	while (*link != LISTENER_NONE && *link != place)
		link = is_bucket ? &all[*link].bucket_next : &all[*link].news_next;
	if (*link == place)
		*link = is_bucket ? all[place].bucket_next : all[place].news_next;
}

static void forget_half_open(struct listener *l)
{
	struct tcp *tcp = l->tcp;

	for (uint32_t i = 0; i < tcp->half_opens.fresh && l->half_open > 0; i++) {
		struct half_open *half_open = half_open_at(&tcp->half_opens, i);

		if (!half_open->used || half_open->listener != listener_place(l))
			continue;
		connection_table_remove(tcp->table, &half_open->ends);
		half_open_end(&tcp->half_opens, half_open);
		l->half_open--;
	}
}

void listener_close(struct listener *l)
{
	struct listeners *listeners = &l->tcp->listeners;
	uint32_t place = listener_place(l);
	struct connection *c;

	forget_half_open(l);
	while ((c = listener_take(l, NULL)) != NULL)
		connection_abort(c);
	unlink_from(bucket_of(l->tcp, l->port), listeners->all, place, true);
	if (l->has_news)
		unlink_from(&listeners->news, listeners->all, place, false);
	l->in_use = false;
	l->free_next = listeners->free;
	listeners->free = place;
	listeners->n--;
}

void listener_set_backlog(struct listener *l, uint32_t backlog)
{
	l->backlog = backlog;
}

void listener_set_settings(struct listener *l, const struct connection_settings *settings)
{
	l->settings = *settings;
}

/* Linux's sk_acceptq_is_full(): a backlog of 0 lets one wait. */
bool listener_has_room(const struct listener *l)
{
	return l->waiting <= l->backlog;
}

static void note_news(struct listener *l)
{
	if (l->has_news)
		return;
	l->has_news = true;
	l->news_next = l->tcp->listeners.news;
	l->tcp->listeners.news = listener_place(l);
}

void listener_add(struct listener *l, struct connection *c)
{
	uint32_t place = connection_place(c);

	c->listener = listener_place(l);
	c->accept_next = CONNECTION_NONE;
	if (l->waiting++ == 0)
		l->first = place;
	else
		l->tcp->connections[l->last].accept_next = place;
	l->last = place;
	note_news(l);
}

struct connection *listener_take(struct listener *l, void *owner)
{
	struct connection *c;

	if (l->waiting == 0)
		return NULL;
	c = &l->tcp->connections[l->first];
	l->first = c->accept_next;
	l->waiting--;
	c->listener = CONNECTION_NONE;
	c->owner = owner;
	return c;
}

void listeners_tell(struct tcp *tcp)
{
	struct listeners *listeners = &tcp->listeners;

	while (listeners->news != LISTENER_NONE) {
		struct listener *l = &listeners->all[listeners->news];

		listeners->news = l->news_next;
		l->has_news = false;
		if (tcp->owner.listener_changed != NULL)
			tcp->owner.listener_changed(l->owner, l);
	}
}

uint32_t listener_waiting(const struct listener *l)
{
	return l->waiting;
}

uint32_t listener_half_open(const struct listener *l)
{
	return l->half_open;
}

uint32_t listener_backlog(const struct listener *l)
{
	return l->backlog;
}

ip4 listener_address(const struct listener *l)
{
	return l->addr;
}

uint16_t listener_port(const struct listener *l)
{
	return l->port;
}
