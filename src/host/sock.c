#include "host/sock.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "core/explain.h"
#include "host/local_port.h"
#include "host/sock_inside.h"
#include "host/sock_way.h"

/* --- open and close --- */

/* inet_create(): which protocol a type and a number mean. */
static int choose_ops(int type, int protocol, const struct sock_ops **ret_ops)
{
	static const struct sock_ops *const all[] = { &sock_tcp_ops, &datagram_udp_ops,
		                                      &datagram_echo_ops };
	bool type_is_known = false;

	if (protocol < 0 || protocol > UINT8_MAX)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i]->type != type)
			continue;
		type_is_known = true;
		if (protocol == 0 || protocol == all[i]->proto) {
			*ret_ops = all[i];
			return 0;
		}
	}
	return type_is_known ? -EPROTONOSUPPORT : -ESOCKTNOSUPPORT;
}

int sock_open(struct host *host, int domain, int type, int protocol, struct sock **ret_sock)
{
	const struct sock_ops *ops;
	struct sock *sock;
	int error;

	if (domain != AF_INET)
		return -EAFNOSUPPORT;
	error = choose_ops(type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC), protocol, &ops);
	if (error != 0)
		return error;
	sock = sock_new(host, ops);
	if (sock == NULL)
		return -ENFILE;
	error = ops->open(sock);
	if (error != 0) {
		sock_release(sock);
		return error;
	}
	*ret_sock = sock;
	return 0;
}

void sock_close(struct sock *sock)
{
	sock->changed = NULL;
	sock->ops->close(sock);
	sock_release(sock);
}

/* --- addresses --- */

int sock_addr_read(const void *addr, int len, ip4 *ret_addr, uint16_t *ret_port)
{
	struct sockaddr_in in;

	if (len < (int)sizeof in)
		return -EINVAL;
	memcpy(&in, addr, sizeof in);
	if (in.sin_family != AF_INET)
		return -EAFNOSUPPORT;
	*ret_addr = (ip4){ ntohl(in.sin_addr.s_addr) };
	*ret_port = ntohs(in.sin_port);
	return 0;
}

void sock_addr_write(ip4 from, uint16_t port, void *addr, int *len)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		                  .sin_port = htons(port),
		                  .sin_addr.s_addr = htonl(from.v) };

	if (addr == NULL || len == NULL)
		return;
	if (*len > 0)
		memcpy(addr, &in, *len < (int)sizeof in ? (size_t)*len : sizeof in);
	*len = sizeof in;
}

int sock_name(const struct sock *sock, void *addr, int *len)
{
	if (*len < 0)
		return -EINVAL;
	sock_addr_write(sock->local, sock->local_port, addr, len);
	return 0;
}

int sock_peer_name(const struct sock *sock, void *addr, int *len)
{
	if (*len < 0)
		return -EINVAL;
	if (!sock->ops->has_peer(sock))
		return -ENOTCONN;
	sock_addr_write(sock->peer, sock->peer_port, addr, len);
	return 0;
}

/* --- bytes --- */

int64_t sock_send_message(struct sock *sock, const struct sock_message *message, int flags)
{
	return sock->ops->send(sock, message, flags);
}

int64_t sock_receive_message(struct sock *sock, struct sock_message *message, int flags)
{
	message->flags = 0;
	return sock->ops->receive(sock, message, flags);
}

int64_t sock_send(struct sock *sock, const void *bytes, size_t n, int flags, const void *to,
                  int to_len)
{
	union { /* a message is read only when it is sent */
		const void *from;
		void *to;
	} b = { .from = bytes }, t = { .from = to };
	struct sock_message message = {
		.name = t.to, .name_len = to != NULL ? to_len : 0, .bytes = b.to, .n = n
	};

	return sock_send_message(sock, &message, flags);
}

int64_t sock_receive(struct sock *sock, void *bytes, size_t n, int flags, void *from, int *from_len)
{
	struct sock_message message = { .name = from,
		                        .name_len =
		                                from != NULL && from_len != NULL ? *from_len : 0,
		                        .bytes = bytes,
		                        .n = n };
	int64_t done = sock_receive_message(sock, &message, flags);

	if (done >= 0 && from_len != NULL)
		*from_len = message.name_len;
	return done;
}

int sock_listen(struct sock *sock, int backlog)
{
	return sock->ops->listen != NULL ? sock->ops->listen(sock, backlog) : -EOPNOTSUPP;
}

int sock_accept(struct sock *sock, void *addr, int *len, struct sock **ret_sock)
{
	struct sock *taken;
	int error;

	if (sock->ops->accept == NULL)
		return -EOPNOTSUPP;
	if (addr != NULL && *len < 0)
		return -EINVAL;
	error = sock->ops->accept(sock, &taken);
	if (error != 0)
		return error;
	sock_addr_write(taken->peer, taken->peer_port, addr, len);
	*ret_sock = taken;
	return 0;
}

int sock_shutdown(struct sock *sock, int how)
{
	if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR)
		return -EINVAL;
	return sock->ops->shutdown(sock, how);
}

/* --- readiness --- */

unsigned sock_poll(const struct sock *sock)
{
	unsigned bits = sock->ops->poll(sock);

	bits |= (bits & POLLIN) != 0 ? POLLRDNORM : 0;
	return bits | ((bits & POLLOUT) != 0 ? POLLWRNORM : 0);
}

void sock_watch(struct sock *sock, void (*changed)(struct sock *sock, void *arg), void *arg)
{
	sock->changed = changed;
	sock->changed_arg = arg;
}

void sock_tell(struct sock *sock)
{
	if (sock->changed != NULL)
		sock->changed(sock, sock->changed_arg);
}

size_t sock_unread(const struct sock *sock)
{
	return sock->ops->unread(sock);
}

size_t sock_unsent(const struct sock *sock)
{
	return sock->ops->unsent(sock);
}

/* --- whose it is, and what it may do --- */

void sock_own(struct sock *sock, const struct sock_owner *owner)
{
	sock->owner = owner;
}

void sock_set_policy(struct host *host, sock_policy *policy, void *arg)
{
	host->socks->policy = policy;
	host->socks->policy_arg = arg;
}

void sock_set_local_ports(struct host *host, uint16_t low, uint16_t high,
                          const struct port_map *reserved)
{
	local_ports_set_range(host->socks->local_ports, low, high);
	local_ports_reserve(host->socks->local_ports, reserved);
}

int sock_ask(const struct sock *sock, enum sock_ask ask, ip4 addr, uint16_t port,
             struct explain *why)
{
	const struct socks *socks = sock_socks(sock);
	struct sock_end end = { .addr = ip_addr_v4(addr), .port = port };

	if (socks->policy == NULL) {
		explain(why, "policy", "none is set");
		return 0;
	}
	return socks->policy(socks->policy_arg, sock, ask, &end, why);
}

void sock_forget_peer(struct sock *sock)
{
	sock->state = SOCK_UNCONNECTED;
	sock->peer = (ip4){ 0 };
	sock->peer_port = 0;
	sock->route = (struct route){ .out = IFACE_NONE };
	if ((sock->flags & SOCK_BOUND_ADDR) == 0)
		sock->local = (ip4){ 0 };
	if ((sock->flags & SOCK_BOUND_PORT) == 0) {
		local_port_release(sock);
		sock->local_port = 0;
	}
}

int sock_trace(struct sock *sock, const struct connection_watcher *watcher)
{
	if (sock->ops != &sock_tcp_ops || sock->state == SOCK_LISTENING || sock->connection == NULL)
		return -ENOTCONN;
	return connection_trace(sock->connection, watcher);
}

void sock_describe(const struct sock *sock, struct sock_info *ret_info)
{
	*ret_info = (struct sock_info){
		.proto = sock->ops->proto,
		.state = sock->ops->state_word(sock),
		.local = { ip_addr_v4(sock->local), sock->local_port },
		.remote = { ip_addr_v4(sock->peer), sock->peer_port },
		.owner = sock->owner,
		.bound = sock->settings->tcp.bound,
		.route = sock->route,
		.unread = sock_unread(sock),
		.unsent = sock_unsent(sock),
	};
}

int sock_route(struct sock *sock, struct route *ret_route)
{
	struct sock_way way;
	int error = 0;

	if (sock->route.generation != sock_net(sock)->generation) {
		sock_way_to(sock, sock->peer, sock->peer_port, &way);
		error = sock_way_find(sock, &way, NULL);
		if (error == 0)
			sock->route = way.route;
	}
	*ret_route = sock->route;
	return error;
}
