/*
 * gro.h -- TCP segments in a row become one frame, on their way to a port that takes it whole.
 *
 * Generic receive offload, done where frames gather for a port (core/iface.c): what costs much is
 * handing a frame over, and a kernel or a card cuts again what must be cut. Nothing waits: only
 * frames of one batch come together.
 *
 * The frame that is made, cut again, gives the very frames that came, byte for byte (core/segment.h
 * is what that is tested with), and no packet overtakes another one of its connection. So only
 * plain segments join: next in sequence, IP identifications counting up, all other fields and
 * options the same, checksums right, no flag but ACK; PSH ends a train, as does a shorter segment.
 *
 * Memory: the first frame's own tailroom, or one of the pool's buffers for trains.
 */
#ifndef CORE_GRO_H
#define CORE_GRO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/port.h"

struct iface;
struct net;
struct pkt;

/* Trains that may grow at the same time on one interface; the oldest ends for one more. */
#define GRO_TRAINS 8

struct gro;

MUST_USE struct gro *gro_new(void);
void gro_free(struct gro *gro);

/*
 * @p is about to be sent by @iface, after the frames that have gathered there. True: its bytes have
 * joined one of those, and the caller calls iface_hold(). False: it puts it behind them at once.
 */
MUST_USE bool gro_join(struct gro *gro, struct net *net, struct iface *iface, const struct pkt *p);

/* Write the headers of all trains: the frames are about to be handed over. */
void gro_finish(struct gro *gro, struct iface *iface);

/* How many packets have joined the frame at @at, and the length of the headers that they left
 * behind; until gro_clear(). */
struct gro_joined {
	uint16_t packets, header_bytes;
};
struct gro_joined gro_joined(const struct gro *gro, unsigned at);
/* The frames have gone. */
void gro_clear(struct gro *gro);

#endif
