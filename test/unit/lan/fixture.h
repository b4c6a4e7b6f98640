/*
 * fixture.h -- core's net in memory with a struct lan on it, and frames with tags.
 *
 * Virtual interfaces get the ids after the ports'.
 */
#ifndef TEST_LAN_FIXTURE_H
#define TEST_LAN_FIXTURE_H

#include "core/fixture.h"
#include "lan/lan.h"

#define LAN_FIXTURE_STATIONS 256

struct lan_fixture {
	struct fixture *core;
	struct lan *lan;
};

static inline struct lan_fixture lan_fixture_new(unsigned ports)
{
	struct lan_fixture f = { .core = fixture_new(ports) };

	f.lan = lan_new(f.core->net, LAN_FIXTURE_STATIONS);
	return f;
}

static inline void lan_fixture_free(struct lan_fixture *f)
{
	lan_free(f->lan);
	fixture_free(f->core);
}

static inline iface_id iface_make(struct lan_fixture *f, const char *name, const char *type)
{
	iface_id id = iface_add(f->core->net, name, type);

	assert_int_not_equal(id, IFACE_NONE);
	iface_enable(f->core->net, id, true);
	return id;
}

/* A VLAN "vlan<id>" on @parent, of at most 1500 bytes. */
static inline iface_id vlan_make(struct lan_fixture *f, iface_id parent, uint16_t id)
{
	char name[16];
	iface_id iface;

	snprintf(name, sizeof name, "vlan%u", id);
	iface = iface_make(f, name, "vlan");
	iface_set_mtu(f->core->net, iface, 1500);
	vlan_set(f->lan, iface, &(struct vlan_spec){ .parent = parent, .id = id });
	return iface;
}

static inline iface_id bridge_make(struct lan_fixture *f, const char *name)
{
	iface_id iface = iface_make(f, name, "bridge");

	bridge_set(f->lan, iface, &(struct bridge_spec){ .auto_mac = true, .ageing_ms = 300000 });
	return iface;
}

static inline struct bridge_port_spec port_of(iface_id bridge, iface_id iface)
{
	return (struct bridge_port_spec){ .bridge = bridge,
		                          .iface = iface,
		                          .learn = true,
		                          .flood_unicast = true,
		                          .flood_multicast = true,
		                          .flood_broadcast = true };
}

/* A frame of an experimental type with @n bytes of data. */
static inline void frame_raw(struct fixture_bytes *b, struct mac dst, struct mac src, uint32_t n)
{
	frame_begin(b, dst, src, 0x88b6);
	memset(bytes_of(b) + b->len, 0x5a, n);
	b->len += n;
}

/* The frame comes in by @id: what remains for the router ends as an unknown EtherType. */
static inline void hear(struct lan_fixture *f, iface_id id)
{
	(void)ether_input(f->core->net, fixture_frame(f->core, id));
	iface_flush(f->core->net);
}

/* Put a tag into the frame under construction. */
static inline void frame_tag(struct fixture_bytes *b, uint16_t type, uint16_t control)
{
	uint8_t *bytes = bytes_of(b);

	memmove(bytes + ETH_AT_TYPE + ETH_TAG_BYTES, bytes + ETH_AT_TYPE, b->len - ETH_AT_TYPE);
	wire_put16(bytes + ETH_AT_TYPE, type);
	wire_put16(bytes + ETH_AT_TYPE + 2, control);
	b->len += ETH_TAG_BYTES;
}

static inline const struct iface_counters *counters(struct lan_fixture *f, iface_id id)
{
	return &f->core->net->ifaces[id].counters;
}

static inline uint64_t drops(struct lan_fixture *f, enum drop_reason reason)
{
	return f->core->net->drops[reason];
}

#endif
