/*
 * port.h -- where frames come from and go to: one of the four doors to the world.
 *
 * os/afpacket.c carries frames of a Linux interface, sim those of a link in memory. A port hands
 * out frames that it owns (a slot of a ring), in batches; they are borrowed until release(). What
 * is transmitted has left the caller's memory when transmit() returns, so a frame can go straight
 * from one port's ring to another port.
 *
 * Frames carry what a virtual network card would say of them (struct offload): a checksum still to
 * be finished, a TCP segment far larger than the MTU that someone will cut later. They are kept
 * whole through the router.
 */
#ifndef CORE_PORT_H
#define CORE_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/ip.h"

/* Room in front of every received frame: for a virtio_net_hdr and what a tunnel pushes. */
#define PORT_HEADROOM_BYTES 64
/* The largest frame with offloads: a 64 KiB IP packet and its Ethernet header. */
#define PORT_FRAME_BYTES_MAX 65600
#define PORT_BATCH           64

enum gso_type {
	GSO_NONE,
	GSO_TCP4, /* gso_size bytes of payload a segment */
	GSO_UDP4, /* UDP datagrams in a row (UDP_SEGMENT) */
	GSO_TCP6,
	GSO_OTHER, /* carried, never built */
};

/* What virtio_net_hdr says, in host byte order; all zeroes: an ordinary frame, checksums whole. */
struct offload {
	bool needs_checksum; /* the field at start + offset holds the pseudo-header's sum only */
	bool checked;        /* the receiver of the frame need not verify its checksum */
	bool ecn;            /* GSO_TCP*: the CWR flag is on the first segment only */
	uint8_t gso_type;    /* enum gso_type */
	uint16_t checksum_start;  /* from the frame's first byte */
	uint16_t checksum_offset; /* from there */
	uint16_t gso_bytes;       /* payload bytes of a segment */
	uint16_t header_bytes;    /* Ethernet to TCP header, a hint */
};

struct port_frame {
	uint8_t *bytes;    /* Ethernet header first */
	uint32_t len;      /* bytes there, without the frame check sequence */
	uint32_t headroom; /* bytes before `bytes` that may be written */
	uint32_t tailroom; /* bytes after `bytes + len` that may be written */
	struct offload offload;
};

struct port_stats {
	uint64_t rx_lost;   /* frames that came when the ring was full */
	uint64_t tx_errors; /* frames that transmit() could not hand on */
};

/* What a port can do; set when it is opened. */
struct port_abilities {
	bool checksum; /* finishes a partial checksum */
	bool gso;      /* takes GSO_TCP4 and GSO_UDP4 frames whole */
};

struct port {
	const struct port_ops *ops;
	char name[16]; /* "ether1" */
	struct port_abilities can;
	/* Changes of these are noticed through poll_link(). */
	struct mac mac;
	uint32_t mtu_bytes;
	bool link_up;
};

struct port_ops {
	/* Up to @max (at most PORT_BATCH) frames, borrowed until release(). */
	unsigned (*receive)(struct port *port, struct port_frame *frames, unsigned max);
	/* All frames of the last receive() go back. */
	void (*release)(struct port *port);
	/* Send @n frames in order. The port may write into their headroom. Returns how many were
	 * taken; the others are lost, and counted in tx_errors. */
	unsigned (*transmit)(struct port *port, const struct port_frame *frames, unsigned n);
	/* Look at the link again (link_up, mtu_bytes, mac); true when something changed. */
	bool (*poll_link)(struct port *port);
	void (*stats)(struct port *port, struct port_stats *ret_stats);
	void (*close)(struct port *port);
};

#endif
