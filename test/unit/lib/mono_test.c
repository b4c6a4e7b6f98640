#include "unit.h"

#include "lib/clock.h"
#include "lib/mono.h"
#include "lib/text.h"
#include "lib/wall.h"

static void adding_stops_at_never(void **state)
{
	mono t = { 5 };

	assert_int_equal(mono_add_ns(t, 7).ns, 12);
	assert_int_equal(mono_add_ms(t, 2).ns, 2000005);
	assert_int_equal(mono_add_s(t, 3).ns, 3000000005);
	assert_true(mono_add_ns(t, UINT64_MAX).ns == UINT64_MAX);
	assert_true(mono_add_ns(mono_never(), 1).ns == UINT64_MAX);
	assert_true(mono_add_ms(t, UINT64_MAX).ns == UINT64_MAX);
	assert_true(mono_add_s(t, UINT64_MAX / 1000).ns == UINT64_MAX);
}

static void order(void **state)
{
	mono early = { 10 }, late = { 20 };

	assert_true(mono_before(early, late));
	assert_false(mono_before(late, early));
	assert_false(mono_before(early, early));
	assert_true(mono_due(early, early));
	assert_true(mono_due(early, late));
	assert_false(mono_due(late, early));
	assert_false(mono_due(mono_never(), late));
	assert_int_equal(mono_min(early, late).ns, 10);
	assert_int_equal(mono_min(late, early).ns, 10);
	assert_int_equal(mono_min(late, mono_never()).ns, 20);
}

static void since_is_never_negative(void **state)
{
	mono early = { 10 }, late = { 3500010 };

	assert_int_equal(mono_since_ns(late, early), 3500000);
	assert_int_equal(mono_since_ms(late, early), 3);
	assert_int_equal(mono_since_ns(early, late), 0);
	assert_int_equal(mono_since_ms(early, early), 0);
}

static mono fixed_mono(struct clock *clock)
{
	return (mono){ 123 };
}

static wall fixed_wall(struct clock *clock)
{
	return (wall){ -5 };
}

static void a_clock_is_two_hooks(void **state)
{
	struct clock clock = { .mono = fixed_mono, .wall = fixed_wall };

	assert_int_equal(clock_mono(&clock).ns, 123);
	assert_int_equal(clock_wall(&clock).ns, -5);
}

static void time_of_day(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01 00:00:00" },
		{ -1, "1969-12-31 23:59:59" },
		{ 1769853600000000000, "2026-01-31 10:00:00" },
		{ 1769853600999999999, "2026-01-31 10:00:00" },
		{ 951782400000000000, "2000-02-29 00:00:00" },
	};

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct text text = { 0 };

		wall_text((wall){ times[i].ns }, &text);
		assert_string_equal(text_str(&text), times[i].text);
		text_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adding_stops_at_never), cmocka_unit_test(order),
		cmocka_unit_test(time_of_day),           cmocka_unit_test(since_is_never_negative),
		cmocka_unit_test(a_clock_is_two_hooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
