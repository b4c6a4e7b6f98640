/*
 * pcapng.h -- capture files (draft-ietf-opsawg-pcapng): the blocks, as bytes.
 *
 * Several ports in one file, nanosecond times. Whoever writes the file (os) asks for blocks.
 */
#ifndef WIRE_PCAPNG_H
#define WIRE_PCAPNG_H

#include "wire/cursor.h"

#define PCAPNG_BLOCK_BYTES_MAX                                                                     \
	256 /* of any block but a packet's; a packet's is 36 + its bytes + 3 */

/* Section header; then an interface block for each port, in order: their numbers count from 0. */
void pcapng_section(struct writer *w);
void pcapng_interface(struct writer *w, const char *name);
/* The 28 bytes before a packet's bytes, and what follows them (padding to 4 and the length). */
void pcapng_packet_head(struct writer *w, uint32_t interface, uint64_t wall_ns, uint32_t len);
void pcapng_packet_tail(struct writer *w, uint32_t len);

/* An interface whose packets begin with their IP header. */
void pcapng_interface_raw(struct writer *w, const char *name);

enum pcapng_direction { /* 4.3.1, epb_flags */
	PCAPNG_INBOUND = 1,
	PCAPNG_OUTBOUND = 2,
};

/* A packet of which perhaps only the first bytes are there, and what is to be said of it. */
struct pcapng_packet {
	uint32_t interface;
	uint64_t wall_ns;
	const uint8_t *bytes;
	uint32_t len, wire_len; /* captured, and as it was */
	enum pcapng_direction direction;
	const char *comment; /* UTF-8, or NULL */
};

/* The whole block, of pcapng_packet_bytes(). */
uint32_t pcapng_packet_bytes(const struct pcapng_packet *packet);
void pcapng_packet(struct writer *w, const struct pcapng_packet *packet);

#endif
