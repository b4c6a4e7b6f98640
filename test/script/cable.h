/*
 * cable.h -- the stations of a stack's link: ARP is answered for them, IP is handed up.
 *
 * Every address but the host's own has a station of its own hardware address; those that a script
 * calls silent never answer.
 */
#ifndef SCRIPT_CABLE_H
#define SCRIPT_CABLE_H

#include "script/script.h"

#define CABLE_FRAME_BYTES_MAX (65535 + 14)

struct cable {
	ip4 host;
	struct mac host_mac;
	unsigned n_silent;
	ip4 silent[SCRIPT_OPTIONS_MAX];
	/* Puts a frame on the wire to the host. */
	void (*transmit)(void *arg, const uint8_t *frame, size_t len);
	void *arg;
};

/* Of @script it takes who is silent. */
void cable_init(struct cable *cable, const struct script *script, const struct mac *host_mac);
/* A frame from the host. Returns where its IP packet begins, or 0: it was answered, or none. */
size_t cable_receive(struct cable *cable, const uint8_t *frame, size_t len);
/* Wrap an IP packet up and put it on the wire to the host. */
void cable_send(struct cable *cable, const uint8_t *packet, size_t len);

#endif
