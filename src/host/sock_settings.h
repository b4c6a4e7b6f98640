/*
 * sock_settings.h -- what setsockopt() has set, apart from the socket so that those that never
 * changed anything share one record, and what a listener accepts shares the listener's.
 *
 * Threads: the router's. Memory: one record a socket at most, at start.
 */
#ifndef HOST_SOCK_SETTINGS_H
#define HOST_SOCK_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "tcp/connection.h"

struct sock;

#define SOCK_OPTIONS_BYTES 40 /* of IP options */

struct sock_settings {
	/* Of which ttl, tos, mark, bound, options serve UDP and ICMP, too. options points into this
	 * very record. */
	struct connection_settings tcp;
	int64_t send_timeout_us, receive_timeout_us; /* 0: for ever */
	uint32_t send_bytes, receive_bytes;          /* SO_SNDBUF, SO_RCVBUF as they are read */
	int32_t priority, receive_low;
	int32_t linger_s;
	int32_t busy_poll_us;
	iface_id multicast_out;
	ip4 multicast_source;
	uint8_t reuse_addr, reuse_port, linger, broadcast, dont_route, timestamp;
	uint8_t keep_alive, urgent_inline;
	uint8_t free_bind, no_port, receive_errors, packet_info, receive_ttl, receive_tos;
	uint8_t mtu_discover; /* IP_PMTUDISC_* */
	uint8_t multicast_ttl;
	uint16_t port_low, port_high; /* IP_LOCAL_PORT_RANGE; 0: the host's */
	/* IP_OPTIONS as they are sent: of a source route without its first address, which is where
	 * packets go first, and with room at its end for the destination (RFC 791, 3.1). */
	uint8_t options[SOCK_OPTIONS_BYTES];
	uint8_t asked_options[SOCK_OPTIONS_BYTES]; /* as they were given */
	uint8_t destination_at; /* in options: where the destination belongs; 0: no source route */
	bool strict;

	uint32_t holders; /* how many sockets share it */
	uint32_t next;    /* free ones */
};

struct sock_settings_pool;

/* Room for @n sockets that all differ, and for the default that all begin with. */
MUST_USE struct sock_settings_pool *sock_settings_pool_new(uint32_t n);
void sock_settings_pool_free(struct sock_settings_pool *pool);
/* The default, held once more. */
struct sock_settings *sock_settings_default(struct sock_settings_pool *pool);
/* @settings, held once more. */
struct sock_settings *sock_settings_hold(struct sock_settings *settings);
void sock_settings_let_go(struct sock_settings_pool *pool, struct sock_settings *settings);
/* Those of @sock, which are its own from now on and may be changed. */
struct sock_settings *sock_settings_own(struct sock *sock);

#endif
