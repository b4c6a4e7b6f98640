#include "svc/throttle.h"

#include <stddef.h>
#include <string.h>

#include "lib/mem.h"

#define PAIR_MINUTE_NS (60 * NS_PER_S)
/* A user's budget is a bucket: half of the hour's tries at once, the other half over the hour. */
#define USER_BURST      (THROTTLE_USER_TRIES / 2)
#define USER_STEP_NS    (3600 * NS_PER_S / (THROTTLE_USER_TRIES - USER_BURST))
#define USER_FOR_KNOWN  100
#define USER_FOR_NEW    100
#define SOURCE_STEP_NS  (360 * NS_PER_S)
#define INTERVAL_MAX_NS (10 * NS_PER_S)

/* Of a (source, user): when each of its last tries is a minute old. */
struct pair {
	uint64_t key;
	mono free[THROTTLE_PAIR_TRIES]; /* a ring; [next] is the oldest */
	uint32_t next;
};

/* A number that goes up by a step with each event and down with time: it is 0 at `zero`. */
struct level {
	uint64_t key;
	mono zero;
};

struct known {
	uint64_t key; /* of a pair */
	uint64_t last;
};

/* Whom a question is about. */
struct who {
	uint64_t pair, user, source;
	bool local;
};

struct waiting {
	bool used;
	struct who who;
	uint32_t rank;   /* 0: known; else how often the source has asked */
	uint64_t number; /* of its coming */
};

struct throttle {
	struct hash_key key;
	struct pair pairs[THROTTLE_PAIRS];
	struct level users[THROTTLE_USERS];
	struct level sources[THROTTLE_SOURCES];
	struct known known[THROTTLE_KNOWN];
	uint64_t known_count;
	struct waiting waiting[THROTTLE_SLOTS];
	uint64_t count; /* questions that ever came */
	bool busy;
	struct who at_work;
	mono begun, ready; /* of the hash at work; when the next one may begin */
	uint64_t interval_ns;
};

struct throttle *throttle_new(const struct hash_key *key)
{
	struct throttle *t = mem_new(1, sizeof *t);

	t->key = *key;
	t->interval_ns = THROTTLE_INTERVAL_MIN_NS;
	return t;
}

void throttle_free(struct throttle *throttle)
{
	mem_free(throttle);
}

/* A host has a whole /64 of IPv6 to speak from; IPv4 within IPv6 is IPv4. */
static size_t source_bytes(const struct guard_question *question, uint8_t bytes[9])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const struct ip_addr *source = &question->source;

	memset(bytes, 0, 9);
	if (question->local)
		return 1;
	if (source->family == IP_V6 && memcmp(source->v6, mapped, sizeof mapped) != 0) {
		bytes[0] = 6;
		memcpy(bytes + 1, source->v6, 8);
		return 9;
	}
	bytes[0] = 4;
	if (source->family == IP_V6) {
		memcpy(bytes + 1, source->v6 + 12, 4);
		return 5;
	}
	for (int i = 0; i < 4; i++)
		bytes[1 + i] = (uint8_t)(source->v4.v >> (24 - 8 * i));
	return 5;
}

static struct who who_asks(const struct throttle *t, const struct guard_question *question)
{
	uint8_t bytes[9 + GUARD_USER_BYTES];
	size_t len = source_bytes(question, bytes);

	memcpy(bytes + len, question->user, question->user_len);
	return (struct who){
		.pair = hash_bytes(&t->key, bytes, len + question->user_len),
		.user = hash_bytes(&t->key, question->user, question->user_len),
		.source = hash_bytes(&t->key, bytes, len),
		.local = question->local != 0,
	};
}

/* --- levels --- */

static struct level *level_find(struct level *levels, size_t n, uint64_t key)
{
	for (size_t i = 0; i < n; i++) {
		if (levels[i].key == key)
			return &levels[i];
	}
	return NULL;
}

/* The one that says least. */
static struct level *level_least(struct level *levels, size_t n)
{
	struct level *least = levels;

	for (size_t i = 1; i < n; i++) {
		if (mono_before(levels[i].zero, least->zero))
			least = &levels[i];
	}
	return least;
}

static uint64_t level_height(const struct level *level, mono now)
{
	return level != NULL ? mono_since_ns(level->zero, now) : 0;
}

static void level_raise(struct level *level, uint64_t step, mono now)
{
	mono from = mono_before(level->zero, now) ? now : level->zero;

	level->zero = mono_add_ns(from, step);
}

static void level_lower(struct level *level, uint64_t step)
{
	if (level != NULL)
		level->zero.ns -= level->zero.ns < step ? level->zero.ns : step;
}

/* --- pairs --- */

static mono pair_quiet(const struct pair *pair)
{
	return pair->free[(pair->next + THROTTLE_PAIR_TRIES - 1) % THROTTLE_PAIR_TRIES];
}

static struct pair *pair_find(struct throttle *t, uint64_t key)
{
	for (size_t i = 0; i < THROTTLE_PAIRS; i++) {
		if (t->pairs[i].key == key)
			return &t->pairs[i];
	}
	return NULL;
}

static unsigned pair_tries(const struct pair *pair, mono now)
{
	unsigned n = 0;

	for (unsigned i = 0; pair != NULL && i < THROTTLE_PAIR_TRIES; i++)
		n += !mono_due(pair->free[i], now);
	return n;
}

static struct pair *pair_least(struct throttle *t)
{
	struct pair *least = t->pairs;

	for (size_t i = 1; i < THROTTLE_PAIRS; i++) {
		if (mono_before(pair_quiet(&t->pairs[i]), pair_quiet(least)))
			least = &t->pairs[i];
	}
	return least;
}

/* A minute has no room for more tries than there are records, so one of them is over. */
static void pair_count(struct throttle *t, uint64_t key, mono now)
{
	struct pair *pair = pair_find(t, key);

	if (pair == NULL) {
		pair = pair_least(t);
		must(mono_due(pair_quiet(pair), now));
		*pair = (struct pair){ .key = key };
	}
	pair->free[pair->next] = mono_add_ns(now, PAIR_MINUTE_NS);
	pair->next = (pair->next + 1) % THROTTLE_PAIR_TRIES;
}

/* The last try was right. The one a ring before it was over already. */
static void pair_take_back(struct throttle *t, uint64_t key)
{
	struct pair *pair = pair_find(t, key);

	if (pair == NULL)
		return;
	pair->next = (pair->next + THROTTLE_PAIR_TRIES - 1) % THROTTLE_PAIR_TRIES;
	pair->free[pair->next] = (mono){ 0 };
}

static void user_count(struct throttle *t, uint64_t key, mono now)
{
	struct level *user = level_find(t->users, THROTTLE_USERS, key);

	if (user == NULL) {
		user = level_least(t->users, THROTTLE_USERS);
		must(level_height(user, now) == 0);
		*user = (struct level){ .key = key };
	}
	level_raise(user, USER_STEP_NS, now);
}

/* --- known sources --- */

static struct known *known_find(struct throttle *t, uint64_t pair)
{
	for (size_t i = 0; i < THROTTLE_KNOWN; i++) {
		if (t->known[i].key == pair && t->known[i].last != 0)
			return &t->known[i];
	}
	return NULL;
}

static void known_note(struct throttle *t, uint64_t pair)
{
	struct known *known = known_find(t, pair);

	for (size_t i = 0; known == NULL && i < THROTTLE_KNOWN; i++) {
		if (t->known[i].last == 0)
			known = &t->known[i];
	}
	if (known == NULL) {
		known = t->known;
		for (size_t i = 1; i < THROTTLE_KNOWN; i++) {
			if (t->known[i].last < known->last)
				known = &t->known[i];
		}
	}
	*known = (struct known){ .key = pair, .last = ++t->known_count };
}

/* --- who is served first --- */

/* Count a question of this source, and say how many it has asked of late. */
static uint32_t source_asks(struct throttle *t, uint64_t source, mono now)
{
	struct level *level = level_find(t->sources, THROTTLE_SOURCES, source);
	mono top = mono_add_ns(now, THROTTLE_ASKED_MAX * SOURCE_STEP_NS);

	if (level == NULL) {
		level = level_least(t->sources, THROTTLE_SOURCES);
		*level = (struct level){ .key = source };
	}
	level_raise(level, SOURCE_STEP_NS, now);
	level->zero = mono_min(level->zero, top);
	return (uint32_t)((level_height(level, now) + SOURCE_STEP_NS - 1) / SOURCE_STEP_NS);
}

/* Whoever is at the machine is known, until guessing is all that comes from there. */
static uint32_t rank_of(struct throttle *t, const struct who *who, uint32_t asked)
{
	if (known_find(t, who->pair) != NULL || (who->local && asked < THROTTLE_ASKED_MAX))
		return 0;
	return asked;
}

/* What else waits from there moves back together with this question. */
static void demote(struct throttle *t, uint64_t source, uint32_t rank)
{
	for (size_t i = 0; i < THROTTLE_SLOTS; i++) {
		struct waiting *w = &t->waiting[i];

		if (w->used && w->rank > 0 && w->who.source == source && w->rank < rank)
			w->rank = rank;
	}
}

static bool served_before(const struct waiting *a, const struct waiting *b)
{
	return a->rank != b->rank ? a->rank < b->rank : a->number < b->number;
}

static uint32_t first_or_last(const struct throttle *t, bool last)
{
	uint32_t found = THROTTLE_NONE;

	for (uint32_t i = 0; i < THROTTLE_SLOTS; i++) {
		if (t->waiting[i].used &&
		    (found == THROTTLE_NONE ||
		     served_before(&t->waiting[i], &t->waiting[found]) != last))
			found = i;
	}
	return found;
}

/* --- questions --- */

static uint32_t to_ms(uint64_t ns)
{
	return (uint32_t)((ns + NS_PER_MS - 1) / NS_PER_MS);
}

/* In how many ms this pair may be tried again; 0: now. What waits already will be a try. */
static uint32_t pair_wait(struct throttle *t, uint64_t key, mono now)
{
	const struct pair *pair = pair_find(t, key);
	unsigned queued = 0, tries = pair_tries(pair, now);
	mono first = mono_never();

	for (size_t i = 0; i < THROTTLE_SLOTS; i++)
		queued += t->waiting[i].used && t->waiting[i].who.pair == key;
	if (tries + queued < THROTTLE_PAIR_TRIES)
		return 0;
	if (tries == 0)
		return to_ms(PAIR_MINUTE_NS);
	for (unsigned i = 0; i < THROTTLE_PAIR_TRIES; i++) {
		if (!mono_due(pair->free[i], now))
			first = mono_min(first, pair->free[i]);
	}
	return to_ms(mono_since_ns(first, now));
}

/* The same for the user; the last of the hour's budget is kept for those of low rank. */
static uint32_t user_wait(struct throttle *t, uint64_t key, uint32_t rank, mono now)
{
	uint64_t height = level_height(level_find(t->users, THROTTLE_USERS, key), now);
	uint64_t limit = USER_BURST;

	if (rank > 0)
		limit -= USER_FOR_KNOWN;
	if (rank > 1)
		limit -= USER_FOR_NEW;
	for (size_t i = 0; i < THROTTLE_SLOTS; i++) {
		if (t->waiting[i].used && t->waiting[i].who.user == key)
			height += USER_STEP_NS;
	}
	height += USER_STEP_NS;
	return height > limit * USER_STEP_NS ? to_ms(height - limit * USER_STEP_NS) : 0;
}

/* A slot for a question like @wanted: a free one, or that of the last in line if it comes before
 * that one. */
static void find_slot(const struct throttle *t, const struct waiting *wanted,
                      struct throttle_place *place)
{
	uint32_t last = first_or_last(t, true);

	place->slot = THROTTLE_NONE;
	for (uint32_t i = 0; i < THROTTLE_SLOTS; i++) {
		if (!t->waiting[i].used) {
			place->slot = i;
			return;
		}
	}
	place->retry_ms = to_ms(t->interval_ns * THROTTLE_SLOTS);
	if (served_before(wanted, &t->waiting[last])) {
		place->slot = last;
		place->pushed = true;
	}
}

struct throttle_place throttle_ask(struct throttle *throttle, const struct guard_question *question,
                                   mono now)
{
	struct throttle *t = throttle;
	struct who who = who_asks(t, question);
	uint32_t asked = source_asks(t, who.source, now);
	struct waiting wanted = {
		.used = true,
		.who = who,
		.rank = rank_of(t, &who, asked),
		.number = ++t->count,
	};
	uint32_t by_pair = pair_wait(t, who.pair, now);
	uint32_t by_user = user_wait(t, who.user, wanted.rank, now);
	struct throttle_place place = { .slot = THROTTLE_NONE };

	demote(t, who.source, asked);
	if (by_pair > 0 || by_user > 0) {
		place.retry_ms = by_pair > by_user ? by_pair : by_user;
		return place;
	}
	find_slot(t, &wanted, &place);
	if (place.slot != THROTTLE_NONE)
		t->waiting[place.slot] = wanted;
	return place;
}

uint32_t throttle_take(struct throttle *throttle, mono now)
{
	struct throttle *t = throttle;
	uint32_t slot = first_or_last(t, false);

	if (t->busy || slot == THROTTLE_NONE || !mono_due(t->ready, now))
		return THROTTLE_NONE;
	t->waiting[slot].used = false;
	t->at_work = t->waiting[slot].who;
	t->busy = true;
	t->begun = now;
	pair_count(t, t->at_work.pair, now);
	user_count(t, t->at_work.user, now);
	return slot;
}

void throttle_done(struct throttle *throttle, bool right, mono now)
{
	struct throttle *t = throttle;
	uint64_t spent = mono_since_ns(now, t->begun);

	must(t->busy);
	t->busy = false;
	/* A machine that stood still meanwhile does not keep people out for long. */
	t->interval_ns =
		spent > INTERVAL_MAX_NS / THROTTLE_SHARE ? INTERVAL_MAX_NS : spent * THROTTLE_SHARE;
	if (t->interval_ns < THROTTLE_INTERVAL_MIN_NS)
		t->interval_ns = THROTTLE_INTERVAL_MIN_NS;
	t->ready = mono_add_ns(t->begun, t->interval_ns);
	if (!right)
		return;
	known_note(t, t->at_work.pair);
	pair_take_back(t, t->at_work.pair);
	level_lower(level_find(t->users, THROTTLE_USERS, t->at_work.user), USER_STEP_NS);
	level_lower(level_find(t->sources, THROTTLE_SOURCES, t->at_work.source), SOURCE_STEP_NS);
}

mono throttle_next(const struct throttle *throttle)
{
	bool waits = !throttle->busy && first_or_last(throttle, false) != THROTTLE_NONE;

	return waits ? throttle->ready : mono_never();
}
