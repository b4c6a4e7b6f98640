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

enum {
	PRIORITY_SHIFT = 13,
	DROP_ELIGIBLE = 1 << 12,
	ID_MASK = 0xfff,
};

bool eth_tag_parse(struct reader *r, struct eth_tag *ret_tag)
{
	uint16_t control = read_u16(r);
	uint16_t type = read_u16(r);

	if (r->failed)
		return false;
	*ret_tag = (struct eth_tag){
		.priority = (uint8_t)(control >> PRIORITY_SHIFT),
		.drop_eligible = (control & DROP_ELIGIBLE) != 0,
		.id = control & ID_MASK,
		.type = type,
	};
	return true;
}

void eth_tag_build(struct writer *w, const struct eth_tag *tag)
{
	write_u16(w, (uint16_t)(tag->priority << PRIORITY_SHIFT |
	                        (tag->drop_eligible ? DROP_ELIGIBLE : 0) | (tag->id & ID_MASK)));
	write_u16(w, tag->type);
}
