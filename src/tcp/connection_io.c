#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "tcp/connection.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"

static int take_error(struct connection *c)
{
	int error = c->error;

	c->error = 0;
	return error;
}

size_t connection_unread(const struct connection *c)
{
	return c->receive_next - c->fin_taken - c->received.front;
}

size_t connection_unacknowledged(const struct connection *c)
{
	return byte_window_bytes(&c->sent);
}

size_t connection_unsent(const struct connection *c)
{
	uint32_t next = connection_next(c);

	return seq_lt(next, c->sent.end) ? c->sent.end - next : 0;
}

size_t connection_room(const struct connection *c)
{
	uint32_t queued = byte_window_bytes(&c->sent);
	uint32_t limit = autotune_share(c->tcp->chunks, c->send_limit, c->tcp->connections_n);

	return queued < limit ? limit - queued : 0;
}

static int64_t cannot_send(struct connection *c)
{
	int error = take_error(c);

	if (error != 0)
		return error;
	if (c->state == CONNECTION_SYN_SENT || c->state == CONNECTION_SYN_RECEIVED)
		return -EAGAIN;
	return -EPIPE;
}

int64_t connection_send(struct connection *c, const void *bytes, size_t n, unsigned flags)
{
	size_t room = connection_room(c);
	uint32_t taken;

	if (c->error != 0 || !connection_may_send(c))
		return cannot_send(c);
	if (n == 0)
		return 0;
	if (n > room)
		n = room;
	taken = n > 0 ? byte_window_put(&c->sent, c->tcp->chunks, c->sent.end, bytes, (uint32_t)n)
	              : 0;
	c->wants_room = taken < n || (connection_ready(c) & POLLOUT) == 0;
	if (taken == 0) {
		timer_persist(c); /* if it is chunks that are short, nothing else would wake them */
		return -EAGAIN;
	}
	if ((flags & MSG_OOB) != 0 && taken == n) {
		c->send_urgent = c->sent.end;
		c->is_urgent_out = true;
	}
	c->more_to_come = (flags & MSG_MORE) != 0;
	c->is_chatting = c->ack_at.ns != mono_never().ns || c->is_chatting;
	connection_mark(c);
	return taken;
}

/* The place of the urgent byte that is not in line; false: there is none ahead. */
static bool urgent_ahead(const struct connection *c, uint32_t *ret_at)
{
	if (!c->is_urgent_in)
		return false;
	*ret_at = c->receive_urgent - 1;
	return seq_geq(*ret_at, c->received.front);
}

bool connection_at_mark(const struct connection *c)
{
	uint32_t at;

	return urgent_ahead(c, &at) && at == c->received.front;
}

static int64_t receive_urgent(struct connection *c, void *bytes, bool peek)
{
	uint32_t at;

	if (c->settings.urgent_inline || !urgent_ahead(c, &at) || c->urgent_taken)
		return -EINVAL;
	if (!seq_gt(c->receive_next - c->fin_taken, at))
		return -EAGAIN;
	byte_window_copy(&c->received, c->tcp->chunks, at, bytes, 1);
	c->urgent_taken = !peek;
	return 1;
}

/* Reading stops before the urgent byte; begun there, it goes round it unless it is in line (RFC
 * 6093, 3.1: as all have it). Returns how many bytes may be read from received.front on. */
static size_t up_to_mark(struct connection *c)
{
	size_t unread = connection_unread(c);
	uint32_t at;

	if (!urgent_ahead(c, &at) || !seq_gt(c->receive_next - c->fin_taken, at))
		return unread;
	if (at != c->received.front)
		return at - c->received.front;
	if (!c->settings.urgent_inline) {
		byte_window_drop(&c->received, c->tcp->chunks, at + 1);
		c->is_urgent_in = false;
		return unread - 1;
	}
	return unread;
}

static int64_t nothing_to_read(struct connection *c)
{
	int error;

	if (c->fin_taken && c->error == 0)
		return 0;
	error = take_error(c);
	if (error != 0)
		return error;
	return c->receive_shut || c->state == CONNECTION_CLOSED ? 0 : -EAGAIN;
}

int64_t connection_receive(struct connection *c, void *bytes, size_t n, unsigned flags)
{
	size_t unread;

	if ((flags & MSG_OOB) != 0)
		return receive_urgent(c, bytes, (flags & MSG_PEEK) != 0);
	unread = up_to_mark(c);
	if (unread == 0)
		return nothing_to_read(c);
	if (n > unread)
		n = unread;
	byte_window_copy(&c->received, c->tcp->chunks, c->received.front, bytes, (uint32_t)n);
	if ((flags & MSG_PEEK) == 0)
		connection_consume(c, n);
	return (int64_t)n;
}

unsigned connection_spans(struct connection *c, struct iovec *spans, unsigned max)
{
	return byte_window_spans(&c->received, c->tcp->chunks, c->received.front,
	                         (uint32_t)up_to_mark(c), spans, max);
}

static void grow(struct connection *c)
{
	struct traffic *traffic = connection_traffic_if(c);
	uint32_t most = c->tcp->settings.receive_bytes_max;

	if (traffic == NULL || c->settings.receive_bytes != 0 ||
	    autotune_is_pressed(c->tcp->chunks))
		return;
	c->receive_limit = receive_tune_read(&traffic->tune, c->received.front, c->receive_limit,
	                                     most, c->tcp->net->now);
}

void connection_consume(struct connection *c, size_t n)
{
	must(n <= connection_unread(c));
	byte_window_drop(&c->received, c->tcp->chunks, c->received.front + (uint32_t)n);
	if (c->is_urgent_in && seq_geq(c->received.front, c->receive_urgent))
		c->is_urgent_in = false;
	grow(c);
	if (connection_is_synchronized(c) && !c->fin_taken && output_wants_update(c)) {
		c->must_send_ack = true;
		connection_mark(c);
	}
}

void connection_push(struct connection *c)
{
	c->more_to_come = false;
	connection_mark(c);
}
