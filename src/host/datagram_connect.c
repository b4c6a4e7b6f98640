#include <errno.h>
#include <netinet/in.h>

#include "core/explain.h"
#include "host/datagram.h"
#include "host/inbox.h"
#include "host/sock_inside.h"
#include "host/sock_way.h"

/* __ip4_datagram_connect(): a group is reached by the interface that was named for it. */
static int find_way(struct sock *sock, struct sock_way *way, struct explain *why)
{
	const struct sock_settings *s = sock->settings;
	int error;

	if ((sock->flags & SOCK_BOUND_ADDR) == 0)
		way->key.src = (ip4){ 0 }; /* what an earlier connect() had chosen */
	if (ip4_is_multicast(way->dst) && way->key.bound == IFACE_NONE)
		way->key.bound = s->multicast_out;
	error = sock_way_find(sock, way, why);
	if (error != 0)
		return error;
	if (way->route.kind == ROUTE_BROADCAST && !s->broadcast) {
		explain(why, "broadcast", "SO_BROADCAST is not set");
		return -EACCES;
	}
	return 0;
}

int datagram_connect(struct sock *sock, const void *addr, int len, struct explain *why,
                     bool what_if)
{
	struct sock_way way;
	uint16_t port;
	ip4 dst;
	int error = sock_addr_read(addr, len, &dst, &port);

	if (error != 0)
		return error;
	sock_way_to(sock, dst, port, &way);
	error = find_way(sock, &way, why);
	if (error != 0 || what_if)
		return error;
	error = datagram_bind_any(sock);
	if (error != 0)
		return error;
	sock->route = way.route;
	sock->local = way.src;
	sock->peer = way.dst;
	sock->peer_port = port;
	sock->state = SOCK_CONNECTED;
	return 0;
}

int datagram_disconnect(struct sock *sock, struct explain *why)
{
	explain(why, "disconnect", "it has no peer from here on");
	sock_forget_peer(sock);
	return 0;
}
