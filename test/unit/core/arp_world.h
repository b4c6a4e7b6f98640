/* arp_world.h -- a router between two links, and hosts on them that speak ARP. */
#ifndef TEST_CORE_ARP_WORLD_H
#define TEST_CORE_ARP_WORLD_H

#include "core/fixture.h"

/* 203.0.113.2/24 on ether1, 192.168.88.1/24 on ether2. */
static inline struct fixture *home(void)
{
	struct fixture *f = fixture_new(2);

	fixture_address(f, 1, "203.0.113.2/24");
	fixture_address(f, 2, "192.168.88.1/24");
	return f;
}

static inline struct arp sent_arp(struct fixture *f, iface_id id, unsigned at)
{
	const struct port_frame *frame = fixture_sent(f, id, at);
	struct reader r = reader_over(frame->bytes + 14, frame->len - 14);
	struct arp arp;

	assert_int_equal(wire_get16(frame->bytes + 12), ETH_TYPE_ARP);
	assert_true(arp_parse(&r, &arp));
	return arp;
}

/* @mac says @operation as @ip about @target to everybody on the link of @id. */
static inline void mac_says(struct fixture *f, iface_id id, struct mac mac, uint16_t operation,
                            const char *ip, const char *target)
{
	struct arp arp = { .operation = operation,
		           .sender_mac = mac,
		           .sender_ip = A(ip),
		           .target_ip = A(target) };
	struct mac all = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

	frame_arp(&f->in, all, &arp);
	assert_int_equal(ether_input(f->net, fixture_frame(f, id)), VERDICT_TAKEN);
}

static inline void host_says(struct fixture *f, iface_id id, uint16_t operation, const char *ip,
                             const char *target)
{
	mac_says(f, id, host_mac(A(ip)), operation, ip, target);
}

/* The host @ip asks who has @target: is it answered? */
static inline bool is_answered(struct fixture *f, iface_id id, const char *ip, const char *target)
{
	bool answered;

	fixture_clear(f);
	host_says(f, id, ARP_REQUEST, ip, target);
	answered = fixture_sent_n(f, id) == 1;
	if (answered) {
		struct arp arp = sent_arp(f, id, 0);
		struct mac own = iface_mac(id);

		assert_int_equal(arp.operation, ARP_REPLY);
		assert_int_equal(arp.sender_ip.v, A(target).v);
		assert_true(mac_equal(&arp.sender_mac, &own));
	}
	return answered;
}

static inline void forward_to(struct fixture *f, const char *dst)
{
	frame_udp(&f->in, 2, "192.168.88.7", dst, 20);
	(void)fixture_forward(f, 2);
}

static inline void own_forget(struct fixture *f)
{
	for (struct pkt *e; (e = net_own_take(f->net)) != NULL;)
		pkt_done(f->net, e);
}

#endif
