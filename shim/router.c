#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>

#include "shim/shim.h"

#define TAIL_PARTS 260

static struct sockaddr_un router_address;
static bool verbose;
static const struct shim_board *board;

/* A program may change its environment later. */
static void __attribute__((constructor)) remember(void)
{
	const char *path = getenv(SHIM_ENV_PATH);

	verbose = getenv(SHIM_ENV_VERBOSE) != NULL;
	if (path == NULL || strlen(path) >= sizeof router_address.sun_path)
		return;
	memcpy(router_address.sun_path, path, strlen(path) + 1);
	router_address.sun_family = AF_UNIX;
}

bool router_verbose(void)
{
	return verbose;
}

const struct shim_board *router_board(void)
{
	return __atomic_load_n(&board, __ATOMIC_ACQUIRE);
}

/* The board of an older router is left where it is: other threads may be reading it. */
static void take_board(int fd)
{
	void *memory = mmap(NULL, sizeof *board, PROT_READ, MAP_SHARED, fd, 0);

	real()->close(fd);
	if (memory != MAP_FAILED)
		__atomic_store_n(&board, (const struct shim_board *)memory, __ATOMIC_RELEASE);
}

static int open_call(const struct call *call)
{
	struct timeval wait = { .tv_sec = call->wait_us / 1000000,
		                .tv_usec = call->wait_us % 1000000 };
	int fd = real()->socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (router_address.sun_family != AF_UNIX ||
	    real()->connect(fd, (const struct sockaddr *)&router_address, sizeof router_address) <
	            0) {
		int error = errno;

		real()->close(fd);
		return error == EACCES || error == EPERM || error == EINTR ? -error : -ENETDOWN;
	}
	if (call->wait_us > 0)
		(void)real()->setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	return fd;
}

static int send_request(int fd, struct call *call)
{
	struct iovec parts[TAIL_PARTS + 1] = { { &call->request, sizeof call->request } };
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof fd)];
	} control;
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 1 + call->ntail };

	memset(&control, 0, sizeof control);
	for (size_t i = 0; i < call->ntail; i++) {
		parts[i + 1] = call->tail[i];
		call->request.tail_len += (uint32_t)call->tail[i].iov_len;
	}
	if (call->fd >= 0) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&control.head), &call->fd, sizeof call->fd);
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
	}
	if (real()->sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == EPIPE || errno == ECONNRESET ? -ENETDOWN : -errno;
}

static void take_descriptor(struct msghdr *message)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(message);
	int fd;

	if (c == NULL || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return;
	memcpy(&fd, CMSG_DATA(c), sizeof fd);
	take_board(fd);
}

static int receive_answer(int fd, struct call *call)
{
	struct iovec parts[] = { { &call->answer, sizeof call->answer },
		                 { call->out, call->room } };
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof fd)];
	} control;
	struct msghdr message = {
		.msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t n = real()->recvmsg(fd, &message, MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == ECONNRESET ? -ENETDOWN : -errno;
	if ((size_t)n < sizeof call->answer || call->answer.version != SHIM_VERSION)
		return -ENETDOWN;
	take_descriptor(&message);
	return call->answer.result;
}

int router_call(struct call *call)
{
	const struct shim_board *mine = router_board();
	int fd = open_call(call);
	int result;

	if (fd < 0)
		return fd;
	call->request.version = SHIM_VERSION;
	if (mine == NULL && call->request.call != SHIM_GONE)
		call->request.flags |= SHIM_BOARD;
	result = send_request(fd, call);
	if (result == 0 && call->request.call != SHIM_GONE)
		result = receive_answer(fd, call);
	real()->close(fd);
	/* Another router than the one whose board we have: the next call asks for its board. */
	if (mine != NULL && call->answer.instance != 0 && call->answer.instance != mine->instance)
		__atomic_store_n(&board, NULL, __ATOMIC_RELEASE);
	return result;
}

int router_ask(enum shim_call what, uint64_t badge, int a, int b)
{
	struct call call = {
		.request = { .call = (uint8_t)what, .badge = badge, .a = a, .b = b },
		.fd = -1,
	};

	return router_call(&call);
}
