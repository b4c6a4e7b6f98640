#include <errno.h>
#include <netinet/in.h>

#include "api/descriptor.h"

/* Whom the sockets of an embedding program are for, as /ip/socket shows it. */
static const struct sock_owner embedder = { .service = "program" };

int towpath_socket(struct towpath *t, int domain, int type, int protocol)
{
	struct sock *sock;
	int error;

	if (!t->started)
		return -ENETDOWN;
	if (!descriptor_left(t))
		return -EMFILE;
	error = sock_open(&t->router->host, domain, type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC),
	                  protocol, &sock);
	if (error != 0)
		return error;
	sock_own(sock, &embedder);
	return descriptor_give(t, sock, type);
}

int towpath_close(struct towpath *t, int fd)
{
	struct descriptor *d = descriptor_of(t, fd);

	if (d == NULL)
		return -EBADF;
	descriptor_close(d);
	return 0;
}

int towpath_nonblocking(struct towpath *t, int fd, int set)
{
	struct descriptor *d = descriptor_of(t, fd);
	bool before;

	if (d == NULL)
		return -EBADF;
	before = d->nonblocking;
	if (set >= 0)
		d->nonblocking = set != 0;
	return before ? 1 : 0;
}

int towpath_bind(struct towpath *t, int fd, const void *addr, socklen_t len)
{
	const struct descriptor *d = descriptor_of(t, fd);

	if (d == NULL)
		return -EBADF;
	return addr != NULL ? sock_bind(d->sock, addr, (int)len) : -EFAULT;
}

int towpath_listen(struct towpath *t, int fd, int backlog)
{
	const struct descriptor *d = descriptor_of(t, fd);

	return d != NULL ? sock_listen(d->sock, backlog) : -EBADF;
}

int towpath_shutdown(struct towpath *t, int fd, int how)
{
	const struct descriptor *d = descriptor_of(t, fd);

	return d != NULL ? sock_shutdown(d->sock, how) : -EBADF;
}

int towpath_setsockopt(struct towpath *t, int fd, int level, int name, const void *value,
                       socklen_t len)
{
	const struct descriptor *d = descriptor_of(t, fd);

	if (d == NULL)
		return -EBADF;
	return value != NULL || len == 0 ? sock_option_set(d->sock, level, name, value, (int)len)
	                                 : -EFAULT;
}

/* sock.h has lengths as int, POSIX as socklen_t. */
static int with_len(int result, int own_len, socklen_t *len)
{
	if (result >= 0)
		*len = (socklen_t)own_len;
	return result;
}

int towpath_getsockopt(struct towpath *t, int fd, int level, int name, void *ret_value,
                       socklen_t *len)
{
	const struct descriptor *d = descriptor_of(t, fd);
	int own_len;

	if (d == NULL)
		return -EBADF;
	if (ret_value == NULL || len == NULL)
		return -EFAULT;
	own_len = (int)*len;
	return with_len(sock_option_get(d->sock, level, name, ret_value, &own_len), own_len, len);
}

/* @ask: which of the two ends. */
static int name_of(struct towpath *t, int fd, void *ret_addr, socklen_t *len,
                   int (*ask)(const struct sock *sock, void *addr, int *len))
{
	const struct descriptor *d = descriptor_of(t, fd);
	int own_len;

	if (d == NULL)
		return -EBADF;
	if (ret_addr == NULL || len == NULL)
		return -EFAULT;
	own_len = (int)*len;
	return with_len(ask(d->sock, ret_addr, &own_len), own_len, len);
}

int towpath_getsockname(struct towpath *t, int fd, void *ret_addr, socklen_t *len)
{
	return name_of(t, fd, ret_addr, len, sock_name);
}

int towpath_getpeername(struct towpath *t, int fd, void *ret_addr, socklen_t *len)
{
	return name_of(t, fd, ret_addr, len, sock_peer_name);
}

int towpath_spans(struct towpath *t, int fd, struct iovec *ret_spans, unsigned max)
{
	const struct descriptor *d = descriptor_of(t, fd);

	return d != NULL ? (int)sock_spans(d->sock, ret_spans, max) : -EBADF;
}

int towpath_consume(struct towpath *t, int fd, size_t n)
{
	const struct descriptor *d = descriptor_of(t, fd);

	if (d == NULL)
		return -EBADF;
	sock_consume(d->sock, n);
	return 0;
}
