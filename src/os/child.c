#include "os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Those that are handed over have numbers above both places, see child_start_with(). */
static void choose_files(posix_spawn_file_actions_t *files, int fd, int more)
{
	posix_spawn_file_actions_init(files);
	posix_spawn_file_actions_adddup2(files, fd, CHILD_FD);
	posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (more >= 0)
		posix_spawn_file_actions_adddup2(files, more, CHILD_FD_MORE);
	posix_spawn_file_actions_addclosefrom_np(files, (more >= 0 ? CHILD_FD_MORE : CHILD_FD) + 1);
}

/* What is blocked or ignored here must not be so there. */
static void choose_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(attributes);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
	                                             POSIX_SPAWN_SETSID);
}

static int spawn(const char *program, const char *word, int fd, int more, pid_t *ret_pid)
{
	char name[] = "towpathd", argument[32] = "";
	char *const arguments[] = { name, argument, NULL }, *const environment[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int error;

	must(strlen(word) < sizeof argument);
	memcpy(argument, word, strlen(word));
	choose_files(&files, fd, more);
	choose_attributes(&attributes);
	error = posix_spawn(ret_pid, program, &files, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return -error;
}

/* dup2() of a descriptor to itself would leave it to be closed by the exec: a copy above all. */
static int copy_above(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, CHILD_FD_MORE + 1);

	return copy < 0 ? -errno : copy;
}

static void close_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

int child_start(const char *program, const char *word, struct child *ret_child)
{
	return child_start_with(program, word, -1, ret_child);
}

int child_start_with(const char *program, const char *word, int more, struct child *ret_child)
{
	int pair[2], far, far_more = -1, error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	far = copy_above(pair[1]);
	if (more >= 0)
		far_more = copy_above(more);
	if (far < 0 || (more >= 0 && far_more < 0))
		error = far < 0 ? far : far_more;
	else
		error = spawn(program, word, far, far_more, &ret_child->pid);
	close(pair[1]);
	close_open(far);
	close_open(far_more);
	if (error != 0) {
		close(pair[0]);
		*ret_child = (struct child){ .fd = -1 };
		return error;
	}
	ret_child->fd = pair[0];
	return 0;
}

void child_end(struct child *child)
{
	if (child->fd >= 0)
		close(child->fd);
	child->fd = -1;
	if (child->pid > 0)
		kill(child->pid, SIGKILL);
}

bool child_reap(struct child *child, bool wait)
{
	pid_t gone;

	if (child->pid <= 0)
		return true;
	do
		gone = waitpid(child->pid, NULL, wait ? 0 : WNOHANG);
	while (gone < 0 && errno == EINTR);
	if (gone == 0)
		return false;
	child->pid = 0;
	return true;
}

static int socket_option(int option)
{
	int value;
	socklen_t len = sizeof value;

	return getsockopt(CHILD_FD, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

bool child_is_one(void)
{
	return socket_option(SO_DOMAIN) == AF_UNIX && socket_option(SO_TYPE) == SOCK_SEQPACKET;
}
