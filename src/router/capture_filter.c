#include "router/capture_filter.h"

/* What of a frame an entry may be: one value, either of two, or none at all. */
struct ends {
	unsigned n;
	uint32_t v[2];
};

static bool entry_holds(const struct capture_range *range, const struct ends *ends)
{
	for (unsigned i = 0; i < ends->n; i++) {
		if (ends->v[i] >= range->low && ends->v[i] <= range->high)
			return true;
	}
	return false;
}

static bool ranges_hold(const struct capture_ranges *ranges, bool every, struct ends ends)
{
	for (uint32_t i = 0; i < ranges->n; i++) {
		if (entry_holds(&ranges->at[i], &ends) != every)
			return !every;
	}
	return every || ranges->n == 0;
}

static bool macs_hold(const struct capture_macs *macs, bool every, const struct mac *a,
                      const struct mac *b)
{
	for (uint32_t i = 0; i < macs->n; i++) {
		if ((mac_equal(&macs->at[i], a) || mac_equal(&macs->at[i], b)) != every)
			return !every;
	}
	return every || macs->n == 0;
}

/* One value, when it is there. */
static struct ends one(bool there, uint32_t v)
{
	return (struct ends){ there, { v } };
}

static struct ends two(bool there, uint32_t a, uint32_t b)
{
	return (struct ends){ there ? 2 : 0, { a, b } };
}

static bool frame_holds(const struct capture_filter *f, const struct frame_head *head, bool every)
{
	return ranges_hold(&f->types, false, one(head->type != 0, head->type)) &&
	       ranges_hold(&f->vlans, false, one(head->vlan != FRAME_NO_VLAN, head->vlan)) &&
	       macs_hold(&f->macs, every, &head->src, &head->dst) &&
	       macs_hold(&f->src_macs, every, &head->src, &head->src) &&
	       macs_hold(&f->dst_macs, every, &head->dst, &head->dst);
}

static bool packet_holds(const struct capture_filter *f, const struct frame_head *head, bool every)
{
	bool ip = head->has_ip, ports = head->has_ports;

	return ranges_hold(&f->protocols, false, one(ip, head->proto)) &&
	       ranges_hold(&f->addresses, every, two(ip, head->ip_src.v, head->ip_dst.v)) &&
	       ranges_hold(&f->src_addresses, every, one(ip, head->ip_src.v)) &&
	       ranges_hold(&f->dst_addresses, every, one(ip, head->ip_dst.v)) &&
	       ranges_hold(&f->ports, every, two(ports, head->sport, head->dport)) &&
	       ranges_hold(&f->src_ports, every, one(ports, head->sport)) &&
	       ranges_hold(&f->dst_ports, every, one(ports, head->dport));
}

bool capture_filter_passes(const struct capture_filter *filter, const struct iface *iface,
                           enum tap_side side, const struct frame_head *head, uint32_t wire_len)
{
	if (filter->direction != CAPTURE_ANY &&
	    (filter->direction == CAPTURE_RX) != (side == TAP_RX))
		return false;
	return ranges_hold(&filter->ifaces, false, one(true, iface->id)) &&
	       ranges_hold(&filter->sizes, false, one(true, wire_len)) &&
	       frame_holds(filter, head, filter->every) &&
	       packet_holds(filter, head, filter->every);
}
