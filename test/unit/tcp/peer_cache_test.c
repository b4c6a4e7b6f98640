#include "unit.h"

#include "seeded.h"
#include "tcp/peer_cache.h"

static const struct hash_key key = { 3, 4 };
static const mono start = { 5 * NS_PER_S };

static void it_is_remembered_for_a_minute(void **state)
{
	struct peer_cache *cache = peer_cache_new(64, &key);
	ip4 peer = { 0xc0000201 };
	uint32_t timestamp = 7;
	uint64_t age_ms = 8;

	assert_false(peer_cache_get(cache, peer, start, &timestamp, &age_ms));
	assert_int_equal(timestamp, 7);
	peer_cache_put(cache, peer, 4711, start, 0);
	assert_true(peer_cache_get(cache, peer, mono_add_ms(start, 59999), &timestamp, &age_ms));
	assert_int_equal(timestamp, 4711);
	assert_int_equal(age_ms, 59999);
	assert_false(peer_cache_get(cache, peer, mono_add_ms(start, 60001), &timestamp, &age_ms));
	assert_false(peer_cache_get(cache, (ip4){ 0xc0000202 }, start, &timestamp, &age_ms));
	peer_cache_put(cache, peer, 4712, mono_add_s(start, 1), 3);
	assert_true(peer_cache_get(cache, peer, mono_add_s(start, 61), &timestamp, &age_ms));
	assert_int_equal(timestamp, 4712);
	peer_cache_free(cache);
}

/* At the start of the clock, too, and for the address of zeroes, which no free place stands for. */
static void zeroes_are_no_entry(void **state)
{
	struct peer_cache *cache = peer_cache_new(4, &key);
	uint32_t timestamp;
	uint64_t age_ms;

	assert_false(peer_cache_get(cache, (ip4){ 0 }, (mono){ 0 }, &timestamp, &age_ms));
	peer_cache_put(cache, (ip4){ 1 }, 9, (mono){ 0 }, 0);
	assert_true(peer_cache_get(cache, (ip4){ 1 }, (mono){ 0 }, &timestamp, &age_ms));
	peer_cache_free(cache);
}

/*
 * Many more peers than places: what is found is right, some of the latest are there, and the place
 * that gives way is drawn: the same sequence with other draws keeps others.
 */
static void it_stays_bounded(void **state)
{
	enum {
		PEERS = 100000,
		PLACES = 1024,
	};
	unsigned kept[2] = { 0 }, both = 0;
	struct peer_cache *cache[2];

	for (unsigned run = 0; run < 2; run++) {
		struct seeded seeded = seeded_make(run);

		cache[run] = peer_cache_new(PLACES, &key);
		for (uint32_t i = 1; i <= PEERS; i++) {
			uint32_t draw = (uint32_t)seeded_next(&seeded);

			peer_cache_put(cache[run], (ip4){ i }, i * 3, start, draw);
		}
	}
	for (uint32_t i = 1; i <= PEERS; i++) {
		unsigned here = 0;

		for (unsigned run = 0; run < 2; run++) {
			uint32_t timestamp;
			uint64_t age_ms;

			if (!peer_cache_get(cache[run], (ip4){ i }, start, &timestamp, &age_ms))
				continue;
			assert_int_equal(timestamp, i * 3);
			kept[run]++;
			here++;
		}
		both += here == 2;
	}
	assert_int_equal(kept[0], PLACES);
	assert_int_equal(kept[1], PLACES);
	assert_in_range(both, 1, PLACES * 3 / 4);
	peer_cache_free(cache[0]);
	peer_cache_free(cache[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_remembered_for_a_minute),
		cmocka_unit_test(zeroes_are_no_entry),
		cmocka_unit_test(it_stays_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
