/* VLANs: whose a tagged frame is, and what is on the wire when one leaves. */
#include "lan/fixture.h"

#include "core/offload.h"
#include "core/tag.h"

static void a_tag_says_whose_a_frame_is(void **state)
{
	struct lan_fixture f = lan_fixture_new(2);
	iface_id ten = vlan_make(&f, 1, 10), other = vlan_make(&f, 2, 10);
	struct pkt *p;

	fixture_address(f.core, ten, "10.0.10.1/24");
	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 0xe00a); /* priority 7 */
	p = fixture_input(f.core, 1);
	assert_non_null(p);
	assert_int_equal(p->in, ten);
	assert_int_equal(p->l3, ETH_HEADER_BYTES);
	assert_int_equal(p->len, ETH_HEADER_BYTES + 20 + 8 + 20);
	assert_int_equal(p->arrived.src.v, A("10.0.10.7").v);
	assert_int_equal(counters(&f, 1)->rx_packets, 1);
	assert_int_equal(counters(&f, 1)->rx_bytes, p->len + ETH_TAG_BYTES);
	assert_int_equal(counters(&f, ten)->rx_bytes, p->len);
	assert_int_equal(counters(&f, other)->rx_packets, 0);
	lan_fixture_free(&f);
}

static void a_tag_that_nobody_has_is_named(void **state)
{
	struct lan_fixture f = lan_fixture_new(2);

	vlan_make(&f, 1, 10);
	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 11);
	assert_null(fixture_input(f.core, 1));
	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_SVLAN, 10);
	assert_null(fixture_input(f.core, 1));
	frame_udp(&f.core->in, 2, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 10);
	assert_null(fixture_input(f.core, 2));
	assert_int_equal(drops(&f, DROP_VLAN), 3);
	lan_fixture_free(&f);
}

/* IEEE 802.1Q, 6.9.1: a priority tag alone changes nothing. */
static void a_priority_is_no_vlan(void **state)
{
	struct lan_fixture f = lan_fixture_new(1);
	struct pkt *p;

	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 0xa000);
	p = fixture_input(f.core, 1);
	assert_non_null(p);
	assert_int_equal(p->in, 1);
	lan_fixture_free(&f);
}

static void every_truncation_ends_with_a_reason(void **state)
{
	struct lan_fixture f = lan_fixture_new(1);
	uint64_t before;
	uint32_t whole;

	vlan_make(&f, 1, 10);
	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 10);
	whole = f.core->in.len;
	for (uint32_t len = 0; len < whole; len++) {
		frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
		frame_tag(&f.core->in, ETH_TYPE_VLAN, 10);
		f.core->in.len = len;
		before = drops(&f, DROP_FRAME_SHORT) + drops(&f, DROP_VLAN) +
		         drops(&f, DROP_IP_SHORT);
		assert_null(fixture_input(f.core, 1));
		assert_int_equal(drops(&f, DROP_FRAME_SHORT) + drops(&f, DROP_VLAN) +
		                         drops(&f, DROP_IP_SHORT),
		                 before + 1);
	}
	lan_fixture_free(&f);
}

/* From one VLAN into another, and into a VLAN on a VLAN: tags by the way out, priority 0. */
static void routed_frames_get_their_tag(void **state)
{
	struct lan_fixture f = lan_fixture_new(2);
	iface_id ten = vlan_make(&f, 1, 10), twenty = vlan_make(&f, 2, 20);
	iface_id inner = vlan_make(&f, twenty, 30);
	const struct port_frame *sent;

	fixture_address(f.core, ten, "10.0.10.1/24");
	fixture_address(f.core, twenty, "10.0.20.1/24");
	fixture_address(f.core, inner, "10.0.30.1/24");
	fixture_host(f.core, twenty, "10.0.20.7");
	fixture_host(f.core, inner, "10.0.30.7");
	assert_int_equal(f.core->net->ifaces[twenty].mtu_bytes, 1500);
	assert_int_equal(f.core->net->ifaces[inner].mtu_bytes, 1496);

	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.20.7", 1472);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 0xe00a);
	fixture_forward(f.core, 1);
	sent = fixture_sent(f.core, 2, 0);
	assert_int_equal(sent->len, 1518);
	assert_int_equal(wire_get16(sent->bytes + 12), ETH_TYPE_VLAN);
	assert_int_equal(wire_get16(sent->bytes + 14), 20);
	assert_int_equal(wire_get16(sent->bytes + 16), ETH_TYPE_IP4);
	assert_int_equal(sent->bytes[5], 7);
	assert_memory_equal(sent->bytes + 6, iface_mac(2).b, 6);

	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.30.7", 100);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 10);
	fixture_forward(f.core, 1);
	sent = fixture_sent(f.core, 2, 1);
	assert_int_equal(wire_get16(sent->bytes + 14), 20);
	assert_int_equal(wire_get16(sent->bytes + 16), ETH_TYPE_VLAN);
	assert_int_equal(wire_get16(sent->bytes + 18), 30);
	assert_int_equal(counters(&f, twenty)->tx_packets, 2);
	assert_int_equal(counters(&f, inner)->tx_packets, 1);
	lan_fixture_free(&f);
}

/* What a card still has to do is found four bytes further on. */
static void offloads_move_with_the_tag(void **state)
{
	struct fixture_bytes b;
	struct pkt p;
	uint8_t before[200];

	frame_udp(&b, 1, "10.0.10.7", "10.0.20.7", 100);
	memcpy(before, bytes_of(&b), b.len);
	p = (struct pkt){ .bytes = bytes_of(&b),
		          .len = b.len,
		          .headroom = PORT_HEADROOM_BYTES,
		          .l3 = 14,
		          .l4 = 34,
		          .offload = { .needs_checksum = true,
		                       .checksum_start = 34,
		                       .checksum_offset = 6,
		                       .header_bytes = 42 } };
	assert_true(tag_push(&p, ETH_TYPE_SVLAN, 4094));
	assert_int_equal(p.offload.checksum_start, 38);
	assert_int_equal(p.offload.header_bytes, 46);
	assert_int_equal(p.headroom, PORT_HEADROOM_BYTES - 4);
	assert_int_equal(p.l3, 18);
	tag_pop(&p);
	assert_int_equal(p.len, b.len);
	assert_memory_equal(p.bytes, before, b.len);
	assert_int_equal(p.offload.checksum_start, 34);
	p.headroom = 3;
	assert_false(tag_push(&p, ETH_TYPE_VLAN, 1));
	assert_memory_equal(p.bytes, before, b.len);
}

static void a_vlan_follows_its_card(void **state)
{
	struct lan_fixture f = lan_fixture_new(1);
	struct net *net = f.core->net;
	iface_id ten = vlan_make(&f, 1, 10);
	struct mac mac = iface_mac(1);

	assert_true(iface_is_running(&net->ifaces[ten]));
	assert_true(mac_equal(&net->ifaces[ten].mac, &mac));
	f.core->ports[1].link_next = false;
	iface_poll_links(net);
	assert_false(iface_is_running(&net->ifaces[ten]));
	f.core->ports[1].link_next = true;
	iface_poll_links(net);
	assert_true(iface_is_running(&net->ifaces[ten]));
	iface_enable(net, 1, false);
	assert_false(iface_is_running(&net->ifaces[ten]));
	iface_enable(net, 1, true);
	iface_set_mtu(net, 1, 1400);
	assert_int_equal(net->ifaces[ten].mtu_bytes, 1400);
	lan_fixture_free(&f);
}

/* Its place goes to another interface: nothing of the old one is left there. */
static void a_vlan_ends(void **state)
{
	struct lan_fixture f = lan_fixture_new(2);
	struct net *net = f.core->net;
	iface_id ten = vlan_make(&f, 1, 10), again;
	uint32_t generation = net->generation;

	fixture_address(f.core, ten, "10.0.10.1/24");
	fixture_host(f.core, ten, "10.0.10.7");
	vlan_end(f.lan, ten);
	iface_remove(net, ten);
	assert_int_not_equal(net->generation, generation);
	assert_null(iface_get(net, ten));
	assert_null(neigh_find(net, ten, A("10.0.10.7")));
	assert_null(net->ifaces[1].receive);
	again = vlan_make(&f, 2, 20);
	assert_int_equal(again, ten);
	frame_udp(&f.core->in, 1, "10.0.10.7", "10.0.10.1", 20);
	frame_tag(&f.core->in, ETH_TYPE_VLAN, 10);
	assert_null(fixture_input(f.core, 1));
	assert_int_equal(drops(&f, DROP_VLAN), 1);
	lan_fixture_free(&f);
}

/* Many on one card, against a plain list. */
static void every_id_finds_its_own(void **state)
{
	struct lan_fixture f = lan_fixture_new(2);
	iface_id of[2][ETH_TAG_ID_MAX + 1] = { 0 };

	for (unsigned i = 0; i < 200; i++) {
		iface_id parent = (iface_id)(1 + i % 2);
		uint16_t id = (uint16_t)(1 + i * 41 % ETH_TAG_ID_MAX);

		of[parent - 1][id] = vlan_make(&f, parent, id);
	}
	for (uint16_t id = 1; id <= ETH_TAG_ID_MAX; id++) {
		for (iface_id parent = 1; parent <= 2; parent++) {
			struct pkt *p;

			frame_udp(&f.core->in, parent, "10.0.0.7", "10.0.0.1", 1);
			frame_tag(&f.core->in, ETH_TYPE_VLAN, id);
			p = fixture_input(f.core, parent);
			assert_int_equal(p != NULL ? p->in : 0, of[parent - 1][id]);
		}
	}
	lan_fixture_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_says_whose_a_frame_is),
		cmocka_unit_test(a_tag_that_nobody_has_is_named),
		cmocka_unit_test(a_priority_is_no_vlan),
		cmocka_unit_test(every_truncation_ends_with_a_reason),
		cmocka_unit_test(routed_frames_get_their_tag),
		cmocka_unit_test(offloads_move_with_the_tag),
		cmocka_unit_test(a_vlan_follows_its_card),
		cmocka_unit_test(a_vlan_ends),
		cmocka_unit_test(every_id_finds_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
