#include "host/datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>

#include "host/inbox.h"
#include "host/local_port.h"
#include "host/sock_inside.h"

static int open_inbox(struct sock *sock)
{
	sock->inbox = inbox_new(sock_socks(sock)->inboxes);
	return sock->inbox != NULL ? 0 : -ENFILE;
}

static void close_inbox(struct sock *sock)
{
	sock_stop_waiting(sock);
	inbox_free(sock_socks(sock)->inboxes, sock->inbox);
}

int datagram_bind_any(struct sock *sock)
{
	/* inet_autobind(): whoever asks for nothing is told to try again. */
	if (sock->local_port != 0)
		return 0;
	return local_port_bind(sock, sock->local, 0) == 0 ? 0 : -EAGAIN;
}

int datagram_take_error(struct sock *sock)
{
	int error = -(int)sock->error;

	sock->error = 0;
	return error;
}

static int shut(struct sock *sock, int how)
{
	if (sock->state != SOCK_CONNECTED)
		return -ENOTCONN;
	if (how != SHUT_WR)
		sock->flags |= SOCK_SHUT_READ;
	if (how != SHUT_RD)
		sock->flags |= SOCK_SHUT_WRITE;
	sock_tell(sock);
	return 0;
}

/* datagram_poll() */
static unsigned poll_bits(const struct sock *sock)
{
	unsigned bits = 0;

	if (sock->error != 0 || sock->inbox->errors.n > 0)
		bits |= POLLERR;
	if ((sock->flags & SOCK_SHUT_READ) != 0)
		bits |= POLLIN | POLLRDHUP;
	if ((sock->flags & SOCK_SHUT_READ) != 0 && (sock->flags & SOCK_SHUT_WRITE) != 0)
		bits |= POLLHUP;
	if (sock->inbox->datagrams.n > 0)
		bits |= POLLIN;
	if ((sock->flags & SOCK_WANTS_ROOM) == 0)
		bits |= POLLOUT;
	return bits;
}

static size_t unread(const struct sock *sock)
{
	const struct datagram *d = inbox_first(sock_socks(sock)->inboxes, &sock->inbox->datagrams);

	return d != NULL ? d->len : 0;
}

/* What is sent is gone. */
static size_t unsent(const struct sock *sock)
{
	return 0;
}

static bool has_peer(const struct sock *sock)
{
	return sock->state == SOCK_CONNECTED;
}

static const char *state_word(const struct sock *sock)
{
	return sock->state == SOCK_CONNECTED ? "connected"
	       : sock->local_port != 0       ? "bound"
	                                     : "closed";
}

const struct sock_ops datagram_udp_ops = {
	.proto = IPPROTO_UDP,
	.type = SOCK_DGRAM,
	.open = open_inbox,
	.close = close_inbox,
	.connect = datagram_connect,
	.disconnect = datagram_disconnect,
	.shutdown = shut,
	.send = datagram_send,
	.receive = datagram_receive,
	.poll = poll_bits,
	.unread = unread,
	.unsent = unsent,
	.take_error = datagram_take_error,
	.has_peer = has_peer,
	.state_word = state_word,
};

const struct sock_ops datagram_echo_ops = {
	.proto = IPPROTO_ICMP,
	.type = SOCK_DGRAM,
	.open = open_inbox,
	.close = close_inbox,
	.connect = datagram_connect,
	.disconnect = datagram_disconnect,
	.shutdown = shut,
	.send = datagram_send,
	.receive = datagram_receive,
	.poll = poll_bits,
	.unread = unread,
	.unsent = unsent,
	.take_error = datagram_take_error,
	.has_peer = has_peer,
	.state_word = state_word,
};
