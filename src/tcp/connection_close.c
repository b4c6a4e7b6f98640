#include <errno.h>
#include <netinet/in.h>

#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"
#include "tcp/watch.h"

enum {
	FIN_WAIT_2_FOR_EVER = 0xffff,
};

void connection_queue_fin(struct connection *c)
{
	if (c->fin_queued)
		return;
	c->fin_queued = true;
	c->more_to_come = false;
	connection_enter(c, c->state == CONNECTION_CLOSE_WAIT ? CONNECTION_LAST_ACK
	                                                      : CONNECTION_FIN_WAIT_1);
	connection_mark(c);
}

void connection_finish(struct connection *c)
{
	output_duplicate(c); /* lost, or no room: they repeat their FIN, and the record answers */
	connection_time_wait(c, false);
}

static uint64_t fin_wait_2_ms(const struct connection *c)
{
	if (c->settings.fin_wait_2_s == FIN_WAIT_2_FOR_EVER)
		return 0;
	return c->settings.fin_wait_2_s != 0 ? c->settings.fin_wait_2_s * 1000ULL
	                                     : c->tcp->settings.fin_wait_2_ms;
}

/* RFC 9293, 3.6: nobody reads what they might still send, so they get so long to end. The small
 * record waits as long as TIME-WAIT does. */
void connection_await_fin(struct connection *c)
{
	uint64_t ms = fin_wait_2_ms(c);

	if (!c->is_orphan || c->state != CONNECTION_FIN_WAIT_2)
		return;
	if (ms == 0)
		connection_end(c, 0);
	else if (ms == c->tcp->settings.time_wait_ms)
		connection_time_wait(c, true);
	else
		c->idle_at = mono_add_ms(c->tcp->net->now, ms);
}

static int shut_send(struct connection *c)
{
	switch (c->state) {
	case CONNECTION_ESTABLISHED:
	case CONNECTION_CLOSE_WAIT:
	case CONNECTION_SYN_RECEIVED:
		connection_queue_fin(c);
		return 0;
	case CONNECTION_SYN_SENT: /* as Linux has it: the attempt is over */
		connection_end(c, 0);
		return 0;
	default:
		return 0; /* is shut already */
	}
}

int connection_shutdown(struct connection *c, int how)
{
	int result = 0;

	if (c->state == CONNECTION_CLOSED)
		return -ENOTCONN;
	if (how != SHUT_WR && c->state != CONNECTION_SYN_SENT) {
		c->receive_shut = true;
		connection_note(c, CONNECTION_READABLE);
	}
	if (how != SHUT_RD)
		result = shut_send(c);
	return result;
}

static void let_go(struct connection *c)
{
	c->is_orphan = true;
	c->owner = NULL;
	c->events = 0;
	connection_mark(c);
}

static void close_silently(struct connection *c)
{
	connection_end(c, 0);
	c->events = 0;
}

void connection_abandon(struct connection *c)
{
	let_go(c);
	close_silently(c);
}

/* RFC 9293, 3.10.5: a RST where they know of the connection. */
void connection_abort(struct connection *c)
{
	if (c->state != CONNECTION_CLOSED && c->state != CONNECTION_SYN_SENT)
		output_abort(c);
	let_go(c);
	close_silently(c);
}

void connection_close(struct connection *c, int64_t linger_ms)
{
	bool unread = c->received.front != c->receive_next - c->fin_taken;

	if (linger_ms == 0 || (unread && connection_is_synchronized(c))) {
		connection_abort(c);
		return;
	}
	let_go(c);
	if (c->state == CONNECTION_SYN_SENT) {
		close_silently(c);
		return;
	}
	if (connection_may_send(c) || c->state == CONNECTION_SYN_RECEIVED)
		connection_queue_fin(c);
	if (linger_ms > 0 && c->state != CONNECTION_CLOSED)
		c->idle_at = mono_add_ms(c->tcp->net->now, (uint64_t)linger_ms);
	else
		c->idle_at = mono_never();
	connection_await_fin(c);
}
