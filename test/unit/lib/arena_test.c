#include "unit.h"

#include <stdalign.h>
#include <stdlib.h>

#include "lib/arena.h"
#include "seeded.h"

static void pieces_are_zeroed_and_aligned(void **state)
{
	struct seeded seeded = seeded_make(1);
	struct arena arena = { 0 };
	static const uint8_t zeroes[10000];

	for (int i = 0; i < 2000; i++) {
		size_t size = seeded_next(&seeded) % (i % 50 == 0 ? 10000 : 200) + 1;
		uint8_t *p = arena_new(&arena, size, 1);

		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		assert_memory_equal(p, zeroes, size);
		memset(p, 0xff, size);
	}
	arena_free(&arena);
}

/* Each piece is filled with its own number; afterwards each must still hold it. */
static void pieces_do_not_overlap(void **state)
{
	struct seeded seeded = seeded_make(2);
	struct arena arena = { 0 };
	uint8_t *pieces[500];
	size_t sizes[500];

	for (int i = 0; i < 500; i++) {
		sizes[i] = seeded_next(&seeded) % 6000;
		pieces[i] = arena_new(&arena, sizes[i], 1);
		memset(pieces[i], i & 0xff, sizes[i]);
	}
	for (int i = 0; i < 500; i++) {
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(pieces[i][at], i & 0xff);
	}
	arena_free(&arena);
}

static void total_counts_and_free_starts_anew(void **state)
{
	struct arena arena = { 0 };

	assert_non_null(arena_new(&arena, 3, 100000));
	assert_true(arena.total_bytes >= 300000);
	size_t total = arena.total_bytes;

	assert_non_null(arena_new(&arena, 1, 1));
	assert_true(arena.total_bytes >= total);
	arena_free(&arena);
	assert_null(arena.first);
	assert_int_equal(arena.total_bytes, 0);
	assert_string_equal(arena_strdup(&arena, "again"), "again");
	arena_free(&arena);
}

static void nothing_is_still_somewhere(void **state)
{
	struct arena arena = { 0 };

	assert_non_null(arena_new(&arena, 0, 8));
	assert_non_null(arena_new(&arena, 8, 0));
	assert_string_equal(arena_strdup(&arena, ""), "");
	arena_free(&arena);
	arena_free(&arena);
}

static void strings_are_copies(void **state)
{
	struct arena arena = { 0 };
	char text[] = "ether1,ether2";
	char *whole = arena_strdup(&arena, text);
	char *part = arena_strndup(&arena, text, 6);
	char *made = arena_printf(&arena, "%s/%d", part, 24);

	memset(text, '?', sizeof text - 1);
	assert_string_equal(whole, "ether1,ether2");
	assert_string_equal(part, "ether1");
	assert_string_equal(made, "ether1/24");
	arena_free(&arena);
}

static void long_text_is_printed_whole(void **state)
{
	struct arena arena = { 0 };
	char *text = arena_printf(&arena, "%*d", 20000, 7);

	assert_int_equal(strlen(text), 20000);
	assert_int_equal(text[19999], '7');
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(total_counts_and_free_starts_anew),
		cmocka_unit_test(nothing_is_still_somewhere),
		cmocka_unit_test(strings_are_copies),
		cmocka_unit_test(long_text_is_printed_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
