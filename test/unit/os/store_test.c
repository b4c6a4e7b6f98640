#include "check.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "os/store.h"

static struct store *open_in(struct scratch *s)
{
	struct store *store;

	scratch_make(s);
	assert_int_equal(store_open(scratch_path(s, "store"), &store), 0);
	return store;
}

static void clean_up(struct scratch *s, struct store *store)
{
	store_close(store);
	assert_int_equal(rmdir(scratch_path(s, "store")), 0);
	scratch_remove(s, NULL);
}

static void what_was_written_is_read(void **state)
{
	struct scratch s;
	struct store *store = open_in(&s);
	struct store_file *file;
	char back[16] = { 0 };
	uint64_t size;

	assert_int_equal(store->open(store, "a", true, &file), 0);
	assert_int_equal(store->pwrite(file, "hello", 5, 3), 0);
	assert_int_equal(store->sync(file), 0);
	assert_int_equal(store->size(file, &size), 0);
	assert_int_equal(size, 8);
	assert_int_equal(store->pread(file, back, sizeof back, 0), 8);
	assert_memory_equal(back, "\0\0\0hello", 8);
	assert_int_equal(store->pread(file, back, 4, 6), 2);
	assert_int_equal(store->pread(file, back, 4, 100), 0);
	assert_int_equal(store->truncate(file, 4), 0);
	assert_int_equal(store->size(file, &size), 0);
	assert_int_equal(size, 4);
	store->close(file);
	assert_int_equal(store->remove(store, "a"), 0);
	assert_int_equal(store->sync_names(store), 0);
	clean_up(&s, store);
}

static void names_come_and_go(void **state)
{
	struct scratch s;
	struct store *store = open_in(&s);
	struct store_file *file;

	assert_int_equal(store->open(store, "a", false, &file), -ENOENT);
	assert_false(store->exists(store, "a"));
	assert_int_equal(store->open(store, "a", true, &file), 0);
	store->close(file);
	assert_true(store->exists(store, "a"));
	assert_int_equal(store->rename(store, "a", "b"), 0);
	assert_false(store->exists(store, "a"));
	assert_true(store->exists(store, "b"));
	assert_int_equal(store->rename(store, "a", "c"), -ENOENT);
	assert_int_equal(store->remove(store, "a"), -ENOENT);
	assert_int_equal(store->remove(store, "b"), 0);
	clean_up(&s, store);
}

static void nothing_outside_is_reached(void **state)
{
	static const char *const names[] = { "", ".", "..", "/etc/passwd", "../x", "a/b" };
	struct scratch s;
	struct store *store = open_in(&s);
	struct store_file *file;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(store->open(store, names[i], true, &file), -EINVAL);
		assert_int_equal(store->rename(store, "a", names[i]), -EINVAL);
		assert_int_equal(store->rename(store, names[i], "a"), -EINVAL);
		assert_int_equal(store->remove(store, names[i]), -EINVAL);
		assert_false(store->exists(store, names[i]));
	}
	assert_int_equal(symlink("/etc/passwd", scratch_path(&s, "store/link")), 0);
	assert_int_equal(store->open(store, "link", false, &file), -ELOOP);
	assert_int_equal(store->remove(store, "link"), 0);
	assert_int_equal(mkfifo(scratch_path(&s, "store/fifo"), 0600), 0);
	assert_int_equal(store->open(store, "fifo", false, &file), -EINVAL);
	assert_int_equal(store->remove(store, "fifo"), 0);
	clean_up(&s, store);
}

static void others_can_read_nothing(void **state)
{
	struct scratch s;
	struct store *store = open_in(&s);
	struct store_file *file;
	struct stat st;

	assert_int_equal(store->open(store, "a", true, &file), 0);
	store->close(file);
	assert_int_equal(stat(scratch_path(&s, "store"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(scratch_path(&s, "store/a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(store->remove(store, "a"), 0);
	clean_up(&s, store);
}

static void two_routers_do_not_share_one(void **state)
{
	struct scratch s;
	struct store *store = open_in(&s);
	struct store *second;

	assert_int_equal(store_open(scratch_path(&s, "store"), &second), -EWOULDBLOCK);
	store_close(store);
	assert_int_equal(store_open(scratch_path(&s, "store"), &second), 0);
	clean_up(&s, second);
}

/* The kernel takes 5000 bytes of 8192 and refuses the rest: what is asked for is all or an error.
 */
static void half_of_a_write_is_a_failure(void **state)
{
	struct scratch s;
	struct store *store = open_in(&s);
	struct store_file *file;
	struct rlimit before, less;
	char block[8192];
	uint64_t size;
	int error;

	memset(block, 'x', sizeof block);
	assert_int_equal(store->open(store, "a", true, &file), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	less = (struct rlimit){ .rlim_cur = 5000, .rlim_max = before.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
	error = store->pwrite(file, block, sizeof block, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(error, -EFBIG);
	assert_int_equal(store->size(file, &size), 0);
	assert_int_equal(size, 5000);
	assert_int_equal(store->pwrite(file, block, sizeof block, 0), 0);
	assert_int_equal(store->size(file, &size), 0);
	assert_int_equal(size, sizeof block);
	store->close(file);
	assert_int_equal(store->remove(store, "a"), 0);
	clean_up(&s, store);
}

static void a_path_that_can_not_be_is_told(void **state)
{
	struct store *store;

	assert_int_equal(store_open("/dev/null/x", &store), -ENOTDIR);
	assert_int_equal(store_open("/no-such-place/x", &store), -ENOENT);
	assert_int_equal(store_open("/dev/null", &store), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(names_come_and_go),
		cmocka_unit_test(nothing_outside_is_reached),
		cmocka_unit_test(others_can_read_nothing),
		cmocka_unit_test(two_routers_do_not_share_one),
		cmocka_unit_test(half_of_a_write_is_a_failure),
		cmocka_unit_test(a_path_that_can_not_be_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
