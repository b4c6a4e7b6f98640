/*
 * descriptor_calls.c -- the calls by which a descriptor's number changes hands.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#include "shim/shim.h"

/* A socket that has a pair tells the router by itself; of others the router is told to look. */
SHIM_CALL int close(int fd)
{
	uint64_t badge;
	int saved = errno, result;
	bool ours = descriptor_guess(fd, &badge) != 0;

	if (ours)
		told("closed", badge);
	result = real()->close(fd);
	descriptor_forget(fd);
	if (ours && (descriptor_line(badge) & SHIM_OPEN) == 0) {
		(void)router_ask(SHIM_GONE, badge, 0, 0);
		if (result == 0)
			errno = saved;
	}
	return result;
}

static int made(int fd)
{
	descriptor_forget(fd);
	return fd;
}

SHIM_CALL int dup(int fd)
{
	return made(real()->dup(fd));
}

SHIM_CALL int dup2(int fd, int to)
{
	return made(real()->dup2(fd, to));
}

SHIM_CALL int dup3(int fd, int to, int flags)
{
	return made(real()->dup3(fd, to, flags));
}

static int control(int fd, int what, void *arg)
{
	int result = real()->fcntl(fd, what, arg);

	if (what == F_DUPFD || what == F_DUPFD_CLOEXEC)
		descriptor_forget(result);
	return result;
}

SHIM_CALL int fcntl(int fd, int what, ...)
{
	va_list args;
	void *arg;

	va_start(args, what);
	arg = va_arg(args, void *);
	va_end(args);
	return control(fd, what, arg);
}

SHIM_CALL int fcntl64(int fd, int what, ...);

int fcntl64(int fd, int what, ...)
{
	va_list args;
	void *arg;

	va_start(args, what);
	arg = va_arg(args, void *);
	va_end(args);
	return control(fd, what, arg);
}
