#include "host/sock_tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>

#include "host/local_port.h"
#include "host/sock_inside.h"
#include "tcp/ends.h"
#include "tcp/tcp.h"

#define BACKLOG_MAX 4096 /* Linux's net.core.somaxconn */

/* --- what TCP tells --- */

static void connection_has_changed(void *owner, struct connection *c, unsigned events)
{
	sock_tell(owner);
}

static void listener_has_changed(void *owner, struct listener *l)
{
	sock_tell(owner);
}

static void ends_have_changed(void *arg, const struct tuple *ends, bool there)
{
	struct host *host = arg;

	local_port_note(host->socks->local_ports, ends, there);
}

/* Translation asks, before it gives somebody these ends. */
static bool is_connected_to(void *arg, const struct tuple *ends)
{
	struct host *host = arg;

	return ends_exist(host->tcp, ends);
}

void sock_tcp_plug(struct host *host)
{
	static const struct tcp_owner owner = { .changed = connection_has_changed,
		                                .listener_changed = listener_has_changed };

	tcp_set_owner(host->tcp, &owner);
	ends_watch(host->tcp, ends_have_changed, host);
	host->net->connected = is_connected_to;
	host->net->connected_arg = host;
}

void sock_tcp_unplug(struct host *host)
{
	static const struct tcp_owner nobody;

	tcp_set_owner(host->tcp, &nobody);
	ends_watch(host->tcp, NULL, NULL);
	host->net->connected = NULL;
}

/* --- a socket's life --- */

static int open_tcp(struct sock *sock)
{
	return sock->host->tcp != NULL ? 0 : -EPROTONOSUPPORT;
}

/* Options of IP lie in the socket's settings, which end with it: what TCP still has to send goes
 * without. */
static void take_options_back(struct sock *sock)
{
	struct connection_settings settings = sock->settings->tcp;

	if (settings.options_bytes == 0)
		return;
	settings.options = NULL;
	settings.options_bytes = 0;
	settings.first_hop = (ip4){ 0 };
	connection_set_settings(sock->connection, &settings);
}

static void close_tcp(struct sock *sock)
{
	const struct sock_settings *s = sock->settings;

	if (sock->state == SOCK_LISTENING) {
		listener_close(sock->listener);
	} else if (sock->connection != NULL) {
		take_options_back(sock);
		connection_close(sock->connection, s->linger ? (int64_t)s->linger_s * 1000 : -1);
	}
}

static uint32_t backlog_of(int backlog)
{
	return backlog < 0 || backlog > BACKLOG_MAX ? BACKLOG_MAX : (uint32_t)backlog;
}

/* inet_csk_listen_start(): a port is chosen if none is bound; who shares one by SO_REUSEADDR may
 * find another listening there. */
static int listen_at_port(struct sock *sock, uint32_t backlog)
{
	struct listener_plan plan = { .addr = sock->local,
		                      .port = sock->local_port,
		                      .shared = sock->settings->reuse_port,
		                      .backlog = backlog,
		                      .settings = &sock->settings->tcp,
		                      .owner = sock };
	int error = local_port_listen(sock);

	if (error == 0)
		error = listener_open(sock->host->tcp, &plan, &sock->listener);
	if (error == 0)
		sock->state = SOCK_LISTENING;
	else
		sock->listener = NULL;
	return error;
}

static int listen_tcp(struct sock *sock, int backlog)
{
	int error = sock_ask(sock, SOCK_ASK_LISTEN, sock->local, sock->local_port, NULL);

	if (error != 0)
		return error;
	if (sock->state == SOCK_LISTENING) {
		listener_set_backlog(sock->listener, backlog_of(backlog));
		return 0;
	}
	if (sock->state != SOCK_UNCONNECTED)
		return -EINVAL;
	if (sock->local_port == 0) {
		error = local_port_bind(sock, sock->local, 0);
		if (error != 0)
			return error;
	}
	sock->flags &= (uint8_t) ~(SOCK_SHUT_READ | SOCK_SHUT_WRITE);
	return listen_at_port(sock, backlog_of(backlog));
}

static int accept_tcp(struct sock *sock, struct sock **ret_sock)
{
	struct sock *taken;
	struct tuple ends;

	if (sock->state != SOCK_LISTENING)
		return -EINVAL;
	if (listener_waiting(sock->listener) == 0)
		return -EAGAIN;
	taken = sock_new(sock->host, sock->ops);
	if (taken == NULL)
		return -ENFILE;
	taken->connection = listener_take(sock->listener, taken);
	if (taken->connection == NULL) {
		sock_release(taken);
		return -EAGAIN;
	}
	sock_settings_let_go(sock_socks(sock)->settings, taken->settings);
	taken->settings = sock_settings_hold(sock->settings);
	taken->owner = sock->owner;
	taken->state = SOCK_CONNECTED;
	ends = connection_ends(taken->connection);
	taken->local = ends.src;
	taken->local_port = ends.sport;
	taken->peer = ends.dst;
	taken->peer_port = ends.dport;
	*ret_sock = taken;
	return 0;
}

/* inet_shutdown() */
static int shut(struct sock *sock, int how)
{
	if (sock->state == SOCK_LISTENING) {
		if (how != SHUT_WR)
			(void)sock_tcp_disconnect(sock, NULL);
		return 0;
	}
	if (sock->connection == NULL)
		return -ENOTCONN;
	if (connection_state(sock->connection) == CONNECTION_SYN_SENT)
		return sock_tcp_disconnect(sock, NULL);
	return connection_shutdown(sock->connection, how);
}

/* --- bytes --- */

static int64_t send_bytes(struct sock *sock, const struct sock_message *m, int flags)
{
	if ((flags & MSG_FASTOPEN) != 0)
		return -EOPNOTSUPP;
	if (sock->state == SOCK_LISTENING || sock->connection == NULL)
		return -EPIPE;
	return connection_send(sock->connection, m->bytes, m->n, (unsigned)flags);
}

/* MSG_TRUNC: bytes are dropped instead of copied (tcp(7)). */
static int64_t discard(struct sock *sock, size_t n)
{
	size_t have = connection_unread(sock->connection);
	uint8_t none;

	if (have == 0)
		return connection_receive(sock->connection, &none, 0, 0);
	connection_consume(sock->connection, n < have ? n : have);
	return (int64_t)(n < have ? n : have);
}

static int64_t receive_bytes(struct sock *sock, struct sock_message *m, int flags)
{
	m->name_len = 0;
	m->control_len = 0;
	if ((flags & MSG_ERRQUEUE) != 0)
		return -EAGAIN;
	if (sock->state == SOCK_LISTENING)
		return -ENOTCONN;
	if (sock->connection == NULL)
		return (sock->flags & SOCK_SHUT_READ) != 0 ? 0 : -ENOTCONN;
	if ((flags & (MSG_TRUNC | MSG_PEEK)) == MSG_TRUNC)
		return discard(sock, m->n);
	return connection_receive(sock->connection, m->bytes, m->n, (unsigned)flags);
}

static bool is_connected(const struct sock *sock)
{
	return sock->state != SOCK_LISTENING && sock->connection != NULL;
}

unsigned sock_spans(struct sock *sock, struct iovec *ret_spans, unsigned max)
{
	if (sock->ops != &sock_tcp_ops || !is_connected(sock))
		return 0;
	return connection_spans(sock->connection, ret_spans, max);
}

void sock_consume(struct sock *sock, size_t n)
{
	must(sock->ops == &sock_tcp_ops && is_connected(sock));
	connection_consume(sock->connection, n);
}

bool sock_at_mark(const struct sock *sock)
{
	return sock->ops == &sock_tcp_ops && is_connected(sock) &&
	       connection_at_mark(sock->connection);
}

struct connection *sock_connection(const struct sock *sock)
{
	return sock->ops == &sock_tcp_ops && is_connected(sock) ? sock->connection : NULL;
}

/* --- how it is --- */

/* SO_RCVLOWAT: a reader is not woken for less; for an end always. */
static bool is_too_little(const struct sock *sock, unsigned bits)
{
	return (bits & POLLIN) != 0 && (bits & POLLRDHUP) == 0 &&
	       !connection_is_worth_reading(sock->connection, (size_t)sock->settings->receive_low);
}

/* tcp_poll() */
static unsigned poll_bits(const struct sock *sock)
{
	unsigned bits = sock->error != 0 ? POLLERR : 0;

	if (sock->state == SOCK_LISTENING)
		return bits | (listener_waiting(sock->listener) > 0 ? POLLIN : 0);
	if (sock->connection != NULL) {
		bits |= connection_ready(sock->connection);
		return is_too_little(sock, bits) ? bits & ~(unsigned)(POLLIN | POLLRDNORM) : bits;
	}
	if ((sock->flags & SOCK_SHUT_READ) != 0)
		bits |= POLLIN | POLLRDHUP;
	return bits | POLLOUT | POLLHUP;
}

static size_t unread(const struct sock *sock)
{
	if (sock->state == SOCK_LISTENING)
		return listener_waiting(sock->listener);
	return is_connected(sock) ? connection_unread(sock->connection) : 0;
}

static size_t unsent(const struct sock *sock)
{
	if (sock->state == SOCK_LISTENING)
		return listener_backlog(sock->listener);
	return is_connected(sock) ? connection_unacknowledged(sock->connection) : 0;
}

static int take_error(struct sock *sock)
{
	int error = -(int)sock->error;

	sock->error = 0;
	return error == 0 && is_connected(sock) ? connection_take_error(sock->connection) : error;
}

static void settings_changed(struct sock *sock)
{
	const struct connection_settings *s = &sock->settings->tcp;

	if (sock->state == SOCK_LISTENING) {
		listener_set_settings(sock->listener, s);
	} else if (sock->connection != NULL) {
		connection_set_settings(sock->connection, s);
		if (!s->cork || s->no_delay)
			connection_push(sock->connection);
	}
}

static bool has_peer(const struct sock *sock)
{
	return is_connected(sock) && connection_state(sock->connection) != CONNECTION_CLOSED &&
	       connection_state(sock->connection) != CONNECTION_SYN_SENT;
}

static const char *state_word(const struct sock *sock)
{
	if (sock->state == SOCK_LISTENING)
		return "listen";
	return connection_state_word(sock->connection != NULL ? connection_state(sock->connection)
	                                                      : CONNECTION_CLOSED);
}

const struct sock_ops sock_tcp_ops = {
	.proto = IPPROTO_TCP,
	.type = SOCK_STREAM,
	.open = open_tcp,
	.close = close_tcp,
	.connect = sock_tcp_connect,
	.disconnect = sock_tcp_disconnect,
	.listen = listen_tcp,
	.accept = accept_tcp,
	.shutdown = shut,
	.send = send_bytes,
	.receive = receive_bytes,
	.poll = poll_bits,
	.unread = unread,
	.unsent = unsent,
	.take_error = take_error,
	.settings_changed = settings_changed,
	.has_peer = has_peer,
	.state_word = state_word,
};
