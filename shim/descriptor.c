#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "shim/shim.h"

/* As much as the kernel gives a socket by itself; it doubles the number. */
#define PAIR_BYTES 106496

/*
 * What is known of a descriptor's number. GUESS_OTHER may be wrong only where a number changed
 * hands behind our back, from something else to one of ours: all ways to get one of ours are
 * watched (socket, accept, dup, a descriptor in a message). The others are checked each time.
 */
enum guess {
	GUESS_NONE,
	GUESS_OTHER,
	GUESS_OURS,
	GUESS_NOTICED, /* ours, and descriptor_noticed() is done */
};

#define GUESSES 65536

static uint8_t guesses[GUESSES];

static enum guess get(int fd)
{
	return fd >= 0 && fd < GUESSES ? (enum guess)__atomic_load_n(&guesses[fd], __ATOMIC_RELAXED)
	                               : GUESS_NONE;
}

static void put(int fd, enum guess guess)
{
	if (fd >= 0 && fd < GUESSES)
		__atomic_store_n(&guesses[fd], (uint8_t)guess, __ATOMIC_RELAXED);
}

int descriptor_kind(int fd, uint64_t *ret_badge)
{
	socklen_t len = sizeof *ret_badge;
	int saved = errno;
	int kind = 0;

	if (real()->getsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, ret_badge, &len) == 0 &&
	    len == sizeof *ret_badge && shim_badge_good(*ret_badge))
		kind = (int)shim_badge_kind(*ret_badge);
	errno = saved;
	if (kind == 0)
		put(fd, GUESS_OTHER);
	else if (get(fd) != GUESS_NOTICED)
		put(fd, GUESS_OURS);
	return kind;
}

int descriptor_guess(int fd, uint64_t *ret_badge)
{
	return get(fd) == GUESS_OTHER ? 0 : descriptor_kind(fd, ret_badge);
}

void descriptor_forget(int fd)
{
	put(fd, GUESS_NONE);
}

void descriptor_forget_passed(struct msghdr *message)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; c->cmsg_type == SCM_RIGHTS && i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			descriptor_forget(fd);
		}
	}
}

uint32_t descriptor_line(uint64_t badge)
{
	const struct shim_board *board = router_board();
	uint64_t line;

	if (board == NULL)
		return 0;
	line = __atomic_load_n(&board->of_slot[shim_badge_slot(badge)], __ATOMIC_ACQUIRE);
	return line >> 32 == (badge & UINT32_MAX) ? (uint32_t)line : 0;
}

void descriptor_noticed(int fd, uint64_t badge)
{
	int saved = errno, bytes = PAIR_BYTES;

	if (get(fd) == GUESS_NOTICED || (descriptor_line(badge) & SHIM_OPEN) == 0)
		return;
	put(fd, GUESS_NOTICED);
	(void)real()->setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	told("connected", badge);
	errno = saved;
}
