#include "core/fixture.h"
#include "core/trie.h"

enum {
	PREFIXES = 400,
	LOOKS = 20000
};

struct naive {
	ip4 network;
	unsigned bits;
};

static ip4 draw_addr(struct fixture_random *r)
{
	/* Few different upper bits, so that prefixes nest and part often. */
	return (ip4){ (uint32_t)fixture_draw(r) & 0x8303f00f };
}

/* The trie's answers are a linear scan's: the same prefixes, the longest last. */
static void matches_a_linear_scan(void **state)
{
	struct fixture_random r = fixture_random_make(7);
	struct naive naive[PREFIXES];
	struct trie trie;

	trie_init(&trie, PREFIXES);
	for (uint32_t i = 0; i < PREFIXES; i++) {
		naive[i].bits = (unsigned)(fixture_draw(&r) >> 32) % 33;
		naive[i].network = ip4_network(draw_addr(&r), naive[i].bits);
		trie_set(&trie, naive[i].network, naive[i].bits, i);
	}
	for (unsigned look = 0; look < LOOKS; look++) {
		ip4 addr = draw_addr(&r);
		uint32_t want[33], got[TRIE_MATCHES_MAX];
		unsigned want_n = 0, got_n = trie_match(&trie, addr, got);

		memset(want, 0xff, sizeof want);
		for (uint32_t i = 0; i < PREFIXES; i++) {
			if (ip4_within(addr, naive[i].network, naive[i].bits))
				want[naive[i].bits] = i; /* of equal ones the last set */
		}
		for (unsigned bits = 0; bits <= 32; bits++) {
			if (want[bits] == UINT32_MAX)
				continue;
			assert_true(want_n < got_n);
			assert_int_equal(got[want_n], want[bits]);
			want_n++;
		}
		assert_int_equal(want_n, got_n);
	}
	trie_free(&trie);
}

static void empty_matches_nothing(void **state)
{
	uint32_t values[TRIE_MATCHES_MAX];
	struct trie trie;

	trie_init(&trie, 0);
	assert_int_equal(trie_match(&trie, A("10.0.0.1"), values), 0);
	trie_free(&trie);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_a_linear_scan),
		cmocka_unit_test(empty_matches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
