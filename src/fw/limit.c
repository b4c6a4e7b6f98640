#include "fw/limit.h"

#include "lib/mem.h"

__extension__ typedef unsigned __int128 wide; /* a rate times a long silence */

struct limit_bucket limit_bucket_full(const struct limit_rate *rate, mono now)
{
	return (struct limit_bucket){ .tokens = rate->burst, .at = now };
}

static struct limit_bucket refilled(const struct limit_bucket *bucket,
                                    const struct limit_rate *rate, mono now)
{
	uint64_t whole = (uint64_t)rate->time_s * NS_PER_S;
	wide parts = (wide)mono_since_ns(now, bucket->at) * rate->rate + bucket->part;
	wide tokens = parts / whole;

	if (tokens > (wide)((int64_t)rate->burst - bucket->tokens))
		return limit_bucket_full(rate, now);
	return (struct limit_bucket){ .tokens = bucket->tokens + (int64_t)tokens,
		                      .part = (uint64_t)(parts % whole),
		                      .at = now };
}

bool limit_take(struct limit_bucket *bucket, const struct limit_rate *rate, uint32_t cost, mono now,
                bool asked)
{
	struct limit_bucket next = refilled(bucket, rate, now);
	bool there = next.tokens >= 1;

	if (asked)
		return there;
	if (there)
		next.tokens -= cost;
	*bucket = next;
	return there;
}

/* Places are named by index + 1; 0 ends a list. */
struct limit_place {
	struct limit_key key;
	struct limit_bucket bucket;
	uint32_t next;         /* in the chain of its hash; free places: the next free one */
	uint32_t newer, older; /* by use */
};

struct limits {
	struct hash_key key;
	uint32_t capacity, used, mask;
	uint32_t newest, oldest;
	uint32_t *heads;
	struct limit_place *places;
};

struct limits *limits_new(uint32_t capacity, const struct hash_key *key)
{
	struct limits *limits = mem_new(1, sizeof *limits);
	uint32_t heads = 1;

	must(capacity > 0);
	while (heads < capacity)
		heads *= 2;
	limits->key = *key;
	limits->capacity = capacity;
	limits->mask = heads - 1;
	limits->heads = mem_new(heads, sizeof *limits->heads);
	limits->places = mem_new(capacity, sizeof *limits->places);
	return limits;
}

void limits_free(struct limits *limits)
{
	if (limits == NULL)
		return;
	mem_free(limits->heads);
	mem_free(limits->places);
	mem_free(limits);
}

uint32_t limits_used(const struct limits *limits)
{
	return limits->used;
}

static bool key_equal(const struct limit_key *a, const struct limit_key *b)
{
	return a->rule == b->rule && a->tag == b->tag && ip4_equal(a->src, b->src) &&
	       ip4_equal(a->dst, b->dst) && a->dport == b->dport;
}

static uint32_t *head_of(struct limits *limits, const struct limit_key *key)
{
	uint64_t words[3] = { (uint64_t)key->rule << 32 | key->tag,
		              (uint64_t)key->src.v << 32 | key->dst.v, key->dport };

	return &limits->heads[hash_words(&limits->key, words, 3) & limits->mask];
}

static struct limit_place *place_at(struct limits *limits, uint32_t number)
{
	return &limits->places[number - 1];
}

static uint32_t find(struct limits *limits, const struct limit_key *key)
{
	uint32_t number = *head_of(limits, key);

	while (number != 0 && !key_equal(&place_at(limits, number)->key, key))
		number = place_at(limits, number)->next;
	return number;
}

static void use_list_remove(struct limits *limits, uint32_t number)
{
	struct limit_place *place = place_at(limits, number);

	if (place->newer != 0)
		place_at(limits, place->newer)->older = place->older;
	else
		limits->newest = place->older;
	if (place->older != 0)
		place_at(limits, place->older)->newer = place->newer;
	else
		limits->oldest = place->newer;
}

static void use_list_add(struct limits *limits, uint32_t number)
{
	struct limit_place *place = place_at(limits, number);

	place->newer = 0;
	place->older = limits->newest;
	if (limits->newest != 0)
		place_at(limits, limits->newest)->newer = number;
	else
		limits->oldest = number;
	limits->newest = number;
}

static void chain_remove(struct limits *limits, uint32_t number)
{
	uint32_t *at = head_of(limits, &place_at(limits, number)->key);

	while (*at != number)
		at = &place_at(limits, *at)->next;
	*at = place_at(limits, number)->next;
}

/* A place for a new key: one never used, or that of the key used longest ago. */
static uint32_t place_take(struct limits *limits)
{
	uint32_t number = limits->oldest;

	if (limits->used < limits->capacity)
		return ++limits->used;
	chain_remove(limits, number);
	use_list_remove(limits, number);
	return number;
}

static uint32_t add(struct limits *limits, const struct limit_key *key)
{
	uint32_t number = place_take(limits);
	struct limit_place *place = place_at(limits, number);
	uint32_t *head = head_of(limits, key);

	place->key = *key;
	place->next = *head;
	*head = number;
	use_list_add(limits, number);
	return number;
}

bool limits_take(struct limits *limits, const struct limit_key *key, const struct limit_rate *rate,
                 uint32_t expire_s, mono now, bool asked)
{
	uint32_t number = find(limits, key);
	struct limit_bucket bucket = limit_bucket_full(rate, now);

	if (number != 0 &&
	    mono_since_ns(now, place_at(limits, number)->bucket.at) < expire_s * NS_PER_S)
		bucket = place_at(limits, number)->bucket;

	bool there = limit_take(&bucket, rate, 1, now, asked);

	if (asked)
		return there;
	if (number == 0) {
		number = add(limits, key);
	} else {
		use_list_remove(limits, number);
		use_list_add(limits, number);
	}
	place_at(limits, number)->bucket = bucket;
	return there;
}
