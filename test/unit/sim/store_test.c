/* store_test.c -- the simulated disk: does it keep what it must, and lose what it may? */
#include "unit.h"

#include <errno.h>

#include "sim/store.h"

static struct store_file *open_file(struct sim_store *sim, const char *name)
{
	struct store *store = sim_store_door(sim);
	struct store_file *file = NULL;

	assert_int_equal(store->open(store, name, true, &file), 0);
	return file;
}

static void what_was_synced_survives_any_cut(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct sim_random random = sim_random_make(seed);
		struct sim_store *sim = sim_store_new(&random);
		struct store *store = sim_store_door(sim);
		struct store_file *file = open_file(sim, "a");
		char bytes[8] = { 0 };

		assert_int_equal(store->pwrite(file, "old text", 8, 0), 0);
		assert_int_equal(store->sync(file), 0);
		assert_int_equal(store->sync_names(store), 0);
		assert_int_equal(store->pwrite(file, "NEW", 3, 0), 0);
		store->close(file);
		sim_store_cut(sim);
		file = open_file(sim, "a");
		assert_int_equal(store->pread(file, bytes, 8, 0), 8);
		assert_true(memcmp(bytes, "old text", 8) == 0 || memcmp(bytes, "NEW text", 8) == 0);
		store->close(file);
		sim_store_free(sim);
	}
}

/* Without sync, each of these is seen at some seed: nothing, either write alone, both, a part. */
static void unsynced_writes_are_lost_reordered_and_torn(void **state)
{
	uint8_t block[2048], got[4096];
	bool first_only = false, second_only = false, both = false, torn = false;

	(void)state;
	memset(block, 'x', sizeof block);
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct sim_random random = sim_random_make(seed);
		struct sim_store *sim = sim_store_new(&random);
		struct store *store = sim_store_door(sim);
		struct store_file *file = open_file(sim, "a");
		bool a, b;

		memset(got, 0, sizeof got);
		assert_int_equal(store->sync_names(store), 0);
		assert_int_equal(store->pwrite(file, block, sizeof block, 0), 0);
		assert_int_equal(store->pwrite(file, block, sizeof block, sizeof block), 0);
		store->close(file);
		sim_store_cut(sim);
		file = open_file(sim, "a");
		assert_true(store->pread(file, got, sizeof got, 0) >= 0);
		a = got[0] == 'x';
		b = got[2048] == 'x';
		first_only |= a && !b;
		second_only |= b && !a;
		both |= a && b;
		torn |= (a && got[2047] != 'x') || (b && got[4095] != 'x');
		store->close(file);
		sim_store_free(sim);
	}
	assert_true(first_only && second_only && both && torn);
}

static void names_are_kept_in_order(void **state)
{
	bool old_name = false, new_name = false;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct sim_random random = sim_random_make(seed);
		struct sim_store *sim = sim_store_new(&random);
		struct store *store = sim_store_door(sim);

		store->close(open_file(sim, "a"));
		assert_int_equal(store->sync_names(store), 0);
		assert_int_equal(store->rename(store, "a", "b"), 0);
		assert_true(store->exists(store, "b"));
		sim_store_cut(sim);
		assert_true(store->exists(store, "a") != store->exists(store, "b"));
		old_name |= store->exists(store, "a");
		new_name |= store->exists(store, "b");
		sim_store_free(sim);
	}
	assert_true(old_name && new_name);
}

static void calls_fail_when_told(void **state)
{
	struct sim_random random = sim_random_make(1);
	struct sim_store *sim = sim_store_new(&random);
	struct store *store = sim_store_door(sim);
	struct store_file *file = open_file(sim, "a");

	(void)state;
	sim_store_fail(sim, 2, EIO);
	assert_int_equal(store->pwrite(file, "x", 1, 0), 0);
	assert_int_equal(store->pwrite(file, "x", 1, 0), -EIO);
	assert_int_equal(store->sync(file), -EIO);
	sim_store_fail(sim, 0, 0);
	assert_int_equal(store->sync(file), 0);
	assert_int_equal(store->open(store, "none", false, &(struct store_file *){ NULL }),
	                 -ENOENT);
	store->close(file);
	sim_store_free(sim);
}

static void a_write_that_fails_leaves_its_half(void **state)
{
	struct sim_random random = sim_random_make(1);
	struct sim_store *sim = sim_store_new(&random);
	struct store *store = sim_store_door(sim);
	struct store_file *file = open_file(sim, "a");
	uint64_t size, calls = sim_store_calls(sim);

	(void)state;
	sim_store_fail_once(sim, 1, ENOSPC);
	assert_int_equal(store->pwrite(file, "eight by", 8, 0), -ENOSPC);
	assert_int_equal(store->size(file, &size), 0);
	assert_int_equal(size, 4);
	assert_int_equal(store->pwrite(file, "eight by", 8, 0), 0);
	assert_int_equal(sim_store_calls(sim), calls + 3);
	store->close(file);
	sim_store_free(sim);
}

/* Sectors lie at multiples of their size in the file, wherever a write begins. */
static void a_sector_is_whole_or_not_there(void **state)
{
	static const uint32_t sizes[] = { 512, 4096 };
	bool torn[2] = { false, false };

	(void)state;
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct sim_random random = sim_random_make(seed);
		struct sim_store *sim = sim_store_new(&random);
		struct store *store = sim_store_door(sim);
		struct store_file *file = open_file(sim, "a");
		uint8_t block[16384];
		uint32_t sector = sizes[seed % 2];
		size_t len = 0, there = 0;
		const uint8_t *bytes;

		memset(block, 'x', sizeof block);
		assert_int_equal(store->truncate(file, sizeof block), 0);
		assert_int_equal(store->sync(file), 0);
		assert_int_equal(store->sync_names(store), 0);
		assert_int_equal(store->pwrite(file, block, sizeof block - 100, 100), 0);
		store->close(file);
		sim_store_sector(sim, sector);
		sim_store_cut(sim);
		bytes = sim_store_bytes(sim, "a", &len);
		assert_int_equal(len, sizeof block);
		for (size_t at = 0; at < len; at += sector) {
			size_t first = at == 0 ? 100 : at;

			for (size_t i = first; i < at + sector; i++)
				assert_int_equal(bytes[i], bytes[first]);
			there += bytes[first] == 'x';
		}
		torn[seed % 2] |= there > 0 && there < len / sector;
		sim_store_free(sim);
	}
	assert_true(torn[0] && torn[1]);
}

static void a_copy_goes_its_own_way(void **state)
{
	struct sim_random random = sim_random_make(1);
	struct sim_store *sim = sim_store_new(&random), *copy;
	struct store_file *file = open_file(sim, "a");
	size_t len;

	(void)state;
	assert_int_equal(sim_store_door(sim)->pwrite(file, "one", 3, 0), 0);
	copy = sim_store_copy(sim, &random);
	assert_int_equal(sim_store_door(sim)->pwrite(file, "two", 3, 3), 0);
	assert_non_null(sim_store_bytes(copy, "a", &len));
	assert_int_equal(len, 3);
	sim_store_resize(copy, "a", 1);
	assert_memory_equal(sim_store_bytes(sim, "a", &len), "onetwo", 6);
	sim_store_door(sim)->close(file);
	sim_store_free(sim);
	sim_store_free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_synced_survives_any_cut),
		cmocka_unit_test(unsynced_writes_are_lost_reordered_and_torn),
		cmocka_unit_test(names_are_kept_in_order),
		cmocka_unit_test(calls_fail_when_told),
		cmocka_unit_test(a_write_that_fails_leaves_its_half),
		cmocka_unit_test(a_sector_is_whole_or_not_there),
		cmocka_unit_test(a_copy_goes_its_own_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
