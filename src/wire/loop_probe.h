/*
 * loop_probe.h -- a frame by which a bridge notices that a cable leads back to it.
 *
 * Of our own making, under the EtherType for experiments (IEEE 802, 9.2.3): a magic number, the
 * port it left by, a number that counts up, and a tag that only its sender can make.
 */
#ifndef WIRE_LOOP_PROBE_H
#define WIRE_LOOP_PROBE_H

#include "wire/cursor.h"

#define LOOP_PROBE_TYPE  0x88b5
#define LOOP_PROBE_BYTES 46 /* the least that an Ethernet frame carries (IEEE 802.3, 3.2.8) */

/* A group that bridges do hand on, or a loop through them would not be noticed. */
extern const struct mac loop_probe_group;

struct loop_probe {
	uint32_t port;
	uint32_t number;
	uint64_t tag;
};

/* The reader stands behind the Ethernet header. False: too short, or somebody else's protocol. */
MUST_USE bool loop_probe_parse(struct reader *r, struct loop_probe *ret_probe);
/* LOOP_PROBE_BYTES, the rest of them zero. */
void loop_probe_build(struct writer *w, const struct loop_probe *probe);

#endif
