/* peer_tcp.h -- the TCP of a simulated host; see peer.h for what it can do. */
#ifndef SIM_PEER_TCP_H
#define SIM_PEER_TCP_H

#include "sim/peer.h"

/* A segment came, with right checksums. */
void peer_tcp_input(struct peer *peer, const struct peer_packet *p, const uint8_t *payload);
/* An ICMP error came that quotes one of ours. */
void peer_tcp_error(struct peer *peer, const struct peer_packet *p);

#endif
