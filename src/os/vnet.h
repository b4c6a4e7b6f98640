/*
 * vnet.h -- struct offload and Linux's virtio_net_hdr, one from the other.
 *
 * The header's fields are in the machine's byte order (the kernel's default for packet sockets).
 */
#ifndef OS_VNET_H
#define OS_VNET_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/port.h"

/* False for an @offload that no header can say (GSO_OTHER, or GSO of no size). */
MUST_USE bool vnet_from_offload(const struct offload *offload, struct virtio_net_hdr *ret_header);
/* False when @header does not fit a frame of @len bytes. */
MUST_USE bool vnet_to_offload(const struct virtio_net_hdr *header, uint32_t len,
                              struct offload *ret_offload);

#endif
