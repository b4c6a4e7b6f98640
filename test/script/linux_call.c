#include <errno.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "script/names.h"
#include "script/stack_linux.h"

static int64_t or_error(int64_t result)
{
	return result < 0 ? -errno : result;
}

/* The machine's own choice may be another: scripts are written for what RFC 9438 says. */
static int64_t call_socket(const struct call_pattern *call)
{
	int flags = SOCK_CLOEXEC | (call->nonblocking ? SOCK_NONBLOCK : 0);
	int fd = socket(call->family, call->type | flags, call->protocol);

	if (fd >= 0 && call->protocol == IPPROTO_TCP)
		setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5);
	return or_error(fd);
}

static int64_t call_accept(int fd, struct call_io *io)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	int accepted = accept4(fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (accepted >= 0)
		stack_address_seen(io, &from, (int)len);
	return or_error(accepted);
}

static int64_t call_send(int fd, const struct call_pattern *call, const struct call_io *io)
{
	uint8_t address[128];
	int len = call->to.given ? stack_address(call, address) : 0;

	return or_error(sendto(fd, io->bytes, (size_t)call->amount, call->flags | MSG_NOSIGNAL,
	                       call->to.given ? (struct sockaddr *)(void *)address : NULL,
	                       (socklen_t)len));
}

static int64_t call_receive(int fd, const struct call_pattern *call, struct call_io *io)
{
	struct sockaddr_storage from;
	struct iovec part = { io->bytes, (size_t)call->amount };
	uint8_t control[512];
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof from,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof control,
	};
	ssize_t got = recvmsg(fd, &message, call->flags);

	if (got >= 0)
		stack_address_seen(io, &from, (int)message.msg_namelen);
	return or_error(got);
}

static int64_t call_set(int fd, const struct call_pattern *call)
{
	const struct option_name *option = call->option;
	int number = (int)call->values[0];
	struct linger linger = { (int)call->values[0], (int)call->values[1] };
	struct timeval time = { call->values[0] / 1000, call->values[0] % 1000 * 1000 };
	uint8_t bytes[SCRIPT_WORD_BYTES];
	socklen_t len = 0;

	switch (option->type) {
	case OPTION_LINGER:
		return or_error(
			setsockopt(fd, option->level, option->name, &linger, sizeof linger));
	case OPTION_TIME:
		return or_error(setsockopt(fd, option->level, option->name, &time, sizeof time));
	case OPTION_TEXT:
		return or_error(setsockopt(fd, option->level, option->name, call->text,
		                           (socklen_t)strlen(call->text)));
	case OPTION_BYTES:
		for (unsigned byte; sscanf(call->text + len * 2, "%2x", &byte) == 1;)
			bytes[len++] = (uint8_t)byte;
		return or_error(setsockopt(fd, option->level, option->name, bytes, len));
	default:
		return or_error(
			setsockopt(fd, option->level, option->name, &number, sizeof number));
	}
}

static int64_t get_text(int fd, const struct option_name *option, struct call_io *io)
{
	socklen_t len = sizeof io->text - 1;

	memset(io->text, 0, sizeof io->text);
	return or_error(getsockopt(fd, option->level, option->name, io->text, &len));
}

static int64_t call_get(int fd, const struct call_pattern *call, struct call_io *io)
{
	const struct option_name *option = call->option;
	struct timeval time = { 0 };
	struct linger linger = { 0 };
	int number = 0, failed;
	socklen_t len = sizeof number;

	switch (option->type) {
	case OPTION_TEXT:
	case OPTION_BYTES:
		return get_text(fd, option, io);
	case OPTION_TIME:
		len = sizeof time;
		failed = getsockopt(fd, option->level, option->name, &time, &len);
		io->values[0] = time.tv_sec * 1000 + time.tv_usec / 1000;
		return or_error(failed);
	case OPTION_LINGER:
		len = sizeof linger;
		failed = getsockopt(fd, option->level, option->name, &linger, &len);
		io->values[0] = linger.l_onoff;
		io->values[1] = linger.l_linger;
		return or_error(failed);
	default:
		failed = getsockopt(fd, option->level, option->name, &number, &len);
		io->values[0] = number;
		return or_error(failed);
	}
}

static int64_t call_poll(int fd)
{
	struct pollfd asked = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0 };

	return poll(&asked, 1, 0) < 0 ? -errno : asked.revents;
}

static int64_t call_name(int fd, bool peer, struct call_io *io)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof address;
	int failed = peer ? getpeername(fd, (struct sockaddr *)&address, &len)
	                  : getsockname(fd, (struct sockaddr *)&address, &len);

	if (failed == 0)
		stack_address_seen(io, &address, (int)len);
	return or_error(failed);
}

static int64_t call_info(int fd, struct call_io *io)
{
	socklen_t len = sizeof io->info;
	int failed = getsockopt(fd, IPPROTO_TCP, TCP_INFO, io->info, &len);

	io->info_len = failed == 0 ? len : 0;
	return or_error(failed);
}

static int64_t link_set(int fd, bool up)
{
	struct ifreq request = { 0 };

	memcpy(request.ifr_name, STACK_LINK, sizeof STACK_LINK);
	if (ioctl(fd, SIOCGIFFLAGS, &request) != 0)
		return -errno;
	request.ifr_flags = (short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
	return or_error(ioctl(fd, SIOCSIFFLAGS, &request));
}

/* The address becomes 0.0.0.0, which is to say none. */
static int64_t address_remove(int fd)
{
	struct ifreq request = { 0 };

	memcpy(request.ifr_name, STACK_LINK, sizeof STACK_LINK);
	request.ifr_addr.sa_family = AF_INET;
	return or_error(ioctl(fd, SIOCSIFADDR, &request));
}

static int64_t call_environment(const struct call_pattern *call)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int64_t result;

	if (fd < 0)
		return -errno;
	result = call->environment == ENVIRONMENT_ADDRESS_REMOVE
	                 ? address_remove(fd)
	                 : link_set(fd, call->environment == ENVIRONMENT_LINK_UP);
	close(fd);
	return result;
}

int64_t linux_call(int socket, const struct call_pattern *call, struct call_io *io)
{
	uint8_t address[128];

	switch (call->kind) {
	case CALL_SOCKET:
		return call_socket(call);
	case CALL_BIND:
		return or_error(bind(socket, (struct sockaddr *)(void *)address,
		                     (socklen_t)stack_address(call, address)));
	case CALL_CONNECT:
		return or_error(connect(socket, (struct sockaddr *)(void *)address,
		                        (socklen_t)stack_address(call, address)));
	case CALL_LISTEN:
		return or_error(listen(socket, (int)call->amount));
	case CALL_ACCEPT:
		return call_accept(socket, io);
	case CALL_SEND:
		return call_send(socket, call, io);
	case CALL_RECEIVE:
		return call_receive(socket, call, io);
	case CALL_SHUTDOWN:
		return or_error(shutdown(socket, (int)call->amount));
	case CALL_CLOSE:
		return or_error(close(socket));
	case CALL_SET:
		return call_set(socket, call);
	case CALL_GET:
		return call_get(socket, call, io);
	case CALL_POLL:
		return call_poll(socket);
	case CALL_NAME:
	case CALL_PEER:
		return call_name(socket, call->kind == CALL_PEER, io);
	case CALL_INFO:
		return call_info(socket, io);
	case CALL_ENVIRONMENT:
		return call_environment(call);
	default:
		return -EINVAL;
	}
}
