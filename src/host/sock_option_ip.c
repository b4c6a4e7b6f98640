#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "core/addr.h"
#include "host/sock_option_table.h"
#include "host/sock_way.h"
#include "tcp/connection_info.h"
#include "wire/ip4_header.h"

#ifndef IP_LOCAL_PORT_RANGE /* Linux 6.3 */
#define IP_LOCAL_PORT_RANGE 51
#endif

enum {
	ECN_BITS = 3,           /* RFC 3168: TCP's own */
	ROUTER_ALERT = 148,     /* RFC 2113 */
	SOURCE_ROUTE_BYTES = 7, /* at least one address */
	POINTER_AT_START = 4,
};

static int read_any(const struct sock_option_value *value, int *ret_number)
{
	if (value->len >= (int)sizeof *ret_number)
		return sock_option_number(value, ret_number);
	*ret_number = value->len >= 1 ? ((const uint8_t *)value->in)[0] : 0;
	return 0;
}

static int set_tos(struct sock *sock, const struct sock_option_value *value)
{
	uint8_t *tos = &sock->settings->tcp.tos;
	int number, error = read_any(value, &number);

	if (error != 0)
		return error;
	if (sock->ops->proto == IPPROTO_TCP)
		number = (number & ~ECN_BITS) | (*tos & ECN_BITS);
	*tos = (uint8_t)number;
	return 0;
}

static int set_ttl(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = read_any(value, &number);

	if (error != 0)
		return error;
	if (number != -1 && (number < 1 || number > 255))
		return -EINVAL;
	sock->settings->tcp.ttl = number == -1 ? 0 : (uint8_t)number;
	return 0;
}

static int get_ttl(struct sock *sock, struct sock_option_value *value)
{
	uint8_t ttl = sock->settings->tcp.ttl;

	return sock_option_give(value, ttl != 0 ? ttl : SOCK_TTL);
}

static int set_mtu_discover(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = read_any(value, &number);

	if (error != 0)
		return error;
	if (number < IP_PMTUDISC_DONT || number > IP_PMTUDISC_OMIT)
		return -EINVAL;
	sock->settings->mtu_discover = (uint8_t)number;
	sock->settings->tcp.may_fragment = number == IP_PMTUDISC_DONT || number == IP_PMTUDISC_OMIT;
	return 0;
}

static int set_receive_errors(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = read_any(value, &number);

	if (error != 0)
		return error;
	sock->settings->receive_errors = sock->settings->tcp.icmp_is_fatal = number != 0;
	return 0;
}

static int get_mtu(struct sock *sock, struct sock_option_value *value)
{
	struct connection *c = sock_connection(sock);
	struct route route;

	if (c != NULL) { /* what the path has shown so far */
		struct connection_info info;

		connection_info(c, &info);
		return info.pmtu == 0 ? -ENOTCONN : sock_option_give(value, (int)info.pmtu);
	}
	if (sock->state != SOCK_CONNECTED)
		return -ENOTCONN;
	if (sock_route(sock, &route) != 0)
		return -ENOTCONN;
	return sock_option_give(value, (int)route.mtu_bytes);
}

/* Two ports in one number, the lower in its lower half; 0: the host's. */
static int set_port_range(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = sock_option_number(value, &number);
	uint16_t low = (uint16_t)number, high = (uint16_t)((uint32_t)number >> 16);

	if (error != 0)
		return error;
	if (low != 0 && high != 0 && low > high)
		return -EINVAL;
	sock->settings->port_low = low;
	sock->settings->port_high = high;
	return 0;
}

static int get_port_range(struct sock *sock, struct sock_option_value *value)
{
	uint32_t number = (uint32_t)sock->settings->port_high << 16 | sock->settings->port_low;

	return sock_option_give_bytes(value, &number, sizeof number);
}

static int set_multicast_ttl(struct sock *sock, const struct sock_option_value *value)
{
	int number, error = read_any(value, &number);

	if (error != 0)
		return error;
	if (number < -1 || number > 255)
		return -EINVAL;
	sock->settings->multicast_ttl = number == -1 ? 1 : (uint8_t)number;
	return 0;
}

/* struct in_addr, struct ip_mreq or struct ip_mreqn: by index, else by address. */
static int set_multicast_out(struct sock *sock, const struct sock_option_value *value)
{
	struct ip_mreqn m = { .imr_ifindex = 0 };
	const struct addr_spec *spec;

	if (value->len >= (int)sizeof m)
		memcpy(&m, value->in, sizeof m);
	else if (value->len >= (int)sizeof(struct ip_mreq))
		memcpy(&m, value->in, sizeof(struct ip_mreq));
	else if (value->len >= (int)sizeof(struct in_addr))
		memcpy(&m.imr_address, value->in, sizeof m.imr_address);
	else
		return -EINVAL;
	spec = addr_find(sock_net(sock), (ip4){ ntohl(m.imr_address.s_addr) });
	if (m.imr_ifindex == 0 && m.imr_address.s_addr != 0 && spec == NULL)
		return -EADDRNOTAVAIL;
	if (m.imr_ifindex != 0 && (m.imr_ifindex < 0 || m.imr_ifindex > UINT16_MAX ||
	                           iface_get(sock_net(sock), (iface_id)m.imr_ifindex) == NULL))
		return -EADDRNOTAVAIL;
	sock->settings->multicast_out = m.imr_ifindex != 0 ? (iface_id)m.imr_ifindex
	                                : spec != NULL     ? spec->iface
	                                                   : IFACE_NONE;
	sock->settings->multicast_source = (ip4){ ntohl(m.imr_address.s_addr) };
	return 0;
}

static int get_multicast_out(struct sock *sock, struct sock_option_value *value)
{
	struct in_addr addr = { .s_addr = htonl(sock->settings->multicast_source.v) };

	return sock_option_give_bytes(value, &addr, sizeof addr);
}

/* --- IP_OPTIONS: ip_options_get() --- */

/* Take the first address of a source route out: packets go there; the destination will stand
 * last. */
static int take_source_route(struct sock_settings *s, const struct ip4_option *option)
{
	uint8_t at = (uint8_t)(option->bytes - s->options);
	uint8_t *addresses = s->options + at + IP4_OPTION_AT_ROUTE;
	uint32_t bytes = (uint32_t)option->len - IP4_OPTION_AT_ROUTE;

	if (option->len < SOURCE_ROUTE_BYTES || bytes % 4 != 0 || s->destination_at != 0 ||
	    option->bytes[IP4_OPTION_AT_POINTER] != POINTER_AT_START)
		return -EINVAL;
	s->tcp.first_hop = (ip4){ wire_get32(addresses) };
	memmove(addresses, addresses + 4, bytes - 4);
	memset(addresses + bytes - 4, 0, 4);
	s->destination_at = (uint8_t)(at + option->len - 4);
	s->strict = option->type == IP4_OPTION_SSRR;
	return 0;
}

static int take_option(struct sock_settings *s, const struct ip4_option *option)
{
	switch (option->type) {
	case IP4_OPTION_LSRR:
	case IP4_OPTION_SSRR:
		return take_source_route(s, option);
	case IP4_OPTION_RECORD:
	case IP4_OPTION_TIMESTAMP:
		return option->len >= POINTER_AT_START - 1 ? 0 : -EINVAL;
	case ROUTER_ALERT:
		return option->len == 4 ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int set_options(struct sock *sock, const struct sock_option_value *value)
{
	struct sock_settings *s = sock->settings, old = *s;
	size_t n = (size_t)value->len;
	struct ip4_option option;
	struct reader r;
	bool bad = false;
	int error = 0;

	if (n > SOCK_OPTIONS_BYTES)
		return -EINVAL;
	memset(s->options, IP4_OPTION_END, sizeof s->options);
	memset(s->asked_options, IP4_OPTION_END, sizeof s->asked_options);
	if (n > 0) {
		memcpy(s->options, value->in, n);
		memcpy(s->asked_options, value->in, n);
	}
	s->tcp.options_bytes = (uint16_t)((n + 3) / 4 * 4);
	s->tcp.options = n > 0 ? s->options : NULL;
	s->tcp.first_hop = (ip4){ 0 };
	s->destination_at = 0;
	s->strict = false;
	r = reader_over(s->options, s->tcp.options_bytes);
	while (error == 0 && ip4_option_next(&r, &option, &bad))
		error = take_option(s, &option);
	if (error == 0 && !bad)
		return 0;
	*s = old;
	return -EINVAL;
}

static int get_options(struct sock *sock, struct sock_option_value *value)
{
	return sock_option_give_bytes(value, sock->settings->asked_options,
	                              sock->settings->tcp.options_bytes);
}

static const struct sock_option ip_options[] = {
	{ IP_TOS, SOCK_OPTION_AT(tcp.tos), .set = set_tos },
	{ IP_TTL, .set = set_ttl, .get = get_ttl },
	{ IP_OPTIONS, .set = set_options, .get = get_options },
	{ IP_RECVERR, SOCK_OPTION_AT(receive_errors), .set = set_receive_errors },
	{ IP_MTU_DISCOVER, SOCK_OPTION_AT(mtu_discover), .set = set_mtu_discover },
	{ IP_MTU, .get = get_mtu, .read_only = true },
	{ IP_PKTINFO, SOCK_OPTION_AT(packet_info) },
	{ IP_RECVTTL, SOCK_OPTION_AT(receive_ttl) },
	{ IP_RECVTOS, SOCK_OPTION_AT(receive_tos) },
	{ IP_FREEBIND, SOCK_OPTION_AT(free_bind) },
	{ IP_BIND_ADDRESS_NO_PORT, SOCK_OPTION_AT(no_port) },
	{ IP_LOCAL_PORT_RANGE, .set = set_port_range, .get = get_port_range },
	{ IP_MULTICAST_TTL, SOCK_OPTION_AT(multicast_ttl), .set = set_multicast_ttl,
	  .proto = IPPROTO_UDP },
	{ IP_MULTICAST_IF, .set = set_multicast_out, .get = get_multicast_out,
	  .proto = IPPROTO_UDP },
};
const struct sock_options sock_options_ip = { ip_options, ARRAY_LEN(ip_options), true };
