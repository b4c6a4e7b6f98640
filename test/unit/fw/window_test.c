/*
 * window_test.c -- TCP exchanges as real ends have them, over a path that loses, doubles and
 * reorders before and behind the router: none of their segments is refused that its receiver could
 * use, and none that it could not use for lying elsewhere goes on.
 *
 * The ends are small and honest (RFC 9293): windows that close, scale, probes of a closed window,
 * probes of an idle peer, segments of many KiB, retransmissions of any part.
 */
#include "fw/flow_world.h"

#include "core/explain.h"

#define STREAM    (1U << 17)
#define QUEUE     24
#define EXCHANGES 300
#define STEPS     30000

struct end {
	uint32_t first;          /* the number of its SYN */
	uint32_t to_send;        /* bytes of its stream */
	uint32_t una, next;      /* of the stream: byte 0 is the first after the SYN */
	uint32_t edge, peer_got; /* how far it may send */
	uint8_t *got;            /* bytes of the other's stream */
	uint32_t got_next, read; /* the next wanted, and how many were taken out */
	uint32_t buffer;         /* its window when nothing is unread */
	int scale, scales;       /* what it offers; what holds */
	bool open, fin_sent, fin_acked, fin_got;
	uint32_t first_other;
	uint32_t offered; /* the highest edge that it has offered */
};

struct queue {
	struct flow_world_segment at[QUEUE];
	unsigned n;
};

struct exchange {
	struct flow_world *w;
	struct seeded random;
	struct tuple tuple[2];
	struct end ends[2];
	struct queue before[2], behind[2]; /* of segments that end i has sent */
	unsigned loss_percent;
	unsigned refused;
	bool picked;
};

static uint32_t below(struct exchange *x, uint32_t limit)
{
	return (uint32_t)(seeded_next(&x->random) % limit);
}

static bool chance(struct exchange *x, unsigned percent)
{
	return below(x, 100) < percent;
}

/* --- the ends --- */

static uint32_t number(const struct end *end, uint32_t at)
{
	return end->first + 1 + at;
}

static uint32_t window_of(struct end *end)
{
	uint32_t free_bytes = end->buffer - (end->got_next - end->read);
	uint32_t window = free_bytes >> end->scales;

	return window > 65535 ? 65535 : window;
}

static void queue_put(struct exchange *x, struct queue *queue,
                      const struct flow_world_segment *segment)
{
	if (chance(x, x->loss_percent) || queue->n == QUEUE)
		return;
	queue->at[queue->n++] = *segment;
	if (chance(x, 2) && queue->n < QUEUE)
		queue->at[queue->n++] = *segment;
}

static void say(struct exchange *x, unsigned who, uint8_t flags, uint32_t at, uint32_t bytes)
{
	struct end *end = &x->ends[who];
	uint32_t window = window_of(end);
	struct flow_world_segment segment = {
		.flags = (uint8_t)(flags | TCP_ACK),
		.seq = number(end, at),
		.ack = end->first_other + 1 + end->got_next + (end->fin_got ? 1 : 0),
		.window = (uint16_t)window,
		.payload = bytes,
		.scale = -1,
	};
	uint32_t edge = end->got_next + (window << end->scales);

	if (edge > end->offered)
		end->offered = edge;
	queue_put(x, &x->before[who], &segment);
}

static void say_syn(struct exchange *x, unsigned who)
{
	struct end *end = &x->ends[who];
	struct flow_world_segment segment = {
		.flags = TCP_SYN,
		.seq = end->first,
		.window = (uint16_t)(end->buffer > 65535 ? 65535 : end->buffer),
		.scale = end->scale,
	};

	if (who == 1) {
		segment.flags |= TCP_ACK;
		segment.ack = end->first_other + 1;
	}
	queue_put(x, &x->before[who], &segment);
}

/* New data as far as the window goes, or old ones again, or a probe. */
static void send_some(struct exchange *x, unsigned who)
{
	struct end *end = &x->ends[who];
	uint32_t most = chance(x, 20) ? 60000 : 1460;
	uint32_t room = end->edge > end->next ? end->edge - end->next : 0;
	uint32_t left = end->to_send - end->next;
	uint32_t bytes = room < left ? room : left;

	if (end->next > end->una && chance(x, 30)) {
		uint32_t at = end->una + below(x, end->next - end->una), old = end->next - at;

		say(x, who, 0, at, old > most ? most : old);
		return;
	}
	if (chance(x, 5)) { /* nothing new: RFC 9293, 3.8.4 */
		say(x, who, 0, end->next - 1, 0);
		return;
	}
	if (bytes == 0 && left > 0) { /* RFC 9293, 3.8.6.1, both ways to do it */
		if (chance(x, 50))
			say(x, who, 0, end->una - 1, 0);
		else if (end->una == end->next)
			say(x, who, 0, end->next, 1);
		return;
	}
	if (left == 0) {
		end->fin_sent = true;
		say(x, who, TCP_FIN, end->next, 0);
		return;
	}
	bytes = bytes > most ? 1 + below(x, most) : bytes;
	say(x, who, TCP_PSH, end->next, bytes);
	end->next += bytes;
}

static void take_ack(struct end *end, const struct flow_world_segment *s, const struct end *other)
{
	uint32_t acked = s->ack - number(end, 0);
	uint32_t edge;

	if (acked == end->to_send + 1 && end->fin_sent) {
		end->fin_acked = true;
		acked--;
	}
	/* Of a probe's byte also the edge beyond. */
	if ((int32_t)(acked - end->una) >= 0 && acked <= end->to_send) {
		end->una = acked;
		if (acked > end->next)
			end->next = acked;
	}
	edge = acked + ((uint32_t)s->window << other->scales);
	if ((int32_t)(edge - end->edge) > 0)
		end->edge = edge;
}

static void take_data(struct end *end, const struct flow_world_segment *s)
{
	uint32_t at = s->seq - end->first_other - 1;
	uint32_t limit = end->read + end->buffer;

	for (uint32_t i = at; i != at + s->payload; i++) {
		if (i < STREAM && i < limit)
			end->got[i] = 1;
	}
	while (end->got_next < STREAM && end->got[end->got_next])
		end->got_next++;
	if ((s->flags & TCP_FIN) != 0 && at + s->payload == end->got_next)
		end->fin_got = true;
}

static void end_open(struct end *end, const struct end *other, const struct flow_world_segment *syn)
{
	if (end->open)
		return;
	end->open = true;
	end->first_other = syn->seq;
	end->edge = syn->window;
	end->scales = end->scale >= 0 && other->scale >= 0 ? end->scale : 0;
}

static void take(struct exchange *x, unsigned who, const struct flow_world_segment *s)
{
	struct end *end = &x->ends[who], *other = &x->ends[who ^ 1];

	if ((s->flags & TCP_SYN) != 0) {
		end_open(end, other, s);
		if (who == 1)
			say_syn(x, 1);
		else
			say(x, 0, 0, end->next, 0);
		return;
	}
	if (!end->open)
		return;
	take_ack(end, s, other);
	take_data(end, s);
	if (chance(x, 70))
		end->read += below(x, end->got_next - end->read + 1);
	if (s->payload > 0 || (s->flags & TCP_FIN) != 0 || chance(x, 5))
		say(x, who, 0, end->next + (end->fin_sent ? 1 : 0), 0);
}

/* --- the router between them --- */

/* Does its receiver drop it, too? All of it is old (RFC 9293, 3.10.7.4, first), or it brings
 * nothing that is not there already. */
static bool is_stale(const struct exchange *x, unsigned from, const struct flow_world_segment *s)
{
	const struct end *sender = &x->ends[from], *receiver = &x->ends[from ^ 1];
	uint32_t last = s->seq + s->payload + ((s->flags & TCP_FIN) != 0);
	int32_t news = (int32_t)(last - number(sender, receiver->got_next));

	return news < 0 || (news == 0 && (int32_t)(s->ack - number(receiver, receiver->una)) <= 0);
}

static void refusal_fail(struct exchange *x, unsigned from, const struct flow_world_segment *s)
{
	struct explain why = { .n = 0 };
	struct pkt p;
	uint8_t dir;

	flow_world_look(x->w, &x->tuple[from], s, &p);
	p.why = &why;
	track_find(&x->w->fw, &p, false);
	fail_msg("end %u: flags %#x seq %u ack %u window %u payload %u in %s: %s", from, s->flags,
	         s->seq, s->ack, s->window, s->payload,
	         track_words[flow_at(x->w->fw.flows, flow_world_find(x->w, &x->tuple[0], &dir))
	                             ->tcp],
	         why.steps[0].text);
}

static void through(struct exchange *x, unsigned from, const struct flow_world_segment *s)
{
	uint8_t dir;
	bool there = flow_world_find(x->w, &x->tuple[0], &dir) != FLOW_NONE;

	if (flow_world_send(x->w, &x->tuple[from], s) == STATE_INVALID) {
		x->refused++;
		/* A FIN begins nothing: when it comes first after all was forgotten, it comes
		 * again. */
		if (there && !is_stale(x, from, s))
			refusal_fail(x, from, s);
		return;
	}
	queue_put(x, &x->behind[from], s);
}

/* One of the first few: so they overtake each other. */
static bool queue_take(struct exchange *x, struct queue *queue, struct flow_world_segment *ret)
{
	unsigned at;

	if (queue->n == 0)
		return false;
	at = chance(x, 80) ? 0 : below(x, queue->n < 4 ? queue->n : 4);
	*ret = queue->at[at];
	memmove(queue->at + at, queue->at + at + 1, (--queue->n - at) * sizeof queue->at[0]);
	return true;
}

static bool is_done(const struct exchange *x)
{
	return x->ends[0].fin_acked && x->ends[1].fin_acked;
}

static void step(struct exchange *x)
{
	unsigned who = below(x, 2);
	struct flow_world_segment s;

	if (chance(x, 30) && queue_take(x, &x->before[who], &s))
		through(x, who, &s);
	else if (chance(x, 50) && queue_take(x, &x->behind[who], &s))
		take(x, who ^ 1, &s);
	else if (!x->ends[0].open)
		say_syn(x, 0);
	else if (chance(x, 20) && x->ends[who].open)
		send_some(x, who);
}

/* Nobody is to refuse what is far from both ends: its receiver would, too. */
static void attack(struct exchange *x)
{
	uint8_t dir;
	uint32_t index = flow_world_find(x->w, &x->tuple[0], &dir);
	unsigned who = below(x, 2);
	const struct end *end = &x->ends[who], *other = &x->ends[who ^ 1];
	uint32_t far = 1 + below(x, 1U << 29);
	struct flow_world_segment s = { .flags = TCP_ACK,
		                        .seq = number(end, end->una),
		                        .ack = number(other, other->una),
		                        .window = 65535,
		                        .payload = below(x, 1400),
		                        .scale = -1 };
	struct flow before;

	if (index == FLOW_NONE || flow_at(x->w->fw.flows, index)->tcp < TRACK_ESTABLISHED)
		return;
	before = *flow_at(x->w->fw.flows, index);
	if (chance(x, 50))
		s.seq = number(end, other->offered > 65535 ? other->offered : 65535) + far;
	else
		s.ack = number(other, other->next + 1) + far; /* one for a FIN */
	assert_int_equal(flow_world_send(x->w, &x->tuple[who], &s), STATE_INVALID);
	assert_memory_equal(&before, flow_at(x->w->fw.flows, index), sizeof before);
}

static bool has_syn(const struct queue *queue)
{
	for (unsigned i = 0; i < queue->n; i++) {
		if ((queue->at[i].flags & TCP_SYN) != 0)
			return true;
	}
	return false;
}

/* Not with a late copy of a SYN under way: it would begin what is there already. */
static void forget(struct exchange *x)
{
	uint8_t dir;
	uint32_t index = flow_world_find(x->w, &x->tuple[0], &dir);

	if (index != FLOW_NONE && x->ends[0].open && x->ends[1].open && !has_syn(&x->before[0]) &&
	    !has_syn(&x->before[1]))
		flow_end(x->w->fw.flows, x->w->net, index);
}

static void exchange_begin(struct exchange *x, uint64_t seed)
{
	*x = (struct exchange){ .w = flow_world_new(8), .random = seeded_make(seed) };
	x->tuple[0] = flow_world_tuple(1, 1, 2, 80, IPPROTO_TCP);
	x->tuple[1] = tuple_reverse(&x->tuple[0]);
	x->loss_percent = chance(x, 50) ? 0 : below(x, 20);
	for (unsigned i = 0; i < 2; i++) {
		struct end *end = &x->ends[i];

		/* Half of them shortly before the numbers wrap. */
		end->first = chance(x, 50) ? (uint32_t)seeded_next(&x->random) : 0 - below(x, 9000);
		end->to_send = below(x, chance(x, 30) ? STREAM : 5000);
		end->got = mem_new(STREAM, 1);
		end->buffer = chance(x, 20) ? 1 + below(x, 3000) : 1000 + below(x, 1U << 19);
		end->scale = chance(x, 30) ? -1 : (int)below(x, 10);
	}
	x->ends[1].first_other = x->ends[0].first;
}

static void exchange_end(struct exchange *x)
{
	flows_must_hold(x->w->fw.flows, x->w->net);
	for (unsigned i = 0; i < 2; i++)
		mem_free(x->ends[i].got);
	flow_world_free(x->w);
}

static void honest_ends_are_not_refused(void **state)
{
	unsigned done = 0, refused = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= EXCHANGES; seed++) {
		struct exchange x;

		exchange_begin(&x, seed);
		for (unsigned i = 0; i < STEPS && !is_done(&x); i++) {
			step(&x);
			if (chance(&x, 3))
				attack(&x);
		}
		done += is_done(&x);
		refused += x.refused;
		exchange_end(&x);
	}
	/* Some are slow; most come to their end, or this would show little. */
	assert_true(done > EXCHANGES / 2);
	print_message("%u of %u came to their end, %u old segments refused\n", done, EXCHANGES,
	              refused);
}

/* The same when the flow is forgotten now and then: it is taken up in mid-course. */
static void taken_up_in_mid_course_they_are_not_refused(void **state)
{
	unsigned done = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= EXCHANGES; seed++) {
		struct exchange x;

		exchange_begin(&x, seed);
		for (unsigned i = 0; i < STEPS && !is_done(&x); i++) {
			step(&x);
			if (chance(&x, 1) && !x.ends[0].fin_sent && !x.ends[1].fin_sent)
				forget(&x);
		}
		done += is_done(&x);
		exchange_end(&x);
	}
	assert_true(done > EXCHANGES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(honest_ends_are_not_refused),
		cmocka_unit_test(taken_up_in_mid_course_they_are_not_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
