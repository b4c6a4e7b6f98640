#include "core/addr.h"

#include <string.h>

#include "core/acd.h"
#include "core/fib.h"
#include "core/net.h"
#include "lib/mem.h"

/* What an address means to the router. */
struct addr_slot {
	ip4 addr;
	uint32_t spec;   /* its place plus one; 0: an empty slot */
	uint8_t meaning; /* enum addr_meaning */
};

/*
 * The specs as given, an order of them by interface, and an open-addressed hash over the addresses
 * and the broadcast addresses. The keys are the configuration's, so the hash needs no secret: what
 * a packet asks for can't make the chains longer than the configuration made them.
 */
struct addrs {
	struct addr_spec *specs;
	size_t n;
	uint32_t *by_iface;            /* places of specs, sorted by interface */
	uint32_t first[IFACE_MAX + 1]; /* where an interface's begin in by_iface */
	struct addr_slot *slots;
	uint32_t mask;
};

static uint32_t slot_of(const struct addrs *addrs, ip4 addr)
{
	/* Multiplicative hashing with the golden ratio (Knuth, volume 3, 6.4). */
	return (uint32_t)((uint64_t)addr.v * 0x9e3779b97f4a7c15ULL >> 32) & addrs->mask;
}

static void slot_add(struct addrs *addrs, ip4 addr, uint32_t spec, enum addr_meaning meaning)
{
	uint32_t at = slot_of(addrs, addr);

	while (addrs->slots[at].spec != 0)
		at = (at + 1) & addrs->mask;
	addrs->slots[at] = (struct addr_slot){ addr, spec + 1, (uint8_t)meaning };
}

/* Networks of two addresses or one have no broadcast address (RFC 3021, 2.2). */
static bool has_broadcast(const struct addr_spec *spec)
{
	return spec->bits <= 30;
}

static ip4 broadcast_of(const struct addr_spec *spec)
{
	return (ip4){ spec->network.v | ~ip4_mask(spec->bits).v };
}

static void sort_by_iface(struct addrs *addrs)
{
	uint32_t at[IFACE_MAX];

	for (size_t i = 0; i < addrs->n; i++)
		addrs->first[addrs->specs[i].iface + 1]++;
	for (unsigned i = 0; i < IFACE_MAX; i++)
		addrs->first[i + 1] += addrs->first[i];
	memcpy(at, addrs->first, sizeof at);
	for (size_t i = 0; i < addrs->n; i++)
		addrs->by_iface[at[addrs->specs[i].iface]++] = (uint32_t)i;
}

struct addrs *addrs_new(const struct addr_spec *specs, size_t n)
{
	struct addrs *addrs = mem_new(1, sizeof *addrs);
	uint32_t slots = 8;

	while (slots < 6 * n) /* three keys for each, and half of the slots empty */
		slots *= 2;
	addrs->n = n;
	addrs->mask = slots - 1;
	addrs->specs = mem_new(n, sizeof addrs->specs[0]);
	addrs->by_iface = mem_new(n, sizeof addrs->by_iface[0]);
	addrs->slots = mem_new(slots, sizeof addrs->slots[0]);
	for (uint32_t i = 0; i < n; i++) {
		struct addr_spec *spec = &addrs->specs[i];

		must(specs[i].bits <= 32 && specs[i].iface < IFACE_MAX);
		*spec = specs[i];
		spec->network = ip4_network(spec->network, spec->bits);
		slot_add(addrs, spec->addr, i, ADDR_OWN);
		if (has_broadcast(spec)) {
			slot_add(addrs, broadcast_of(spec), i, ADDR_BROADCAST);
			slot_add(addrs, spec->network, i, ADDR_NETWORK);
		}
	}
	sort_by_iface(addrs);
	return addrs;
}

void addrs_free(struct addrs *addrs)
{
	if (addrs == NULL)
		return;
	mem_free(addrs->specs);
	mem_free(addrs->by_iface);
	mem_free(addrs->slots);
	mem_free(addrs);
}

void addrs_publish(struct net *net, struct addrs *addrs)
{
	addrs_free(net->addrs);
	net->addrs = addrs;
	fib_rebuild(net);
	acd_sync(net);
	net_generation_next(net);
}

/* The record on an enabled interface (@iface, or any for IFACE_NONE). */
static const struct addr_spec *find(const struct net *net, ip4 addr, iface_id iface,
                                    enum addr_meaning meaning)
{
	const struct addrs *addrs = net->addrs;

	for (uint32_t at = slot_of(addrs, addr); addrs->slots[at].spec != 0;
	     at = (at + 1) & addrs->mask) {
		const struct addr_slot *slot = &addrs->slots[at];

		if (slot->addr.v != addr.v || slot->meaning != meaning)
			continue;

		const struct addr_spec *spec = &addrs->specs[slot->spec - 1];
		const struct iface *has = iface_get_const(net, spec->iface);

		if (has != NULL && has->enabled && (iface == IFACE_NONE || iface == spec->iface))
			return spec;
	}
	return NULL;
}

const struct addr_spec *addr_find(const struct net *net, ip4 addr)
{
	return find(net, addr, IFACE_NONE, ADDR_OWN);
}

const struct addr_spec *addr_find_on(const struct net *net, iface_id iface, ip4 addr)
{
	return find(net, addr, iface, ADDR_OWN);
}

const struct addr_spec *addr_find_broadcast(const struct net *net, iface_id iface, ip4 addr)
{
	return find(net, addr, iface, ADDR_BROADCAST);
}

unsigned addr_meaning(const struct net *net, ip4 addr)
{
	const struct addrs *addrs = net->addrs;
	unsigned meaning = 0;

	for (uint32_t at = slot_of(addrs, addr); addrs->slots[at].spec != 0;
	     at = (at + 1) & addrs->mask) {
		const struct addr_slot *slot = &addrs->slots[at];
		const struct iface *has;

		if (slot->addr.v != addr.v)
			continue;
		has = iface_get_const(net, addrs->specs[slot->spec - 1].iface);
		if (has != NULL && has->enabled)
			meaning |= slot->meaning;
	}
	return meaning;
}

bool addr_is_broadcast(const struct net *net, iface_id iface, ip4 addr)
{
	return iface != IFACE_NONE && find(net, addr, iface, ADDR_BROADCAST) != NULL;
}

const struct addr_spec *addr_on_link(const struct net *net, iface_id iface, ip4 peer)
{
	const struct addrs *addrs = net->addrs;
	const struct addr_spec *best = NULL;

	must(iface < IFACE_MAX);
	for (uint32_t i = addrs->first[iface]; i < addrs->first[iface + 1]; i++) {
		const struct addr_spec *spec = &addrs->specs[addrs->by_iface[i]];

		if (ip4_within(peer, spec->network, spec->bits) &&
		    (best == NULL || spec->bits > best->bits))
			best = spec;
	}
	return best;
}

const struct addr_spec *addr_toward(const struct net *net, iface_id iface, ip4 peer)
{
	const struct addrs *addrs = net->addrs;
	const struct addr_spec *best = addr_on_link(net, iface, peer);

	if (best == NULL && addrs->first[iface] < addrs->first[iface + 1])
		best = &addrs->specs[addrs->by_iface[addrs->first[iface]]];
	return best;
}

size_t addr_all(const struct net *net, const struct addr_spec **ret_specs)
{
	*ret_specs = net->addrs->specs;
	return net->addrs->n;
}
