#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "core/addr.h"
#include "core/ip4.h"
#include "host/datagram.h"
#include "host/inbox.h"
#include "host/sock_inside.h"
#include "host/sock_way.h"
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/udp_header.h"

/* A datagram on its way out: what the socket, the call and its control messages make of it. */
struct leaving {
	struct sock_way way;
	uint8_t ttl, tos;
	bool ttl_is_set;
};

/* --- control messages: ip_cmsg_send() --- */

static int read_packet_info(const struct cmsghdr *c, struct leaving *l)
{
	struct in_pktinfo info;

	if (c->cmsg_len != CMSG_LEN(sizeof info))
		return -EINVAL;
	memcpy(&info, CMSG_DATA(c), sizeof info);
	if (info.ipi_ifindex != 0)
		l->way.key.bound = (iface_id)info.ipi_ifindex;
	if (info.ipi_spec_dst.s_addr != 0)
		l->way.key.src = (ip4){ ntohl(info.ipi_spec_dst.s_addr) };
	return 0;
}

static int read_number(const struct cmsghdr *c, int low, int high, int *ret_value)
{
	if (c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_value, CMSG_DATA(c), sizeof(int));
	else if (c->cmsg_len == CMSG_LEN(1))
		*ret_value = CMSG_DATA(c)[0];
	else
		return -EINVAL;
	return *ret_value >= low && *ret_value <= high ? 0 : -EINVAL;
}

static int read_one(const struct cmsghdr *c, struct leaving *l)
{
	int value = 0, error;

	if (c->cmsg_level != IPPROTO_IP)
		return c->cmsg_level == SOL_SOCKET ? -EINVAL : 0;
	switch (c->cmsg_type) {
	case IP_PKTINFO:
		return read_packet_info(c, l);
	case IP_TTL:
		error = read_number(c, 1, 255, &value);
		l->ttl = (uint8_t)value;
		l->ttl_is_set = true;
		return error;
	case IP_TOS:
		error = read_number(c, 0, 255, &value);
		l->tos = (uint8_t)value;
		return error;
	default:
		return -EINVAL;
	}
}

static int read_control(const struct sock_message *m, struct leaving *l)
{
	struct msghdr head = { .msg_control = m->control, .msg_controllen = m->control_len };

	if (m->control == NULL)
		return 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&head); c != NULL; c = CMSG_NXTHDR(&head, c)) {
		int error;

		if (c->cmsg_len < sizeof *c ||
		    c->cmsg_len > m->control_len - (size_t)((uint8_t *)c - (uint8_t *)m->control))
			return -EINVAL;
		error = read_one(c, l);
		if (error != 0)
			return error;
	}
	return 0;
}

/* --- whereto --- */

static int read_destination(const struct sock *sock, const struct sock_message *m, ip4 *ret_dst,
                            uint16_t *ret_port)
{
	int error;

	if (m->name == NULL) {
		if (sock->state != SOCK_CONNECTED)
			return -EDESTADDRREQ;
		*ret_dst = sock->peer;
		*ret_port = sock->peer_port;
		return 0;
	}
	error = sock_addr_read(m->name, m->name_len, ret_dst, ret_port);
	if (error != 0)
		return error;
	return *ret_port == 0 && sock->ops->proto == IPPROTO_UDP ? -EINVAL : 0;
}

static int find_way(struct sock *sock, struct leaving *l)
{
	const struct sock_settings *s = sock->settings;
	ip4 dst = l->way.dst;
	int error;

	if (ip4_is_multicast(dst) && l->way.key.bound == IFACE_NONE)
		l->way.key.bound = s->multicast_out;
	if (ip4_is_multicast(dst) && ip4_is_zero(l->way.key.src))
		l->way.key.src = s->multicast_source;
	l->way.key.tos = l->tos;
	l->way.key.sport = sock->local_port;
	error = sock_way_find(sock, &l->way, NULL);
	if (error != 0)
		return error;
	return l->way.route.kind == ROUTE_BROADCAST && !s->broadcast ? -EACCES : 0;
}

/* --- the packet --- */

static uint8_t ttl_of(const struct sock *sock, const struct leaving *l)
{
	if (l->ttl_is_set)
		return l->ttl;
	if (l->way.route.kind == ROUTE_MULTICAST)
		return sock->settings->multicast_ttl;
	return sock->settings->tcp.ttl != 0 ? sock->settings->tcp.ttl : SOCK_TTL;
}

/* May it be cut on its way? RFC 1191, 3: not as long as it fits, where paths are probed. */
static bool wants_df(const struct sock *sock, const struct leaving *l, uint32_t ip_bytes)
{
	switch (sock->settings->mtu_discover) {
	case IP_PMTUDISC_DONT:
	case IP_PMTUDISC_INTERFACE:
	case IP_PMTUDISC_OMIT:
		return false;
	case IP_PMTUDISC_WANT:
		return ip_bytes <= l->way.route.mtu_bytes;
	default:
		return true;
	}
}

static void write_ip(struct pkt *p, const struct sock *sock, const struct leaving *l)
{
	uint8_t *ip = p->bytes + p->l3;

	ip[IP4_AT_TOS] = l->tos;
	ip[IP4_AT_TTL] = ttl_of(sock, l);
	if (wants_df(sock, l, p->len - p->l3))
		wire_put16(ip + IP4_AT_FRAGMENT, IP4_DONT_FRAGMENT);
	p->bound = l->way.key.bound;
	p->on_link = l->way.key.on_link;
	p->routing_mark = sock->settings->tcp.mark;
}

static void write_udp(struct pkt *p, const struct sock *sock, uint16_t dport,
                      const struct sock_message *m)
{
	struct writer w = writer_over(p->bytes + p->l4, (uint32_t)m->n + UDP_HEADER_BYTES);

	udp_header_build(&w, &(struct udp_header){ .sport = sock->local_port,
	                                           .dport = dport,
	                                           .bytes = (uint16_t)(m->n + UDP_HEADER_BYTES) });
	write_bytes(&w, m->bytes, m->n);
	must(!w.failed);
}

/* ping_v4_sendmsg(): the program's message, the identifier ours. */
static void write_echo(struct pkt *p, const struct sock *sock, const struct sock_message *m)
{
	struct writer w = writer_over(p->bytes + p->l4, (uint32_t)m->n);

	write_bytes(&w, m->bytes, m->n);
	must(!w.failed);
	wire_put16(p->bytes + p->l4 + ICMP_AT_ID, sock->local_port);
}

static int64_t emit(struct sock *sock, const struct leaving *l, uint16_t dport,
                    const struct sock_message *m)
{
	const struct connection_settings *s = &sock->settings->tcp;
	bool udp = sock->ops->proto == IPPROTO_UDP;
	uint32_t l4_bytes = (uint32_t)m->n + (udp ? UDP_HEADER_BYTES : 0);
	uint32_t ip_bytes = IP4_HEADER_BYTES + s->options_bytes + l4_bytes;
	struct pkt *p;

	if (ip_bytes > l->way.route.mtu_bytes && sock->settings->mtu_discover == IP_PMTUDISC_DO)
		return -EMSGSIZE;
	p = ip4_make_with_options(sock_net(sock), l->way.src, l->way.first_hop, sock->ops->proto,
	                          s->options, s->options_bytes, l4_bytes);
	if (p == NULL) {
		sock_wait_for_room(sock);
		return -EAGAIN;
	}
	write_ip(p, sock, l);
	if (sock->settings->destination_at != 0)
		wire_put32(p->bytes + p->l3 + IP4_HEADER_BYTES + sock->settings->destination_at,
		           l->way.dst.v);
	if (udp)
		write_udp(p, sock, dport, m);
	else
		write_echo(p, sock, m);
	ip4_originate(sock_net(sock), p);
	sock->route = l->way.route;
	return (int64_t)m->n;
}

/* ping_common_sendmsg(): questions only. */
static int check_echo(const struct sock_message *m)
{
	const uint8_t *icmp = m->bytes;

	if (m->n < ICMP_HEADER_BYTES)
		return -EINVAL;
	return icmp[ICMP_AT_TYPE] == ICMP_ECHO && icmp[ICMP_AT_CODE] == 0 ? 0 : -EINVAL;
}

static int may_send(struct sock *sock, const struct sock_message *m, int flags)
{
	bool udp = sock->ops->proto == IPPROTO_UDP;
	size_t header_bytes = IP4_HEADER_BYTES + (udp ? UDP_HEADER_BYTES : 0U) +
	                      sock->settings->tcp.options_bytes;

	if ((flags & MSG_OOB) != 0)
		return -EOPNOTSUPP;
	if (m->n > UINT16_MAX - header_bytes)
		return -EMSGSIZE;
	if (!udp && check_echo(m) != 0)
		return check_echo(m);
	if ((sock->flags & SOCK_SHUT_WRITE) != 0)
		return -EPIPE;
	return datagram_take_error(sock);
}

int64_t datagram_send(struct sock *sock, const struct sock_message *message, int flags)
{
	struct leaving l = { .tos = sock->settings->tcp.tos };
	uint16_t dport;
	ip4 dst;
	int error = may_send(sock, message, flags);

	if (error == 0)
		error = read_destination(sock, message, &dst, &dport);
	if (error != 0)
		return error;
	sock_way_to(sock, dst, dport, &l.way);
	error = read_control(message, &l);
	if (error == 0)
		error = datagram_bind_any(sock);
	if (error == 0)
		error = find_way(sock, &l);
	if (error != 0)
		return error;
	if (!sock_has_room(sock)) {
		sock_wait_for_room(sock);
		return -EAGAIN;
	}
	return emit(sock, &l, dport, message);
}
