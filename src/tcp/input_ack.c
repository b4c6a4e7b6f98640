#include <poll.h>

#include "tcp/input.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"

/* RFC 5961, 5.2: SND.UNA - MAX.SND.WND <= SEG.ACK <= SND.NXT, else it is somebody's guess. */
static bool is_acceptable(const struct connection *c, const struct arrival *a)
{
	return seq_leq(a->ack, connection_next(c)) &&
	       seq_geq(a->ack, connection_una(c) - c->window_most);
}

/* RFC 9293, 3.10.7.4: only by a segment that is later than the one the window is from. */
static void take_window(struct connection *c, const struct arrival *a)
{
	uint32_t window = (uint32_t)a->window << c->send_scale;

	if ((a->flags & TCP_SYN) != 0 || seq_gt(connection_una(c), a->ack))
		return;
	if (!seq_lt(c->window_sequence, a->seq) &&
	    (c->window_sequence != a->seq || seq_gt(c->window_ack, a->ack)))
		return;
	c->send_window = window;
	c->window_sequence = a->seq;
	c->window_ack = a->ack;
	if (window > c->window_most)
		c->window_most = window;
	if (window > 0) {
		c->backoff = 0;
		c->resend_at = mono_never(); /* a probe that is still wanted is set anew */
	}
}

/* RFC 5681, 2. */
static bool is_duplicate(const struct connection *c, const struct arrival *a)
{
	return a->ack == connection_una(c) && a->n == 0 && (a->flags & (TCP_SYN | TCP_FIN)) == 0 &&
	       (uint32_t)a->window << c->send_scale == c->send_window &&
	       connection_next(c) != connection_una(c);
}

static struct recovery_ack ack_of(const struct connection *c, const struct arrival *a)
{
	struct recovery_ack ack = { .ack = a->ack, .is_duplicate = is_duplicate(c, a) };

	if (c->has_timestamps && a->options.has_timestamps && a->options.timestamp_echo != 0) {
		ack.has_echo = true;
		ack.echo_ms = a->options.timestamp_echo - c->timestamp_offset;
	}
	if (!c->has_sack)
		return ack;
	ack.ranges_n = a->options.sacks_n;
	for (unsigned i = 0; i < a->options.sacks_n; i++)
		ack.ranges[i] = (struct flight_range){ .begin = a->options.sacks[i].begin,
			                               .end = a->options.sacks[i].end };
	return ack;
}

/* The bytes before @una are theirs now. */
static void forget_sent(struct connection *c, uint32_t una)
{
	byte_window_drop(&c->sent, c->tcp->chunks, seq_min(una, c->sent.end));
	if (c->is_urgent_out && seq_geq(una, c->send_urgent))
		c->is_urgent_out = false;
	if (c->wants_room && (connection_ready(c) & POLLOUT) != 0) {
		c->wants_room = false;
		connection_note(c, CONNECTION_WRITABLE);
	}
}

static void grow(struct connection *c, const struct recovery *recovery)
{
	uint32_t most = c->tcp->settings.send_bytes_max;

	if (c->settings.send_bytes == 0 && !autotune_is_pressed(c->tcp->chunks))
		c->send_limit = send_tune(c->send_limit, recovery->congestion.window_bytes, most);
}

static void recover(struct connection *c, const struct arrival *a)
{
	struct traffic *traffic = connection_traffic_if(c);
	struct recovery_context context;
	struct recovery_outcome outcome = { 0 };
	struct recovery_ack ack;

	if (traffic == NULL)
		return;
	context = connection_context(c);
	ack = ack_of(c, a);
	recovery_acked(&traffic->recovery, &context, &ack, &outcome);
	if (outcome.has_begun)
		watch(c, "receive", "something was lost: the window is %u",
		      traffic->recovery.congestion.window_bytes);
	if (outcome.was_undone)
		watch(c, "receive", "nothing was lost after all: the window is %u again",
		      traffic->recovery.congestion.window_bytes);
	if (outcome.acked_bytes == 0)
		return;
	traffic->progress_at = context.now;
	traffic->bytes_acked += outcome.acked_bytes;
	grow(c, &traffic->recovery);
	forget_sent(c, traffic->recovery.flight.una);
}

/* Our FIN has arrived. */
static void fin_acknowledged(struct connection *c)
{
	switch (c->state) {
	case CONNECTION_FIN_WAIT_1:
		connection_enter(c, CONNECTION_FIN_WAIT_2);
		connection_note(c, CONNECTION_WRITABLE); /* who lingers has waited for this */
		return;
	case CONNECTION_CLOSING:
		connection_time_wait(c, false);
		return;
	case CONNECTION_LAST_ACK:
		connection_end(c, 0);
		return;
	default:
		return;
	}
}

bool input_ack(struct connection *c, const struct arrival *a)
{
	if (!is_acceptable(c, a)) {
		watch(c, "receive", "acknowledges what was not sent, or long ago: ignored");
		output_challenge(c);
		return false;
	}
	if (seq_lt(a->ack, connection_una(c)))
		return true; /* older than one that has come: its text may still be new */
	recover(c, a);
	take_window(c, a);
	if (c->fin_queued && connection_una(c) == connection_send_end(c))
		fin_acknowledged(c);
	return true;
}
