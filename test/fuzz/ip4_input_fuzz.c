#include "fuzz.h"
#include "small_net.h"

#include "core/icmp.h"
#include "wire/checksum.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

/* What is said of a packet that was let in. */
static void check_taken(const struct pkt *p)
{
	must(p->l3 >= 14 && p->l4 >= p->l3 + IP4_HEADER_BYTES);
	must(p->len == (uint32_t)p->l3 + p->ip_bytes);
	must(p->payload_at >= p->l4 && p->payload_at <= p->len);
	must(p->has_options == (p->l4 > p->l3 + IP4_HEADER_BYTES));
	must(ip4_header_checksum_ok(p->bytes + p->l3, p->l4 - p->l3));
	must(p->arrived.src.v >> 28 < 0xe && p->arrived.src.v >> 24 != 127);
	must(p->now.src.v == p->arrived.src.v && p->now.proto == p->arrived.proto);
	must(p->arrived.src.v != p->arrived.dst.v);
}

/* All the ways that one may go from there on; the bytes stay good for each. */
static void send_on(struct small_net *s, struct pkt *p, uint8_t *bytes, size_t len)
{
	uint8_t *before = mem_new(len, 1);

	memcpy(before, bytes, len);
	icmp_error(s->net, p, ICMP_UNREACHABLE, ICMP_FRAGMENT_NEEDED, 1400);
	must(memcmp(bytes, before, len) == 0);
	if (p->fragment != 0) {
		struct pkt *whole = ip4_reassemble(s->net, p);

		must(whole == NULL); /* one alone is never all of it */
	} else if (p->arrived.proto == 1) {
		(void)icmp_input(s->net, p);
	} else {
		(void)net_deliver_local(s->net, p);
	}
	for (struct pkt *own; (own = net_own_take(s->net)) != NULL;) {
		must(ip4_header_checksum_ok(own->bytes + own->l3, own->l4 - own->l3));
		pkt_done(s->net, own);
	}
	mem_free(before);
}

/* One frame, from Ethernet to where it is delivered. The first bit: mend its IPv4 checksum. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct small_net s;
	uint8_t *memory, *bytes;
	struct pkt p;

	if (size < 1 || size > 4000)
		return 0;
	size--;
	memory = mem_new(PORT_HEADROOM_BYTES + size, 1);
	bytes = memory + PORT_HEADROOM_BYTES;
	if (size > 0)
		memcpy(bytes, data + 1, size);
	if ((data[0] & 1) != 0 && size >= 14 + IP4_HEADER_BYTES) {
		uint32_t header = (bytes[14] & 0xfU) * 4;

		wire_put16(bytes + 14 + IP4_AT_CHECKSUM, 0);
		if (14 + header <= size)
			wire_put16(bytes + 14 + IP4_AT_CHECKSUM, checksum(bytes + 14, header));
	}
	small_net_make(&s);
	p = small_frame(bytes, size);
	p.offload.gso_type = (data[0] & 2) != 0 ? GSO_TCP4 : GSO_NONE;
	p.offload.gso_bytes = 1000;
	if (ether_input(s.net, &p) == VERDICT_NEXT && ip4_input(s.net, &p) == VERDICT_NEXT) {
		check_taken(&p);
		send_on(&s, &p, bytes, size);
	}
	small_net_free(&s);
	mem_free(memory);
	return 0;
}
