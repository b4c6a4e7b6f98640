#include "wire/ip4_header.h"

#include "wire/checksum.h"
#include "wire/option.h"

bool ip4_header_parse(struct reader *r, struct ip4_header *ret_header)
{
	/* One check for the whole fixed part: every packet comes through here. */
	const uint8_t *p = reader_take(r, IP4_HEADER_BYTES);
	struct ip4_header header;

	if (p == NULL)
		return false;
	header.version = p[0] >> 4;
	header.header_bytes = (uint8_t)((p[0] & 0xf) * 4);
	header.tos = p[1];
	header.total_bytes = wire_get16(p + IP4_AT_TOTAL);
	header.id = wire_get16(p + IP4_AT_ID);
	header.fragment = wire_get16(p + IP4_AT_FRAGMENT);
	header.ttl = p[IP4_AT_TTL];
	header.proto = p[IP4_AT_PROTO];
	header.checksum = wire_get16(p + IP4_AT_CHECKSUM);
	header.src = (ip4){ wire_get32(p + IP4_AT_SRC) };
	header.dst = (ip4){ wire_get32(p + IP4_AT_DST) };
	if (header.header_bytes < IP4_HEADER_BYTES)
		return false;
	header.options = reader_take(r, header.header_bytes - IP4_HEADER_BYTES);
	if (r->failed)
		return false;
	*ret_header = header;
	return true;
}

void ip4_header_build(struct writer *w, const struct ip4_header *header)
{
	uint8_t *start = w->at;

	write_u8(w, 0x45);
	write_u8(w, header->tos);
	write_u16(w, header->total_bytes);
	write_u16(w, header->id);
	write_u16(w, header->fragment);
	write_u8(w, header->ttl);
	write_u8(w, header->proto);
	write_u16(w, 0);
	write_ip4(w, header->src);
	write_ip4(w, header->dst);
	if (!w->failed)
		wire_put16(start + IP4_AT_CHECKSUM, checksum(start, IP4_HEADER_BYTES));
}

bool ip4_header_checksum_ok(const uint8_t *header, size_t header_bytes)
{
	return checksum(header, header_bytes) == 0;
}

bool ip4_option_next(struct reader *r, struct ip4_option *ret_option, bool *ret_bad)
{
	const uint8_t *bytes = option_take(r, ret_bad);

	if (bytes == NULL)
		return false;
	*ret_option = (struct ip4_option){ .type = bytes[0], .len = bytes[1], .bytes = bytes };
	return true;
}
