/*
 * socket_calls.c -- the calls that make, name and join sockets.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "shim/shim.h"

/* A bad pointer is the program's mistake and gets EFAULT from us, too, not a signal. */
int copy_in(void *to, const void *from, size_t len)
{
	struct iovec mine = { to, len }, theirs = { (void *)(uintptr_t)from, len };
	ssize_t n = process_vm_readv(getpid(), &mine, 1, &theirs, 1, 0);

	if (n == (ssize_t)len)
		return 0;
	if (n >= 0 || errno == EFAULT)
		return -EFAULT;
	memcpy(to, from, len); /* in a sandbox that has not the call */
	return 0;
}

bool is_loopback(const struct sockaddr *address, socklen_t len)
{
	struct sockaddr_in in;

	if (len < sizeof in || copy_in(&in, address, sizeof in) != 0)
		return false;
	return in.sin_family == AF_INET && ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* --- socket --------------------------------------------------------------------------------- */

static int open_pair_socket(int type, int flags)
{
	return real()->socket(AF_UNIX, (type == SOCK_STREAM ? SOCK_STREAM : SOCK_SEQPACKET) | flags,
	                      0);
}

/* A fresh socket of the router's on @fd, an AF_UNIX one. */
static int open_at_router(int fd, int type, int protocol)
{
	struct call call = {
		.request = { .call = SHIM_SOCKET, .a = type, .b = protocol },
		.fd = fd,
	};

	return router_call(&call);
}

SHIM_CALL int socket(int domain, int type, int protocol)
{
	int flags = type & (SOCK_NONBLOCK | SOCK_CLOEXEC), plain = type & ~flags;
	int fd, result;

	if (domain == AF_INET6)
		return failed(EAFNOSUPPORT);
	if (domain != AF_INET) {
		fd = real()->socket(domain, type, protocol);
		descriptor_forget(fd);
		return fd;
	}
	if (plain != SOCK_STREAM && plain != SOCK_DGRAM)
		return failed(plain == SOCK_RAW ? EPERM : ESOCKTNOSUPPORT);
	fd = open_pair_socket(plain, flags);
	if (fd < 0)
		return fd;
	result = open_at_router(fd, plain, protocol);
	descriptor_forget(fd);
	if (result >= 0)
		return fd;
	real()->close(fd);
	return failed(result);
}

/* --- putting another socket in the place of ours --------------------------------------------- */

/* What the kernel itself keeps for ours. */
static void copy_timeouts(int from, int to)
{
	static const int names[] = { SO_RCVTIMEO, SO_SNDTIMEO };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct timeval time;
		socklen_t len = sizeof time;

		if (real()->getsockopt(from, SOL_SOCKET, names[i], &time, &len) == 0)
			(void)real()->setsockopt(to, SOL_SOCKET, names[i], &time, len);
	}
}

/* @other takes over the number of @fd, with its flags; it is closed. */
static int replace(int fd, int other)
{
	int status = real()->fcntl(fd, F_GETFL), flags = real()->fcntl(fd, F_GETFD);
	int result;

	copy_timeouts(fd, other);
	if (status >= 0 && (status & O_NONBLOCK) != 0)
		(void)real()->fcntl(other, F_SETFL, O_NONBLOCK);
	result = real()->dup3(other, fd, (flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0);
	if (result < 0)
		result = -errno;
	real()->close(other);
	descriptor_forget(fd);
	return result < 0 ? result : 0;
}

static void copy_option(int to, uint64_t badge, int level, int name)
{
	uint8_t value[16];
	struct call call = {
		.request = { .call = SHIM_GET,
		             .badge = badge,
		             .a = level,
		             .b = name,
		             .c = sizeof value },
		.out = value,
		.room = sizeof value,
		.fd = -1,
	};

	if (router_call(&call) == 0)
		(void)real()->setsockopt(to, level, name, value, call.answer.tail_len);
}

int socket_to_kernel(int fd, uint64_t badge)
{
	static const int options[][2] = {
		{ SOL_SOCKET, SO_REUSEADDR }, { SOL_SOCKET, SO_REUSEPORT },
		{ SOL_SOCKET, SO_KEEPALIVE }, { SOL_SOCKET, SO_BROADCAST },
		{ SOL_SOCKET, SO_LINGER },    { IPPROTO_IP, IP_TOS },
		{ IPPROTO_TCP, TCP_NODELAY },
	};
	bool stream = shim_badge_kind(badge) == SHIM_STREAM;
	int other = real()->socket(AF_INET, stream ? SOCK_STREAM : SOCK_DGRAM, 0);

	if (other < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_LEN(options) - !stream; i++)
		copy_option(other, badge, options[i][0], options[i][1]);
	return replace(fd, other);
}

/* One that has served goes on as a fresh one: with the same number, and at the router the same
 * socket with its name and options. */
static int renew(int fd, uint64_t badge)
{
	struct call call = { .request = { .call = SHIM_RENEW, .badge = badge } };
	int result;

	call.fd = open_pair_socket(SOCK_STREAM, SOCK_CLOEXEC);
	if (call.fd < 0)
		return -errno;
	result = router_call(&call);
	if (result == -EBADF) /* it has been too long */
		result = open_at_router(call.fd, SOCK_STREAM, 0);
	if (result >= 0)
		return replace(fd, call.fd);
	real()->close(call.fd);
	return result;
}

/* --- connect -------------------------------------------------------------------------------- */

static int64_t send_timeout_us(int fd)
{
	struct timeval time = { 0 };
	socklen_t len = sizeof time;

	(void)real()->getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, &len);
	return time.tv_sec * 1000000LL + time.tv_usec;
}

static int ask_connect(int fd, uint64_t badge, const struct iovec *address, int64_t wait_us,
                       uint8_t *ret_flags)
{
	struct call call = {
		.request = { .call = SHIM_CONNECT,
		             .badge = badge,
		             .flags = wait_us >= 0 ? SHIM_WAIT : 0 },
		.tail = address,
		.ntail = 1,
		.fd = fd,
		.wait_us = wait_us > 0 ? wait_us : 0,
	};
	int result = router_call(&call);

	*ret_flags = call.answer.flags;
	return result;
}

/* A blocking one then waits for the outcome: by recv(), so that signals, SA_RESTART and the time
 * limit do what they do to the kernel's connect(). */
static int connect_once(int fd, uint64_t badge, const struct iovec *address, uint8_t *ret_flags)
{
	int result = ask_connect(fd, badge, address, -1, ret_flags);
	uint8_t none;
	int outcome;

	if ((result != -EINPROGRESS && result != -EALREADY) ||
	    shim_badge_kind(badge) != SHIM_STREAM || (real()->fcntl(fd, F_GETFL) & O_NONBLOCK) != 0)
		return result;
	outcome = ask_connect(fd, badge, address, send_timeout_us(fd), &none);
	return outcome == -EAGAIN ? result : outcome;
}

static int connect_ours(int fd, uint64_t badge, const struct sockaddr *address, socklen_t len)
{
	struct iovec part = { (void *)(uintptr_t)address, len };
	uint8_t flags;
	int result = connect_once(fd, badge, &part, &flags);

	if (result == 0 && (flags & (SHIM_USED_UP | SHIM_CLOSED)) != 0) {
		result = renew(fd, badge);
		if (result == 0 && (flags & SHIM_USED_UP) != 0 && descriptor_kind(fd, &badge) != 0)
			result = connect_once(fd, badge, &part, &flags);
	}
	if (result < 0)
		return failed(result);
	if (shim_badge_kind(badge) == SHIM_STREAM)
		descriptor_noticed(fd, badge);
	else
		told("connected", badge);
	return 0;
}

SHIM_CALL int connect(int fd, __CONST_SOCKADDR_ARG address_arg, socklen_t len)
{
	const struct sockaddr *address = address_arg.__sockaddr__;
	uint64_t badge;
	int kind = descriptor_kind(fd, &badge), error;

	if (kind == 0)
		return real()->connect(fd, address, len);
	if ((int)len < 0 || len > SHIM_ADDRESS_BYTES)
		return failed(EINVAL);
	if (!is_loopback(address, len))
		return connect_ours(fd, badge, address, len);
	error = socket_to_kernel(fd, badge);
	return error < 0 ? failed(error) : real()->connect(fd, address, len);
}

/* --- bind, listen, accept ------------------------------------------------------------------- */

SHIM_CALL int bind(int fd, __CONST_SOCKADDR_ARG address_arg, socklen_t len)
{
	const struct sockaddr *address = address_arg.__sockaddr__;
	struct iovec part = { (void *)(uintptr_t)address, len };
	struct call call = {
		.request = { .call = SHIM_BIND }, .tail = &part, .ntail = 1, .fd = -1
	};
	int error;

	if (descriptor_kind(fd, &call.request.badge) == 0)
		return real()->bind(fd, address, len);
	if ((int)len < 0 || len > SHIM_ADDRESS_BYTES)
		return failed(EINVAL);
	if (is_loopback(address, len)) {
		error = socket_to_kernel(fd, call.request.badge);
		return error < 0 ? failed(error) : real()->bind(fd, address, len);
	}
	error = router_call(&call);
	return error < 0 ? failed(error) : 0;
}

SHIM_CALL int listen(int fd, int backlog)
{
	struct call call = { .request = { .call = SHIM_LISTEN, .a = backlog }, .fd = fd };
	int error;

	if (descriptor_kind(fd, &call.request.badge) == 0)
		return real()->listen(fd, backlog);
	error = router_call(&call);
	if (error < 0)
		return failed(error);
	told("listening", call.request.badge);
	return 0;
}

/* The other end's name says which connection it is. */
static bool read_label(int fd, struct shim_label *ret_label)
{
	struct sockaddr_un name;
	socklen_t len = sizeof name;

	if (real()->getpeername(fd, (struct sockaddr *)&name, &len) != 0 ||
	    len != offsetof(struct sockaddr_un, sun_path) + 1 + sizeof *ret_label)
		return false;
	memcpy(ret_label, name.sun_path + 1, sizeof *ret_label);
	return name.sun_path[0] == '\0' &&
	       memcmp(ret_label->towpath, SHIM_LABEL, sizeof ret_label->towpath) == 0 &&
	       shim_badge_good(ret_label->badge);
}

static void give_address(const struct shim_label *label, struct sockaddr *address, socklen_t *len)
{
	socklen_t whole = sizeof(struct sockaddr_in);

	if (address == NULL || len == NULL)
		return;
	memcpy(address, label->address, *len < whole ? *len : whole);
	*len = whole;
}

SHIM_CALL int accept4(int fd, __SOCKADDR_ARG address_arg, socklen_t *len, int flags)
{
	struct sockaddr *address = address_arg.__sockaddr__;
	struct shim_label label;
	uint64_t badge;
	int connection;

	if (descriptor_kind(fd, &badge) == 0) {
		connection = real()->accept4(fd, address, len, flags);
		descriptor_forget(connection);
		return connection;
	}
	if (shim_badge_kind(badge) != SHIM_STREAM)
		return failed(EOPNOTSUPP);
	connection = real()->accept4(fd, NULL, NULL, flags);
	if (connection < 0)
		return connection;
	descriptor_forget(connection);
	if (!read_label(connection, &label)) {
		real()->close(connection);
		return failed(ECONNABORTED);
	}
	(void)real()->setsockopt(connection, SOL_SOCKET, SO_MAX_PACING_RATE, &label.badge,
	                         sizeof label.badge);
	give_address(&label, address, len);
	if (router_verbose())
		told("accepted", label.badge);
	return connection;
}

SHIM_CALL int accept(int fd, __SOCKADDR_ARG address_arg, socklen_t *len)
{
	return accept4(fd, address_arg, len, 0);
}

/* --- names ---------------------------------------------------------------------------------- */

static int get_name(enum shim_call what, uint64_t badge, struct sockaddr *address, socklen_t *len)
{
	struct call call = {
		.request = { .call = (uint8_t)what, .badge = badge },
		.out = address,
		.fd = -1,
	};
	int result;

	if ((int)*len < 0)
		return failed(EINVAL);
	call.room = *len;
	result = router_call(&call);
	if (result < 0)
		return failed(result == -EBADF ? ENOTCONN : result);
	*len = call.answer.tail_len;
	return 0;
}

SHIM_CALL int getsockname(int fd, __SOCKADDR_ARG address_arg, socklen_t *len)
{
	uint64_t badge;

	if (descriptor_kind(fd, &badge) == 0)
		return real()->getsockname(fd, address_arg.__sockaddr__, len);
	return get_name(SHIM_NAME, badge, address_arg.__sockaddr__, len);
}

SHIM_CALL int getpeername(int fd, __SOCKADDR_ARG address_arg, socklen_t *len)
{
	uint64_t badge;

	if (descriptor_kind(fd, &badge) == 0)
		return real()->getpeername(fd, address_arg.__sockaddr__, len);
	return get_name(SHIM_PEER, badge, address_arg.__sockaddr__, len);
}
