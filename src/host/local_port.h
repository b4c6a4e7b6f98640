/*
 * local_port.h -- which port a socket gets, and who else may have it (RFC 6056; ARCHITECTURE,
 * D12a).
 *
 * bind() takes a port of core/ports.h for the socket alone: translation keeps off it, at every
 * address when the socket is bound to none. Sockets may share one as far as Linux lets them
 * (SO_REUSEADDR, SO_REUSEPORT). connect() shares: a port is good if nobody has bound it, it is not
 * reserved, and no connection, TIME-WAIT or translated flow has the same two ends. So a port serves
 * any number of destinations.
 *
 * Where connect() begins to look follows from a keyed hash of source, destination and its port
 * (RFC 6056, 3.3.4: double-hash), with a secret that is drawn anew every ten minutes: what one
 * destination sees tells nothing of what another is given. A few ports are tried from there, of the
 * even ones first; bind() begins with the odd ones, so that they seldom meet. Where most are in use
 * towards one remote end a map of them is kept from then on (core/crowd.h), and with it a choice
 * costs the same at any fill, and when none is left: at most a look at each word of the maps within
 * the range.
 *
 * Threads: the router's. Memory: at start.
 */
#ifndef HOST_LOCAL_PORT_H
#define HOST_LOCAL_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/net.h"
#include "core/port_map.h"

struct explain;
struct local_ports;
struct sock;

#define LOCAL_PORT_LOW  32768 /* Linux's net.ipv4.ip_local_port_range */
#define LOCAL_PORT_HIGH 60999

/* @crowds: how many maps towards crowded ends; 0: CROWDS_DEFAULT. */
MUST_USE struct local_ports *local_ports_new(struct net *net, uint32_t crowds);
void local_ports_free(struct local_ports *ports);

/* From which range ports are chosen; both included. */
void local_ports_set_range(struct local_ports *ports, uint16_t low, uint16_t high);
/* Ports that are never chosen, only given to who names them (a copy is taken); NULL: none. */
void local_ports_reserve(struct local_ports *ports, const struct port_map *reserved);

/*
 * Bind @sock to @port of @addr (zero: all of the router's); 0: one is chosen. Fills its local_port
 * and holds it until local_port_release(). -EADDRINUSE; -ENOBUFS: ports of too many addresses are
 * in use (net_budget).
 */
MUST_USE int local_port_bind(struct sock *sock, ip4 addr, uint16_t port);
/* Give the port back, if one is held; another that shares it keeps it. */
void local_port_release(struct sock *sock);
/* May @sock, a TCP one, listen at its port beside the others there? -EADDRINUSE. */
MUST_USE int local_port_listen(const struct sock *sock);

/* Can @ends (src: ours) be a new connection's? */
bool local_port_is_free(const struct sock *sock, const struct tuple *ends);
/*
 * A source port for a TCP connection with @ends, whose sport is still 0. Nothing is held: the
 * connection itself does it. -EADDRNOTAVAIL: none is left. @why may be NULL.
 */
MUST_USE int local_port_choose(struct sock *sock, const struct tuple *ends, uint16_t *ret_port,
                               struct explain *why);

/* A connection with @ends begins to exist, or exists no longer, TIME-WAIT included. */
void local_port_note(struct local_ports *ports, const struct tuple *ends, bool there);

/* For tests: ports looked at so far, and maps made. */
uint64_t local_ports_probes(const struct local_ports *ports);
uint64_t local_ports_crowds_made(const struct local_ports *ports);

#endif
