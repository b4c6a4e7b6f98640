/*
 * sock_connect.c -- connect(), its first step: the call (A1). What follows is the protocol's:
 * sock_connect_tcp.c has A2 to A12, datagram_connect.c what UDP and ICMP do of them.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "core/explain.h"
#include "host/sock_inside.h"

#define ADDRESS_BYTES_MAX 128 /* struct sockaddr_storage */

/* A1: move_addr_to_kernel() and inet_stream_connect(): how long may an address be? */
static int connect_check_length(int len, struct explain *why)
{
	if (len >= (int)sizeof(sa_family_t) && len <= ADDRESS_BYTES_MAX)
		return 0;
	explain(why, "address", "its length is %d; a struct sockaddr_in has %zu bytes", len,
	        sizeof(struct sockaddr_in));
	return -EINVAL;
}

/* A1: the security hook. It is asked about places; what is none is refused by the steps behind. */
static int connect_ask_policy(const struct sock *sock, const void *addr, int len,
                              struct explain *why)
{
	uint16_t port;
	ip4 to;

	if (sock_addr_read(addr, len, &to, &port) != 0)
		return 0;
	return sock_ask(sock, SOCK_ASK_CONNECT, to, port, why);
}

int sock_connect_told(struct sock *sock, const void *addr, int len, struct explain *why,
                      bool what_if)
{
	sa_family_t family;
	int error = connect_check_length(len, why);

	if (error == 0)
		error = connect_ask_policy(sock, addr, len, why);
	if (error != 0)
		return error;
	memcpy(&family, addr, sizeof family);
	if (family == AF_UNSPEC)
		return sock->ops->disconnect(sock, why);
	return sock->ops->connect(sock, addr, len, why, what_if);
}

int sock_connect(struct sock *sock, const void *addr, int len)
{
	return sock_connect_told(sock, addr, len, NULL, false);
}
