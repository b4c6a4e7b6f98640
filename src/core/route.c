#include "core/route.h"

#include <errno.h>

#include "core/addr.h"
#include "core/explain.h"
#include "core/fib_hop.h"
#include "core/net.h"
#include "lib/text.h"

#define ENTRY_TEXT_BYTES 96

static const char *iface_name(const struct net *net, iface_id id)
{
	const struct iface *iface = iface_get_const(net, id);

	return iface != NULL ? iface->name : "no interface";
}

/* "10.0.0.0/8 via 192.0.2.1 on ether1" */
static const char *entry_str(const struct net *net, const struct route_entry *e,
                             char buffer[static ENTRY_TEXT_BYTES])
{
	struct text text = text_into(buffer, ENTRY_TEXT_BYTES);

	ip_prefix_print(&e->spec.dst, &text);
	switch (e->spec.action) {
	case ROUTE_BLACKHOLE:
		text_add(&text, " is a blackhole");
		return buffer;
	case ROUTE_UNREACHABLE:
		text_add(&text, " is an unreachable route");
		return buffer;
	case ROUTE_PROHIBIT:
		text_add(&text, " is a prohibit route");
		return buffer;
	default:
		break;
	}
	if (e->connected)
		text_add(&text, " is connected");
	if (e->spec.gateway.family != IP_NONE) {
		text_add(&text, " via ");
		ip_addr_print(&e->spec.gateway, &text);
	}
	if (e->out != IFACE_NONE)
		text_printf(&text, " on %s", iface_name(net, e->out));
	return buffer;
}

static void route_fill(const struct net *net, struct route *route, iface_id out,
                       enum route_kind kind)
{
	const struct iface *iface = iface_get_const(net, out);

	*route = (struct route){
		.mtu_bytes = iface != NULL ? iface->mtu_bytes : 0,
		.generation = net->generation,
		.out = out,
		.kind = (uint8_t)kind,
	};
}

/* The router's address for packets that leave by @out towards @peer: one of the way out, or, where
 * that has none (an unnumbered link: RFC 1812, 2.2.7), any other. */
static ip4 source_toward(const struct net *net, iface_id out, ip4 peer)
{
	const struct addr_spec *spec = addr_toward(net, out, peer);
	const struct addr_spec *all;
	size_t n = addr_all(net, &all);

	for (size_t i = 0; i < n && spec == NULL; i++) {
		if (addr_find(net, all[i].addr) != NULL)
			spec = &all[i];
	}
	return spec != NULL ? spec->addr : (ip4){ 0 };
}

static int local_route(const struct net *net, const struct addr_spec *spec, struct route *ret_route,
                       struct explain *why)
{
	char buffer[IP4_TEXT_BYTES];

	route_fill(net, ret_route, spec->iface, ROUTE_LOCAL);
	ret_route->next_hop = ret_route->src = spec->addr;
	explain(why, "route", "%s is this router's own address on %s", ip4_str(spec->addr, buffer),
	        iface_name(net, spec->iface));
	return 0;
}

/* RFC 1122, 3.2.1.3 (g): what a host says to itself; never to or from a link. */
static int loopback_route(const struct net *net, const struct route_key *key,
                          struct route *ret_route, struct explain *why)
{
	char buffer[IP4_TEXT_BYTES];

	route_fill(net, ret_route, IFACE_NONE, ROUTE_LOCAL);
	ret_route->mtu_bytes = UINT16_MAX;
	ret_route->next_hop = key->dst;
	ret_route->src = (ip4){ IP4_LOOPBACK };
	explain(why, "route", "%s is this router itself", ip4_str(key->dst, buffer));
	return 0;
}

/* Where a packet to 255.255.255.255 or a group goes: where it is bound to, else it stays on the
 * link that it came in by or that its source is on, else the first one with an address. */
static iface_id link_of(const struct net *net, const struct route_key *key)
{
	const struct addr_spec *src = addr_find(net, key->src);
	const struct addr_spec *all;
	size_t n = addr_all(net, &all);

	if (key->bound != IFACE_NONE)
		return key->bound;
	if (key->in != IFACE_NONE)
		return key->in;
	if (src != NULL)
		return src->iface;
	for (size_t i = 0; i < n; i++) {
		const struct iface *iface = iface_get_const(net, all[i].iface);

		if (iface != NULL && iface_is_running(iface))
			return iface->id;
	}
	return IFACE_NONE;
}

static int link_route(const struct net *net, const struct route_key *key, enum route_kind kind,
                      struct route *ret_route, struct explain *why)
{
	iface_id out = link_of(net, key);
	char buffer[IP4_TEXT_BYTES];

	if (iface_get_const(net, out) == NULL) {
		explain(why, "route", "%s needs an interface, and none with an address is running",
		        ip4_str(key->dst, buffer));
		return -ENETUNREACH;
	}
	route_fill(net, ret_route, out, kind);
	ret_route->next_hop = key->dst;
	ret_route->src = source_toward(net, out, key->dst);
	explain(why, "route", "%s is a %s address, on the link of %s", ip4_str(key->dst, buffer),
	        kind == ROUTE_BROADCAST ? "broadcast" : "multicast", iface_name(net, out));
	return 0;
}

static int directed_route(const struct net *net, const struct addr_spec *spec,
                          const struct route_key *key, struct route *ret_route, struct explain *why)
{
	char buffer[IP4_TEXT_BYTES];

	route_fill(net, ret_route, spec->iface, ROUTE_BROADCAST);
	ret_route->next_hop = key->dst;
	ret_route->src = spec->addr;
	explain(why, "route", "%s is the broadcast address of a network on %s",
	        ip4_str(key->dst, buffer), iface_name(net, spec->iface));
	return 0;
}

/* What would have matched if it were in use: the first thing that a person wants to know. */
static void explain_no_route(const struct net *net, const struct route_key *key,
                             struct explain *why)
{
	struct fib_cursor at = { 0 };
	struct route_entry e;
	char dst[IP4_TEXT_BYTES], text[ENTRY_TEXT_BYTES];

	if (why == NULL)
		return;
	explain(why, "route", "no route leads to %s%s%s%s", ip4_str(key->dst, dst),
	        key->table != TABLE_MAIN ? " in the table of its routing mark" : "",
	        key->bound != IFACE_NONE ? " by " : "",
	        key->bound != IFACE_NONE ? iface_name(net, key->bound) : "");
	while (fib_next(net, &at, &e)) {
		if (e.spec.table != key->table || e.reason == ROUTE_ACTIVE ||
		    !ip4_within(key->dst, e.spec.dst.addr.v4, e.spec.dst.bits))
			continue;
		explain(why, "route", "%s would, but is not in use: %s", entry_str(net, &e, text),
		        route_reason_sentence((enum route_reason)e.reason));
	}
}

static int unicast_route(const struct net *net, const struct route_key *key,
                         const struct fib_hop *hop, struct route *ret_route)
{
	switch (hop->action) {
	case ROUTE_BLACKHOLE:
		return -EINVAL;
	case ROUTE_UNREACHABLE:
		return -EHOSTUNREACH;
	case ROUTE_PROHIBIT:
		return -EACCES;
	default:
		break;
	}
	route_fill(net, ret_route, hop->out, ROUTE_UNICAST);
	ret_route->next_hop = ip4_is_zero(hop->next_hop) ? key->dst : hop->next_hop;
	ret_route->src = hop->src;
	/* By interface only: the address that suits this destination. */
	if (ip4_is_zero(hop->src))
		ret_route->src = source_toward(net, hop->out, key->dst);
	return 0;
}

/* What a program sends by an interface of its choice, to where no route leads by it, is for
 * somebody on its link, as Linux has it. */
static int bound_route(const struct net *net, const struct route_key *key, struct route *ret_route,
                       struct explain *why)
{
	const struct iface *out = iface_get_const(net, key->bound);
	char buffer[IP4_TEXT_BYTES];

	if (out == NULL || !iface_is_running(out))
		return -ENETUNREACH;
	route_fill(net, ret_route, out->id, ROUTE_UNICAST);
	ret_route->next_hop = key->dst;
	ret_route->src = source_toward(net, out->id, key->dst);
	explain(why, "route", "%s is taken to be on the link of %s, by which it is to leave",
	        ip4_str(key->dst, buffer), out->name);
	return 0;
}

/* The look-up whose every step is told, or that is bound to an interface. */
static const struct fib_hop *find_told(const struct net *net, const struct route_key *key,
                                       struct explain *why)
{
	struct route_entry e;
	char text[ENTRY_TEXT_BYTES];
	unsigned matches;
	const struct fib_hop *hop = fib_find(net, key, &e, &matches);

	if (hop == NULL)
		explain_no_route(net, key, why);
	else if (matches == 1)
		explain(why, "route", "%s: the only match", entry_str(net, &e, text));
	else
		explain(why, "route", "%s: longest match of %u%s", entry_str(net, &e, text),
		        matches,
		        key->bound != IFACE_NONE ? " that leaves by the interface asked for" : "");
	return hop;
}

int route_lookup(const struct net *net, const struct route_key *key, struct route *ret_route,
                 struct explain *why)
{
	const struct addr_spec *spec = addr_find(net, key->dst);
	const struct fib_hop *hop;

	if (spec != NULL)
		return local_route(net, spec, ret_route, why);
	if (ip4_is_loopback(key->dst) && key->in == IFACE_NONE)
		return loopback_route(net, key, ret_route, why);
	if (key->dst.v == UINT32_MAX)
		return link_route(net, key, ROUTE_BROADCAST, ret_route, why);
	if (ip4_is_multicast(key->dst))
		return link_route(net, key, ROUTE_MULTICAST, ret_route, why);
	spec = addr_find_broadcast(net, key->bound, key->dst);
	if (spec != NULL)
		return directed_route(net, spec, key, ret_route, why);

	if (why != NULL || key->bound != IFACE_NONE)
		hop = find_told(net, key, why);
	else
		hop = fib_lookup(net, key->table, key->dst);
	if (hop != NULL)
		return unicast_route(net, key, hop, ret_route);
	if (key->on_link)
		return bound_route(net, key, ret_route, why);
	return -ENETUNREACH;
}
