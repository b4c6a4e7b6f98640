/*
 * frame.h -- frames for tests, built field by field.
 *
 * Addresses are text ("192.0.2.1"). The interface i of a fixture has the MAC 02:00:00:00:00:0i, the
 * host with address a the MAC host_mac(a).
 */
#ifndef TEST_CORE_FRAME_H
#define TEST_CORE_FRAME_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "core/port.h"
#include "core/route.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"
#include "wire/udp_header.h"

/* A frame under construction or received: the bytes lie behind the headroom. */
struct fixture_bytes {
	uint8_t memory[PORT_HEADROOM_BYTES + PORT_FRAME_BYTES_MAX];
	uint32_t len;
};

static inline struct mac iface_mac(iface_id id)
{
	return (struct mac){ { 2, 0, 0, 0, 0, (uint8_t)id } };
}

static inline struct mac host_mac(ip4 addr)
{
	return (struct mac){ { 2, 1, (uint8_t)(addr.v >> 24), (uint8_t)(addr.v >> 16),
		               (uint8_t)(addr.v >> 8), (uint8_t)addr.v } };
}

static inline ip4 A(const char *text)
{
	ip4 addr = { 0 };

	assert_true(ip4_parse(text, strlen(text), &addr));
	return addr;
}

static inline uint8_t *bytes_of(struct fixture_bytes *b)
{
	return b->memory + PORT_HEADROOM_BYTES;
}

/* Begin a frame from @src to @dst. */
static inline void frame_begin(struct fixture_bytes *b, struct mac dst, struct mac src,
                               uint16_t type)
{
	struct writer w = writer_over(bytes_of(b), ETH_HEADER_BYTES);

	eth_build(&w, &(struct eth_header){ dst, src, type });
	b->len = ETH_HEADER_BYTES;
}

/* Add an IPv4 header for @payload_bytes more; the caller fills those in and calls frame_finish().
 */
static inline uint8_t *frame_ip4(struct fixture_bytes *b, const char *src, const char *dst,
                                 uint8_t proto, uint32_t payload_bytes)
{
	struct writer w = writer_over(bytes_of(b) + ETH_HEADER_BYTES, IP4_HEADER_BYTES);
	uint8_t *payload = bytes_of(b) + ETH_HEADER_BYTES + IP4_HEADER_BYTES;

	ip4_header_build(&w, &(struct ip4_header){
				     .version = 4,
				     .header_bytes = IP4_HEADER_BYTES,
				     .total_bytes = (uint16_t)(IP4_HEADER_BYTES + payload_bytes),
				     .id = 0x1234,
				     .ttl = 64,
				     .proto = proto,
				     .src = A(src),
				     .dst = A(dst),
			     });
	memset(payload, 0, payload_bytes);
	b->len = ETH_HEADER_BYTES + IP4_HEADER_BYTES + payload_bytes;
	return payload;
}

/* Compute the IPv4 header's checksum again, after a test has changed it. */
static inline void frame_sum_ip4(struct fixture_bytes *b)
{
	uint8_t *ip = bytes_of(b) + ETH_HEADER_BYTES;

	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, (ip[0] & 0xfU) * 4));
}

/* Put @bytes (a multiple of 4) of options behind the IPv4 header of a frame without any. */
static inline void frame_options(struct fixture_bytes *b, const uint8_t *options, uint32_t bytes)
{
	uint8_t *ip = bytes_of(b) + ETH_HEADER_BYTES;

	memmove(ip + IP4_HEADER_BYTES + bytes, ip + IP4_HEADER_BYTES,
	        b->len - ETH_HEADER_BYTES - IP4_HEADER_BYTES);
	memcpy(ip + IP4_HEADER_BYTES, options, bytes);
	ip[0] = (uint8_t)(0x40 | (IP4_HEADER_BYTES + bytes) / 4);
	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)(wire_get16(ip + IP4_AT_TOTAL) + bytes));
	b->len += bytes;
	frame_sum_ip4(b);
}

static inline void sum_l4(uint8_t *l4, uint32_t len, uint32_t at, const char *src, const char *dst,
                          uint8_t proto)
{
	uint32_t sum = proto == IPPROTO_ICMP ? 0 : sum_pseudo(A(src), A(dst), proto, (uint16_t)len);

	wire_put16(l4 + at, 0);
	wire_put16(l4 + at, sum_finish(sum_bytes(sum, l4, len)));
}

/* A UDP datagram with @data_bytes of data (counting up) for interface @id's MAC. */
static inline void frame_udp(struct fixture_bytes *b, iface_id id, const char *src, const char *dst,
                             uint32_t data_bytes)
{
	uint8_t *udp;

	frame_begin(b, iface_mac(id), host_mac(A(src)), ETH_TYPE_IP4);
	udp = frame_ip4(b, src, dst, IPPROTO_UDP, UDP_HEADER_BYTES + data_bytes);
	wire_put16(udp + UDP_AT_SPORT, 4000);
	wire_put16(udp + UDP_AT_DPORT, 53);
	wire_put16(udp + UDP_AT_LENGTH, (uint16_t)(UDP_HEADER_BYTES + data_bytes));
	for (uint32_t i = 0; i < data_bytes; i++)
		udp[UDP_HEADER_BYTES + i] = (uint8_t)i;
	sum_l4(udp, UDP_HEADER_BYTES + data_bytes, UDP_AT_CHECKSUM, src, dst, IPPROTO_UDP);
}

/* An ICMP message of @type with @data_bytes after its header. */
static inline void frame_icmp(struct fixture_bytes *b, iface_id id, const char *src,
                              const char *dst, uint8_t type, uint32_t data_bytes)
{
	uint8_t *icmp;

	frame_begin(b, iface_mac(id), host_mac(A(src)), ETH_TYPE_IP4);
	icmp = frame_ip4(b, src, dst, IPPROTO_ICMP, ICMP_HEADER_BYTES + data_bytes);
	icmp[ICMP_AT_TYPE] = type;
	wire_put16(icmp + ICMP_AT_ID, 77);
	for (uint32_t i = 0; i < data_bytes; i++)
		icmp[ICMP_HEADER_BYTES + i] = (uint8_t)i;
	sum_l4(icmp, ICMP_HEADER_BYTES + data_bytes, ICMP_AT_CHECKSUM, src, dst, IPPROTO_ICMP);
}

static inline void frame_arp(struct fixture_bytes *b, struct mac dst, const struct arp *arp)
{
	struct writer w = writer_over(bytes_of(b) + ETH_HEADER_BYTES, ARP_BYTES);

	frame_begin(b, dst, arp->sender_mac, ETH_TYPE_ARP);
	arp_build(&w, arp);
	b->len += ARP_BYTES;
}

#endif
