#include "wire/udp_header.h"

bool udp_header_parse(struct reader *r, struct udp_header *ret_header)
{
	struct udp_header header;

	header.sport = read_u16(r);
	header.dport = read_u16(r);
	header.bytes = read_u16(r);
	header.checksum = read_u16(r);
	if (r->failed)
		return false;
	*ret_header = header;
	return true;
}

void udp_header_build(struct writer *w, const struct udp_header *header)
{
	write_u16(w, header->sport);
	write_u16(w, header->dport);
	write_u16(w, header->bytes);
	write_u16(w, header->checksum);
}
