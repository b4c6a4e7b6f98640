/*
 * silence.h -- keep the kernel's own network stack quiet on an interface that is a port.
 *
 * Otherwise it would answer, too: ARP, echoes, resets for connections it does not know. Three
 * things are done, and undone at the end: a chain of nftables at the netdev ingress hook drops
 * what arrives (packet sockets see frames before it), ARP is turned off (IFF_NOARP), and IPv6 is
 * disabled there so that no router solicitations leave.
 *
 * After a kill -9 these stay; the next start with the same interface takes the chain over.
 */
#ifndef OS_SILENCE_H
#define OS_SILENCE_H

#include <stdbool.h>

#include "os/netdev.h"

struct text;

struct silence {
	char iface[NETDEV_NAME_BYTES];
	bool dropping;   /* our nftables table is there */
	bool arp_was_on; /* we turned it off */
	bool ip6_was_on; /* likewise */
};

/* @fd: any socket. What could not be done is told to @warning; with it empty all is quiet. */
void silence_begin(struct silence *silence, int fd, const char *iface, struct text *warning);
void silence_end(struct silence *silence, int fd);

#endif
