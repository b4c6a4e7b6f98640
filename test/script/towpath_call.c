#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "script/names.h"
#include "script/stack_towpath.h"

#ifndef IP_LOCAL_PORT_RANGE /* Linux 6.3 */
#define IP_LOCAL_PORT_RANGE 51
#endif

/* --- sockets -----------------------------------------------------------------------------------
 */

static int64_t put(struct towpath_sockets *sockets, struct sock *sock, bool nonblocking)
{
	if (sockets->n == STACK_SOCKETS_MAX) {
		sock_close(sock);
		return -EMFILE;
	}
	sockets->socks[sockets->n] = sock;
	sockets->nonblocking[sockets->n] = nonblocking;
	return sockets->n++;
}

static int64_t call_socket(struct towpath_sockets *sockets, const struct call_pattern *call)
{
	struct sock *sock;
	int error = sock_open(sockets->host, call->family, call->type, call->protocol, &sock);

	if (error == 0 && sockets->ports != 0)
		error = sock_option_set(sock, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &sockets->ports,
		                        sizeof sockets->ports);
	return error < 0 ? error : put(sockets, sock, call->nonblocking);
}

static int64_t call_accept(struct towpath_sockets *sockets, struct sock *sock, struct call_io *io)
{
	struct sockaddr_storage from;
	int len = sizeof from;
	struct sock *accepted;
	int error = sock_accept(sock, &from, &len, &accepted);

	if (error < 0)
		return error;
	stack_address_seen(io, &from, len);
	return put(sockets, accepted, true);
}

void towpath_sockets_ports(struct towpath_sockets *sockets, const struct script *script)
{
	for (unsigned i = 0; i < script->n_settings; i++) {
		const struct setting *setting = &script->settings[i];

		if (setting->name->kind == SETTING_LOCAL_PORTS)
			sockets->ports = (uint32_t)strtoul(setting->words[1], NULL, 10) << 16 |
			                 (uint32_t)strtoul(setting->words[0], NULL, 10);
	}
}

void towpath_sockets_close(struct towpath_sockets *sockets)
{
	for (int i = 0; i < sockets->n; i++)
		if (sockets->socks[i] != NULL)
			sock_close(sockets->socks[i]);
}

/* --- options -----------------------------------------------------------------------------------
 */

static int64_t call_set(struct sock *sock, const struct call_pattern *call)
{
	const struct option_name *option = call->option;
	int number = (int)call->values[0];
	struct linger linger = { (int)call->values[0], (int)call->values[1] };
	struct timeval time = { call->values[0] / 1000, call->values[0] % 1000 * 1000 };
	uint8_t bytes[SCRIPT_WORD_BYTES];
	int len = 0;

	switch (option->type) {
	case OPTION_LINGER:
		return sock_option_set(sock, option->level, option->name, &linger, sizeof linger);
	case OPTION_TIME:
		return sock_option_set(sock, option->level, option->name, &time, sizeof time);
	case OPTION_TEXT:
		return sock_option_set(sock, option->level, option->name, call->text,
		                       (int)strlen(call->text));
	case OPTION_BYTES:
		for (unsigned byte; sscanf(call->text + len * 2, "%2x", &byte) == 1;)
			bytes[len++] = (uint8_t)byte;
		return sock_option_set(sock, option->level, option->name, bytes, len);
	default:
		return sock_option_set(sock, option->level, option->name, &number, sizeof number);
	}
}

static int64_t call_get(struct sock *sock, const struct call_pattern *call, struct call_io *io)
{
	const struct option_name *option = call->option;
	struct timeval time = { 0 };
	struct linger linger = { 0 };
	int number = 0, error, len;

	switch (option->type) {
	case OPTION_TEXT:
	case OPTION_BYTES:
		memset(io->text, 0, sizeof io->text);
		len = sizeof io->text - 1;
		return sock_option_get(sock, option->level, option->name, io->text, &len);
	case OPTION_TIME:
		len = sizeof time;
		error = sock_option_get(sock, option->level, option->name, &time, &len);
		io->values[0] = time.tv_sec * 1000 + time.tv_usec / 1000;
		return error;
	case OPTION_LINGER:
		len = sizeof linger;
		error = sock_option_get(sock, option->level, option->name, &linger, &len);
		io->values[0] = linger.l_onoff;
		io->values[1] = linger.l_linger;
		return error;
	default:
		len = sizeof number;
		error = sock_option_get(sock, option->level, option->name, &number, &len);
		io->values[0] = number;
		return error;
	}
}

static int64_t call_info(struct sock *sock, struct call_io *io)
{
	int len = sizeof io->info;
	int error = sock_option_get(sock, IPPROTO_TCP, 11 /* TCP_INFO */, io->info, &len);

	io->info_len = error == 0 ? (unsigned)len : 0;
	return error;
}

/* --- the rest ----------------------------------------------------------------------------------
 */

static int64_t call_name(struct sock *sock, bool peer, struct call_io *io)
{
	struct sockaddr_storage address;
	int len = sizeof address;
	int error = peer ? sock_peer_name(sock, &address, &len) : sock_name(sock, &address, &len);

	if (error == 0)
		stack_address_seen(io, &address, len);
	return error;
}

static int64_t call_send(struct sock *sock, const struct call_pattern *call,
                         const struct call_io *io)
{
	uint8_t address[128];
	int len = call->to.given ? stack_address(call, address) : 0;

	return sock_send(sock, io->bytes, (size_t)call->amount, call->flags | MSG_NOSIGNAL,
	                 call->to.given ? address : NULL, len);
}

static int64_t call_receive(struct waiting_call *waiting, struct sock *sock)
{
	struct sockaddr_storage from;
	const struct call_pattern *call = waiting->call;
	uint8_t control[512] __attribute__((aligned(8)));
	struct sock_message message = {
		.name = &from,
		.name_len = sizeof from,
		.bytes = waiting->io->bytes + waiting->moved,
		.n = (size_t)(call->amount - waiting->moved),
		.control = control,
		.control_len = sizeof control,
	};
	int64_t got = sock_receive_message(sock, &message, call->flags);

	if (got >= 0)
		stack_address_seen(waiting->io, &from, message.name_len);
	return got;
}

static int64_t call_close(struct towpath_sockets *sockets, int socket)
{
	sock_close(sockets->socks[socket]);
	sockets->socks[socket] = NULL;
	return 0;
}

/* Of a blocking connect the second asking gives the outcome, once it is known. */
static int64_t call_connect(struct waiting_call *waiting, struct sock *sock)
{
	uint8_t address[128];
	int len = stack_address(waiting->call, address);
	bool known = sock_poll(sock) & (POLLOUT | POLLERR | POLLHUP);

	if (waiting->asked && !known)
		return waiting->result;
	return sock_connect(sock, address, len);
}

static int64_t call_once(struct waiting_call *waiting, struct towpath_sockets *sockets)
{
	const struct call_pattern *call = waiting->call;
	struct sock *sock = waiting->socket >= 0 ? sockets->socks[waiting->socket] : NULL;
	uint8_t address[128];

	if (call->kind == CALL_SOCKET)
		return call_socket(sockets, call);
	if (sock == NULL)
		return -EBADF;
	switch (call->kind) {
	case CALL_BIND:
		return sock_bind(sock, address, stack_address(call, address));
	case CALL_CONNECT:
		return call_connect(waiting, sock);
	case CALL_LISTEN:
		return sock_listen(sock, (int)call->amount);
	case CALL_ACCEPT:
		return call_accept(sockets, sock, waiting->io);
	case CALL_SEND:
		return call_send(sock, call, waiting->io);
	case CALL_RECEIVE:
		return call_receive(waiting, sock);
	case CALL_SHUTDOWN:
		return sock_shutdown(sock, (int)call->amount);
	case CALL_CLOSE:
		return call_close(sockets, waiting->socket);
	case CALL_SET:
		return call_set(sock, call);
	case CALL_GET:
		return call_get(sock, call, waiting->io);
	case CALL_POLL:
		return sock_poll(sock) &
		       (POLLIN | POLLOUT | POLLPRI | POLLERR | POLLHUP | POLLRDHUP);
	case CALL_NAME:
	case CALL_PEER:
		return call_name(sock, call->kind == CALL_PEER, waiting->io);
	case CALL_INFO:
		return call_info(sock, waiting->io);
	default:
		return -EINVAL;
	}
}

/* --- waiting -----------------------------------------------------------------------------------
 */

void waiting_call_begin(struct waiting_call *waiting, struct towpath_sockets *sockets, int socket,
                        const struct call_pattern *call, struct call_io *io, int64_t now_us)
{
	bool sending = call->kind == CALL_SEND || call->kind == CALL_CONNECT;
	int64_t timeout_ms = -1;

	if (socket >= 0 && sockets->socks[socket] != NULL)
		timeout_ms = sock_timeout_ms(sockets->socks[socket], sending);
	*waiting = (struct waiting_call){
		.socket = socket,
		.call = call,
		.io = io,
		.until_us = timeout_ms >= 0 ? now_us + timeout_ms * 1000 : -1,
	};
}

static bool must_wait(const struct waiting_call *waiting, const struct towpath_sockets *sockets)
{
	int64_t result = waiting->result;

	if (waiting->socket < 0 || sockets->nonblocking[waiting->socket] ||
	    waiting->call->flags & MSG_DONTWAIT)
		return false;
	if (waiting->call->kind == CALL_CONNECT)
		return result == -EINPROGRESS || result == -EALREADY;
	if (waiting->call->kind == CALL_RECEIVE && waiting->call->flags & MSG_WAITALL && result > 0)
		return waiting->moved < waiting->call->amount;
	return result == -EAGAIN;
}

bool waiting_call_ask(struct waiting_call *waiting, struct towpath_sockets *sockets, int64_t now_us)
{
	if (waiting->done)
		return true;
	waiting->result = call_once(waiting, sockets);
	waiting->asked = true;
	waiting->at_us = now_us;
	if (waiting->call->kind == CALL_RECEIVE && waiting->result > 0)
		waiting->moved += waiting->result;
	waiting->done = !must_wait(waiting, sockets) ||
	                (waiting->until_us >= 0 && now_us >= waiting->until_us);
	if (waiting->done && waiting->moved > 0)
		waiting->result = waiting->moved;
	return waiting->done;
}
