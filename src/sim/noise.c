#include "sim/noise.h"

#include <netinet/in.h>
#include <string.h>

#include "sim/draft.h"
#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"
#include "wire/tcp_header.h"

enum {
	NOISE_BYTES = 600,
	TYPE_ODD = 0x88b6, /* for experiments: IEEE 802, 9.2.3 */
	PIECES_MAX = 16
};

static void random_bytes(struct sim_random *r, uint8_t *bytes, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)sim_random_next(r);
}

static void put_random(struct sim_random *r, struct twin *twin, unsigned port)
{
	uint8_t bytes[NOISE_BYTES];
	uint32_t len = sim_random_below(r, NOISE_BYTES);

	random_bytes(r, bytes, len);
	if (len >= ETH_HEADER_BYTES && sim_random_chance(r, 7000)) {
		static const uint16_t types[] = { ETH_TYPE_IP4, ETH_TYPE_ARP, ETH_TYPE_VLAN,
			                          ETH_TYPE_IP6, ETH_TYPE_SVLAN };

		memcpy(bytes, twin->fast.ports[port].port.mac.b, 6);
		wire_put16(bytes + 12, types[sim_random_below(r, ARRAY_LEN(types))]);
	}
	twin_put(twin, port, bytes, len, NULL);
}

/* A packet that parses at first sight, with some bits flipped behind its Ethernet header. */
static void put_torn(struct sim_random *r, struct scene *scene, struct twin *twin, unsigned port,
                     uint16_t id)
{
	static const uint8_t zeroes[64] = { 0 };
	struct draft d = {
		.dst_mac = twin->fast.ports[port].port.mac,
		.src_mac = scene->hosts[0].mac,
		.tuple = { .src = scene->hosts[sim_random_below(r, scene->hosts_n)].addr,
		           .sport = 40000,
		           .dport = 80 },
		.ttl = 99,
		.payload = zeroes,
		.payload_bytes = sizeof zeroes,
	};
	uint8_t bytes[NOISE_BYTES];
	struct offload offload;
	uint32_t len, flips = 1 + sim_random_below(r, 3);

	d.tuple.dst = scene->hosts[sim_random_below(r, scene->hosts_n)].addr;
	d.tuple.proto = sim_random_chance(r, 5000) ? IPPROTO_TCP : IPPROTO_ICMP;
	d.tcp_flags = TCP_ACK;
	d.icmp_type = (uint8_t)sim_random_below(r, 16);
	len = draft_build(&d, bytes, sizeof bytes, &offload);
	for (uint32_t i = 0; i < flips; i++) {
		uint32_t at = ETH_HEADER_BYTES + sim_random_below(r, len - ETH_HEADER_BYTES);

		bytes[at] = (uint8_t)(bytes[at] ^ 1U << sim_random_below(r, 8));
	}
	wire_put16(bytes + ETH_HEADER_BYTES + IP4_AT_ID, id);
	/* Fragments have their own place; here they would leave pieces waiting. */
	bytes[ETH_HEADER_BYTES + IP4_AT_FRAGMENT] = bytes[ETH_HEADER_BYTES + IP4_AT_FRAGMENT + 1] =
		0;
	bytes[ETH_HEADER_BYTES + IP4_AT_TTL] = 99;
	if (sim_random_chance(r, 8000)) {
		uint8_t *ip = bytes + ETH_HEADER_BYTES;
		uint32_t header = (ip[0] & 0xfU) * 4;

		wire_put16(ip + IP4_AT_CHECKSUM, 0);
		wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, header));
	}
	if (sim_random_chance(r, 2000))
		len = sim_random_below(r, len + 1);
	twin_put(twin, port, bytes, len, NULL);
}

static void put_arp(struct sim_random *r, struct scene *scene, struct twin *twin, unsigned port)
{
	static const struct mac broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	const struct scene_host *host = &scene->hosts[sim_random_below(r, scene->hosts_n)];
	const struct scene_host *other = &scene->hosts[sim_random_below(r, scene->hosts_n)];
	struct arp arp = {
		.operation = (uint16_t)(1 + sim_random_below(r, 3)),
		.sender_mac = host->mac,
		.sender_ip = host->addr,
		.target_ip = other->addr,
	};
	uint8_t bytes[64];
	uint32_t len;

	if (sim_random_chance(r, 7000)) { /* a host asks for the router */
		port = host->port;
		arp.operation = ARP_REQUEST;
		arp.target_ip =
			scene->addresses_n > 0
				? scene->addresses[sim_random_below(r, scene->addresses_n)].addr
				: host->addr;
	} else if (sim_random_chance(r, 3000)) {
		arp.sender_ip = arp.target_ip; /* "here I am": RFC 5227, 2.3 */
	} else if (scene->addresses_n > 0 && sim_random_chance(r, 2000)) {
		/* A host that has an address of the router's. */
		arp.sender_ip = scene->addresses[sim_random_below(r, scene->addresses_n)].addr;
	}
	len = draft_arp(&arp, &broadcast, bytes, sizeof bytes);
	twin_put(twin, port, bytes, len, NULL);
}

/* What no bridge hands on: to a group that is the bridge's own affair (IEEE 802.1Q, 8.6.3), to a
 * station on the side it came from, from the router itself. */
static void put_misled(struct sim_random *r, struct scene *scene, struct twin *twin)
{
	static const struct mac reserved = { { 0x01, 0x80, 0xc2, 0, 0, 0 } };
	const struct scene_host *host = &scene->hosts[sim_random_below(r, scene->hosts_n)];
	const struct scene_host *other = &scene->hosts[sim_random_below(r, scene->hosts_n)];
	struct mac src = host->mac, dst = other->mac;
	uint8_t bytes[60] = { 0 };

	switch (sim_random_below(r, 4)) {
	case 0:
		dst = reserved;
		break;
	case 1:
		src = twin->fast.ports[host->port].port.mac;
		break;
	default:
		break;
	}
	memcpy(bytes, dst.b, sizeof dst.b);
	memcpy(bytes + sizeof dst.b, src.b, sizeof src.b);
	wire_put16(bytes + ETH_AT_TYPE, TYPE_ODD);
	twin_put(twin, host->port, bytes, sizeof bytes, NULL);
}

void noise_put(struct sim_random *random, struct scene *scene, struct twin *twin, uint16_t id)
{
	unsigned port = sim_random_below(random, TWIN_PORTS);

	switch (sim_random_below(random, 6)) {
	case 0:
		put_random(random, twin, port);
		break;
	case 2:
	case 3:
		put_misled(random, scene, twin);
		break;
	case 1:
		put_torn(random, scene, twin, port, id);
		break;
	default:
		put_arp(random, scene, twin, port);
		break;
	}
}

static void put_piece(struct twin *twin, unsigned port, const uint8_t *frame, uint32_t header,
                      uint32_t at, uint32_t bytes, bool more)
{
	uint8_t piece[ETH_HEADER_BYTES + IP4_HEADER_BYTES_MAX + 2048];
	uint8_t *ip = piece + ETH_HEADER_BYTES;
	uint32_t head = ETH_HEADER_BYTES + header;

	must(head + bytes <= sizeof piece);
	memcpy(piece, frame, head);
	memcpy(piece + head, frame + head + at, bytes);
	wire_put16(ip + IP4_AT_TOTAL, (uint16_t)(header + bytes));
	wire_put16(ip + IP4_AT_FRAGMENT, (uint16_t)(at / 8 | (more ? IP4_MORE_FRAGMENTS : 0)));
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, header));
	twin_put(twin, port, piece, head + bytes, NULL);
}

void noise_fragments(struct sim_random *r, struct twin *twin, unsigned port, const uint8_t *frame,
                     uint32_t len)
{
	uint32_t header = (frame[ETH_HEADER_BYTES] & 0xfU) * 4;
	uint32_t data = len - ETH_HEADER_BYTES - header;
	uint32_t size = 8 * (1 + sim_random_below(r, 128));
	uint32_t n, order;

	if (data / size >= PIECES_MAX)
		size = 1024;
	n = (data + size - 1) / size;
	order = sim_random_below(r, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = (i + order) % n * size;
		uint32_t bytes = data - at < size ? data - at : size;

		if (sim_random_chance(r, 200))
			continue;
		put_piece(twin, port, frame, header, at, bytes, at + bytes < data);
		if (at >= 8 && sim_random_chance(r, 100)) /* over the one before */
			put_piece(twin, port, frame, header, at - 8, bytes, at + bytes - 8 < data);
		if (sim_random_chance(r, 200))
			put_piece(twin, port, frame, header, at, bytes, at + bytes < data);
	}
}
