/* tcp_header.h -- the TCP header and its options (RFC 9293, 3.1, 3.2; RFC 7323; RFC 2018). */
#ifndef WIRE_TCP_HEADER_H
#define WIRE_TCP_HEADER_H

#include "wire/cursor.h"

#define TCP_HEADER_BYTES     20
#define TCP_WINDOW_SCALE_MAX 14 /* RFC 7323, 2.3 */

enum {
	TCP_AT_SPORT = 0,
	TCP_AT_DPORT = 2,
	TCP_AT_SEQ = 4,
	TCP_AT_ACK = 8,
	TCP_AT_OFFSET = 12,
	TCP_AT_FLAGS = 13,
	TCP_AT_WINDOW = 14,
	TCP_AT_CHECKSUM = 16,
	TCP_AT_OPTIONS = 20,
};

enum {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

struct tcp_header {
	uint16_t sport, dport;
	uint32_t seq, ack;
	uint8_t header_bytes; /* 20 to 60 */
	uint8_t flags;
	uint16_t window;
	uint16_t checksum, urgent;
	const uint8_t *options; /* header_bytes - 20 of them */
};

/* @r then stands after the options. False: too short, or a data offset below 5. */
MUST_USE bool tcp_header_parse(struct reader *r, struct tcp_header *ret_header);
/* Write the fixed 20 bytes; header->header_bytes says how many follow in all. */
void tcp_header_build(struct writer *w, const struct tcp_header *header);

enum {
	TCP_OPTION_END = 0,
	TCP_OPTION_NOP = 1,
	TCP_OPTION_MSS = 2,
	TCP_OPTION_WINDOW_SCALE = 3,
	TCP_OPTION_SACK_PERMITTED = 4,
	TCP_OPTION_SACK = 5,
	TCP_OPTION_TIMESTAMPS = 8,
};

struct tcp_option {
	uint8_t kind;
	uint8_t len;          /* whole option */
	const uint8_t *bytes; /* where it stands, kind byte first */
};

/* The next option, END and NOPs skipped. False at the end, or at a length that can't be (*ret_bad;
 * a segment with such options is used without the rest, as RFC 9293, 3.1 allows). */
MUST_USE bool tcp_option_next(struct reader *r, struct tcp_option *ret_option, bool *ret_bad);

#define TCP_SACKS_MAX 4 /* as many as fit into a header (RFC 2018, 3) */

/* Bytes that have come beyond those acknowledged: @begin to @end - 1. */
struct tcp_sack {
	uint32_t begin, end;
};

/* What a segment says in its options: a SYN of its sender, any of time and of what has come. */
struct tcp_options {
	bool has_mss, has_window_scale, sack_permitted, has_timestamps;
	uint16_t mss;
	uint8_t window_scale; /* at most 14 (RFC 7323, 2.3) */
	uint32_t timestamp, timestamp_echo;
	uint8_t sacks_n;
	struct tcp_sack sacks[TCP_SACKS_MAX];
};
void tcp_options_parse(const uint8_t *options, size_t len, struct tcp_options *ret_options);

#endif
