#include "tcp/connection.h"

#include "tcp/mtu.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"
#include "tcp/watch.h"

enum {
	QUICK_ACKS = 16,         /* at first nothing is delayed: the peer is in slow start */
	MSS_UNSAID = 536,        /* RFC 9293, 3.7.1 */
	RECEIVE_MSS_FIRST = 536, /* until a segment of theirs has shown more */
};

const char *connection_state_word(enum connection_state state)
{
	static const char *const words[] = {
		[CONNECTION_CLOSED] = "closed",
		[CONNECTION_SYN_SENT] = "syn-sent",
		[CONNECTION_SYN_RECEIVED] = "syn-received",
		[CONNECTION_ESTABLISHED] = "established",
		[CONNECTION_FIN_WAIT_1] = "fin-wait-1",
		[CONNECTION_FIN_WAIT_2] = "fin-wait-2",
		[CONNECTION_CLOSE_WAIT] = "close-wait",
		[CONNECTION_CLOSING] = "closing",
		[CONNECTION_LAST_ACK] = "last-ack",
		[CONNECTION_TIME_WAIT] = "time-wait",
	};

	return words[state];
}

uint32_t connection_place(const struct connection *c)
{
	return (uint32_t)(c - c->tcp->connections);
}

/* The pool is an array whose end was never touched: a budget costs memory when it is used. */
struct connection *connection_new(struct tcp *tcp)
{
	uint32_t place = tcp->connections_free;
	struct connection *c;

	if (place != CONNECTION_NONE)
		tcp->connections_free = tcp->connections[place].list_next;
	else if (tcp->connections_touched < tcp->budget.connections)
		place = tcp->connections_touched++;
	else
		return NULL;
	c = &tcp->connections[place];
	*c = (struct connection){ .tcp = tcp,
		                  .in_use = true,
		                  .list_next = CONNECTION_NONE,
		                  .accept_next = CONNECTION_NONE,
		                  .listener = CONNECTION_NONE,
		                  .quick_acks = QUICK_ACKS,
		                  .peer_mss = MSS_UNSAID,
		                  .receive_mss = RECEIVE_MSS_FIRST,
		                  .receive_limit = tcp->settings.receive_bytes,
		                  .send_limit = tcp->settings.send_bytes,
		                  .resend_at = mono_never(),
		                  .ack_at = mono_never(),
		                  .idle_at = mono_never(),
		                  .timer_at = mono_never(),
		                  .began_at = tcp->net->now };
	tcp->connections_n++;
	return c;
}

void connection_free(struct connection *c)
{
	struct tcp *tcp = c->tcp;

	must(c->in_use && !c->in_table && !c->is_marked && !c->has_traffic);
	byte_window_reset(&c->received, tcp->chunks, 0);
	byte_window_reset(&c->sent, tcp->chunks, 0);
	ranges_reset(&c->ranges, tcp->chunks);
	if (timer_wheel_is_set(&tcp->timers, connection_place(c)))
		timer_wheel_stop(&tcp->timers, connection_place(c));
	watch_forget(c);
	c->in_use = false;
	c->list_next = tcp->connections_free;
	tcp->connections_free = connection_place(c);
	tcp->connections_n--;
}

void connection_mark(struct connection *c)
{
	struct tcp *tcp = c->tcp;
	uint32_t place = connection_place(c);

	if (c->is_marked)
		return;
	c->is_marked = true;
	c->list_next = CONNECTION_NONE;
	if (tcp->marked_n++ == 0)
		tcp->marked_first = place;
	else
		tcp->connections[tcp->marked_last].list_next = place;
	tcp->marked_last = place;
}

void connection_note(struct connection *c, unsigned events)
{
	c->events |= (uint16_t)events;
	connection_mark(c);
}

void connection_enter(struct connection *c, enum connection_state state)
{
	watch(c, "state", "%s -> %s", connection_state_word(c->state),
	      connection_state_word(state));
	c->state = (uint8_t)state;
}

static void leave_table(struct connection *c)
{
	if (!c->in_table)
		return;
	connection_table_remove(c->tcp->table, &c->ends);
	c->in_table = false;
}

static void stop(struct connection *c)
{
	struct traffic *traffic = connection_traffic_if(c);

	if (traffic != NULL)
		recovery_forget(&traffic->recovery, c->tcp->flights);
	c->has_traffic = false;
	c->resend_at = c->ack_at = c->idle_at = mono_never();
	c->must_send_syn = c->must_send_ack = c->must_probe = false;
	byte_window_reset(&c->sent, c->tcp->chunks, 0);
	ranges_reset(&c->ranges, c->tcp->chunks);
}

/* What had come in order stays, to be read before the error (as BSD has it). */
void connection_end(struct connection *c, int error)
{
	must(error <= 0);
	if (c->state == CONNECTION_CLOSED)
		return;
	leave_table(c);
	stop(c);
	connection_enter(c, CONNECTION_CLOSED);
	if (error != 0)
		c->error = (int16_t)error;
	connection_note(c, error != 0 ? CONNECTION_FAILED : CONNECTION_ENDED);
}

/* A record with all that a segment of theirs may still ask for. */
static struct time_wait record_of(const struct connection *c, bool fin_wait_2)
{
	uint32_t window = c->receive_edge - c->receive_next;

	return (struct time_wait){ .ends = c->ends,
		                   .send_next = connection_next(c),
		                   .receive_next = c->receive_next,
		                   .receive_end = c->receive_edge,
		                   .timestamp_recent = c->timestamp_recent,
		                   .timestamp_offset = c->timestamp_offset,
		                   .window = (uint16_t)(window >> c->receive_scale),
		                   .has_timestamps = c->has_timestamps,
		                   .fin_wait_2 = fin_wait_2 };
}

void connection_time_wait(struct connection *c, bool fin_wait_2)
{
	struct tcp *tcp = c->tcp;
	struct time_wait from = record_of(c, fin_wait_2);
	struct time_wait *wait = time_wait_new(&tcp->time_waits, &from, tcp->net->now);

	if (wait == NULL) { /* the one who has waited longest has waited enough */
		struct time_wait *oldest = time_wait_oldest(&tcp->time_waits);

		connection_table_remove(tcp->table, &oldest->ends);
		time_wait_end(&tcp->time_waits, oldest);
		wait = time_wait_new(&tcp->time_waits, &from, tcp->net->now);
		must(wait != NULL);
	}
	if (c->has_recent) {
		uint32_t draw = random_u32(tcp->net->random);

		peer_cache_put(tcp->peers, c->ends.dst, c->timestamp_recent, tcp->net->now, draw);
	}
	connection_table_change(tcp->table, &c->ends,
	                        (struct entry){ .kind = ENTRY_TIME_WAIT,
	                                        .index = time_wait_index(&tcp->time_waits, wait) });
	c->in_table = false;
	watch(c, "state", "%s -> time-wait", connection_state_word(c->state));
	connection_end(c, 0);
}

void connection_negotiate(struct connection *c, const struct tcp_options *options)
{
	const struct tcp_settings *settings = &c->tcp->settings;

	if (options->has_mss)
		c->peer_mss = options->mss;
	c->has_sack = settings->sack && options->sack_permitted;
	c->has_timestamps = settings->timestamps && options->has_timestamps;
	c->has_scale = settings->window_scaling && options->has_window_scale;
	c->send_scale = c->has_scale ? options->window_scale : 0;
	if (!c->has_scale) /* RFC 7323, 2.2: only when both have said it */
		c->receive_scale = 0;
}

void connection_establish(struct connection *c)
{
	mtu_apply(c);
	c->resend_at = mono_never();
	c->retries = 0;
	c->must_send_syn = false;
	c->soft_error = 0;
	c->began_at = c->tcp->net->now;
	connection_enter(c, CONNECTION_ESTABLISHED);
	connection_note(c, CONNECTION_CONNECTED | CONNECTION_WRITABLE);
	connection_set_settings(c, &c->settings);
	timer_idle(c);
}

static void traffic_begin(struct connection *c)
{
	struct tcp *tcp = c->tcp;
	struct traffic *traffic = &tcp->traffic[connection_place(c)];
	struct recovery_start start = {
		.una = c->initial_sequence + 1,
		.rtt_us = c->rtt_us,
		.syn_resent = c->rtt_us == 0,
		.algorithm = c->settings.congestion != 0 ? (uint8_t)(c->settings.congestion - 1)
		                                         : tcp->settings.congestion,
		.has_sack = c->has_sack,
		.has_timestamps = c->has_timestamps,
	};
	struct recovery_context context = connection_context(c);

	*traffic = (struct traffic){ .progress_at = tcp->net->now, .received_at = tcp->net->now };
	c->has_traffic = true;
	recovery_start(&traffic->recovery, &context, &start);
	receive_tune_start(&traffic->tune, c->received.front, tcp->net->now);
}

struct traffic *connection_traffic(struct connection *c)
{
	must(connection_is_synchronized(c));
	if (!c->has_traffic)
		traffic_begin(c);
	return &c->tcp->traffic[connection_place(c)];
}

struct traffic *connection_traffic_if(const struct connection *c)
{
	return c->has_traffic ? &c->tcp->traffic[connection_place(c)] : NULL;
}

struct recovery_context connection_context(const struct connection *c)
{
	return (struct recovery_context){ .now = c->tcp->net->now,
		                          .pool = c->tcp->flights,
		                          .settings = &c->tcp->recovery,
		                          .mss_bytes = c->mss };
}

uint32_t connection_una(const struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);

	if (traffic != NULL)
		return traffic->recovery.flight.una;
	return c->initial_sequence + connection_is_synchronized(c);
}

uint32_t connection_next(const struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);

	return traffic != NULL ? traffic->recovery.flight.next : c->initial_sequence + 1;
}

uint32_t connection_send_end(const struct connection *c)
{
	return c->sent.end + c->fin_queued;
}

void connection_set_owner(struct connection *c, void *owner)
{
	c->owner = owner;
}

const struct connection_settings *connection_settings(const struct connection *c)
{
	return &c->settings;
}

enum connection_state connection_state(const struct connection *c)
{
	return c->state;
}

struct tuple connection_ends(const struct connection *c)
{
	return c->ends;
}
