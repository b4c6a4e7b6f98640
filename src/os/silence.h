/*
 * silence.h -- keep the kernel's own network stack quiet on an interface that is a port.
 *
 * Otherwise it would answer, too: ARP, echoes, resets for connections it does not know. Three
 * things are done, and undone at the end: a chain of nftables at the netdev ingress hook drops
 * what arrives (packet sockets see frames before it), ARP is turned off (IFF_NOARP), and IPv6 is
 * disabled there so that no router solicitations leave.
 *
 * After a kill -9 these stay. How the interface was found is noted beside the chain, as further
 * chains that are empty and hooked to nothing: the next start takes the table over and knows what
 * the interface was like before both. The notes last as long as what they are about, so they need
 * no file; they name the interface by its index, so that one made anew is not mistaken for it.
 */
#ifndef OS_SILENCE_H
#define OS_SILENCE_H

#include <stdbool.h>

#include "os/netdev.h"

struct text;

/* The last three are about the time before us, and before a run that was killed. */
struct silence {
	char iface[NETDEV_NAME_BYTES];
	bool dropping; /* our nftables table is there */
	bool arp_was_on, ip6_was_on, was_down;
};

/* Before the interface is brought up. @fd: any socket. What could not be done is told to @warning;
 * with it empty all is quiet. */
void silence_begin(struct silence *silence, int fd, const char *iface, struct text *warning);
/* The interface is as it was found: taken down, too, when it was down. */
void silence_end(struct silence *silence, int fd);

#endif
