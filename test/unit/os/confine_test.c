/*
 * Each call is made by a process of its own that confine_to_messages() has been applied to, and
 * must be its end, by SIGSYS.
 */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/must.h"
#include "os/confine.h"

#define MEMORY (64U << 20)

struct attempt {
	const char *name;
	long number;
	long args[6];
};

static const struct attempt attempts[] = {
	{ "open", SYS_openat, { AT_FDCWD, (long)"/etc/shadow", O_RDONLY } },
	{ "create",
	  SYS_openat,
	  { AT_FDCWD, (long)"/tmp/towpath-taken", O_CREAT | O_WRONLY, 0600 } },
	{ "read", SYS_read, { 0, 0, 0 } },
	{ "write to the socket", SYS_write, { 3, (long)"x", 1 } },
	{ "close", SYS_close, { 3 } },
	{ "execve", SYS_execve, { (long)"/bin/true", 0, 0 } },
	{ "execveat", SYS_execveat, { AT_FDCWD, (long)"/bin/true", 0, 0, 0 } },
	{ "clone", SYS_clone, { SIGCHLD, 0, 0, 0, 0 } },
	{ "socket", SYS_socket, { AF_INET, SOCK_DGRAM, 0 } },
	{ "socketpair", SYS_socketpair, { AF_UNIX, SOCK_STREAM, 0, 0 } },
	{ "connect", SYS_connect, { 3, 0, 0 } },
	{ "bind", SYS_bind, { 3, 0, 0 } },
	{ "sendmsg", SYS_sendmsg, { 3, 0, 0 } },
	{ "recvmsg", SYS_recvmsg, { 3, 0, 0 } },
	{ "send to a name", SYS_sendto, { 3, (long)"x", 1, 0, (long)"x", 2 } },
	{ "send by another", SYS_sendto, { 4, (long)"x", 1, 0, 0, 0 } },
	{ "receive by another", SYS_recvfrom, { 4, 0, 0, 0, 0, 0 } },
	{ "ptrace", SYS_ptrace, { PTRACE_TRACEME, 0, 0, 0 } },
	{ "process_vm_readv", SYS_process_vm_readv, { 1, 0, 0, 0, 0, 0 } },
	{ "kill", SYS_kill, { 1, 0 } },
	{ "tgkill", SYS_tgkill, { 1, 1, 0 } },
	{ "mount", SYS_mount, { (long)"x", (long)"/", (long)"tmpfs", 0, 0 } },
	{ "unshare", SYS_unshare, { CLONE_NEWUSER } },
	{ "setuid", SYS_setuid, { 0 } },
	{ "prctl", SYS_prctl, { PR_SET_DUMPABLE, 1, 0, 0, 0 } },
	{ "seccomp", SYS_seccomp, { 0, 0, 0 } },
	{ "setrlimit", SYS_prlimit64, { 0, RLIMIT_CORE, 0, 0 } },
	{ "unlink", SYS_unlinkat, { AT_FDCWD, (long)"/tmp/towpath-taken", 0 } },
	{ "rename", SYS_renameat2, { AT_FDCWD, (long)"/a", AT_FDCWD, (long)"/b", 0 } },
	{ "chroot", SYS_chroot, { (long)"/" } },
	{ "ioctl", SYS_ioctl, { 0, TIOCSTI, (long)"x" } },
	{ "memory with code",
	  SYS_mmap,
	  { 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 } },
	{ "memory of a file", SYS_mmap, { 0, 4096, PROT_READ, MAP_SHARED, 0, 0 } },
	{ "make memory code", SYS_mprotect, { 0, 4096, PROT_READ | PROT_EXEC } },
	{ "io_uring", SYS_io_uring_setup, { 1, 0 } },
	{ "bpf", SYS_bpf, { 0, 0, 0 } },
	{ "memfd_create", SYS_memfd_create, { (long)"x", 0 } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
};

/* How a confined process that calls @act ends; what it reaches it says by its exit status. */
static int end_of(void (*act)(const void *arg), const void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (confine_to_messages((const int[]){ 3 }, 1, MEMORY) != 0)
			_exit(99);
		act(arg);
		syscall(SYS_exit_group, 7);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void attempt(const void *arg)
{
	const struct attempt *a = arg;

	syscall(a->number, a->args[0], a->args[1], a->args[2], a->args[3], a->args[4], a->args[5]);
}

static void each_of_these_calls_is_the_end(void **state)
{
	unsigned refused = 0;

	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		int status = end_of(attempt, &attempts[i]);

		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
			refused++;
		else
			print_error("%s: not refused (status %#x)\n", attempts[i].name, status);
	}
	print_message("%u of %zu refused\n", refused, ARRAY_LEN(attempts));
	assert_int_equal(refused, ARRAY_LEN(attempts));
	assert_int_equal(access("/tmp/towpath-taken", F_OK), -1);
}

/* What the guard needs works: memory up to its limit and not beyond, time, its own socket. */
static void work(const void *arg)
{
	struct timespec now;
	size_t most = MEMORY - (1U << 20);
	char byte;
	void *memory = mmap(NULL, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *more =
		mmap(NULL, 2U << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || more != MAP_FAILED)
		_exit(1);
	if (munmap(memory, most) != 0 || clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		_exit(2);
	/* No socket here: the call is made and fails as calls do. */
	if (recv(3, &byte, 1, MSG_DONTWAIT) >= 0 || errno == ENOSYS || errno == EPERM)
		_exit(3);
}

static void what_it_needs_works(void **state)
{
	int status = end_of(work, NULL);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
}

/* Looked at before calls are refused: root is nobody, whoever started it, and has no capabilities.
 */
static void rights_are_gone(void **state)
{
	int fds[2];
	char status[4096] = "", path[64];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);

	pid_t pid = fork();

	if (pid == 0) {
		char byte = 'r';

		if (confine_to_messages(&fds[1], 1, MEMORY) != 0)
			_exit(99);
		(void)!send(fds[1], &byte, 1, 0);
		(void)!recv(fds[1], &byte, 1, 0);
		_exit(0);
	}
	assert_int_equal(recv(fds[0], status, 1, 0), 1);
	snprintf(path, sizeof path, "/proc/%d/status", pid);

	FILE *file = fopen(path, "r");

	assert_non_null(file);
	status[fread(status, 1, sizeof status - 1, file)] = '\0';
	fclose(file);
	assert_non_null(strstr(status, "CapEff:\t0000000000000000"));
	assert_non_null(strstr(status, "CapPrm:\t0000000000000000"));
	assert_non_null(strstr(status, "NoNewPrivs:\t1"));
	assert_non_null(strstr(status, "Seccomp:\t2"));
	if (geteuid() == 0)
		assert_non_null(strstr(status, "Uid:\t65534\t65534\t65534"));
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_of_these_calls_is_the_end),
		cmocka_unit_test(what_it_needs_works),
		cmocka_unit_test(rights_are_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
