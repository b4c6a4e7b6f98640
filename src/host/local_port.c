#include "host/local_port.h"

#include <errno.h>
#include <netinet/in.h>

#include "core/crowd.h"
#include "core/ports.h"
#include "host/local_port_inside.h"
#include "host/sock_inside.h"
#include "lib/mem.h"

struct local_ports *local_ports_new(struct net *net, uint32_t crowds)
{
	struct local_ports *ports = mem_new(1, sizeof *ports);

	ports->net = net;
	ports->crowds = crowds_new(crowds != 0 ? crowds : CROWDS_DEFAULT, &net->key);
	ports->low = LOCAL_PORT_LOW;
	ports->high = LOCAL_PORT_HIGH;
	ports->secret.k0 = random_u64(net->random);
	ports->secret.k1 = random_u64(net->random);
	ports->secret_until = mono_add_s(net->now, LOCAL_PORT_SECRET_S);
	return ports;
}

void local_ports_free(struct local_ports *ports)
{
	if (ports == NULL)
		return;
	crowds_free(ports->crowds);
	mem_free(ports->reserved);
	mem_free(ports);
}

void local_ports_set_range(struct local_ports *ports, uint16_t low, uint16_t high)
{
	must(low > 0 && low <= high);
	ports->low = low;
	ports->high = high;
}

void local_ports_reserve(struct local_ports *ports, const struct port_map *reserved)
{
	mem_free(ports->reserved);
	ports->reserved = NULL;
	if (reserved == NULL)
		return;
	ports->reserved = mem_new(1, sizeof *ports->reserved);
	*ports->reserved = *reserved;
}

uint64_t local_ports_probes(const struct local_ports *ports)
{
	return ports->probes;
}

uint64_t local_ports_crowds_made(const struct local_ports *ports)
{
	return ports->crowds_made;
}

/* --- bind() --- */

/* Two sockets at one port: Linux's rules of inet_csk_bind_conflict() and udp_lib_lport_inuse(),
 * which is what programs are written for. */
static bool may_share(const struct sock *a, const struct sock *b)
{
	bool tcp = a->ops->proto == IPPROTO_TCP;

	if (a->settings->tcp.bound != IFACE_NONE && b->settings->tcp.bound != IFACE_NONE &&
	    a->settings->tcp.bound != b->settings->tcp.bound)
		return true;
	if (a->settings->reuse_port && b->settings->reuse_port && a->owner->uid == b->owner->uid)
		return true;
	return a->settings->reuse_addr && b->settings->reuse_addr &&
	       !(tcp && (a->state == SOCK_LISTENING || b->state == SOCK_LISTENING));
}

static bool overlap(ip4 a, ip4 b)
{
	return ip4_is_zero(a) || ip4_is_zero(b) || ip4_equal(a, b);
}

static bool conflicts(const struct sock *sock, ip4 addr, uint16_t port)
{
	const struct socks *socks = sock_socks(sock);

	for (struct sock *s = socks_of_port(socks, sock->ops->proto, port); s != NULL;
	     s = socks_next_of_port(socks, s)) {
		if (s != sock && overlap(s->held, addr) && !may_share(sock, s))
			return true;
	}
	return false;
}

/* Does another socket hold just this address's port? */
static bool is_held(const struct sock *sock, ip4 addr, uint16_t port)
{
	const struct socks *socks = sock_socks(sock);

	for (struct sock *s = socks_of_port(socks, sock->ops->proto, port); s != NULL;
	     s = socks_next_of_port(socks, s)) {
		if (s != sock && ip4_equal(s->held, addr))
			return true;
	}
	return false;
}

/* At how many addresses do sockets hold the port? */
static unsigned addresses_held(const struct sock *sock, uint16_t port)
{
	const struct socks *socks = sock_socks(sock);
	unsigned n = 0;

	for (struct sock *s = socks_of_port(socks, sock->ops->proto, port); s != NULL;
	     s = socks_next_of_port(socks, s)) {
		bool first = true;

		for (struct sock *t = socks_next_of_port(socks, s); t != NULL;
		     t = socks_next_of_port(socks, t))
			first = first && !ip4_equal(t->held, s->held);
		n += first;
	}
	return n;
}

/* Has somebody else than sockets taken the port: translation, a ping? */
static bool is_others(const struct sock *sock, ip4 addr, uint16_t port)
{
	const struct ports *ports = sock_net(sock)->ports;
	uint8_t proto = sock->ops->proto;

	if (!ports_is_taken(ports, addr, proto, port))
		return false;
	if (ip4_is_zero(addr))
		return ports_takers(ports, proto, port) > addresses_held(sock, port);
	return !is_held(sock, addr, port) && !is_held(sock, (ip4){ 0 }, port);
}

static int take_named(struct sock *sock, ip4 addr, uint16_t port)
{
	if (conflicts(sock, addr, port) || is_others(sock, addr, port))
		return -EADDRINUSE;
	if (is_held(sock, addr, port))
		return 0;
	return ports_take_beside(sock_net(sock)->ports, addr, sock->ops->proto, port) == 0
	               ? 0
	               : -ENOBUFS;
}

void local_port_range(const struct sock *sock, uint16_t *ret_low, uint16_t *ret_high)
{
	const struct local_ports *ports = sock_socks(sock)->local_ports;
	const struct sock_settings *s = sock->settings;

	*ret_low = s->port_low != 0 ? s->port_low : ports->low;
	*ret_high = s->port_high != 0 ? s->port_high : ports->high;
	if (*ret_low > *ret_high) { /* the two overlap nowhere: the host's */
		*ret_low = ports->low;
		*ret_high = ports->high;
	}
}

/* RFC 6056, 3.3.1: any free port, each as likely as the other. */
static int take_any(struct sock *sock, ip4 addr, uint16_t *ret_port)
{
	struct local_ports *ports = sock_socks(sock)->local_ports;
	struct ports_wish wish = {
		.addr = addr,
		.proto = sock->ops->proto,
		.parity = PORT_ODD,
		.keyed = random_u64(ports->net->random),
		.reserved = ports->reserved,
	};
	int error;

	local_port_range(sock, &wish.low, &wish.high);
	error = ports_take(ports->net->ports, &wish, ret_port);
	return error == -EADDRNOTAVAIL ? -EADDRINUSE : error == -ENOMEM ? -ENOBUFS : error;
}

int local_port_bind(struct sock *sock, ip4 addr, uint16_t port)
{
	int error;

	must((sock->flags & SOCK_HOLDS_PORT) == 0);
	error = port != 0 ? take_named(sock, addr, port) : take_any(sock, addr, &port);
	if (error != 0)
		return error;
	sock->held = addr;
	sock->local_port = port;
	sock->flags |= SOCK_HOLDS_PORT;
	socks_add_port(sock_socks(sock), sock);
	return 0;
}

void local_port_release(struct sock *sock)
{
	if ((sock->flags & SOCK_HOLDS_PORT) == 0)
		return;
	socks_remove_port(sock_socks(sock), sock);
	sock->flags &= (uint8_t)~SOCK_HOLDS_PORT;
	if (!is_held(sock, sock->held, sock->local_port))
		ports_give_back(sock_net(sock)->ports, sock->held, sock->ops->proto,
		                sock->local_port);
}

int local_port_listen(const struct sock *sock)
{
	const struct socks *socks = sock_socks(sock);

	for (struct sock *s = socks_of_port(socks, IPPROTO_TCP, sock->local_port); s != NULL;
	     s = socks_next_of_port(socks, s)) {
		bool share = s->settings->reuse_port && sock->settings->reuse_port &&
		             s->owner->uid == sock->owner->uid;

		if (s != sock && s->state == SOCK_LISTENING && overlap(s->held, sock->held) &&
		    !share && s->settings->tcp.bound == sock->settings->tcp.bound)
			return -EADDRINUSE;
	}
	return 0;
}
