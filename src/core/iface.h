/*
 * iface.h -- the router's interfaces.
 *
 * An interface is a port (ether1), or something that plugs its own transmit hook in (PPPoE, VLAN,
 * bridge). Its id is its place in the table and is kept as long as the interface lives; the name
 * may change. Who plugs in what is received (a bridge its ports', a VLAN its card's) is asked first
 * for every frame that comes in there.
 *
 * Memory: IFACE_MAX records at start.
 */
#ifndef CORE_IFACE_H
#define CORE_IFACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "core/port.h"
#include "core/route.h"

struct gro;
struct net;

#define IFACE_MAX        256
#define IFACE_NAME_BYTES 32

/* Interface lists are bits; list 0 is "all". */
#define IFACE_LIST_MAX 64

struct iface_counters {
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes;
	uint64_t rx_drops; /* ended with a reason after coming in here */
	uint64_t tx_drops; /* could not leave here */
};

enum arp_mode { /* RouterOS's words */
	ARP_ENABLED,
	ARP_DISABLED,    /* nothing is asked, answered or learnt: static entries only */
	ARP_PROXY,       /* answers for what is reached by another interface (RFC 1027) */
	ARP_REPLY_ONLY,  /* answers; but nothing is asked or learnt */
	ARP_LOCAL_PROXY, /* answers for the hosts of the link itself (RFC 3069) */
};

struct iface {
	iface_id id;
	bool used;
	bool enabled;                        /* by configuration */
	bool link_up;                        /* as the port says */
	char name[IFACE_NAME_BYTES];         /* may be changed by the user */
	char default_name[IFACE_NAME_BYTES]; /* "ether1": by the order of the ports */
	const char *type;                    /* "ether", ... */
	struct mac mac;
	uint32_t mtu_bytes;  /* largest IP packet: the port's, or less when less is wanted */
	uint32_t mtu_wanted; /* by configuration; 0: the port's */
	/* No neighbours to resolve: transmit takes the packet with `bytes` at its IP header. */
	bool point_to_point;
	uint8_t arp;             /* enum arp_mode */
	uint32_t arp_timeout_ms; /* how long a neighbour is reachable; 0: as in settings */
	uint64_t lists;          /* bit i: member of interface list i */
	struct port *port;       /* NULL: a virtual interface */
	uint32_t row;      /* of a virtual interface: the configuration's row that it is for */
	uint32_t mtu_most; /* of a virtual interface: what carries it can send no more */
	iface_id master;   /* its frames are this interface's (a bridge's); IFACE_NONE: its own */
	/* Sends a finished frame; takes @p. Set by iface_add_port() or by who plugs in. */
	void (*transmit)(struct net *net, struct iface *iface, struct pkt *p);
	void *transmit_arg;
	/*
	 * Is shown each frame that came in here, its header read into @p; NULL: nobody is. It may
	 * make the frame another interface's (p->in), which is then asked in turn, or take @p.
	 */
	enum verdict (*receive)(struct net *net, struct iface *iface, struct pkt *p);
	void *receive_arg;
	struct iface_counters counters;
	uint32_t link_downs;
	/* Frames on their way out in this turn; flushed by iface_flush(). */
	struct port_frame *tx_frames;
	struct pkt **tx_owned; /* NULL for borrowed ones */
	unsigned tx_n;
	/*
	 * How many packets these frames are, and the buffers of those that have joined another one:
	 * given back when that is gone, and PORT_BATCH packets are flushed, not frames. So how many
	 * buffers are free is the same whether packets have joined or not (ARCHITECTURE, D4).
	 */
	unsigned tx_packets;
	struct pkt **tx_held;
	unsigned tx_held_n;
	struct gro *gro;
	bool keep_segments; /* by configuration: each TCP segment leaves as it came (no gro) */
};

/* Add an interface on @port; its default name is the port's. IFACE_NONE when the table is full. */
iface_id iface_add_port(struct net *net, struct port *port);

/* Add one without a port, disabled and without link; the caller plugs transmit in. @type is a
 * literal. IFACE_NONE when the table is full. */
iface_id iface_add(struct net *net, const char *default_name, const char *type);

/* End @id, a virtual interface: nothing is known there any more, and its place may be given to
 * another. Addresses, rules and routes that name it are the caller's to change. */
void iface_remove(struct net *net, iface_id id);

/* Give back what @iface holds; net_free()'s part. */
void iface_release(struct net *net, struct iface *iface);

/* The interface with @id, or NULL. */
struct iface *iface_get(struct net *net, iface_id id);
const struct iface *iface_get_const(const struct net *net, iface_id id);
struct iface *iface_by_name(struct net *net, const char *name);
struct iface *iface_by_default_name(struct net *net, const char *name);
/* The virtual interface for the configuration's row @row, or NULL. */
struct iface *iface_by_row(struct net *net, uint32_t row);

/* Enabled and with link: packets may come and go. */
static inline bool iface_is_running(const struct iface *iface)
{
	return iface->used && iface->enabled && iface->link_up;
}

/* Ask every port whether its link changed; moves the generation on, tells routes and neighbours. */
void iface_poll_links(struct net *net);
/* Enable or disable by configuration. */
void iface_enable(struct net *net, iface_id id, bool enabled);

/* How ARP works on @id, and how long what it finds out is good (0: as in settings). */
void iface_set_arp(struct net *net, iface_id id, enum arp_mode mode, uint32_t timeout_ms);

/* Set what configuration wants of the MTU (0: the port's). A port can't send more than it says. */
void iface_set_mtu(struct net *net, iface_id id, uint32_t wanted_bytes);

/* Tell that the link of a virtual interface came or went. */
void iface_set_link(struct net *net, iface_id id, bool up);

/* A virtual interface follows what carries it: hardware address, largest IP packet, link. */
struct iface_carrier {
	struct mac mac;
	uint32_t mtu_most;
	bool up;
};
void iface_follow(struct net *net, iface_id id, const struct iface_carrier *carrier);

/* Send what has gathered on the ports in this turn. Borrowed frames may be among it, so this comes
 * before any port's release(). */
void iface_flush(struct net *net);
/* Keep @p's buffer, if it has one, until what has gathered on @iface is gone (core/gro.h). */
void iface_hold(struct iface *iface, struct pkt *p);

#endif
