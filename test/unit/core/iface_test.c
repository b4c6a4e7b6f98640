#include "core/fixture.h"

static void frames_for_others_are_not_taken(void **state)
{
	struct fixture *f = fixture_new(2);
	static const struct {
		uint16_t type;
		enum drop_reason reason;
	} types[] = {
		{ ETH_TYPE_VLAN, DROP_VLAN },
		{ ETH_TYPE_IP6, DROP_IPV6 },
		{ 0x9000, DROP_ETHER_TYPE },
	};

	frame_udp(&f->in, 2, "10.0.0.2", "10.0.1.2", 10);
	(void)ether_input(f->net, fixture_frame(f, 1)); /* interface 2's MAC */
	assert_int_equal(f->net->drops[DROP_NOT_FOR_US], 1);
	f->in.len = 13;
	(void)ether_input(f->net, fixture_frame(f, 2));
	assert_int_equal(f->net->drops[DROP_FRAME_SHORT], 1);
	for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
		frame_begin(&f->in, iface_mac(1), iface_mac(9), types[i].type);
		f->in.len = 60;
		(void)ether_input(f->net, fixture_frame(f, 1));
		assert_int_equal(f->net->drops[types[i].reason], 1);
	}
	iface_enable(f->net, 1, false);
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(f->net->drops[DROP_IFACE_DISABLED], 1);
	assert_int_equal(f->net->ifaces[1].counters.rx_packets, 5);
	assert_int_equal(f->net->ifaces[1].counters.rx_drops, 5);
	fixture_free(f);
}

static enum verdict take_type(struct net *net, struct pkt *p, void *arg)
{
	*(uint16_t *)arg = p->ether_type;
	return pkt_drop(net, p, DROP_LOCAL_CONSUMED);
}

static void other_protocols_plug_in(void **state)
{
	struct fixture *f = fixture_new(1);
	uint16_t seen = 0;

	net_take_ether_type(f->net, 0x8863, take_type, &seen);
	frame_begin(&f->in, iface_mac(1), iface_mac(9), 0x8863);
	f->in.len = 60;
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(seen, 0x8863);
	fixture_free(f);
}

static void names_and_defaults(void **state)
{
	struct fixture *f = fixture_new(2);

	assert_ptr_equal(iface_by_name(f->net, "ether2"), iface_get(f->net, 2));
	snprintf(f->net->ifaces[2].name, IFACE_NAME_BYTES, "lan");
	assert_null(iface_by_name(f->net, "ether2"));
	assert_ptr_equal(iface_by_default_name(f->net, "ether2"), iface_get(f->net, 2));
	assert_ptr_equal(iface_by_name(f->net, "lan"), iface_get_const(f->net, 2));
	assert_null(iface_get(f->net, IFACE_NONE));
	assert_null(iface_get(f->net, 3));
	assert_int_equal(f->net->ifaces[1].lists, 1);
	fixture_free(f);
}

static struct pkt *udp_out(struct fixture *f)
{
	struct pkt *p = ip4_make(f->net, A("10.0.0.1"), A("10.0.0.2"), 99, 100);

	p->route.out = 1;
	return p;
}

/* More than a batch is sent in order, and what the port refuses is counted. */
static void frames_gather_and_are_flushed(void **state)
{
	struct fixture *f = fixture_new(1);
	struct mac mac = host_mac(A("10.0.0.2"));

	for (unsigned i = 0; i < 100; i++) {
		struct pkt *p = udp_out(f);

		p->bytes[p->l4] = (uint8_t)i;
		ether_output(f->net, p, &mac, ETH_TYPE_IP4);
	}
	assert_int_equal(f->ports[1].n, PORT_BATCH);
	assert_int_equal(fixture_sent_n(f, 1), 100);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(fixture_sent(f, 1, i)->bytes[34], i);
	f->ports[1].room = 2;
	for (unsigned i = 0; i < 5; i++)
		ether_output(f->net, udp_out(f), &mac, ETH_TYPE_IP4);
	assert_int_equal(fixture_sent_n(f, 1), 102);
	assert_int_equal(f->net->drops[DROP_TX_FULL], 3);
	assert_int_equal(f->net->ifaces[1].counters.tx_drops, 3);
	assert_int_equal(f->net->ifaces[1].counters.tx_packets, 102);
	assert_int_equal(f->net->ifaces[1].counters.tx_bytes, 102 * 134);
	assert_int_equal(pkt_pool_available(f->net->pool), pkt_pool_total(f->net->pool));
	fixture_free(f);
}

static void what_cannot_leave_is_dropped(void **state)
{
	struct fixture *f = fixture_new(1);
	struct mac mac = host_mac(A("10.0.0.2"));
	struct pkt *p = ip4_make(f->net, A("10.0.0.1"), A("10.0.0.2"), 99, 1490);

	p->route.out = 1;
	ether_output(f->net, p, &mac, ETH_TYPE_IP4);
	assert_int_equal(f->net->drops[DROP_TOO_BIG], 1);
	f->ports[1].link_next = false;
	iface_poll_links(f->net);
	assert_int_equal(f->net->ifaces[1].link_downs, 1);
	ether_output(f->net, udp_out(f), &mac, ETH_TYPE_IP4);
	assert_int_equal(f->net->drops[DROP_LINK_DOWN], 1);
	assert_int_equal(fixture_sent_n(f, 1), 0);
	fixture_free(f);
}

/* A card that was changed for another one, or given another address: the old address is nobody's.
 */
static void the_hardware_address_follows_the_port(void **state)
{
	struct fixture *f = fixture_new(1);
	uint32_t generation = f->net->generation;
	struct mac mac = iface_mac(7);

	f->ports[1].port.mac = mac;
	f->ports[1].link_next = false;
	iface_poll_links(f->net);
	assert_true(mac_equal(&f->net->ifaces[1].mac, &mac));
	assert_int_not_equal(f->net->generation, generation);
	f->ports[1].link_next = true;
	iface_poll_links(f->net);

	frame_begin(&f->in, iface_mac(1), iface_mac(9), ETH_TYPE_IP4);
	f->in.len = 60;
	(void)ether_input(f->net, fixture_frame(f, 1));
	assert_int_equal(f->net->drops[DROP_NOT_FOR_US], 1);
	frame_begin(&f->in, iface_mac(7), iface_mac(9), ETH_TYPE_IP4);
	f->in.len = 60;
	assert_int_equal(ether_input(f->net, fixture_frame(f, 1)), VERDICT_NEXT);
	fixture_free(f);
}

struct tunnel {
	unsigned n;
	uint8_t first;
};

static void tunnel_transmit(struct net *net, struct iface *iface, struct pkt *p)
{
	struct tunnel *tunnel = iface->transmit_arg;

	tunnel->n++;
	tunnel->first = p->bytes[0];
	assert_int_equal(p->l3, 0);
	pkt_done(net, p);
}

/* A point-to-point interface has no neighbours and no Ethernet header. */
static void a_tunnel_plugs_in(void **state)
{
	struct fixture *f = fixture_new(1);
	iface_id id = iface_add(f->net, "pppoe-out1", "pppoe-out");
	struct iface *iface = iface_get(f->net, id);
	struct tunnel tunnel = { 0 };

	iface->transmit = tunnel_transmit;
	iface->transmit_arg = &tunnel;
	iface->point_to_point = true;
	iface->mtu_bytes = 1480;
	iface_enable(f->net, id, true);
	iface_set_link(f->net, id, true);
	fixture_address(f, id, "10.64.0.2/32");
	fixture_address(f, 1, "192.168.88.1/24");
	fixture_route(f, "0.0.0.0/0", NULL)->iface = id;
	fib_publish(f->net, f->routes, f->routes_n);
	frame_udp(&f->in, 1, "192.168.88.7", "8.8.8.8", 100);
	assert_int_equal(fixture_forward(f, 1), NEIGH_NONE);
	assert_int_equal(tunnel.n, 1);
	assert_int_equal(tunnel.first, 0x45);
	fixture_free(f);
}

static void explanations_are_bounded(void **state)
{
	struct explain *why = mem_new(1, sizeof *why);

	for (unsigned i = 0; i < EXPLAIN_STEPS; i++)
		explain(why, "route", "step %u", i);
	assert_false(why->cut);
	explain(why, "route", "one too many");
	assert_true(why->cut);
	assert_int_equal(why->n, EXPLAIN_STEPS);
	assert_string_equal(why->steps[47].text, "step 47");
	explain((struct explain *)NULL, "route", "nobody asked");
	mem_free(why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_for_others_are_not_taken),
		cmocka_unit_test(other_protocols_plug_in),
		cmocka_unit_test(names_and_defaults),
		cmocka_unit_test(frames_gather_and_are_flushed),
		cmocka_unit_test(what_cannot_leave_is_dropped),
		cmocka_unit_test(the_hardware_address_follows_the_port),
		cmocka_unit_test(a_tunnel_plugs_in),
		cmocka_unit_test(explanations_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
