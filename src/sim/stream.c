#include "sim/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "lib/text.h"
#include "sim/stream_bytes.h"
#include "tcp/recovery.h"

enum {
	PIECE_MAX = 6000,
	SPANS = 8,
	REST_MS = 3000,
	KEEP_IDLE_S = 5,
	KEEP_INTERVAL_S = 2,
	KEEP_COUNT = 5,
	EPHEMERAL_FIRST = 20000,
};

static struct timeline *timeline_of(const struct stream_end *end)
{
	return &end->stream->net->world->timeline;
}

static const struct stream_end *other_of(const struct stream_end *end)
{
	return &end->stream->ends[end == &end->stream->ends[0] ? 1 : 0];
}

static void wrong(struct stream_end *end, const char *what, uint64_t number)
{
	struct stream *stream = end->stream;
	struct text text = text_into(stream->wrong, sizeof stream->wrong);

	if (stream->wrong[0] != '\0')
		return;
	text_printf(&text, "%s %s: %lu", end == &stream->ends[0] ? "the opener" : "the opened",
	            what, (unsigned long)number);
}

static void let_go(struct stream_end *end)
{
	end->c = NULL;
	end->is_closed = true;
}

static void act(void *arg, void *detail);

static void act_at(struct stream_end *end, mono at)
{
	if (end->is_asked && end->asked_at.ns <= at.ns)
		return;
	end->is_asked = true;
	end->asked_at = at;
	timeline_at(timeline_of(end), at, act, end, NULL);
}

/* --- reading --- */

static void take(struct stream_end *end, const uint8_t *bytes, size_t n)
{
	const struct stream_end *from = other_of(end);

	if (!stream_bytes_are(from->place, end->got, bytes, n))
		wrong(end, "reads a wrong byte near", end->got);
	end->got += n;
	if (end->got > from->written)
		wrong(end, "reads more than was written", end->got);
}

static void at_end(struct stream_end *end)
{
	end->has_end = true;
	if (end->got != other_of(end)->written)
		wrong(end, "is told of the end too early, at", end->got);
}

static bool read_spans(struct stream_end *end)
{
	struct iovec spans[SPANS];
	unsigned n = connection_spans(end->c, spans, SPANS);
	size_t taken = 0;

	for (unsigned i = 0; i < n; i++) {
		take(end, spans[i].iov_base, spans[i].iov_len);
		taken += spans[i].iov_len;
	}
	if (taken > 0)
		connection_consume(end->c, taken);
	return taken > 0;
}

/* True: something came. */
static bool read_piece(struct stream_end *end)
{
	uint8_t bytes[PIECE_MAX];
	size_t most = 1 + sim_random_below(&end->random, PIECE_MAX);
	int64_t n;

	if (end->by_spans && read_spans(end))
		return true;
	n = connection_receive(end->c, bytes, most, 0);
	if (n > 0)
		take(end, bytes, (size_t)n);
	else if (n == 0)
		at_end(end);
	else if (n != -EAGAIN)
		end->error = (int)n;
	return n > 0;
}

/* --- writing --- */

static bool write_piece(struct stream_end *end)
{
	uint8_t bytes[PIECE_MAX];
	uint64_t left = end->want - end->written;
	size_t n = 1 + sim_random_below(&end->random, PIECE_MAX);
	int64_t taken;

	if (n > left)
		n = (size_t)left;
	if (n == 0)
		return false;
	stream_bytes_copy(end->place, end->written, bytes, n);
	taken = connection_send(end->c, bytes, n, 0);
	if (taken > 0)
		end->written += (uint64_t)taken;
	else if (taken < 0 && taken != -EAGAIN)
		end->error = (int)taken;
	return taken > 0;
}

static bool gives_up(const struct stream_end *end)
{
	return end->ending != STREAM_IN_ORDER && end->written >= end->end_at;
}

/* --- ending --- */

/* True: it has let go. */
static bool finish(struct stream_end *end)
{
	if (end->error != 0 || gives_up(end)) {
		if (end->error == 0 && end->ending == STREAM_ABORTS)
			connection_abort(end->c);
		else
			connection_close(end->c, -1);
		let_go(end);
		return true;
	}
	if (end->written == end->want && !end->is_shut) {
		end->is_shut = true;
		if (connection_shutdown(end->c, SHUT_WR) != 0)
			wrong(end, "can't shut down after", end->written);
	}
	if (!end->is_shut || !end->has_end)
		return false;
	connection_close(end->c, -1);
	let_go(end);
	return true;
}

/* Closed in order, there may still be something to read. */
static bool is_open(const struct stream_end *end)
{
	enum connection_state state = connection_state(end->c);

	return state >= CONNECTION_ESTABLISHED || state == CONNECTION_CLOSED;
}

/* An attempt that came to nothing. Later errors come with reading and writing. */
static bool has_failed(struct stream_end *end)
{
	bool is_opener = end == &end->stream->ends[0];

	if (is_opener && !end->stream->was_made && connection_state(end->c) == CONNECTION_CLOSED) {
		end->error = connection_take_error(end->c);
		if (end->error == 0)
			wrong(end, "fails without a reason", 0);
	}
	return end->error != 0;
}

static bool rests_now(struct stream_end *end)
{
	uint32_t ms;

	if (end->stream->is_hurried || !sim_random_chance(&end->random, 1500))
		return false;
	ms = sim_random_below(&end->random, REST_MS);
	end->rests = true;
	act_at(end, mono_add_ms(timeline_now(timeline_of(end)), ms));
	return true;
}

static void work(struct stream_end *end)
{
	bool more = true;

	while (more && end->error == 0 && !gives_up(end) && !rests_now(end)) {
		more = false;
		if (!end->is_shut)
			more = write_piece(end);
		if (!end->has_end && end->error == 0)
			more |= read_piece(end);
	}
}

static void act(void *arg, void *detail)
{
	struct stream_end *end = arg;

	if (!end->is_asked || !mono_due(end->asked_at, timeline_now(timeline_of(end))))
		return;
	end->is_asked = end->rests = false;
	if (end->c == NULL)
		return;
	if (!has_failed(end) && !is_open(end))
		return;
	if (end->error == 0) {
		end->stream->was_made |= end == &end->stream->ends[0];
		work(end);
	}
	(void)finish(end);
	world_wake(end->host);
}

static void changed(void *owner, struct connection *c, unsigned events)
{
	struct stream_end *end = owner;

	if (!end->rests)
		act_at(end, timeline_now(timeline_of(end)));
}

static void listener_changed(void *owner, struct listener *l)
{
	struct stream_end *end = owner;
	struct connection *c = listener_take(l, end);

	if (c == NULL)
		return;
	if (end->c != NULL || end->is_closed) {
		/* A second one: the opener's first attempt came to something that it has not heard
		 * of, or an old SYN came late. Nobody is at its other end. */
		connection_set_owner(c, NULL);
		connection_abort(c);
		return;
	}
	end->c = c;
	act_at(end, timeline_now(timeline_of(end)));
}

void stream_own(struct stream_net *net)
{
	static const struct tcp_owner owner = { .changed = changed,
		                                .listener_changed = listener_changed };

	for (unsigned i = 0; i < 2; i++)
		tcp_set_owner(net->hosts[i]->router->host.tcp, &owner);
}

/* --- beginning --- */

static uint64_t draw_bytes(struct sim_random *random)
{
	uint32_t most = sim_random_chance(random, 2000) ? 300000 : 20000;

	return sim_random_below(random, most);
}

static void end_draw(struct stream_end *end, struct sim_random *random)
{
	end->random = sim_random_make(sim_random_next(random));
	end->place = (uint32_t)sim_random_next(random);
	end->want = draw_bytes(random);
	end->end_at = sim_random_below(random, (uint32_t)end->want + 1);
	end->by_spans = sim_random_chance(random, 5000);
	if (sim_random_chance(random, 1000))
		end->ending = STREAM_ABORTS;
	else if (sim_random_chance(random, 1000))
		end->ending = STREAM_CLOSES_EARLY;
}

void stream_draw(struct stream *stream, struct stream_net *net, unsigned opener, unsigned number,
                 struct sim_random *random)
{
	*stream = (struct stream){ .net = net, .port = (uint16_t)(STREAM_NET_FIRST_PORT + number) };
	for (unsigned i = 0; i < 2; i++) {
		stream->ends[i].stream = stream;
		stream->ends[i].host = net->hosts[i == 0 ? opener : 1 - opener];
		end_draw(&stream->ends[i], random);
	}
}

/* Who gives up without a word would leave the other one waiting for ever: it asks from time to
 * time.
 */
static struct connection_settings settings_draw(struct sim_random *random)
{
	return (struct connection_settings){
		.keep_alive = true,
		.keep_idle_s = KEEP_IDLE_S,
		.keep_interval_s = KEEP_INTERVAL_S,
		.keep_count = KEEP_COUNT,
		.congestion = (uint8_t)(1 + sim_random_below(random, 2)),
		.no_delay = sim_random_chance(random, 3000),
	};
}

static void listen_for(struct stream *stream)
{
	struct stream_end *end = &stream->ends[1];
	struct connection_settings settings = settings_draw(&end->random);
	struct listener_plan plan = {
		.port = stream->port, .backlog = 4, .settings = &settings, .owner = end
	};

	must(listener_open(end->host->router->host.tcp, &plan, &stream->listener) == 0);
}

/* Timestamps come round a little after the clock of half of the seeds begins. */
static uint32_t timestamp_offset(struct stream_end *end)
{
	uint32_t drawn = (uint32_t)sim_random_next(&end->random);
	uint32_t now_ms = recovery_clock_ms(timeline_now(timeline_of(end)));

	return end->stream->net->start.near_wrap ? 0U - now_ms - drawn % 20000 : drawn;
}

void stream_begin(struct stream *stream)
{
	struct stream_end *end = &stream->ends[0];
	struct stream_net *net = stream->net;
	struct net *own = &end->host->router->net;
	unsigned which = end->host == net->hosts[0] ? 0 : 1;
	struct connection_settings settings = settings_draw(&end->random);
	struct connection_plan plan = {
		.ends = { .src = net->own[which],
		          .dst = net->seen[1 - which],
		          .sport = (uint16_t)(EPHEMERAL_FIRST + stream->port),
		          .dport = stream->port,
		          .proto = IPPROTO_TCP },
		.initial_sequence = net->start.tcp_seq + sim_random_below(&end->random, 65536),
		.timestamp_offset = timestamp_offset(end),
		.settings = &settings,
		.owner = end,
	};
	struct route_key key = { .src = plan.ends.src, .dst = plan.ends.dst };

	listen_for(stream);
	own->now = timeline_now(timeline_of(end));
	end->error = route_lookup(own, &key, &plan.route, NULL);
	if (end->error == 0)
		end->error = connection_open(end->host->router->host.tcp, &plan, &end->c);
	if (end->error != 0)
		let_go(end);
	world_wake(end->host);
}

void stream_hurry(struct stream *stream)
{
	stream->is_hurried = true;
	for (unsigned i = 0; i < 2; i++) {
		if (stream->ends[i].c != NULL)
			act_at(&stream->ends[i], timeline_now(timeline_of(&stream->ends[i])));
	}
}

void stream_end_listening(struct stream *stream)
{
	if (stream->listener != NULL)
		listener_close(stream->listener);
	stream->listener = NULL;
}

/* --- what must hold --- */

bool stream_is_over(const struct stream *stream)
{
	const struct stream_end *opener = &stream->ends[0], *opened = &stream->ends[1];

	if (!opener->is_closed || opened->c != NULL)
		return false;
	/* The opener may have given up before the other one ever heard that it was there. */
	return opened->is_closed || stream->listener == NULL ||
	       (listener_half_open(stream->listener) == 0 &&
	        listener_waiting(stream->listener) == 0);
}

static void end_say(const struct stream_end *end, struct text *out)
{
	bool is_opener = end == &end->stream->ends[0];

	text_printf(out, "%s (host %u) %s: read %lu of %lu%s, written %lu of %lu%s, error %d",
	            is_opener ? "opener" : "opened",
	            end->host == end->stream->net->hosts[0] ? 0U : 1U,
	            end->c != NULL   ? connection_state_word(connection_state(end->c))
	            : end->is_closed ? "gone"
	                             : "never there",
	            (unsigned long)end->got, (unsigned long)other_of(end)->want,
	            end->has_end ? " and the end" : "", (unsigned long)end->written,
	            (unsigned long)end->want, end->is_shut ? " and shut" : "", end->error);
	if (end->c != NULL)
		text_printf(out, ", %lu not acknowledged",
		            (unsigned long)connection_unacknowledged(end->c));
}

void stream_say(const struct stream *stream, struct text *out)
{
	text_printf(out, "port %u: ", stream->port);
	end_say(&stream->ends[0], out);
	text_add(out, "; ");
	end_say(&stream->ends[1], out);
}

static bool end_is_well(const struct stream_end *end)
{
	return end->error == 0 && end->has_end && end->got == other_of(end)->want;
}

/* SYN cookies have their price (RFC 4987, 3.6): when the handshake's last step and the first data
 * are lost, or overtaken by the ACK that a second SYN-ACK gets, what comes names a cookie that was
 * never made, and is refused; which ends it also where a segment behind has just begun it. */
static bool lost_its_cookie(const struct stream *stream)
{
	const struct stream_end *opened = &stream->ends[1];

	return ((!opened->is_closed && opened->c == NULL) || opened->error == -ECONNRESET) &&
	       stream->ends[0].error == -ECONNRESET &&
	       tcp_counts(opened->host->router->host.tcp)->cookies_sent > 0;
}

bool stream_is_well(const struct stream *stream, struct text *out)
{
	if (stream->wrong[0] != '\0') {
		text_printf(out, "port %u: %s", stream->port, stream->wrong);
		return false;
	}
	if (!stream->was_made || lost_its_cookie(stream) ||
	    stream->ends[0].ending != STREAM_IN_ORDER || stream->ends[1].ending != STREAM_IN_ORDER)
		return true;
	if (end_is_well(&stream->ends[0]) && end_is_well(&stream->ends[1]))
		return true;
	stream_say(stream, out);
	return false;
}

uint64_t stream_end_progress(const struct stream_end *end)
{
	/* Written once and acknowledged once more: what was is no longer queued. */
	uint64_t sum = end->got + end->has_end + 2 * end->written + end->is_shut;

	return end->c == NULL ? UINT64_MAX : sum - connection_unacknowledged(end->c);
}

bool stream_end_is_busy(const struct stream_end *end)
{
	return end->c != NULL && is_open(end) && connection_unacknowledged(end->c) > 0;
}
