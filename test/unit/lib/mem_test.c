#include "unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/must.h"

static void memory_is_zeroed(void **state)
{
	uint64_t *words = mem_new(1000, sizeof *words);

	for (int i = 0; i < 1000; i++)
		assert_true(words[i] == 0);
	mem_free(words);
	mem_free(NULL);
}

static void nothing_is_still_somewhere(void **state)
{
	void *none = mem_new(0, 8);

	assert_non_null(none);
	mem_free(none);
	none = mem_new(8, 0);
	assert_non_null(none);
	mem_free(none);
}

static void resizing_keeps_what_was_there(void **state)
{
	int *numbers = NULL;

	for (int n = 1; n <= 300; n++) {
		numbers = mem_resize(numbers, (size_t)n, sizeof *numbers);
		numbers[n - 1] = n;
	}
	for (int n = 1; n <= 300; n++)
		assert_int_equal(numbers[n - 1], n);
	numbers = mem_resize(numbers, 2, sizeof *numbers);
	assert_int_equal(numbers[1], 2);
	assert_null(mem_resize(numbers, 0, sizeof *numbers));
}

/* Through the size from which on memory comes in large pages, and back. */
static void large_areas_keep_what_was_there(void **state)
{
	enum {
		STEP = 100003,
		MOST = 15 * STEP
	};
	uint32_t *numbers = NULL;

	for (uint32_t n = STEP; n <= MOST; n += STEP) {
		numbers = mem_resize(numbers, n, sizeof *numbers);
		for (uint32_t i = n - STEP; i < n; i++)
			numbers[i] = ~i;
	}
	for (uint32_t n = MOST; n > 0; n -= STEP) {
		for (uint32_t i = 0; i < n; i += 997)
			assert_int_equal(numbers[i], ~i);
		numbers = mem_resize(numbers, n - STEP, sizeof *numbers);
	}
	assert_null(numbers);
}

static void aligned_memory_is_zeroed(void **state)
{
	const size_t sizes[] = { 1, 100, ((size_t)2 << 20) - 1, ((size_t)5 << 20) + 1 };

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		uint8_t *bytes = mem_new_aligned(64, sizes[i]);

		assert_int_equal((uintptr_t)bytes % 64, 0);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(bytes[at], 0);
		mem_free(bytes);
	}
}

static void a_string_is_copied(void **state)
{
	char text[] = "ether1";
	char *copy = mem_strdup(text);

	text[0] = '?';
	assert_string_equal(copy, "ether1");
	mem_free(copy);
}

/* Run @what in a process of its own, its complaint thrown away; returns the signal that ended it.
 */
static int death_of(void (*what)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL); /* cmocka catches it */
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
		close(STDERR_FILENO);
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void ask_for_a_product_that_wraps(void)
{
	mem_free(mem_resize(NULL, SIZE_MAX / 4, 8));
}

static void break_a_promise(void)
{
	int one = 1;

	must(one == 2);
}

static void keep_a_promise(void)
{
	int one = 1;

	must(one == 1);
}

static void broken_promises_end_the_process(void **state)
{
	assert_int_equal(death_of(ask_for_a_product_that_wraps), SIGABRT);
	assert_int_equal(death_of(break_a_promise), SIGABRT);
	assert_int_equal(death_of(keep_a_promise), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed),
		cmocka_unit_test(nothing_is_still_somewhere),
		cmocka_unit_test(resizing_keeps_what_was_there),
		cmocka_unit_test(large_areas_keep_what_was_there),
		cmocka_unit_test(aligned_memory_is_zeroed),
		cmocka_unit_test(a_string_is_copied),
		cmocka_unit_test(broken_promises_end_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
