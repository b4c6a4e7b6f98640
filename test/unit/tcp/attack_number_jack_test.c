/*
 * attack_number_jack_test.c -- NUMBER:JACK: 100,000 initial sequence numbers, as SYN-ACKs bring
 * them to whoever asks, with a half-open record and with a cookie.
 */
#include <stdlib.h>

#include "tcp/victim.h"

enum {
	NUMBERS = 60000, /* of one peer's ports; twice */
};

static uint32_t ask(struct victim *v, uint16_t port, bool and_leave)
{
	struct side_segment syn = { .flags = TCP_SYN, .seq = 5, .window = 1000 }, seen;

	assert_true(victim_hears(v, port, &syn));
	assert_true(side_next(&v->s, &seen));
	assert_int_equal(seen.flags, TCP_SYN | TCP_ACK);
	syn.flags = TCP_RST;
	syn.seq++;
	if (and_leave)
		assert_true(victim_hears(v, port, &syn));
	return seen.seq;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Steps between neighbours: few are equal, and each of @bits is set in half of them. */
static void check_steps(const uint32_t *numbers, unsigned bits)
{
	static uint32_t steps[NUMBERS - 1];
	unsigned equal = 0;

	for (unsigned i = 0; i < NUMBERS - 1; i++)
		steps[i] = numbers[i + 1] - numbers[i];
	for (unsigned bit = 0; bit < bits; bit++) {
		unsigned ones = 0;

		for (unsigned i = 0; i < NUMBERS - 1; i++)
			ones += steps[i] >> bit & 1;
		assert_in_range(ones, NUMBERS / 2 - 1000, NUMBERS / 2 + 1000);
	}
	qsort(steps, NUMBERS - 1, sizeof steps[0], compare);
	for (unsigned i = 1; i < NUMBERS - 1; i++)
		equal += steps[i] == steps[i - 1];
	/* Of cookies 24 bits are drawn: 107 pairs are equal by chance. */
	assert_true(equal < (bits == 32 ? 10U : 250U));
}

static void numbers_across_tuples(void **state)
{
	static uint32_t numbers[NUMBERS];
	struct victim *v = victim_new();

	for (unsigned i = 0; i < NUMBERS; i++)
		numbers[i] = ask(v, (uint16_t)(1024 + i), true);
	assert_int_equal(tcp_counts(v->s.tcp)->cookies_sent, 0);
	check_steps(numbers, 32);
	victim_free(v);
}

static void cookies_across_tuples(void **state)
{
	static uint32_t numbers[NUMBERS];
	struct victim *v = victim_new();

	for (unsigned i = 0; i < NUMBERS + 100; i++) {
		uint32_t number = ask(v, (uint16_t)(1024 + i), false);

		if (i >= 100)
			numbers[i - 100] = number;
	}
	assert_true(tcp_counts(v->s.tcp)->cookies_sent >= NUMBERS);
	check_steps(numbers, 24);
	victim_free(v);
}

/* RFC 6528: within one tuple the number moves on with the clock, so that an old connection's
 * segments lie before it. */
static void monotonic_within_one(void **state)
{
	struct victim *v = victim_new();
	uint32_t last = ask(v, 1024, true);

	for (unsigned i = 0; i < 1000; i++) {
		uint32_t next;

		v->s.net->now = mono_add_ms(v->s.net->now, 10);
		next = ask(v, 1024, true);
		assert_int_equal(next - last, 2500);
		last = next;
	}
	victim_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_across_tuples),
		cmocka_unit_test(cookies_across_tuples),
		cmocka_unit_test(monotonic_within_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
