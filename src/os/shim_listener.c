#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/shim_inside.h"

#define TURN_CONNECTIONS 64

/* Our end of an accepted connection, whose name tells the program which it is and from where. */
static int labelled_socket(struct shim_socket *s, const uint8_t *address, size_t len)
{
	struct shim_label label = { .towpath = SHIM_LABEL, .badge = shim_socket_badge(s) };
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	memcpy(label.address, address, len < sizeof label.address ? len : sizeof label.address);
	memcpy(name.sun_path + 1, &label, sizeof label);
	if (bind(fd, (struct sockaddr *)&name,
	         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + sizeof label)) < 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

/* The next connection of the listener, with our end made; NULL: none, or it could not be had. */
static struct shim_socket *next_connection(struct shim_socket *listener)
{
	struct sock *sock;
	uint8_t address[32] = { 0 };
	int len = sizeof address, fd;
	struct shim_socket *s;

	if (sock_accept(listener->sock, address, &len, &sock) != 0)
		return NULL;
	s = shim_socket_new(listener->server, SHIM_STREAM);
	fd = s != NULL ? labelled_socket(s, address, sizeof address) : -ENFILE;
	if (fd < 0 || shim_socket_pair(s, fd) != 0) {
		sock_close(sock);
		if (s != NULL)
			shim_socket_free(s);
		return NULL;
	}
	s->sock = sock;
	s->phase = SHIM_OFFERED;
	s->owner = listener->owner;
	sock_own(sock, &s->owner);
	return s;
}

/* 0, or -EAGAIN: the program's queue is full, and nothing tells when it is not any more. */
static int offer(struct shim_socket *listener, struct shim_socket *s)
{
	int error = shim_door_connect(s->fd, listener->path_fd);

	if (error == -EAGAIN)
		return error;
	if (error != 0) {
		shim_socket_free(s);
		return error;
	}
	s->phase = SHIM_RUNNING;
	shim_socket_say(s, SHIM_OPEN);
	sock_watch(s->sock, shim_socket_changed, s);
	shim_socket_dirty(s);
	return 0;
}

bool shim_listener_turn(struct shim_socket *listener)
{
	struct shim_server *server = listener->server;
	unsigned n = 0;
	int error = 0;

	while (n < TURN_CONNECTIONS && error == 0) {
		struct shim_socket *s = listener->offered;

		if (s == NULL)
			s = next_connection(listener);
		else
			server->offers--;
		listener->offered = NULL;
		if (s == NULL)
			return n > 0;
		error = offer(listener, s);
		if (error == -EAGAIN) {
			listener->offered = s;
			server->offers++;
		}
		n++;
	}
	if (error == 0)
		shim_socket_dirty(listener); /* there may be more */
	/* The program has closed its listener: nobody is there for what still comes. */
	else if (error != -EAGAIN)
		shim_socket_roll_call(server);
	return n > 0;
}
