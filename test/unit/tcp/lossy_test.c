/*
 * Two of our own ends over a path that loses, repeats, reorders and delays: every byte comes once
 * and in order, both ends finish, and all that they used comes back. Cut segments and whole
 * super-segments, with and without SACK, timestamps and window scale; numbers that come round.
 */
#include <stdlib.h>

#include "core/segment.h"
#include "seeded.h"
#include "tcp/side.h"

#define PATH_MAX 4096

struct flying {
	mono due;
	uint64_t order;
	bool to_b;
	uint8_t *bytes;
	uint32_t len;
	uint16_t l4;
	struct offload offload;
};

struct path {
	struct side a, b;
	struct seeded seeded;
	struct flying all[PATH_MAX];
	unsigned n;
	uint64_t order;
	unsigned lose_percent, repeat_percent, late_percent;
	uint64_t delay_us;
	uint64_t lost;
};

static uint32_t below(struct path *path, uint32_t n)
{
	return random_below(&path->seeded.random, n);
}

static void fly(struct path *path, const struct pkt *p, bool to_b, uint64_t delay_us)
{
	struct flying *f = &path->all[path->n];

	assert_true(path->n < PATH_MAX);
	path->n++;
	*f = (struct flying){ .due = mono_add_ns(path->a.net->now, delay_us * NS_PER_US),
		              .order = path->order++,
		              .to_b = to_b,
		              .bytes = mem_new(1, p->len),
		              .len = p->len,
		              .l4 = p->l4,
		              .offload = p->offload };
	memcpy(f->bytes, p->bytes, p->len);
}

static void send_all(struct path *path, struct side *from, bool to_b)
{
	struct pkt *p;

	while ((p = net_own_take(from->net)) != NULL) {
		uint64_t delay = path->delay_us;

		if (below(path, 100) < path->late_percent)
			delay += below(path, 20000);
		if (below(path, 100) < path->lose_percent)
			path->lost++;
		else
			fly(path, p, to_b, delay);
		if (below(path, 100) < path->repeat_percent)
			fly(path, p, to_b, delay + below(path, 5000));
		pkt_done(from->net, p);
	}
}

/* What a host answers to a segment that nobody has (RFC 9293, 3.10.7.1). */
static void refuse(struct path *path, const struct flying *f)
{
	const uint8_t *tcp = f->bytes + f->l4;
	uint8_t bytes[IP4_HEADER_BYTES + TCP_HEADER_BYTES];
	struct writer w = writer_over(bytes, sizeof bytes);
	struct pkt p = { .bytes = bytes, .len = sizeof bytes, .l4 = IP4_HEADER_BYTES };

	if ((tcp[TCP_AT_FLAGS] & TCP_RST) != 0 || (tcp[TCP_AT_FLAGS] & TCP_ACK) == 0)
		return;
	ip4_header_build(&w, &(struct ip4_header){ .version = 4,
	                                           .header_bytes = 20,
	                                           .total_bytes = sizeof bytes,
	                                           .ttl = 64,
	                                           .proto = IPPROTO_TCP,
	                                           .src = A(f->to_b ? SIDE_THEM : SIDE_US),
	                                           .dst = A(f->to_b ? SIDE_US : SIDE_THEM) });
	tcp_header_build(&w, &(struct tcp_header){ .sport = wire_get16(tcp + TCP_AT_DPORT),
	                                           .dport = wire_get16(tcp + TCP_AT_SPORT),
	                                           .seq = wire_get32(tcp + TCP_AT_ACK),
	                                           .header_bytes = TCP_HEADER_BYTES,
	                                           .flags = TCP_RST });
	fly(path, &p, !f->to_b, path->delay_us);
}

static void arrive(struct path *path, struct flying *f)
{
	struct side *to = f->to_b ? &path->b : &path->a;
	struct pkt p = { .bytes = f->bytes,
		         .len = f->len,
		         .l4 = f->l4,
		         .in = 1,
		         .flow = FLOW_NONE,
		         .offload = f->offload };

	ip4_parse_header(&p);
	if (!side_input(to, &p))
		refuse(path, f); /* after its end nobody has a late one */
	mem_free(f->bytes);
}

/* The one that is due first; PATH_MAX: none is on its way. */
static unsigned first(const struct path *path)
{
	unsigned best = PATH_MAX;

	for (unsigned i = 0; i < path->n; i++) {
		const struct flying *f = &path->all[i];

		if (best == PATH_MAX || mono_before(f->due, path->all[best].due) ||
		    (f->due.ns == path->all[best].due.ns && f->order < path->all[best].order))
			best = i;
	}
	return best;
}

static void set_now(struct path *path, mono now)
{
	path->a.net->now = path->b.net->now = now;
}

static void turn(struct path *path)
{
	tcp_turn(path->a.tcp);
	tcp_turn(path->b.tcp);
	send_all(path, &path->a, true);
	send_all(path, &path->b, false);
}

/* Time passes to the next thing that happens, at most until @end. False: it is reached. */
static bool step(struct path *path, mono end)
{
	mono due = mono_min(tcp_due(path->a.tcp), tcp_due(path->b.tcp));
	unsigned i = first(path);

	if (i != PATH_MAX)
		due = mono_min(due, path->all[i].due);
	if (mono_before(end, due)) {
		set_now(path, end);
		return false;
	}
	if (mono_before(path->a.net->now, due))
		set_now(path, due);
	while ((i = first(path)) != PATH_MAX && mono_due(path->all[i].due, path->a.net->now)) {
		struct flying f = path->all[i];

		path->all[i] = path->all[--path->n];
		arrive(path, &f);
	}
	turn(path);
	return true;
}

struct talk {
	struct connection *c;
	uint32_t wrote, read, total, other_total;
	bool shut, ended;
	unsigned salt;
};

static uint8_t content(unsigned salt, uint32_t at)
{
	return (uint8_t)(at * 31 + (at >> 8) * 7 + (at >> 16) + salt);
}

static void write_some(struct path *path, struct talk *t)
{
	uint8_t bytes[9000];
	uint32_t n = 1 + below(path, sizeof bytes);
	int64_t taken;

	if (t->wrote == t->total) {
		if (!t->shut && connection_state(t->c) != CONNECTION_SYN_SENT)
			t->shut = connection_shutdown(t->c, SHUT_WR) == 0;
		return;
	}
	if (n > t->total - t->wrote)
		n = t->total - t->wrote;
	for (uint32_t i = 0; i < n; i++)
		bytes[i] = content(t->salt, t->wrote + i);
	taken = connection_send(t->c, bytes, n, 0);
	if (taken > 0)
		t->wrote += (uint32_t)taken;
	else
		assert_int_equal(taken, -EAGAIN);
}

static void read_some(struct path *path, struct talk *t, unsigned other_salt)
{
	uint8_t bytes[20000];
	uint32_t n = 1 + below(path, sizeof bytes);
	int64_t got = connection_receive(t->c, bytes, n, 0);

	if (got < 0) {
		assert_int_equal(got, -EAGAIN);
		return;
	}
	for (uint32_t i = 0; i < got; i++)
		if (bytes[i] != content(other_salt, t->read + i))
			fail_msg("byte %u is wrong", t->read + i);
	t->read += (uint32_t)got;
	if (got == 0) {
		assert_int_equal(t->read, t->other_total);
		t->ended = true;
	}
}

static void all_is_back(const struct side *s)
{
	struct tcp_use use = tcp_use(s->tcp);
	struct connection *c = tcp_next(s->tcp, NULL);

	if (c != NULL)
		fail_msg("a connection is left: %s, %zu not sent",
		         connection_state_word(connection_state(c)), connection_unsent(c));

	assert_int_equal(use.connections, 0);
	assert_int_equal(use.half_open, 0);
	assert_int_equal(use.time_wait, 0);
	assert_int_equal(use.chunks, 0);
	assert_int_equal(use.flights, 0);
}

static void vary(struct path *path, unsigned seed)
{
	struct tcp_settings *a = tcp_settings(path->a.tcp), *b = tcp_settings(path->b.tcp);

	a->sack = seed % 5 != 1;
	b->timestamps = seed % 7 != 2;
	a->window_scaling = seed % 6 != 3;
	b->congestion = seed % 2 != 0 ? TCP_RENO : TCP_CUBIC;
	path->lose_percent = seed % 4 * 7;
	path->late_percent = seed % 3 * 10;
	path->repeat_percent = seed % 5 * 3;
	path->delay_us = 100 + seed % 6 * 20000ULL;
}

static void finish(struct path *path, struct talk *t)
{
	connection_close(t[0].c, -1);
	connection_close(t[1].c, -1);
	path->lose_percent = path->repeat_percent = 0;
	turn(path);
	for (mono end = mono_add_s(path->a.net->now, 400); step(path, end);)
		;
}

static void run(unsigned seed)
{
	static const struct tcp_budget budget = { .connections = 4,
		                                  .half_open = 4,
		                                  .time_wait = 4,
		                                  .listeners = 2,
		                                  .chunks = 1024,
		                                  .flights = 2048 };
	struct path *path = mem_new(1, sizeof *path);
	struct listener_plan listen = { .port = 80, .backlog = 4 };
	struct connection_plan plan;
	struct talk t[2] = { { .salt = 1 }, { .salt = 2 } };
	struct listener *l;
	mono end;

	path->seeded = seeded_make(seed);
	path->a = side_new_with(SIDE_US, &budget);
	path->b = side_new_with(SIDE_THEM, &budget);
	vary(path, seed);
	listen.owner = &path->b.told;
	assert_int_equal(listener_open(path->b.tcp, &listen, &l), 0);
	plan = side_plan(&path->a);
	plan.owner = NULL;
	plan.initial_sequence =
		seed % 2 != 0 ? UINT32_MAX - below(path, 200000) : below(path, 1U << 31);
	plan.timestamp_offset = UINT32_MAX - 1000 - (uint32_t)(path->a.net->now.ns / NS_PER_MS);
	t[0].total = t[1].other_total = below(path, 400000);
	t[1].total = t[0].other_total = below(path, 400000);
	assert_int_equal(connection_open(path->a.tcp, &plan, &t[0].c), 0);
	end = mono_add_s(path->a.net->now, 3600);
	turn(path);
	while (!t[0].ended || t[1].c == NULL || !t[1].ended) {
		mono soon = mono_add_ms(path->a.net->now, 1 + below(path, 50));

		while (step(path, soon))
			;
		if (t[1].c == NULL)
			t[1].c = listener_take(l, NULL);
		for (unsigned i = 0; i < 2; i++) {
			if (t[i].c == NULL)
				continue;
			write_some(path, &t[i]);
			read_some(path, &t[i], t[!i].salt);
		}
		turn(path);
		if (!mono_before(path->a.net->now, end))
			fail_msg("seed %u stalls: %u of %u, %u of %u", seed, t[1].read, t[0].total,
			         t[0].read, t[1].total);
	}
	finish(path, t);
	listener_close(l);
	all_is_back(&path->a);
	all_is_back(&path->b);
	assert_int_equal(path->n, 0);
	side_free(&path->a);
	side_free(&path->b);
	mem_free(path);
}

static void seeds(void **unused)
{
	const char *one = getenv("SEED");

	if (one != NULL) {
		run((unsigned)strtoul(one, NULL, 10));
		return;
	}
	for (unsigned seed = 0; seed < 60; seed++) {
		fprintf(stderr, "%u ", seed);
		run(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
