#include "main/sock_pump.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/sock.h"

#define SPANS        8
#define LINGER_MS    5000 /* for a peer that does not end its half */
#define MOVES_A_TURN 16

static void sock_changed(struct sock *sock, void *arg)
{
	struct sock_pump *pump = arg;

	pump->changed = true;
}

static void fd_ready(void *arg, unsigned events)
{
	struct sock_pump *pump = arg;

	pump->changed = true;
	if ((events & LOOP_WRITE) != 0)
		pump->blocked = false;
}

void sock_pump_start(struct sock_pump *pump, struct loop *loop, struct sock *sock, int fd)
{
	*pump = (struct sock_pump){ .sock = sock,
		                    .loop = loop,
		                    .fd = fd,
		                    .up = byte_queue_make(PUMP_BYTES),
		                    .changed = true,
		                    .until = mono_never() };
	sock_watch(sock, sock_changed, pump);
}

void sock_pump_stop(struct sock_pump *pump)
{
	if (pump->sock == NULL)
		return;
	if (pump->watch != NULL)
		loop_remove(pump->watch);
	sock_watch(pump->sock, NULL, NULL);
	sock_close(pump->sock);
	close(pump->fd);
	byte_queue_free(&pump->up);
	*pump = (struct sock_pump){ .fd = -1, .until = mono_never() };
}

/* From the network to the descriptor. */
static void move_down(struct sock_pump *pump)
{
	for (unsigned i = 0; i < MOVES_A_TURN && !pump->blocked && !pump->fd_ended; i++) {
		struct iovec spans[SPANS];
		struct msghdr message = { .msg_iov = spans };
		ssize_t n;

		message.msg_iovlen = sock_spans(pump->sock, spans, SPANS);
		if (message.msg_iovlen == 0)
			return;
		n = sendmsg(pump->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			sock_consume(pump->sock, (size_t)n);
		else if (errno == EAGAIN)
			pump->blocked = true;
		else if (errno != EINTR)
			pump->fd_ended = true; /* it reads no more */
	}
	pump->changed |= !pump->blocked && !pump->fd_ended;
}

/* After the end of the descriptor what comes is nobody's. */
static void drain(struct sock_pump *pump)
{
	struct iovec span;

	while (sock_spans(pump->sock, &span, 1) == 1)
		sock_consume(pump->sock, span.iov_len);
}

/* Has the peer ended its stream (0), is there more to come (-EAGAIN), or has it failed? */
static int64_t look_for_end(struct sock_pump *pump)
{
	char byte;

	return sock_receive(pump->sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
}

static void read_more(struct sock_pump *pump)
{
	int64_t n;

	if (pump->fd_ended || pump->up.len > 0)
		return;
	n = byte_queue_read(&pump->up, pump->fd);
	if (n == 0 || (n < 0 && n != -EAGAIN))
		pump->fd_ended = true;
}

/* From the descriptor to the network. False: the connection has failed. */
static bool move_up(struct sock_pump *pump)
{
	for (unsigned i = 0; i < MOVES_A_TURN; i++) {
		int64_t n;

		read_more(pump);
		if (pump->up.len == 0)
			return true;
		n = sock_send(pump->sock, byte_queue_bytes(&pump->up), pump->up.len,
		              MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
		if (n == -EAGAIN)
			return true;
		if (n < 0)
			return false;
		byte_queue_drop(&pump->up, (size_t)n);
	}
	pump->changed = true;
	return true;
}

/* Hand on the ends of both streams. True: both have ended. */
static bool hand_on_ends(struct sock_pump *pump, mono now)
{
	if (pump->fd_ended && pump->up.len == 0 && !pump->shut) {
		pump->shut = true;
		pump->until = mono_add_ms(now, LINGER_MS);
		(void)!sock_shutdown(pump->sock, SHUT_WR);
	}
	return pump->shut && pump->sock_ended;
}

/* A hang-up is told even where nothing was asked for, again and again: then it is not watched. */
static int wait_for_more(struct sock_pump *pump)
{
	unsigned interest = 0;
	int error = 0;

	if (!pump->fd_ended && pump->up.len == 0)
		interest |= LOOP_READ;
	if (!pump->fd_ended && pump->blocked)
		interest |= LOOP_WRITE;
	if (interest == 0 && pump->watch != NULL) {
		loop_remove(pump->watch);
		pump->watch = NULL;
	}
	if (interest != 0 && pump->watch == NULL)
		error = loop_add(pump->loop, pump->fd, fd_ready, pump, &pump->watch);
	return error == 0 && interest != 0 ? loop_interest(pump->watch, interest) : error;
}

bool sock_pump_turn(struct sock_pump *pump, mono now)
{
	int64_t end;
	bool works;

	if (pump->sock == NULL)
		return true;
	if (!pump->changed && !mono_due(pump->until, now))
		return false;
	pump->changed = false;
	move_down(pump);
	works = move_up(pump);
	if (pump->fd_ended)
		drain(pump);
	end = look_for_end(pump);
	if (end == 0 && !pump->sock_ended) {
		pump->sock_ended = true;
		(void)shutdown(pump->fd, SHUT_WR);
	}
	if (!works || (end < 0 && end != -EAGAIN) || hand_on_ends(pump, now) ||
	    mono_due(pump->until, now) || wait_for_more(pump) != 0) {
		sock_pump_stop(pump);
		return true;
	}
	return false;
}

mono sock_pump_next(const struct sock_pump *pump)
{
	return pump->changed ? (mono){ 0 } : pump->until;
}
