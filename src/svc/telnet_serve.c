#include "svc/telnet_serve.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/mem.h"
#include "svc/front_proto.h"
#include "svc/telnet_end.h"

#define READ_BYTES 2048
/* What one message of the router's, or one reading of the wire, may add: each byte doubled, and the
 * answers to as many commands. */
#define GROWTH_BYTES 16384

struct telnet_serve {
	int router, wire;
	struct telnet_end *end;
	bool router_gone; /* it has said all it had to say */
	int error;        /* of a hook */
	size_t start, len;
	char out[TELNET_SERVE_BEHIND];
};

static void put_wire(void *arg, const char *bytes, size_t len)
{
	struct telnet_serve *serve = arg;

	if (serve->start > 0) {
		memmove(serve->out, serve->out + serve->start, serve->len);
		serve->start = 0;
	}
	if (len > sizeof serve->out - serve->len) {
		serve->error = -EPROTO;
		return;
	}
	memcpy(serve->out + serve->len, bytes, len);
	serve->len += len;
}

/* Waits for room: the router reads whatever else it does. */
static void tell(struct telnet_serve *serve, const uint8_t *message, size_t len)
{
	ssize_t n;

	do
		n = send(serve->router, message, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		serve->error = errno == EPIPE ? -ECONNRESET : -errno;
}

static void put_keys(void *arg, const char *bytes, size_t len)
{
	struct telnet_serve *serve = arg;
	uint8_t message[FRONT_MESSAGE_BYTES];

	while (len > 0 && serve->error == 0) {
		size_t piece = len < FRONT_INPUT_BYTES ? len : FRONT_INPUT_BYTES;

		tell(serve, message, front_proto_put(message, FRONT_INPUT, bytes, piece));
		bytes += piece;
		len -= piece;
	}
}

static void put_size(void *arg, unsigned width, unsigned height)
{
	struct telnet_serve *serve = arg;
	uint8_t message[FRONT_MESSAGE_BYTES];

	tell(serve, message, front_proto_put_size(message, (uint16_t)width, (uint16_t)height));
}

static void put_terminal(void *arg, const char *name)
{
	struct telnet_serve *serve = arg;
	uint8_t message[FRONT_MESSAGE_BYTES];

	tell(serve, message, front_proto_put(message, FRONT_TERMINAL, name, strlen(name)));
}

struct telnet_serve *telnet_serve_new(int router, int wire)
{
	struct telnet_serve *serve = mem_new(1, sizeof *serve);
	const struct telnet_hooks hooks = {
		.arg = serve,
		.wire = put_wire,
		.said = put_keys,
		.size = put_size,
		.terminal = put_terminal,
	};

	serve->router = router;
	serve->wire = wire;
	serve->end = telnet_end_new(TELNET_SERVER, &hooks, NULL);
	telnet_end_open(serve->end);
	return serve;
}

void telnet_serve_free(struct telnet_serve *serve)
{
	if (serve == NULL)
		return;
	telnet_end_free(serve->end);
	explicit_bzero(serve, sizeof *serve);
	mem_free(serve);
}

static bool has_room(const struct telnet_serve *serve)
{
	return sizeof serve->out - serve->len >= GROWTH_BYTES;
}

static int hear_router(struct telnet_serve *serve)
{
	uint8_t bytes[FRONT_MESSAGE_BYTES + 1];
	struct front_message message;
	ssize_t n = recv(serve->router, bytes, sizeof bytes, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0) {
		serve->router_gone = true;
		return 0;
	}
	if (!front_proto_take(bytes, (size_t)n, &message) || message.type != FRONT_OUT)
		return -EPROTO;
	telnet_end_say(serve->end, (const char *)message.bytes, message.len);
	return serve->error;
}

static int hear_wire(struct telnet_serve *serve)
{
	char bytes[READ_BYTES];
	ssize_t n = recv(serve->wire, bytes, sizeof bytes, MSG_DONTWAIT);
	bool understood;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -ECONNRESET;
	understood = telnet_end_feed(serve->end, bytes, (size_t)n);
	explicit_bzero(bytes, sizeof bytes);
	return understood ? serve->error : -EPROTO;
}

static int send_some(struct telnet_serve *serve)
{
	ssize_t n = send(serve->wire, serve->out + serve->start, serve->len,
	                 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return errno == EPIPE ? -ECONNRESET : -errno;
	if (n > 0) {
		serve->start += (size_t)n;
		serve->len -= (size_t)n;
	}
	return 0;
}

static bool ready(const struct pollfd *p, short events)
{
	return (p->revents & (events | POLLHUP | POLLERR)) != 0 && (p->events & events) != 0;
}

int telnet_serve_turn(struct telnet_serve *serve, int wait_ms)
{
	bool room = has_room(serve) && !serve->router_gone;
	struct pollfd p[2] = {
		{ .fd = serve->router, .events = room ? POLLIN : 0 },
		{ .fd = serve->wire },
	};
	int error = 0;

	if (serve->router_gone) /* poll() would tell for ever that it hangs up */
		p[0].fd = -1;
	p[1].events = (short)((room ? POLLIN : 0) | (serve->len > 0 ? POLLOUT : 0));
	if (serve->router_gone && serve->len == 0)
		return -ECONNRESET;
	if (poll(p, 2, wait_ms) < 0)
		return errno == EINTR ? 0 : -errno;
	/* Nothing is asked of it now, and it has gone. */
	if (p[1].events == 0 && (p[1].revents & (POLLHUP | POLLERR)) != 0)
		return -ECONNRESET;
	if (ready(&p[1], POLLOUT))
		error = send_some(serve);
	if (error == 0 && ready(&p[0], POLLIN))
		error = hear_router(serve);
	if (error == 0 && ready(&p[1], POLLIN))
		error = hear_wire(serve);
	return error;
}
