/*
 * tap.h -- a port whose other end is this machine's own kernel: a TAP device (/dev/net/tun).
 *
 * What the router sends here comes in to the kernel by the device (tap0), and what the kernel sends
 * there comes in to the router: the machine itself, a bridge of virtual machines or a container is
 * a host of the router. Frames carry a virtual card's header (IFF_VNET_HDR): the kernel hands over
 * TCP segments and datagrams of up to 64 KiB uncut, with sums unfinished, and takes them so.
 *
 * The device's own address is the kernel's, so the port has one of its own, made from that.
 *
 * A device that is not there is made, and goes with the port unless it is to stay (`persistent`, or
 * made before by "ip tuntap add"). One that is taken away while the port is open is made again.
 *
 * Memory:  a batch of buffers for the largest frame, about 4 MiB.
 * Threads: one.
 */
#ifndef OS_TAP_H
#define OS_TAP_H

#include <stdbool.h>

#include "core/port.h"
#include "lib/must.h"

struct text;

struct tap_options {
	const char *name;  /* of the port: "ether1" */
	const char *iface; /* of the kernel's device: "tap0" */
	bool persistent;   /* it stays when the port is closed */
};

/*
 * Open or make the device, and bring it up. Needs CAP_NET_ADMIN in its namespace, or a device that
 * was made for this user; to bring it up the capability in any case.
 *
 * Returns 0 and @ret_port; then @words, when not empty, is a warning. Or -errno, and @words says
 * what is missing and what to do.
 */
MUST_USE int tap_open(const struct tap_options *options, struct text *words,
                      struct port **ret_port);
/* To be watched for reading. */
int tap_fd(const struct port *port);

#endif
