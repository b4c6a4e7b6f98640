#include "os/roll_call.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

int roll_call_open(struct roll_call *roll)
{
	roll->place_fd = -1;
	roll->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (roll->epoll_fd < 0)
		return -errno;
	roll->place_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (roll->place_fd < 0) {
		int error = -errno;

		close(roll->epoll_fd);
		roll->epoll_fd = -1;
		return error;
	}
	return 0;
}

void roll_call_close(struct roll_call *roll)
{
	if (roll->epoll_fd < 0)
		return;
	close(roll->epoll_fd);
	close(roll->place_fd);
	roll->epoll_fd = -1;
}

/* Do @operation with what @fd is under the one number, which then is /dev/null again. */
static int change(struct roll_call *roll, int operation, int fd, uint64_t id)
{
	struct epoll_event event = { .events = EPOLLET, .data.u64 = id };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int error = 0;

	if (null < 0)
		return -errno;
	if (dup3(fd, roll->place_fd, O_CLOEXEC) < 0) {
		error = -errno;
		close(null);
		return error;
	}
	if (epoll_ctl(roll->epoll_fd, operation, roll->place_fd, &event) < 0)
		error = -errno;
	(void)dup3(null, roll->place_fd, O_CLOEXEC);
	close(null);
	return error;
}

int roll_call_add(struct roll_call *roll, int fd, uint64_t id)
{
	return change(roll, EPOLL_CTL_ADD, fd, id);
}

void roll_call_remove(struct roll_call *roll, int fd)
{
	(void)change(roll, EPOLL_CTL_DEL, fd, 0);
}

int roll_call_take(const struct roll_call *roll, void (*here)(void *arg, uint64_t id), void *arg)
{
	char path[40], line[256];
	FILE *file;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", roll->epoll_fd);
	file = fopen(path, "re");
	if (file == NULL)
		return -errno;
	while (fgets(line, sizeof line, file) != NULL) {
		const char *data = strstr(line, " data:");
		uint64_t id;

		if (strncmp(line, "tfd:", 4) == 0 && data != NULL &&
		    sscanf(data, " data: %" SCNx64, &id) == 1)
			here(arg, id);
	}
	fclose(file);
	return 0;
}
