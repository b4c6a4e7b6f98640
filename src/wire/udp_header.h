/* udp_header.h -- the UDP header (RFC 768). */
#ifndef WIRE_UDP_HEADER_H
#define WIRE_UDP_HEADER_H

#include "wire/cursor.h"

#define UDP_HEADER_BYTES 8

enum {
	UDP_AT_SPORT = 0,
	UDP_AT_DPORT = 2,
	UDP_AT_LENGTH = 4,
	UDP_AT_CHECKSUM = 6, /* 0: none was computed; a computed 0 is sent as 0xffff */
};

struct udp_header {
	uint16_t sport, dport;
	uint16_t bytes; /* header and payload */
	uint16_t checksum;
};

/* False: fewer than 8 bytes. Whether `bytes` agrees with what is there is the caller's to judge. */
MUST_USE bool udp_header_parse(struct reader *r, struct udp_header *ret_header);
void udp_header_build(struct writer *w, const struct udp_header *header);

#endif
