#include "os/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOBODY 65534

/* Those of which every call is as good as any other. */
static const int harmless[] = {
	SCMP_SYS(poll),        SCMP_SYS(ppoll),        SCMP_SYS(clock_gettime),
	SCMP_SYS(munmap),      SCMP_SYS(mremap),       SCMP_SYS(brk),
	SCMP_SYS(madvise),     SCMP_SYS(futex),        SCMP_SYS(getrandom),
	SCMP_SYS(sched_yield), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),        SCMP_SYS(exit_group),
};

/* What the process has mapped, in bytes; 0 when that can't be known. */
static uint64_t mapped_now(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	uint64_t pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int limit(__rlimit_resource_t what, uint64_t most)
{
	struct rlimit limit = { .rlim_cur = most, .rlim_max = most };

	return setrlimit(what, &limit) == 0 ? 0 : -errno;
}

static int limit_all(size_t descriptors, size_t memory)
{
	uint64_t mapped = mapped_now();
	int error = mapped == 0 ? -ENOSYS : limit(RLIMIT_AS, mapped + memory);

	/* A longer list than this poll() would not take. The standard ones are there, too. */
	if (error == 0)
		error = limit(RLIMIT_NOFILE, 3 + descriptors);
	if (error == 0)
		error = limit(RLIMIT_NPROC, 0);
	if (error == 0)
		error = limit(RLIMIT_CORE, 0);
	return error;
}

/* Nobody's, where the process may choose: in a small user namespace there is no such user, and
 * what is left of root then is a name without capabilities. */
static int give_up_rights(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (geteuid() == 0) {
		(void)!setgroups(0, NULL);
		(void)!setresgid(NOBODY, NOBODY, NOBODY);
		(void)!setresuid(NOBODY, NOBODY, NOBODY);
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capset, &head, none) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

static int allow_messages(scmp_filter_ctx filter, int fd)
{
	const struct scmp_arg_cmp to_fd = SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)fd);
	const struct scmp_arg_cmp nobody_else = SCMP_A4(SCMP_CMP_EQ, 0);
	int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvfrom), 1, to_fd);

	if (error == 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2, to_fd,
		                         nobody_else);
	return error;
}

static int allow_some(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp to_stderr = SCMP_A0_32(SCMP_CMP_EQ, STDERR_FILENO);
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp no_file =
		SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
	int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to_stderr);

	if (error == 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_code,
		                         no_file);
	if (error == 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
	return error;
}

/* Harmless on descriptors that are open already: nothing can be opened. */
static const int of_connections[] = {
	SCMP_SYS(fcntl),          SCMP_SYS(getsockopt), SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),    SCMP_SYS(close),      SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(getpid),     SCMP_SYS(gettimeofday),
	SCMP_SYS(sigaltstack),
};

static int filter_calls(const int *fds, size_t n, bool connections)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int error = filter == NULL ? -ENOMEM : allow_some(filter);

	for (size_t i = 0; error == 0 && i < n; i++)
		error = allow_messages(filter, fds[i]);
	for (size_t i = 0; error == 0 && i < ARRAY_LEN(harmless); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, harmless[i], 0);
	for (size_t i = 0; error == 0 && connections && i < ARRAY_LEN(of_connections); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, of_connections[i], 0);
	/* A library that connects again what it was given connected is told that it is. */
	if (error == 0 && connections)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), SCMP_SYS(connect), 0);
	if (error == 0)
		error = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	return error;
}

static int confine(const int *fds, size_t n, size_t memory, bool connections)
{
	int error = limit_all(n, memory);

	if (error == 0)
		error = give_up_rights();
	return error == 0 ? filter_calls(fds, n, connections) : error;
}

int confine_to_messages(const int *fds, size_t n, size_t memory)
{
	return confine(fds, n, memory, false);
}

int confine_to_connections(const int *fds, size_t n, size_t memory)
{
	return confine(fds, n, memory, true);
}
