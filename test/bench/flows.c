/*
 * flows.c -- the flow table by itself: how fast it fills, what a look-up costs when it is full,
 * what chosen tuples do to it, and whether anything is left when random flows have ended in random
 * ways.
 *
 *   bench-flows [FLOWS [ENDED]]      by default 1,048,576 and 10,000,000
 *
 * Exit 1 when something is left, or when chosen tuples make chains longer than random ones do.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/net.h"
#include "core/ports.h"
#include "fw/flow_list.h"
#include "lib/mem.h"

#define LOOKUPS   1000000
#define AHEAD     32 /* as the turn does: buckets are fetched for a batch first */
#define CHOSEN    20000
#define ADDRESSES 256

static uint64_t state = 88172645463325252ULL;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void fill_random(struct random *random, void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)bytes)[i] = (uint8_t)(draw() >> 24);
}

struct bench {
	struct net *net;
	struct log log;
	struct random random;
	void *bytes;
	struct flows *flows;
};

static struct bench bench_new(uint32_t capacity)
{
	struct bench b = { .random = { .fill = fill_random } };
	struct net_budget budget = {
		.pkt_small = 8, .pkt_large = 1, .neighbours = 8, .port_addresses = ADDRESSES * 2
	};

	b.net = mem_new(1, sizeof *b.net);
	log_init(&b.log);
	b.net->now = (mono){ 1000 * NS_PER_S };
	net_init(b.net, &budget, &b.random, &b.log);
	b.bytes = mem_new_aligned(64, flows_bytes(capacity));
	b.flows = flows_init(b.bytes, capacity, &b.net->key, b.net->now);
	return b;
}

static void bench_free(struct bench *b)
{
	net_free(b->net);
	log_free(&b->log);
	mem_free(b->net);
	mem_free(b->bytes);
}

/* The @i-th tuple of a million hosts' flows. */
static struct tuple tuple_of(uint64_t i)
{
	uint64_t z = (i + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	return (struct tuple){ .src = { 0x0a000000 | (uint32_t)(i & 0xffffff) },
		               .dst = { (uint32_t)(z >> 32) },
		               .sport = (uint16_t)z,
		               .dport = 443,
		               .proto = IPPROTO_UDP };
}

static uint32_t find(const struct bench *b, const struct tuple *t)
{
	uint8_t dir;

	return flow_find(b->flows, t, flow_hash(b->flows, t), &dir);
}

static uint32_t begin(struct bench *b, const struct tuple *came, const struct tuple *leaves)
{
	struct tuple back = tuple_reverse(leaves);

	if (find(b, came) != FLOW_NONE || find(b, &back) != FLOW_NONE)
		return FLOW_NONE;
	return flow_begin(b->flows, b->net, came, leaves, b->net->now);
}

static double fill_to(struct bench *b, uint32_t flows)
{
	uint64_t start = now_ns();

	for (uint32_t i = b->flows->used; i < flows; i++) {
		struct tuple t = tuple_of(i);

		(void)begin(b, &t, &t);
	}
	return (double)(now_ns() - start);
}

/* Nanoseconds a look-up, of which every other finds one of the first @known. */
static double look_up(const struct bench *b, uint64_t known)
{
	struct tuple batch[AHEAD];
	uint32_t hashes[AHEAD];
	uint64_t start, found = 0, spent = 0;
	uint8_t dir;

	for (uint64_t n = 0; n < LOOKUPS; n += AHEAD) {
		for (unsigned i = 0; i < AHEAD; i++)
			batch[i] = tuple_of(draw() % known + (i % 2 == 0 ? 0 : 1ULL << 40));
		start = now_ns();
		for (unsigned i = 0; i < AHEAD; i++) {
			hashes[i] = flow_hash(b->flows, &batch[i]);
			flow_prefetch(b->flows, hashes[i]);
		}
		for (unsigned i = 0; i < AHEAD; i++)
			found += flow_find(b->flows, &batch[i], hashes[i], &dir) != FLOW_NONE;
		spent += now_ns() - start;
	}
	if (found == 0)
		abort();
	return (double)spent / LOOKUPS;
}

/* The longest chain; *ret_steps: records looked at for a tuple that is there, on average. */
static uint32_t chains(const struct flows *flows, double *ret_steps)
{
	uint32_t longest = 0;
	uint64_t steps = 0;

	for (uint64_t bucket = 0; bucket <= flows->bucket_mask; bucket++) {
		uint32_t link = flows_buckets_const(flows)[bucket], n = 0;

		for (; link != 0; steps += ++n)
			link = flow_at_const(flows, flow_link_index(link))
			               ->next[flow_link_dir(link)];
		longest = n > longest ? n : longest;
	}
	*ret_steps = (double)steps / ((double)flows->used * 2);
	return longest;
}

static void fill_and_look(uint32_t capacity)
{
	struct bench b = bench_new(capacity);
	uint32_t few = capacity / 100;
	double steps[2], cost[2], ns;

	(void)fill_to(&b, few);
	cost[0] = look_up(&b, few);
	(void)chains(b.flows, &steps[0]);
	ns = fill_to(&b, capacity);
	cost[1] = look_up(&b, capacity);
	printf("%u flows: %zu bytes a flow in all (record %u, the rest buckets and wheel)\n",
	       b.flows->used, flows_bytes(capacity) / capacity, b.flows->record_bytes);
	printf("filled at %.2f million flows a second\n", (capacity - few) / ns * 1e3);
	printf("longest chain %u\n", chains(b.flows, &steps[1]));
	printf("a look-up: %.2f records looked at when 1%% full, %.2f when full, ratio %.2f; "
	       "%.0f ns and %.0f ns, of which the processor's caches have their part\n",
	       steps[0], steps[1], steps[1] / steps[0], cost[0], cost[1]);
	bench_free(&b);
}

/* Tuples that all fall into one bucket, for who believes to know the key. */
static bool chosen_tuples(uint32_t capacity)
{
	struct bench guess = bench_new(capacity), real = bench_new(capacity),
		     other = bench_new(capacity);
	uint32_t longest[2];
	double steps;

	for (uint64_t i = 0, n = 0; n < CHOSEN; i++) {
		struct tuple t = tuple_of(i << 8);

		if ((flow_hash(guess.flows, &t) & guess.flows->bucket_mask) % 4096 != 0)
			continue;
		n += begin(&real, &t, &t) != FLOW_NONE;
	}
	(void)fill_to(&other, real.flows->used);
	longest[0] = chains(real.flows, &steps);
	longest[1] = chains(other.flows, &steps);
	printf("%u chosen tuples: longest chain %u, of as many random ones %u\n", CHOSEN,
	       longest[0], longest[1]);
	bench_free(&guess);
	bench_free(&real);
	bench_free(&other);
	return longest[0] <= longest[1] + 3;
}

static bool every_fourth(const struct flow *flow, void *arg)
{
	return flow->key[0].sport % 4 == 0;
}

static void begin_translated(struct bench *b, uint64_t i)
{
	struct tuple came = tuple_of(i), leaves = came;
	struct ports_wish wish = { .addr = { 0xcb007100 + (uint32_t)(draw() % ADDRESSES) },
		                   .proto = IPPROTO_UDP,
		                   .preferred = came.sport,
		                   .low = 1024,
		                   .high = UINT16_MAX,
		                   .keyed = draw() };
	uint32_t index;

	leaves.src = wish.addr;
	if (ports_take(b->net->ports, &wish, &leaves.sport) != 0)
		return;
	index = begin(b, &came, &leaves);
	if (index == FLOW_NONE) {
		ports_give_back(b->net->ports, leaves.src, leaves.proto, leaves.sport);
		return;
	}
	flow_at(b->flows, index)->flags |= FLOW_PORT_TAKEN;
	flow_set_weak(b->flows, index, draw() % 4 != 0);
	flow_touch_sooner(b->flows, index, b->net->now, 1 + (uint32_t)(draw() % 5000));
}

/* By hand, by their time, because another needs the place, by a judge. */
static void end_some(struct bench *b)
{
	uint32_t index = (uint32_t)(draw() % b->flows->capacity);

	if (index < b->flows->fresh && (flow_at(b->flows, index)->flags & FLOW_USED) != 0)
		flow_end(b->flows, b->net, index);
	if (draw() % 4096 == 0) {
		b->net->now = mono_add_ms(b->net->now, draw() % 20000);
		while (flows_turn(b->flows, b->net, b->net->now, 4096))
			;
	}
	if (draw() % 500000 == 0)
		(void)flows_end_where(b->flows, b->net, every_fourth, NULL);
}

static bool end_all(uint64_t ended)
{
	struct bench b = bench_new(1U << 17);
	bool nothing;

	for (uint64_t i = 0; b.flows->ended < ended; i++) {
		begin_translated(&b, i);
		if (draw() % 2 == 0)
			end_some(&b);
		if (i % (1U << 22) == 0)
			flows_must_hold(b.flows, b.net);
	}
	b.net->now = mono_add_s(b.net->now, 6000);
	while (flows_turn(b.flows, b.net, b.net->now, 4096))
		;
	printf("%llu flows ended, %llu of them gave way: %u flows and %llu ports are left\n",
	       (unsigned long long)b.flows->ended, (unsigned long long)b.flows->gave_way,
	       b.flows->used, (unsigned long long)ports_used(b.net->ports));
	nothing = b.flows->used == 0 && ports_used(b.net->ports) == 0;
	bench_free(&b);
	return nothing;
}

int main(int argc, char *argv[])
{
	uint32_t flows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1U << 20;
	uint64_t ended = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000000;
	bool good;

	fill_and_look(flows);
	good = chosen_tuples(flows);
	good &= end_all(ended);
	return good ? 0 : 1;
}
