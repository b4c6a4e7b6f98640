#include "fw/track.h"

#include <netinet/in.h>

#include "core/explain.h"
#include "core/icmp.h"
#include "core/net.h"
#include "fw/flow_rate.h"
#include "fw/track_tcp.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

const char *const state_words[] = {
	[STATE_NEW] = "new",
	[STATE_ESTABLISHED] = "established",
	[STATE_RELATED] = "related",
	[STATE_INVALID] = "invalid",
	[STATE_UNTRACKED] = "untracked",
	NULL,
};

struct flow_timeouts flow_timeouts_default(void)
{
	return (struct flow_timeouts){
		.tcp = {
			[TRACK_SYN_SENT] = 240,
			[TRACK_SYN_RECV] = 240,
			[TRACK_ESTABLISHED] = 86400,
			[TRACK_FIN_WAIT] = 240,
			[TRACK_CLOSE_WAIT] = 240,
			[TRACK_LAST_ACK] = 240,
			[TRACK_TIME_WAIT] = 240,
			[TRACK_CLOSE] = 240,
		},
		.udp = 120,
		.udp_stream = 300,
		.icmp = 60,
		.generic = 600,
	};
}

/*
 * The tuple of the packet that an ICMP error quotes (RFC 792: header and at least 8 bytes more).
 * False: the quote is too short or makes no sense.
 */
static bool quoted_tuple(const struct pkt *p, struct tuple *ret_tuple)
{
	struct reader r = reader_over(p->bytes + p->payload_at, p->len - p->payload_at);
	struct ip4_header ip;

	if (!ip4_header_parse(&r, &ip) || ip.version != 4 || (ip.fragment & IP4_OFFSET_MASK) != 0)
		return false;
	*ret_tuple = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = ip.proto };
	if (ip.proto == IPPROTO_TCP || ip.proto == IPPROTO_UDP) {
		ret_tuple->sport = read_u16(&r);
		ret_tuple->dport = read_u16(&r);
	} else if (ip.proto == IPPROTO_ICMP) {
		uint8_t type = read_u8(&r);

		read_skip(&r, 3);
		if (!icmp_is_query(type)) /* of no connection, see track_find() */
			return false;
		ret_tuple->sport = ret_tuple->dport = read_u16(&r);
	}
	return !r.failed;
}

static void find_related(const struct fw *fw, struct pkt *p)
{
	struct tuple quoted, back;
	uint8_t dir;
	uint32_t index;

	/* What this router says of a packet that never became a flow is its own. */
	p->state = p->in == IFACE_NONE ? STATE_RELATED : STATE_INVALID;
	/* RFC 5508, REQ-3: translation would give a damaged message a right checksum. */
	if (p->in != IFACE_NONE && !icmp_checksum_ok(p))
		return;
	if (!quoted_tuple(p, &quoted))
		return;
	/* The quoted packet left here; an answer to it would come as its reverse. */
	back = tuple_reverse(&quoted);
	index = flow_find(fw->flows, &back, flow_hash(fw->flows, &back), &dir);
	if (index == FLOW_NONE)
		return;
	p->state = STATE_RELATED;
	p->flow = index;
	p->flow_dir = dir;
}

static void take_segment(const struct fw *fw, const struct flow *flow, struct pkt *p)
{
	enum segment_fate fate = track_tcp_judge(fw, flow, p);

	p->aside = fate == SEGMENT_ASIDE;
	if (fate == SEGMENT_INVALID)
		p->state = STATE_INVALID;
	else if (track_tcp_begins_anew(flow, p)) /* to be judged as any other new one */
		p->state = STATE_NEW;
}

/* Questions go the way of the one who began, answers come back. */
static bool query_fits(const struct pkt *p)
{
	return icmp_asks(p->icmp_type) == (p->flow_dir == 0);
}

/*
 * Does the message only have the identifier of its flow, because the other side asks with the same
 * one, or the one who began answers that? Through a translation this belongs to nobody: the mapping
 * is of the query that made it (RFC 5508, 3.2).
 */
static bool is_astray(const struct fw *fw, const struct pkt *p)
{
	const struct flow *flow = flow_at_const(fw->flows, p->flow);

	return p->state != STATE_RELATED && flow->proto == IPPROTO_ICMP && !query_fits(p) &&
	       (flow->flags & (FLOW_SRC_NAT | FLOW_DST_NAT)) != 0;
}

/* Two hosts that can reach each other may both ask: such a question is judged as a new one. */
static void take_query(struct pkt *p)
{
	p->aside = true;
	if (icmp_asks(p->icmp_type))
		p->state = STATE_NEW;
}

static void take_flow(const struct fw *fw, struct pkt *p)
{
	const struct flow *flow = flow_at_const(fw->flows, p->flow);

	p->nat = (uint8_t)(((flow->flags & FLOW_SRC_NAT) != 0 ? NAT_SRC : 0) |
	                   ((flow->flags & FLOW_DST_NAT) != 0 ? NAT_DST : 0));
	p->connection_mark = flow->mark;
	p->flow_src = flow->key[0].src;
	p->flow_bytes = flow->way[0].bytes + flow->way[1].bytes;
	if (p->state == STATE_RELATED)
		return;
	p->state = (flow->flags & FLOW_SEEN_REPLY) != 0 || p->flow_dir == 1 ? STATE_ESTABLISHED
	                                                                    : STATE_NEW;
	if (flow->proto == IPPROTO_TCP)
		take_segment(fw, flow, p);
	else if (flow->proto == IPPROTO_ICMP && !query_fits(p))
		take_query(p);
}

/* May a packet without a flow begin one? */
static bool may_begin(const struct fw *fw, const struct pkt *p)
{
	unsigned kind;

	switch (p->arrived.proto) {
	case IPPROTO_TCP:
		kind = p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN);
		return kind == TCP_SYN || (kind == TCP_ACK && fw->loose);
	case IPPROTO_ICMP: /* an answer that nobody asked for begins nothing */
		return icmp_asks(p->icmp_type);
	default:
		return true;
	}
}

void track_find(const struct fw *fw, struct pkt *p, bool hashed)
{
	p->flow = FLOW_NONE;
	p->flow_dir = 0;
	p->nat = 0;
	p->aside = false;
	p->state = p->untracked ? STATE_UNTRACKED : STATE_NEW;
	if (p->untracked) {
		explain(p->why, "track", "connection-state=untracked");
		return;
	}
	if (p->arrived.proto == IPPROTO_ICMP && icmp_is_error(p->icmp_type)) {
		find_related(fw, p);
	} else if (p->arrived.proto == IPPROTO_ICMP && !icmp_is_query(p->icmp_type)) {
		/* Without an identifier it belongs to no connection; not to the one with 0, either.
		 */
		p->state = STATE_INVALID;
	} else {
		if (!hashed)
			p->hash = flow_hash(fw->flows, &p->arrived);
		p->flow = flow_find(fw->flows, &p->arrived, p->hash, &p->flow_dir);
		if (p->flow == FLOW_NONE && !may_begin(fw, p))
			p->state = STATE_INVALID;
	}
	if (p->flow != FLOW_NONE && is_astray(fw, p)) {
		p->flow = FLOW_NONE;
		p->flow_dir = 0;
		p->state = STATE_INVALID;
	}
	if (p->flow != FLOW_NONE)
		take_flow(fw, p);
	explain(p->why, "track", "connection-state=%s%s", state_words[p->state],
	        p->flow == FLOW_NONE ? ", no connection yet" : "");
}

void track_assure(struct fw *fw, uint32_t index)
{
	flow_at(fw->flows, index)->flags |= FLOW_ASSURED;
	flow_set_weak(fw->flows, index, false);
}

static void note_reply(struct fw *fw, uint32_t index)
{
	struct flow *flow = flow_at(fw->flows, index);

	flow->flags |= FLOW_SEEN_REPLY;
	/* From now on direction 0 is established: rules may say otherwise than for new. */
	flow->way[0].generation = 0;
	if (flow->proto != IPPROTO_TCP || flow->tcp == TRACK_ESTABLISHED)
		track_assure(fw, index);
}

static uint32_t timeout_seconds(const struct fw *fw, const struct flow *flow)
{
	switch (flow->proto) {
	case IPPROTO_UDP:
		return (flow->flags & FLOW_SEEN_REPLY) != 0 ? fw->timeouts.udp_stream
		                                            : fw->timeouts.udp;
	case IPPROTO_ICMP:
		return fw->timeouts.icmp;
	default:
		return fw->timeouts.generic;
	}
}

/* A packet of @flow passes. */
static void count(const struct fw *fw, struct flow *flow, const struct pkt *p)
{
	struct flow_way *way = &flow->way[p->flow_dir];
	uint16_t second = flow_rate_second(fw->net->now);

	if (flow->rate_second != second)
		flow_rate_roll(flow, second);
	way->packets++;
	way->bytes += p->ip_bytes;
}

void track_note(struct fw *fw, struct pkt *p)
{
	struct flow *flow;

	if (p->flow == FLOW_NONE || p->state == STATE_RELATED || p->state == STATE_INVALID)
		return;
	flow = flow_at(fw->flows, p->flow);
	count(fw, flow, p);
	if (p->aside)
		return;
	if (p->flow_dir == 1 && (flow->flags & FLOW_SEEN_REPLY) == 0)
		note_reply(fw, p->flow);
	if (flow->proto == IPPROTO_TCP)
		track_tcp_note(fw, p);
	else
		flow_touch(flow, fw->net->now, timeout_seconds(fw, flow));
}

bool track_plain_fits(const struct flow *flow, const struct pkt *p, struct tcp_segment *ret_seg)
{
	if (flow->proto == IPPROTO_ICMP)
		return query_fits(p);
	if (flow->proto != IPPROTO_TCP)
		return true;
	*ret_seg = window_segment(p);
	return window_place(flow, p->flow_dir, ret_seg) == WINDOW_IN;
}

void track_note_plain(struct fw *fw, const struct pkt *p, const struct tcp_segment *seg)
{
	struct flow *flow = flow_at(fw->flows, p->flow);

	count(fw, flow, p);
	if (p->flow_dir == 1 && (flow->flags & FLOW_SEEN_REPLY) == 0)
		note_reply(fw, p->flow);
	if (flow->proto == IPPROTO_TCP)
		track_tcp_note_plain(fw, flow, p->flow_dir, seg);
	else
		flow_touch(flow, fw->net->now, timeout_seconds(fw, flow));
}

bool track_is_settled(const struct flow *flow)
{
	return flow->proto != IPPROTO_TCP || flow->tcp == TRACK_ESTABLISHED;
}
