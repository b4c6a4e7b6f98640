#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "os/shim_inside.h"

#define TURN_DATAGRAMS 128

int64_t shim_datagram_send(struct shim_socket *s, const uint8_t *bytes, size_t len, int flags)
{
	struct shim_datagram head;
	const uint8_t *payload;
	size_t payload_len;
	int64_t n;

	if (!shim_proto_datagram(bytes, len, &head, &payload, &payload_len))
		return -EINVAL;
	n = sock_send(s->sock, payload, payload_len, flags | MSG_DONTWAIT,
	              head.address_len > 0 ? head.address : NULL, head.address_len);
	/* While all goes well the program need not wait for an answer. */
	if (n >= 0)
		shim_socket_say(s, SHIM_OPEN);
	else if (n != -EAGAIN)
		shim_socket_unsay(s, SHIM_OPEN);
	return n;
}

/* From the program: false when there is no more, or it can't be sent now. */
static bool move_up(struct shim_socket *s)
{
	uint8_t *bytes = s->server->bytes;
	ssize_t n;

	if (s->held_len > 0) {
		if (shim_datagram_send(s, s->held, s->held_len, 0) == -EAGAIN)
			return false;
		s->held_len = 0;
	}
	if (shim_socket_hold(s) == NULL)
		return false;
	n = recv(s->fd, bytes, SHIM_HELD_BYTES, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		shim_socket_free(s);
		return false;
	}
	if (shim_datagram_send(s, bytes, (size_t)n, 0) == -EAGAIN) {
		memcpy(s->held, bytes, (size_t)n);
		s->held_len = (uint32_t)n;
		return false;
	}
	return true;
}

/* False: the program has no room. */
static bool give(struct shim_socket *s, struct shim_datagram *head, size_t payload_len)
{
	struct iovec parts[] = { { head, sizeof *head }, { s->server->bytes, payload_len } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n = sendmsg(s->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);

	return n >= 0 || errno != EAGAIN;
}

/* It stays in the socket until the program has room for it: what comes then is dropped there. */
static bool move_down(struct shim_socket *s)
{
	struct shim_datagram head = { .version = SHIM_VERSION };
	int len = sizeof head.address;
	int64_t n = sock_receive(s->sock, s->server->bytes, SHIM_PAYLOAD_BYTES,
	                         MSG_PEEK | MSG_DONTWAIT, head.address, &len);

	if (n == -EAGAIN)
		return false;
	if (n < 0) {
		head.error = (uint16_t)-n;
		memset(head.address, 0, sizeof head.address);
		return give(s, &head, 0);
	}
	head.address_len = (uint8_t)(len > 0 && len <= (int)sizeof head.address ? len : 0);
	if (!give(s, &head, (size_t)n)) {
		s->full = true;
		return false;
	}
	(void)sock_receive(s->sock, s->server->bytes, 0, MSG_DONTWAIT, NULL, NULL);
	return true;
}

bool shim_datagram_turn(struct shim_socket *s)
{
	unsigned up = 0, down = 0;

	while (up < TURN_DATAGRAMS && s->phase == SHIM_RUNNING && move_up(s))
		up++;
	s->full = false;
	while (down < TURN_DATAGRAMS && s->phase == SHIM_RUNNING && move_down(s))
		down++;
	if (s->phase != SHIM_RUNNING)
		return true;
	shim_socket_interest(s, (s->held_len == 0 ? LOOP_READ : 0U) | (s->full ? LOOP_WRITE : 0U));
	if (up >= TURN_DATAGRAMS || down >= TURN_DATAGRAMS)
		shim_socket_dirty(s);
	return up > 0 || down > 0;
}
