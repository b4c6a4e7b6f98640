/*
 * stack_linux.c -- the kernel of this machine as the host, in a namespace of its own.
 *
 * The process that opens it moves into new namespaces for good: one script a process.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/mem.h"
#include "script/cable.h"
#include "script/stack_linux.h"

#define CAUGHT_MAX 1024

/* A frame from the kernel, with the time when we saw it. */
struct caught_frame {
	int64_t at_us;
	size_t len, ip_at;
	uint8_t *bytes;
};

struct stack_linux {
	struct stack stack;
	struct cable cable;
	int tap;
	int64_t start_us;
	unsigned head, n;
	struct caught_frame frames[CAUGHT_MAX];
	uint8_t *taken;
	/* The call that waits. */
	pthread_t thread;
	int done; /* eventfd */
	bool waiting;
	int64_t result, result_at_us;
	int socket;
	const struct call_pattern *call;
	struct call_io *io;
};

static int64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static struct stack_linux *of(struct stack *stack)
{
	return (struct stack_linux *)stack;
}

static int64_t linux_now(struct stack *stack)
{
	return clock_us() - of(stack)->start_us;
}

static void tap_write(void *arg, const uint8_t *frame, size_t len)
{
	const struct stack_linux *kernel = arg;

	if (write(kernel->tap, frame, len) < 0 && errno != EIO)
		return; /* the link is down: the frame is lost, as on a wire */
}

/* Take in what has come, so that it gets its time soon. */
static void read_frames(struct stack_linux *kernel)
{
	uint8_t frame[CABLE_FRAME_BYTES_MAX];
	ssize_t len;

	while ((len = read(kernel->tap, frame, sizeof frame)) > 0) {
		size_t ip_at = cable_receive(&kernel->cable, frame, (size_t)len);

		if (ip_at == 0 || kernel->n == CAUGHT_MAX)
			continue;

		struct caught_frame *caught =
			&kernel->frames[(kernel->head + kernel->n++) % CAUGHT_MAX];

		*caught = (struct caught_frame){ .at_us = linux_now(&kernel->stack),
			                         .len = (size_t)len - ip_at,
			                         .bytes = mem_new((size_t)len - ip_at, 1) };
		memcpy(caught->bytes, frame + ip_at, caught->len);
	}
}

static void linux_wait(struct stack *stack, int64_t until_us)
{
	struct stack_linux *kernel = of(stack);
	struct pollfd fds[2] = { { kernel->tap, POLLIN, 0 }, { kernel->done, POLLIN, 0 } };
	int64_t left = until_us - linux_now(stack);
	struct timespec most;

	if (kernel->n > 0 || left < 0)
		left = 0;
	most = (struct timespec){ left / 1000000, left % 1000000 * 1000 };
	ppoll(fds, kernel->waiting ? 2 : 1, &most, NULL);
	read_frames(kernel);
}

static bool linux_take(struct stack *stack, struct caught *ret_caught)
{
	struct stack_linux *kernel = of(stack);

	read_frames(kernel);
	if (kernel->n == 0)
		return false;

	struct caught_frame *frame = &kernel->frames[kernel->head];

	mem_free(kernel->taken);
	kernel->taken = frame->bytes;
	*ret_caught = (struct caught){ frame->at_us, frame->len, frame->bytes };
	kernel->head = (kernel->head + 1) % CAUGHT_MAX;
	kernel->n--;
	return true;
}

static void linux_give(struct stack *stack, const uint8_t *packet, size_t len)
{
	cable_send(&of(stack)->cable, packet, len);
}

static int64_t linux_do(struct stack *stack, int socket, const struct call_pattern *call,
                        struct call_io *io)
{
	return linux_call(socket, call, io);
}

static void *linux_waiter(void *arg)
{
	struct stack_linux *kernel = arg;
	uint64_t one = 1;

	kernel->result = linux_call(kernel->socket, kernel->call, kernel->io);
	kernel->result_at_us = linux_now(&kernel->stack);
	if (write(kernel->done, &one, sizeof one) < 0)
		kernel->result = -EIO;
	return NULL;
}

static bool linux_start(struct stack *stack, int socket, const struct call_pattern *call,
                        struct call_io *io)
{
	struct stack_linux *kernel = of(stack);

	kernel->socket = socket;
	kernel->call = call;
	kernel->io = io;
	kernel->waiting = pthread_create(&kernel->thread, NULL, linux_waiter, kernel) == 0;
	return kernel->waiting;
}

static bool linux_returned(struct stack *stack, int64_t *ret_result, int64_t *ret_at_us)
{
	struct stack_linux *kernel = of(stack);
	uint64_t count;

	if (!kernel->waiting || read(kernel->done, &count, sizeof count) < 0)
		return false;
	pthread_join(kernel->thread, NULL);
	kernel->waiting = false;
	*ret_result = kernel->result;
	*ret_at_us = kernel->result_at_us;
	return true;
}

/* A thread that still waits goes with the process, which ends soon. */
static void linux_close(struct stack *stack)
{
	struct stack_linux *kernel = of(stack);
	struct caught caught;

	if (kernel->waiting)
		return;
	while (linux_take(stack, &caught))
		;
	mem_free(kernel->taken);
	close(kernel->tap);
	close(kernel->done);
	mem_free(kernel);
}

static const struct stack_ops linux_ops = {
	.now_us = linux_now,
	.wait = linux_wait,
	.take = linux_take,
	.give = linux_give,
	.call = linux_do,
	.start = linux_start,
	.returned = linux_returned,
	.close = linux_close,
};

/* --- setting it up -----------------------------------------------------------------------------
 */

static bool write_file(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);

	if (fd >= 0)
		close(fd);
	return good;
}

static bool enter_namespaces(struct text *why)
{
	struct text map = { 0 };
	uid_t uid = getuid();
	bool good;

	if (uid == 0 && unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
		text_printf(why, "no namespaces: %s", strerror(errno));
		return false;
	}
	text_printf(&map, "0 %u 1", uid);
	good = write_file("/proc/self/setgroups", "deny") &&
	       write_file("/proc/self/uid_map", text_str(&map));
	text_free(&map);
	return good;
}

static int open_tap(struct mac *ret_mac)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	memcpy(request.ifr_name, STACK_LINK, sizeof STACK_LINK);
	if (fd < 0)
		return -1;
	if (ioctl(fd, TUNSETIFF, &request) != 0 || ioctl(fd, TUNSETOFFLOAD, 0) != 0 ||
	    ioctl(fd, SIOCGIFHWADDR, &request) != 0) {
		close(fd);
		return -1;
	}
	memcpy(ret_mac->b, request.ifr_hwaddr.sa_data, 6);
	return fd;
}

static void route_line(struct text *batch, const struct setting *setting)
{
	const char *const *kinds =
		(const char *const[]){ "unreachable", "prohibit", "blackhole", "throw", NULL };

	text_add(batch, "route replace ");
	for (; *kinds != NULL; kinds++)
		if (strcmp(setting->words[1], *kinds) == 0)
			break;
	if (*kinds != NULL) {
		text_printf(batch, "%s %s\n", *kinds, setting->words[0]);
		return;
	}
	for (unsigned i = 0; i < setting->n_words; i++)
		text_printf(batch, "%s ",
		            strcmp(setting->words[i], "source") == 0 ? "src" : setting->words[i]);
	text_char(batch, '\n');
}

static void setting_line(struct text *batch, const struct setting *setting, bool *default_route)
{
	switch (setting->name->kind) {
	case SETTING_ROUTE:
		route_line(batch, setting);
		break;
	case SETTING_ADDRESS:
		text_printf(batch, "address add %s dev " STACK_LINK "\n", setting->words[0]);
		break;
	case SETTING_DEFAULT_ROUTE:
		*default_route = strcmp(setting->words[0], "no") != 0;
		break;
	default:
		break;
	}
}

static void batch_lines(const struct script *script, struct text *batch)
{
	bool default_route = true;
	int64_t mtu = STACK_MTU;

	for (unsigned i = 0; i < script->n_settings; i++)
		if (script->settings[i].name->kind == SETTING_MTU)
			mtu = script->settings[i].number;
	text_printf(batch,
	            "link set lo up\n"
	            "link set " STACK_LINK " mtu %lld txqueuelen 10000 up\n"
	            "address add 192.0.2.1/24 brd + dev " STACK_LINK "\n",
	            (long long)mtu);
	for (unsigned i = 0; i < script->n_settings; i++)
		setting_line(batch, &script->settings[i], &default_route);
	if (default_route)
		text_add(batch, "route add default via 192.0.2.254\n");
}

/* Run @argv with @input on its standard input. */
static bool run_with(const char *const argv[], const char *input)
{
	int pipes[2], status;
	pid_t child;
	bool good;

	if (pipe2(pipes, O_CLOEXEC) != 0)
		return false;
	child = fork();
	if (child == 0) {
		dup2(pipes[0], STDIN_FILENO);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(pipes[0]);
	good = child > 0 && write(pipes[1], input, strlen(input)) == (ssize_t)strlen(input);
	close(pipes[1]);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 && good;
}

static bool set_addresses(const struct script *script)
{
	static const char *const argv[] = { "ip", "-batch", "-", NULL };
	struct text batch = { 0 };
	bool good;

	batch_lines(script, &batch);
	good = run_with(argv, text_str(&batch));
	text_free(&batch);
	return good;
}

static bool set_sysctl(const char *name, const char *value)
{
	struct text path = { 0 };
	bool good;

	text_printf(&path, "/proc/sys/net/ipv4/%s", name);
	good = write_file(text_str(&path), value);
	text_free(&path);
	return good;
}

static bool set_number(const char *name, int64_t number)
{
	struct text value = { 0 };
	bool good;

	text_printf(&value, "%lld", (long long)number);
	good = set_sysctl(name, text_str(&value));
	text_free(&value);
	return good;
}

/*
 * What a host is set to when a script says nothing. The first keep one connection from teaching
 * the next; the SYN's schedule is RFC 6298's.
 */
static bool set_sysctls(const struct script *script, struct text *why)
{
	static const struct {
		const char *name, *value;
	} usual[] = {
		{ "tcp_no_metrics_save", "1" },
		{ "tcp_syn_linear_timeouts", "0" },
		{ "tcp_syncookies", "0" },
		{ "tcp_fastopen", "0" },
		{ "tcp_ecn", "0" },
		{ "tcp_invalid_ratelimit", "500" },
		{ "ping_group_range", "0 0" },
	};

	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		set_sysctl(usual[i].name, usual[i].value); /* older kernels lack some */
	for (unsigned i = 0; i < script->n_settings; i++) {
		const struct setting *setting = &script->settings[i];

		if (setting->name->kind == SETTING_NUMBER &&
		    !set_number(setting->name->sysctl, setting->number)) {
			text_printf(why, "%s can't be set", setting->name->word);
			return false;
		}
		if (setting->name->kind == SETTING_LOCAL_PORTS) {
			struct text ports = { 0 };

			text_printf(&ports, "%s %s", setting->words[0], setting->words[1]);
			set_sysctl("ip_local_port_range", text_str(&ports));
			text_free(&ports);
		}
	}
	return true;
}

/* The filter of `option filter drop|reject|reset PORT`: what leaves for that port of TCP. */
static bool set_filter(const struct script *script, struct text *why)
{
	static const char *const argv[] = { "nft", "-f", "-", NULL };

	for (unsigned i = 0; i < script->n_settings; i++) {
		const struct setting *setting = &script->settings[i];
		const char *what = setting->words[0];
		struct text rules = { 0 };
		bool good;

		if (setting->name->kind != SETTING_FILTER)
			continue;
		text_printf(&rules,
		            "table ip script {\nchain out {\ntype filter hook output priority 0;\n"
		            "tcp dport %s %s\n}\n}\n",
		            setting->words[1],
		            strcmp(what, "reset") == 0    ? "reject with tcp reset"
		            : strcmp(what, "reject") == 0 ? "reject with icmp type admin-prohibited"
		                                          : "drop");
		good = run_with(argv, text_str(&rules));
		text_free(&rules);
		if (!good) {
			text_add(why, "nft takes no filter");
			return false;
		}
	}
	return true;
}

static bool linux_set_up(struct stack_linux *kernel, const struct script *script, struct text *why)
{
	struct mac mac;

	if (!enter_namespaces(why))
		return false;
	kernel->tap = open_tap(&mac);
	if (kernel->tap < 0) {
		text_printf(why, "no TAP: %s", strerror(errno));
		return false;
	}
	cable_init(&kernel->cable, script, &mac);
	kernel->cable.transmit = tap_write;
	kernel->cable.arg = kernel;
	if (!set_sysctls(script, why) || !set_filter(script, why))
		return false;
	if (!set_addresses(script)) {
		text_add(why, "ip(8) takes no addresses and routes");
		return false;
	}
	return true;
}

struct stack *stack_open_linux(const struct script *script, struct text *why)
{
	struct stack_linux *kernel = mem_new(1, sizeof *kernel);

	kernel->stack = (struct stack){
		.ops = &linux_ops,
		.which = SCRIPT_LINUX,
		/* The timer wheel is an eighth of a timer late at most; a wake-up; other work. */
		.early_us = 6000,
		.late_us = 15000,
		.late_percent = 13,
	};
	kernel->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	setpriority(PRIO_PROCESS, 0, -15); /* rootless: it does without */
	if (!linux_set_up(kernel, script, why)) {
		mem_free(kernel);
		return NULL;
	}
	read_frames(kernel);
	kernel->start_us = clock_us();
	return &kernel->stack;
}
