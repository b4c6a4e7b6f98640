#include "tcp/output.h"
#include "tcp/output_segment.h"
#include "tcp/tcp_inside.h"
#include "tcp/watch.h"
#include "wire/tcp_header.h"

enum {
	CHALLENGE_MS = 500, /* Linux's tcp_invalid_ratelimit */
};

static const struct connection_settings nothing_special;

/* RFC 5961, 7, counted for each connection: a limit that all share tells who asks about others
 * (CVE-2016-5696). */
void output_challenge(struct connection *c)
{
	uint32_t now_ms = (uint32_t)(c->tcp->net->now.ns / NS_PER_MS);

	if (now_ms - c->challenge_ms < CHALLENGE_MS && c->challenge_ms != 0)
		return;
	c->challenge_ms = now_ms != 0 ? now_ms : 1;
	c->tcp->counts.challenge_acks++;
	watch(c, "receive", "that is not acceptable: it is answered by an ACK");
	c->must_send_ack = true;
	connection_mark(c);
}

void output_reset(struct connection *c, uint32_t seq)
{
	c->tcp->counts.resets_sent++;
	if (!output_segment(c, seq, 0, TCP_RST))
		return; /* they ask again */
}

void output_abort(struct connection *c)
{
	c->tcp->counts.resets_sent++;
	if (!output_segment(c, connection_next(c), 0, TCP_RST | TCP_ACK))
		return; /* what they send next is refused like anything to a port that nobody has */
}

void output_duplicate(struct connection *c)
{
	if (!output_segment(c, connection_next(c), 0, TCP_ACK))
		c->must_send_ack = true;
}

static uint32_t room(const struct connection *c)
{
	uint32_t unread = c->receive_next - c->received.front;
	uint32_t limit = autotune_share(c->tcp->chunks, c->receive_limit, c->tcp->connections_n);
	uint32_t free = limit > unread ? limit - unread : 0;
	uint32_t clamp = c->settings.window_clamp;
	uint32_t most = (uint32_t)UINT16_MAX << c->receive_scale;

	if (clamp != 0 && free > clamp)
		free = clamp;
	return free < most ? free : most;
}

/* By how much the edge may move; 0: too little to be worth it (RFC 1122, 4.2.3.3). */
static uint32_t gain(const struct connection *c)
{
	uint32_t edge = c->receive_next + room(c);
	uint32_t worth = c->receive_limit / 2, segment = c->receive_mss;

	if (worth > segment)
		worth = segment;
	if (!seq_gt(edge, c->receive_edge) || edge - c->receive_edge < worth)
		return 0;
	return edge - c->receive_edge;
}

uint32_t output_window(struct connection *c)
{
	uint32_t unit = 1U << c->receive_scale, edge = c->receive_edge + gain(c);
	uint32_t window = edge - c->receive_next;

	/* A FIN of theirs takes a number beyond the window. */
	if (seq_lt(edge, c->receive_next))
		window = 0;
	/* Rounded up, or an edge that was offered would move back (RFC 9293, 3.8.6). */
	window = (window + unit - 1) & ~(unit - 1);
	if (window > (uint32_t)UINT16_MAX << c->receive_scale)
		window = (uint32_t)UINT16_MAX << c->receive_scale;
	edge = c->receive_next + window;
	if (seq_gt(edge, c->receive_edge))
		c->receive_edge = edge;
	must(seq_leq(c->receive_edge, edge) || c->fin_taken); /* G9 */
	return window;
}

bool output_wants_update(const struct connection *c)
{
	uint32_t window = c->receive_edge - c->receive_next;
	uint32_t more = gain(c);

	/* Twice what they have, or half of all there is: not an ACK for each read. */
	return more > 0 && (more >= window || more >= c->receive_limit / 2);
}

/* RFC 1122, 4.2.3.6: SEG.SEQ = SND.NXT - 1, so that it lies outside their window. */
void output_question(struct connection *c)
{
	if (!output_segment(c, connection_una(c) - 1, 0, TCP_ACK))
		return; /* the next one may find room */
}

void output_syn_ack(struct tcp *tcp, struct half_open *half_open, uint16_t mss, uint32_t timestamp)
{
	const struct listener *l = &tcp->listeners.all[half_open->listener];
	struct output_syn said = {
		.mss = mss,
		.sack_permitted = half_open->options.sack_permitted,
		.has_timestamps = half_open->options.has_timestamps,
		.has_scale = half_open->options.has_window_scale,
		.scale = half_open->our_scale,
		.timestamp = timestamp,
		.timestamp_echo = half_open->timestamp_recent,
	};
	struct outgoing out = {
		.ends = half_open->ends,
		.settings = &l->settings,
		.seq = half_open->initial_sequence,
		.ack = half_open->their_sequence + 1,
		.window =
			(uint16_t)(half_open->window < UINT16_MAX ? half_open->window : UINT16_MAX),
		.ip_id = half_open->ip_id++,
		.flags = TCP_SYN | TCP_ACK,
	};

	output_syn_options(&tcp->settings, &said, &out);
	if (!outgoing_send(tcp, &out))
		return; /* it is sent again by its timer */
}

void output_answer(struct tcp *tcp, const struct output_answer *answer)
{
	struct outgoing out = {
		.ends = answer->ends,
		.settings = &nothing_special,
		.seq = answer->seq,
		.ack = answer->ack,
		.window = answer->window,
		.ip_id = (uint16_t)random_u32(tcp->net->random),
		.flags = answer->flags,
	};

	if (answer->has_timestamps)
		output_timestamps(&out, answer->timestamp, answer->timestamp_echo);
	if ((answer->flags & TCP_RST) != 0)
		tcp->counts.resets_sent++;
	if (!outgoing_send(tcp, &out))
		return;
}
