#include <poll.h>

#include "tcp/autotune.h"
#include "tcp/mtu.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"

/* Linux's sk_stream_is_writeable(): a third of the buffer, so that a writer is not woken for each
 * segment that is acknowledged. */
static bool is_writable(const struct connection *c)
{
	uint32_t low = c->settings.unsent_low_bytes;

	if (low != 0 && connection_unsent(c) >= low)
		return false;
	return connection_room(c) > 0 && connection_room(c) >= byte_window_bytes(&c->sent) / 2;
}

static unsigned input_bits(const struct connection *c)
{
	bool ended = c->fin_taken || c->receive_shut || c->state == CONNECTION_CLOSED;
	unsigned bits = ended ? POLLIN | POLLRDNORM | POLLRDHUP : 0;

	if (connection_unread(c) > 0)
		bits |= POLLIN | POLLRDNORM;
	if (c->is_urgent_in && !c->urgent_taken)
		bits |= POLLPRI;
	return bits;
}

static unsigned output_bits(const struct connection *c)
{
	/* A write that would fail does not wait either. */
	if (c->fin_queued || c->state == CONNECTION_CLOSED || is_writable(c))
		return POLLOUT | POLLWRNORM;
	return 0;
}

unsigned connection_ready(const struct connection *c)
{
	unsigned bits = 0;

	if (c->error != 0) /* a soft one is told to who asks, and wakes nobody: RFC 1122, 4.2.3.9 */
		bits |= POLLERR;
	if (c->state == CONNECTION_SYN_SENT || c->state == CONNECTION_SYN_RECEIVED)
		return bits;
	if (c->state == CONNECTION_CLOSED || (c->fin_queued && (c->fin_taken || c->receive_shut)))
		bits |= POLLHUP;
	return bits | input_bits(c) | output_bits(c);
}

bool connection_is_worth_reading(const struct connection *c, size_t low)
{
	return connection_unread(c) >= low || c->receive_edge - c->receive_next < c->receive_mss ||
	       autotune_is_pressed(c->tcp->chunks);
}

int connection_take_error(struct connection *c)
{
	int error = c->error != 0 ? c->error : c->soft_error;

	c->error = c->soft_error = 0;
	return error;
}

static void fit_buffers(struct connection *c)
{
	if (c->settings.receive_bytes != 0)
		c->receive_limit = c->settings.receive_bytes;
	if (c->settings.send_bytes != 0)
		c->send_limit = c->settings.send_bytes;
}

void connection_set_quick_ack(struct connection *c, bool on)
{
	c->is_chatting = !on;
	if (!on)
		c->quick_acks = 0;
}

void connection_set_settings(struct connection *c, const struct connection_settings *settings)
{
	bool kept_alive = c->settings.keep_alive;
	uint16_t kept_idle_s = c->settings.keep_idle_s;
	struct traffic *traffic = connection_traffic_if(c);

	c->settings = *settings;
	fit_buffers(c);
	if (traffic != NULL && settings->congestion != 0)
		congestion_choose(&traffic->recovery.congestion,
		                  (uint8_t)(settings->congestion - 1));
	if (!connection_is_synchronized(c) || c->is_orphan)
		return;
	mtu_apply(c);
	if (settings->keep_alive && !kept_alive)
		timer_idle_since(c, c->tcp->net->now);
	else if (settings->keep_alive && settings->keep_idle_s != kept_idle_s)
		timer_idle_since(c, c->began_at);
	else if (kept_alive && !settings->keep_alive)
		c->idle_at = mono_never();
	connection_mark(c); /* what cork or Nagle held may leave now */
}
