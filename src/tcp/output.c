#include "tcp/output.h"

#include <netinet/in.h>

#include "tcp/mtu.h"
#include "tcp/output_segment.h"
#include "tcp/tcp_inside.h"
#include "tcp/timer.h"
#include "tcp/watch.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	/* A super-segment is one IP packet with the largest headers there may be. */
	SUPER_BYTES = UINT16_MAX - IP4_HEADER_BYTES_MAX - TCP_HEADER_BYTES - OUTGOING_OPTIONS_MAX,
};

/* One run over what a connection may send. */
struct run {
	struct connection *c;
	struct traffic *traffic;
	struct recovery_context context;
	bool is_full; /* the queue or the pool: go on another time */
};

static uint32_t whole_segments(uint32_t bytes, uint32_t mss)
{
	return bytes - bytes % mss;
}

/* Send @n bytes from @seq on, and the FIN behind them when @end lies there; note that it is sent.
 */
static bool send_range(struct run *run, uint32_t seq, uint32_t end)
{
	struct connection *c = run->c;
	uint32_t data_end = seq_min(end, c->sent.end);
	uint32_t n = data_end - seq;
	uint8_t flags = TCP_ACK;

	/* G9: nothing longer than what they take and the path takes, nor beyond their window's
	 * stream. */
	must(seq_leq(end, connection_send_end(c)) && n <= SUPER_BYTES);
	if (end != data_end)
		flags |= TCP_FIN;
	if (data_end == c->sent.end && n > 0)
		flags |= TCP_PSH; /* RFC 9293, 3.9.1.2: nothing more is queued */
	if (!output_segment(c, seq, n, flags)) {
		run->is_full = true;
		return false;
	}
	run->traffic->segments_out += (n + c->mss - 1U) / c->mss + (n == 0);
	run->traffic->bytes_sent += n;
	recovery_sent(&run->traffic->recovery, &run->context,
	              &(struct flight_range){ .begin = seq, .end = end });
	return true;
}

/* A buffer for a super-segment may be lacking where one for a segment is not. */
static bool send_super(struct run *run, uint32_t seq, uint32_t end)
{
	uint32_t mss = run->c->mss;

	if (send_range(run, seq, end))
		return true;
	if (end - seq <= mss || !outgoing_has_room(run->c->tcp))
		return false;
	run->is_full = false;
	return send_range(run, seq, seq + mss);
}

static bool send_lost(struct run *run, uint32_t allowance)
{
	struct connection *c = run->c;
	struct flight_range lost;
	uint32_t n;

	if (!recovery_lost(&run->traffic->recovery, &run->context, &lost))
		return false;
	n = lost.end - lost.begin;
	if (n > allowance)
		n = allowance < c->mss ? c->mss : whole_segments(allowance, c->mss);
	if (n > lost.end - lost.begin)
		n = lost.end - lost.begin;
	if (n > SUPER_BYTES)
		n = whole_segments(SUPER_BYTES, c->mss);
	if (!send_super(run, lost.begin, lost.begin + n))
		return false;
	run->traffic->segments_again += (n + c->mss - 1U) / c->mss;
	run->traffic->bytes_again += n;
	c->tcp->counts.segments_again += (n + c->mss - 1U) / c->mss;
	watch(c, "send", "that was sent again, it is taken for lost");
	return true;
}

/*
 * May less than a segment leave? Nagle (RFC 9293, 3.7.4) as Minshall has it: not while another one
 * that was not full is on its way. A FIN, urgent data and the end of a large window don't wait
 * (RFC 1122, 4.2.3.4: silly windows).
 */
static bool small_may_leave(const struct connection *c, uint32_t next, uint32_t n, bool is_last)
{
	if (c->must_push || (c->is_urgent_out && seq_gt(c->send_urgent, next)))
		return true;
	if (!is_last)
		return n >= c->window_most / 2;
	if (c->fin_queued)
		return true;
	if (c->settings.cork || c->more_to_come)
		return false;
	return c->settings.no_delay || seq_leq(c->small_end, connection_una(c)) ||
	       seq_gt(c->small_end, next);
}

/* How many bytes of the sequence space from SND.NXT on may be sent as one. */
static uint32_t new_bytes(struct run *run, uint32_t allowance)
{
	struct connection *c = run->c;
	uint32_t next = connection_next(c), una = connection_una(c);
	uint32_t unsent = connection_send_end(c) - next;
	uint32_t window_end = una + c->send_window;
	uint32_t room = seq_gt(window_end, next) ? window_end - next : 0;
	uint32_t n = unsent < room ? unsent : room;

	/* A FIN alone needs no window; else it would wait for one that may never open (as BSD). */
	if (unsent == 1 && c->fin_queued && c->sent.end == next)
		return allowance > 0 ? 1 : 0;
	if (n > allowance)
		n = allowance;
	if (n > SUPER_BYTES)
		n = SUPER_BYTES;
	if (n > c->mss && n != unsent)
		return whole_segments(n, c->mss);
	if (n > c->mss) { /* the last one need not be full: it is asked about by itself */
		uint32_t rest = n % c->mss;

		if (rest != 0 && !small_may_leave(c, next + n - rest, rest, true))
			return n - rest;
		return n;
	}
	if (n < c->mss && n > 0 && !small_may_leave(c, next, n, n == unsent))
		return 0;
	return n;
}

static bool send_new(struct run *run, uint32_t allowance)
{
	struct connection *c = run->c;
	struct recovery *recovery = &run->traffic->recovery;
	uint32_t next = connection_next(c);
	uint32_t n;

	if (next == connection_send_end(c))
		return false;
	if (!recovery_has_room(recovery, &run->context))
		return false;
	n = new_bytes(run, allowance);
	if (n == 0)
		return false;
	if (flight_is_empty(&recovery->flight)) {
		recovery_idle(recovery, &run->context);
		run->traffic->progress_at = run->context.now;
	}
	if (!send_super(run, next, next + n))
		return false;
	if (n % c->mss != 0)
		c->small_end = next + n;
	return true;
}

static bool has_work(const struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);

	return connection_next(c) != connection_send_end(c) ||
	       (traffic != NULL && !flight_is_empty(&traffic->recovery.flight));
}

static void send_data(struct run *run)
{
	struct recovery *recovery = &run->traffic->recovery;
	uint32_t allowance;

	while (!run->is_full) {
		allowance = recovery_allowance(recovery, &run->context);
		if (allowance == 0) {
			recovery_held_back(recovery);
			return;
		}
		if (!send_lost(run, allowance) && (run->is_full || !send_new(run, allowance)))
			return;
	}
}

/* RFC 8985, 7.3: new data if they may be sent, else the last segment again. */
static void send_probe(struct run *run)
{
	struct connection *c = run->c;
	struct flight_range range;

	if (!c->must_probe)
		return;
	c->must_probe = false;
	if (send_new(run, c->mss))
		return;
	if (recovery_probe(&run->traffic->recovery, &run->context, &range))
		(void)send_range(run, range.begin, range.end);
}

/* Is there something that only their window keeps from leaving? */
static bool is_stuck(const struct connection *c)
{
	const struct traffic *traffic = connection_traffic_if(c);

	return traffic != NULL && connection_next(c) != connection_send_end(c) &&
	       flight_is_empty(&traffic->recovery.flight);
}

static bool output_data(struct connection *c)
{
	struct run run = { .c = c };

	if (!has_work(c))
		return false;
	mtu_refresh(c);
	run.traffic = connection_traffic(c);
	run.context = connection_context(c);
	send_probe(&run);
	send_data(&run);
	if (run.is_full)
		return true;
	c->must_push = false;
	if (is_stuck(c))
		timer_persist(c);
	return false;
}

static bool output_syn(struct connection *c)
{
	uint8_t flags = c->state == CONNECTION_SYN_SENT ? TCP_SYN : TCP_SYN | TCP_ACK;

	if (!c->must_send_syn)
		return false;
	if (!output_segment(c, c->initial_sequence, 0, flags))
		return true;
	c->must_send_syn = false;
	return false;
}

bool output(struct connection *c)
{
	bool is_full = false;

	if (c->state == CONNECTION_CLOSED)
		return false;
	if (!connection_is_synchronized(c))
		return output_syn(c);
	/* What came out of order is told before data, which leave no room for it. */
	if (c->must_send_ack && ranges_has_blocks(&c->ranges))
		is_full = !output_segment(c, connection_next(c), 0, TCP_ACK);
	if (!is_full)
		is_full = output_data(c);
	if (!is_full && c->must_send_ack)
		is_full = !output_segment(c, connection_next(c), 0, TCP_ACK);
	return is_full;
}
