/* ip4_datagrams_test.c -- the table of datagrams, beside a list that is looked through. */
#include "core/ip4_datagrams.h"
#include "lib/mem.h"
#include "seeded.h"
#include "unit.h"

enum {
	PLACES = 40,
	SENDERS = 6,
	ROUNDS = 200000,
};

/* Oldest first. */
struct naive {
	struct ip4_datagram *at[PLACES];
	unsigned n;
};

static struct pkt fragment_draw(struct seeded *seeded)
{
	uint64_t draw = seeded_next(seeded);

	return (struct pkt){ .arrived = { .src = { 0x0a000000 + (uint32_t)(draw % SENDERS) },
		                          .dst = { 0xc0000201 + (uint32_t)(draw >> 8 & 1) },
		                          .proto = (uint8_t)(draw >> 16 & 1) },
		             .ip_id = (uint16_t)(draw >> 24 & 7),
		             .in = (iface_id)(1 + (draw >> 32 & 1)) };
}

static struct ip4_datagram *naive_find(const struct naive *naive, const struct pkt *p)
{
	for (unsigned i = 0; i < naive->n; i++) {
		struct ip4_datagram *d = naive->at[i];

		if (d->src.v == p->arrived.src.v && d->dst.v == p->arrived.dst.v &&
		    d->proto == p->arrived.proto && d->id == p->ip_id && d->in == p->in)
			return d;
	}
	return NULL;
}

static void naive_remove(struct naive *naive, const struct ip4_datagram *d)
{
	unsigned i = 0;

	while (naive->at[i] != d)
		i++;
	naive->n--;
	memmove(naive->at + i, naive->at + i + 1, (naive->n - i) * sizeof naive->at[0]);
}

static unsigned naive_count(const struct naive *naive, ip4 src)
{
	unsigned n = 0;

	for (unsigned i = 0; i < naive->n; i++)
		n += naive->at[i]->src.v == src.v;
	return n;
}

/* The victim is its sender's oldest (but for @but), and no sender has more than it. */
static void check_victim(const struct naive *naive, const struct ip4_datagram *victim,
                         const struct ip4_datagram *but)
{
	unsigned i = 0;

	if (victim == NULL) {
		assert_true(naive->n == 0 || (naive->n == 1 && naive->at[0] == but));
		return;
	}
	assert_ptr_not_equal(victim, but);
	while (naive->at[i] != victim) {
		assert_true(naive->at[i]->src.v != victim->src.v || naive->at[i] == but);
		i++;
	}
	for (i = 0; i < naive->n; i++) {
		if (naive->at[i] != but)
			assert_true(naive_count(naive, naive->at[i]->src) <=
			            naive_count(naive, victim->src));
	}
}

static void the_table_is_as_the_list(void **state)
{
	struct seeded seeded = seeded_make(5);
	const struct hash_key key = { 1, 2 };
	struct ip4_datagrams *all = ip4_datagrams_new(PLACES, &key);
	struct naive naive = { .n = 0 };

	(void)state;
	for (uint64_t i = 0; i < ROUNDS; i++) {
		struct pkt p = fragment_draw(&seeded);
		struct ip4_datagram *d = ip4_datagrams_find(all, &p);

		assert_ptr_equal(d, naive_find(&naive, &p));
		if (d == NULL) {
			d = ip4_datagrams_add(all, &p, (mono){ i });
			assert_int_equal(d == NULL, naive.n == PLACES);
			if (d == NULL)
				d = ip4_datagrams_victim(all, NULL);
			else
				naive.at[naive.n++] = d;
		}
		check_victim(&naive, ip4_datagrams_victim(all, NULL), NULL);
		check_victim(&naive, ip4_datagrams_victim(all, d), d);
		if (naive.n == PLACES || seeded_next(&seeded) % 3 == 0) {
			naive_remove(&naive, d);
			ip4_datagrams_remove(all, d);
		}
		assert_ptr_equal(ip4_datagrams_oldest(all), naive.n > 0 ? naive.at[0] : NULL);
	}
	ip4_datagrams_free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_as_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
