#include "lib/ip.h"

#include <string.h>

#include "lib/text.h"

int ip4_mask_bits(ip4 mask)
{
	for (int bits = 0; bits <= 32; bits++) {
		if (ip4_mask((unsigned)bits).v == mask.v)
			return bits;
	}
	return -1;
}

bool ip4_parse(const char *string, size_t len, ip4 *ret_addr)
{
	uint32_t v = 0;
	size_t at = 0;

	for (int part = 0; part < 4; part++) {
		uint64_t byte;
		size_t digits = 0;

		while (at + digits < len && string[at + digits] != '.')
			digits++;
		if (digits > 3 || (digits > 1 && string[at] == '0'))
			return false;
		if (!text_to_u64(string + at, digits, &byte) || byte > 255)
			return false;
		v = v << 8 | (uint32_t)byte;
		at += digits;
		if (part < 3 && (at >= len || string[at++] != '.'))
			return false;
	}
	if (at != len)
		return false;
	*ret_addr = (ip4){ v };
	return true;
}

static bool bits_parse(const char *string, size_t len, unsigned *ret_bits)
{
	uint64_t bits;
	ip4 mask;

	if (ip4_parse(string, len, &mask)) {
		int n = ip4_mask_bits(mask);

		*ret_bits = (unsigned)n;
		return n >= 0;
	}
	if (len > 1 && string[0] == '0')
		return false;
	if (!text_to_u64(string, len, &bits) || bits > 32)
		return false;
	*ret_bits = (unsigned)bits;
	return true;
}

bool ip_prefix_parse(const char *string, size_t len, struct ip_prefix *ret_prefix)
{
	const char *slash = memchr(string, '/', len);
	size_t addr_len = slash != NULL ? (size_t)(slash - string) : len;
	unsigned bits = 32;
	ip4 addr;

	if (!ip4_parse(string, addr_len, &addr))
		return false;
	if (slash != NULL && !bits_parse(slash + 1, len - addr_len - 1, &bits))
		return false;
	*ret_prefix = (struct ip_prefix){ .addr = ip_addr_v4(addr), .bits = (uint8_t)bits };
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool mac_parse(const char *string, size_t len, struct mac *ret_mac)
{
	struct mac mac;

	if (len != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		int high = hex_digit(string[i * 3]);
		int low = hex_digit(string[i * 3 + 1]);

		if (high < 0 || low < 0)
			return false;
		if (i < 5 && string[i * 3 + 2] != ':' && string[i * 3 + 2] != '-')
			return false;
		mac.b[i] = (uint8_t)(high << 4 | low);
	}
	*ret_mac = mac;
	return true;
}

void ip4_print(ip4 addr, struct text *out)
{
	text_printf(out, "%u.%u.%u.%u", addr.v >> 24, addr.v >> 16 & 255, addr.v >> 8 & 255,
	            addr.v & 255);
}

void ip_addr_print(const struct ip_addr *addr, struct text *out)
{
	if (addr->family == IP_V4)
		ip4_print(addr->v4, out);
	for (int i = 0; addr->family == IP_V6 && i < 16; i += 2)
		text_printf(out, "%s%x", i > 0 ? ":" : "", addr->v6[i] << 8 | addr->v6[i + 1]);
}

void ip_prefix_print(const struct ip_prefix *prefix, struct text *out)
{
	ip_addr_print(&prefix->addr, out);
	text_printf(out, "/%u", prefix->bits);
}

void mac_print(const struct mac *mac, struct text *out)
{
	for (int i = 0; i < 6; i++)
		text_printf(out, "%s%02X", i > 0 ? ":" : "", mac->b[i]);
}

const char *ip4_str(ip4 addr, char buffer[static IP4_TEXT_BYTES])
{
	struct text out = text_into(buffer, IP4_TEXT_BYTES);

	ip4_print(addr, &out);
	return buffer;
}
