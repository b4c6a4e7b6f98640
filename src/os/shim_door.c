#include "os/shim_door.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 8

static int bind_shortly(int fd, const struct sockaddr_un *address, int *ret_path_fd)
{
	int path_fd, error = 0;

	/* The name of our own that was left behind by a death between bind() and unlink(). */
	(void)unlink(address->sun_path);
	if (bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
		return -errno;
	path_fd = open(address->sun_path, O_PATH | O_CLOEXEC);
	if (path_fd < 0)
		error = -errno;
	(void)unlink(address->sun_path);
	*ret_path_fd = path_fd;
	return error;
}

int shim_door_listen(int fd, const char *near, int backlog, int *ret_path_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int n = snprintf(address.sun_path, sizeof address.sun_path, "%s.%d", near, fd);
	int error;

	if (n < 0 || (size_t)n >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	error = bind_shortly(fd, &address, ret_path_fd);
	if (error != 0)
		return error;
	if (listen(fd, backlog) < 0) {
		error = -errno;
		close(*ret_path_fd);
	}
	return error;
}

int shim_door_open(struct shim_door *door, const char *near, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	door->fd = -1;
	if (fd < 0)
		return -errno;
	error = shim_door_listen(fd, near, BACKLOG, &door->path_fd);
	if (error != 0) {
		close(fd);
		return error;
	}
	door->fd = fd;
	return 0;
}

void shim_door_close(struct shim_door *door)
{
	if (door->fd < 0)
		return;
	close(door->fd);
	close(door->path_fd);
	door->fd = -1;
}

int shim_door_connect(int fd, int path_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", path_fd);
	return connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
}

int shim_door_pair(const struct shim_door *door, int fd, int *ret_end)
{
	int error = shim_door_connect(fd, door->path_fd);
	int end;

	if (error != 0)
		return error;
	end = accept4(door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (end < 0)
		return -errno;
	*ret_end = end;
	return 0;
}
