/*
 * peer_tcp.c -- a TCP as small as it can be and still be one (RFC 9293, 3.10.7).
 *
 * It sends up to a window of segments beyond what was acknowledged, and goes back to there when
 * nothing is acknowledged for a while. Segments out of order are thrown away: they come again.
 */
#include "sim/peer_tcp.h"

#include <netinet/in.h>

#include "lib/mono.h"
#include "wire/icmp_header.h"
#include "wire/tcp_header.h"

enum {
	MSS = 1460,
	MTU_MIN = 68,       /* RFC 791, 3.2 */
	HEADERS_BYTES = 40, /* IPv4's and TCP's, without options */
	WINDOW = 8,         /* segments */
	RETRY_MS = 300,
	TRIES_MAX = 40,
};

uint8_t peer_byte(uint64_t at)
{
	return (uint8_t)(at * 31 + (at >> 8) * 7 + (at >> 16));
}

static void segment_send(struct peer_conn *conn, uint8_t flags, uint32_t seq, uint32_t bytes)
{
	uint8_t payload[MSS];
	struct draft d = {
		.tuple = conn->tuple,
		.tcp_flags = flags,
		.seq = seq,
		.ack = (flags & TCP_ACK) != 0 ? conn->peer_seq : 0,
		.mss = (flags & TCP_SYN) != 0 ? MSS : 0,
		.payload = payload,
		.payload_bytes = bytes,
		.dont_fragment = true,
	};

	must(bytes <= sizeof payload);
	for (uint32_t i = 0; i < bytes; i++)
		payload[i] = peer_byte(seq - conn->first_seq - 1 + i);
	peer_send(conn->peer, &d);
}

static void retry_set(struct peer_conn *conn);

/* Send again from the first byte that was not acknowledged. */
static void go_on(struct peer_conn *conn)
{
	uint32_t end = conn->first_seq + 1 + conn->want;
	uint32_t limit = conn->acked + WINDOW * conn->mss;

	if (conn->state == PEER_SYN_SENT) {
		segment_send(conn, TCP_SYN, conn->first_seq, 0);
		return;
	}
	if (conn->state == PEER_SYN_RECEIVED) {
		segment_send(conn, TCP_SYN | TCP_ACK, conn->first_seq, 0);
		return;
	}
	while (conn->next_seq != end && (int32_t)(limit - conn->next_seq) > 0) {
		uint32_t bytes =
			end - conn->next_seq < conn->mss ? end - conn->next_seq : conn->mss;

		segment_send(conn, TCP_ACK | TCP_PSH, conn->next_seq, bytes);
		conn->next_seq += bytes;
	}
	if (conn->next_seq == end && (conn->close_after || conn->fin_came)) {
		segment_send(conn, TCP_ACK | TCP_FIN, end, 0);
		conn->state = PEER_FIN_SENT;
		conn->next_seq = end + 1;
	}
}

static bool all_is_acked(const struct peer_conn *conn)
{
	return conn->acked == conn->next_seq && conn->next_seq - conn->first_seq > conn->want;
}

static void retry(void *arg, void *detail)
{
	struct peer_conn *conn = arg;

	conn->timers--;
	if (conn->state == PEER_CLOSED || conn->state >= PEER_DONE || conn->timers > 0)
		return;
	if (conn->state >= PEER_OPEN && all_is_acked(conn))
		return;
	if (++conn->tries > TRIES_MAX) {
		conn->state = PEER_RESET;
		return;
	}
	if (conn->state >= PEER_OPEN) {
		conn->next_seq = conn->acked;
		conn->state = PEER_OPEN;
	}
	go_on(conn);
	retry_set(conn);
}

/* Each call puts the time off: only the timer that was set last does anything. */
static void retry_set(struct peer_conn *conn)
{
	struct timeline *timeline = conn->peer->timeline;

	conn->timers++;
	timeline_at(timeline, mono_add_ms(timeline_now(timeline), RETRY_MS), retry, conn, NULL);
}

static struct peer_conn *conn_new(struct peer *peer, const struct tuple *tuple)
{
	for (unsigned i = 0; i < PEER_CONNS; i++) {
		struct peer_conn *conn = &peer->conns[i];

		/* A timer that is still to come would take the new one for its own. */
		if (conn->state != PEER_CLOSED || conn->timers > 0)
			continue;
		*conn = (struct peer_conn){ .peer = peer, .tuple = *tuple, .mss = MSS };
		conn->first_seq = (uint32_t)sim_random_next(&peer->timeline->random);
		if (peer->first_seq != 0)
			conn->first_seq = peer->first_seq + conn->first_seq % 65536;
		conn->next_seq = conn->acked = conn->first_seq + 1;
		return conn;
	}
	return NULL;
}

struct peer_conn *peer_connect(struct peer *peer, ip4 dst, uint16_t sport, uint16_t dport,
                               uint32_t bytes, bool close)
{
	struct tuple tuple = {
		.src = peer->addr, .dst = dst, .sport = sport, .dport = dport, .proto = IPPROTO_TCP
	};
	struct peer_conn *conn = conn_new(peer, &tuple);

	if (conn == NULL)
		return NULL;
	conn->state = PEER_SYN_SENT;
	conn->want = bytes;
	conn->close_after = close;
	go_on(conn);
	retry_set(conn);
	return conn;
}

static struct peer_conn *conn_find(struct peer *peer, const struct tuple *came)
{
	for (unsigned i = 0; i < PEER_CONNS; i++) {
		struct peer_conn *conn = &peer->conns[i];

		if (conn->state != PEER_CLOSED && ip4_equal(conn->tuple.dst, came->src) &&
		    conn->tuple.dport == came->sport && conn->tuple.sport == came->dport)
			return conn;
	}
	return NULL;
}

struct peer_conn *peer_accepted(struct peer *peer, ip4 src, uint16_t sport)
{
	struct tuple came = { .src = src, .sport = sport, .dport = peer->listen };

	return conn_find(peer, &came);
}

bool peer_conn_is_done(const struct peer_conn *conn)
{
	return conn->state == PEER_DONE;
}

static void accept_conn(struct peer *peer, const struct peer_packet *p)
{
	struct tuple tuple = { .src = p->tuple.dst,
		               .dst = p->tuple.src,
		               .sport = p->tuple.dport,
		               .dport = p->tuple.sport,
		               .proto = IPPROTO_TCP };
	struct peer_conn *conn = conn_new(peer, &tuple);

	if (conn == NULL)
		return;
	conn->state = PEER_SYN_RECEIVED;
	conn->peer_seq = p->seq + 1;
	conn->want = peer->serve;
	if (p->mss != 0 && p->mss < conn->mss)
		conn->mss = p->mss;
	go_on(conn);
	retry_set(conn);
}

static void ack_input(struct peer_conn *conn, uint32_t ack)
{
	if ((conn->state == PEER_SYN_SENT || conn->state == PEER_SYN_RECEIVED) &&
	    ack == conn->first_seq + 1)
		conn->state = PEER_OPEN;
	if (conn->state < PEER_OPEN || (int32_t)(ack - conn->acked) <= 0)
		return;
	/* More than stands as sent may be acknowledged after going back. */
	if ((int32_t)(ack - conn->next_seq) > 0) {
		if (ack - conn->first_seq > conn->want + 2)
			return; /* RFC 9293, 3.10.7.4: what was never sent */
		conn->next_seq = ack;
		if (ack - conn->first_seq == conn->want + 2)
			conn->state = PEER_FIN_SENT;
	}
	conn->acked = ack;
	conn->tries = 0;
	retry_set(conn);
}

static void data_input(struct peer_conn *conn, const struct peer_packet *p, const uint8_t *payload)
{
	if (p->seq != conn->peer_seq)
		return;
	for (uint32_t i = 0; i < p->payload_bytes; i++)
		conn->wrong |= payload[i] != peer_byte(conn->received + i);
	conn->received += p->payload_bytes;
	conn->peer_seq += p->payload_bytes;
	if ((p->tcp_flags & TCP_FIN) != 0) {
		conn->peer_seq++;
		conn->fin_came = true;
	}
}

static void conn_input(struct peer_conn *conn, const struct peer_packet *p, const uint8_t *payload)
{
	bool takes_room = p->payload_bytes > 0 || (p->tcp_flags & (TCP_SYN | TCP_FIN)) != 0;

	if ((p->tcp_flags & TCP_RST) != 0) {
		conn->state = PEER_RESET;
		return;
	}
	if (conn->state == PEER_SYN_SENT) {
		if ((p->tcp_flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK))
			return;
		conn->peer_seq = p->seq + 1;
		if (p->mss != 0 && p->mss < conn->mss)
			conn->mss = p->mss;
	}
	if ((p->tcp_flags & TCP_ACK) != 0)
		ack_input(conn, p->ack);
	if (conn->state >= PEER_OPEN && (p->tcp_flags & TCP_SYN) == 0)
		data_input(conn, p, payload);
	if (takes_room)
		segment_send(conn, TCP_ACK, conn->next_seq, 0);
	if (conn->state == PEER_OPEN)
		go_on(conn);
	/* All was acknowledged and no time was set; this may have been the FIN. */
	if (conn->timers == 0 && !all_is_acked(conn))
		retry_set(conn);
	if (conn->state == PEER_FIN_SENT && conn->fin_came && all_is_acked(conn))
		conn->state = PEER_DONE;
}

void peer_tcp_input(struct peer *peer, const struct peer_packet *p, const uint8_t *payload)
{
	struct peer_conn *conn = conn_find(peer, &p->tuple);

	if (conn != NULL)
		conn_input(conn, p, payload);
	else if (peer->listen != 0 && p->tuple.dport == peer->listen &&
	         (p->tcp_flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN)
		accept_conn(peer, p);
}

/* RFC 1191, 3: what is sent again, and all after it, is cut to fit the way. */
void peer_tcp_error(struct peer *peer, const struct peer_packet *p)
{
	struct tuple came = { .src = p->quoted.dst,
		              .sport = p->quoted.dport,
		              .dport = p->quoted.sport };
	struct peer_conn *conn = conn_find(peer, &came);

	if (conn == NULL || p->quoted.proto != IPPROTO_TCP || p->icmp_type != ICMP_UNREACHABLE ||
	    p->icmp_code != ICMP_FRAGMENT_NEEDED || p->icmp_low < MTU_MIN)
		return;
	if (p->icmp_low - HEADERS_BYTES < conn->mss)
		conn->mss = (uint16_t)(p->icmp_low - HEADERS_BYTES);
}
