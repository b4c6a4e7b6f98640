#include "tcp/input.h"
#include "tcp/output.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"

/* What of the text is new and lies within the window. */
struct text {
	uint32_t seq, n;
	const uint8_t *bytes;
};

static struct text trim(const struct connection *c, const struct arrival *a)
{
	struct text text = { .seq = a->seq + ((a->flags & TCP_SYN) != 0),
		             .n = a->n,
		             .bytes = a->bytes };
	uint32_t old, edge = seq_max(c->receive_edge, c->receive_next);

	if (seq_lt(text.seq, c->receive_next)) {
		old = c->receive_next - text.seq;
		if (old > text.n)
			old = text.n;
		text.seq += old;
		text.bytes += old;
		text.n -= old;
	}
	if (seq_geq(text.seq, edge))
		text.n = 0;
	else if (text.n > edge - text.seq)
		text.n = edge - text.seq;
	return text;
}

/* RFC 1122, 4.2.3.2; RFC 5681, 4.2: two full segments, or a hole that closes, are acknowledged at
 * once; so are the first ones, and those of a peer who waits for nothing but that. */
static void owe_ack(struct connection *c, uint32_t n)
{
	const struct tcp_settings *settings = &c->tcp->settings;

	c->unacked_bytes += n;
	if (c->unacked_bytes >= 2U * c->receive_mss || c->settings.quick_ack ||
	    settings->delayed_ack_ms == 0 || (c->quick_acks > 0 && !c->is_chatting)) {
		c->must_send_ack = true;
		return;
	}
	if (c->ack_at.ns == mono_never().ns)
		c->ack_at = mono_add_ms(c->tcp->net->now, settings->delayed_ack_ms);
}

static void note_arrival(struct connection *c, const struct arrival *a)
{
	struct traffic *traffic = connection_traffic(c);
	uint32_t mss = a->n / a->segments, now_ms = recovery_clock_ms(c->tcp->net->now);
	uint32_t echo = a->options.timestamp_echo - c->timestamp_offset;

	if (mss > c->receive_mss)
		c->receive_mss = mss > UINT16_MAX ? UINT16_MAX : (uint16_t)mss;
	if (c->has_timestamps && a->options.has_timestamps && a->options.timestamp_echo != 0 &&
	    now_ms - echo < 60000)
		receive_tune_rtt(&traffic->tune, (now_ms - echo) * 1000);
	else
		receive_tune_arrived(&traffic->tune, c->receive_next,
		                     c->receive_edge - c->receive_next, c->tcp->net->now);
}

/* Bytes that continue what has come. Returns false when not all of them found room. */
static bool take_in_order(struct connection *c, const struct text *text)
{
	struct chunk_pool *chunks = c->tcp->chunks;
	uint32_t n = byte_window_put(&c->received, chunks, text->seq, text->bytes, text->n);
	uint32_t before = c->receive_next;
	bool had_hole = ranges_count(&c->ranges, chunks) > 0;

	c->receive_next = ranges_advance(&c->ranges, chunks, before + n);
	connection_traffic(c)->bytes_received += c->receive_next - before;
	if (n < text->n)
		c->tcp->counts.out_of_memory++;
	if (had_hole)
		c->must_send_ack = true;
	owe_ack(c, c->receive_next - before);
	if (c->receive_next != before) {
		connection_traffic(c)->received_at = c->tcp->net->now;
		connection_note(c, CONNECTION_READABLE);
	}
	return n == text->n;
}

/* RFC 5681, 4.2: told at once. Without SACK each segment is told by an ACK of its own, which the
 * peer counts. */
static void take_out_of_order(struct connection *c, const struct text *text)
{
	struct chunk_pool *chunks = c->tcp->chunks;
	uint32_t n = 0;

	/* While memory is short it is for what can be read. */
	if (!autotune_is_pressed(chunks))
		n = byte_window_put(&c->received, chunks, text->seq, text->bytes, text->n);
	if (n < text->n)
		c->tcp->counts.out_of_memory++;
	if (n > 0 && ranges_add(&c->ranges, chunks, text->seq, text->seq + n) == RANGES_FULL)
		c->tcp->counts.out_of_memory++;
	c->must_send_ack = true;
	if (!c->has_sack)
		output_duplicate(c);
}

/* Their FIN stands at @at, behind all their bytes. */
static void note_fin(struct connection *c, uint32_t at)
{
	if (c->has_fin || seq_gt(at, seq_max(c->receive_edge, c->receive_next)))
		return;
	c->has_fin = true;
	c->their_fin = at;
}

/* RFC 9293, 3.10.7.4, eighth step. */
static void take_fin(struct connection *c)
{
	if (!c->has_fin || c->fin_taken || c->receive_next != c->their_fin)
		return;
	c->fin_taken = true;
	c->receive_next++;
	if (seq_lt(c->receive_edge, c->receive_next))
		c->receive_edge = c->receive_next;
	c->must_send_ack = true;
	connection_note(c, CONNECTION_READABLE);
	switch (c->state) {
	case CONNECTION_ESTABLISHED:
		connection_enter(c, CONNECTION_CLOSE_WAIT);
		return;
	case CONNECTION_FIN_WAIT_1: /* ours is not acknowledged yet */
		connection_enter(c, CONNECTION_CLOSING);
		return;
	case CONNECTION_FIN_WAIT_2:
		connection_finish(c);
		return;
	default:
		return;
	}
}

static bool takes_text(const struct connection *c)
{
	return c->state == CONNECTION_ESTABLISHED || c->state == CONNECTION_FIN_WAIT_1 ||
	       c->state == CONNECTION_FIN_WAIT_2;
}

void input_text(struct connection *c, const struct arrival *a)
{
	struct text text = trim(c, a);
	bool is_whole = true;

	if (!takes_text(c) || (c->has_fin && seq_geq(text.seq, c->their_fin)))
		return;
	if (c->has_fin && text.n > c->their_fin - text.seq)
		text.n = c->their_fin - text.seq;
	if (a->n > 0)
		note_arrival(c, a);
	if (text.n > 0 && text.seq == c->receive_next)
		is_whole = take_in_order(c, &text);
	else if (text.n > 0)
		take_out_of_order(c, &text);
	else if (a->n > 0)
		c->must_send_ack = true; /* nothing of it had room */
	if ((a->flags & TCP_FIN) != 0 && is_whole)
		note_fin(c, a->end - 1);
	take_fin(c);
}

/* RFC 9293, 3.10.7.4, sixth step, with RFC 6093: the pointer is to the byte behind the urgent one.
 * What points further than a window is nobody's intention. */
void input_urgent(struct connection *c, const struct arrival *a)
{
	uint32_t up = a->seq + a->urgent;

	if ((a->flags & TCP_URG) == 0 || a->urgent == 0 || !takes_text(c))
		return;
	if (!seq_gt(up, c->receive_next) || seq_gt(up, c->receive_edge + 1))
		return;
	if (c->is_urgent_in && !seq_gt(up, c->receive_urgent))
		return;
	c->is_urgent_in = true;
	c->urgent_taken = false;
	c->receive_urgent = up;
	connection_note(c, CONNECTION_URGENT);
}
