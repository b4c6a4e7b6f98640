/*
 * socks.h -- all sockets of a host: who is open, who holds which port.
 *
 * Threads: the router's. Memory: struct host_budget, at start, touched as sockets are opened.
 */
#ifndef HOST_SOCKS_H
#define HOST_SOCKS_H

#include <stdint.h>

#include "core/pkt.h"
#include "lib/mono.h"

struct host;
struct socks;

/* How many there may be; 0: the default. */
struct host_budget {
	uint32_t sockets;          /* SOCKETS_DEFAULT */
	uint32_t datagram_sockets; /* of these, UDP and ICMP: DATAGRAM_SOCKETS_DEFAULT */
	uint32_t datagram_cells; /* of 512 bytes, for what waits to be read: DATAGRAM_CELLS_DEFAULT
	                          */
	uint32_t crowds;         /* maps of ports towards crowded ends: CROWDS_DEFAULT */
};
#define SOCKETS_DEFAULT          65536U
#define DATAGRAM_SOCKETS_DEFAULT 4096U
#define DATAGRAM_CELLS_DEFAULT   16384U /* 8 MiB */

/* @budget may be NULL. */
MUST_USE struct socks *socks_new(struct host *host, const struct host_budget *budget);
/* None is open any more. */
void socks_free(struct socks *socks);
void socks_close_all(struct socks *socks);

/* How many are open. */
uint32_t socks_open(const struct socks *socks);
/* Those who wait for room to send are told when there is some. */
void socks_turn(struct socks *socks);
mono socks_due(const struct socks *socks);

#endif
