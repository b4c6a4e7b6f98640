#include "fw/flow.h"

#include <netinet/in.h>
#include <stdalign.h>

#include "core/crowd.h"
#include "core/net.h"
#include "core/ports.h"
#include "fw/flow_counts.h"
#include "fw/flow_list.h"
#include "fw/flow_rate.h"
#include "fw/mapping.h"

#define FLOWS_MAGIC   0x776f6c66707754ULL /* "Twpflow" */
#define FLOWS_VERSION 2
#define PREFETCH_NEAR 3
#define LINE_BYTES    64 /* of a processor's cache */

static_assert(sizeof(struct flow) <= 256, "a flow is at most 256 bytes");
static_assert(sizeof(struct flow_way) == 56, "no padding that differs between builds");

static uint32_t bucket_count(uint32_t capacity)
{
	uint32_t n = 2;

	/* Two keys a flow: with twice as many buckets as keys a full table costs a quarter of a
	 * record more to look at than an empty one. */
	while (n < capacity * 4)
		n *= 2;
	return n;
}

/* Three at most for each side of a flow, but a mapping mostly has several flows. */
static uint32_t mapping_head_count(uint32_t capacity)
{
	return bucket_count(capacity) / 2;
}

size_t flows_bytes(uint32_t capacity)
{
	size_t buckets = (size_t)bucket_count(capacity) * sizeof(uint32_t);
	size_t heads = (size_t)mapping_head_count(capacity) * sizeof(uint32_t);

	buckets = (buckets + 63) / 64 * 64;
	heads = (heads + 63) / 64 * 64;
	return flows_header_bytes() + buckets + heads + (size_t)capacity * FLOW_RECORD_BYTES;
}

struct flows *flows_init(void *bytes, uint32_t capacity, const struct hash_key *key, mono now)
{
	struct flows *flows = bytes;

	must(capacity > 0 && capacity <= FLOW_CAPACITY_MAX);
	must((uintptr_t)bytes % alignof(struct flows) == 0);
	*flows = (struct flows){
		.magic = FLOWS_MAGIC,
		.version = FLOWS_VERSION,
		.record_bytes = FLOW_RECORD_BYTES,
		.total_bytes = flows_bytes(capacity),
		.key = *key,
		.capacity = capacity,
		.bucket_mask = bucket_count(capacity) - 1,
		.mapping_mask = mapping_head_count(capacity) - 1,
		.filtering = FILTERING_DEFAULT,
		.second_now = now.ns / NS_PER_S,
	};
	flows->slot_now = (uint32_t)(flows->second_now % FLOW_TIMER_SLOTS);
	return flows;
}

bool flows_is_table(const struct flows *flows, size_t len)
{
	if (len < flows_header_bytes() || flows->magic != FLOWS_MAGIC ||
	    flows->version != FLOWS_VERSION || flows->record_bytes != FLOW_RECORD_BYTES)
		return false;
	if (flows->capacity == 0 || flows->capacity > FLOW_CAPACITY_MAX)
		return false;
	return flows->bucket_mask == bucket_count(flows->capacity) - 1 &&
	       flows->mapping_mask == mapping_head_count(flows->capacity) - 1 &&
	       flows->total_bytes == flows_bytes(flows->capacity) && len >= flows->total_bytes;
}

struct flow *flow_at(struct flows *flows, uint32_t index)
{
	must(index < flows->capacity);
	return flows_records(flows) + index;
}

const struct flow *flow_at_const(const struct flows *flows, uint32_t index)
{
	must(index < flows->capacity);
	return flows_records_const(flows) + index;
}

uint32_t flow_hash(const struct flows *flows, const struct tuple *t)
{
	uint64_t words[2] = {
		(uint64_t)t->src.v << 32 | t->dst.v,
		(uint64_t)t->sport << 48 | (uint64_t)t->dport << 32 | t->proto,
	};

	return (uint32_t)hash_words(&flows->key, words, 2);
}

void flow_prefetch(const struct flows *flows, uint32_t hash)
{
	__builtin_prefetch(flows_buckets_const(flows) + (hash & flows->bucket_mask), 0,
	                   PREFETCH_NEAR);
}

void flow_prefetch_record(const struct flows *flows, uint32_t hash)
{
	uint32_t link = flows_buckets_const(flows)[hash & flows->bucket_mask];
	const uint8_t *record;

	if (link == 0)
		return;
	record = (const uint8_t *)flow_at_const(flows, flow_link_index(link));
	for (size_t at = 0; at < sizeof(struct flow); at += LINE_BYTES)
		__builtin_prefetch(record + at, 0, PREFETCH_NEAR);
}

struct tuple tuple_reverse(const struct tuple *t)
{
	return (struct tuple){ .src = t->dst,
		               .dst = t->src,
		               .sport = t->dport,
		               .dport = t->sport,
		               .proto = t->proto };
}

bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
	return a->src.v == b->src.v && a->dst.v == b->dst.v && a->sport == b->sport &&
	       a->dport == b->dport && a->proto == b->proto;
}

struct tuple flow_comes(const struct flow *flow, uint8_t dir)
{
	const struct flow_key *k = &flow->key[dir];

	return (struct tuple){ .src = k->src,
		               .dst = k->dst,
		               .sport = k->sport,
		               .dport = k->dport,
		               .proto = flow->proto };
}

struct tuple flow_leaves(const struct flow *flow, uint8_t dir)
{
	struct tuple back = flow_comes(flow, dir ^ 1);

	return tuple_reverse(&back);
}

static bool key_is(const struct flow *flow, unsigned dir, const struct tuple *t)
{
	const struct flow_key *k = &flow->key[dir];

	return k->src.v == t->src.v && k->dst.v == t->dst.v && k->sport == t->sport &&
	       k->dport == t->dport && flow->proto == t->proto;
}

/* The reference for D4: no hash, every record. */
static uint32_t find_linear(const struct flows *flows, const struct tuple *t, uint8_t *ret_dir)
{
	const struct flow *records = flows_records_const(flows);

	for (uint32_t i = 0; i < flows->fresh; i++) {
		for (unsigned dir = 0; dir < 2; dir++) {
			if ((records[i].flags & FLOW_USED) != 0 && key_is(&records[i], dir, t)) {
				*ret_dir = (uint8_t)dir;
				return i;
			}
		}
	}
	return FLOW_NONE;
}

uint32_t flow_find(const struct flows *flows, const struct tuple *t, uint32_t hash,
                   uint8_t *ret_dir)
{
	const struct flow *records = flows_records_const(flows);
	uint32_t link;

	if (flows->linear)
		return find_linear(flows, t, ret_dir);
	link = flows_buckets_const(flows)[hash & flows->bucket_mask];
	while (link != 0) {
		uint32_t index = flow_link_index(link);
		unsigned dir = flow_link_dir(link);

		if (key_is(&records[index], dir, t)) {
			*ret_dir = (uint8_t)dir;
			return index;
		}
		link = records[index].next[dir];
	}
	return FLOW_NONE;
}

static void bucket_add(struct flows *flows, uint32_t index, uint8_t dir)
{
	struct flow *flow = flow_at(flows, index);
	struct tuple key = flow_comes(flow, dir);
	uint32_t *bucket = flows_buckets(flows) + (flow_hash(flows, &key) & flows->bucket_mask);

	flow->next[dir] = *bucket;
	*bucket = flow_link(index, dir);
}

static void bucket_remove(struct flows *flows, uint32_t index, uint8_t dir)
{
	struct flow *flow = flow_at(flows, index);
	struct tuple key = flow_comes(flow, dir);
	uint32_t *at = flows_buckets(flows) + (flow_hash(flows, &key) & flows->bucket_mask);

	while (*at != flow_link(index, dir)) {
		must(*at != 0);
		at = &flow_at(flows, flow_link_index(*at))->next[flow_link_dir(*at)];
	}
	*at = flow->next[dir];
}

/* Ports towards crowded ends are those of the flows that are there (core/crowd.h). */
static void crowds_tell(const struct flow *flow, struct net *net, bool there)
{
	for (uint8_t dir = 0; dir < 2 && flow->proto == IPPROTO_TCP; dir++) {
		struct tuple key = flow_comes(flow, dir);

		crowds_note(net->crowds, &key, there);
	}
}

/* A free record, made by letting the oldest weak flow go when there is none. */
static uint32_t record_take(struct flows *flows, struct net *net)
{
	if (flows->free_head == 0 && flows->fresh == flows->capacity) {
		if (flows->weak_head == 0)
			return FLOW_NONE;
		flows->gave_way++;
		flow_end(flows, net, flows->weak_head - 1);
	}
	if (flows->free_head != 0) {
		uint32_t index = flows->free_head - 1;

		flows->free_head = flow_at(flows, index)->next[0];
		return index;
	}
	return flows->fresh++;
}

uint32_t flow_begin(struct flows *flows, struct net *net, const struct tuple *came,
                    const struct tuple *leaves, mono now)
{
	uint32_t index = record_take(flows, net);

	if (index == FLOW_NONE) {
		flows->refused++;
		return FLOW_NONE;
	}

	struct flow *flow = flow_at(flows, index);

	*flow = (struct flow){
		.key = { { came->src, came->dst, came->sport, came->dport },
		         { leaves->dst, leaves->src, leaves->dport, leaves->sport } },
		.proto = came->proto,
		.flags = FLOW_USED,
		.since = now,
		.due = now,
		.rate_second = flow_rate_second(now),
	};
	bucket_add(flows, index, 0);
	bucket_add(flows, index, 1);
	crowds_tell(flow, net, true);
	flow_timer_add(flows, index);
	flow_set_weak(flows, index, true);
	flow_counts_begin(net->flow_counts, came->src);
	flows->used++;
	flows->created++;
	return index;
}

/* What the allocator lent to this flow, or to a mapping of which it is the last. */
static void ports_end(struct flows *flows, struct net *net, uint32_t index)
{
	const struct flow *flow = flow_at(flows, index);

	if ((flow->flags & FLOW_PORT_TAKEN) != 0)
		ports_give_back(net->ports, flow->key[1].dst, flow->proto, flow->key[1].dport);
	for (uint8_t side = 0; side < 2; side++) {
		if ((flow->flags & mapping_flag(side)) != 0 && mapping_leave(flows, index, side))
			ports_give_back(net->ports, flow->key[side ^ 1].dst, flow->proto,
			                flow->key[side ^ 1].dport);
	}
}

void flow_end(struct flows *flows, struct net *net, uint32_t index)
{
	struct flow *flow = flow_at(flows, index);

	must((flow->flags & FLOW_USED) != 0);
	flow_counts_end(net->flow_counts, flow->key[0].src);
	ports_end(flows, net, index);
	flow_set_weak(flows, index, false);
	flow_timer_remove(flows, index);
	bucket_remove(flows, index, 0);
	bucket_remove(flows, index, 1);
	crowds_tell(flow, net, false);
	flow->flags = 0;
	flow->next[0] = flows->free_head;
	flows->free_head = index + 1;
	flows->used--;
	flows->ended++;
}

uint32_t flows_walk(const struct flows *flows, uint32_t *at)
{
	while (*at < flows->fresh) {
		uint32_t index = (*at)++;

		if ((flow_at_const(flows, index)->flags & FLOW_USED) != 0)
			return index;
	}
	return FLOW_NONE;
}

uint32_t flows_end_where(struct flows *flows, struct net *net,
                         bool (*judge)(const struct flow *flow, void *arg), void *arg)
{
	uint32_t at = 0, ended = 0;

	for (;;) {
		uint32_t index = flows_walk(flows, &at);

		if (index == FLOW_NONE)
			return ended;
		if (judge(flow_at(flows, index), arg)) {
			flow_end(flows, net, index);
			ended++;
		}
	}
}
