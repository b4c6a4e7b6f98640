/*
 * sock_inside.h -- what a socket is, for the files that make one up: sock*.c, datagram.c,
 * local_port.c, socks.c. Whoever else wants to know asks sock.h.
 *
 * A socket is small: what only TCP has stands in its connection, what only UDP and ICMP have in its
 * inbox, and options in settings that sockets share until they differ.
 */
#ifndef HOST_SOCK_INSIDE_H
#define HOST_SOCK_INSIDE_H

#include "core/net.h"
#include "host/host.h"
#include "host/sock.h"
#include "host/sock_settings.h"
#include "lib/hash.h"
#include "tcp/connection.h"
#include "tcp/listener.h"

struct inbox;
struct inboxes;
struct local_ports;

#define SOCK_NONE UINT32_MAX /* a place that is nobody's */

enum sock_state {
	SOCK_UNCONNECTED,
	SOCK_CONNECTING, /* TCP, until connect() has given the outcome */
	SOCK_CONNECTED,
	SOCK_LISTENING,
};

enum sock_flags {
	SOCK_BOUND_ADDR = 1 << 0, /* by bind(), not by the route */
	SOCK_BOUND_PORT = 1 << 1, /* by bind(), not chosen by connect() */
	SOCK_HOLDS_PORT = 1 << 2, /* is in the table of ports, under (held, local_port) */
	SOCK_SHUT_READ = 1 << 3,
	SOCK_SHUT_WRITE = 1 << 4,
	SOCK_WANTS_ROOM = 1 << 5, /* could not send: is told when it can */
};

struct sock {
	struct host *host;
	const struct sock_ops *ops;
	union {
		struct connection *connection; /* TCP: NULL while there is none */
		struct listener *listener;     /* when SOCK_LISTENING */
		struct inbox *inbox;           /* UDP, ICMP */
	};
	struct sock_settings *settings; /* shared: sock_settings_own() before a change */
	const struct sock_owner *owner;
	void (*changed)(struct sock *sock, void *arg);
	void *changed_arg;
	ip4 local, peer; /* local: what packets must be for; zero: any of the router's */
	ip4 held;        /* the address at which the port is held */
	uint16_t local_port, peer_port;
	struct route route;    /* of the last packet, or connect(); generation 0: none */
	uint32_t older, newer; /* of all that are open */
	uint32_t next_of_port; /* in the chain of its protocol and port */
	uint16_t error;        /* SO_ERROR: an errno, not negative; of UDP and ICMP */
	uint8_t state;         /* enum sock_state */
	uint8_t flags;         /* enum sock_flags */
};

/* What differs between TCP, UDP and ICMP. NULL: -EOPNOTSUPP. */
struct sock_ops {
	uint8_t proto;
	int type; /* SOCK_STREAM or SOCK_DGRAM */
	int (*open)(struct sock *sock);
	void (*close)(struct sock *sock);
	int (*connect)(struct sock *sock, const void *addr, int len, struct explain *why,
	               bool what_if);
	int (*disconnect)(struct sock *sock, struct explain *why); /* AF_UNSPEC */
	int (*listen)(struct sock *sock, int backlog);
	int (*accept)(struct sock *sock, struct sock **ret_sock);
	int (*shutdown)(struct sock *sock, int how);
	int64_t (*send)(struct sock *sock, const struct sock_message *message, int flags);
	int64_t (*receive)(struct sock *sock, struct sock_message *message, int flags);
	unsigned (*poll)(const struct sock *sock);
	size_t (*unread)(const struct sock *sock);
	size_t (*unsent)(const struct sock *sock);
	int (*take_error)(struct sock *sock);        /* 0 or -errno, once */
	void (*settings_changed)(struct sock *sock); /* NULL: who sends looks at them */
	bool (*has_peer)(const struct sock *sock);   /* for getpeername() */
	const char *(*state_word)(const struct sock *sock);
};
extern const struct sock_ops sock_tcp_ops, datagram_udp_ops, datagram_echo_ops;

/* All sockets of a host. */
struct socks {
	struct sock *all;
	uint32_t capacity, fresh, free; /* never used yet; given back */
	uint32_t open_n, oldest, newest;
	uint32_t *ports; /* heads of chains by protocol and port: who holds it */
	uint32_t ports_mask;
	struct hash_key key;
	struct sock_settings_pool *settings;
	struct inboxes *inboxes;
	struct local_ports *local_ports;
	sock_policy *policy;
	void *policy_arg;
	uint32_t waiting; /* the first with SOCK_WANTS_ROOM */
};

static inline struct sock *sock_at(const struct socks *socks, uint32_t at)
{
	return at != SOCK_NONE ? &socks->all[at] : NULL;
}

static inline uint32_t sock_place(const struct socks *socks, const struct sock *sock)
{
	return (uint32_t)(sock - socks->all);
}

static inline struct net *sock_net(const struct sock *sock)
{
	return sock->host->net;
}

static inline struct socks *sock_socks(const struct sock *sock)
{
	return sock->host->socks;
}

/* Those that hold @port of @proto, at whatever address: the first, or NULL; then the next. */
struct sock *socks_of_port(const struct socks *socks, uint8_t proto, uint16_t port);
struct sock *socks_next_of_port(const struct socks *socks, const struct sock *sock);

/* Readiness may have changed. */
void sock_tell(struct sock *sock);
/* A new socket of @ops with the default settings, without a port; NULL: all are in use. */
struct sock *sock_new(struct host *host, const struct sock_ops *ops);
/* Its place and its port are free again; all else has been. */
void sock_release(struct sock *sock);
/* In and out of the table that socks_of_port() looks in; local_port.c's part. */
void socks_add_port(struct socks *socks, struct sock *sock);
void socks_remove_port(struct socks *socks, struct sock *sock);
/* It is unconnected: what was bound stays, what connect() has chosen is given back. */
void sock_forget_peer(struct sock *sock);
/* May a packet be sent now? Else @sock may be told when it can. */
bool sock_has_room(const struct sock *sock);
void sock_wait_for_room(struct sock *sock);
void sock_stop_waiting(struct sock *sock);
/* Ask the policy; 0 when there is none. */
int sock_ask(const struct sock *sock, enum sock_ask ask, ip4 addr, uint16_t port,
             struct explain *why);

/* struct sockaddr_in from and to bytes: -EINVAL (too short), -EAFNOSUPPORT. @ret_len: as much as
 * fits is written, and it becomes the whole length. */
int sock_addr_read(const void *addr, int len, ip4 *ret_addr, uint16_t *ret_port);
void sock_addr_write(ip4 from, uint16_t port, void *addr, int *len);

#endif
