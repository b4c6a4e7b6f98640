/*
 * netdev.h -- what the kernel says of one of its interfaces.
 *
 * @fd is any socket; calls return 0 or -errno (-ENODEV: no such interface).
 */
#ifndef OS_NETDEV_H
#define OS_NETDEV_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/ip.h"
#include "lib/must.h"

#define NETDEV_NAME_BYTES 16 /* IFNAMSIZ: 15 characters and the terminator */

struct netdev {
	int index;
	unsigned flags; /* IFF_* */
	uint16_t type;  /* ARPHRD_* */
	uint32_t mtu_bytes;
	struct mac mac;
};

/* Letters, digits, dots, dashes and underscores: what may also stand in a firewall's table name. */
bool netdev_name_is_plain(const char *name);
MUST_USE int netdev_read(int fd, const char *name, struct netdev *ret_netdev);
MUST_USE int netdev_change_flags(int fd, const char *name, unsigned set, unsigned clear);
/* True and the first of the kernel's own IPv4 addresses there, if it has any. */
bool netdev_has_ip4(const char *name, ip4 *ret_addr);

#endif
