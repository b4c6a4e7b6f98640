/*
 * sock_tcp.h -- what TCP's sockets share: sock_tcp.c, sock_connect_tcp.c and the host.
 */
#ifndef HOST_SOCK_TCP_H
#define HOST_SOCK_TCP_H

#include <stdbool.h>

struct explain;
struct host;
struct sock;

/* Plug @host's sockets into its TCP, which has just been given to it; and out again, before either
 * ends. */
void sock_tcp_plug(struct host *host);
void sock_tcp_unplug(struct host *host);

/* Steps A2 to A12 of connect(). */
int sock_tcp_connect(struct sock *sock, const void *addr, int len, struct explain *why,
                     bool what_if);
int sock_tcp_disconnect(struct sock *sock, struct explain *why);
/* The connection is let go; what connect() had chosen goes with it, what was bound stays. */
void sock_tcp_unconnect(struct sock *sock);

#endif
