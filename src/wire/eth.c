#include "wire/eth.h"

bool eth_parse(struct reader *r, struct eth_header *ret_header)
{
	struct eth_header header;

	header.dst = read_mac(r);
	header.src = read_mac(r);
	header.type = read_u16(r);
	if (r->failed)
		return false;
	*ret_header = header;
	return true;
}

void eth_build(struct writer *w, const struct eth_header *header)
{
	write_mac(w, &header->dst);
	write_mac(w, &header->src);
	write_u16(w, header->type);
}
