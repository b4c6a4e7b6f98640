/*
 * ip4_settings.h -- what /ip/settings says: how IPv4 behaves where the RFCs leave a choice.
 */
#ifndef CORE_IP4_SETTINGS_H
#define CORE_IP4_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

struct net;

enum rp_filter { /* RFC 3704: must a source be reached by the interface it came in by? */
	RP_FILTER_NO,
	RP_FILTER_STRICT, /* 2.2: by that interface, on the best route */
	RP_FILTER_LOOSE,  /* 2.4: by any */
};

struct ip4_settings {
	bool forward; /* off: a host with several interfaces (RFC 1122, 3.3.4.2) */
	bool send_redirects;
	bool accept_source_route;
	/* Errors come from the address of the interface by which their cause came in; else from
	 * that of the one by which they leave (RFC 1812, 4.3.2.4). */
	bool inbound_error_source;
	uint8_t rp_filter;       /* enum rp_filter */
	uint32_t icmp_rate_ms;   /* one error each, in the long run (RFC 1812, 4.3.2.8); not 0 */
	uint32_t neighbours_max; /* 0: as many as the table holds */
	uint32_t arp_timeout_ms; /* how long a neighbour that has answered is reachable */
};

struct ip4_settings ip4_settings_default(void);

/* From now on; what was decided for flows is decided again. */
void ip4_settings_publish(struct net *net, const struct ip4_settings *settings);

#endif
