/* ip4_header.h -- the IPv4 header (RFC 791, 3.1). */
#ifndef WIRE_IP4_HEADER_H
#define WIRE_IP4_HEADER_H

#include "wire/cursor.h"

#define IP4_HEADER_BYTES     20
#define IP4_HEADER_BYTES_MAX 60

/* Offsets of fields that are rewritten in place. */
enum {
	IP4_AT_TOTAL = 2,
	IP4_AT_ID = 4,
	IP4_AT_FRAGMENT = 6,
	IP4_AT_TTL = 8,
	IP4_AT_PROTO = 9,
	IP4_AT_CHECKSUM = 10,
	IP4_AT_SRC = 12,
	IP4_AT_DST = 16,
};

#define IP4_DONT_FRAGMENT  0x4000
#define IP4_MORE_FRAGMENTS 0x2000
#define IP4_OFFSET_MASK    0x1fff /* in units of 8 bytes */

struct ip4_header {
	uint8_t version;
	uint8_t header_bytes; /* 20 to 60 */
	uint8_t tos;
	uint16_t total_bytes;
	uint16_t id;
	uint16_t fragment; /* flags and offset as on the wire, host order */
	uint8_t ttl, proto;
	uint16_t checksum;
	ip4 src, dst;
	const uint8_t *options; /* header_bytes - 20 of them, in the bytes parsed */
};

/*
 * Read a header; @r then stands after its options. False: fewer bytes than the header says, or a
 * header length below 20. Version, total length and checksum are the caller's to judge.
 */
MUST_USE bool ip4_header_parse(struct reader *r, struct ip4_header *ret_header);
/* Write a header without options, its checksum computed (header->checksum is ignored). */
void ip4_header_build(struct writer *w, const struct ip4_header *header);
/* Is the checksum over @header_bytes right? */
bool ip4_header_checksum_ok(const uint8_t *header, size_t header_bytes);

/* Walk options: false at the end of the list or when they do not parse (*ret_bad). */
struct ip4_option {
	uint8_t type; /* copied flag, class, number */
	uint8_t len;  /* whole option, type and length bytes included */
	const uint8_t *bytes;
};
#define IP4_OPTION_LSRR 131
#define IP4_OPTION_SSRR 137
MUST_USE bool ip4_option_next(struct reader *r, struct ip4_option *ret_option, bool *ret_bad);

#endif
