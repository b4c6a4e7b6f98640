/* local_port_inside.h -- what bind() and connect() share of local_port.h. */
#ifndef HOST_LOCAL_PORT_INSIDE_H
#define HOST_LOCAL_PORT_INSIDE_H

#include "core/net.h"
#include "core/port_map.h"
#include "lib/hash.h"

struct crowds;
struct sock;

enum {
	LOCAL_PORT_SECRET_S = 600, /* how long a secret serves */
	LOCAL_PORT_STEPS = 65536,  /* counters of the double-hash; Linux has as many */
};

struct local_ports {
	struct net *net;
	struct crowds *crowds;
	struct port_map *reserved; /* or NULL */
	uint16_t low, high;
	struct hash_key secret;
	mono secret_until;
	uint16_t steps[LOCAL_PORT_STEPS];
	uint64_t probes, crowds_made;
};

/* From which ports one is chosen for @sock; both included. */
void local_port_range(const struct sock *sock, uint16_t *ret_low, uint16_t *ret_high);

#endif
