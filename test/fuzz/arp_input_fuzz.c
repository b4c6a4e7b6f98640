/*
 * arp_input_fuzz.c -- ARP packets in sequence, on an interface of any mode.
 *
 * Each is 8 bytes of choices, or the bytes as they are. Whatever comes: nothing is held, no entry
 * has a group's hardware address, and who has an address of the router's is never learnt.
 */
#include "fuzz.h"
#include "small_net.h"

#include "core/acd.h"
#include "core/arp.h"
#include "core/neigh.h"
#include "wire/arp.h"
#include "wire/eth.h"

enum {
	PACKETS_MOST = 64,
};

/* The router, hosts of its link, others, and nobodies. */
static ip4 address(uint8_t choice)
{
	static const uint32_t addresses[] = { 0xc0000201, 0xc0000207, 0xc0000208, 0xc00002ff,
		                              0xc6336401, 0xc6336409, 0,          0xffffffff };

	return (ip4){ addresses[choice % ARRAY_LEN(addresses)] };
}

static void packet_take(struct small_net *s, struct reader *r)
{
	uint8_t *memory = mem_new(1, PORT_HEADROOM_BYTES + ETH_HEADER_BYTES + ARP_BYTES);
	uint8_t *frame = memory + PORT_HEADROOM_BYTES, how = read_u8(r), who = read_u8(r);
	struct writer w = writer_over(frame, ETH_HEADER_BYTES + ARP_BYTES);
	struct arp arp = { .operation = (uint16_t)(1 + (how & 1)),
		           .sender_mac = { { (uint8_t)(how >> 7), 9, 9, 9, 9, read_u8(r) } } };
	struct pkt p;

	arp.sender_ip = address(who);
	arp.target_ip = address(who >> 4);
	eth_build(&w, &(struct eth_header){
			      { { 2, 0, 0, 0, 0, 1 } }, { { 2, 9, 9, 9, 9, 9 } }, ETH_TYPE_ARP });
	arp_build(&w, &arp);
	if ((how & 64) != 0) /* one byte is something else */
		frame[ETH_HEADER_BYTES + read_u8(r) % ARP_BYTES] = read_u8(r);
	p = small_frame(frame, ETH_HEADER_BYTES + ARP_BYTES);
	must(ether_input(s->net, &p) == VERDICT_TAKEN);
	if ((how & 2) != 0)
		iface_set_arp(s->net, 1, (enum arp_mode)((how >> 2) % (ARP_LOCAL_PROXY + 1)), 0);
	s->net->now = mono_add_ms(s->net->now, read_u8(r) * 40U);
	(void)neigh_turn(s->net);
	(void)acd_turn(s->net);
	iface_flush(s->net);
	mem_free(memory);
}

static void check(struct small_net *s)
{
	const struct neigh *neigh;
	uint32_t at = 0;

	while ((neigh = neigh_next(s->net, &at)) != NULL) {
		must(!mac_is_multicast(&neigh->mac));
		must(addr_find_on(s->net, neigh->iface, neigh->addr) == NULL);
		must(addr_on_link(s->net, neigh->iface, neigh->addr) != NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct small_net s;

	small_net_make(&s);
	for (unsigned i = 0; i < PACKETS_MOST && reader_left(&r) >= 4; i++) {
		packet_take(&s, &r);
		check(&s);
	}
	must(small_net_holds_nothing(&s));
	small_net_free(&s);
	return 0;
}
