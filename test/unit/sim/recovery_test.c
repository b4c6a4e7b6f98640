/*
 * recovery_test.c -- a store that is damaged: nothing is lost silently, and no start is empty.
 *
 * Real menus on the simulated store. STORE_FLIPS=n in the environment: so many kinds of damage, not
 * FLIPS.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../fuzz/small_router.h"
#include "conf/readable.h"
#include "conf/spare.h"
#include "sim/store.h"

#define FLIPS 160
#define CUTS  2 /* ways for the power to go, at each call */

static const char base[] =
	"/ip/address/add address=192.168.88.1/24 interface=ether2 comment=note\n"
	"/ip/route/add dst-address=10.1.0.0/16 gateway=192.168.88.9\n"
	"/ip/firewall/nat/add chain=srcnat out-interface=ether1 action=masquerade\n"
	"/ip/firewall/filter/move 4 0\n"
	"/interface/ethernet/set ether1 comment=\"two\\nlines, \\\"quoted\\\"\"\n";
static const char later[] = "/ip/route/add dst-address=10.2.0.0/16 gateway=192.168.88.9\n";

static void run_lines(struct small_router *s, const char *lines)
{
	struct text out = { 0 };

	if (!small_router_run(s, lines, strlen(lines), &out))
		fail_msg("%s", text_str(&out));
	text_free(&out);
}

/* Time passes, and what is kept by and by is kept. */
static void wait_s(struct small_router *s, uint64_t seconds)
{
	for (uint64_t i = 0; i < seconds; i++) {
		s->clock.now = mono_add_s(s->clock.now, 1);
		(void)manage_turn(s->manage, s->clock.now);
	}
}

static void start(struct small_router *s, struct sim_store *sim)
{
	if (small_router_open_on(s, sim_store_door(sim)) != 0)
		fail_msg("%s", s->diag.text);
}

static char *exported(struct small_router *s)
{
	struct text out = { 0 };
	char *kept;

	conf_export(s->conf, &(struct export_options){ .show_sensitive = true }, &out);
	kept = mem_strdup(strchr(text_str(&out), '\n')); /* without the line of when */
	text_free(&out);
	return kept;
}

/* A store as it is after a while: the spare is one change behind the rest. */
struct used {
	struct sim_random random;
	struct sim_store *store;
	char *before, *now; /* what the spare and the rest hold */
};

static void use(struct used *used)
{
	struct small_router s;

	*used = (struct used){ .random = sim_random_make(3) };
	used->store = sim_store_new(&used->random);
	start(&s, used->store);
	run_lines(&s, base);
	wait_s(&s, 10);
	used->before = exported(&s);
	run_lines(&s, later);
	wait_s(&s, 10);
	used->now = exported(&s);
	small_router_close(&s);
	assert_string_not_equal(used->before, used->now);
}

static void used_free(struct used *used)
{
	sim_store_free(used->store);
	mem_free(used->before);
	mem_free(used->now);
}

static bool is_there(struct sim_store *sim, const char *name)
{
	return sim_store_door(sim)->exists(sim_store_door(sim), name);
}

static void flip(struct sim_store *sim, const char *name, size_t byte)
{
	size_t len;
	uint8_t *bytes = sim_store_bytes(sim, name, &len);

	assert_non_null(bytes);
	assert_true(byte < len);
	bytes[byte] ^= 1;
}

/* A bit of the first place where the database holds @text. */
static void flip_in(struct sim_store *sim, const char *text)
{
	size_t len;
	uint8_t *bytes = sim_store_bytes(sim, CONF_FILE, &len);
	uint8_t *at = memmem(bytes, len, text, strlen(text));

	assert_non_null(at);
	at[0] ^= 1;
}

static void expect_export(struct small_router *s, const char *expected)
{
	char *export = exported(s);

	assert_string_equal(export, expected);
	mem_free(export);
}

static void expect_notice(const struct small_router *s, const char *words)
{
	const char *notice = recovery_notice(s->manage);

	assert_non_null(notice);
	if (strstr(notice, words) == NULL)
		fail_msg("no \"%s\" in: %s", words, notice);
}

static void the_text_is_newer_than_the_spare(void **unused)
{
	struct used used;
	struct small_router s;

	use(&used);
	flip_in(used.store, "10.1.0.0");
	start(&s, used.store);
	expect_export(&s, used.now);
	expect_notice(&s, "config.db is damaged (a row's checksum is wrong)\n");
	expect_notice(&s, "recovered from config.txt; the history of changes is lost\n");
	expect_notice(&s, "no change is missing");
	expect_notice(&s, "kept as config.db.damaged-");
	run_lines(&s, "/ip/route/remove [find dst-address=10.2.0.0/16]\n");
	expect_export(&s, used.before);
	small_router_close(&s);
	start(&s, used.store);
	expect_export(&s, used.before);
	small_router_close(&s);
	used_free(&used);
}

static void the_spare_has_the_history(void **unused)
{
	struct used used;
	struct small_router s;

	use(&used);
	start(&s, used.store);
	wait_s(&s, KEEPER_SPARE_S + 10);
	small_router_close(&s);
	flip_in(used.store, "10.1.0.0");
	start(&s, used.store);
	expect_export(&s, used.now);
	expect_notice(&s, "recovered from config.db.1\n");
	expect_notice(&s, "no change is missing");
	small_router_close(&s);
	used_free(&used);
}

static void what_is_missing_is_told(void **unused)
{
	struct used used;
	struct small_router s;

	use(&used);
	flip_in(used.store, "10.1.0.0");
	flip(used.store, READABLE_FILE, 300);
	start(&s, used.store);
	expect_export(&s, used.before);
	expect_notice(&s, "recovered from config.db.1\n");
	expect_notice(&s, "is missing");
	small_router_close(&s);
	used_free(&used);
}

/* Rows that are whole need nothing else; the file is made anew all the same. */
static void a_damaged_history_costs_no_row(void **unused)
{
	struct used used;
	struct small_router s;
	struct store *store;

	use(&used);
	store = sim_store_door(used.store);
	assert_int_equal(store->remove(store, READABLE_FILE), 0);
	assert_int_equal(store->remove(store, SPARE_FILE), 0);
	sim_store_resize(used.store, CONF_FILE, 200000);
	start(&s, used.store);
	expect_export(&s, used.now);
	small_router_close(&s);
	used_free(&used);
}

static void with_nothing_whole_there_is_no_start(void **unused)
{
	struct used used;
	struct small_router s;

	use(&used);
	flip_in(used.store, "10.1.0.0");
	flip(used.store, READABLE_FILE, 300);
	sim_store_resize(used.store, SPARE_FILE, 5000);
	assert_int_equal(small_router_open_on(&s, sim_store_door(used.store)), -EUCLEAN);
	assert_string_equal(s.diag.text,
	                    "config.db is damaged (a row's checksum is wrong). Put a copy of it "
	                    "back, or, to start with a fresh configuration, remove it and "
	                    "config.kept. config.db.1 is damaged, too, config.txt is damaged, too");
	small_router_close(&s);
	used_free(&used);
}

static void the_notice_stays_until_a_change(void **unused)
{
	struct used used;
	struct small_router s;

	use(&used);
	sim_store_resize(used.store, CONF_FILE, 0); /* as if it had been emptied */
	for (unsigned i = 0; i < 3; i++) {
		start(&s, used.store);
		wait_s(&s, 10);
		expect_export(&s, used.now);
		expect_notice(&s, "it is empty, although it once held a configuration");
		small_router_close(&s);
	}
	start(&s, used.store);
	run_lines(&s, "/ip/route/set 0 comment=seen\n");
	wait_s(&s, 1);
	assert_null(recovery_notice(s.manage));
	small_router_close(&s);
	assert_false(is_there(used.store, RECOVERY_NOTICE_FILE));
	start(&s, used.store);
	assert_null(recovery_notice(s.manage));
	small_router_close(&s);
	used_free(&used);
}

/* Somebody puts an old copy of the database back: what the text has more of is not written over. */
static void an_older_database_is_noticed(void **unused)
{
	struct used used;
	struct small_router s;
	struct store *store;

	use(&used);
	store = sim_store_door(used.store);
	assert_int_equal(spare_copy(store, SPARE_FILE, CONF_FILE), 0);
	start(&s, used.store);
	expect_export(&s, used.before);
	expect_notice(&s, "an older one was put there, or changes were lost");
	expect_notice(&s, "kept as config.txt.newer-");
	small_router_close(&s);
	used_free(&used);
}

/* A call that fails once at the start: the next try reads all that is there. */
static void an_error_that_passes_is_no_damage(void **unused)
{
	struct used used;
	struct small_router s;

	use(&used);
	for (uint64_t at = 2; at < 12; at++) {
		struct sim_store *copy = sim_store_copy(used.store, &used.random);

		sim_store_fail_once(copy, at, EIO);
		start(&s, copy); /* once is not twice */
		expect_export(&s, used.now);
		assert_null(recovery_notice(s.manage));
		small_router_close(&s);
		sim_store_free(copy);
	}
	used_free(&used);
}

/*
 * The type of a stored value is a number before it: one bit makes bytes of a text, and the row
 * would belong to no menu. The byte is found by trying all of them.
 */
static void no_row_is_lost_by_its_type(void **unused)
{
	struct used used;
	size_t len, at;
	const uint8_t *bytes, *found;

	use(&used);
	bytes = sim_store_bytes(used.store, CONF_FILE, &len);
	found = memmem(bytes, len, "/ip/route", 9); /* of a row, or of the history: all are tried */
	assert_non_null(found);
	for (at = (size_t)(found - bytes) - 12; at < (size_t)(found - bytes); at++) {
		struct sim_store *copy = sim_store_copy(used.store, &used.random);
		struct small_router s;

		flip(copy, CONF_FILE, at);
		start(&s, copy);
		expect_export(&s, used.now);
		small_router_close(&s);
		sim_store_free(copy);
	}
	used_free(&used);
}

static const char *some_file(struct sim_random *random)
{
	uint32_t drawn = sim_random_below(random, 10);

	return drawn < 8 ? CONF_FILE : drawn == 8 ? SPARE_FILE : READABLE_FILE;
}

/* A lost bit may make the format's number a newer one's: that is refused, in words. */
static bool another_version(const struct small_router *s)
{
	return strstr(s->diag.text, "was written by another version of Towpath") != NULL;
}

static void damage(struct sim_store *sim, const char *name, struct sim_random *random)
{
	size_t len;
	uint8_t *bytes = sim_store_bytes(sim, name, &len);
	uint32_t flips = sim_random_chance(random, 9000) ? 1 : 20;

	assert_non_null(bytes);
	if (sim_random_chance(random, 1000)) {
		sim_store_resize(sim, name, sim_random_below(random, (uint32_t)len));
		return;
	}
	for (uint32_t i = 0; i < flips; i++) {
		uint32_t at = sim_random_below(random, (uint32_t)len);
		uint32_t bit = sim_random_below(random, 8);

		bytes[at] ^= (uint8_t)(1U << bit);
	}
}

static unsigned flips(void)
{
	const char *asked = getenv("STORE_FLIPS");

	return asked != NULL ? (unsigned)strtoul(asked, NULL, 10) : FLIPS;
}

/* With one file damaged, whichever it is, everything is there, and can be changed. */
static void any_one_file_may_be_damaged(void **unused)
{
	struct used used;
	unsigned told = 0, refused = 0, n = flips();

	use(&used);
	for (unsigned i = 0; i < n; i++) {
		struct sim_random random = sim_random_make(i);
		struct sim_store *copy = sim_store_copy(used.store, &random);
		struct small_router s;

		damage(copy, some_file(&random), &random);
		if (small_router_open_on(&s, sim_store_door(copy)) != 0) {
			if (!another_version(&s))
				fail_msg("%u: %s", i, s.diag.text);
			small_router_close(&s);
			sim_store_free(copy);
			refused++;
			continue;
		}
		expect_export(&s, used.now);
		told += recovery_notice(s.manage) != NULL;
		if (i % 16 == 0) {
			run_lines(&s, "/ip/route/set 0 comment=on\n");
			wait_s(&s, KEEPER_SPARE_S + 10);
			assert_true(s.manage->keeper.spare.revision ==
			            s.manage->keeper.text.revision);
		}
		small_router_close(&s);
		sim_store_free(copy);
	}
	print_message(
		"%u damaged stores: %u recovered and told, %u with nothing to tell, %u refused\n",
		n, told, n - told - refused, refused);
	assert_true(told > n / 8 && told < n && refused < n / 100 + 2);
	used_free(&used);
}

/* SQLite's first hundred bytes say how all others are read: what is noticed, is so at the start. */
static void any_byte_of_the_head_may_be_damaged(void **unused)
{
	struct used used;

	use(&used);
	for (unsigned at = 0; at < 100; at++) {
		struct sim_random random = sim_random_make(at);
		struct sim_store *copy = sim_store_copy(used.store, &random);
		struct small_router s;
		size_t len;
		uint8_t *bytes = sim_store_bytes(copy, CONF_FILE, &len);

		bytes[at] ^= (uint8_t)(1U << sim_random_below(&random, 8));
		if (small_router_open_on(&s, sim_store_door(copy)) != 0) {
			assert_true(another_version(&s));
			small_router_close(&s);
			sim_store_free(copy);
			continue;
		}
		expect_export(&s, used.now);
		run_lines(&s, "/ip/route/set 0 comment=on\n");
		small_router_close(&s);
		sim_store_free(copy);
	}
	used_free(&used);
}

/* With all of them damaged it may not start; never does it start on less without a word. */
static void all_files_may_be_damaged(void **unused)
{
	unsigned ends[4] = { 0 }, n = flips() / 4;
	struct used used;

	use(&used);
	for (unsigned i = 0; i < n; i++) {
		struct sim_random random = sim_random_make(i + 1000000);
		struct sim_store *copy = sim_store_copy(used.store, &random);
		struct small_router s;
		char *export = NULL;

		damage(copy, CONF_FILE, &random);
		damage(copy, SPARE_FILE, &random);
		damage(copy, READABLE_FILE, &random);
		if (small_router_open_on(&s, sim_store_door(copy)) != 0) {
			assert_non_null(strstr(s.diag.text, CONF_FILE));
			ends[0]++;
		} else {
			export = exported(&s);
			if (strcmp(export, used.now) == 0) {
				ends[recovery_notice(s.manage) != NULL ? 1 : 2]++;
			} else {
				assert_string_equal(export, used.before);
				assert_non_null(recovery_notice(s.manage));
				ends[3]++;
			}
		}
		mem_free(export);
		small_router_close(&s);
		sim_store_free(copy);
	}
	print_message("%u stores: %u refused, %u recovered whole, %u not touched, %u older, told\n",
	              n, ends[0], ends[1], ends[2], ends[3]);
	assert_true(ends[0] > 0 && ends[2] > 0 && ends[3] > 0);
	used_free(&used);
}

/* The power goes while the damaged store is being put right: the next start does it again. */
static void power_may_go_while_recovering(void **unused)
{
	struct used used;
	struct sim_store *without;
	struct store_file *file;
	struct store *store;
	bool reached = true;

	use(&used);
	flip_in(used.store, "10.1.0.0");
	assert_int_equal(sim_store_door(used.store)
	                         ->open(sim_store_door(used.store), CONF_FILE, false, &file),
	                 0);
	assert_int_equal(file->store->sync(file), 0); /* the damage is on the disk */
	file->store->close(file);
	without = sim_store_copy(used.store, &used.random);
	store = sim_store_door(without);
	assert_int_equal(store->remove(store, READABLE_FILE), 0); /* so that it is by the spare */
	assert_int_equal(store->sync_names(store), 0);
	for (unsigned spare = 0; spare < 2; spare++, reached = true) {
		for (uint64_t at = 1; reached; at++) {
			for (uint64_t seed = 0; seed < CUTS; seed++) {
				struct sim_random random = sim_random_make(at << 8 | seed);
				struct sim_store *copy =
					sim_store_copy(spare ? without : used.store, &random);
				struct small_router s;
				uint64_t calls = sim_store_calls(copy);

				sim_store_sector(copy, seed % 2 == 0 ? 512 : 4096);
				sim_store_fail(copy, at, EIO);
				(void)small_router_open_on(&s, sim_store_door(copy));
				reached = sim_store_calls(copy) - calls >= at;
				small_router_close(&s);
				sim_store_fail(copy, 0, 0);
				sim_store_cut(copy);
				start(&s, copy);
				expect_export(&s, spare ? used.before : used.now);
				assert_true(recovery_notice(s.manage) != NULL || !reached ||
				            is_there(copy, CONF_FILE));
				small_router_close(&s);
				sim_store_free(copy);
			}
		}
	}
	sim_store_free(without);
	used_free(&used);
}

/* Text and spare are the old or the new one, wherever the power goes while they are written. */
static void power_may_go_while_keeping(void **unused)
{
	struct used used;
	bool reached = true;

	use(&used);
	for (uint64_t at = 1; reached; at++) {
		for (uint64_t seed = 0; seed < CUTS; seed++) {
			struct sim_random random = sim_random_make(at << 8 | seed);
			struct sim_store *copy = sim_store_copy(used.store, &random);
			struct small_router s;
			struct readable readable;
			struct text text = { 0 };
			uint64_t calls, spare;

			start(&s, copy);
			run_lines(&s, "/ip/route/set 0 comment=on\n");
			sim_store_sector(copy, seed % 2 == 0 ? 512 : 4096);
			calls = sim_store_calls(copy);
			sim_store_fail(copy, at, ENOSPC);
			wait_s(&s, 10);
			reached = sim_store_calls(copy) - calls >= at;
			small_router_close(&s);
			sim_store_fail(copy, 0, 0);
			sim_store_cut(copy);
			assert_int_equal(readable_read(sim_store_door(copy), &text, &readable), 0);
			assert_int_equal(spare_check(sim_store_door(copy), &spare), 0);
			text_free(&text);
			start(&s, copy);
			assert_null(recovery_notice(s.manage));
			small_router_close(&s);
			sim_store_free(copy);
		}
	}
	used_free(&used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_newer_than_the_spare),
		cmocka_unit_test(the_spare_has_the_history),
		cmocka_unit_test(what_is_missing_is_told),
		cmocka_unit_test(a_damaged_history_costs_no_row),
		cmocka_unit_test(with_nothing_whole_there_is_no_start),
		cmocka_unit_test(the_notice_stays_until_a_change),
		cmocka_unit_test(an_older_database_is_noticed),
		cmocka_unit_test(an_error_that_passes_is_no_damage),
		cmocka_unit_test(no_row_is_lost_by_its_type),
		cmocka_unit_test(any_one_file_may_be_damaged),
		cmocka_unit_test(any_byte_of_the_head_may_be_damaged),
		cmocka_unit_test(all_files_may_be_damaged),
		cmocka_unit_test(power_may_go_while_recovering),
		cmocka_unit_test(power_may_go_while_keeping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
