#include "fuzz.h"
#include "small_net.h"

#include "lan/lan.h"
#include "wire/eth.h"

/* ether1 and ether2 are one bridge; VLAN 10 lies on ether1, VLAN 20 on the bridge, VLAN 30 on that.
 */
static struct lan *lan_make(struct small_net *s)
{
	static const struct bridge_spec bridge_spec = { .auto_mac = true, .ageing_ms = 300000 };
	struct lan *lan = lan_new(s->net, 8);
	iface_id bridge = iface_add(s->net, "bridge1", "bridge"), below[] = { 1, bridge, 0 };
	struct bridge_port_spec ports[SMALL_PORTS];

	iface_enable(s->net, bridge, true);
	bridge_set(lan, bridge, &bridge_spec);
	for (unsigned i = 0; i < SMALL_PORTS; i++)
		ports[i] = (struct bridge_port_spec){ .bridge = bridge,
			                              .iface = (iface_id)(i + 1),
			                              .learn = true,
			                              .flood_unicast = true,
			                              .flood_multicast = true,
			                              .flood_broadcast = true };
	bridge_set_ports(lan, ports, SMALL_PORTS);
	for (unsigned i = 0; i < 3; i++) {
		iface_id id = iface_add(s->net, "vlan", "vlan");

		iface_enable(s->net, id, true);
		vlan_set(lan, id,
		         &(struct vlan_spec){ .parent = below[i],
		                              .id = (uint16_t)(10 + 10 * i),
		                              .service = i == 2 });
		if (i + 1 < ARRAY_LEN(below) && below[i + 1] == 0)
			below[i + 1] = id;
	}
	return lan;
}

static uint64_t taken_or_dropped(const struct net *net)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < DROP_COUNT; i++)
		sum += net->drops[i];
	return sum;
}

/* What is let through to the router is within the frame; anything else has ended or was sent. */
static void input(struct small_net *s, struct pkt *p)
{
	uint64_t before = taken_or_dropped(s->net), sent = 0;
	enum verdict verdict = ether_input(s->net, p);

	iface_flush(s->net);
	for (unsigned i = 1; i <= SMALL_PORTS; i++)
		sent += s->net->ifaces[i].counters.tx_packets;
	must(small_net_holds_nothing(s));
	if (verdict == VERDICT_TAKEN)
		must(taken_or_dropped(s->net) + sent > before);
	else
		must(p->l3 == ETH_HEADER_BYTES && p->len >= ETH_HEADER_BYTES &&
		     p->ether_type == ETH_TYPE_IP4 && iface_get(s->net, p->in) != NULL);
}

/* The first byte: by which port, and with what left to do. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct small_net s;
	struct lan *lan;
	uint8_t *memory;
	struct pkt p;

	if (size < 1 || size > 4000)
		return 0;
	memory = mem_new(PORT_HEADROOM_BYTES + size, 1);
	memcpy(memory + PORT_HEADROOM_BYTES, data + 1, size - 1);
	small_net_make(&s);
	lan = lan_make(&s);
	p = small_frame(memory + PORT_HEADROOM_BYTES, size - 1);
	p.in = (iface_id)(1 + (data[0] & 1));
	p.offload.needs_checksum = (data[0] & 2) != 0;
	p.offload.checksum_start = data[0] >> 2;
	input(&s, &p);
	lan_turn(lan);
	lan_free(lan);
	small_net_free(&s);
	mem_free(memory);
	return 0;
}
