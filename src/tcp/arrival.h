/*
 * arrival.h -- a segment that has come (RFC 9293, 3.10.7), read once.
 *
 * Memory: none; the bytes are the packet's. A super-segment (GSO) is one arrival.
 */
#ifndef TCP_ARRIVAL_H
#define TCP_ARRIVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "wire/tcp_header.h"

struct arrival {
	struct tuple ends; /* as the connection has them: src is ours */
	uint32_t seq, ack; /* SEG.SEQ, SEG.ACK */
	uint32_t end;      /* of the sequence space it takes: seq + n, SYN and FIN counted */
	uint16_t window;   /* as in the header, not scaled */
	uint16_t urgent;
	uint8_t flags;
	uint8_t tos;
	iface_id in;
	uint16_t segments; /* how many it is made of, at least 1 */
	uint32_t n;        /* payload */
	const uint8_t *bytes;
	struct tcp_options options;
};

/* False: the header is cut short, or longer than the segment. */
MUST_USE bool arrival_parse(const struct pkt *p, struct arrival *ret_arrival);

#endif
