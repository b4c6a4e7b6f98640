#include <errno.h>

#include "tcp/input.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"
#include "tcp/watch.h"

enum {
	RECENT_DAYS_MS = 24 * 24 * 3600 * 1000U, /* RFC 7323, 5.5 */
};

/* RFC 7323, 5.3, R1: an old duplicate has an old timestamp. After 24 days without a word theirs may
 * have come round. A RST is not judged by it. */
static bool is_old(const struct connection *c, const struct arrival *a)
{
	if (!c->has_timestamps || !c->has_recent || !a->options.has_timestamps)
		return false;
	if ((a->flags & TCP_RST) != 0)
		return false;
	if (recovery_clock_ms(c->tcp->net->now) - c->timestamp_recent_ms > RECENT_DAYS_MS)
		return false;
	return seq_lt(a->options.timestamp, c->timestamp_recent);
}

/* RFC 9293, 3.4: does any of it lie in the window? What ends just where the window begins is a
 * keepalive, or came before: it is not acceptable, and so gets its answer. */
static bool is_in_window(const struct connection *c, const struct arrival *a)
{
	uint32_t next = c->receive_next, window = c->receive_edge - next;
	uint32_t length = a->end - a->seq;

	if (seq_lt(c->receive_edge, next))
		window = 0;
	if (length == 0)
		return a->seq == next || seq_within(a->seq, next, next + window);
	if (window == 0)
		return false;
	return seq_within(a->seq, next, next + window) ||
	       seq_within(a->end - 1, next, next + window);
}

/* Data that can't be part of a loop of acknowledgements are always answered, others once in half a
 * second. What came before is told as a duplicate (RFC 2883, 4). */
static void answer_unacceptable(struct connection *c, const struct arrival *a)
{
	if (a->n == 0 || (a->flags & TCP_SYN) != 0) {
		output_challenge(c);
		return;
	}
	if (c->has_sack && seq_lt(a->seq, c->receive_next))
		ranges_note_duplicate(&c->ranges, a->seq, seq_min(a->end, c->receive_next));
	c->must_send_ack = true;
}

/* While the window is shut, the ACK, RST and URG of a segment at its very edge still count. */
static bool is_shut(const struct connection *c, const struct arrival *a)
{
	return c->receive_edge == c->receive_next && a->seq == c->receive_next;
}

static bool check_sequence(struct connection *c, const struct arrival *a)
{
	if (is_old(c, a)) {
		watch(c, "receive", "an old duplicate, by its timestamp (PAWS)");
		answer_unacceptable(c, a);
		return false;
	}
	if (is_in_window(c, a))
		return true;
	if ((a->flags & TCP_RST) != 0)
		return false;
	watch(c, "receive", "outside the window");
	answer_unacceptable(c, a);
	return is_shut(c, a);
}

static int reset_error(const struct connection *c)
{
	if (c->state == CONNECTION_SYN_RECEIVED)
		return -ECONNREFUSED;
	return c->state == CONNECTION_CLOSE_WAIT ? -EPIPE : -ECONNRESET;
}

/* RFC 5961, 3.2: a RST ends it only when it stands exactly where the next byte would. */
static bool check_rst(struct connection *c, const struct arrival *a)
{
	if ((a->flags & TCP_RST) == 0)
		return true;
	if (a->seq != c->receive_next) {
		output_challenge(c);
		return false;
	}
	c->tcp->counts.resets_seen++;
	connection_end(c, reset_error(c));
	return false;
}

/* The SYN-ACK of a simultaneous open has the number of the SYN that has come. */
static bool ends_simultaneous_open(const struct connection *c, const struct arrival *a)
{
	return c->state == CONNECTION_SYN_RECEIVED && (a->flags & TCP_ACK) != 0 &&
	       a->seq == c->their_sequence && a->ack == c->initial_sequence + 1;
}

/* RFC 5961, 4.2: a SYN says that they have begun anew, or that somebody guesses. */
static bool check_syn(struct connection *c, const struct arrival *a)
{
	if ((a->flags & TCP_SYN) == 0)
		return true;
	output_challenge(c);
	return false;
}

/* RFC 7323, 4.3: of what has come in order the latest is kept. */
static void note_timestamp(struct connection *c, const struct arrival *a)
{
	if (!c->has_timestamps || !a->options.has_timestamps)
		return;
	if (seq_gt(a->seq, c->receive_acked))
		return;
	if (c->has_recent && seq_lt(a->options.timestamp, c->timestamp_recent) &&
	    recovery_clock_ms(c->tcp->net->now) - c->timestamp_recent_ms <= RECENT_DAYS_MS)
		return;
	c->has_recent = true;
	c->timestamp_recent = a->options.timestamp;
	c->timestamp_recent_ms = recovery_clock_ms(c->tcp->net->now);
}

/* RFC 9293, 3.10.7.4, fifth step, SYN-RECEIVED. */
static bool finish_open(struct connection *c, const struct arrival *a)
{
	if (a->ack != c->initial_sequence + 1) {
		output_reset(c, a->ack);
		return false;
	}
	c->send_window = (uint32_t)a->window << ((a->flags & TCP_SYN) != 0 ? 0 : c->send_scale);
	c->window_most = c->send_window;
	c->window_sequence = a->seq;
	c->window_ack = a->ack;
	c->tcp->counts.active_opens += !c->is_passive;
	connection_establish(c);
	return true;
}

static bool check_ack(struct connection *c, const struct arrival *a)
{
	if ((a->flags & TCP_ACK) == 0)
		return false;
	if (c->state == CONNECTION_SYN_RECEIVED && !finish_open(c, a))
		return false;
	return input_ack(c, a);
}

/* Data for somebody who is gone (RFC 1122, 4.2.2.13): they are told so, at once. */
static bool check_owner(struct connection *c, const struct arrival *a)
{
	if (!c->is_orphan || a->n == 0 || !seq_gt(a->seq + a->n, c->receive_next))
		return true;
	watch(c, "receive", "data, and nobody reads them any more: reset");
	output_abort(c);
	connection_end(c, 0);
	return false;
}

void input_synchronized(struct connection *c, const struct arrival *a)
{
	bool is_open = ends_simultaneous_open(c, a);
	bool was_fin_wait_1 = c->state == CONNECTION_FIN_WAIT_1;

	if (!is_open && !check_sequence(c, a))
		return;
	if (!check_rst(c, a))
		return;
	if (!is_open && !check_syn(c, a))
		return;
	note_timestamp(c, a);
	if (!check_ack(c, a) || c->state == CONNECTION_CLOSED)
		return;
	c->retries = 0;
	timer_idle(c);
	if (!check_owner(c, a))
		return;
	input_urgent(c, a);
	if (!is_open)
		input_text(c, a);
	/* Not before their text and FIN have been read, which may be in the same segment. */
	if (was_fin_wait_1 && c->state == CONNECTION_FIN_WAIT_2)
		connection_await_fin(c);
}
