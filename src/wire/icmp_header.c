#include "wire/icmp_header.h"

bool icmp_header_parse(struct reader *r, struct icmp_header *ret_header)
{
	struct icmp_header header;

	header.type = read_u8(r);
	header.code = read_u8(r);
	header.checksum = read_u16(r);
	header.id = read_u16(r);
	header.sequence = read_u16(r);
	if (r->failed)
		return false;
	*ret_header = header;
	return true;
}

void icmp_header_build(struct writer *w, const struct icmp_header *header)
{
	write_u8(w, header->type);
	write_u8(w, header->code);
	write_u16(w, header->checksum);
	write_u16(w, header->id);
	write_u16(w, header->sequence);
}
