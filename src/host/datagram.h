/*
 * datagram.h -- UDP and ICMP echo on sockets (RFC 768; RFC 1122, 4.1; RFC 792).
 *
 * An echo socket sends and receives whole ICMP messages; its port is their identifier, written in
 * by the router. Errors go to the sockets that sent what they quote: such as end a conversation to
 * connected ones, all of them to those with IP_RECVERR (RFC 1122, 4.1.3.3).
 *
 * Threads: the router's. Memory: host/inbox.h.
 */
#ifndef HOST_DATAGRAM_H
#define HOST_DATAGRAM_H

#include "core/pkt.h"

struct explain;
struct host;
struct sock;
struct sock_message;

/* A whole UDP datagram or ICMP echo reply to this router: did a socket want it? To a broadcast or
 * multicast address each that does gets it. @p stays the caller's. */
bool datagram_input(struct host *host, const struct pkt *p);
/* The same of ICMP error @p that quotes one which was sent. */
bool datagram_error(struct host *host, const struct pkt *p);

/* For the files that make up these sockets. */
int datagram_connect(struct sock *sock, const void *addr, int len, struct explain *why,
                     bool what_if);
int datagram_disconnect(struct sock *sock, struct explain *why);
int64_t datagram_send(struct sock *sock, const struct sock_message *message, int flags);
int64_t datagram_receive(struct sock *sock, struct sock_message *message, int flags);
/* A port of any address, if @sock has none yet: -EAGAIN when there is none. */
int datagram_bind_any(struct sock *sock);
/* @sock's error, once: 0 or -errno. */
int datagram_take_error(struct sock *sock);

#endif
