/* Bridges: what is handed on, to whom, and what is the router's. */
#include "lan/fixture.h"

static const struct mac everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
static const struct mac some_group = { { 0x01, 0x00, 0x5e, 1, 2, 3 } };

static struct mac host(unsigned n)
{
	return (struct mac){ { 2, 7, 0, 0, 0, (uint8_t)n } };
}

/* Three ports on one bridge, and ether4 beside it; returns the bridge. */
static iface_id three(struct lan_fixture *f)
{
	iface_id bridge;
	struct bridge_port_spec ports[3];

	*f = lan_fixture_new(4);
	bridge = bridge_make(f, "bridge1");
	for (iface_id i = 0; i < 3; i++)
		ports[i] = port_of(bridge, i + 1);
	bridge_set_ports(f->lan, ports, 3);
	return bridge;
}

static void from_to(struct lan_fixture *f, iface_id in, struct mac src, struct mac dst)
{
	frame_raw(&f->core->in, dst, src, 50);
	hear(f, in);
}

static void sent(struct lan_fixture *f, unsigned one, unsigned two, unsigned three_)
{
	assert_int_equal(fixture_sent_n(f->core, 1), one);
	assert_int_equal(fixture_sent_n(f->core, 2), two);
	assert_int_equal(fixture_sent_n(f->core, 3), three_);
	assert_int_equal(fixture_sent_n(f->core, 4), 0);
	fixture_clear(f->core);
	assert_int_equal(pkt_pool_available(f->core->net->pool),
	                 pkt_pool_total(f->core->net->pool));
}

static void frames_find_their_station(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f);

	from_to(&f, 1, host(1), host(2)); /* nobody knows host 2 */
	sent(&f, 0, 1, 1);
	from_to(&f, 2, host(2), host(1));
	sent(&f, 1, 0, 0);
	from_to(&f, 1, host(1), host(2));
	sent(&f, 0, 1, 0);
	from_to(&f, 1, host(3), host(1)); /* behind the same port */
	sent(&f, 0, 0, 0);
	assert_int_equal(drops(&f, DROP_BRIDGE_SAME_SIDE), 1);
	from_to(&f, 3, host(2), host(1)); /* host 2 has moved */
	sent(&f, 1, 0, 0);
	from_to(&f, 1, host(1), host(2));
	sent(&f, 0, 0, 1);
	assert_int_equal(counters(&f, bridge)->rx_packets, 0);
	lan_fixture_free(&f);
}

static void groups_go_everywhere_and_to_the_router(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f);

	from_to(&f, 1, host(1), everybody);
	sent(&f, 0, 1, 1);
	from_to(&f, 2, host(1), some_group);
	sent(&f, 1, 0, 1);
	assert_int_equal(counters(&f, bridge)->rx_packets, 2);
	assert_int_equal(drops(&f, DROP_ETHER_TYPE), 2);
	lan_fixture_free(&f);
}

/* The bridge's address, which is its first port's, and those of its other ports. */
static void frames_to_the_router_are_the_bridges(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f);

	for (iface_id i = 1; i <= 3; i++) {
		struct pkt *p;

		frame_udp(&f.core->in, i, "192.168.88.7", "192.168.88.1", 20);
		p = fixture_input(f.core, 3);
		assert_non_null(p);
		assert_int_equal(p->in, bridge);
	}
	frame_udp(&f.core->in, 4, "192.168.88.7", "192.168.88.1", 20);
	assert_null(fixture_input(f.core, 2)); /* ether4 is not of the bridge: an unknown station */
	sent(&f, 1, 0, 1);
	lan_fixture_free(&f);
}

/* IEEE 802.1Q, table 8-1, and what no station sends. */
static void what_no_bridge_hands_on(void **state)
{
	struct lan_fixture f;
	struct mac reserved = { { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x00 } };

	(void)three(&f);
	for (unsigned i = 0; i < 16; i++) {
		reserved.b[5] = (uint8_t)i;
		from_to(&f, 1, host(1), reserved);
	}
	assert_int_equal(drops(&f, DROP_BRIDGE_RESERVED), 16);
	sent(&f, 0, 0, 0);
	reserved.b[5] = 0x10;
	from_to(&f, 1, host(1), reserved);
	sent(&f, 0, 1, 1);
	from_to(&f, 1, some_group, host(2));
	assert_int_equal(drops(&f, DROP_BRIDGE_SOURCE), 1);
	from_to(&f, 1, iface_mac(2), host(2));
	assert_int_equal(drops(&f, DROP_BRIDGE_OWN), 1);
	sent(&f, 0, 0, 0);
	lan_fixture_free(&f);
}

static void ports_may_be_told_apart(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f);
	struct bridge_port_spec ports[] = { port_of(bridge, 1), port_of(bridge, 2),
		                            port_of(bridge, 3) };

	ports[0].horizon = ports[1].horizon = 5;
	ports[2].flood_unicast = false;
	bridge_set_ports(f.lan, ports, 3);
	from_to(&f, 1, host(1), everybody);
	sent(&f, 0, 0, 1);
	from_to(&f, 2, host(2), host(1)); /* known, behind the same horizon */
	sent(&f, 0, 0, 0);
	from_to(&f, 1, host(1), host(9)); /* nobody is left to be flooded */
	sent(&f, 0, 0, 0);
	assert_int_equal(drops(&f, DROP_BRIDGE_NOWHERE), 2);
	ports[0].horizon = 6;
	ports[0].learn = false;
	bridge_set_ports(f.lan, ports, 3);
	from_to(&f, 1, host(8), host(2));
	sent(&f, 0, 1, 0);
	from_to(&f, 2, host(2), host(8)); /* not learnt */
	sent(&f, 1, 0, 0);
	lan_fixture_free(&f);
}

/* Tags that no VLAN of ours has pass as they are; what is left for a card to do, too. */
static void frames_pass_whole(void **state)
{
	struct lan_fixture f;
	const struct port_frame *out;
	struct pkt *p;
	uint8_t before[200];

	(void)three(&f);
	f.core->ports[2].port.can.gso = f.core->ports[2].port.can.checksum = true;
	from_to(&f, 2, host(2), host(1));
	fixture_clear(f.core);
	frame_raw(&f.core->in, host(2), host(1), 100);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 0xa064);
	memcpy(before, bytes_of(&f.core->in), f.core->in.len);
	p = fixture_frame(f.core, 1);
	p->offload = (struct offload){ .needs_checksum = true,
		                       .gso_type = GSO_TCP6,
		                       .gso_bytes = 1440,
		                       .checksum_start = 58,
		                       .checksum_offset = 16 };
	assert_int_equal(ether_input(f.core->net, p), VERDICT_TAKEN);
	out = fixture_sent(f.core, 2, 0);
	assert_int_equal(out->len, f.core->in.len);
	assert_memory_equal(out->bytes, before, out->len);
	assert_int_equal(out->offload.gso_type, GSO_TCP6);
	assert_int_equal(out->offload.checksum_start, 58);
	lan_fixture_free(&f);
}

/* A VLAN on the bridge, and one on a card as a port of another bridge. */
static void vlans_and_bridges_meet(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f), over = vlan_make(&f, bridge, 30), under = vlan_make(&f, 4, 40);
	iface_id second = bridge_make(&f, "bridge2");
	struct bridge_port_spec ports[] = { port_of(bridge, 1), port_of(bridge, 2),
		                            port_of(second, 3), port_of(second, under) };
	struct pkt *p;

	bridge_set_ports(f.lan, ports, 4);
	fixture_address(f.core, over, "10.0.30.1/24");
	frame_udp(&f.core->in, 1, "10.0.30.7", "10.0.30.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 30);
	p = fixture_input(f.core, 2);
	assert_non_null(p);
	assert_int_equal(p->in, over);
	p = ip4_make(f.core->net, A("10.0.30.1"), A("10.0.30.7"), IPPROTO_UDP, 20);
	p->route = (struct route){ .out = over, .next_hop = A("10.0.30.7") };
	fixture_host(f.core, over, "10.0.30.7");
	(void)ip4_send(f.core->net, p);
	sent(&f, 0, 1, 0); /* host_mac(10.0.30.7) was heard by ether2 */

	frame_raw(&f.core->in, everybody, host(4), 50);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 40);
	hear(&f, 4);
	assert_int_equal(fixture_sent(f.core, 3, 0)->len, 64); /* without the tag */
	fixture_clear(f.core);
	from_to(&f, 3, host(3), host(4));
	assert_int_equal(fixture_sent(f.core, 4, 0)->len, 68);
	assert_int_equal(wire_get16(fixture_sent(f.core, 4, 0)->bytes + 14), 40);
	lan_fixture_free(&f);
}

static void a_bridge_follows_its_ports(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f);
	struct iface *iface = iface_get(f.core->net, bridge);
	struct bridge_port_spec ports[] = { port_of(bridge, 2), port_of(bridge, 3) };
	struct mac mac = iface_mac(1);

	assert_true(iface_is_running(iface) && mac_equal(&iface->mac, &mac));
	iface_set_mtu(f.core->net, 2, 1400);
	assert_int_equal(iface->mtu_bytes, 1400);
	from_to(&f, 2, host(2), host(1));
	fixture_clear(f.core);
	f.core->ports[2].link_next = false;
	iface_poll_links(f.core->net);
	from_to(&f, 1, host(1), host(2)); /* forgotten with the link: asked of all that are there */
	sent(&f, 0, 0, 1);
	bridge_set_ports(f.lan, ports, 2);
	mac = iface_mac(2);
	assert_true(mac_equal(&iface->mac, &mac));
	assert_int_equal(f.core->net->ifaces[1].master, IFACE_NONE);
	assert_null(f.core->net->ifaces[1].receive);
	f.core->ports[3].link_next = false;
	iface_poll_links(f.core->net);
	assert_false(iface_is_running(iface));
	bridge_set_ports(f.lan, ports, 0);
	assert_false(iface_is_running(iface));
	assert_int_equal(iface->mac.b[0], 2);
	bridge_end(f.lan, bridge);
	iface_remove(f.core->net, bridge);
	lan_fixture_free(&f);
}

/* Routed to a host behind the bridge: the way out is the bridge, the port is found by address. */
static void routed_packets_find_their_port(void **state)
{
	struct lan_fixture f;
	iface_id bridge = three(&f);

	fixture_address(f.core, bridge, "192.168.88.1/24");
	fixture_address(f.core, 4, "203.0.113.2/24");
	frame_arp(&f.core->in, everybody,
	          &(struct arp){ .operation = ARP_REQUEST,
	                         .sender_mac = host_mac(A("192.168.88.7")),
	                         .sender_ip = A("192.168.88.7"),
	                         .target_ip = A("192.168.88.1") });
	hear(&f, 3);
	assert_int_equal(fixture_sent_n(f.core, 3), 1); /* the answer */
	sent(&f, 1, 1, 1);
	frame_udp(&f.core->in, 4, "203.0.113.9", "192.168.88.7", 20);
	assert_int_not_equal(fixture_forward(f.core, 4), NEIGH_NONE);
	sent(&f, 0, 0, 1);
	assert_int_equal(counters(&f, bridge)->tx_packets, 2);
	lan_fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_find_their_station),
		cmocka_unit_test(groups_go_everywhere_and_to_the_router),
		cmocka_unit_test(frames_to_the_router_are_the_bridges),
		cmocka_unit_test(what_no_bridge_hands_on),
		cmocka_unit_test(ports_may_be_told_apart),
		cmocka_unit_test(frames_pass_whole),
		cmocka_unit_test(vlans_and_bridges_meet),
		cmocka_unit_test(a_bridge_follows_its_ports),
		cmocka_unit_test(routed_packets_find_their_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
