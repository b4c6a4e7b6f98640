#include "../unit.h"

#include <stdio.h>

#include "../seeded.h"
#include "svc/throttle.h"

#define HASH_NS (33 * NS_PER_MS)
#define MINUTE  (60 * NS_PER_S)
#define HOUR    (3600 * NS_PER_S)

/* What became of the question in a slot, for whoever asked it. */
struct place {
	bool used, pushed;
	uint32_t who;
	bool right;
};

struct world {
	struct throttle *throttle;
	mono now, hash_ends;
	struct place slots[THROTTLE_SLOTS];
	struct place at_work; /* .used: there is one */
	/* Of the last run: */
	uint64_t hashed, busy_ns;
	uint32_t last_right; /* who logged in last */
	mono right_at;
	void (*tried)(struct world *world, uint32_t who);
	void *arg;
};

static struct world world_make(void)
{
	static const struct hash_key key = { 1, 2 };

	return (struct world){
		.throttle = throttle_new(&key),
		.now = { NS_PER_S },
		.last_right = UINT32_MAX,
	};
}

static struct guard_question question(uint32_t source, const char *user)
{
	struct ip_addr address = ip_addr_v4((ip4){ source });
	struct guard_question q;

	guard_ask_for(&q, GUARD_SSH, source != 0 ? &address : NULL, user, strlen(user));
	return q;
}

static void begin_hash(struct world *w)
{
	uint32_t slot = throttle_take(w->throttle, w->now);

	assert_int_not_equal(slot, THROTTLE_NONE);
	assert_true(w->slots[slot].used);
	w->at_work = w->slots[slot];
	w->slots[slot].used = false;
	w->hash_ends = mono_add_ns(w->now, HASH_NS);
	w->hashed++;
	w->busy_ns += HASH_NS;
	if (w->tried != NULL)
		w->tried(w, w->at_work.who);
}

static void end_hash(struct world *w)
{
	throttle_done(w->throttle, w->at_work.right, w->now);
	w->at_work.used = false;
	if (w->at_work.right) {
		w->last_right = w->at_work.who;
		w->right_at = w->now;
	}
}

/* Let hashes run until @until. */
static void run(struct world *w, mono until)
{
	for (;;) {
		mono next = w->at_work.used ? w->hash_ends : throttle_next(w->throttle);

		if (mono_before(until, next) || next.ns == UINT64_MAX)
			break;
		if (mono_before(w->now, next))
			w->now = next;
		if (w->at_work.used)
			end_hash(w);
		else
			begin_hash(w);
	}
	if (mono_before(w->now, until))
		w->now = until;
}

/* True: it waits for its hash. False: it was told to come again in *ret_ms. */
static bool ask(struct world *w, const struct guard_question *q, uint32_t who, bool right,
                uint32_t *ret_ms)
{
	struct throttle_place place = throttle_ask(w->throttle, q, w->now);

	if (place.slot == THROTTLE_NONE) {
		assert_true(place.retry_ms > 0);
		if (ret_ms != NULL)
			*ret_ms = place.retry_ms;
		return false;
	}
	assert_true(place.slot < THROTTLE_SLOTS);
	assert_int_equal(w->slots[place.slot].used, place.pushed);
	/* Of the one at work the caller has the question still: its slot is given away at take().
	 */
	w->slots[place.slot] = (struct place){ .used = true, .who = who, .right = right };
	return true;
}

static void a_first_try_is_hashed_at_once(void **state)
{
	struct world w = world_make();
	struct guard_question q = question(7, "admin");

	assert_true(ask(&w, &q, 1, true, NULL));
	assert_int_equal(throttle_next(w.throttle).ns, 0);
	run(&w, mono_add_ms(w.now, 33));
	assert_int_equal(w.last_right, 1);
	assert_int_equal(throttle_next(w.throttle).ns, UINT64_MAX);
	throttle_free(w.throttle);
}

static void ten_in_a_minute_and_then_the_rest_of_it(void **state)
{
	struct world w = world_make();
	struct guard_question q = question(7, "admin");
	mono start = w.now;
	uint32_t ms = 0;

	for (unsigned i = 0; i < 10; i++) {
		assert_true(ask(&w, &q, 1, false, NULL));
		run(&w, mono_add_s(w.now, 1));
	}
	assert_false(ask(&w, &q, 1, false, &ms));
	assert_int_equal(ms, 50000);
	assert_int_equal(w.hashed, 10);
	/* Just before it is in vain, then not. */
	w.now.ns = start.ns + MINUTE - 1;
	assert_false(ask(&w, &q, 1, false, &ms));
	assert_int_equal(ms, 1);
	w.now.ns = start.ns + MINUTE;
	assert_true(ask(&w, &q, 1, false, NULL));
	assert_false(ask(&w, &q, 1, false, &ms));
	throttle_free(w.throttle);
}

static void what_is_right_counts_for_nothing(void **state)
{
	struct world w = world_make();
	struct guard_question q = question(7, "script");

	for (unsigned i = 0; i < 5000; i++) {
		assert_true(ask(&w, &q, i, true, NULL));
		run(&w, mono_add_ms(w.now, 200));
		assert_int_equal(w.last_right, i);
	}
	throttle_free(w.throttle);
}

/* A try that is right takes back itself and none of the wrong ones before it. */
static void logging_in_forgives_no_guesses(void **state)
{
	struct world w = world_make();
	struct guard_question q = question(7, "admin");
	unsigned wrong = 0;

	for (unsigned i = 0; i < 30; i++) {
		bool right = i % 2 != 0;

		if (!ask(&w, &q, i, right, NULL))
			break;
		wrong += !right;
		run(&w, mono_add_ms(w.now, 200));
	}
	assert_int_equal(wrong, 10);
	throttle_free(w.throttle);
}

/* --- 100,000 tries --- */

#define ATTEMPTS 100000

struct tally {
	mono by_pair[1000][THROTTLE_PAIR_TRIES]; /* the last ten of each source */
	unsigned next[1000];
	mono by_user[THROTTLE_USER_TRIES];
	unsigned users;
	unsigned broken;
};

static void tally_try(struct world *w, uint32_t who)
{
	struct tally *t = w->arg;
	mono *ten_ago, *thousand_ago = &t->by_user[t->users++ % THROTTLE_USER_TRIES];

	if (who >= 1000)
		return;
	ten_ago = &t->by_pair[who][t->next[who]++ % THROTTLE_PAIR_TRIES];
	t->broken += ten_ago->ns != 0 && w->now.ns - ten_ago->ns < MINUTE;
	t->broken += thousand_ago->ns != 0 && w->now.ns - thousand_ago->ns < HOUR;
	*ten_ago = *thousand_ago = w->now;
}

/* From @sources, each attempt @gap after the one before; what limits do is counted naively. */
static struct world attack(unsigned sources, uint64_t gap, const char *user)
{
	static struct tally tally;
	struct world w = world_make();
	mono start = w.now;

	memset(&tally, 0, sizeof tally);
	w.tried = tally_try;
	w.arg = &tally;
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		uint32_t who = i % sources;
		struct guard_question q = question(0x0a000000 + who, user);

		(void)ask(&w, &q, who, false, NULL);
		run(&w, mono_add_ns(w.now, gap));
	}
	assert_int_equal(tally.broken, 0);
	assert_true(w.hashed > 0);
	assert_true(w.busy_ns * THROTTLE_SHARE <= w.now.ns - start.ns + HASH_NS * THROTTLE_SHARE);
	return w;
}

/* The real one, who was never here before, from elsewhere; as often as asked to come again. */
static uint64_t login_takes(struct world *w, uint32_t source, const char *user)
{
	struct guard_question q = question(source, user);
	mono start = w->now;

	w->last_right = UINT32_MAX;
	while (w->last_right != 5555 && w->now.ns - start.ns < MINUTE) {
		uint32_t ms = 100;

		(void)ask(w, &q, 5555, true, &ms);
		run(w, mono_add_ms(w->now, ms));
	}
	return w->right_at.ns - start.ns;
}

static void from_one_source(void **state)
{
	struct world w = attack(1, 10 * NS_PER_MS, "admin");

	/* 1,000 seconds are 17 minutes with ten each, until the source's part of the user's budget
	 * runs out. */
	assert_in_range(w.hashed, 100, 170);
	assert_true(login_takes(&w, 0x0b000001, "admin") <= 2 * NS_PER_S);
	throttle_free(w.throttle);
}

static void from_a_thousand_sources(void **state)
{
	struct world w = attack(1000, NS_PER_MS, "admin");

	assert_true(w.hashed <= 1000);
	assert_true(login_takes(&w, 0x0b000001, "admin") <= 2 * NS_PER_S);
	throttle_free(w.throttle);

	/* Over hours, too. */
	w = attack(1000, 100 * NS_PER_MS, "admin");
	assert_true(w.hashed <= 1000 * (w.now.ns / HOUR + 1));
	assert_true(login_takes(&w, 0x0b000001, "admin") <= 2 * NS_PER_S);
	throttle_free(w.throttle);
}

/* At any time of the attack, its first seconds but one included, and while it goes on. */
static void admin_is_served_during_the_attack(void **state)
{
	for (unsigned second = 1; second < 60; second += 7) {
		struct world w = world_make();
		mono start = w.now, asked = { 0 };
		struct guard_question real = question(0x0b000001, "admin");

		for (unsigned i = 0; i < 70000; i++) {
			struct guard_question q = question(0x0a000000 + i % 1000, "admin");

			if (i == second * 1000 + 17) {
				assert_true(ask(&w, &real, 5555, true, NULL));
				asked = w.now;
			}
			(void)ask(&w, &q, i % 1000, false, NULL);
			run(&w, mono_add_ns(w.now, NS_PER_MS));
		}
		assert_true(asked.ns > start.ns && w.last_right == 5555);
		assert_true(w.right_at.ns - asked.ns <= 2 * NS_PER_S);
		throttle_free(w.throttle);
	}
}

/* Patient ones who never ask often take all that newcomers may have; who was here before, and who
 * sits at the machine, is served all the same. */
static void known_sources_have_tries_of_their_own(void **state)
{
	struct world w = world_make();
	struct guard_question real = question(0x0b000001, "admin"), q;

	assert_true(ask(&w, &real, 5555, true, NULL));
	run(&w, mono_add_s(w.now, 1));
	for (unsigned i = 0; i < 4000; i++) {
		q = question(0x0a000000 + i, "admin");
		(void)ask(&w, &q, i, false, NULL);
		run(&w, mono_add_ms(w.now, 300));
	}
	q = question(0x0c000001, "admin");
	assert_false(ask(&w, &q, 1, true, NULL));
	assert_true(login_takes(&w, 0x0b000001, "admin") <= 2 * NS_PER_S);
	assert_true(login_takes(&w, 0, "admin") <= 2 * NS_PER_S);
	/* Another user is another matter. */
	assert_true(login_takes(&w, 0x0c000002, "guest") <= 2 * NS_PER_S);
	throttle_free(w.throttle);
}

/* RELIABILITY.md, 2: a lockout that read its log was talked out of it by such names. */
static void names_are_bytes(void **state)
{
	static const char *const names[] = {
		"Accepted", "root from 1.2.3.4", "admin\nAccepted", "", "%s%n", "*", "\xff\xfe"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct world w = attack(1, 10 * NS_PER_MS, names[i]);

		assert_in_range(w.hashed, 100, 170);
		throttle_free(w.throttle);
	}
}

/* Asking for others, existing or not, makes nobody forget how often one has guessed. */
static void nothing_is_forgotten_for_asking_others(void **state)
{
	struct world w = world_make();
	struct guard_question q = question(7, "admin");
	mono start = w.now;
	char name[32];

	for (unsigned i = 0; i < 10; i++) {
		assert_true(ask(&w, &q, 1, false, NULL));
		run(&w, mono_add_ms(w.now, 200));
	}
	/* As much as a fifth of a core can hash, and far more than that beside it. */
	for (unsigned i = 0; w.now.ns < start.ns + MINUTE - NS_PER_S; i++) {
		struct guard_question other;

		snprintf(name, sizeof name, "user%u", i);
		other = question(0x0d000000 + i, name);
		(void)ask(&w, &other, 2, false, NULL);
		run(&w, mono_add_ms(w.now, 5));
		assert_false(ask(&w, &q, 1, false, NULL));
	}
	assert_true(w.hashed > 300);
	throttle_free(w.throttle);
}

/* All of a /64 is one source, and IPv4 within IPv6 is IPv4. */
static void ipv6_counts_by_network(void **state)
{
	struct world w = world_make();
	struct ip_addr address = { .family = IP_V6, .v6 = { 0x20, 1, 0xd, 0xb8 } };
	struct guard_question q;
	unsigned tried = 0;

	for (unsigned i = 0; i < 50; i++) {
		address.v6[15] = (uint8_t)i;
		guard_ask_for(&q, GUARD_WEB, &address, "admin", 5);
		tried += ask(&w, &q, 1, false, NULL);
		run(&w, mono_add_ms(w.now, 200));
	}
	assert_int_equal(tried, 10);
	address.v6[7] = 1;
	guard_ask_for(&q, GUARD_WEB, &address, "admin", 5);
	assert_true(ask(&w, &q, 1, false, NULL));
	run(&w, mono_add_ms(w.now, 200));

	address = (struct ip_addr){ .family = IP_V6,
		                    .v6 = { [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 } };
	for (unsigned i = 0; i < 10; i++) {
		guard_ask_for(&q, GUARD_WEB, &address, "root", 4);
		assert_true(ask(&w, &q, 1, false, NULL));
		run(&w, mono_add_ms(w.now, 200));
	}
	q = question(0x0a000001, "root");
	assert_false(ask(&w, &q, 1, false, NULL));
	q = question(0x0a000002, "root");
	assert_true(ask(&w, &q, 1, false, NULL));
	throttle_free(w.throttle);
}

/* Random askers against a naive count; hashes of any length keep to a fifth. */
static void limits_hold_whatever_is_asked(void **state)
{
	static struct {
		uint32_t source, user;
		mono at;
	} tries[20000];

	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct seeded seeded = seeded_make(seed);
		struct world w = world_make();
		size_t n = 0;
		char name[8];

		for (unsigned i = 0; i < 3000; i++) {
			uint32_t source = 1 + random_below(&seeded.random, 6);
			uint32_t user = random_below(&seeded.random, 4);
			uint32_t slot, length;
			struct guard_question q;

			snprintf(name, sizeof name, "u%u", user);
			q = question(source, name);
			(void)ask(&w, &q, source << 8 | user, false, NULL);
			slot = throttle_take(w.throttle, w.now);
			length = random_below(&seeded.random, 300);
			if (slot != THROTTLE_NONE) {
				uint32_t who = w.slots[slot].who;

				w.slots[slot].used = false;
				tries[n].source = who >> 8;
				tries[n].user = who & 0xff;
				tries[n++].at = w.now;
				w.busy_ns += length * NS_PER_MS;
				w.now = mono_add_ms(w.now, length);
				throttle_done(w.throttle, false, w.now);
			}
			w.now = mono_add_ms(w.now, random_below(&seeded.random, 700));
		}
		for (size_t i = 0; i < n; i++) {
			unsigned same = 0;

			for (size_t j = i; j < n && tries[j].at.ns - tries[i].at.ns < MINUTE; j++)
				same += tries[j].source == tries[i].source &&
				        tries[j].user == tries[i].user;
			assert_in_range(same, 1, THROTTLE_PAIR_TRIES);
		}
		assert_true(w.busy_ns * THROTTLE_SHARE <= w.now.ns + 2 * NS_PER_S);
		throttle_free(w.throttle);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_first_try_is_hashed_at_once),
		cmocka_unit_test(ten_in_a_minute_and_then_the_rest_of_it),
		cmocka_unit_test(what_is_right_counts_for_nothing),
		cmocka_unit_test(logging_in_forgives_no_guesses),
		cmocka_unit_test(from_one_source),
		cmocka_unit_test(from_a_thousand_sources),
		cmocka_unit_test(admin_is_served_during_the_attack),
		cmocka_unit_test(known_sources_have_tries_of_their_own),
		cmocka_unit_test(names_are_bytes),
		cmocka_unit_test(nothing_is_forgotten_for_asking_others),
		cmocka_unit_test(ipv6_counts_by_network),
		cmocka_unit_test(limits_hold_whatever_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
