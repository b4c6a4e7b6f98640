#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/iface.h"
#include "host/host.h"
#include "lib/text.h"
#include "os/shim_inside.h"

/* What a call finds: the socket of the badge, and what came along. Answers with the result. */
typedef int call_handler(struct shim_work *work, struct shim_socket *s);

static struct shim_server *server_of(const struct shim_work *work)
{
	return work->client->server;
}

/* --- opening ------------------------------------------------------------------------------- */

/* As the kernel has it for /proc/PID/comm; empty when it is gone already. */
static void name_program(struct sock_owner *owner)
{
	char path[40];
	FILE *file;

	snprintf(path, sizeof path, "/proc/%u/comm", owner->pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(owner->program, sizeof owner->program, file) != NULL)
		owner->program[strcspn(owner->program, "\n")] = '\0';
	fclose(file);
}

static int wear(int fd, uint64_t badge)
{
	return setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &badge, sizeof badge) < 0 ? -errno
	                                                                                : 0;
}

/* @fd must be what our library makes: what else a program sends is not touched. */
static bool is_fresh(int fd, enum shim_kind kind)
{
	int domain = 0, type = 0;
	socklen_t len = sizeof domain;

	return fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && domain == AF_UNIX &&
	       type == (kind == SHIM_STREAM ? SOCK_STREAM : SOCK_SEQPACKET);
}

/* Datagrams need no connection: theirs is a pair from the start. */
static int join(struct shim_socket *s, int fd)
{
	struct shim_server *server = s->server;
	int end, error = wear(fd, shim_socket_badge(s));

	if (error != 0)
		return error;
	if (s->kind == SHIM_STREAM)
		return shim_socket_enroll(s, fd);
	error = shim_door_pair(&server->datagrams, fd, &end);
	if (error == 0)
		error = shim_socket_pair(s, end);
	if (error == 0) {
		s->phase = SHIM_RUNNING;
		shim_socket_interest(s, LOOP_READ);
	}
	return error;
}

static int open_sock(struct shim_work *work, struct shim_socket *s)
{
	struct host *host = server_of(work)->host;
	const struct shim_request *request = &work->request;
	int error = sock_open(host, AF_INET, request->a, request->b, &s->sock);

	/* Those that nobody has any more may be what is in the way. */
	if (error == -ENFILE) {
		shim_socket_roll_call(server_of(work));
		error = sock_open(host, AF_INET, request->a, request->b, &s->sock);
	}
	if (error != 0)
		return error;
	s->owner.pid = work->client->pid;
	s->owner.uid = work->client->uid;
	name_program(&s->owner);
	sock_own(s->sock, &s->owner);
	sock_watch(s->sock, shim_socket_changed, s);
	return 0;
}

static int call_socket(struct shim_work *work, struct shim_socket *none)
{
	int type = work->request.a & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
	enum shim_kind kind = type == SOCK_STREAM ? SHIM_STREAM : SHIM_DATAGRAMS;
	struct shim_socket *s;
	int error;

	(void)none;
	if (type != SOCK_STREAM && type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	if (!is_fresh(work->fd, kind))
		return -EINVAL;
	s = shim_socket_new(server_of(work), kind);
	if (s == NULL)
		return -ENFILE;
	error = open_sock(work, s);
	if (error == 0)
		error = join(s, work->fd);
	if (error != 0) {
		shim_socket_free(s);
		return error;
	}
	work->answer.badge = shim_socket_badge(s);
	return 0;
}

/* A connection that has ended, or a listener, becomes a fresh socket, with its options and name. */
static int call_renew(struct shim_work *work, struct shim_socket *s)
{
	int error;

	if (s->phase != SHIM_SPENT || s->kind != SHIM_STREAM || s->sock == NULL ||
	    !is_fresh(work->fd, SHIM_STREAM))
		return -EINVAL;
	error = wear(work->fd, shim_socket_badge(s));
	if (error == 0)
		error = shim_socket_enroll(s, work->fd);
	if (error != 0)
		return error;
	s->phase = SHIM_FRESH;
	s->program_ended = s->peer_ended = s->full = false;
	s->held_len = 0;
	shim_socket_unsay(s, SHIM_FIN | SHIM_OPEN);
	work->answer.badge = shim_socket_badge(s);
	return 0;
}

/* --- names and states ---------------------------------------------------------------------- */

static int call_bind(struct shim_work *work, struct shim_socket *s)
{
	int len = (int)work->request.tail_len;
	int error = sock_bind(s->sock, work->tail, len);

	if (error == -EADDRINUSE) {
		shim_socket_roll_call(s->server);
		error = sock_bind(s->sock, work->tail, len);
	}
	return error;
}

/* The program's descriptor becomes one end of a pair that can't be written yet. */
static int begin_connection(struct shim_work *work, struct shim_socket *s)
{
	int end, error;

	if (!is_fresh(work->fd, SHIM_STREAM))
		return -EINVAL;
	error = shim_door_pair(&s->server->streams, work->fd, &end);
	if (error == 0)
		error = shim_socket_pair(s, end);
	if (error == 0)
		error = shim_stream_begin(s, work->fd);
	if (error == 0)
		shim_socket_strike(s, work->fd);
	return error;
}

static bool disconnects(const struct shim_work *work)
{
	sa_family_t family = AF_INET;

	if (work->request.tail_len >= sizeof family)
		memcpy(&family, work->tail, sizeof family);
	return family == AF_UNSPEC;
}

/* connect(AF_UNSPEC) on a socket that has a pair or listens: that one's part is over. */
static void disconnect(struct shim_work *work, struct shim_socket *s)
{
	if (s->kind != SHIM_STREAM || s->phase == SHIM_FRESH)
		return;
	if (s->waiter != NULL)
		shim_server_tell(s, -EPIPE);
	if (s->phase == SHIM_LISTENING) {
		close(s->path_fd);
		s->path_fd = -1;
		if (work->fd >= 0)
			shim_socket_strike(s, work->fd);
	}
	if (s->phase != SHIM_SPENT)
		shim_socket_spend(s);
	work->answer.flags |= SHIM_CLOSED;
}

static void wait_for_it(struct shim_work *work, struct shim_socket *s)
{
	size_t len = work->request.tail_len;

	if (len > sizeof s->address)
		len = sizeof s->address; /* nobody looks at more of it */
	memcpy(s->address, work->tail, len);
	s->address_len = (uint8_t)len;
	s->waiter = work->client;
	work->client->waits_for = s;
	work->later = true;
}

static int call_connect(struct shim_work *work, struct shim_socket *s)
{
	int len = (int)work->request.tail_len;
	bool fresh = s->phase == SHIM_FRESH;
	int error;

	/* It can't be begun with a descriptor that is used up; how it ended is told before. */
	if (s->phase == SHIM_SPENT && s->kind == SHIM_STREAM && !disconnects(work) &&
	    (sock_poll(s->sock) & POLLERR) == 0) {
		work->answer.flags |= SHIM_USED_UP;
		return 0;
	}
	error = sock_connect(s->sock, work->tail, len);
	if (error == 0 && disconnects(work))
		disconnect(work, s);
	if (s->kind != SHIM_STREAM || disconnects(work))
		return error;
	if (fresh && (error == 0 || error == -EINPROGRESS)) {
		int failed = begin_connection(work, s);

		if (failed != 0) {
			shim_socket_spend(s);
			return failed;
		}
		shim_socket_dirty(s);
	}
	if ((error == -EINPROGRESS || error == -EALREADY) &&
	    (work->request.flags & SHIM_WAIT) != 0 && s->waiter == NULL)
		wait_for_it(work, s);
	return error;
}

/* Listening once more only changes the backlog (listen(2)). */
static int call_listen(struct shim_work *work, struct shim_socket *s)
{
	int error;

	if (s->kind != SHIM_STREAM)
		return -EOPNOTSUPP;
	if (s->phase != SHIM_FRESH && s->phase != SHIM_LISTENING)
		return -EINVAL;
	if (!is_fresh(work->fd, SHIM_STREAM))
		return -EINVAL;
	error = sock_listen(s->sock, work->request.a);
	if (error == -EADDRINUSE) {
		shim_socket_roll_call(s->server);
		error = sock_listen(s->sock, work->request.a);
	}
	if (error != 0)
		return error;
	if (s->phase == SHIM_LISTENING)
		return listen(work->fd, work->request.a) < 0 ? -errno : 0;
	error = shim_door_listen(work->fd, s->server->address.sun_path, work->request.a,
	                         &s->path_fd);
	if (error != 0)
		return error;
	s->phase = SHIM_LISTENING;
	shim_socket_dirty(s);
	return 0;
}

static int give_name(struct shim_work *work, struct shim_socket *s, bool peer)
{
	int len = SHIM_ADDRESS_BYTES;
	int error = peer ? sock_peer_name(s->sock, work->out, &len)
	                 : sock_name(s->sock, work->out, &len);

	if (error == 0)
		work->answer.tail_len = (uint32_t)len;
	return error;
}

static int call_name(struct shim_work *work, struct shim_socket *s)
{
	return give_name(work, s, false);
}

static int call_peer(struct shim_work *work, struct shim_socket *s)
{
	return give_name(work, s, true);
}

/* --- options -------------------------------------------------------------------------------- */

static int call_set(struct shim_work *work, struct shim_socket *s)
{
	return sock_option_set(s->sock, work->request.a, work->request.b, work->tail,
	                       (int)work->request.tail_len);
}

static int call_get(struct shim_work *work, struct shim_socket *s)
{
	int len = work->request.c;
	int error;

	if (len < 0)
		return -EINVAL;
	if (len > SHIM_VALUE_BYTES)
		len = SHIM_VALUE_BYTES;
	error = sock_option_get(s->sock, work->request.a, work->request.b, work->out, &len);
	if (error == 0)
		work->answer.tail_len = (uint32_t)len;
	return error;
}

static int call_error(struct shim_work *work, struct shim_socket *s)
{
	int error = 0, len = sizeof error;
	int failed = sock_option_get(s->sock, SOL_SOCKET, SO_ERROR, &error, &len);

	return failed != 0 ? failed : error;
}

static int call_unsent(struct shim_work *work, struct shim_socket *s)
{
	return (int)sock_unsent(s->sock) + (int)s->held_len;
}

/* While bytes may be on their way through the pair, shutting down goes through it behind them. */
static int call_shutdown(struct shim_work *work, struct shim_socket *s)
{
	int error;

	if (s->phase == SHIM_RUNNING && s->kind == SHIM_STREAM)
		return 0;
	error = sock_shutdown(s->sock, work->request.a);
	if (error == 0 && s->phase == SHIM_PENDING)
		shim_socket_dirty(s);
	return error;
}

static int call_send(struct shim_work *work, struct shim_socket *s)
{
	if (s->kind != SHIM_DATAGRAMS)
		return -EINVAL;
	return (int)shim_datagram_send(s, work->tail, work->request.tail_len, work->request.a);
}

/* --- for people ----------------------------------------------------------------------------- */

static void print_end(const struct sock_end *end, struct text *out)
{
	ip_addr_print(&end->addr, out);
	text_printf(out, ":%u", end->port);
}

static int call_way(struct shim_work *work, struct shim_socket *s)
{
	struct text out = text_into((char *)work->out, SHIM_VALUE_BYTES);
	struct sock_info info;
	struct route route;

	sock_describe(s->sock, &info);
	text_add(&out, info.proto == IPPROTO_TCP   ? "tcp "
	               : info.proto == IPPROTO_UDP ? "udp "
	                                           : "icmp ");
	print_end(&info.local, &out);
	if (info.remote.port != 0 || info.proto == IPPROTO_ICMP) {
		text_add(&out, " -> ");
		print_end(&info.remote, &out);
	}
	if (info.remote.addr.family == IP_V4 && !ip4_is_zero(info.remote.addr.v4) &&
	    sock_route(s->sock, &route) == 0) {
		const struct iface *iface = iface_get_const(server_of(work)->host->net, route.out);

		text_printf(&out, " by %s", iface != NULL ? iface->name : "the router itself");
		if (!ip4_equal(route.next_hop, info.remote.addr.v4)) {
			text_add(&out, " via ");
			ip4_print(route.next_hop, &out);
		}
	}
	work->answer.tail_len = (uint32_t)out.len;
	return 0;
}

static int call_check(struct shim_work *work, struct shim_socket *none)
{
	return 0;
}

static int call_gone(struct shim_work *work, struct shim_socket *s)
{
	work->silent = true;
	shim_socket_roll_call(server_of(work));
	return 0;
}

static call_handler *const handlers[SHIM_CALLS] = {
	[SHIM_CHECK] = call_check,   [SHIM_SOCKET] = call_socket,     [SHIM_RENEW] = call_renew,
	[SHIM_BIND] = call_bind,     [SHIM_CONNECT] = call_connect,   [SHIM_LISTEN] = call_listen,
	[SHIM_NAME] = call_name,     [SHIM_PEER] = call_peer,         [SHIM_SET] = call_set,
	[SHIM_GET] = call_get,       [SHIM_SHUTDOWN] = call_shutdown, [SHIM_ERROR] = call_error,
	[SHIM_UNSENT] = call_unsent, [SHIM_SEND] = call_send,         [SHIM_WAY] = call_way,
	[SHIM_GONE] = call_gone,
};

static bool needs_socket(uint8_t call)
{
	return call != SHIM_CHECK && call != SHIM_SOCKET && call != SHIM_GONE;
}

void shim_calls_answer(struct shim_work *work)
{
	struct shim_socket *s = shim_socket_of(server_of(work), work->request.badge);

	if (needs_socket(work->request.call) && (s == NULL || s->sock == NULL)) {
		work->answer.result = -EBADF;
		return;
	}
	work->answer.result = handlers[work->request.call](work, s);
}
