/*
 * datagram.c -- datagrams with their address in front.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "shim/shim.h"

#define PARTS_MAX 256
/* How large one may be depends on the protocol: about these the router is asked. */
#define LARGE_BYTES 65000

static size_t length(const struct msghdr *message)
{
	size_t len = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++)
		len += message->msg_iov[i].iov_len;
	return len;
}

/* The first datagram, and the first after an error, are answered by the router, so that what is
 * wrong is told by the call that was wrong. -EAGAIN: it has no room now; the pair can wait. */
static int64_t send_asking(uint64_t badge, const struct iovec *parts, size_t n)
{
	struct call call = {
		.request = { .call = SHIM_SEND, .badge = badge },
		.tail = parts,
		.ntail = n,
		.fd = -1,
	};

	return router_call(&call);
}

static int put_address(struct shim_datagram *head, const struct msghdr *message)
{
	if (message->msg_name == NULL || message->msg_namelen == 0)
		return 0;
	if (message->msg_namelen > SHIM_ADDRESS_BYTES)
		return -EINVAL;
	/* A sockaddr_storage that holds a shorter one. */
	head->address_len =
		(uint8_t)(message->msg_namelen < sizeof head->address ? message->msg_namelen
	                                                              : sizeof head->address);
	return copy_in(head->address, message->msg_name, head->address_len);
}

static int check(const struct msghdr *message, int flags)
{
	if ((flags & MSG_OOB) != 0)
		return -EOPNOTSUPP;
	if (message->msg_controllen > 0 && message->msg_control != NULL)
		return -EOPNOTSUPP;
	if (message->msg_iovlen > PARTS_MAX || length(message) > SHIM_PAYLOAD_BYTES)
		return -EMSGSIZE;
	return 0;
}

ssize_t datagram_send(int fd, uint64_t badge, const struct msghdr *message, int flags)
{
	struct shim_datagram head = { .version = SHIM_VERSION };
	struct iovec parts[PARTS_MAX + 1] = { { &head, sizeof head } };
	struct msghdr framed = { .msg_iov = parts, .msg_iovlen = message->msg_iovlen + 1 };
	int error = check(message, flags);
	ssize_t n;

	if (error == 0)
		error = put_address(&head, message);
	if (error != 0)
		return failed(error);
	for (size_t i = 0; i < message->msg_iovlen; i++)
		parts[i + 1] = message->msg_iov[i];
	if ((descriptor_line(badge) & SHIM_OPEN) == 0 || length(message) > LARGE_BYTES) {
		n = send_asking(badge, parts, framed.msg_iovlen);
		if (n != -EAGAIN)
			return n < 0 ? failed((int)n) : n;
	}
	n = real()->sendmsg(fd, &framed, (flags & MSG_DONTWAIT) | MSG_NOSIGNAL);
	if (n < 0)
		return failed(errno == EPIPE || errno == ECONNRESET ? ENETDOWN : errno);
	return n - (ssize_t)sizeof head;
}

static void give_address(const struct shim_datagram *head, struct msghdr *message)
{
	socklen_t len = head->address_len;

	if (message->msg_name != NULL) {
		if (len > message->msg_namelen)
			len = message->msg_namelen;
		memcpy(message->msg_name, head->address, len);
	}
	message->msg_namelen = head->address_len;
}

ssize_t datagram_receive(int fd, struct msghdr *message, int flags)
{
	struct shim_datagram head;
	struct iovec parts[PARTS_MAX + 1] = { { &head, sizeof head } };
	struct msghdr framed = { .msg_iov = parts, .msg_iovlen = message->msg_iovlen + 1 };
	ssize_t n;

	if ((flags & MSG_ERRQUEUE) != 0)
		return failed(EAGAIN);
	if (message->msg_iovlen > PARTS_MAX)
		return failed(EMSGSIZE);
	for (size_t i = 0; i < message->msg_iovlen; i++)
		parts[i + 1] = message->msg_iov[i];
	n = real()->recvmsg(fd, &framed, flags);
	if (n < 0)
		return errno == ECONNRESET ? failed(ENETDOWN) : n;
	if (n < (ssize_t)sizeof head) /* the router is no more */
		return failed(ENETDOWN);
	if (head.error != 0) {
		if ((flags & MSG_PEEK) != 0)
			(void)real()->recv(fd, &head, sizeof head, MSG_DONTWAIT);
		return failed(head.error);
	}
	give_address(&head, message);
	message->msg_controllen = 0;
	message->msg_flags = framed.msg_flags & ~MSG_EOR;
	return n - (ssize_t)sizeof head;
}
