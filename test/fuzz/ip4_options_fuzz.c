/*
 * ip4_options_fuzz.c -- hostile options: judged, followed, filled in, answered.
 *
 * The first byte says where the packet goes and how the router is set; the rest are options. What
 * is passed on has a right checksum and the same length, and only options that ask for it have
 * changed.
 */
#include "fuzz.h"
#include "small_net.h"

#include <netinet/in.h>

#include "core/ip4_options.h"
#include "wire/checksum.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"

enum {
	FRAME_MOST = ETH_HEADER_BYTES + IP4_HEADER_BYTES_MAX + ICMP_HEADER_BYTES,
};

/* An echo request to the router (or beyond it) with @bytes of options. Its length. */
static size_t frame_write(uint8_t *frame, bool ours, const uint8_t *options, uint32_t bytes)
{
	uint32_t header = IP4_HEADER_BYTES + bytes;
	uint8_t *ip = frame + ETH_HEADER_BYTES, *icmp = ip + header;
	struct writer w = writer_over(frame, FRAME_MOST);

	memset(frame, 0, FRAME_MOST);
	eth_build(&w, &(struct eth_header){
			      { { 2, 0, 0, 0, 0, 1 } }, { { 2, 9, 9, 9, 9, 9 } }, ETH_TYPE_IP4 });
	ip4_header_build(&w, &(struct ip4_header){
				     .version = 4,
				     .header_bytes = IP4_HEADER_BYTES,
				     .total_bytes = (uint16_t)(header + ICMP_HEADER_BYTES),
				     .ttl = 9,
				     .proto = IPPROTO_ICMP,
				     .src = { 0xc0000207 },
				     .dst = { ours ? 0xc0000201 : 0xc6336409 },
			     });
	write_bytes(&w, options, bytes);
	must(!w.failed);
	ip[0] = (uint8_t)(0x40 | header / 4);
	wire_put16(ip + IP4_AT_CHECKSUM, 0);
	wire_put16(ip + IP4_AT_CHECKSUM, checksum(ip, header));
	icmp[ICMP_AT_TYPE] = ICMP_ECHO;
	wire_put16(icmp + ICMP_AT_CHECKSUM, checksum(icmp, ICMP_HEADER_BYTES));
	return ETH_HEADER_BYTES + header + ICMP_HEADER_BYTES;
}

static void pass_on(struct small_net *s, struct pkt *p)
{
	struct route_key key = { .src = p->now.src, .dst = p->now.dst, .in = 1 };
	uint32_t len = p->len;

	if (route_lookup(s->net, &key, &p->route, NULL) != 0) {
		(void)pkt_drop(s->net, p, DROP_NO_ROUTE);
		return;
	}
	if (ip4_options_judge(s->net, p) != VERDICT_NEXT)
		return;
	if (p->route.kind != ROUTE_UNICAST) {
		(void)net_deliver_local(s->net, p);
		return;
	}
	ip4_options_record(s->net, p, ip4_options_address(s->net, p));
	must(p->len == len);
	must(ip4_header_checksum_ok(p->bytes + p->l3, p->l4 - p->l3));
	(void)pkt_drop(s->net, p, DROP_FILTER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *memory, *frame, options[IP4_HEADER_BYTES_MAX - IP4_HEADER_BYTES] = { 0 };
	uint8_t how = size > 0 ? data[0] : 0;
	size_t n = size > 0 ? size - 1 : 0;
	struct ip4_settings settings;
	struct small_net s;
	struct pkt p;

	if (n > sizeof options)
		n = sizeof options;
	if (n > 0)
		memcpy(options, data + 1, n);
	small_net_make(&s);
	settings = s.net->settings;
	settings.accept_source_route = (how & 2) != 0;
	ip4_settings_publish(s.net, &settings);
	memory = mem_new(1, PORT_HEADROOM_BYTES + FRAME_MOST);
	frame = memory + PORT_HEADROOM_BYTES;
	p = small_frame(frame,
	                frame_write(frame, (how & 1) != 0, options, (uint32_t)((n + 3) / 4 * 4)));
	if (ether_input(s.net, &p) == VERDICT_NEXT && ip4_input(s.net, &p) == VERDICT_NEXT) {
		if (ip4_options_follow(s.net, &p))
			must(ip4_header_checksum_ok(p.bytes + p.l3, p.l4 - p.l3));
		pass_on(&s, &p);
	}
	for (struct pkt *own; (own = net_own_take(s.net)) != NULL;) {
		must(ip4_header_checksum_ok(own->bytes + own->l3, own->l4 - own->l3));
		pkt_done(s.net, own);
	}
	must(small_net_holds_nothing(&s));
	small_net_free(&s);
	mem_free(memory);
	return 0;
}
