/*
 * option_calls.c -- options, shutdown, ioctl.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#include "shim/shim.h"

/* What the kernel does for ours as it does for its own: it is the kernel that waits. */
static bool is_the_kernels(int level, int name)
{
	if (level != SOL_SOCKET)
		return false;
	switch (name) {
	case SO_RCVTIMEO:
	case SO_SNDTIMEO:
#if SO_RCVTIMEO != SO_RCVTIMEO_NEW
	case SO_RCVTIMEO_NEW:
	case SO_SNDTIMEO_NEW:
#endif
	case SO_RCVLOWAT:
	case SO_PEEK_OFF:
	case SO_COOKIE:
		return true;
	default:
		return false;
	}
}

static int give_int(int value, void *to, socklen_t *len)
{
	socklen_t n = *len < sizeof value ? *len : (socklen_t)sizeof value;

	if ((int)*len < 0)
		return failed(EINVAL);
	memcpy(to, &value, n);
	*len = n;
	return 0;
}

/* How the connect that poll() has told of has ended. A router that is no more has cut it. */
static int take_error(int fd, uint64_t badge, void *value, socklen_t *len)
{
	int drop, error = router_ask(SHIM_ERROR, badge, 0, 0);
	socklen_t drop_len = sizeof drop;

	if (error == -ENETDOWN || error == -EBADF)
		error = ECONNRESET;
	/* The pair's own, which a reset by the router leaves there. */
	(void)real()->getsockopt(fd, SOL_SOCKET, SO_ERROR, &drop, &drop_len);
	if (error == 0)
		descriptor_noticed(fd, badge);
	return error < 0 ? failed(error) : give_int(error, value, len);
}

SHIM_CALL int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct call call = {
		.request = { .call = SHIM_GET, .a = level, .b = name },
		.out = value,
		.fd = -1,
	};
	int result;

	if (descriptor_kind(fd, &call.request.badge) == 0 || is_the_kernels(level, name))
		return real()->getsockopt(fd, level, name, value, len);
	if (level == SOL_SOCKET && name == SO_ERROR)
		return take_error(fd, call.request.badge, value, len);
	if ((int)*len < 0)
		return failed(EINVAL);
	call.room = *len;
	call.request.c = (int)*len;
	result = router_call(&call);
	if (result < 0)
		return failed(result);
	*len = call.answer.tail_len;
	return 0;
}

SHIM_CALL int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct iovec part = { (void *)(uintptr_t)value, len };
	struct call call = {
		.request = { .call = SHIM_SET, .a = level, .b = name },
		.tail = &part,
		.ntail = 1,
		.fd = -1,
	};
	int result;

	if (descriptor_kind(fd, &call.request.badge) == 0 || is_the_kernels(level, name))
		return real()->setsockopt(fd, level, name, value, len);
	if ((int)len < 0 || len > SHIM_VALUE_BYTES)
		return failed(EINVAL);
	result = router_call(&call);
	return result < 0 ? failed(result) : 0;
}

/* The router says whether it may be; while bytes go to and fro the pair carries it, behind them. */
SHIM_CALL int shutdown(int fd, int how)
{
	uint64_t badge;
	int result;

	if (descriptor_kind(fd, &badge) == 0)
		return real()->shutdown(fd, how);
	result = router_ask(SHIM_SHUTDOWN, badge, how, 0);
	if (result == -ENETDOWN || result == -EBADF)
		return failed(ENOTCONN);
	if (result < 0)
		return failed(result);
	return (descriptor_line(badge) & SHIM_OPEN) != 0 && shim_badge_kind(badge) == SHIM_STREAM
	               ? real()->shutdown(fd, how)
	               : 0;
}

/* Of a datagram, without what is in front of it. */
static int next_datagram_len(int fd)
{
	struct shim_datagram head;
	ssize_t n = real()->recv(fd, &head, sizeof head, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);

	return n > (ssize_t)sizeof head ? (int)(n - (ssize_t)sizeof head) : 0;
}

static int count(uint64_t badge, unsigned long request, int fd, int *ret)
{
	int waiting = 0, result = 0;

	if (request == FIONREAD) {
		*ret = next_datagram_len(fd);
		return 0;
	}
	/* What the router has not read of the pair yet is not sent, either. */
	if (shim_badge_kind(badge) == SHIM_STREAM)
		(void)real()->ioctl(fd, SIOCOUTQ, &waiting);
	result = router_ask(SHIM_UNSENT, badge, 0, 0);
	if (result < 0)
		return failed(result);
	*ret = result + waiting;
	return 0;
}

SHIM_CALL int ioctl(int fd, unsigned long request, ...)
{
	uint64_t badge;
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if ((request != FIONREAD && request != SIOCOUTQ) || descriptor_guess(fd, &badge) == 0 ||
	    (request == FIONREAD && shim_badge_kind(badge) == SHIM_STREAM))
		return real()->ioctl(fd, request, arg);
	return count(badge, request, fd, arg);
}
