#include "core/tag.h"

#include <string.h>

#include "wire/eth.h"

#define ADDRESSES_BYTES ETH_AT_TYPE

void tag_pop(struct pkt *p)
{
	uint8_t *from = p->bytes;
	bool moved;

	must(p->len >= ETH_HEADER_BYTES + ETH_TAG_BYTES);
	p->l3 = ETH_HEADER_BYTES + ETH_TAG_BYTES;
	moved = pkt_move_start(p, ETH_TAG_BYTES);
	must(moved); /* taking off needs no room */
	memmove(p->bytes, from, ADDRESSES_BYTES);
}

bool tag_push(struct pkt *p, uint16_t type, uint16_t id)
{
	uint8_t *from = p->bytes;

	if (!pkt_move_start(p, -ETH_TAG_BYTES))
		return false;
	memmove(p->bytes, from, ADDRESSES_BYTES);

	/* The EtherType behind the addresses stays, and becomes that of what is tagged. */
	struct writer w = writer_over(p->bytes + ADDRESSES_BYTES, 2 + ETH_TAG_BYTES);
	struct eth_tag tag = { .id = id, .type = wire_get16(p->bytes + ETH_HEADER_BYTES + 2) };

	write_u16(&w, type);
	eth_tag_build(&w, &tag);
	must(!w.failed);
	return true;
}
