#include "os/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "lib/mem.h"

#define EVENTS_A_PASS 64

struct loop_watch {
	struct loop *loop;
	int fd;
	unsigned interest;
	loop_callback *call; /* NULL: removed, kept until the pass is over */
	void *arg;
	struct loop_watch *next, *previous;
};

struct loop {
	struct clock *clock;
	int epoll_fd;
	bool passing; /* inside loop_wait()'s callbacks */
	struct loop_watch *watches, *removed;
	int signal_fd; /* -1: none */
	struct loop_watch *signal_watch;
	loop_signal_callback *signal_call;
	void *signal_arg;
	sigset_t mask_before;
};

int loop_new(struct clock *clock, struct loop **ret_loop)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return -errno;

	struct loop *loop = mem_new(1, sizeof *loop);

	loop->clock = clock;
	loop->epoll_fd = fd;
	loop->signal_fd = -1;
	*ret_loop = loop;
	return 0;
}

static void free_removed(struct loop *loop)
{
	while (loop->removed != NULL) {
		struct loop_watch *watch = loop->removed;

		loop->removed = watch->next;
		mem_free(watch);
	}
}

void loop_free(struct loop *loop)
{
	must(!loop->passing);
	while (loop->watches != NULL)
		loop_remove(loop->watches);
	free_removed(loop);
	if (loop->signal_fd >= 0) {
		close(loop->signal_fd);
		pthread_sigmask(SIG_SETMASK, &loop->mask_before, NULL);
	}
	close(loop->epoll_fd);
	mem_free(loop);
}

int loop_add(struct loop *loop, int fd, loop_callback *call, void *arg,
             struct loop_watch **ret_watch)
{
	struct loop_watch *watch = mem_new(1, sizeof *watch);

	*watch = (struct loop_watch){ .loop = loop, .fd = fd, .call = call, .arg = arg };

	struct epoll_event event = { .data.ptr = watch };

	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
		mem_free(watch);
		return -errno;
	}
	watch->next = loop->watches;
	if (watch->next != NULL)
		watch->next->previous = watch;
	loop->watches = watch;
	*ret_watch = watch;
	return 0;
}

int loop_interest(struct loop_watch *watch, unsigned interest)
{
	struct epoll_event event = { .data.ptr = watch };

	if (watch->interest == interest)
		return 0;
	if (interest & LOOP_READ)
		event.events |= EPOLLIN | EPOLLRDHUP;
	if (interest & LOOP_WRITE)
		event.events |= EPOLLOUT;
	if (epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) < 0)
		return -errno;
	watch->interest = interest;
	return 0;
}

void loop_remove(struct loop_watch *watch)
{
	struct loop *loop = watch->loop;

	must(watch->call != NULL);
	/* Fails only for a descriptor that is closed already, which has left the set by itself. */
	(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	if (watch->previous != NULL)
		watch->previous->next = watch->next;
	else
		loop->watches = watch->next;
	if (watch->next != NULL)
		watch->next->previous = watch->previous;

	/* This pass's list of events may still name it. */
	watch->call = NULL;
	watch->next = loop->removed;
	loop->removed = watch;
	if (!loop->passing)
		free_removed(loop);
}

static void take_signals(void *arg, unsigned events)
{
	struct loop *loop = arg;
	struct signalfd_siginfo info;

	(void)events;
	while (read(loop->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
		loop->signal_call(loop->signal_arg, (int)info.ssi_signo);
}

int loop_signals(struct loop *loop, loop_signal_callback *call, void *arg)
{
	sigset_t set;
	int error;

	must(loop->signal_fd < 0);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);

	int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	error = loop_add(loop, fd, take_signals, loop, &loop->signal_watch);
	if (error == 0)
		error = loop_interest(loop->signal_watch, LOOP_READ);
	if (error != 0) {
		close(fd);
		return error;
	}
	loop->signal_fd = fd;
	loop->signal_call = call;
	loop->signal_arg = arg;
	pthread_sigmask(SIG_BLOCK, &set, &loop->mask_before);
	return 0;
}

/* Linux before 5.11 counts in milliseconds: round up, or the caller would spin to the end. */
static int wait_in_ms(struct loop *loop, struct epoll_event *events, const struct timespec *time)
{
	int64_t ms = -1;

	if (time != NULL)
		ms = time->tv_sec * 1000 + (time->tv_nsec + 999999) / 1000000;
	return epoll_wait(loop->epoll_fd, events, EVENTS_A_PASS, ms > 60000 ? 60000 : (int)ms);
}

static int wait_for_events(struct loop *loop, struct epoll_event *events, mono until)
{
	uint64_t ns = mono_since_ns(until, clock_mono(loop->clock));
	struct timespec time = { .tv_sec = (time_t)(ns / NS_PER_S),
		                 .tv_nsec = (long)(ns % NS_PER_S) };
	struct timespec *limit = until.ns == UINT64_MAX ? NULL : &time;
	int n = epoll_pwait2(loop->epoll_fd, events, EVENTS_A_PASS, limit, NULL);

	if (n < 0 && errno == ENOSYS)
		n = wait_in_ms(loop, events, limit);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n;
}

/* What a watch is told of: an error wakes it in whatever way it waits. */
static unsigned events_for(const struct loop_watch *watch, uint32_t seen)
{
	unsigned events = 0;

	if (seen & (EPOLLERR | EPOLLHUP))
		return watch->interest != 0 ? watch->interest : LOOP_READ;
	if (seen & (EPOLLIN | EPOLLRDHUP))
		events |= LOOP_READ;
	if (seen & EPOLLOUT)
		events |= LOOP_WRITE;
	return events;
}

int loop_wait(struct loop *loop, mono until)
{
	struct epoll_event events[EVENTS_A_PASS];
	int n = wait_for_events(loop, events, until);
	int called = 0;

	must(!loop->passing);
	loop->passing = true;
	for (int i = 0; i < n; i++) {
		struct loop_watch *watch = events[i].data.ptr;

		if (watch->call == NULL)
			continue;
		watch->call(watch->arg, events_for(watch, events[i].events));
		called++;
	}
	loop->passing = false;
	free_removed(loop);
	return n < 0 ? n : called;
}
