#include "wire/pcapng.h"

enum { /* draft-ietf-opsawg-pcapng, 4.1, 4.2, 4.3 */
	BLOCK_INTERFACE = 0x00000001,
	BLOCK_PACKET = 0x00000006,
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum { /* 3.5, 4.2 */
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_NAME = 2,
	OPTION_PACKET_FLAGS = 2, /* 4.3.1: the same number in a packet's block */
	OPTION_TIME_RESOLUTION = 9,
};

#define BYTE_ORDER_MAGIC  0x1a2b3c4d
#define LINKTYPE_ETHERNET 1
#define LINKTYPE_RAW      101 /* begins with the IP header */
#define NANOSECONDS       9   /* the resolution, as a negative power of ten */
#define NAME_BYTES_MAX    128
#define COMMENT_BYTES_MAX 256

static uint32_t padding(uint32_t len)
{
	return (4 - len % 4) % 4;
}

static void write_padding(struct writer *w, uint32_t len)
{
	for (uint32_t i = padding(len); i > 0; i--)
		write_u8(w, 0);
}

static void write_option(struct writer *w, uint16_t code, const void *value, uint16_t len)
{
	write_u16(w, code);
	write_u16(w, len);
	write_bytes(w, value, len);
	write_padding(w, len);
}

void pcapng_section(struct writer *w)
{
	const uint32_t block_bytes = 28;

	write_u32(w, BLOCK_SECTION);
	write_u32(w, block_bytes);
	write_u32(w, BYTE_ORDER_MAGIC); /* as it stands here: all numbers are big-endian */
	write_u16(w, 1);                /* version 1.0 */
	write_u16(w, 0);
	write_u32(w, UINT32_MAX); /* the section's length is not known: 64 bits of ones */
	write_u32(w, UINT32_MAX);
	write_u32(w, block_bytes);
}

static void write_interface(struct writer *w, const char *name, uint16_t link_type)
{
	const uint8_t resolution = NANOSECONDS;
	uint16_t name_len = (uint16_t)strnlen(name, NAME_BYTES_MAX);
	uint32_t block_bytes = 20 + (4 + name_len + padding(name_len)) + 8 + 4;

	write_u32(w, BLOCK_INTERFACE);
	write_u32(w, block_bytes);
	write_u16(w, link_type);
	write_u16(w, 0);
	write_u32(w, 0); /* packets are not cut to a length */
	write_option(w, OPTION_NAME, name, name_len);
	write_option(w, OPTION_TIME_RESOLUTION, &resolution, 1);
	write_option(w, OPTION_END, NULL, 0);
	write_u32(w, block_bytes);
}

void pcapng_interface(struct writer *w, const char *name)
{
	write_interface(w, name, LINKTYPE_ETHERNET);
}

void pcapng_interface_raw(struct writer *w, const char *name)
{
	write_interface(w, name, LINKTYPE_RAW);
}

static uint32_t packet_block_bytes(uint32_t len)
{
	return 28 + len + padding(len) + 4;
}

void pcapng_packet_head(struct writer *w, uint32_t interface, uint64_t wall_ns, uint32_t len)
{
	write_u32(w, BLOCK_PACKET);
	write_u32(w, packet_block_bytes(len));
	write_u32(w, interface);
	write_u32(w, (uint32_t)(wall_ns >> 32));
	write_u32(w, (uint32_t)wall_ns);
	write_u32(w, len); /* captured */
	write_u32(w, len); /* on the wire */
}

void pcapng_packet_tail(struct writer *w, uint32_t len)
{
	write_padding(w, len);
	write_u32(w, packet_block_bytes(len));
}

static uint16_t comment_bytes(const struct pcapng_packet *packet)
{
	return packet->comment == NULL ? 0 : (uint16_t)strnlen(packet->comment, COMMENT_BYTES_MAX);
}

uint32_t pcapng_packet_bytes(const struct pcapng_packet *packet)
{
	uint16_t comment = comment_bytes(packet);
	uint32_t options = 4 + 4 + 4; /* the flags, and the end of the list */

	if (comment > 0)
		options += 4U + comment + padding(comment);
	return packet_block_bytes(packet->len) + options;
}

void pcapng_packet(struct writer *w, const struct pcapng_packet *packet)
{
	uint32_t block_bytes = pcapng_packet_bytes(packet);
	uint16_t comment = comment_bytes(packet);
	uint8_t flags[4];

	write_u32(w, BLOCK_PACKET);
	write_u32(w, block_bytes);
	write_u32(w, packet->interface);
	write_u32(w, (uint32_t)(packet->wall_ns >> 32));
	write_u32(w, (uint32_t)packet->wall_ns);
	write_u32(w, packet->len);
	write_u32(w, packet->wire_len);
	write_bytes(w, packet->bytes, packet->len);
	write_padding(w, packet->len);
	if (comment > 0)
		write_option(w, OPTION_COMMENT, packet->comment, comment);
	wire_put32(flags, packet->direction);
	write_option(w, OPTION_PACKET_FLAGS, flags, sizeof flags);
	write_option(w, OPTION_END, NULL, 0);
	write_u32(w, block_bytes);
}
