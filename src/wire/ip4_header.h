/* ip4_header.h -- the IPv4 header (RFC 791, 3.1). */
#ifndef WIRE_IP4_HEADER_H
#define WIRE_IP4_HEADER_H

#include "wire/cursor.h"

#define IP4_HEADER_BYTES     20
#define IP4_HEADER_BYTES_MAX 60

/* Offsets of fields that are rewritten in place. */
enum {
	IP4_AT_TOS = 1,
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
#define IP4_OPTION_END       0
#define IP4_OPTION_RECORD    7  /* record route */
#define IP4_OPTION_TIMESTAMP 68 /* RFC 791, 3.1: Internet Timestamp */
#define IP4_OPTION_LSRR      131
#define IP4_OPTION_SSRR      137

/* Offsets in an option that has a pointer, which counts from 1 (RFC 791, 3.1). */
enum {
	IP4_OPTION_AT_LENGTH = 1,
	IP4_OPTION_AT_POINTER = 2,
	IP4_OPTION_AT_ROUTE = 3, /* route data of a recorded or source route */
	IP4_OPTION_AT_FLAGS = 3, /* of a timestamp: overflow in the upper, flag in the lower half */
	IP4_OPTION_AT_STAMPS = 4,
};
enum { /* flags of a timestamp option */
	IP4_STAMPS_ONLY = 0,
	IP4_STAMPS_WITH_ADDRESS = 1,
	IP4_STAMPS_ASKED = 3, /* the addresses are given: only whose it is stamps */
};

MUST_USE bool ip4_option_next(struct reader *r, struct ip4_option *ret_option, bool *ret_bad);

#endif
