/*
 * nat.h -- translation: decided for a connection's first packet, kept in its flow record.
 *
 * Each half comes as choose (const but for the packet's own fields, explainable) and commit. The
 * behaviour follows RFC 4787 (UDP), RFC 5382 (TCP) and RFC 5508 (ICMP).
 *
 * Threads: the router's. Memory: none.
 */
#ifndef FW_NAT_H
#define FW_NAT_H

#include "fw/fw.h"

/* What is to become of a first packet's source. */
struct nat_source {
	bool on;
	bool masquerade, hairpin;
	bool strict; /* a port for each connection, as Linux does */
	bool random; /* ports are not kept */
	bool moved;  /* the connection goes another way now, which wants another source */
	ip4 addr;
	uint16_t port_low, port_high; /* where the port may lie */
	uint32_t rule_id;
};

/*
 * Give p->now its destination: the flow's, or for a first packet what chain dstnat says; or else,
 * when it was sent to a mapping's outer endpoint, the host inside. Returns DROP_COUNT, or why the
 * packet can't go on: filtering keeps it out.
 */
enum drop_reason nat_choose_destination(const struct fw *fw, struct pkt *p);

/*
 * Give p->now its source: the flow's; or, for a first packet, say in @ret_source what chain srcnat
 * (or a hairpin) wants. p->route must be known. Returns DROP_COUNT when all is well, else why the
 * packet can't go on: masquerade without an address, or a packet that belongs to no connection and
 * would leave untranslated.
 */
enum drop_reason nat_choose_source(const struct fw *fw, struct pkt *p,
                                   struct nat_source *ret_source);

/*
 * The first packet is sure to go on: take a port, begin the flow, count the rules. Packets of a
 * flow, and those that belong to none, pass through, but one whose connection has moved to a way
 * that wants another source ends the flow. Returns DROP_COUNT, or why it can't be.
 */
enum drop_reason nat_confirm(struct fw *fw, struct pkt *p, const struct nat_source *source);

/*
 * Has a connection given way, or was one refused, since it was told last? It is told once a second,
 * in sums; what comes after that line is told by the turn that follows the second.
 */
void nat_turn(struct fw *fw);

/* End the masqueraded flows whose outer address the router has no longer. Returns how many. */
uint32_t nat_forget_addresses(struct fw *fw);

#endif
