#include "os/shim_server.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/random.h"
#include "lib/text.h"
#include "os/shim_inside.h"

/* A program's full queue of connections is looked at again after so long. */
#define OFFER_AGAIN_MS 5

/* --- one call ------------------------------------------------------------------------------- */

static void client_close(struct shim_client *client)
{
	if (client->waits_for != NULL)
		client->waits_for->waiter = NULL;
	client->waits_for = NULL;
	loop_remove(client->watch);
	close(client->fd);
	client->fd = -1;
}

/* @fd goes along; -1: none. A program that does not take its answer is none of our business. */
static void send_answer(struct shim_client *client, const struct shim_answer *answer, uint8_t *tail,
                        int fd)
{
	struct shim_answer head = *answer;
	struct iovec parts[] = { { &head, sizeof head }, { tail, answer->tail_len } };
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof fd)];
	} control = { 0 };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	if (fd >= 0) {
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&control.head), &fd, sizeof fd);
		message.msg_control = &control;
		message.msg_controllen = sizeof control;
	}
	(void)!sendmsg(client->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static struct shim_answer answer_to(const struct shim_server *server, uint8_t call)
{
	return (struct shim_answer){
		.version = SHIM_VERSION,
		.call = call,
		.instance = server->board->instance,
	};
}

void shim_server_tell(struct shim_socket *s, int result)
{
	struct shim_client *client = s->waiter;
	struct shim_answer answer = answer_to(s->server, SHIM_CONNECT);

	answer.result = result;
	send_answer(client, &answer, NULL, -1);
	client_close(client);
}

/* The first descriptor that came along; others are closed. */
static int take_fds(struct msghdr *message)
{
	int found = -1;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof found;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (found < 0)
				found = fd;
			else
				close(fd);
		}
	}
	return found;
}

static ssize_t receive_request(struct shim_client *client, int *ret_fd)
{
	struct shim_server *server = client->server;
	struct iovec part = { server->request, sizeof server->request };
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(4 * sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof control,
	};
	ssize_t n = recvmsg(client->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*ret_fd = n >= 0 ? take_fds(&message) : -1;
	return n;
}

static void answer_call(struct shim_work *work)
{
	struct shim_client *client = work->client;
	struct shim_server *server = client->server;
	bool board = (work->request.flags & SHIM_BOARD) != 0;
	uint8_t out[SHIM_VALUE_BYTES];

	work->answer = answer_to(server, work->request.call);
	work->out = out;
	shim_calls_answer(work);
	if (work->later)
		return;
	if (!work->silent)
		send_answer(client, &work->answer, out, board ? server->board_fd : -1);
	client_close(client);
}

/* A request is all that a client sends; what else it does ends it, and its waiting. */
static void client_ready(void *arg, unsigned events)
{
	struct shim_client *client = arg;
	struct shim_work work = { .client = client, .fd = -1 };
	ssize_t n = receive_request(client, &work.fd);

	(void)events;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0 && client->waits_for == NULL &&
	    shim_proto_request(client->server->request, (size_t)n, &work.request, &work.tail))
		answer_call(&work);
	else
		client_close(client);
	if (work.fd >= 0)
		close(work.fd);
}

static bool may_ask(int fd, struct shim_client *client)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t len = sizeof peer;

	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len);
	client->pid = (uint32_t)peer.pid;
	client->uid = peer.uid;
	return peer.uid == 0 || peer.uid == geteuid();
}

static struct shim_client *free_client(struct shim_server *server)
{
	for (size_t i = 0; i < SHIM_CLIENTS_MAX; i++) {
		if (server->clients[i].fd < 0)
			return &server->clients[i];
	}
	return NULL;
}

/* All that are there: a call costs a connection, so they come in crowds. Without a place they wait
 * in the kernel's queue until one is free. */
static void accept_clients(void *arg, unsigned events)
{
	struct shim_server *server = arg;
	struct shim_client *client;

	(void)events;
	while ((client = free_client(server)) != NULL) {
		int fd = accept4(server->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		if (!may_ask(fd, client) ||
		    loop_add(server->loop, fd, client_ready, client, &client->watch) != 0) {
			close(fd);
			continue;
		}
		client->server = server;
		client->fd = fd;
		must(loop_interest(client->watch, LOOP_READ) == 0);
		client_ready(client, LOOP_READ); /* its request mostly is there already */
	}
}

/* --- turns ---------------------------------------------------------------------------------- */

static bool socket_turn(struct shim_socket *s)
{
	if (s->phase == SHIM_LISTENING)
		return shim_listener_turn(s);
	if (s->phase != SHIM_PENDING && s->phase != SHIM_RUNNING)
		return false;
	return s->kind == SHIM_STREAM ? shim_stream_turn(s) : shim_datagram_turn(s);
}

static void offer_again(struct shim_server *server)
{
	for (struct shim_socket *s = server->unpaired; s != NULL; s = s->next_unpaired) {
		if (s->offered != NULL)
			shim_socket_dirty(s);
	}
}

bool shim_server_turn(struct shim_server *server, mono now)
{
	bool moved = false;

	server->now = now;
	if (server->offers > 0)
		offer_again(server);

	/* Those that become dirty meanwhile have their turn next time. */
	struct shim_socket *s = server->dirty;

	server->dirty = server->dirty_last = NULL;
	while (s != NULL) {
		struct shim_socket *next = s->next_dirty;

		s->dirty = false;
		moved |= socket_turn(s);
		s = next;
	}
	shim_socket_expire(server);
	if (mono_due(server->roll_at, now))
		shim_socket_roll_call(server);
	return moved || server->dirty != NULL;
}

mono shim_server_next(const struct shim_server *server)
{
	mono next = mono_never();

	if (server->dirty != NULL)
		return server->now;
	if (server->unpaired != NULL)
		next = server->roll_at;
	if (server->offers > 0)
		next = mono_min(next, mono_add_ms(server->now, OFFER_AGAIN_MS));
	return server->spent != NULL ? mono_min(next, server->spent->until) : next;
}

/* --- start and end -------------------------------------------------------------------------- */

/* Programs can read the board and nothing else, also through a descriptor of their own. */
static int make_board(struct shim_server *server)
{
	int fd = memfd_create("towpath-run", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	server->board_fd = fd;
	if (ftruncate(fd, sizeof *server->board) < 0)
		return -errno;
	server->board =
		mmap(NULL, sizeof *server->board, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (server->board == MAP_FAILED) {
		server->board = NULL;
		return -errno;
	}
	if (fcntl(fd, F_ADD_SEALS,
	          F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) < 0)
		return -errno;
	server->board->instance = random_u64(server->random) | 1;
	return 0;
}

static int bind_and_listen(struct shim_server *server)
{
	const char *path = server->address.sun_path;

	/* The console's socket beside it is ours: so is what is left under this name. */
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	server->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (server->fd < 0 ||
	    bind(server->fd, (struct sockaddr *)&server->address, sizeof server->address) < 0 ||
	    chmod(path, 0600) < 0 || lstat(path, &server->made) < 0 ||
	    listen(server->fd, SHIM_CLIENTS_MAX) < 0)
		return -errno;
	return 0;
}

static int open_all(struct shim_server *server)
{
	const char *path = server->address.sun_path;
	int error = make_board(server);

	if (error == 0)
		error = roll_call_open(&server->roll);
	if (error == 0)
		error = shim_door_open(&server->streams, path, SOCK_STREAM);
	if (error == 0)
		error = shim_door_open(&server->datagrams, path, SOCK_SEQPACKET);
	if (error == 0)
		error = bind_and_listen(server);
	if (error == 0)
		error = loop_add(server->loop, server->fd, accept_clients, server, &server->watch);
	return error == 0 ? loop_interest(server->watch, LOOP_READ) : error;
}

static void make_slots(struct shim_server *server)
{
	server->sockets = mem_new(SHIM_SLOTS, sizeof *server->sockets);
	for (uint32_t i = 0; i < SHIM_SLOTS; i++)
		server->sockets[i].next_free = i + 1 < SHIM_SLOTS ? &server->sockets[i + 1] : NULL;
	server->free = &server->sockets[0];
	server->free_last = &server->sockets[SHIM_SLOTS - 1];
	for (size_t i = 0; i < SHIM_CLIENTS_MAX; i++)
		server->clients[i].fd = -1;
}

int shim_server_open(struct loop *loop, struct host *host, struct random *random, const char *path,
                     struct text *words, struct shim_server **ret_server)
{
	struct shim_server *server = mem_new(1, sizeof *server);
	int error = -ENAMETOOLONG;

	server->loop = loop;
	server->host = host;
	server->random = random;
	server->fd = server->board_fd = server->roll.epoll_fd = -1;
	server->streams.fd = server->datagrams.fd = -1;
	server->roll_at = mono_never();
	server->address.sun_family = AF_UNIX;
	make_slots(server);
	/* Names near it (shim_door.c) are a little longer. */
	if (strlen(path) + sizeof SHIM_SUFFIX + 8 <= sizeof server->address.sun_path) {
		struct text name =
			text_into(server->address.sun_path, sizeof server->address.sun_path);

		text_printf(&name, "%s" SHIM_SUFFIX, path);
		error = open_all(server);
	}
	if (error != 0) {
		text_printf(words, "the socket for programs %s" SHIM_SUFFIX " can't be made: %s",
		            path, strerror(-error));
		shim_server_close(server);
		return error;
	}
	*ret_server = server;
	return 0;
}

static void remove_file(const struct shim_server *server)
{
	struct stat st;

	if (server->made.st_ino != 0 && lstat(server->address.sun_path, &st) == 0 &&
	    st.st_ino == server->made.st_ino && st.st_dev == server->made.st_dev)
		unlink(server->address.sun_path);
}

void shim_server_close(struct shim_server *server)
{
	for (uint32_t i = 0; i < SHIM_SLOTS; i++) {
		if (server->sockets[i].phase != SHIM_FREE)
			shim_socket_free(&server->sockets[i]);
	}
	for (size_t i = 0; i < SHIM_CLIENTS_MAX; i++) {
		if (server->clients[i].fd >= 0)
			client_close(&server->clients[i]);
	}
	if (server->watch != NULL)
		loop_remove(server->watch);
	remove_file(server);
	if (server->fd >= 0)
		close(server->fd);
	shim_door_close(&server->streams);
	shim_door_close(&server->datagrams);
	roll_call_close(&server->roll);
	if (server->board != NULL)
		munmap(server->board, sizeof *server->board);
	if (server->board_fd >= 0)
		close(server->board_fd);
	mem_free(server->sockets);
	mem_free(server);
}
