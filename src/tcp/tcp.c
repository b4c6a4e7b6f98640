#include "tcp/tcp.h"

#include "lib/mem.h"
#include "tcp/outgoing.h"
#include "tcp/output.h"
#include "tcp/pressure.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"

enum {
	PEERS = 4096,    /* whose timestamps are remembered */
	RETRY_US = 1000, /* when no packet buffer was free */
};

static uint32_t or_default(uint32_t n, uint32_t by_default)
{
	return n != 0 ? n : by_default;
}

static struct tcp_budget fill_budget(const struct tcp_budget *budget)
{
	static const struct tcp_budget none;
	const struct tcp_budget *b = budget != NULL ? budget : &none;

	return (struct tcp_budget){
		.connections = or_default(b->connections, TCP_CONNECTIONS_DEFAULT),
		.half_open = or_default(b->half_open, TCP_HALF_OPEN_DEFAULT),
		.time_wait = or_default(b->time_wait, TCP_TIME_WAIT_DEFAULT),
		.listeners = or_default(b->listeners, TCP_LISTENERS_DEFAULT),
		.chunks = or_default(b->chunks, TCP_CHUNKS_DEFAULT),
		.flights = or_default(b->flights, TCP_FLIGHTS_DEFAULT),
	};
}

/* The part of the settings that recovery.h reads. */
static void spread_settings(struct tcp *tcp)
{
	const struct tcp_settings *s = &tcp->settings;

	tcp->time_waits.wait_ms = s->time_wait_ms;
	tcp->recovery = (struct recovery_settings){
		.limits = { .initial_us = s->rto_initial_ms * 1000,
		            .margin_us = s->rto_min_ms * 1000,
		            .least_us = s->rto_min_ms * 1000,
		            .most_us = s->rto_max_ms * 1000 },
		.initial_segments = s->initial_window,
	};
}

struct tcp *tcp_new(struct net *net, const struct tcp_budget *budget)
{
	struct tcp *tcp = mem_new(1, sizeof *tcp);
	struct tcp_budget b = fill_budget(budget);

	tcp->net = net;
	tcp->budget = b;
	tcp->settings = tcp_settings_default();
	spread_settings(tcp);
	tcp->connections = mem_new(b.connections, sizeof tcp->connections[0]);
	tcp->traffic = mem_new(b.connections, sizeof tcp->traffic[0]);
	tcp->connections_free = CONNECTION_NONE;
	tcp->table = connection_table_new(b.connections + b.half_open + b.time_wait, &net->key);
	listeners_init(&tcp->listeners, b.listeners);
	half_opens_init(&tcp->half_opens, b.half_open, net->now);
	time_waits_init(&tcp->time_waits, b.time_wait, tcp->settings.time_wait_ms);
	timer_wheel_init(&tcp->timers, b.connections, net->now);
	chunk_pool_init(&tcp->chunk_pool, b.chunks);
	tcp->chunks = &tcp->chunk_pool;
	tcp->flights = flight_pool_new(b.flights);
	tcp->peers = peer_cache_new(PEERS, &net->key);
	sequence_init(&tcp->sequence, net->random);
	syn_cookies_init(&tcp->cookies, net->random);
	return tcp;
}

static void end_all(struct tcp *tcp)
{
	for (uint32_t i = 0; i < tcp->connections_touched; i++) {
		struct connection *c = &tcp->connections[i];

		if (c->in_use && c->state != CONNECTION_CLOSED)
			connection_end(c, 0);
		c->is_marked = false;
		if (c->in_use)
			connection_free(c);
	}
}

void tcp_free(struct tcp *tcp)
{
	if (tcp == NULL)
		return;
	end_all(tcp);
	peer_cache_free(tcp->peers);
	flight_pool_free(tcp->flights);
	chunk_pool_free(&tcp->chunk_pool);
	timer_wheel_free(&tcp->timers);
	time_waits_free(&tcp->time_waits);
	half_opens_free(&tcp->half_opens);
	listeners_free(&tcp->listeners);
	connection_table_free(tcp->table);
	mem_free(tcp->traffic);
	mem_free(tcp->connections);
	mem_free(tcp);
}

void tcp_set_owner(struct tcp *tcp, const struct tcp_owner *owner)
{
	tcp->owner = *owner;
}

struct tcp_settings *tcp_settings(struct tcp *tcp)
{
	return &tcp->settings;
}

const struct tcp_counts *tcp_counts(const struct tcp *tcp)
{
	return &tcp->counts;
}

static void tell(struct connection *c)
{
	unsigned events = c->events;

	c->events = 0;
	if (events != 0 && c->owner != NULL && c->tcp->owner.changed != NULL)
		c->tcp->owner.changed(c->owner, c, events);
}

static struct connection *marked_take(struct tcp *tcp)
{
	struct connection *c = &tcp->connections[tcp->marked_first];

	tcp->marked_first = c->list_next;
	tcp->marked_n--;
	c->is_marked = false;
	return c;
}

/* False: no more can be sent now. */
static bool attend(struct connection *c)
{
	bool is_full;

	tell(c);
	is_full = output(c);
	/* Nobody will ask for it again: its owner has let go, no listener has it. */
	if (c->state == CONNECTION_CLOSED && c->is_orphan) {
		if (!c->is_marked)
			connection_free(c);
		return true;
	}
	timer_set(c);
	if (is_full)
		connection_mark(c);
	return !is_full;
}

/* Each of those that were marked by now, once; what a turn can't finish waits for the next. */
static void attend_all(struct tcp *tcp)
{
	for (uint32_t n = tcp->marked_n; n > 0 && tcp->marked_n > 0; n--) {
		if (attend(marked_take(tcp)))
			continue;
		if (outgoing_has_room(tcp)) /* so it was a buffer that was missing */
			tcp->full_until = mono_add_ns(tcp->net->now, RETRY_US * NS_PER_US);
		return;
	}
}

static void time_wait_turn(struct tcp *tcp)
{
	struct time_wait *wait;

	while ((wait = time_wait_expired(&tcp->time_waits, tcp->net->now)) != NULL) {
		connection_table_remove(tcp->table, &wait->ends);
		time_wait_end(&tcp->time_waits, wait);
	}
}

void tcp_turn(struct tcp *tcp)
{
	spread_settings(tcp);
	timer_turn(tcp);
	listener_turn(tcp);
	time_wait_turn(tcp);
	pressure_turn(tcp);
	listeners_tell(tcp);
	attend_all(tcp);
}

mono tcp_due(const struct tcp *tcp)
{
	mono due = timer_wheel_due(&tcp->timers);

	due = mono_min(due, half_open_due(&tcp->half_opens));
	due = mono_min(due, time_wait_due(&tcp->time_waits));
	if (tcp->marked_n == 0 && tcp->listeners.news == LISTENER_NONE)
		return due;
	return mono_before(tcp->net->now, tcp->full_until) ? mono_min(due, tcp->full_until)
	                                                   : tcp->net->now;
}

bool tcp_tuple_is_used(const struct tcp *tcp, const struct tuple *ends)
{
	struct entry entry = connection_table_find(tcp->table, ends);

	if (entry.kind == ENTRY_TIME_WAIT)
		return !time_wait_may_reuse(time_wait_at(&tcp->time_waits, entry.index),
		                            tcp->net->now);
	return entry.kind != ENTRY_NONE;
}

struct connection *tcp_next(struct tcp *tcp, struct connection *after)
{
	uint32_t place = after != NULL ? connection_place(after) + 1 : 0;

	for (; place < tcp->connections_touched; place++) {
		if (tcp->connections[place].in_use)
			return &tcp->connections[place];
	}
	return NULL;
}

struct listener *tcp_next_listener(struct tcp *tcp, struct listener *after)
{
	uint32_t place = after != NULL ? listener_place(after) + 1 : 0;

	for (; place < tcp->listeners.touched; place++) {
		if (tcp->listeners.all[place].in_use)
			return &tcp->listeners.all[place];
	}
	return NULL;
}

struct tcp_use tcp_use(const struct tcp *tcp)
{
	return (struct tcp_use){ .connections = tcp->connections_n,
		                 .half_open = tcp->half_opens.used,
		                 .time_wait = tcp->time_waits.used,
		                 .listeners = tcp->listeners.n,
		                 .chunks = tcp->chunk_pool.used,
		                 .flights = flight_pool_used(tcp->flights) };
}
