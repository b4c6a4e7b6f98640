#include "unit.h"

#include <stdlib.h>

#include "seeded.h"
#include "tcp/seq.h"
#include "tcp/sequence.h"

enum {
	NUMBERS = 100000,
};

static struct tuple tuple_of(uint32_t i)
{
	return (struct tuple){ .src = { 0x0a000001 },
		               .dst = { 0xc0000201 + i / 60000 },
		               .sport = (uint16_t)(1024 + i % 60000),
		               .dport = 80,
		               .proto = 6 };
}

static struct sequence sequence_of(uint64_t seed)
{
	struct seeded seeded = seeded_make(seed);
	struct sequence sequence;

	sequence_init(&sequence, &seeded.random);
	return sequence;
}

/* RFC 6528, 3: 4 microseconds a number, on top of what the tuple gives. */
static void numbers_of_one_tuple_follow_the_clock(void **state)
{
	struct sequence sequence = sequence_of(1);
	struct tuple tuple = tuple_of(5);
	uint32_t first = sequence_initial(&sequence, &tuple, (mono){ 0 });

	for (uint64_t i = 1; i < NUMBERS; i++) {
		mono now = { i * 100 * NS_PER_US };

		assert_int_equal(sequence_initial(&sequence, &tuple, now) - first, i * 25);
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * NUMBER:JACK: 100,000 initial sequence numbers of neighbouring tuples at one time. None follows
 * from the one before: all differences differ, as often as those of random numbers do, each bit is
 * set in half of them, and each bit of the tuple moves half of the bits.
 */
static void check_unpredictable(const uint32_t *numbers)
{
	static uint32_t steps[NUMBERS];
	unsigned equal = 0, ones[32] = { 0 };

	for (unsigned i = 0; i < NUMBERS; i++) {
		steps[i] = numbers[(i + 1) % NUMBERS] - numbers[i];
		for (unsigned bit = 0; bit < 32; bit++)
			ones[bit] += steps[i] >> bit & 1;
	}
	qsort(steps, NUMBERS, sizeof steps[0], compare);
	for (unsigned i = 1; i < NUMBERS; i++)
		equal += steps[i] == steps[i - 1];
	assert_true(equal < 10); /* of 2^32, 1.2 of 100,000 meet by chance */
	for (unsigned bit = 0; bit < 32; bit++)
		assert_in_range(ones[bit], NUMBERS / 2 - 1000, NUMBERS / 2 + 1000);
}

static void numbers_of_other_tuples_tell_nothing(void **state)
{
	static uint32_t initial[NUMBERS], offset[NUMBERS];
	struct sequence sequence = sequence_of(2);

	for (uint32_t i = 0; i < NUMBERS; i++) {
		struct tuple tuple = tuple_of(i);

		initial[i] = sequence_initial(&sequence, &tuple, (mono){ 77 * NS_PER_S });
		offset[i] = sequence_timestamp_offset(&sequence, &tuple);
		assert_int_not_equal(initial[i], offset[i]);
	}
	check_unpredictable(initial);
	check_unpredictable(offset);
}

/* Another start, another secret: the same tuple has other numbers. */
static void numbers_depend_on_the_secret(void **state)
{
	struct sequence a = sequence_of(3), b = sequence_of(4);
	struct tuple tuple = tuple_of(0);

	assert_int_not_equal(sequence_initial(&a, &tuple, (mono){ 0 }),
	                     sequence_initial(&b, &tuple, (mono){ 0 }));
	assert_int_not_equal(sequence_timestamp_offset(&a, &tuple),
	                     sequence_timestamp_offset(&b, &tuple));
}

static void the_order_comes_round(void **state)
{
	assert_true(seq_lt(UINT32_MAX, 0) && seq_gt(0, UINT32_MAX));
	assert_true(seq_leq(5, 5) && seq_geq(5, 5) && !seq_lt(5, 5));
	assert_int_equal(seq_max(UINT32_MAX - 1, 3), 3);
	assert_int_equal(seq_min(UINT32_MAX - 1, 3), UINT32_MAX - 1);
	assert_true(seq_within(1, UINT32_MAX, 2) && !seq_within(2, UINT32_MAX, 2));
	assert_false(seq_within(UINT32_MAX - 1, UINT32_MAX, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_of_one_tuple_follow_the_clock),
		cmocka_unit_test(numbers_of_other_tuples_tell_nothing),
		cmocka_unit_test(numbers_depend_on_the_secret),
		cmocka_unit_test(the_order_comes_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
