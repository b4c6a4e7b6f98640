/*
 * segment.h -- what a TCP segment says, its header taken apart once.
 *
 * Host byte order. The payload stays where it came in. SACK blocks are read by who wants them.
 */
#ifndef TCP_SEGMENT_H
#define TCP_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

struct segment {
	uint32_t seq, ack;
	uint32_t len;    /* payload bytes; SYN and FIN not counted */
	uint16_t window; /* as in the header, not scaled */
	uint16_t urgent;
	uint8_t flags; /* TCP_SYN, ... (wire/tcp_header.h) */
	bool has_timestamps;
	uint32_t timestamp, timestamp_echo; /* RFC 7323, 3.2: TSval, TSecr */
};

#endif
