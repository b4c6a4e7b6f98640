#include "core/neigh.h"

#include <netinet/in.h>
#include <string.h>

#include "core/arp.h"
#include "core/ether.h"
#include "core/explain.h"
#include "core/icmp.h"
#include "core/neigh_timers.h"
#include "core/net.h"
#include "lib/mem.h"
#include "wire/eth.h"
#include "wire/icmp_header.h"

enum {
	EVICT_LOOKS = 64,  /* entries judged for one place: exact for small tables */
	IN_USE_MS = 30000, /* an entry used since then does not give way to a new one */
};

struct neigh_table {
	struct hash_key key;
	struct neigh *entries;
	uint32_t max, mask;
	uint32_t *heads;
	uint32_t hand; /* where the search for a place goes on */
	struct neigh_timers timers;
};

struct neigh_table *neigh_table_new(uint32_t max, uint64_t hash_seed)
{
	struct neigh_table *table = mem_new(1, sizeof *table);
	uint32_t heads = 8;

	must(max > 0 && max < UINT32_MAX / 4);
	while (heads < max)
		heads *= 2;
	table->key = (struct hash_key){ hash_seed, ~hash_seed };
	table->entries = mem_new(max, sizeof table->entries[0]);
	table->max = max;
	table->heads = mem_new(heads, sizeof table->heads[0]);
	table->mask = heads - 1;
	neigh_timers_init(&table->timers, max);
	memset(table->heads, 0xff, heads * sizeof table->heads[0]);
	return table;
}

void neigh_table_free(struct net *net, struct neigh_table *table)
{
	if (table == NULL)
		return;
	for (uint32_t i = 0; i < table->max; i++) {
		for (unsigned j = 0; j < table->entries[i].queued; j++)
			pkt_done(net, table->entries[i].queue[j]);
	}
	mem_free(table->entries);
	mem_free(table->heads);
	neigh_timers_free(&table->timers);
	mem_free(table);
}

void neigh_begin_versions(struct net *net, uint32_t version)
{
	for (uint32_t i = 0; i < net->neigh->max; i++) {
		must(net->neigh->entries[i].state == NEIGH_FREE);
		net->neigh->entries[i].version = version;
	}
}

static uint32_t place_of(const struct neigh_table *table, const struct neigh *n)
{
	return (uint32_t)(n - table->entries);
}

static uint32_t *head_of(const struct neigh_table *table, iface_id iface, ip4 addr)
{
	uint64_t word = (uint64_t)iface << 32 | addr.v;

	return &table->heads[hash_words(&table->key, &word, 1) & table->mask];
}

struct neigh *neigh_find(struct net *net, iface_id iface, ip4 addr)
{
	struct neigh_table *table = net->neigh;
	uint32_t at = *head_of(table, iface, addr);

	while (at != NEIGH_NONE) {
		struct neigh *n = &table->entries[at];

		if (n->addr.v == addr.v && n->iface == iface)
			return n;
		at = n->next;
	}
	return NULL;
}

static void state_set(struct net *net, struct neigh *n, enum neigh_state state, mono due)
{
	n->state = (uint8_t)state;
	n->due = due;
	if (due.ns == mono_never().ns)
		neigh_timers_stop(&net->neigh->timers, n);
	else
		neigh_timers_set(&net->neigh->timers, n);
}

/* The packets that waited in vain. They stand as they were to be sent, and their senders are told
 * (RFC 1812, 5.2.7.1). */
static void queue_drop(struct net *net, struct neigh *n, enum drop_reason reason)
{
	unsigned queued = n->queued;

	n->queued = 0;
	for (unsigned i = 0; i < queued; i++) {
		icmp_error(net, n->queue[i], ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0);
		(void)pkt_drop(net, n->queue[i], reason);
	}
}

static void queue_send(struct net *net, struct neigh *n)
{
	unsigned queued = n->queued;

	n->queued = 0;
	for (unsigned i = 0; i < queued; i++)
		ether_output(net, n->queue[i], &n->mac, ETH_TYPE_IP4);
	if (queued > 0)
		n->used = net->now;
}

static void entry_free(struct net *net, struct neigh *n)
{
	uint32_t *link = head_of(net->neigh, n->iface, n->addr);
	uint32_t place = place_of(net->neigh, n);

	must(n->queued == 0);
	while (*link != place)
		link = &net->neigh->entries[*link].next;
	*link = n->next;
	neigh_timers_stop(&net->neigh->timers, n);
	*n = (struct neigh){ .state = NEIGH_FREE, .version = n->version + 1 };
}

/* May @n give way? Not while somebody waits for it or uses it: a host that asks for every address
 * of a network must not push out those that are there (RFC 6583, 5). */
static bool may_give_way(const struct net *net, const struct neigh *n)
{
	if (n->state == NEIGH_PERMANENT || n->queued > 0)
		return false;
	return n->state == NEIGH_FAILED || n->state == NEIGH_INCOMPLETE ||
	       mono_since_ms(net->now, n->used) >= IN_USE_MS;
}

/* A free place, or that of the least used of the next entries. NULL: none. */
static struct neigh *place_take(struct net *net)
{
	struct neigh_table *table = net->neigh;
	struct neigh *worst = NULL;
	uint32_t limit = net->settings.neighbours_max;
	uint32_t room = limit != 0 && limit < table->max ? limit : table->max;

	for (uint32_t looks = 0; looks < EVICT_LOOKS && looks < room; looks++) {
		struct neigh *n = &table->entries[table->hand % room];

		table->hand = (table->hand + 1) % room;
		if (n->state == NEIGH_FREE)
			return n;
		if (may_give_way(net, n) && (worst == NULL || mono_before(n->used, worst->used)))
			worst = n;
	}
	if (worst != NULL)
		entry_free(net, worst);
	return worst;
}

static struct neigh *entry_new(struct net *net, iface_id iface, ip4 addr)
{
	struct neigh *n = place_take(net);
	uint32_t *head = head_of(net->neigh, iface, addr);

	if (n == NULL)
		return NULL;
	n->addr = addr;
	n->iface = iface;
	n->version++;
	n->used = net->now;
	n->next = *head;
	*head = place_of(net->neigh, n);
	return n;
}

static void mac_set(struct neigh *n, const struct mac *mac)
{
	if (mac_equal(&n->mac, mac))
		return;
	n->mac = *mac;
	n->version++;
}

/* Note that @n is being used; false when it can't be. A stale entry is used and then asked again
 * if nothing confirms it in time (RFC 4861, 7.3.2: DELAY). */
static bool entry_use(struct net *net, struct neigh *n)
{
	switch (n->state) {
	case NEIGH_STALE:
		state_set(net, n, NEIGH_DELAY, mono_add_ms(net->now, NEIGH_DELAY_MS));
		break;
	case NEIGH_REACHABLE:
	case NEIGH_DELAY:
	case NEIGH_PROBE:
	case NEIGH_PERMANENT:
		break;
	default:
		return false;
	}
	n->used = net->now;
	return true;
}

struct neigh *neigh_use(struct net *net, uint32_t place, uint32_t version)
{
	struct neigh *n;

	if (place >= net->neigh->max)
		return NULL;
	n = &net->neigh->entries[place];
	return n->version == version && entry_use(net, n) ? n : NULL;
}

struct neigh *neigh_at(struct net *net, uint32_t place)
{
	must(place < net->neigh->max);
	return &net->neigh->entries[place];
}

mono neigh_due(const struct net *net)
{
	const struct neigh *first = neigh_timers_first(&net->neigh->timers);

	return first != NULL ? first->due : mono_never();
}

/*
 * Let @p wait. Of too many the oldest goes: the latest is the one that is kept (RFC 1122, 2.3.2.2).
 * All queues together get half of the packet buffers, so that asking for absent hosts can't take
 * away what answers need.
 */
static void queue_put(struct net *net, struct neigh *n, struct pkt *p)
{
	struct pkt *owned = p;

	if (pkt_pool_available(net->pool) < pkt_pool_total(net->pool) / 2) {
		(void)pkt_drop(net, p, DROP_NEIGH_QUEUE);
		return;
	}
	if (p->buffer == NULL) {
		owned = pkt_copy(net, p);
		if (owned == NULL) {
			(void)pkt_drop(net, p, DROP_POOL_EMPTY);
			return;
		}
	}
	explain(p->why, "neighbour", "waits until the next hop's hardware address is known");
	owned->why = NULL; /* the record is the caller's, and goes with this turn */
	if (n->queued == NEIGH_QUEUE_MAX) {
		(void)pkt_drop(net, n->queue[0], DROP_NEIGH_QUEUE);
		n->queued--;
		memmove(n->queue, n->queue + 1, n->queued * sizeof n->queue[0]);
	}
	n->queue[n->queued++] = owned;
}

/* Ask everybody for @n's address, once more. */
static void ask(struct net *net, struct neigh *n)
{
	struct mac broadcast = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

	n->probes++;
	arp_ask(net, n->iface, n->addr, n->state == NEIGH_PROBE ? &n->mac : &broadcast);
	state_set(net, n, (enum neigh_state)n->state, mono_add_ms(net->now, NEIGH_PROBE_MS));
}

/* May the router ask on @iface who is there? */
static bool may_ask(struct net *net, iface_id iface)
{
	const struct iface *out = iface_get(net, iface);

	return out == NULL || (out->arp != ARP_DISABLED && out->arp != ARP_REPLY_ONLY);
}

static struct neigh *entry_resolve(struct net *net, iface_id iface, ip4 addr)
{
	struct neigh *n = entry_new(net, iface, addr);

	if (n == NULL)
		return NULL;
	n->state = NEIGH_INCOMPLETE;
	ask(net, n);
	return n;
}

/* RFC 1812, 5.2.7.1: host unreachable. */
static uint32_t refuse(struct net *net, struct pkt *p)
{
	icmp_error(net, p, ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0);
	(void)pkt_drop(net, p, DROP_NEIGH_FAILED);
	return NEIGH_NONE;
}

uint32_t neigh_send(struct net *net, struct pkt *p)
{
	struct neigh *n = neigh_find(net, p->route.out, p->route.next_hop);
	char buffer[IP4_TEXT_BYTES];

	if (n == NULL && !may_ask(net, p->route.out)) {
		explain(p->why, "neighbour",
		        "ARP does not ask on its interface, and no static "
		        "entry says where it is");
		return refuse(net, p);
	}
	if (n == NULL)
		n = entry_resolve(net, p->route.out, p->route.next_hop);
	if (n == NULL) {
		(void)pkt_drop(net, p, DROP_NEIGH_QUEUE);
		return NEIGH_NONE;
	}
	explain(p->why, "neighbour", "next hop %s is %s", ip4_str(n->addr, buffer),
	        neigh_state_word((enum neigh_state)n->state));
	if (entry_use(net, n)) {
		ether_output(net, p, &n->mac, ETH_TYPE_IP4);
		return place_of(net->neigh, n);
	}
	if (n->state == NEIGH_FAILED)
		return refuse(net, p);
	queue_put(net, n, p);
	return NEIGH_NONE;
}

static uint32_t reachable_ms(struct net *net, iface_id iface)
{
	const struct iface *on = iface_get(net, iface);

	return on != NULL && on->arp_timeout_ms != 0 ? on->arp_timeout_ms
	                                             : net->settings.arp_timeout_ms;
}

bool neigh_confirm(struct net *net, iface_id iface, ip4 addr, const struct mac *mac)
{
	struct neigh *n = neigh_find(net, iface, addr);

	if (n == NULL || (n->state != NEIGH_INCOMPLETE && n->state != NEIGH_PROBE))
		return false;
	mac_set(n, mac);
	n->probes = 0;
	n->confirmed = net->now;
	state_set(net, n, NEIGH_REACHABLE, mono_add_ms(net->now, reachable_ms(net, iface)));
	queue_send(net, n);
	return true;
}

void neigh_hint(struct net *net, iface_id iface, ip4 addr, const struct mac *mac)
{
	struct neigh *n = neigh_find(net, iface, addr);

	if (n == NULL)
		n = entry_new(net, iface, addr);
	if (n == NULL || n->state == NEIGH_PERMANENT)
		return;
	/* RFC 4861, 7.2.3: what it says of itself is used, but only an answer confirms it. */
	if (n->state != NEIGH_FREE && n->state != NEIGH_INCOMPLETE && n->state != NEIGH_FAILED &&
	    mac_equal(&n->mac, mac))
		return;
	mac_set(n, mac);
	n->probes = 0;
	state_set(net, n, NEIGH_STALE, mono_add_ms(net->now, NEIGH_STALE_MS));
	if (n->queued > 0 && entry_use(net, n))
		queue_send(net, n);
}

/* @n did not answer NEIGH_PROBES_MAX times. */
static void give_up(struct net *net, struct neigh *n)
{
	if (n->state == NEIGH_PROBE) {
		/* It may have got another hardware address: the next packet asks everybody
		 * (RFC 4861, 7.3.3). */
		entry_free(net, n);
		return;
	}
	state_set(net, n, NEIGH_FAILED, mono_add_ms(net->now, NEIGH_FAILED_MS));
	n->version++;
	queue_drop(net, n, DROP_NEIGH_FAILED);
}

static void stale_due(struct net *net, struct neigh *n)
{
	mono end = mono_add_ms(n->used, NEIGH_STALE_MS);

	if (mono_due(end, net->now))
		entry_free(net, n);
	else
		state_set(net, n, NEIGH_STALE, end);
}

/* The time of @n's state is over. */
static void entry_due(struct net *net, struct neigh *n)
{
	switch (n->state) {
	case NEIGH_REACHABLE:
		state_set(net, n, NEIGH_STALE, mono_add_ms(n->used, NEIGH_STALE_MS));
		break;
	case NEIGH_STALE:
		stale_due(net, n);
		break;
	case NEIGH_DELAY:
		n->state = NEIGH_PROBE;
		n->probes = 0;
		ask(net, n);
		break;
	case NEIGH_INCOMPLETE:
	case NEIGH_PROBE:
		if (n->probes < NEIGH_PROBES_MAX)
			ask(net, n);
		else
			give_up(net, n);
		break;
	case NEIGH_FAILED:
		entry_free(net, n);
		break;
	default:
		break;
	}
}

static bool has_due(const struct neigh *n)
{
	return n->state != NEIGH_FREE && n->state != NEIGH_PERMANENT;
}

mono neigh_turn(struct net *net)
{
	struct neigh *n;

	while ((n = neigh_timers_first(&net->neigh->timers)) != NULL && mono_due(n->due, net->now))
		entry_due(net, n);
	return neigh_due(net);
}

bool neigh_set_static(struct net *net, iface_id iface, ip4 addr, const struct mac *mac)
{
	struct neigh *n = neigh_find(net, iface, addr);

	if (n == NULL)
		n = entry_new(net, iface, addr);
	if (n == NULL)
		return false;
	mac_set(n, mac);
	state_set(net, n, NEIGH_PERMANENT, mono_never());
	queue_send(net, n);
	return true;
}

void neigh_unlearn(struct net *net, iface_id iface, ip4 addr)
{
	const struct neigh *n = neigh_find(net, iface, addr);

	if (n != NULL && n->state != NEIGH_PERMANENT)
		neigh_remove(net, iface, addr);
}

void neigh_remove(struct net *net, iface_id iface, ip4 addr)
{
	struct neigh *n = neigh_find(net, iface, addr);

	if (n == NULL)
		return;
	queue_drop(net, n, DROP_NEIGH_FAILED);
	entry_free(net, n);
}

void neigh_flush(struct net *net, iface_id iface)
{
	for (uint32_t i = 0; i < net->neigh->max; i++) {
		struct neigh *n = &net->neigh->entries[i];

		if (has_due(n) && n->iface == iface) {
			queue_drop(net, n, DROP_LINK_DOWN);
			entry_free(net, n);
		}
	}
}

void neigh_remove_all(struct net *net, iface_id iface)
{
	for (uint32_t i = 0; i < net->neigh->max; i++) {
		struct neigh *n = &net->neigh->entries[i];

		if (n->state != NEIGH_FREE && n->iface == iface) {
			queue_drop(net, n, DROP_LINK_DOWN);
			entry_free(net, n);
		}
	}
}

const struct neigh *neigh_next(const struct net *net, uint32_t *at)
{
	while (*at < net->neigh->max) {
		const struct neigh *n = &net->neigh->entries[(*at)++];

		if (n->state != NEIGH_FREE)
			return n;
	}
	return NULL;
}

const char *neigh_state_word(enum neigh_state state)
{
	static const char *const words[] = {
		[NEIGH_FREE] = "free",           [NEIGH_INCOMPLETE] = "incomplete",
		[NEIGH_REACHABLE] = "reachable", [NEIGH_STALE] = "stale",
		[NEIGH_DELAY] = "delay",         [NEIGH_PROBE] = "probe",
		[NEIGH_FAILED] = "failed",       [NEIGH_PERMANENT] = "permanent",
	};

	must(state < ARRAY_LEN(words));
	return words[state];
}
