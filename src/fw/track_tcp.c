#include "fw/track_tcp.h"

#include "core/net.h"
#include "fw/track.h"
#include "wire/tcp_header.h"

const char *const track_words[] = {
	[TRACK_NONE] = "none",         [TRACK_SYN_SENT] = "syn-sent",
	[TRACK_SYN_RECV] = "syn-recv", [TRACK_ESTABLISHED] = "established",
	[TRACK_FIN_WAIT] = "fin-wait", [TRACK_CLOSE_WAIT] = "close-wait",
	[TRACK_LAST_ACK] = "last-ack", [TRACK_TIME_WAIT] = "time-wait",
	[TRACK_CLOSE] = "close",       NULL,
};

static bool is_over(const struct flow *flow)
{
	return flow->tcp == TRACK_TIME_WAIT || flow->tcp == TRACK_CLOSE;
}

bool track_tcp_fits(const struct flow *flow, const struct pkt *p)
{
	uint8_t kind = p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN);

	if (kind == TCP_SYN) /* again, from the other side (simultaneous open), or anew */
		return p->flow_dir == 0 || flow->tcp == TRACK_SYN_SENT;
	if (kind == (TCP_SYN | TCP_ACK)) /* from who began it only after the other's SYN */
		return p->flow_dir == 1 || (flow->tcp != TRACK_SYN_SENT && !is_over(flow));
	if ((kind & TCP_SYN) != 0) /* SYN with RST or FIN: no TCP sends that */
		return false;
	/* Before an answer only the one who began may go on, and only with RST (RFC 5382, REQ-2).
	 */
	if (flow->tcp == TRACK_SYN_SENT && p->flow_dir == 0)
		return (kind & TCP_RST) != 0;
	return true;
}

bool track_tcp_begins_anew(const struct flow *flow, const struct pkt *p)
{
	return is_over(flow) && (p->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN;
}

static void begin_anew(struct flow *flow)
{
	flow->flags &= (uint16_t) ~(FLOW_SEEN_REPLY | FLOW_ASSURED);
	for (unsigned dir = 0; dir < 2; dir++) {
		flow->way[dir].generation = 0;
		flow->way[dir].fin_seen = 0;
	}
}

/* The sequence number after the segment's last byte, FIN included. */
static uint32_t segment_end(const struct pkt *p, uint32_t seq)
{
	uint32_t payload = (uint32_t)p->l3 + p->ip_bytes - p->payload_at;

	return seq + payload + ((p->tcp_flags & TCP_FIN) != 0 ? 1 : 0);
}

static uint8_t after_ack(const struct flow *flow, uint8_t dir, uint32_t ack)
{
	const struct flow_way *other = &flow->way[dir ^ 1];
	bool acks_fin = other->fin_seen && (int32_t)(ack - other->fin_seq) >= 0;

	if (flow->tcp == TRACK_SYN_RECV && dir == 0)
		return TRACK_ESTABLISHED;
	if (flow->tcp == TRACK_FIN_WAIT && acks_fin)
		return TRACK_CLOSE_WAIT;
	if (flow->tcp == TRACK_LAST_ACK && acks_fin)
		return TRACK_TIME_WAIT;
	return flow->tcp;
}

static uint8_t next_state(struct flow *flow, const struct pkt *p)
{
	const uint8_t *tcp = p->bytes + p->l4;
	uint8_t dir = p->flow_dir;

	if ((p->tcp_flags & TCP_RST) != 0)
		return TRACK_CLOSE;
	if ((p->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
		if (is_over(flow))
			begin_anew(flow);
		else if (flow->tcp != TRACK_NONE)
			/* Sent again; or, from the other side, simultaneous open (RFC 9293, 3.5).
			 */
			return dir == 1 ? TRACK_SYN_RECV : flow->tcp;
		return TRACK_SYN_SENT;
	}
	if ((p->tcp_flags & TCP_SYN) != 0)
		return flow->tcp == TRACK_SYN_SENT ? TRACK_SYN_RECV : flow->tcp;
	if ((p->tcp_flags & TCP_FIN) != 0) {
		flow->way[dir].fin_seen = 1;
		flow->way[dir].fin_seq = segment_end(p, wire_get32(tcp + TCP_AT_SEQ));
		if (flow->way[dir ^ 1].fin_seen)
			return TRACK_LAST_ACK;
		return TRACK_FIN_WAIT;
	}
	return after_ack(flow, dir, wire_get32(tcp + TCP_AT_ACK));
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

void track_tcp_note(struct fw *fw, struct pkt *p)
{
	struct flow *flow = flow_at(fw->flows, p->flow);
	uint8_t before = flow->tcp;
	uint8_t state;

	if (before == TRACK_NONE && (p->tcp_flags & TCP_SYN) == 0)
		state = TRACK_ESTABLISHED; /* picked up in mid-course */
	else
		state = next_state(flow, p);
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
