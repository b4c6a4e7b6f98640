/*
 * peer.h -- a small host at the end of a link: the other side of what the router does.
 *
 * It does ARP, answers ping, sends and receives UDP and ICMP, and has connections with a real, if
 * simple, TCP: handshake, data in order, retransmission, both ways of closing. It looks at every
 * checksum of what it gets and keeps what it saw; it takes nothing on trust.
 */
#ifndef SIM_PEER_H
#define SIM_PEER_H

#include "sim/draft.h"
#include "sim/link.h"

#define PEER_SEEN        64
#define PEER_CONNS       16
#define PEER_NEIGHBOURS  16
#define PEER_WAITING     8 /* frames for hosts whose card is not known yet */
#define PEER_FRAME_BYTES 2048

/* What came, newest last. */
struct peer_packet {
	struct tuple tuple;
	uint8_t ttl, tcp_flags, icmp_type, icmp_code;
	uint32_t seq, ack, payload_bytes;
	uint16_t mss, icmp_low;
	struct tuple quoted; /* of ICMP errors */
};

enum peer_state {
	PEER_CLOSED,
	PEER_SYN_SENT,
	PEER_SYN_RECEIVED,
	PEER_OPEN,
	PEER_FIN_SENT, /* our FIN is out; theirs may have come */
	PEER_DONE,     /* both FINs came and were acknowledged */
	PEER_RESET,
};

/* One end of a TCP connection. Byte i of what an end sends is peer_byte(i). */
struct peer_conn {
	struct peer *peer;
	struct tuple tuple;                  /* as this end sends */
	uint8_t state;                       /* enum peer_state */
	uint32_t first_seq, next_seq, acked; /* next_seq: after what was sent */
	uint32_t want;                       /* bytes to send in all */
	bool close_after, fin_came;
	uint32_t peer_seq; /* the next byte that is expected */
	uint64_t received;
	bool wrong; /* a byte that the other end did not send */
	uint16_t mss;
	unsigned timers, tries;
};

struct peer {
	struct timeline *timeline;
	struct link *link;
	unsigned end;
	struct mac mac;
	ip4 addr;
	uint8_t bits;
	ip4 gateway;
	bool silent;     /* as if it were switched off */
	bool partial;    /* leaves checksums to its virtual card (the link must carry offloads) */
	uint16_t listen; /* a TCP port that accepts; 0: none */
	uint32_t serve;  /* bytes that an accepted connection is sent before it is closed */
	struct {
		ip4 addr;
		struct mac mac;
	} neighbours[PEER_NEIGHBOURS];
	unsigned neighbours_n;
	struct frame_queue waiting;
	ip4 waiting_for[PEER_WAITING];
	struct peer_packet seen[PEER_SEEN];
	uint64_t seen_n; /* ever */
	uint64_t arps;   /* ARP packets that came */
	uint64_t faults; /* packets with a wrong checksum */
	uint16_t next_id;
	uint16_t *ids;      /* where the next identification is taken from; own: &next_id */
	uint8_t ttl;        /* of what it sends */
	bool echo;          /* UDP that comes is sent back */
	uint32_t first_seq; /* of connections, and up to 65,535 more; 0: anywhere */
	struct peer_conn conns[PEER_CONNS];
};

/* A peer at end @end of @link with @addr/@bits; @gateway serves what is not on the link. */
void peer_init(struct peer *peer, struct timeline *timeline, struct link *link, unsigned end,
               const char *addr, const char *gateway);
void peer_free(struct peer *peer);

/* Send @draft as it is, but for MACs, source address (if zero), TTL and identification (if 0). */
void peer_send(struct peer *peer, const struct draft *draft);
void peer_ping(struct peer *peer, ip4 dst, uint16_t id, uint16_t sequence);
void peer_udp(struct peer *peer, ip4 dst, uint16_t sport, uint16_t dport, uint32_t payload_bytes);

/* Begin a connection from @sport; it sends @bytes, then closes if @close. NULL: no room. */
struct peer_conn *peer_connect(struct peer *peer, ip4 dst, uint16_t sport, uint16_t dport,
                               uint32_t bytes, bool close);
/* The connection that came from @src:@sport, or NULL. */
struct peer_conn *peer_accepted(struct peer *peer, ip4 src, uint16_t sport);
/* Everything that both ends wanted to send has come and been acknowledged. */
bool peer_conn_is_done(const struct peer_conn *conn);
uint8_t peer_byte(uint64_t at);

/* The newest packet for which @is (of @proto from @src; zero: any), or NULL. */
const struct peer_packet *peer_last(const struct peer *peer, uint8_t proto, ip4 src);

#endif
