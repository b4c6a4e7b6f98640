/*
 * lab.h -- a network of one's own for a test: a user namespace (root in it) and network
 * namespaces, with veth pairs between them. Everything goes when the test ends.
 */
#ifndef TEST_OS_LAB_H
#define TEST_OS_LAB_H

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

static inline void lab_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail_msg("%s: %s", path, strerror(errno));
	close(fd);
}

/* Run a program without a shell: words are parted by single spaces. */
static inline int lab_try(const char *command)
{
	char copy[256], *words[32], *rest = copy;
	size_t n = 0;
	int status;

	snprintf(copy, sizeof copy, "%s", command);
	while (n < 31 && (words[n] = strsep(&rest, " ")) != NULL)
		n++;
	words[n] = NULL;

	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		execvp(words[0], words);
		fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void lab_run(const char *command)
{
	int status = lab_try(command);

	if (status != 0)
		fail_msg("\"%s\" failed (%d)", command, status);
}

/* A network namespace of our own, in which we are root. */
static inline void lab_enter(void)
{
	char map[64];
	unsigned uid = getuid(), gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		fail_msg("this test makes user and network namespaces, which this system refuses "
		         "(%s): allow them (sysctl user.max_user_namespaces, "
		         "kernel.unprivileged_userns_clone)",
		         strerror(errno));
	lab_write("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %u 1", uid);
	lab_write("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %u 1", gid);
	lab_write("/proc/self/gid_map", map);
}

/* The network namespace we are in, to come back to by lab_go(). */
static inline int lab_here(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static inline void lab_go(int net)
{
	assert_int_equal(setns(net, CLONE_NEWNET), 0);
}

/* A further network namespace; we stay where we are. */
static inline int lab_new(void)
{
	int before = lab_here();

	assert_int_equal(unshare(CLONE_NEWNET), 0);

	int made = lab_here();

	lab_go(before);
	close(before);
	return made;
}

/* Move @iface, which is here, to another namespace. */
static inline void lab_move(const char *iface, int net)
{
	char command[128];

	/* ip's children see our descriptors under this name; the fd must be inherited. */
	assert_int_equal(fcntl(net, F_SETFD, 0), 0);
	snprintf(command, sizeof command, "ip link set %s netns /proc/self/fd/%d", iface, net);
	lab_run(command);
}

#endif
