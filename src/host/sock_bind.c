#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "core/addr.h"
#include "host/local_port.h"
#include "host/sock_inside.h"

/* __inet_bind(): AF_UNSPEC with a zero address is taken for AF_INET, for programs of old. */
static int read_address(const void *addr, int len, ip4 *ret_addr, uint16_t *ret_port)
{
	struct sockaddr_in in;

	if (len < (int)sizeof in)
		return -EINVAL;
	memcpy(&in, addr, sizeof in);
	if (in.sin_family == AF_UNSPEC && in.sin_addr.s_addr == 0)
		in.sin_family = AF_INET;
	return sock_addr_read(&in, sizeof in, ret_addr, ret_port);
}

/* An address that packets can come to: the router's, or one that is many hosts'. */
static bool is_good(const struct sock *sock, ip4 addr)
{
	const struct net *net = sock_net(sock);
	bool many = addr.v == UINT32_MAX || ip4_is_multicast(addr) ||
	            addr_find_broadcast(net, IFACE_NONE, addr) != NULL;

	if (ip4_is_zero(addr) || ip4_is_loopback(addr) || addr_find(net, addr) != NULL)
		return true;
	/* ping_check_bind_addr(): who sends echoes is one host. */
	return sock->ops->proto == IPPROTO_ICMP ? false : sock->settings->free_bind || many;
}

static int take_port(struct sock *sock, ip4 addr, uint16_t port)
{
	int error;

	/* IP_BIND_ADDRESS_NO_PORT: connect() chooses, knowing the destination. */
	if (port == 0 && sock->settings->no_port && sock->ops->proto == IPPROTO_TCP)
		return 0;
	error = local_port_bind(sock, addr, port);
	if (error != 0)
		return error;
	if (port != 0)
		sock->flags |= SOCK_BOUND_PORT;
	return 0;
}

int sock_bind(struct sock *sock, const void *addr, int len)
{
	uint16_t port;
	ip4 at;
	int error = read_address(addr, len, &at, &port);

	if (error != 0)
		return error;
	error = sock_ask(sock, SOCK_ASK_BIND, at, port, NULL);
	if (error != 0)
		return error;
	if (!is_good(sock, at))
		return -EADDRNOTAVAIL;
	/* Once only, and not when there is a connection, or was to be one. */
	if ((sock->flags & SOCK_HOLDS_PORT) != 0 || sock->local_port != 0 ||
	    sock->state != SOCK_UNCONNECTED)
		return -EINVAL;
	error = take_port(sock, at, port);
	if (error != 0)
		return error;
	sock->local = at;
	if (!ip4_is_zero(at))
		sock->flags |= SOCK_BOUND_ADDR;
	return 0;
}
