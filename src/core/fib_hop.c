#include "core/fib_hop.h"

#include "core/addr.h"
#include "core/net.h"
#include "lib/mem.h"

#define BUCKETS     4096
#define HOPS_FIRST  16
#define BUCKET_MIX  2654435761U /* Knuth's: gateways differ in their last bits */
#define BUCKET_BITS 20

struct fib_hops {
	struct fib_hop *at; /* by number; [0] is none */
	uint32_t n, max;
	uint32_t free;
	uint32_t buckets[BUCKETS];
};

struct fib_hops *fib_hops_new(void)
{
	struct fib_hops *hops = mem_new(1, sizeof *hops);

	hops->max = HOPS_FIRST;
	hops->at = mem_new(hops->max, sizeof hops->at[0]);
	hops->n = 1;
	return hops;
}

void fib_hops_free(struct fib_hops *hops)
{
	if (hops == NULL)
		return;
	mem_free(hops->at);
	mem_free(hops);
}

static uint32_t *bucket_of(struct fib_hops *hops, const struct fib_hop *hop)
{
	uint32_t word = (hop->gateway.v4.v ^ hop->pref_src.v) + hop->iface * 31U + hop->action;

	return &hops->buckets[word * BUCKET_MIX >> BUCKET_BITS];
}

static bool same_wish(const struct fib_hop *a, const struct fib_hop *b)
{
	return a->gateway.family == b->gateway.family && ip4_equal(a->gateway.v4, b->gateway.v4) &&
	       ip4_equal(a->pref_src, b->pref_src) && a->iface == b->iface &&
	       a->action == b->action && a->connected == b->connected;
}

static uint32_t number_new(struct fib_hops *hops)
{
	uint32_t number = hops->free;

	if (number != FIB_HOP_NONE) {
		hops->free = hops->at[number].next;
		return number;
	}
	if (hops->n > FIB_HOPS_MAX)
		return FIB_HOP_NONE;
	if (hops->n == hops->max) {
		hops->max *= 2;
		hops->at = mem_resize(hops->at, hops->max, sizeof hops->at[0]);
	}
	return hops->n++;
}

uint16_t fib_hop_take(struct fib_hops *hops, const struct fib_hop *wish)
{
	uint32_t *bucket = bucket_of(hops, wish), number;

	for (number = *bucket; number != FIB_HOP_NONE; number = hops->at[number].next) {
		if (same_wish(&hops->at[number], wish)) {
			hops->at[number].users++;
			return (uint16_t)number;
		}
	}
	number = number_new(hops);
	if (number == FIB_HOP_NONE)
		return FIB_HOP_NONE;
	hops->at[number] = *wish;
	hops->at[number].reason = ROUTE_DISABLED;
	hops->at[number].users = 1;
	hops->at[number].next = *bucket;
	*bucket = number;
	return (uint16_t)number;
}

void fib_hop_give_back(struct fib_hops *hops, uint16_t number)
{
	struct fib_hop *hop = &hops->at[number];
	uint32_t *link = bucket_of(hops, hop);

	must(hop->users > 0);
	if (--hop->users > 0)
		return;
	while (*link != number)
		link = &hops->at[*link].next;
	*link = hop->next;
	hop->next = hops->free;
	hops->free = number;
}

const struct fib_hop *fib_hop_at(const struct fib_hops *hops, uint16_t number)
{
	must(number < hops->n);
	return &hops->at[number];
}

static bool is_running(const struct net *net, iface_id id)
{
	const struct iface *iface = iface_get_const(net, id);

	return iface != NULL && iface_is_running(iface);
}

/* Set the interface whose connected network, the longest there is, holds @hop's gateway. */
static enum route_reason find_gateway(struct fib_hop *hop, const struct route_entry *connected,
                                      size_t n)
{
	enum route_reason reason = ROUTE_GATEWAY_NOT_ON_LINK;
	int longest = -1;

	for (size_t i = 0; i < n; i++) {
		const struct route_entry *c = &connected[i];
		bool active = c->reason == ROUTE_ACTIVE;

		if (!ip4_within(hop->gateway.v4, c->spec.dst.addr.v4, c->spec.dst.bits))
			continue;
		/* A usable network before one that is not; of several the longest, the first. */
		if (reason == ROUTE_ACTIVE ? !active || c->spec.dst.bits <= longest
		                           : !active && c->spec.dst.bits <= longest)
			continue;
		reason = (enum route_reason)c->reason;
		longest = c->spec.dst.bits;
		hop->out = c->out;
	}
	return reason;
}

static enum route_reason resolve_way(struct fib_hop *hop, const struct net *net,
                                     const struct route_entry *connected, size_t n)
{
	bool has_gateway = hop->gateway.family == IP_V4;

	hop->next_hop = (ip4){ 0 };
	hop->out = IFACE_NONE;
	if (hop->action != ROUTE_VIA)
		return ROUTE_ACTIVE;
	hop->out = hop->iface;
	if (has_gateway && addr_find(net, hop->gateway.v4) != NULL)
		return ROUTE_GATEWAY_IS_OURS;
	if (has_gateway)
		hop->next_hop = hop->gateway.v4;
	/* A named interface is believed: some providers' gateways lie in no network of ours. */
	if (hop->iface != IFACE_NONE)
		return is_running(net, hop->iface) ? ROUTE_ACTIVE : ROUTE_LINK_DOWN;
	return has_gateway ? find_gateway(hop, connected, n) : ROUTE_GATEWAY_NOT_ON_LINK;
}

/* By interface only there is no one source: what suits the destination is found for each. */
static ip4 source_of(const struct fib_hop *hop, const struct net *net)
{
	const struct addr_spec *spec;

	if (hop->connected)
		return hop->pref_src;
	if (!ip4_is_zero(hop->pref_src) && addr_find(net, hop->pref_src) != NULL)
		return hop->pref_src;
	if (hop->out == IFACE_NONE || ip4_is_zero(hop->next_hop))
		return (ip4){ 0 };
	spec = addr_toward(net, hop->out, hop->next_hop);
	return spec != NULL ? spec->addr : (ip4){ 0 };
}

bool fib_hop_resolve(struct fib_hops *hops, uint16_t number, const struct net *net,
                     const struct route_entry *connected, size_t n)
{
	struct fib_hop *hop = &hops->at[number];
	bool before = hop->reason == ROUTE_ACTIVE;

	if (hop->users == 0)
		return false;
	hop->reason = (uint8_t)resolve_way(hop, net, connected, n);
	hop->src = source_of(hop, net);
	return (hop->reason == ROUTE_ACTIVE) != before;
}

uint16_t fib_hops_last(const struct fib_hops *hops)
{
	return (uint16_t)(hops->n - 1);
}

size_t fib_hops_bytes(const struct fib_hops *hops)
{
	return sizeof *hops + hops->max * sizeof hops->at[0];
}
