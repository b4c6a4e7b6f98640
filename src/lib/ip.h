/*
 * ip.h -- addresses and prefixes.
 *
 * ip4 is the packet code's address: host byte order, in a struct so that it is not taken for a
 * number. struct ip_addr carries its family; configuration, routes and sockets use it, so that
 * IPv6 does not mean a rewrite (ARCHITECTURE, D13).
 */
#ifndef LIB_IP_H
#define LIB_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

struct text;

typedef struct {
	uint32_t v;
} ip4;

struct mac {
	uint8_t b[6];
};

enum ip_family {
	IP_NONE, /* no address at all */
	IP_V4,
	IP_V6,
};

struct ip_addr {
	uint8_t family; /* enum ip_family */
	uint8_t zero[3];
	union {
		ip4 v4;
		uint8_t v6[16];
	};
};

/* A network, or an address with the network it lives in (bits below the mask may be set). */
struct ip_prefix {
	struct ip_addr addr;
	uint8_t bits;
	uint8_t zero[3];
};

/* A run of IPv4 addresses, both ends included. */
struct ip4_range {
	ip4 low, high;
};

static inline bool ip4_equal(ip4 a, ip4 b)
{
	return a.v == b.v;
}

static inline bool ip4_is_zero(ip4 a)
{
	return a.v == 0;
}

/* The mask of @bits (0 to 32) leading ones. */
static inline ip4 ip4_mask(unsigned bits)
{
	return (ip4){ bits == 0 ? 0 : UINT32_MAX << (32 - bits) };
}

static inline ip4 ip4_network(ip4 a, unsigned bits)
{
	return (ip4){ a.v & ip4_mask(bits).v };
}

static inline bool ip4_within(ip4 a, ip4 network, unsigned bits)
{
	return ((a.v ^ network.v) & ip4_mask(bits).v) == 0;
}

static inline bool ip4_is_multicast(ip4 a) /* RFC 1112, 4 */
{
	return a.v >> 28 == 0xe;
}

static inline bool ip4_is_loopback(ip4 a) /* RFC 1122, 3.2.1.3 (g) */
{
	return a.v >> 24 == 127;
}

#define IP4_LOOPBACK 0x7f000001U /* 127.0.0.1 */

static inline bool ip4_is_private(ip4 a) /* RFC 1918, 3 */
{
	return a.v >> 24 == 10 || a.v >> 20 == 0xac1 || a.v >> 16 == 0xc0a8;
}

static inline struct ip_addr ip_addr_v4(ip4 a)
{
	return (struct ip_addr){ .family = IP_V4, .v4 = a };
}

static inline bool mac_equal(const struct mac *a, const struct mac *b)
{
	return __builtin_memcmp(a->b, b->b, 6) == 0;
}

static inline bool mac_is_multicast(const struct mac *a)
{
	return (a->b[0] & 1) != 0; /* broadcast included */
}

/* How many leading ones @mask has, or -1 when it is not a netmask (1s, then 0s). */
int ip4_mask_bits(ip4 mask);

/* Parse the whole of @len bytes: "192.0.2.1". No leading zeroes, no short forms. */
MUST_USE bool ip4_parse(const char *string, size_t len, ip4 *ret_addr);
/* "192.0.2.1/24", "192.0.2.1/255.255.255.0" or, as a /32, "192.0.2.1". */
MUST_USE bool ip_prefix_parse(const char *string, size_t len, struct ip_prefix *ret_prefix);
/* "02:00:00:00:00:01", also with dashes. */
MUST_USE bool mac_parse(const char *string, size_t len, struct mac *ret_mac);

void ip4_print(ip4 addr, struct text *out);
void ip_addr_print(const struct ip_addr *addr, struct text *out);
void ip_prefix_print(const struct ip_prefix *prefix, struct text *out);
void mac_print(const struct mac *mac, struct text *out); /* upper case, colons */

#define IP4_TEXT_BYTES 16 /* "255.255.255.255" and its terminator */

/* Printed into @buffer; returns it. For log lines and explanations. */
const char *ip4_str(ip4 addr, char buffer[static IP4_TEXT_BYTES]);

#endif
