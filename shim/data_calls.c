/*
 * data_calls.c -- reading and writing: datagrams get and lose their address; of streams only what
 * AF_UNIX has otherwise than TCP is put right: the end, errors, and sockets without a connection.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "shim/shim.h"

/* --- what a stream's calls have returned ------------------------------------------------------ */

/* A pair that ends has ended in order only if the board says so. */
static ssize_t at_end(uint64_t badge)
{
	int error;

	if ((descriptor_line(badge) & SHIM_FIN) != 0)
		return 0;
	error = router_ask(SHIM_ERROR, badge, 0, 0);
	if (error > 0)
		return failed(error);
	if (error == -ENETDOWN || error == -EBADF)
		return (descriptor_line(badge) & SHIM_FIN) != 0 ? 0 : failed(ECONNRESET);
	return 0; /* told already, or shut down by the program itself */
}

/* @n of a read that wanted @want bytes. */
static ssize_t received(int fd, uint64_t badge, ssize_t n, size_t want)
{
	int error = errno;

	if (n > 0 || (n == 0 && want == 0))
		return n;
	if (n == 0)
		return at_end(badge);
	if (error == EINVAL) /* AF_UNIX's word for a socket without a connection */
		return failed(ENOTCONN);
	if (error == ECONNRESET) {
		error = router_ask(SHIM_ERROR, badge, 0, 0);
		return failed(error > 0 ? error : ECONNRESET);
	}
	errno = error;
	return n;
}

/* Writes are made without the signal, because of some errors there must be none. */
static ssize_t sent(uint64_t badge, ssize_t n, int flags)
{
	int error = errno, reason;

	if (n >= 0)
		return n;
	if (error == EPIPE || error == ECONNRESET || error == ENOTCONN) {
		reason = error == ENOTCONN ? 0 : router_ask(SHIM_ERROR, badge, 0, 0);
		if (reason > 0)
			return failed(reason);
		if ((flags & MSG_NOSIGNAL) == 0)
			(void)raise(SIGPIPE);
		error = EPIPE;
	}
	return failed(error);
}

static size_t length(const struct iovec *parts, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += parts[i].iov_len;
	return len;
}

/* --- receiving -------------------------------------------------------------------------------- */

SHIM_CALL ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	uint64_t badge;

	switch (descriptor_guess(fd, &badge)) {
	case SHIM_STREAM: {
		ssize_t n = real()->recvmsg(fd, message, flags & ~MSG_ERRQUEUE);

		message->msg_namelen = 0;
		return received(fd, badge, n, length(message->msg_iov, message->msg_iovlen));
	}
	case SHIM_DATAGRAMS:
		return datagram_receive(fd, message, flags);
	default: {
		ssize_t n = real()->recvmsg(fd, message, flags);

		/* It may have brought descriptors, ours among them, under any numbers. */
		if (n >= 0 && message->msg_controllen > 0)
			descriptor_forget_passed(message);
		return n;
	}
	}
}

static ssize_t receive(int fd, void *bytes, size_t len, int flags, struct sockaddr *from,
                       socklen_t *from_len)
{
	struct iovec part = { bytes, len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_name = from };
	uint64_t badge;
	int kind = descriptor_guess(fd, &badge);
	ssize_t n;

	if (kind == 0)
		return real()->recvfrom(fd, bytes, len, flags, from, from_len);
	if (kind == SHIM_STREAM) {
		n = received(fd, badge, real()->recv(fd, bytes, len, flags), len);
		if (n >= 0 && from != NULL && from_len != NULL)
			*from_len = 0; /* as TCP has it */
		return n;
	}
	if (from != NULL && from_len != NULL)
		message.msg_namelen = *from_len;
	else
		message.msg_name = NULL;
	n = datagram_receive(fd, &message, flags);
	if (n >= 0 && message.msg_name != NULL)
		*from_len = message.msg_namelen;
	return n;
}

SHIM_CALL ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
	return receive(fd, bytes, len, flags, NULL, NULL);
}

SHIM_CALL ssize_t recvfrom(int fd, void *bytes, size_t len, int flags, __SOCKADDR_ARG from,
                           socklen_t *from_len)
{
	return receive(fd, bytes, len, flags, from.__sockaddr__, from_len);
}

SHIM_CALL ssize_t read(int fd, void *bytes, size_t len)
{
	uint64_t badge;

	switch (descriptor_guess(fd, &badge)) {
	case SHIM_STREAM:
		return received(fd, badge, real()->read(fd, bytes, len), len);
	case SHIM_DATAGRAMS:
		return receive(fd, bytes, len, 0, NULL, NULL);
	default:
		return real()->read(fd, bytes, len);
	}
}

SHIM_CALL ssize_t readv(int fd, const struct iovec *parts, int n)
{
	struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)parts,
		                  .msg_iovlen = (size_t)(n > 0 ? n : 0) };
	uint64_t badge;

	switch (descriptor_guess(fd, &badge)) {
	case SHIM_STREAM:
		return received(fd, badge, real()->readv(fd, parts, n),
		                length(parts, message.msg_iovlen));
	case SHIM_DATAGRAMS:
		return datagram_receive(fd, &message, 0);
	default:
		return real()->readv(fd, parts, n);
	}
}

/* --- what _FORTIFY_SOURCE makes of them --------------------------------------------------------
 */

SHIM_CALL ssize_t __recv_chk(int fd, void *bytes, size_t len, size_t room, int flags);
SHIM_CALL ssize_t __recvfrom_chk(int fd, void *bytes, size_t len, size_t room, int flags,
                                 __SOCKADDR_ARG from, socklen_t *from_len);
SHIM_CALL ssize_t __read_chk(int fd, void *bytes, size_t len, size_t room);
void __chk_fail(void) __attribute__((noreturn));

ssize_t __recv_chk(int fd, void *bytes, size_t len, size_t room, int flags)
{
	if (len > room)
		__chk_fail();
	return receive(fd, bytes, len, flags, NULL, NULL);
}

ssize_t __recvfrom_chk(int fd, void *bytes, size_t len, size_t room, int flags, __SOCKADDR_ARG from,
                       socklen_t *from_len)
{
	if (len > room)
		__chk_fail();
	return receive(fd, bytes, len, flags, from.__sockaddr__, from_len);
}

ssize_t __read_chk(int fd, void *bytes, size_t len, size_t room)
{
	if (len > room)
		__chk_fail();
	return read(fd, bytes, len);
}

/* --- sending ---------------------------------------------------------------------------------- */

/* A datagram to 127/8 by a socket that nobody knows yet is the kernel's. */
static bool goes_to_kernel(int fd, uint64_t badge, const struct msghdr *message)
{
	struct sockaddr_in name = { 0 };
	struct call call = {
		.request = { .call = SHIM_NAME, .badge = badge },
		.out = &name,
		.room = sizeof name,
		.fd = -1,
	};

	return message->msg_name != NULL && is_loopback(message->msg_name, message->msg_namelen) &&
	       router_call(&call) == 0 && name.sin_port == 0 && socket_to_kernel(fd, badge) == 0;
}

SHIM_CALL ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	uint64_t badge;
	int kind = descriptor_guess(fd, &badge);

	if (kind == 0 || (kind == SHIM_DATAGRAMS && goes_to_kernel(fd, badge, message)))
		return real()->sendmsg(fd, message, flags);
	if (kind == SHIM_DATAGRAMS)
		return datagram_send(fd, badge, message, flags);

	/* TCP has one peer: a name is looked past, and descriptors don't travel. */
	struct msghdr plain = { .msg_iov = message->msg_iov, .msg_iovlen = message->msg_iovlen };

	if ((flags & MSG_OOB) != 0)
		return failed(EOPNOTSUPP);
	descriptor_noticed(fd, badge);
	return sent(badge, real()->sendmsg(fd, &plain, flags | MSG_NOSIGNAL), flags);
}

SHIM_CALL ssize_t sendto(int fd, const void *bytes, size_t len, int flags, __CONST_SOCKADDR_ARG to,
                         socklen_t to_len)
{
	struct iovec part = { (void *)(uintptr_t)bytes, len };
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_name = (void *)(uintptr_t)to.__sockaddr__,
		                  .msg_namelen = to.__sockaddr__ != NULL ? to_len : 0 };
	uint64_t badge;

	if (descriptor_guess(fd, &badge) == 0)
		return real()->sendto(fd, bytes, len, flags, to.__sockaddr__, to_len);
	return sendmsg(fd, &message, flags);
}

SHIM_CALL ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	__CONST_SOCKADDR_ARG nobody = { .__sockaddr__ = NULL };
	uint64_t badge;

	if (descriptor_guess(fd, &badge) == 0)
		return real()->send(fd, bytes, len, flags);
	return sendto(fd, bytes, len, flags, nobody, 0);
}

SHIM_CALL ssize_t write(int fd, const void *bytes, size_t len)
{
	uint64_t badge;

	return descriptor_guess(fd, &badge) == 0 ? real()->write(fd, bytes, len)
	                                         : send(fd, bytes, len, 0);
}

SHIM_CALL ssize_t writev(int fd, const struct iovec *parts, int n)
{
	struct msghdr message = { .msg_iov = (struct iovec *)(uintptr_t)parts,
		                  .msg_iovlen = (size_t)(n > 0 ? n : 0) };
	uint64_t badge;

	return descriptor_guess(fd, &badge) == 0 ? real()->writev(fd, parts, n)
	                                         : sendmsg(fd, &message, 0);
}

/* --- several at once ---------------------------------------------------------------------------
 */

SHIM_CALL int sendmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags)
{
	uint64_t badge;
	unsigned done = 0;

	if (descriptor_guess(fd, &badge) == 0)
		return real()->sendmmsg(fd, messages, n, flags);
	for (; done < n; done++) {
		ssize_t len = sendmsg(fd, &messages[done].msg_hdr, flags);

		if (len < 0)
			break;
		messages[done].msg_len = (unsigned)len;
	}
	return done > 0 || n == 0 ? (int)done : -1;
}

/* The time limit is looked at between datagrams only, as recvmmsg(2) says of the kernel's. */
SHIM_CALL int recvmmsg(int fd, struct mmsghdr *messages, unsigned n, int flags,
                       struct timespec *limit)
{
	uint64_t badge;
	unsigned done = 0;

	if (descriptor_guess(fd, &badge) == 0)
		return real()->recvmmsg(fd, messages, n, flags, limit);
	for (; done < n; done++) {
		bool wait = done == 0 || (flags & MSG_WAITFORONE) == 0;
		ssize_t len = recvmsg(fd, &messages[done].msg_hdr,
		                      (flags & ~MSG_WAITFORONE) | (wait ? 0 : MSG_DONTWAIT));

		if (len < 0)
			break;
		messages[done].msg_len = (unsigned)len;
	}
	return done > 0 || n == 0 ? (int)done : -1;
}
