/*
 * sock.h -- sockets: how programs, services and the console use TCP, UDP and ICMP echo.
 *
 * Linux's constants and shapes throughout: AF_INET; SOCK_STREAM and SOCK_DGRAM; SOL_SOCKET, SO_*;
 * IPPROTO_IP, IP_*; IPPROTO_TCP, TCP_*; struct sockaddr_in as bytes with a length (port and address
 * in network order, as everywhere); POLL* bits; MSG_* flags. Results are 0 or more, or -errno.
 *
 * Nothing waits in here: what can't be done now is -EAGAIN or -EINPROGRESS, for who blocks and who
 * doesn't. A caller that may block watches the socket (sock_watch(), sock_poll()) and asks again;
 * SO_RCVTIMEO and SO_SNDTIMEO are kept and handed out (sock_timeout_ms()), whoever waits keeps to
 * them. A blocking connect is sock_connect() = -EINPROGRESS; wait until sock_poll() has POLLOUT,
 * POLLERR or POLLHUP, or the send timeout has passed (then the answer stays -EINPROGRESS and the
 * handshake goes on); then sock_connect() again with the same address: it gives the outcome, once.
 *
 * Descriptors are the callers'. A socket belongs to who opened or accepted it until sock_close().
 *
 * Threads: the router's. Memory: all sockets of a host come from struct host_budget; what is opened
 * beyond it is -ENFILE. Errors: -errno as Linux has them (connect(2), ip(7), tcp(7), udp(7)).
 */
#ifndef HOST_SOCK_H
#define HOST_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "core/route.h"
#include "lib/ip.h"

struct connection;
struct connection_watcher;
struct explain;
struct host;
struct port_map;
struct sock;

/* Who a socket is for: a label for people and for the policy. The caller's, for as long as it has
 * sockets; zeroes are the router itself. */
struct sock_owner {
	const char *service; /* "telnet", "run", ... or NULL */
	char program[16];    /* as the kernel has it, ended by a 0; or empty */
	uint32_t pid, uid;
};

/* -EAFNOSUPPORT, -ESOCKTNOSUPPORT, -EPROTONOSUPPORT, -ENFILE. SOCK_NONBLOCK and SOCK_CLOEXEC in
 * @type are the caller's matter and looked past. */
MUST_USE int sock_open(struct host *host, int domain, int type, int protocol,
                       struct sock **ret_sock);
/* Let go: TCP ends the connection by itself, as SO_LINGER says. @sock is no more. */
void sock_close(struct sock *sock);

/* -EINVAL (bound already, too short), -EAFNOSUPPORT, -EADDRNOTAVAIL, -EADDRINUSE, or what the
 * policy says. */
MUST_USE int sock_bind(struct sock *sock, const void *addr, int len);
/* 0, -EINPROGRESS, -EALREADY, -EISCONN, ...: sock_connect.c has the steps. */
MUST_USE int sock_connect(struct sock *sock, const void *addr, int len);
/* The same; @why is told each step, what was decided there and why. @what_if: everything but the
 * SYN, and the socket is afterwards as it was: 0 when it would have been sent. */
MUST_USE int sock_connect_told(struct sock *sock, const void *addr, int len, struct explain *why,
                               bool what_if);
MUST_USE int sock_listen(struct sock *sock, int backlog);
/* The next established connection; @addr may be NULL, else @len says how much room there is and
 * becomes the whole length. -EAGAIN: none yet; -EINVAL: no listener. */
MUST_USE int sock_accept(struct sock *sock, void *addr, int *len, struct sock **ret_sock);
MUST_USE int sock_shutdown(struct sock *sock, int how);

/* How many bytes were taken. @to may be NULL. -EAGAIN, -EPIPE (no signal is sent), -ENOTCONN,
 * -EDESTADDRREQ, -EMSGSIZE, ... */
int64_t sock_send(struct sock *sock, const void *bytes, size_t n, int flags, const void *to,
                  int to_len);
/* How many bytes were copied; 0: the peer has ended its stream. @from may be NULL. */
int64_t sock_receive(struct sock *sock, void *bytes, size_t n, int flags, void *from,
                     int *from_len);

/* The same in the shape of sendmsg() and recvmsg(), for control messages (IP_PKTINFO, IP_TOS,
 * IP_TTL, IP_RECVERR with MSG_ERRQUEUE): struct cmsghdr as Linux lays them out. */
struct sock_message {
	void *name; /* a sockaddr, or NULL */
	int name_len;
	void *bytes;
	size_t n;
	void *control; /* or NULL; aligned as a struct cmsghdr */
	size_t control_len;
	int flags; /* out: MSG_TRUNC, MSG_CTRUNC, MSG_ERRQUEUE */
};
/* What IP_RECVERR hands out, followed by the struct sockaddr_in of who says so: laid out as Linux's
 * struct sock_extended_err. */
struct sock_error_report {
	uint32_t error;     /* an errno, not negative */
	uint8_t origin;     /* SOCK_ERROR_* */
	uint8_t type, code; /* of ICMP */
	uint8_t zero;
	uint32_t info; /* of "fragmentation needed": the next hop's MTU */
	uint32_t data;
};
enum { /* Linux's SO_EE_ORIGIN_* */
	SOCK_ERROR_LOCAL = 1,
	SOCK_ERROR_ICMP = 2,
};
int64_t sock_send_message(struct sock *sock, const struct sock_message *message, int flags);
/* Lengths are room before and what was filled in after. */
int64_t sock_receive_message(struct sock *sock, struct sock_message *message, int flags);

/* TCP, received bytes without a copy: at most @max pieces, in order. They stay where they are until
 * sock_consume() or the next call on @sock. */
unsigned sock_spans(struct sock *sock, struct iovec *ret_spans, unsigned max);
void sock_consume(struct sock *sock, size_t n);

/* TCP: is the next byte to read where the urgent data was (SIOCATMARK)? */
bool sock_at_mark(const struct sock *sock);
/* TCP: its connection, for connection_trace() and connection_info(); NULL: it has none. */
struct connection *sock_connection(const struct sock *sock);

MUST_USE int sock_option_set(struct sock *sock, int level, int name, const void *value, int len);
MUST_USE int sock_option_get(struct sock *sock, int level, int name, void *value, int *len);
/* How SO_SNDTIMEO / SO_RCVTIMEO tell a caller to wait: milliseconds, -1: for ever. */
int64_t sock_timeout_ms(const struct sock *sock, bool sending);
/* FIONREAD and SIOCOUTQ: bytes (for UDP: of the next datagram) to be received / not yet
 * acknowledged. */
size_t sock_unread(const struct sock *sock);
size_t sock_unsent(const struct sock *sock);

MUST_USE int sock_name(const struct sock *sock, void *addr, int *len);
MUST_USE int sock_peer_name(const struct sock *sock, void *addr, int *len); /* -ENOTCONN */

/* POLLIN and POLLRDNORM, POLLOUT and POLLWRNORM, POLLERR, POLLHUP, POLLRDHUP, POLLPRI, as Linux has
 * them in every state. */
unsigned sock_poll(const struct sock *sock);
/* @changed is called (from the turn, or from a call on this very socket) when what sock_poll() says
 * may have changed; NULL: nobody is told. It may call everything here but sock_close(@sock). */
void sock_watch(struct sock *sock, void (*changed)(struct sock *sock, void *arg), void *arg);

/* TCP that is connecting or connected: tell @watcher each state, segment and decision from now on
 * (tcp/connection.h); NULL ends it. 0, -ENOTCONN, or -ENOSPC: as many are watched as can be. */
int sock_trace(struct sock *sock, const struct connection_watcher *watcher);

/* Say whom @sock is for; what it accepts is for the same. @owner stays the caller's. */
void sock_own(struct sock *sock, const struct sock_owner *owner);

/* A socket as people and the policy see it. */
struct sock_end {
	struct ip_addr addr; /* IPv4; zero: any, or nobody */
	uint16_t port;       /* or ICMP's identifier; 0: none yet */
};
struct sock_info {
	uint8_t proto; /* IPPROTO_TCP, _UDP, _ICMP */
	const char
		*state; /* "established", "syn-sent", "listen", ...; UDP: "bound" or "connected" */
	struct sock_end local, remote;
	const struct sock_owner *owner; /* never NULL */
	iface_id bound;                 /* SO_BINDTODEVICE, or IFACE_NONE */
	struct route route;             /* as it is kept; out is IFACE_NONE: none is */
	size_t unread, unsent;
};
void sock_describe(const struct sock *sock, struct sock_info *ret_info);
/* The way that @sock's next packet takes, looked up again if it is stale: 0, or why there is none.
 */
MUST_USE int sock_route(struct sock *sock, struct route *ret_route);
/* All sockets of @host in the order in which they were opened; NULL begins and ends. */
struct sock *sock_next(struct host *host, const struct sock *after);
/* The same by place, for walks in portions: a socket keeps its place as long as it is open. NULL:
 * it is free. Places from sock_places() on are. */
uint32_t sock_places(const struct host *host);
struct sock *sock_at_place(struct host *host, uint32_t place);

/* What the policy (A1) is asked before anything is done. */
enum sock_ask {
	SOCK_ASK_CONNECT, /* to @end */
	SOCK_ASK_BIND,    /* to @end; also before a port is chosen (0) */
	SOCK_ASK_LISTEN,  /* on @end */
};
/* 0, -EPERM or -EACCES; @why (or NULL) is told what has decided. */
typedef int sock_policy(void *arg, const struct sock *sock, enum sock_ask ask,
                        const struct sock_end *end, struct explain *why);
/* One at a time; NULL: everything may be done. */
void sock_set_policy(struct host *host, sock_policy *policy, void *arg);

/* From @low to @high (both included, low 1 or more) ports are chosen for sockets that name none;
 * those of @reserved (a copy is taken; NULL: none) only who names them gets. What is in use stays.
 */
void sock_set_local_ports(struct host *host, uint16_t low, uint16_t high,
                          const struct port_map *reserved);

#endif
