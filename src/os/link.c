#include "os/link.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

int link_open(void)
{
	struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&group, sizeof group) < 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd;
}

bool link_changed(int fd)
{
	bool changed = false;

	for (;;) {
		char one;

		/* MSG_TRUNC: a message goes whole, however little of it is taken. ENOBUFS means
		 * that messages were lost: as good as one that came. */
		if (recv(fd, &one, sizeof one, MSG_DONTWAIT | MSG_TRUNC) >= 0 || errno == ENOBUFS)
			changed = true;
		else if (errno != EINTR)
			return changed;
	}
}
