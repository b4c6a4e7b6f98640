/*
 * neigh.h -- who has which hardware address: ARP (RFC 826, RFC 1122 2.3.2).
 *
 * States follow RFC 4861's model: incomplete, reachable, stale, delay, probe, failed; permanent for
 * static entries. Packets wait in a bounded queue while an address is being resolved. Nothing is
 * learnt from replies that were not asked for; a request addressed to us may refresh its sender.
 *
 * A flow record remembers a neighbour by place and version: neigh_use() tells in constant time
 * whether both still name the same usable neighbour.
 *
 * Memory: a table sized at start; when it is full the least used unneeded entry gives way.
 */
#ifndef CORE_NEIGH_H
#define CORE_NEIGH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pkt.h"
#include "core/route.h"
#include "lib/mono.h"

struct net;

enum neigh_state {
	NEIGH_FREE,
	NEIGH_INCOMPLETE,
	NEIGH_REACHABLE,
	NEIGH_STALE,
	NEIGH_DELAY,
	NEIGH_PROBE,
	NEIGH_FAILED,
	NEIGH_PERMANENT,
};

enum {                        /* RFC 4861, 10; RFC 1122, 2.3.2.1 and 2.3.2.2 */
	NEIGH_QUEUE_MAX = 16, /* packets that wait for one address */
	NEIGH_PROBES_MAX = 3,
	NEIGH_PROBE_MS = 1000,
	NEIGH_DELAY_MS = 5000,
	NEIGH_STALE_MS = 600000, /* an unused entry goes after that */
	NEIGH_FAILED_MS = 3000,  /* how long a failure is remembered */
};

struct neigh {
	ip4 addr;
	iface_id iface;
	uint8_t state; /* enum neigh_state */
	uint8_t probes;
	struct mac mac;
	uint32_t version; /* moves on whenever addr, iface or mac change or the entry ends */
	mono used;        /* last time a packet went to it */
	mono confirmed;   /* last time it answered */
	mono due;         /* when the state is to be looked at again */
	uint32_t next;    /* in its hash chain */
	uint32_t timer;   /* its place among the timers; 0: none */
	struct pkt *queue[NEIGH_QUEUE_MAX];
	uint8_t queued;
};

#define NEIGH_NONE UINT32_MAX

struct neigh_table;

struct neigh_table *neigh_table_new(uint32_t max, uint64_t hash_seed);
void neigh_table_free(struct net *net, struct neigh_table *table);
/* Let versions count from @version on. The table is still empty. */
void neigh_begin_versions(struct net *net, uint32_t version);

/*
 * Send @p (IPv4, finished but for its Ethernet header's addresses) to @p->route.next_hop on
 * @p->route.out: at once when the address is known; else it waits and a question goes out. Takes
 * @p. Returns the neighbour's place, or NEIGH_NONE.
 */
uint32_t neigh_send(struct net *net, struct pkt *p);

/* The neighbour at @place if it still has @version and may be used now; else NULL. Notes the use.
 */
struct neigh *neigh_use(struct net *net, uint32_t place, uint32_t version);

/* The entry at @place, whatever its state. */
struct neigh *neigh_at(struct net *net, uint32_t place);
/* When neigh_turn() has something to do, or never. */
mono neigh_due(const struct net *net);
/* The entry for @addr on @iface, or NULL. */
struct neigh *neigh_find(struct net *net, iface_id iface, ip4 addr);
/* An answer came: @addr has @mac. False when nobody had asked. Sends what waited. */
bool neigh_confirm(struct net *net, iface_id iface, ip4 addr, const struct mac *mac);
/* @addr asked for us from @mac: good enough to answer it, to be confirmed when used. */
void neigh_hint(struct net *net, iface_id iface, ip4 addr, const struct mac *mac);
/* Let time pass; returns when it wants to be called again. */
mono neigh_turn(struct net *net);
/* Set or remove a permanent entry; false when the table is full. */
bool neigh_set_static(struct net *net, iface_id iface, ip4 addr, const struct mac *mac);
/* Forget a learnt entry; a permanent one stays. */
void neigh_unlearn(struct net *net, iface_id iface, ip4 addr);
void neigh_remove(struct net *net, iface_id iface, ip4 addr);
/* Everything known on @iface ends (link down, interface disabled); static entries stay. */
void neigh_flush(struct net *net, iface_id iface);
/* The interface itself ends: static entries, too. */
void neigh_remove_all(struct net *net, iface_id iface);
/* Walk: @at starts at 0; NULL at the end. */
const struct neigh *neigh_next(const struct net *net, uint32_t *at);
const char *neigh_state_word(enum neigh_state state);

#endif
