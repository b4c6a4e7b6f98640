#include <errno.h>

#include "tcp/input.h"
#include "tcp/mtu.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"

/* RFC 9293, 3.10.7.3, first step: an ACK of what was not sent is refused by its own number. With a
 * wrong echo of our timestamp it is not an answer to our SYN either (RFC 7323, 3.2). */
static bool check_ack(struct connection *c, const struct arrival *a)
{
	uint32_t ours = sequence_timestamp(c->tcp->net->now, c->timestamp_offset);
	uint32_t echo = a->options.timestamp_echo;
	bool is_wrong = a->ack != c->initial_sequence + 1;

	if ((a->flags & TCP_ACK) == 0)
		return true;
	if (a->options.has_timestamps && echo != 0 &&
	    (seq_gt(echo, ours) ||
	     seq_lt(echo, sequence_timestamp(c->began_at, c->timestamp_offset))))
		is_wrong = true;
	if (!is_wrong)
		return true;
	watch(c, "receive", "that acknowledges nothing of ours: refused");
	if ((a->flags & TCP_RST) == 0)
		output_reset(c, a->ack);
	return false;
}

/* The second: a RST counts only with an acceptable ACK (RFC 5961, 3). */
static bool check_rst(struct connection *c, const struct arrival *a)
{
	if ((a->flags & TCP_RST) == 0)
		return true;
	if ((a->flags & TCP_ACK) == 0)
		return false;
	c->tcp->counts.resets_seen++;
	c->tcp->counts.failed_opens++;
	connection_end(c, -ECONNREFUSED);
	return false;
}

/* What was offered in our SYN was not scaled: so far goes their right to send. */
static void take_sequence(struct connection *c, const struct arrival *a)
{
	uint32_t offered = c->receive_edge - c->receive_next;

	c->their_sequence = a->seq;
	c->receive_next = a->seq + 1;
	c->receive_edge = c->receive_next + (offered > UINT16_MAX ? UINT16_MAX : offered);
	c->receive_acked = c->receive_next;
	byte_window_init(&c->received, c->receive_next);
	connection_negotiate(c, &a->options);
	if (c->has_timestamps) {
		c->has_recent = true;
		c->timestamp_recent = a->options.timestamp;
		c->timestamp_recent_ms = recovery_clock_ms(c->tcp->net->now);
	}
}

static void take_window(struct connection *c, const struct arrival *a)
{
	c->send_window = a->window; /* not scaled in a SYN: RFC 7323, 2.2 */
	c->window_most = a->window;
	c->window_sequence = a->seq;
	c->window_ack = a->ack;
}

/* Only a SYN that was sent once tells how long it took (Karn). */
static void take_time(struct connection *c)
{
	uint64_t us = mono_since_ns(c->tcp->net->now, c->began_at) / NS_PER_US;

	if (c->retries == 0)
		c->rtt_us = us == 0 ? 1 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* RFC 9293, 3.5: both have sent a SYN. The SYN-ACK says what we both can. */
static void open_both(struct connection *c)
{
	mtu_apply(c);
	connection_enter(c, CONNECTION_SYN_RECEIVED);
	c->must_send_syn = true;
	c->retries = 0;
}

void input_syn_sent(struct connection *c, const struct arrival *a)
{
	if (!check_ack(c, a) || !check_rst(c, a))
		return;
	if ((a->flags & TCP_SYN) == 0)
		return; /* fifth step: neither SYN nor RST */
	take_sequence(c, a);
	take_window(c, a);
	if ((a->flags & TCP_ACK) == 0) {
		open_both(c);
		return;
	}
	take_time(c);
	c->tcp->counts.active_opens++;
	connection_establish(c);
	/* The first ACK covers the SYN only: data and FIN beside it come again (as Linux has it).
	 */
	c->must_send_ack = true;
}
