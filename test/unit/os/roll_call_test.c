#include "../unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "os/roll_call.h"

struct seen {
	uint64_t ids[16];
	unsigned n;
};

static void note(void *arg, uint64_t id)
{
	struct seen *seen = arg;

	assert_true(seen->n < ARRAY_LEN(seen->ids));
	seen->ids[seen->n++] = id;
}

static unsigned here(const struct roll_call *roll, uint64_t id)
{
	struct seen seen = { .n = 0 };
	unsigned times = 0;

	assert_int_equal(roll_call_take(roll, note, &seen), 0);
	for (unsigned i = 0; i < seen.n; i++)
		times += seen.ids[i] == id;
	return times;
}

static void who_is_closed_everywhere_is_gone(void **state)
{
	struct roll_call roll;
	int first = socket(AF_UNIX, SOCK_STREAM, 0), second = socket(AF_UNIX, SOCK_STREAM, 0), copy;

	assert_int_equal(roll_call_open(&roll), 0);
	assert_int_equal(roll_call_add(&roll, first, UINT64_MAX - 1), 0);
	assert_int_equal(roll_call_add(&roll, second, 2), 0);
	assert_int_equal(here(&roll, UINT64_MAX - 1), 1);
	assert_int_equal(here(&roll, 2), 1);

	copy = dup(first);
	close(first);
	assert_int_equal(here(&roll, UINT64_MAX - 1), 1);
	close(copy);
	assert_int_equal(here(&roll, UINT64_MAX - 1), 0);
	assert_int_equal(here(&roll, 2), 1);
	close(second);
	assert_int_equal(here(&roll, 2), 0);
	roll_call_close(&roll);
}

static void who_is_taken_off_is_not_called(void **state)
{
	struct roll_call roll;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), copy = dup(fd);

	assert_int_equal(roll_call_open(&roll), 0);
	assert_int_equal(roll_call_add(&roll, fd, 5), 0);
	/* By another descriptor of the same socket. */
	roll_call_remove(&roll, copy);
	assert_int_equal(here(&roll, 5), 0);
	roll_call_remove(&roll, copy);
	assert_int_equal(roll_call_add(&roll, copy, 6), 0);
	assert_int_equal(here(&roll, 6), 1);
	close(fd);
	close(copy);
	roll_call_close(&roll);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_closed_everywhere_is_gone),
		cmocka_unit_test(who_is_taken_off_is_not_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
