#include "fw/track_tcp.h"

#include "core/explain.h"
#include "core/net.h"
#include "fw/track.h"
#include "wire/checksum.h"
#include "wire/tcp_header.h"

const char *const track_words[] = {
	[TRACK_NONE] = "none",         [TRACK_SYN_SENT] = "syn-sent",
	[TRACK_SYN_RECV] = "syn-recv", [TRACK_ESTABLISHED] = "established",
	[TRACK_FIN_WAIT] = "fin-wait", [TRACK_CLOSE_WAIT] = "close-wait",
	[TRACK_LAST_ACK] = "last-ack", [TRACK_TIME_WAIT] = "time-wait",
	[TRACK_CLOSE] = "close",       NULL,
};

/* A segment, and where it came to. */
struct look {
	const struct fw *fw;
	const struct flow *flow;
	struct explain *why;
	struct tcp_segment seg;
	uint8_t dir;
};

static bool is_over(const struct flow *flow)
{
	return flow->tcp == TRACK_TIME_WAIT || flow->tcp == TRACK_CLOSE;
}

static enum segment_fate invalid(const struct look *look, const char *what)
{
	explain(look->why, "track", "invalid: %s", what);
	return SEGMENT_INVALID;
}

static enum segment_fate aside(const struct look *look, const char *what)
{
	explain(look->why, "track", "goes on, and changes nothing: %s", what);
	return SEGMENT_ASIDE;
}

/* @in, when it lies where it may. */
static enum segment_fate if_placed(const struct look *look, enum window_place place,
                                   enum segment_fate in)
{
	if (place == WINDOW_IN || look->fw->liberal)
		return in;
	window_explain(look->why, look->flow, look->dir, &look->seg, place);
	return SEGMENT_INVALID;
}

/*
 * No end believes a damaged segment (RFC 9293, 3.1, MUST-3). Only those are summed of which a
 * single one moves the state: the others must lie in the windows, and are too many. On a source
 * route the sum is one for an address that is not in the header yet (RFC 791, 3.1).
 */
static bool is_damaged(const struct pkt *p)
{
	uint32_t len = (uint32_t)p->l3 + p->ip_bytes - p->l4;
	uint32_t pseudo;

	if ((p->tcp_flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0 || p->offload.checked ||
	    p->offload.needs_checksum || p->route_option != 0 || p->asked_only)
		return false;
	pseudo = sum_pseudo(p->arrived.src, p->arrived.dst, p->arrived.proto, (uint16_t)len);
	return sum_finish(sum_bytes(pseudo, p->bytes + p->l4, len)) != 0;
}

/* A SYN alone. */
static enum segment_fate judge_syn(const struct look *look)
{
	const struct flow *flow = look->flow;

	/* Again, from the other side (simultaneous open), or anew. */
	if (flow->tcp == TRACK_SYN_SENT || (look->dir == 0 && is_over(flow)))
		return SEGMENT_COUNTS;
	/* RFC 5961, 4.2: wherever it lies, it is answered with a challenge. So a host that has lost
	 * its connection finds out, and begins anew. */
	if (look->dir == 0)
		return aside(look, "a SYN, and the connection is there");
	return if_placed(look, window_place_seq(flow, look->dir, &look->seg), SEGMENT_ASIDE);
}

/* SYN and ACK. */
static enum segment_fate judge_answer(const struct look *look)
{
	const struct flow *flow = look->flow;
	bool opening = flow->tcp == TRACK_SYN_SENT || flow->tcp == TRACK_SYN_RECV;

	if (look->dir == 0 && flow->tcp == TRACK_SYN_SENT)
		return invalid(look, "it answers a SYN that never came");
	if (is_over(flow))
		return look->dir == 0
		               ? invalid(look, "it answers a SYN, and the connection is over")
		               : aside(look, "it answers an old SYN");
	/* Also another one than before: a server that keeps no state (RFC 4987, 3.6) may choose a
	 * new number each time. */
	if (opening && look->dir == 1 && window_acks_syn(flow, 0, look->seg.ack))
		return SEGMENT_COUNTS;
	/* RFC 9293, 3.10.7.3: it is answered with RST. */
	if (flow->tcp == TRACK_SYN_SENT)
		return aside(look, "it acknowledges another SYN");
	return if_placed(look, window_place(flow, look->dir, &look->seg),
	                 opening ? SEGMENT_COUNTS : SEGMENT_ASIDE);
}

static enum segment_fate judge_reset(const struct look *look)
{
	const struct flow *flow = look->flow;
	enum window_place place = window_place_seq(flow, look->dir, &look->seg);

	if (look->fw->liberal)
		return SEGMENT_COUNTS;
	if (flow->tcp == TRACK_SYN_SENT && look->dir == 1) {
		/* RFC 9293, 3.10.7.3: only one that acknowledges the SYN is believed. */
		if ((look->seg.flags & TCP_ACK) != 0 && window_acks_syn(flow, 0, look->seg.ack))
			return SEGMENT_COUNTS;
		return invalid(look, "a RST that does not acknowledge the SYN");
	}
	/* RFC 5961, 3.2: the exact number ends the connection. */
	if (window_is_exact(flow, look->dir, look->seg.seq))
		return SEGMENT_COUNTS;
	/* RFC 9293, 3.5.1: so the other side's half of an older connection is ended. */
	if (flow->tcp == TRACK_SYN_SENT)
		return aside(look, "a RST for what was there before this SYN");
	if (place == WINDOW_IN)
		return aside(look, "a RST in the window, but not with the exact number");
	return if_placed(look, place, SEGMENT_ASIDE);
}

/* ACK, perhaps FIN. */
static enum segment_fate judge_ack(const struct look *look)
{
	/* Before an answer only the one who began may go on, and only with RST (RFC 5382, REQ-2).
	 * The other side may say that it has an older connection (RFC 9293, 3.5.1). */
	if (look->flow->tcp == TRACK_SYN_SENT)
		return look->dir == 0 ? invalid(look, "the connection is not open yet")
		                      : aside(look, "it is of an older connection");
	return if_placed(look, window_place(look->flow, look->dir, &look->seg), SEGMENT_COUNTS);
}

enum segment_fate track_tcp_judge(const struct fw *fw, const struct flow *flow, const struct pkt *p)
{
	struct look look = {
		.fw = fw, .flow = flow, .why = p->why, .seg = window_segment(p), .dir = p->flow_dir
	};

	if (is_damaged(p))
		return aside(&look, "its checksum is wrong");
	switch (p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) {
	case TCP_SYN:
		return judge_syn(&look);
	case TCP_SYN | TCP_ACK:
		return judge_answer(&look);
	case TCP_RST:
	case TCP_RST | TCP_ACK:
		return judge_reset(&look);
	case TCP_ACK:
	case TCP_ACK | TCP_FIN:
		return judge_ack(&look);
	default: /* SYN with RST or FIN, or nothing at all (RFC 9293, 3.10.7.4, fifth) */
		return invalid(&look, "no TCP sends these flags together");
	}
}

bool track_tcp_begins_anew(const struct flow *flow, const struct pkt *p)
{
	return p->flow_dir == 0 && is_over(flow) && (p->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static void begin_anew(struct flow *flow)
{
	flow->flags &= (uint16_t) ~(FLOW_SEEN_REPLY | FLOW_ASSURED);
	for (unsigned dir = 0; dir < 2; dir++) {
		flow->way[dir].generation = 0;
		flow->window[dir] = (struct flow_window){ 0 };
	}
}

static uint8_t after_syn(struct flow *flow, const struct pkt *p, const struct tcp_segment *seg)
{
	bool answers = p->flow_dir == 1;

	if (is_over(flow))
		begin_anew(flow);
	if (flow->tcp == TRACK_SYN_RECV && window_place_seq(flow, p->flow_dir, seg) == WINDOW_IN)
		return TRACK_SYN_RECV; /* sent again, perhaps behind data (RFC 7413) */
	window_open(flow, p, seg);
	if (flow->tcp == TRACK_SYN_RECV)
		return TRACK_SYN_RECV;
	/* Without ACK from the other side: simultaneous open (RFC 9293, 3.5). */
	return answers ? TRACK_SYN_RECV : TRACK_SYN_SENT;
}

static uint8_t after_ack(const struct flow *flow, uint8_t dir, uint32_t ack)
{
	bool acks_fin = window_acks_fin(flow, dir ^ 1, ack);

	if (flow->tcp == TRACK_SYN_RECV && dir == 0)
		return TRACK_ESTABLISHED;
	if (flow->tcp == TRACK_FIN_WAIT && acks_fin)
		return TRACK_CLOSE_WAIT;
	if (flow->tcp == TRACK_LAST_ACK && acks_fin)
		return TRACK_TIME_WAIT;
	return flow->tcp;
}

static uint8_t next_state(struct flow *flow, const struct pkt *p, const struct tcp_segment *seg)
{
	if ((seg->flags & TCP_RST) != 0)
		return TRACK_CLOSE;
	if ((seg->flags & TCP_SYN) != 0)
		return after_syn(flow, p, seg);
	window_note(flow, p->flow_dir, seg);
	if (flow->tcp == TRACK_CLOSE)
		return TRACK_CLOSE;
	if ((seg->flags & TCP_FIN) != 0)
		return window_has_fin(flow, p->flow_dir ^ 1) ? TRACK_LAST_ACK : TRACK_FIN_WAIT;
	return after_ack(flow, p->flow_dir, seg->ack);
}

/*
 * One side alone is not a connection: taken up in mid-course it gets the time of one that is being
 * opened and may give way, or else anybody could fill the table with what lasts for a day.
 */
static uint32_t timeout_seconds(const struct fw *fw, const struct flow *flow)
{
	bool one_sided = flow->tcp == TRACK_ESTABLISHED && (flow->flags & FLOW_SEEN_REPLY) == 0;

	return fw->timeouts.tcp[one_sided ? TRACK_SYN_RECV : flow->tcp];
}

/* Who does not look at windows takes the connection up anew where it has come to. */
static bool is_astray(const struct fw *fw, const struct flow *flow, const struct pkt *p,
                      const struct tcp_segment *seg)
{
	return fw->liberal && (seg->flags & (TCP_SYN | TCP_RST)) == 0 &&
	       window_place(flow, p->flow_dir, seg) != WINDOW_IN;
}

void track_tcp_note_plain(const struct fw *fw, struct flow *flow, uint8_t dir,
                          const struct tcp_segment *seg)
{
	window_note(flow, dir, seg);
	flow_touch(flow, fw->net->now, timeout_seconds(fw, flow));
}

void track_tcp_note(struct fw *fw, struct pkt *p)
{
	struct flow *flow = flow_at(fw->flows, p->flow);
	struct tcp_segment seg = window_segment(p);
	uint8_t before = flow->tcp;
	uint8_t state = TRACK_ESTABLISHED;

	if ((before == TRACK_NONE && (p->tcp_flags & TCP_SYN) == 0) || is_astray(fw, flow, p, &seg))
		window_pick_up(flow, p->flow_dir, &seg);
	if (before != TRACK_NONE || (p->tcp_flags & TCP_SYN) != 0)
		state = next_state(flow, p, &seg);
	if (state == before) {
		flow_touch(flow, fw->net->now, timeout_seconds(fw, flow));
		return;
	}
	flow->tcp = state;
	flow->way[0].generation = flow->way[1].generation = 0;
	if (state == TRACK_ESTABLISHED && (flow->flags & FLOW_SEEN_REPLY) != 0)
		track_assure(fw, p->flow);
	else
		flow_set_weak(fw->flows, p->flow, true);
	flow_touch_sooner(fw->flows, p->flow, fw->net->now, timeout_seconds(fw, flow));
}
