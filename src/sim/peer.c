#include "sim/peer.h"

#include <netinet/in.h>
#include <string.h>

#include "sim/peer_tcp.h"
#include "wire/arp.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

#define PEER_TTL 64

static const struct mac everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

static void send_bytes(struct peer *peer, const uint8_t *bytes, uint32_t len,
                       const struct offload *offload)
{
	if (!peer->silent)
		link_send(peer->link, peer->end, bytes, len, offload);
}

/* --- ARP --- */

static void arp_send(struct peer *peer, uint16_t operation, const struct mac *to, ip4 target)
{
	struct arp arp = {
		.operation = operation,
		.sender_mac = peer->mac,
		.sender_ip = peer->addr,
		.target_ip = target,
	};
	uint8_t bytes[ETH_HEADER_BYTES + ARP_BYTES];
	uint32_t len;

	if (operation == ARP_REPLY)
		arp.target_mac = *to;
	len = draft_arp(&arp, to, bytes, sizeof bytes);
	send_bytes(peer, bytes, len, NULL);
}

static const struct mac *neighbour_find(const struct peer *peer, ip4 addr)
{
	for (unsigned i = 0; i < peer->neighbours_n; i++) {
		if (ip4_equal(peer->neighbours[i].addr, addr))
			return &peer->neighbours[i].mac;
	}
	return NULL;
}

static void waiting_send(struct peer *peer, ip4 addr, const struct mac *mac)
{
	unsigned n = peer->waiting.n;

	for (unsigned i = 0; i < n; i++) {
		struct frame *frame = frame_queue_take(&peer->waiting);
		ip4 wanted = peer->waiting_for[0];

		memmove(peer->waiting_for, peer->waiting_for + 1,
		        (PEER_WAITING - 1) * sizeof peer->waiting_for[0]);
		if (ip4_equal(wanted, addr)) {
			memcpy(frame_bytes(frame), mac->b, 6);
			send_bytes(peer, frame_bytes(frame), frame->len, &frame->offload);
			frame_free(frame);
		} else {
			peer->waiting_for[peer->waiting.n] = wanted;
			frame_queue_put(&peer->waiting, frame);
		}
	}
}

static void neighbour_learn(struct peer *peer, ip4 addr, const struct mac *mac)
{
	unsigned at = 0;

	while (at < peer->neighbours_n && !ip4_equal(peer->neighbours[at].addr, addr))
		at++;
	if (at == PEER_NEIGHBOURS)
		at = 0;
	if (at >= peer->neighbours_n)
		peer->neighbours_n = at + 1;
	peer->neighbours[at].addr = addr;
	peer->neighbours[at].mac = *mac;
	waiting_send(peer, addr, mac);
}

static void arp_input(struct peer *peer, const struct frame *frame)
{
	struct reader r = reader_over(frame_bytes_const(frame) + ETH_HEADER_BYTES,
	                              frame->len - ETH_HEADER_BYTES);
	struct arp arp;

	peer->arps++;
	if (!arp_parse(&r, &arp) || !ip4_equal(arp.target_ip, peer->addr))
		return;
	neighbour_learn(peer, arp.sender_ip, &arp.sender_mac);
	if (arp.operation == ARP_REQUEST)
		arp_send(peer, ARP_REPLY, &arp.sender_mac, arp.sender_ip);
}

/* --- sending --- */

static void wait_for(struct peer *peer, ip4 hop, const uint8_t *bytes, uint32_t len,
                     const struct offload *offload)
{
	if (peer->waiting.n == PEER_WAITING) {
		frame_free(frame_queue_take(&peer->waiting));
		memmove(peer->waiting_for, peer->waiting_for + 1,
		        (PEER_WAITING - 1) * sizeof peer->waiting_for[0]);
	}
	peer->waiting_for[peer->waiting.n] = hop;
	frame_queue_put(&peer->waiting, frame_new(bytes, len, offload));
	arp_send(peer, ARP_REQUEST, &everybody, hop);
}

void peer_send(struct peer *peer, const struct draft *draft)
{
	struct draft d = *draft;
	ip4 hop = ip4_within(d.tuple.dst, peer->addr, peer->bits) ? d.tuple.dst : peer->gateway;
	const struct mac *mac = neighbour_find(peer, hop);
	uint8_t bytes[PEER_FRAME_BYTES];
	struct offload offload;
	uint32_t len;

	d.src_mac = peer->mac;
	d.dst_mac = mac != NULL ? *mac : everybody;
	if (ip4_is_zero(d.tuple.src))
		d.tuple.src = peer->addr;
	if (d.ttl == 0)
		d.ttl = peer->ttl;
	if (d.id == 0)
		d.id = ++*peer->ids;
	if (peer->partial && d.sum == DRAFT_SUM_WHOLE)
		d.sum = DRAFT_SUM_PARTIAL;
	len = draft_build(&d, bytes, sizeof bytes, &offload);
	must(len > 0);
	if (mac != NULL)
		send_bytes(peer, bytes, len, &offload);
	else
		wait_for(peer, hop, bytes, len, &offload);
}

void peer_ping(struct peer *peer, ip4 dst, uint16_t id, uint16_t sequence)
{
	static const uint8_t text[] = "are you there?";
	struct draft d = {
		.tuple = { .dst = dst, .sport = id, .dport = id, .proto = IPPROTO_ICMP },
		.icmp_type = ICMP_ECHO,
		.icmp_low = sequence,
		.payload = text,
		.payload_bytes = sizeof text,
	};

	peer_send(peer, &d);
}

void peer_udp(struct peer *peer, ip4 dst, uint16_t sport, uint16_t dport, uint32_t payload_bytes)
{
	uint8_t payload[1472];
	struct draft d = {
		.tuple = { .dst = dst, .sport = sport, .dport = dport, .proto = IPPROTO_UDP },
		.payload = payload,
		.payload_bytes = payload_bytes,
	};

	must(payload_bytes <= sizeof payload);
	for (uint32_t i = 0; i < payload_bytes; i++)
		payload[i] = peer_byte(i);
	peer_send(peer, &d);
}

/* --- receiving --- */

static struct peer_packet *seen_add(struct peer *peer, const struct ip4_header *ip)
{
	struct peer_packet *p = &peer->seen[peer->seen_n++ % PEER_SEEN];

	*p = (struct peer_packet){
		.tuple = { .src = ip->src, .dst = ip->dst, .proto = ip->proto },
		.ttl = ip->ttl,
	};
	return p;
}

static void echo_answer(struct peer *peer, const struct peer_packet *p, const uint8_t *payload)
{
	struct draft d = {
		.tuple = { .dst = p->tuple.src,
		           .sport = p->tuple.sport,
		           .dport = p->tuple.sport,
		           .proto = IPPROTO_ICMP },
		.icmp_type = ICMP_ECHO_REPLY,
		.icmp_low = p->icmp_low,
		.payload = payload,
		.payload_bytes = p->payload_bytes,
	};

	peer_send(peer, &d);
}

static void quote_read(struct reader r, struct peer_packet *p)
{
	struct ip4_header ip;

	if (!ip4_header_parse(&r, &ip))
		return;
	p->quoted = (struct tuple){ .src = ip.src, .dst = ip.dst, .proto = ip.proto };
	if (ip.proto == IPPROTO_ICMP)
		read_skip(&r, ICMP_AT_ID);
	p->quoted.sport = read_u16(&r);
	p->quoted.dport = ip.proto == IPPROTO_ICMP ? p->quoted.sport : read_u16(&r);
}

static void icmp_input(struct peer *peer, struct reader *r, struct peer_packet *p)
{
	struct icmp_header icmp;

	if (!icmp_header_parse(r, &icmp))
		return;
	p->icmp_type = icmp.type;
	p->icmp_code = icmp.code;
	p->icmp_low = icmp.sequence;
	p->payload_bytes = (uint32_t)reader_left(r);
	if (icmp_is_error(icmp.type)) {
		quote_read(*r, p);
		peer_tcp_error(peer, p);
		return;
	}
	p->tuple.sport = p->tuple.dport = icmp.id;
	if (icmp.type == ICMP_ECHO)
		echo_answer(peer, p, r->at);
}

static void segment_input(struct peer *peer, struct reader *r, struct peer_packet *p)
{
	struct tcp_options options = { 0 };
	struct tcp_header tcp;

	if (!tcp_header_parse(r, &tcp))
		return;
	tcp_options_parse(tcp.options, tcp.header_bytes - TCP_HEADER_BYTES, &options);
	p->tuple.sport = tcp.sport;
	p->tuple.dport = tcp.dport;
	p->tcp_flags = tcp.flags;
	p->seq = tcp.seq;
	p->ack = tcp.ack;
	p->mss = options.has_mss ? options.mss : 0;
	p->payload_bytes = (uint32_t)reader_left(r);
	peer_tcp_input(peer, p, r->at);
}

static void ip4_input(struct peer *peer, const struct frame *frame)
{
	struct reader r = reader_over(frame_bytes_const(frame) + ETH_HEADER_BYTES,
	                              frame->len - ETH_HEADER_BYTES);
	struct peer_packet *p;
	struct ip4_header ip;

	if (frame_fault(frame, true) != NULL) {
		peer->faults++;
		return;
	}
	if (!ip4_header_parse(&r, &ip) || !ip4_equal(ip.dst, peer->addr) ||
	    (ip.fragment & (IP4_OFFSET_MASK | IP4_MORE_FRAGMENTS)) != 0)
		return;
	r = read_part(&r, ip.total_bytes - ip.header_bytes);
	p = seen_add(peer, &ip);
	if (ip.proto == IPPROTO_ICMP) {
		icmp_input(peer, &r, p);
	} else if (ip.proto == IPPROTO_TCP) {
		segment_input(peer, &r, p);
	} else if (ip.proto == IPPROTO_UDP) {
		p->tuple.sport = read_u16(&r);
		p->tuple.dport = read_u16(&r);
		read_skip(&r, 4);
		p->payload_bytes = (uint32_t)reader_left(&r);
		if (peer->echo)
			peer_udp(peer, p->tuple.src, p->tuple.dport, p->tuple.sport,
			         p->payload_bytes);
	}
}

static void deliver(void *arg, struct frame *frame)
{
	struct peer *peer = arg;
	const uint8_t *bytes = frame_bytes_const(frame);
	struct mac dst;

	if (!peer->silent && frame->len >= ETH_HEADER_BYTES) {
		memcpy(dst.b, bytes, 6);
		if (mac_equal(&dst, &peer->mac) || mac_is_multicast(&dst)) {
			if (wire_get16(bytes + 12) == ETH_TYPE_ARP)
				arp_input(peer, frame);
			else if (wire_get16(bytes + 12) == ETH_TYPE_IP4)
				ip4_input(peer, frame);
		}
	}
	frame_free(frame);
}

const struct peer_packet *peer_last(const struct peer *peer, uint8_t proto, ip4 src)
{
	uint64_t n = peer->seen_n < PEER_SEEN ? peer->seen_n : PEER_SEEN;

	for (uint64_t i = 1; i <= n; i++) {
		const struct peer_packet *p = &peer->seen[(peer->seen_n - i) % PEER_SEEN];

		if (p->tuple.proto == proto && (ip4_is_zero(src) || ip4_equal(p->tuple.src, src)))
			return p;
	}
	return NULL;
}

void peer_init(struct peer *peer, struct timeline *timeline, struct link *link, unsigned end,
               const char *addr, const char *gateway)
{
	struct station station = { .deliver = deliver, .arg = peer };
	struct ip_prefix prefix;
	bool good = ip_prefix_parse(addr, strlen(addr), &prefix);

	must(good);
	*peer = (struct peer){ .timeline = timeline, .link = link, .end = end, .ttl = PEER_TTL };
	peer->ids = &peer->next_id;
	peer->addr = prefix.addr.v4;
	peer->bits = prefix.bits;
	if (gateway != NULL) {
		good = ip4_parse(gateway, strlen(gateway), &peer->gateway);
		must(good);
	}
	peer->mac =
		(struct mac){ { 2, 2, (uint8_t)(peer->addr.v >> 24), (uint8_t)(peer->addr.v >> 16),
		                (uint8_t)(peer->addr.v >> 8), (uint8_t)peer->addr.v } };
	link_attach(link, end, &station);
}

void peer_free(struct peer *peer)
{
	frame_queue_clear(&peer->waiting);
}
