#include "fw/window.h"

#include "core/explain.h"
#include "wire/tcp_header.h"

/* RFC 7323, 2.3: a window is less than 1 GiB. */
#define WIDEST (1U << 30)

enum side_flags {
	SIDE_SCALE = 1 << 0,  /* its SYN offered to scale windows */
	SIDE_ACKED = 1 << 1,  /* it has acknowledged: `ack` is that; before, its first number */
	SIDE_FIN = 1 << 2,    /* the last it has sent is its FIN */
	SIDE_PICKED = 1 << 3, /* had perhaps sent more before than was seen */
};

/* Sequence numbers go round: RFC 9293, 3.4. */
static int32_t ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

struct tcp_segment window_segment(const struct pkt *p)
{
	const uint8_t *tcp = p->bytes + p->l4;
	struct tcp_segment seg = {
		.seq = wire_get32(tcp + TCP_AT_SEQ),
		.ack = wire_get32(tcp + TCP_AT_ACK),
		.window = wire_get16(tcp + TCP_AT_WINDOW),
		.flags = p->tcp_flags,
	};

	seg.end = seg.seq + (uint32_t)p->l3 + p->ip_bytes - p->payload_at +
	          ((seg.flags & TCP_SYN) != 0) + ((seg.flags & TCP_FIN) != 0);
	return seg;
}

enum window_place window_place_seq(const struct flow *flow, uint8_t dir,
                                   const struct tcp_segment *seg)
{
	const struct flow_window *side = &flow->window[dir], *other = &flow->window[dir ^ 1];

	if (ahead(seg->seq, side->edge) > 0)
		return WINDOW_SEQ_HIGH;
	if (ahead(seg->end, side->end - other->widest - 1) < 0)
		return WINDOW_SEQ_LOW;
	return WINDOW_IN;
}

/* What the other side waits for may be a window behind what it has sent, and an acknowledgement
 * that was overtaken another one (RFC 5961, 5.2). */
static uint32_t ack_reach(const struct flow_window *side)
{
	return side->widest < WIDEST / 2 ? side->widest * 2 : WIDEST;
}

enum window_place window_place(const struct flow *flow, uint8_t dir, const struct tcp_segment *seg)
{
	const struct flow_window *side = &flow->window[dir], *other = &flow->window[dir ^ 1];
	enum window_place place = window_place_seq(flow, dir, seg);

	if (place != WINDOW_IN)
		return place;
	if (ahead(seg->ack, other->end) > 0 &&
	    ((other->seen & SIDE_PICKED) == 0 || ahead(seg->ack, other->edge) > 0))
		return WINDOW_ACK_HIGH;
	if (ahead(seg->ack, other->end - ack_reach(side)) < 0)
		return WINDOW_ACK_LOW;
	return WINDOW_IN;
}

void window_explain(struct explain *why, const struct flow *flow, uint8_t dir,
                    const struct tcp_segment *seg, enum window_place place)
{
	const struct flow_window *side = &flow->window[dir], *other = &flow->window[dir ^ 1];

	switch (place) {
	case WINDOW_IN:
		return;
	case WINDOW_SEQ_HIGH:
		explain(why, "track", "invalid: begins at %u, and the window ends at %u", seg->seq,
		        side->edge);
		return;
	case WINDOW_SEQ_LOW:
		explain(why, "track",
		        "invalid: ends at %u, and what is wanted begins at %u or later", seg->end,
		        side->end - other->widest);
		return;
	case WINDOW_ACK_HIGH:
		explain(why, "track",
		        "invalid: acknowledges %u, and only what is before %u was sent", seg->ack,
		        other->end);
		return;
	case WINDOW_ACK_LOW:
		explain(why, "track", "invalid: acknowledges %u, and %u was acknowledged long ago",
		        seg->ack, other->end - ack_reach(side));
		return;
	}
}

static void offer(struct flow_window *to, uint32_t edge)
{
	if (ahead(edge, to->edge) > 0)
		to->edge = edge;
}

void window_open(struct flow *flow, const struct pkt *p, const struct tcp_segment *seg)
{
	uint8_t dir = p->flow_dir;
	struct flow_window *side = &flow->window[dir], *other = &flow->window[dir ^ 1];
	struct tcp_options options;

	tcp_options_parse(p->bytes + p->l4 + TCP_AT_OPTIONS,
	                  (size_t)p->payload_at - p->l4 - TCP_HEADER_BYTES, &options);
	/* A SYN that is sent again may leave out options which the first, on its way, had. */
	*side = (struct flow_window){ .end = seg->end,
		                      .edge = seg->end + other->widest,
		                      .widest = seg->window,
		                      .ack = seg->seq,
		                      .scale = side->scale,
		                      .seen = side->seen & SIDE_SCALE };
	if (options.has_window_scale) {
		side->scale = options.window_scale;
		side->seen |= SIDE_SCALE;
	}
	if ((seg->flags & TCP_ACK) != 0) {
		side->ack = seg->ack;
		side->seen |= SIDE_ACKED;
		other->edge = seg->ack + seg->window; /* RFC 7323, 2.2: not scaled in a SYN */
	} else {
		other->edge = other->end + seg->window;
	}
}

void window_pick_up(struct flow *flow, uint8_t dir, const struct tcp_segment *seg)
{
	flow->window[dir] = (struct flow_window){ .end = seg->end,
		                                  .edge = seg->end + WIDEST,
		                                  .widest = WIDEST,
		                                  .ack = seg->ack,
		                                  .scale = TCP_WINDOW_SCALE_MAX,
		                                  .seen = SIDE_PICKED | SIDE_SCALE | SIDE_ACKED };
	flow->window[dir ^ 1] = (struct flow_window){ .end = seg->ack,
		                                      .edge = seg->ack + WIDEST,
		                                      .widest = WIDEST,
		                                      .scale = TCP_WINDOW_SCALE_MAX,
		                                      .seen = SIDE_PICKED | SIDE_SCALE };
}

static void note_sent(struct flow_window *side, const struct tcp_segment *seg)
{
	int32_t more = ahead(seg->end, side->end);

	if (more > 0) {
		side->end = seg->end;
		side->seen &= (uint8_t)~SIDE_FIN;
	}
	if (more >= 0 && (seg->flags & TCP_FIN) != 0)
		side->seen |= SIDE_FIN;
}

void window_note(struct flow *flow, uint8_t dir, const struct tcp_segment *seg)
{
	struct flow_window *side = &flow->window[dir], *other = &flow->window[dir ^ 1];
	uint32_t window = seg->window;

	note_sent(side, seg);
	if ((side->seen & other->seen & SIDE_SCALE) != 0) /* RFC 7323, 2.2: both or none */
		window <<= side->scale;
	if (window > side->widest)
		side->widest = window;
	if ((side->seen & SIDE_ACKED) == 0 || ahead(seg->ack, side->ack) > 0)
		side->ack = seg->ack;
	side->seen |= SIDE_ACKED;
	offer(other, seg->ack + window);
	if ((other->seen & SIDE_PICKED) != 0 && ahead(seg->ack, other->end) > 0)
		other->end = seg->ack;
}

bool window_acks_syn(const struct flow *flow, uint8_t dir, uint32_t ack)
{
	const struct flow_window *side = &flow->window[dir];

	return (side->seen & SIDE_ACKED) == 0 && ahead(ack, side->ack) > 0 &&
	       ahead(ack, side->end) <= 0;
}

bool window_is_exact(const struct flow *flow, uint8_t dir, uint32_t seq)
{
	const struct flow_window *other = &flow->window[dir ^ 1];

	return seq == flow->window[dir].end ||
	       ((other->seen & SIDE_ACKED) != 0 && seq == other->ack);
}

bool window_has_fin(const struct flow *flow, uint8_t dir)
{
	return (flow->window[dir].seen & SIDE_FIN) != 0;
}

bool window_acks_fin(const struct flow *flow, uint8_t dir, uint32_t ack)
{
	return window_has_fin(flow, dir) && ahead(ack, flow->window[dir].end) >= 0;
}
