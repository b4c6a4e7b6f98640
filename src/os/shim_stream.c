#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "os/shim_inside.h"

/* Moved in one turn for one socket, so that others come in between. */
#define TURN_BYTES  (512U << 10)
#define CHUNK_BYTES (64U << 10)
#define SPANS       16
/* What programs may have on its way to us: as the kernel's default for its own sockets. */
#define PAIR_BYTES 212992

/*
 * A pending connect must not be writable, neither to poll() nor to write(): the smallest buffer is
 * filled to its brim. The program has not the descriptor's buffer enlarged again before SHIM_OPEN.
 */
int shim_stream_begin(struct shim_socket *s, int fd)
{
	static const uint8_t filler[512];
	int least = 1, most = PAIR_BYTES;
	ssize_t n;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
	(void)setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
	s->filler = 0;
	while ((n = send(fd, filler, sizeof filler, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		s->filler += (uint32_t)n;
	s->phase = SHIM_PENDING;
	return errno == EAGAIN ? 0 : -errno;
}

/* How the handshake ended is told once, as sock_connect() has it. */
static void tell_waiter(struct shim_socket *s)
{
	if (s->waiter != NULL)
		shim_server_tell(s, sock_connect(s->sock, s->address, s->address_len));
}

static bool hung_up(const struct shim_socket *s)
{
	struct pollfd poll_fd = { .fd = s->fd };

	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR)) != 0;
}

static bool drain_filler(struct shim_socket *s)
{
	while (s->filler > 0) {
		size_t want = s->filler < CHUNK_BYTES ? s->filler : CHUNK_BYTES;
		ssize_t n = recv(s->fd, s->server->bytes, want, MSG_DONTWAIT);

		if (n <= 0)
			return false;
		s->filler -= (uint32_t)n;
	}
	return true;
}

/* True: it is established. The line is said before the program can notice. */
static bool pending_turn(struct shim_socket *s)
{
	unsigned events = sock_poll(s->sock);

	if (events & (POLLERR | POLLHUP)) {
		tell_waiter(s);
		shim_socket_spend(s);
		return false;
	}
	if ((events & POLLOUT) == 0) {
		if (hung_up(s))
			shim_socket_free(s);
		return false;
	}
	s->phase = SHIM_RUNNING;
	shim_socket_say(s, SHIM_OPEN);
	if (!drain_filler(s)) {
		shim_socket_free(s);
		return false;
	}
	tell_waiter(s);
	return true;
}

/* Its bytes that nobody will read are a reason for a RST (RFC 1122, 4.2.2.13). */
static void program_is_gone(struct shim_socket *s, bool unread)
{
	static const struct linger at_once = { .l_onoff = 1 };

	if (unread)
		(void)!sock_option_set(s->sock, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	shim_socket_free(s);
}

/* Give the socket what is held. False: it takes no more now, or never. */
static bool send_held(struct shim_socket *s)
{
	while (s->held_len > 0) {
		int64_t n = sock_send(s->sock, s->held + s->held_at, s->held_len, 0, NULL, 0);

		if (n <= 0) {
			if (n != -EAGAIN)
				s->held_len = 0; /* it has an error: the other way tells */
			return false;
		}
		s->held_at += (uint32_t)n;
		s->held_len -= (uint32_t)n;
	}
	return true;
}

static void hold(struct shim_socket *s, const uint8_t *bytes, size_t len)
{
	memcpy(s->held, bytes, len);
	s->held_at = 0;
	s->held_len = (uint32_t)len;
}

/* The end of what the program sends: it has shut that down, or is gone. */
static void program_ends(struct shim_socket *s)
{
	bool gone = hung_up(s);

	s->program_ended = true;
	(void)!sock_shutdown(s->sock, SHUT_WR);
	if (gone)
		program_is_gone(s, false);
}

/* From the program to the network. False: no more now; *ret_moved counts. */
static bool move_up(struct shim_socket *s, size_t *moved)
{
	struct shim_server *server = s->server;
	int64_t taken;
	ssize_t n;

	if (!send_held(s) || s->program_ended || (sock_poll(s->sock) & POLLOUT) == 0 ||
	    shim_socket_hold(s) == NULL)
		return false;
	n = recv(s->fd, server->bytes, CHUNK_BYTES, MSG_DONTWAIT);
	if (n < 0) {
		if (errno == ECONNRESET)
			program_is_gone(s, true);
		return false;
	}
	if (n == 0) {
		program_ends(s);
		*moved += 1;
		return false;
	}
	*moved += (size_t)n;
	taken = sock_send(s->sock, server->bytes, (size_t)n, 0, NULL, 0);
	if (taken < 0 && taken != -EAGAIN)
		return false;
	if (taken < 0)
		taken = 0;
	if (taken < n)
		hold(s, server->bytes + taken, (size_t)(n - taken));
	return taken == n;
}

/* Nothing is left to be read: is that the end, an error, or for now? */
static void look_for_end(struct shim_socket *s)
{
	unsigned events = sock_poll(s->sock);
	uint8_t byte;

	if (events & POLLERR) {
		shim_socket_spend(s);
		return;
	}
	if ((events & (POLLIN | POLLRDHUP | POLLHUP)) == 0 ||
	    sock_receive(s->sock, &byte, 1, MSG_PEEK, NULL, NULL) != 0)
		return;
	shim_socket_say(s, SHIM_FIN);
	s->peer_ended = true;
	(void)shutdown(s->fd, SHUT_WR);
	if (s->program_ended)
		shim_socket_spend(s);
}

/* From the network to the program. */
static bool move_down(struct shim_socket *s, size_t *moved)
{
	struct iovec spans[SPANS];
	struct msghdr message = { .msg_iov = spans };
	size_t len = 0;
	ssize_t n;

	message.msg_iovlen = sock_spans(s->sock, spans, SPANS);
	for (size_t i = 0; i < message.msg_iovlen; i++)
		len += spans[i].iov_len;
	if (len == 0) {
		look_for_end(s);
		return false;
	}
	n = sendmsg(s->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno == EAGAIN) {
		s->full = true;
		return false;
	}
	/* The program reads no more (shutdown, or it is gone): what comes is dropped. */
	if (n < 0)
		n = (ssize_t)len;
	sock_consume(s->sock, (size_t)n);
	*moved += (size_t)n;
	s->full = (size_t)n < len;
	return !s->full;
}

/* Wait for what can change by the program; the network's side calls by itself. */
static void set_interest(struct shim_socket *s)
{
	unsigned interest = 0;

	if (!s->program_ended && s->held_len == 0 && (sock_poll(s->sock) & POLLOUT) != 0)
		interest |= LOOP_READ;
	if (s->full)
		interest |= LOOP_WRITE;
	shim_socket_interest(s, interest);
	if (!s->program_ended && (interest & LOOP_READ) == 0 && hung_up(s))
		shim_socket_unwatch(s);
}

bool shim_stream_turn(struct shim_socket *s)
{
	size_t up = 0, down = 0;

	if (s->phase == SHIM_PENDING && !pending_turn(s))
		return false;
	if (s->phase != SHIM_RUNNING)
		return false;
	if (s->program_ended && !s->peer_ended && hung_up(s)) {
		program_is_gone(s, false);
		return true;
	}
	while (up < TURN_BYTES && s->phase == SHIM_RUNNING && move_up(s, &up)) {
	}
	s->full = false;
	while (down < TURN_BYTES && s->phase == SHIM_RUNNING && !s->peer_ended &&
	       move_down(s, &down)) {
	}
	if (s->phase != SHIM_RUNNING)
		return true;
	set_interest(s);
	if (up >= TURN_BYTES || down >= TURN_BYTES)
		shim_socket_dirty(s);
	return up > 0 || down > 0;
}
