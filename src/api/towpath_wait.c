/*
 * towpath_wait.c -- the calls that may have to wait.
 *
 * Nothing waits in the stack. Here an answer of "not now" is either the caller's, or the world goes
 * on by the caller's own wait() until the same question has another answer.
 */
#include <errno.h>

#include "api/descriptor.h"

#define OUTCOME (POLLOUT | POLLERR | POLLHUP)

static bool waits(const struct descriptor *d, int flags)
{
	return towpath_may_wait(d->t) && !d->nonblocking && (flags & MSG_DONTWAIT) == 0;
}

int towpath_connect(struct towpath *t, int fd, const void *addr, socklen_t len)
{
	struct descriptor *d = descriptor_of(t, fd);
	int answer, error;

	if (d == NULL)
		return -EBADF;
	if (addr == NULL)
		return -EFAULT;
	answer = sock_connect(d->sock, addr, (int)len);
	if ((answer != -EINPROGRESS && answer != -EALREADY) || !waits(d, 0))
		return answer;
	error = descriptor_wait(t, fd, OUTCOME, descriptor_patience(d, true));
	if (error == -EAGAIN)
		return answer; /* SO_SNDTIMEO has passed: the handshake goes on */
	return error != 0 ? error : sock_connect(d->sock, addr, (int)len);
}

int towpath_accept(struct towpath *t, int fd, void *addr, socklen_t *len, int flags)
{
	struct descriptor *d = descriptor_of(t, fd);
	struct sock *sock;
	int own_len = len != NULL ? (int)*len : 0, answer, error = 0;
	mono until;

	if (d == NULL)
		return -EBADF;
	if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
		return -EINVAL;
	if (addr != NULL && len == NULL)
		return -EFAULT;
	if (!descriptor_left(t))
		return -EMFILE; /* before anything is taken off the queue */
	until = descriptor_patience(d, false);
	do {
		answer = sock_accept(d->sock, addr, &own_len, &sock);
		if (answer == -EAGAIN && waits(d, 0))
			error = descriptor_wait(t, fd, POLLIN | POLLERR | POLLHUP, until);
		else
			error = answer;
	} while (answer == -EAGAIN && error == 0);
	if (error != 0)
		return error;
	if (len != NULL)
		*len = (socklen_t)own_len;
	return descriptor_give(t, sock, SOCK_STREAM | (flags & SOCK_NONBLOCK));
}

ssize_t towpath_sendto(struct towpath *t, int fd, const void *bytes, size_t len, int flags,
                       const void *to, socklen_t to_len)
{
	const struct descriptor *d = descriptor_of(t, fd);
	size_t taken = 0;
	mono until;

	if (d == NULL)
		return -EBADF;
	if (bytes == NULL && len > 0)
		return -EFAULT;
	until = descriptor_patience(d, true);
	for (;;) {
		int64_t n = sock_send(d->sock, (const uint8_t *)bytes + taken, len - taken, flags,
		                      to, (int)to_len);
		int error = (int)n;

		if (n >= 0)
			taken += (size_t)n;
		/* A stream takes what fits; whoever waits wants all of it gone. */
		if (n != -EAGAIN && (n <= 0 || taken == len || !d->stream))
			return n >= 0 || taken > 0 ? (ssize_t)taken : n;
		if (!waits(d, flags))
			return taken > 0 ? (ssize_t)taken : -EAGAIN;
		error = descriptor_wait(t, fd, OUTCOME, until);
		if (error != 0)
			return taken > 0 ? (ssize_t)taken : error;
	}
}

ssize_t towpath_send(struct towpath *t, int fd, const void *bytes, size_t len, int flags)
{
	return towpath_sendto(t, fd, bytes, len, flags, NULL, 0);
}

ssize_t towpath_recvfrom(struct towpath *t, int fd, void *bytes, size_t len, int flags, void *from,
                         socklen_t *from_len)
{
	const struct descriptor *d = descriptor_of(t, fd);
	int own_len = from_len != NULL ? (int)*from_len : 0, error;
	size_t got = 0;
	mono until;
	bool whole;

	if (d == NULL)
		return -EBADF;
	if ((bytes == NULL && len > 0) || (from != NULL && from_len == NULL))
		return -EFAULT;
	until = descriptor_patience(d, false);
	whole = d->stream && (flags & (MSG_WAITALL | MSG_PEEK | MSG_OOB)) == MSG_WAITALL;
	for (;;) {
		int64_t n = sock_receive(d->sock, (uint8_t *)bytes + got, len - got, flags, from,
		                         from_len != NULL ? &own_len : NULL);

		if (n >= 0 && from_len != NULL)
			*from_len = (socklen_t)own_len;
		if (n > 0)
			got += (size_t)n;
		if (n >= 0 && (n == 0 || got == len || !whole))
			return (ssize_t)got;
		if (n < 0 && (n != -EAGAIN || !waits(d, flags)))
			return got > 0 ? (ssize_t)got : n;
		error = waits(d, flags) ? descriptor_wait(t, fd, POLLIN | POLLERR | POLLHUP, until)
		                        : -EAGAIN;
		if (error != 0)
			return got > 0 ? (ssize_t)got : error;
	}
}

ssize_t towpath_recv(struct towpath *t, int fd, void *bytes, size_t len, int flags)
{
	return towpath_recvfrom(t, fd, bytes, len, flags, NULL, NULL);
}

/* POSIX: what was not asked for is told all the same when it is an error. */
static short seen(struct towpath *t, const struct pollfd *asked)
{
	const struct descriptor *d = descriptor_of(t, asked->fd);

	if (asked->fd < 0)
		return 0;
	if (d == NULL)
		return POLLNVAL;
	return (short)(sock_poll(d->sock) &
	               ((unsigned)asked->events | POLLERR | POLLHUP | POLLNVAL));
}

static int look(struct towpath *t, struct pollfd *fds, nfds_t n)
{
	int ready = 0;

	for (nfds_t i = 0; i < n; i++) {
		fds[i].revents = seen(t, &fds[i]);
		ready += fds[i].revents != 0;
	}
	return ready;
}

int towpath_poll(struct towpath *t, struct pollfd *fds, nfds_t n, int timeout_ms)
{
	mono until =
		timeout_ms < 0 ? mono_never() : mono_add_ms(t->clock.now, (uint64_t)timeout_ms);
	int ready = 0, error;

	if (fds == NULL && n > 0)
		return -EFAULT;
	ready = look(t, fds, n);
	while (ready == 0 && towpath_may_wait(t) && !mono_due(until, t->clock.now)) {
		error = t->wait(t->arg, t, until.ns);
		if (error != 0)
			return error;
		ready = look(t, fds, n);
	}
	return ready;
}
