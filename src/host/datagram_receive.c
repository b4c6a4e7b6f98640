#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "host/datagram.h"
#include "host/inbox.h"
#include "host/sock_inside.h"

/* Control messages as they are written into a caller's room. */
struct control {
	uint8_t *at;
	size_t room, used;
	bool cut;
};

/* put_cmsg(): what does not fit is left out, and the caller told so. */
static void add_control(struct control *c, int level, int type, const void *data, size_t n)
{
	struct cmsghdr head = { .cmsg_len = CMSG_LEN(n), .cmsg_level = level, .cmsg_type = type };

	if (c->room - c->used < CMSG_LEN(n)) {
		c->cut = true;
		return;
	}
	memcpy(c->at + c->used, &head, sizeof head);
	memcpy(c->at + c->used + CMSG_LEN(0), data, n);
	c->used += CMSG_SPACE(n) < c->room - c->used ? CMSG_SPACE(n) : CMSG_LEN(n);
}

static void add_packet_info(struct control *c, const struct datagram *d)
{
	struct in_pktinfo info = { .ipi_ifindex = d->in,
		                   .ipi_spec_dst.s_addr = htonl(d->dst.v),
		                   .ipi_addr.s_addr = htonl(d->dst.v) };

	add_control(c, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
}

static void add_asked_for(struct control *c, const struct sock *sock, const struct datagram *d)
{
	const struct sock_settings *s = sock->settings;
	int64_t wall_ns = (int64_t)d->at.ns + sock_net(sock)->wall_offset_ns;
	int ttl = d->ttl;

	if (s->timestamp) {
		struct timeval at = { .tv_sec = wall_ns / (int64_t)NS_PER_S,
			              .tv_usec = wall_ns % (int64_t)NS_PER_S / 1000 };

		add_control(c, SOL_SOCKET, SO_TIMESTAMP, &at, sizeof at);
	}
	if (s->packet_info)
		add_packet_info(c, d);
	if (s->receive_ttl)
		add_control(c, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
	if (s->receive_tos)
		add_control(c, IPPROTO_IP, IP_TOS, &d->tos, sizeof d->tos);
}

/* ip_recv_error(): struct sock_error_report and, behind it, who says so. */
static void add_error(struct control *c, const struct datagram *d)
{
	struct {
		struct sock_error_report error;
		struct sockaddr_in offender;
	} e = {
		.error = { .error = d->error,
		           .origin = d->origin,
		           .type = d->type,
		           .code = d->code,
		           .info = d->info },
		.offender = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(d->offender.v) },
	};

	add_control(c, IPPROTO_IP, IP_RECVERR, &e, sizeof e);
}

/* Copy the first of @row out; its whole length when that is asked for, else what was copied. */
static int64_t hand_out(struct sock *sock, struct inbox_row *row, struct sock_message *m, int flags)
{
	struct inboxes *all = sock_socks(sock)->inboxes;
	uint32_t len = inbox_first(all, row)->len;
	size_t done = inbox_copy(all, row, m->bytes, m->n);

	if (len > m->n)
		m->flags |= MSG_TRUNC;
	if ((flags & MSG_PEEK) == 0)
		inbox_drop(all, row);
	return (flags & MSG_TRUNC) != 0 ? (int64_t)len : (int64_t)done;
}

static struct control control_over(const struct sock_message *m)
{
	return (struct control){ .at = m->control,
		                 .room = m->control != NULL ? m->control_len : 0 };
}

static void finish_control(struct sock_message *m, const struct control *c)
{
	m->control_len = c->used;
	if (c->cut)
		m->flags |= MSG_CTRUNC;
}

static int64_t receive_error(struct sock *sock, struct sock_message *m, int flags)
{
	struct inbox_row *row = &sock->inbox->errors;
	const struct datagram *d = inbox_first(sock_socks(sock)->inboxes, row);
	struct control c = control_over(m);

	if (d == NULL)
		return -EAGAIN;
	add_error(&c, d);
	finish_control(m, &c);
	sock_addr_write(d->dst, d->dport, m->name, &m->name_len);
	m->flags |= MSG_ERRQUEUE;
	/* What is pending is the next one's error, if there is one: ip_recv_error(). */
	sock->error = 0;
	return hand_out(sock, row, m, flags & ~MSG_PEEK);
}

int64_t datagram_receive(struct sock *sock, struct sock_message *message, int flags)
{
	struct inbox_row *row = &sock->inbox->datagrams;
	const struct datagram *d = inbox_first(sock_socks(sock)->inboxes, row);
	struct control c = control_over(message);

	if ((flags & MSG_OOB) != 0)
		return -EOPNOTSUPP;
	if ((flags & MSG_ERRQUEUE) != 0)
		return receive_error(sock, message, flags);
	if (sock->error != 0)
		return datagram_take_error(sock);
	if (d == NULL)
		return (sock->flags & SOCK_SHUT_READ) != 0 ? 0 : -EAGAIN;
	add_asked_for(&c, sock, d);
	finish_control(message, &c);
	sock_addr_write(d->src, sock->ops->proto == IPPROTO_ICMP ? 0 : d->sport, message->name,
	                &message->name_len);
	return hand_out(sock, row, message, flags);
}
