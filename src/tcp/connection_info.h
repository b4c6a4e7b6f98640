/*
 * connection_info.h -- all that is to be told of a connection: TCP_INFO.
 *
 * Laid out as the struct tcp_info of <linux/tcp.h>, as far as tcpi_snd_wnd, so that
 * its bytes can be handed to a program as they are; a test holds the two against each other. Times
 * are microseconds where Linux has them so (rto, ato, rtt, ...) and else milliseconds (last_*);
 * windows and what is on its way are segments. What TCP here does not have stays 0.
 */
#ifndef TCP_CONNECTION_INFO_H
#define TCP_CONNECTION_INFO_H

#include <stdint.h>

enum { /* options */
	CONNECTION_INFO_TIMESTAMPS = 1,
	CONNECTION_INFO_SACK = 2,
	CONNECTION_INFO_SCALE = 4,
};

struct connection_info {
	uint8_t state; /* Linux's number: 1 established, 2 SYN-SENT, ... */
	uint8_t ca_state, retransmits, probes, backoff;
	uint8_t options;
	uint8_t scales; /* of theirs in the low, ours in the high four bits */
	uint8_t flags;
	uint32_t rto, ato, snd_mss, rcv_mss;
	uint32_t unacked, sacked, lost, retrans, fackets;
	uint32_t last_data_sent, last_ack_sent, last_data_recv, last_ack_recv;
	uint32_t pmtu, rcv_ssthresh, rtt, rttvar, snd_ssthresh, snd_cwnd, advmss, reordering;
	uint32_t rcv_rtt, rcv_space;
	uint32_t total_retrans;
	uint64_t pacing_rate, max_pacing_rate, bytes_acked, bytes_received;
	uint32_t segs_out, segs_in;
	uint32_t notsent_bytes, min_rtt, data_segs_in, data_segs_out;
	uint64_t delivery_rate;
	uint64_t busy_time, rwnd_limited, sndbuf_limited;
	uint32_t delivered, delivered_ce;
	uint64_t bytes_sent, bytes_retrans;
	uint32_t dsack_dups, reord_seen, rcv_ooopack, snd_wnd;
};

struct connection;
void connection_info(const struct connection *c, struct connection_info *ret_info);

#endif
