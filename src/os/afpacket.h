/*
 * afpacket.h -- a port over a Linux interface: packet socket, receive ring, offloads.
 *
 * Frames are received into a ring shared with the kernel (TPACKET_V2), with what a virtual card
 * would say of them in front (PACKET_VNET_HDR), and are sent straight from wherever they lie by
 * sendmmsg(). Version 3 of the ring would add 1-2 ms to every round trip by its block timer.
 *
 * A slot of the ring holds the largest frame there is, because TCP segments come uncut, and so a
 * ring is a large thing: 66 KiB a slot, locked memory. Its length is how many small frames may
 * come while this process does not run: 1024 slots are 5 ms of 200,000 frames a second.
 *
 * As long as the port is open, the kernel's own stack is kept quiet on the interface (silence.h).
 * A VLAN tag, which the kernel takes off, is put back.
 *
 * Memory:  the ring, locked; and about 20 KiB.
 * Threads: one.
 */
#ifndef OS_AFPACKET_H
#define OS_AFPACKET_H

#include <stdbool.h>

#include "core/port.h"
#include "lib/must.h"

struct text;

#define AFPACKET_SLOTS_DEFAULT 1024
#define AFPACKET_SLOTS_MIN     64
#define AFPACKET_SLOTS_MAX     16384 /* a gigabyte */

struct afpacket_options {
	const char *name;  /* of the port: "ether1" */
	const char *iface; /* of the kernel's interface */
	unsigned slots;    /* 0: AFPACKET_SLOTS_DEFAULT */
	bool promiscuous;  /* take frames for other stations, too (the port's MAC is not the card's)
	                    */
	bool keep_address; /* go on although the kernel has an address there */
};

/*
 * Open the interface, bringing it up. Needs CAP_NET_RAW and CAP_NET_ADMIN in its namespace.
 *
 * Returns 0 and @ret_port; then @words, when not empty, is a warning. Or -errno, and @words says
 * what is wrong and what to do. The kernel's addresses on it are refused with -EADDRINUSE.
 */
MUST_USE int afpacket_open(const struct afpacket_options *options, struct text *words,
                           struct port **ret_port);
/* To be watched for reading. */
int afpacket_fd(const struct port *port);

#endif
