/*
 * attack_hash_flood_test.c -- neighbours and datagrams that somebody has chosen so that they crowd
 * one place of a table. Whoever knows the key can; the key is drawn at start and never shown.
 */
#include "core/fixture.h"
#include "core/ip4_datagrams.h"

enum {
	CHOSEN = 512,
	KNOWN = 12345, /* the seed of the key that the attacker has reckoned with */
};

/* How far the longest chain of neighbours goes. */
static unsigned longest_of_neighbours(struct net *net)
{
	const struct neigh *n;
	unsigned longest = 0;
	uint32_t at = 0;

	while ((n = neigh_next(net, &at)) != NULL) {
		unsigned length = 1;

		for (uint32_t next = n->next; next != NEIGH_NONE; length++)
			next = neigh_at(net, next)->next;
		longest = length > longest ? length : longest;
	}
	return longest;
}

static unsigned neighbours_under(struct fixture *f, uint64_t seed)
{
	struct neigh_table *own = f->net->neigh;
	struct hash_key known = { KNOWN, ~(uint64_t)KNOWN };
	struct mac mac = { { 2, 0, 0, 0, 0, 9 } };
	unsigned longest, chosen = 0;

	f->net->neigh = neigh_table_new(CHOSEN, seed);
	for (uint32_t i = 1; chosen < CHOSEN; i++) {
		uint64_t word = (uint64_t)1 << 32 | i;

		if ((hash_words(&known, &word, 1) & 127) != 0)
			continue;
		chosen++;
		assert_true(neigh_set_static(f->net, 1, (ip4){ i }, &mac));
	}
	longest = longest_of_neighbours(f->net);
	neigh_remove_all(f->net, 1);
	neigh_table_free(f->net, f->net->neigh);
	f->net->neigh = own;
	return longest;
}

static void chosen_neighbours_spread(void **state)
{
	struct fixture *f = fixture_new(1);

	assert_true(neighbours_under(f, KNOWN) >= CHOSEN / 8);
	for (uint64_t seed = 1; seed <= 10; seed++)
		assert_true(neighbours_under(f, seed * 0x9e3779b97f4a7c15ULL) <= 12);
	fixture_free(f);
}

/* How far the longest chain of datagrams goes. */
static unsigned datagrams_under(const struct hash_key *key)
{
	static const struct hash_key known = { 1, 2 };
	struct ip4_datagrams *all = ip4_datagrams_new(CHOSEN, key);
	struct ip4_datagram *d, *at[CHOSEN];
	unsigned longest = 0, chosen = 0;
	struct pkt p = { .in = 1, .arrived = { .proto = IPPROTO_UDP } };

	for (uint32_t i = 0; chosen < CHOSEN; i++) {
		uint64_t words[2] = { (uint64_t)i << 32 | 7, (uint64_t)IPPROTO_UDP << 8 | 1 };

		if ((hash_words(&known, words, 2) & 127) != 0)
			continue;
		p.arrived.src.v = i;
		p.arrived.dst.v = 7;
		at[chosen] = ip4_datagrams_add(all, &p, (mono){ 0 });
		assert_non_null(at[chosen++]);
	}
	for (unsigned i = 0; i < CHOSEN; i++) {
		unsigned length = 1;

		for (d = at[i]; d->next != UINT32_MAX; length++)
			d = at[d->next];
		longest = length > longest ? length : longest;
	}
	ip4_datagrams_free(all);
	return longest;
}

static void chosen_datagrams_spread(void **state)
{
	assert_true(datagrams_under(&(struct hash_key){ 1, 2 }) >= CHOSEN / 8);
	for (uint64_t seed = 1; seed <= 10; seed++)
		assert_true(datagrams_under(&(struct hash_key){ seed, 99 }) <= 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_datagrams_spread),
		cmocka_unit_test(chosen_neighbours_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
