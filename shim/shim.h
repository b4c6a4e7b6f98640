/*
 * shim.h -- the preload library of `towpath run`: what its files share.
 *
 * The library stands in front of the C library's socket calls. A socket of AF_INET becomes an
 * AF_UNIX socket that the router holds the other end of (host/shim_proto.h); the kernel does the
 * rest: data, poll, dup, fork, exec. What is not AF_INET is passed on as it is; 127/8 is the
 * kernel's; AF_INET6 does not exist, so that programs take IPv4.
 *
 * It lives in other people's programs: it takes no locks, keeps no descriptor open, starts no
 * thread, and leaves errno alone where a call succeeds. Its only state is a guess for each
 * descriptor (descriptor.c), the board, and the pointers to the calls that it stands in front of.
 */
#ifndef SHIM_SHIM_H
#define SHIM_SHIM_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "host/shim_proto.h"

/* A name that a program's call finds. All others are hidden. */
#define SHIM_CALL __attribute__((visibility("default")))

/* --- real.c: the C library's own ----------------------------------------------------------- */
struct real {
	int (*socket)(int, int, int);
	int (*connect)(int, const struct sockaddr *, socklen_t);
	int (*bind)(int, const struct sockaddr *, socklen_t);
	int (*listen)(int, int);
	int (*accept4)(int, struct sockaddr *, socklen_t *, int);
	int (*getsockname)(int, struct sockaddr *, socklen_t *);
	int (*getpeername)(int, struct sockaddr *, socklen_t *);
	int (*getsockopt)(int, int, int, void *, socklen_t *);
	int (*setsockopt)(int, int, int, const void *, socklen_t);
	int (*shutdown)(int, int);
	ssize_t (*send)(int, const void *, size_t, int);
	ssize_t (*sendto)(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
	ssize_t (*sendmsg)(int, const struct msghdr *, int);
	int (*sendmmsg)(int, struct mmsghdr *, unsigned, int);
	ssize_t (*recv)(int, void *, size_t, int);
	ssize_t (*recvfrom)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
	ssize_t (*recvmsg)(int, struct msghdr *, int);
	int (*recvmmsg)(int, struct mmsghdr *, unsigned, int, struct timespec *);
	ssize_t (*read)(int, void *, size_t);
	ssize_t (*readv)(int, const struct iovec *, int);
	ssize_t (*write)(int, const void *, size_t);
	ssize_t (*writev)(int, const struct iovec *, int);
	int (*close)(int);
	int (*dup)(int);
	int (*dup2)(int, int);
	int (*dup3)(int, int, int);
	int (*fcntl)(int, int, ...);
	int (*ioctl)(int, unsigned long, ...);
	int (*getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	int (*getnameinfo)(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t,
	                   int);
};
const struct real *real(void);

/* --- descriptor.c: whose is it? ------------------------------------------------------------- */
/* 0: not one of ours, else an enum shim_kind and its badge. */
int descriptor_kind(int fd, uint64_t *ret_badge);
/* The same, asking the kernel only for those that may be ours. */
int descriptor_guess(int fd, uint64_t *ret_badge);
void descriptor_forget(int fd);
/* The same for all that @message brought along. */
void descriptor_forget_passed(struct msghdr *message);
/* What the board says of it: SHIM_FIN, SHIM_OPEN; 0 also when it says nothing. */
uint32_t descriptor_line(uint64_t badge);
/* It is connected, and the program may notice: let it write as much as to any other socket. */
void descriptor_noticed(int fd, uint64_t badge);

/* --- router.c: calls of the router ---------------------------------------------------------- */
struct call {
	struct shim_request request; /* call, badge, flags, a, b, c */
	const struct iovec *tail;
	size_t ntail;
	void *out; /* the answer's tail */
	size_t room;
	int fd;          /* to go along, -1: none */
	int64_t wait_us; /* SHIM_WAIT: no longer than this; 0: for ever */
	struct shim_answer answer;
};
/* The answer's result, or -errno: -ENETDOWN when there is no router, -EAGAIN when the time is over,
 * -EINTR, -EFAULT. */
int router_call(struct call *call);
/* A call with nothing but numbers. */
int router_ask(enum shim_call what, uint64_t badge, int a, int b);
const struct shim_board *router_board(void);
bool router_verbose(void);

/* --- socket_calls.c ------------------------------------------------------------------------- */
/* Put a socket of the kernel's in the place of ours: it is about 127/8. */
int socket_to_kernel(int fd, uint64_t badge);
/* Copy what the program points at: 0, or -EFAULT. */
int copy_in(void *to, const void *from, size_t len);
bool is_loopback(const struct sockaddr *address, socklen_t len);

/* --- datagram.c ----------------------------------------------------------------------------- */
ssize_t datagram_send(int fd, uint64_t badge, const struct msghdr *message, int flags);
ssize_t datagram_receive(int fd, struct msghdr *message, int flags);

/* --- told.c: -v ------------------------------------------------------------------------------ */
void told(const char *what, uint64_t badge);

/* -1 and errno, as a system call has it. */
int failed(int error);

#endif
