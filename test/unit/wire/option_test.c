#include "wire/cmocka_all.h"

#include "wire/option.h"
#include "wire/seeded.h"

#define LIST_BYTES 40 /* the most a header has room for */

/* Where the next option stands from @at on: its place, or -1 at the end, or -2 when it is bad. */
static int naive_next(const uint8_t *list, int len, int at)
{
	while (at < len && list[at] == 1)
		at++;
	if (at == len || list[at] == 0)
		return -1;
	if (at + 1 == len || list[at + 1] < 2 || at + list[at + 1] > len)
		return -2;
	return at;
}

/* Small numbers, so that lengths often fit and ends and fillers are common. */
static void equals_the_naive_walk(void **state)
{
	uint64_t seed = 793;
	int options = 0, bads = 0, ends = 0;

	for (int round = 0; round < 5000; round++) {
		uint8_t list[LIST_BYTES];
		int len = (int)seeded_below(&seed, LIST_BYTES + 1);
		struct reader r = reader_over(list, (size_t)len);
		int at = 0;

		for (size_t i = 0; i < sizeof list; i++)
			list[i] = (uint8_t)seeded_below(&seed, 8);
		while (at >= 0) {
			bool bad = false;
			const uint8_t *option = option_take(&r, &bad);

			at = naive_next(list, len, at);
			assert_int_equal(bad, at == -2);
			if (at < 0) {
				assert_null(option);
			} else {
				assert_ptr_equal(option, list + at);
				at += list[at + 1];
				options++;
			}
		}
		bads += at == -2;
		ends += at == -1;
	}
	/* The lists were of all kinds. */
	assert_true(options > 1000 && bads > 1000 && ends > 1000);
}

static void a_failed_reader_stays_bad(void **state)
{
	static const uint8_t list[] = { 5, 0, 0, 0 };
	struct reader r = reader_over(list, sizeof list);

	for (int again = 0; again < 3; again++) {
		bool bad = false;

		assert_null(option_take(&r, &bad));
		assert_true(bad);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_the_naive_walk),
		cmocka_unit_test(a_failed_reader_stays_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
