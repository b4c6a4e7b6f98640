/*
 * flow.h -- the two ends of an exchange, and the packets between them.
 *
 * A flow remembers what makes a script's numbers relative: the first sequence number of each end,
 * the window scales, the first timestamp. Our own packets are built from patterns, the host's are
 * compared with them. Payload is always the same function of its place in the stream, so that
 * every byte that comes is checked.
 */
#ifndef SCRIPT_FLOW_H
#define SCRIPT_FLOW_H

#include "lib/text.h"
#include "script/script.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

#define FLOW_PACKET_BYTES_MAX 65535
#define FLOW_QUOTE_BYTES      68

struct flow {
	char name[SCRIPT_NAME_BYTES];
	bool begun;     /* its ends are known */
	ip4 our, their; /* ours: the host's that is looked at */
	uint16_t our_port, their_port;
	bool our_known, their_known; /* their first sequence numbers are */
	uint32_t our_first, their_first;
	bool our_scales, their_scales;
	uint8_t our_scale, their_scale;
	int64_t window; /* what we have said last, in bytes */
	bool has_timestamp;
	uint32_t first_timestamp, last_timestamp;
	uint8_t quote[FLOW_QUOTE_BYTES]; /* how the host's last packet began */
	unsigned quote_len;
};

/* A packet taken apart; it points into the bytes it was made of. */
struct packet {
	enum packet_kind kind;
	struct ip4_header ip;
	struct tcp_header tcp;
	struct udp_header udp;
	struct icmp_header icmp;
	const uint8_t *bytes; /* of the whole packet */
	size_t len;
	const uint8_t *payload;
	size_t payload_len;
};

/* The byte at @at of any stream. */
static inline uint8_t flow_byte(uint64_t at)
{
	return (uint8_t)(at * 31 + (at >> 8) * 7 + 3);
}

/* False: no whole packet of a kind that scripts know, or a wrong checksum; @ret_why says which. */
bool packet_parse(const uint8_t *bytes, size_t len, struct packet *ret_packet,
                  const char **ret_why);

/* Does the host's @packet belong to @flow? A port of ours that is not known yet fits any. */
bool flow_is(const struct flow *flow, const struct packet *packet);
/* Note what the host's @packet tells: its port, first sequence number, scale, timestamps. */
void flow_learn(struct flow *flow, const struct packet *packet);
/* Build the packet to the host; returns its length. */
size_t flow_build(struct flow *flow, const struct packet_pattern *pattern, uint8_t *bytes);
/* Is @packet, which has been learned, what @pattern says? Else @why is told what is not. */
bool flow_matches(const struct flow *flow, const struct packet_pattern *pattern,
                  const struct packet *packet, struct text *why);
/* @packet as a line of a script would have it; @flow NULL: numbers as they are. */
void flow_print(const struct flow *flow, const struct packet *packet, struct text *text);

#endif
