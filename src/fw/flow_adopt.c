/*
 * flow_adopt.c -- a table that came from elsewhere: is it sound, and what must be set up again?
 *
 * The bytes are judged before anything is believed: every link stays inside the table, every used
 * record is found under both its keys, and no record is reached twice. Only then are they changed.
 */
#include <netinet/in.h>
#include <string.h>

#include "core/crowd.h"
#include "core/net.h"
#include "core/ports.h"
#include "fw/flow_list.h"
#include "fw/flow_rate.h"
#include "fw/mapping.h"
#include "wire/tcp_header.h"

/* Does the bucket of key @dir lead to it? By another way it is found (flows->linear), not removed.
 */
static bool bucket_leads_to(const struct flows *flows, uint32_t index, uint8_t dir)
{
	struct tuple key = flow_comes(flow_at_const(flows, index), dir);
	uint32_t bucket = flow_hash(flows, &key) & flows->bucket_mask;
	uint32_t link = flows_buckets_const(flows)[bucket];

	while (link != 0 && link != flow_link(index, dir))
		link = flow_at_const(flows, flow_link_index(link))->next[flow_link_dir(link)];
	return link != 0;
}

/* Only who talks to itself by its own choice hears both directions alike. */
static bool keys_are_sound(const struct flow *flow)
{
	const struct flow_key *key = &flow->key[0];

	return memcmp(key, &flow->key[1], sizeof *key) != 0 ||
	       (ip4_equal(key->src, key->dst) && key->sport == key->dport);
}

static bool record_is_sound(const struct flows *flows, uint32_t index)
{
	const struct flow *flow = flow_at_const(flows, index);

	if (flow->tcp >= TRACK_COUNT)
		return false;
	for (uint8_t dir = 0; flow->proto == IPPROTO_TCP && dir < 2; dir++) {
		if (flow->window[dir].scale > TCP_WINDOW_SCALE_MAX)
			return false;
	}
	if ((flow->flags & (FLOW_MAPPED_SRC | FLOW_MAPPED_DST)) != 0 &&
	    flow->proto != IPPROTO_UDP && flow->proto != IPPROTO_ICMP)
		return false;
	if (!keys_are_sound(flow))
		return false;
	for (uint8_t dir = 0; dir < 2; dir++) {
		struct tuple key = flow_comes(flow, dir);
		uint8_t found;

		if (flow_find(flows, &key, flow_hash(flows, &key), &found) != index ||
		    !bucket_leads_to(flows, index, dir))
			return false;
	}
	return true;
}

static bool links_are_sound(const struct flows *flows)
{
	const uint32_t *buckets = flows_buckets_const(flows);
	uint64_t links = 0;

	for (uint64_t b = 0; b <= flows->bucket_mask; b++) {
		uint32_t link = buckets[b];

		while (link != 0) {
			uint32_t index = flow_link_index(link);

			if (index >= flows->fresh || ++links > (uint64_t)flows->capacity * 2 ||
			    (flow_at_const(flows, index)->flags & FLOW_USED) == 0)
				return false;
			link = flow_at_const(flows, index)->next[flow_link_dir(link)];
		}
	}
	return links == (uint64_t)flows->used * 2;
}

static bool table_is_sound(const struct flows *flows, size_t len)
{
	uint32_t at = 0, n = 0, index;

	if (!flows_is_table(flows, len) || flows->fresh > flows->capacity || flows->linear > 1 ||
	    flows->filtering >= FILTERING_COUNT)
		return false;
	if (!links_are_sound(flows))
		return false;
	while ((index = flows_walk(flows, &at)) != FLOW_NONE) {
		if (!record_is_sound(flows, index))
			return false;
		n++;
	}
	return n == flows->used;
}

/* The lists are made anew: nothing of them need be believed. */
static void lists_rebuild(struct flows *flows, mono then, mono now)
{
	memset(flows->timer, 0, sizeof flows->timer);
	flows->weak_head = flows->weak_tail = flows->free_head = 0;
	flows->second_now = now.ns / NS_PER_S;
	flows->slot_now = (uint32_t)(flows->second_now % FLOW_TIMER_SLOTS);
	for (uint32_t i = 0; i < flows->fresh; i++) {
		struct flow *flow = flow_at(flows, i);
		bool weak = (flow->flags & FLOW_WEAK) != 0;

		if ((flow->flags & FLOW_USED) == 0) {
			flow->next[0] = flows->free_head;
			flows->free_head = i + 1;
			continue;
		}
		flow->due = mono_add_ns(now, mono_since_ns(flow->due, then));
		flow->since = now;
		flow_rate_begin(flow, flow_rate_second(now));
		flow->filter_set = 0;
		flow->way[0].generation = flow->way[1].generation = 0;
		flow->flags &= (uint16_t)~FLOW_WEAK;
		flow_timer_add(flows, i);
		flow_set_weak(flows, i, weak);
	}
}

/* The flow's part in the mapping of its @side, which may be the first; false: it can't be had. */
static bool mapping_join_again(struct flows *flows, struct net *net, uint32_t index, uint8_t side)
{
	const struct flow *flow = flow_at(flows, index);
	struct endpoint inner = { flow->key[side].src, flow->key[side].sport, flow->proto };
	ip4 outer = flow->key[side ^ 1].dst;
	uint16_t port = flow->key[side ^ 1].dport;

	if (mapping_find(flows, &inner, outer) == 0 &&
	    (port == 0 || ports_take_exact(net->ports, outer, flow->proto, port) != 0))
		return false;
	return mapping_join(flows, index, side);
}

static bool ports_take_of(struct flows *flows, struct net *net, uint32_t index)
{
	static const uint16_t holds = FLOW_PORT_TAKEN | FLOW_MAPPED_SRC | FLOW_MAPPED_DST;
	struct flow *flow = flow_at(flows, index);
	uint16_t flags = flow->flags;

	flow->flags &= (uint16_t)~holds;
	if ((flags & FLOW_PORT_TAKEN) != 0) {
		if (ports_take_exact(net->ports, flow->key[1].dst, flow->proto,
		                     flow->key[1].dport) != 0)
			return false;
		flow->flags |= FLOW_PORT_TAKEN;
	}
	for (uint8_t side = 0; side < 2; side++) {
		if ((flags & mapping_flag(side)) != 0 &&
		    !mapping_join_again(flows, net, index, side))
			return false;
	}
	return true;
}

/* A flow whose port can't be had again (two flows claim it) ends: it could not be told apart. */
static void ports_take_again(struct flows *flows, struct net *net)
{
	uint32_t at = 0, index;

	while ((index = flows_walk(flows, &at)) != FLOW_NONE) {
		if (!ports_take_of(flows, net, index))
			flow_end(flows, net, index);
	}
}

struct flows *flows_adopt(void *bytes, size_t len, struct net *net, mono then, mono now)
{
	struct flows *flows = bytes;

	if (!table_is_sound(flows, len))
		return NULL;
	lists_rebuild(flows, then, now);
	mappings_clear(flows);
	crowds_clear(net->crowds);
	ports_take_again(flows, net);
	return flows;
}

static uint32_t list_length(const struct flows *flows, uint32_t head)
{
	uint32_t n = 0;

	while (head != 0) {
		must(n++ < flows->capacity);
		head = flow_at_const(flows, head - 1)->timer_next;
	}
	return n;
}

static void weak_list_must_hold(const struct flows *flows)
{
	uint32_t at = flows->weak_head, before = 0, n = 0;

	while (at != 0) {
		const struct flow *flow = flow_at_const(flows, at - 1);

		must((flow->flags & FLOW_USED) != 0 && (flow->flags & FLOW_WEAK) != 0);
		must(flow->weak_prev == before);
		must(n++ < flows->used);
		before = at;
		at = flow->weak_next;
	}
	must(flows->weak_tail == before);
}

void flows_must_hold(const struct flows *flows, const struct net *net)
{
	uint32_t at = 0, index, timed = 0;
	uint64_t ports = 0;

	must(table_is_sound(flows, flows->total_bytes));
	for (unsigned slot = 0; slot < FLOW_TIMER_SLOTS; slot++)
		timed += list_length(flows, flows->timer[slot]);
	must(timed == flows->used);
	weak_list_must_hold(flows);
	while ((index = flows_walk(flows, &at)) != FLOW_NONE) {
		const struct flow *flow = flow_at_const(flows, index);

		if ((flow->flags & FLOW_PORT_TAKEN) == 0)
			continue;
		ports++;
		must(ports_is_taken(net->ports, flow->key[1].dst, flow->proto, flow->key[1].dport));
	}
	mappings_must_hold(flows, net);
	must(ports + flows->mappings <= ports_used(net->ports));
}
