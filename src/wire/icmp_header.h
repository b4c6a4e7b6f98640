/* icmp_header.h -- ICMP messages (RFC 792, RFC 1191, RFC 1812 5.2.7). */
#ifndef WIRE_ICMP_HEADER_H
#define WIRE_ICMP_HEADER_H

#include "wire/cursor.h"

#define ICMP_HEADER_BYTES 8

enum {
	ICMP_AT_TYPE = 0,
	ICMP_AT_CODE = 1,
	ICMP_AT_CHECKSUM = 2,
	ICMP_AT_ID = 4,  /* of queries */
	ICMP_AT_MTU = 6, /* of "fragmentation needed" */
};

enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_REDIRECT = 5,
	ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER_PROBLEM = 12,
	ICMP_TIMESTAMP = 13,
	ICMP_TIMESTAMP_REPLY = 14,
};

enum { /* codes of ICMP_UNREACHABLE */
	ICMP_NET_UNREACHABLE = 0,
	ICMP_HOST_UNREACHABLE = 1,
	ICMP_PROTOCOL_UNREACHABLE = 2,
	ICMP_PORT_UNREACHABLE = 3,
	ICMP_FRAGMENT_NEEDED = 4,
	ICMP_SOURCE_ROUTE_FAILED = 5,
	ICMP_NET_PROHIBITED = 9,
	ICMP_HOST_PROHIBITED = 10,
	ICMP_ADMIN_PROHIBITED = 13,
};

enum { /* codes of ICMP_REDIRECT */
	ICMP_REDIRECT_HOST = 1,
};

enum { /* codes of ICMP_TIME_EXCEEDED */
	ICMP_TTL_IN_TRANSIT = 0,
	ICMP_REASSEMBLY_TIME = 1,
};

struct icmp_header {
	uint8_t type, code;
	uint16_t checksum;
	uint16_t id, sequence; /* as the type has them; the two halves of the second word */
};

/* False: fewer than 8 bytes. The checksum is the caller's to judge. */
MUST_USE bool icmp_header_parse(struct reader *r, struct icmp_header *ret_header);
/* Write the fields as they stand, checksum included. */
void icmp_header_build(struct writer *w, const struct icmp_header *header);

/* Does a message of @type quote a packet (an error: RFC 1122, 3.2.2)? */
static inline bool icmp_is_error(uint8_t type)
{
	return type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
}

/* Is it a query or an answer to one, with an identifier (RFC 5508, 2)? */
static inline bool icmp_is_query(uint8_t type)
{
	return type == ICMP_ECHO || type == ICMP_ECHO_REPLY || type == ICMP_TIMESTAMP ||
	       type == ICMP_TIMESTAMP_REPLY;
}

/* Does it ask, rather than answer? Of queries. */
static inline bool icmp_asks(uint8_t type)
{
	return type == ICMP_ECHO || type == ICMP_TIMESTAMP;
}

#endif
