#include "host/sock_way.h"

#include <errno.h>

#include "core/addr.h"
#include "core/explain.h"
#include "host/sock_inside.h"

void sock_way_to(const struct sock *sock, ip4 dst, uint16_t dport, struct sock_way *ret_way)
{
	const struct sock_settings *s = sock->settings;
	bool routed = s->destination_at != 0;

	/* ip_route_output_key_hash(): nowhere is here. */
	if (ip4_is_zero(dst) && !routed)
		dst = ip4_is_zero(sock->local) ? (ip4){ IP4_LOOPBACK } : sock->local;
	*ret_way = (struct sock_way){
		.dst = dst,
		.first_hop = routed ? s->tcp.first_hop : dst,
		.key = { .src = sock->local,
		         .dst = routed ? s->tcp.first_hop : dst,
		         .sport = sock->local_port,
		         .dport = dport,
		         .proto = sock->ops->proto,
		         .tos = s->tcp.tos,
		         .bound = s->tcp.bound,
		         .table = s->tcp.mark },
	};
}

/* A source that was asked for must be the router's, on an interface that is up (RFC 1122, 3.3.4.2),
 * and one of 127.0.0.0/8 stays in it (3.2.1.3 (g)). */
static int check_source(const struct sock *sock, const struct sock_way *way, struct explain *why)
{
	const struct net *net = sock_net(sock);
	char buffer[IP4_TEXT_BYTES];

	if (ip4_is_zero(way->key.src))
		return 0;
	if (ip4_is_loopback(way->key.src)) {
		if (way->route.kind == ROUTE_LOCAL)
			return 0;
		explain(why, "source", "%s never leaves this router",
		        ip4_str(way->key.src, buffer));
		return -EINVAL;
	}
	if (addr_find(net, way->key.src) == NULL) {
		explain(why, "source", "%s is not (or no longer) an address of this router",
		        ip4_str(way->key.src, buffer));
		return -ENETUNREACH;
	}
	return 0;
}

static int check_on_link(const struct sock *sock, const struct sock_way *way, struct explain *why)
{
	bool on_link =
		way->route.kind != ROUTE_UNICAST || ip4_equal(way->route.next_hop, way->first_hop);

	if (on_link || (!sock->settings->dont_route && !sock->settings->strict))
		return 0;
	explain(why, "route", "it leads by a gateway, and %s wants the next link",
	        sock->settings->strict ? "a strict source route" : "SO_DONTROUTE");
	return -ENETUNREACH;
}

static int choose_source(struct sock_way *way, struct explain *why)
{
	char buffer[IP4_TEXT_BYTES];

	if (!ip4_is_zero(way->key.src)) {
		way->src = way->key.src;
		explain(why, "source", "%s, as bound", ip4_str(way->src, buffer));
		return 0;
	}
	way->src = way->route.src;
	if (ip4_is_zero(way->src)) {
		explain(why, "source", "this router has no address to send from");
		return -EADDRNOTAVAIL;
	}
	explain(why, "source", "%s, by the route", ip4_str(way->src, buffer));
	return 0;
}

int sock_way_find(const struct sock *sock, struct sock_way *way, struct explain *why)
{
	int error;

	way->key.on_link = way->key.bound != IFACE_NONE;
	way->key.table = sock->settings->tcp.mark;
	if (way->key.sport != 0) /* rules may route by ports, and by the source as well */
		way->key.table = net_routing_mark(sock_net(sock), &way->key, why);
	error = route_lookup(sock_net(sock), &way->key, &way->route, why);

	if (error == 0)
		error = check_source(sock, way, why);
	if (error == 0)
		error = check_on_link(sock, way, why);
	if (error == 0)
		error = choose_source(way, why);
	return error;
}
