#include "os/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/text.h"

/* A file in memory that already holds @content: unlike a pipe it can't fill up. */
static int memory_file(const char *content)
{
	size_t len = strlen(content);
	int fd = memfd_create("towpath", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (pwrite(fd, content, len, 0) != (ssize_t)len) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static bool find_program(const char *name, char *path, size_t size)
{
	static const char *const directories[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin",
		                                   "/usr/local/sbin" };

	for (size_t i = 0; i < ARRAY_LEN(directories); i++) {
		snprintf(path, size, "%s/%s", directories[i], name);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Our blocked signals must not stay blocked in it, or it could not be interrupted. */
static int start(const char *path, const char *const argv[], int input, int output, pid_t *ret_pid)
{
	static const char search[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char variable[sizeof search];
	char *const environment[] = { variable, NULL };
	char *arguments[8] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;

	memcpy(variable, search, sizeof search);
	for (size_t i = 0; argv[i] != NULL; i++) {
		must(i + 1 < ARRAY_LEN(arguments));
		memcpy(&arguments[i], &argv[i], sizeof arguments[i]); /* execve() wants char * */
	}
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

	int error = posix_spawn(ret_pid, path, &files, &attributes, arguments, environment);

	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return -error;
}

static int wait_for_end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void read_complaint(int fd, struct text *complaint)
{
	char bytes[256];
	ssize_t n = pread(fd, bytes, sizeof bytes, 0);

	while (n > 0 && bytes[n - 1] == '\n')
		n--;
	if (n > 0)
		text_bytes(complaint, bytes, (size_t)n);
}

int program_run(const char *const argv[], const char *input, struct text *complaint)
{
	char path[PATH_MAX];
	pid_t pid;

	if (!find_program(argv[0], path, sizeof path))
		return -ENOENT;

	int in = memory_file(input);
	int out = memory_file("");
	int status = in < 0 ? in : out < 0 ? out : start(path, argv, in, out, &pid);

	if (status == 0) {
		status = wait_for_end(pid);
		read_complaint(out, complaint);
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return status;
}
