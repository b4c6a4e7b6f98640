/*
 * store_power_test.c -- the power goes at every call that a change makes of the store.
 *
 * Real menus, SQLite and all, on the simulated store. Of what was not synced by then many random
 * choices reach the disk, torn between sectors of 512 bytes and of 4 KiB. What is there afterwards
 * is exactly the old or the new configuration, and the new one if it was acknowledged.
 *
 * STORE_SUBSETS=n in the environment: so many choices for each change, not SUBSETS.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../fuzz/small_router.h"
#include "conf/diff.h"
#include "conf/journal.h"
#include "lib/hash.h"
#include "sim/store.h"

#define SUBSETS 1200  /* of unsynced writes, for each change */
#define SEEN    65536 /* a power of two */

static const char base[] =
	"/ip/address/add address=192.168.88.1/24 interface=ether2 comment=note\n"
	"/ip/route/add dst-address=10.1.0.0/16 gateway=192.168.88.9\n"
	"/ip/route/add dst-address=10.2.0.0/16 gateway=192.168.88.9\n"
	"/ip/firewall/nat/add chain=srcnat out-interface=ether1 action=masquerade\n";

/* Each is one transaction. */
static const char *const changes[] = {
	"/ip/route/add dst-address=10.99.0.0/16 gateway=192.168.88.9 comment=\"two\\nlines\"",
	"/ip/firewall/filter/set 0 comment=changed",
	"/ip/firewall/filter/move 4 0",
	"/ip/route/remove [find dst-address=10.2.0.0/16]",
	"many", /* rows at once, on several pages */
	"/ip/firewall/address-list/remove [find list=many]",
};

static void many_put(struct text *out)
{
	for (unsigned i = 0; i < 120; i++)
		text_printf(
			out,
			"/ip/firewall/address-list/add list=many address=10.0.0.%u comment="
			"\"a comment that is long enough to fill a page when there are many\"\n",
			i + 1);
}

static bool run_line(struct small_router *s, const char *line)
{
	struct text script = { 0 }, out = { 0 };
	bool ok;

	if (strcmp(line, "many") == 0)
		many_put(&script);
	else
		text_printf(&script, "%s\n", line);
	ok = small_router_run(s, text_str(&script), script.len, &out);
	text_free(&script);
	text_free(&out);
	return ok;
}

/* What is in the store, read as at a start; NULL: it can't be. */
static struct conf_state *state_read(struct sim_store *sim)
{
	struct conf_state *state = state_new(menus_all);
	struct journal *journal = NULL;
	struct diag diag = { 0 };
	bool fresh = true;
	int error = journal_open(sim_store_door(sim), NULL, &journal, &fresh, &diag);

	if (error == 0 && !fresh)
		error = journal_load(journal, state, NULL, &diag);
	journal_close(journal);
	if (error == 0 && !fresh)
		return state;
	print_error("%s\n", diag.text);
	state_free(state);
	return NULL;
}

static bool same(const struct conf_state *a, const struct conf_state *b)
{
	struct diff diff = { 0 };
	bool same;

	diff_states(&diff, a, b);
	same = diff.n == 0 && a->revision == b->revision && a->next_id == b->next_id;
	diff_free(&diff);
	return same;
}

/* One change under test. */
struct trial {
	const char *line;
	struct sim_store *store; /* before it, nothing unsynced */
	struct conf_state *old, *new;
	uint64_t calls;          /* it makes */
	uint64_t cuts, distinct; /* tried; of those, what differed in what was on the disk */
	uint64_t olds, news;
	uint64_t seen[SEEN]; /* sums of what has been looked at already at this call */
};

static uint64_t sum_of(struct sim_store *sim)
{
	static const char *const names[] = { CONF_FILE, CONF_FILE "-wal" };
	static const struct hash_key key = { 1, 2 };
	uint64_t sums[2] = { 0, 0 };

	for (unsigned i = 0; i < 2; i++) {
		size_t len = 0;
		const uint8_t *bytes = sim_store_bytes(sim, names[i], &len);

		if (bytes != NULL)
			sums[i] = hash_bytes(&key, bytes, len) | 1;
	}
	return hash_words(&key, sums, 2) | 1;
}

static bool seen_before(struct trial *t, uint64_t sum)
{
	uint64_t at = sum % SEEN;

	while (t->seen[at] != 0 && t->seen[at] != sum)
		at = (at + 1) % SEEN;
	if (t->seen[at] == sum)
		return true;
	t->seen[at] = sum;
	t->distinct++;
	return false;
}

/* The power goes on a copy of @sim. */
static void cut_once(struct trial *t, const struct sim_store *sim, bool acknowledged, uint64_t seed)
{
	struct sim_random random = sim_random_make(seed);
	struct sim_store *copy = sim_store_copy(sim, &random);

	sim_store_sector(copy, seed % 2 == 0 ? 512 : 4096);
	sim_store_cut(copy);
	t->cuts++;
	if (!seen_before(t, sum_of(copy))) {
		struct conf_state *found = state_read(copy);

		if (found == NULL)
			fail_msg("%s: nothing can be read, seed %lu", t->line, (unsigned long)seed);
		if (acknowledged && !same(found, t->new))
			fail_msg("%s: acknowledged and lost, seed %lu", t->line,
			         (unsigned long)seed);
		if (!same(found, t->new) && !same(found, t->old))
			fail_msg("%s: torn, seed %lu", t->line, (unsigned long)seed);
		t->olds += same(found, t->old);
		t->news += same(found, t->new);
		state_free(found);
	}
	sim_store_free(copy);
}

static bool made(const struct trial *t, const struct small_router *s)
{
	const struct conf_state *running = conf_hold(s->conf);
	bool is_new = same(running, t->new);

	assert_true(is_new || same(running, t->old));
	conf_release(s->conf, running);
	return is_new;
}

/* The store dies at call @at of the change (the first is 1) and the power goes: @cuts ways of it.
 */
static void dies_at(struct trial *t, uint64_t at, uint64_t cuts)
{
	struct sim_random random = sim_random_make(at);
	struct sim_store *sim = sim_store_copy(t->store, &random);
	struct small_router s;
	bool ok;

	assert_int_equal(small_router_open_on(&s, sim_store_door(sim)), 0);
	sim_store_fail(sim, at, EIO);
	ok = run_line(&s, t->line);
	assert_true(ok == made(t, &s));
	small_router_close(&s); /* what this writes fails, too */
	memset(t->seen, 0, sizeof t->seen);
	for (uint64_t i = 0; i < cuts; i++)
		cut_once(t, sim, ok, at << 32 | i);
	sim_store_free(sim);
}

/* The change without any fault, on @sim. Returns how many calls it has made. */
static uint64_t carry_out(struct sim_store *sim, const char *line)
{
	struct small_router s;
	uint64_t calls;

	assert_int_equal(small_router_open_on(&s, sim_store_door(sim)), 0);
	calls = sim_store_calls(sim);
	assert_true(run_line(&s, line));
	calls = sim_store_calls(sim) - calls;
	small_router_close(&s);
	return calls;
}

static struct sim_store *settled(struct sim_store *sim, struct sim_random *random)
{
	struct store_file *file;
	struct store *store = sim_store_door(sim);

	assert_int_equal(store->open(store, CONF_FILE, false, &file), 0);
	assert_int_equal(store->sync(file), 0);
	store->close(file);
	assert_int_equal(store->sync_names(store), 0);
	return sim_store_copy(sim, random);
}

static uint64_t subsets(void)
{
	const char *asked = getenv("STORE_SUBSETS");

	return asked != NULL ? strtoull(asked, NULL, 10) : SUBSETS;
}

static void try_change(struct trial *t, struct sim_random *random)
{
	struct sim_store *after = settled(t->store, random);

	t->old = state_read(after);
	t->calls = carry_out(after, t->line);
	t->new = state_read(after);
	assert_non_null(t->old);
	assert_non_null(t->new);
	assert_false(same(t->old, t->new));
	for (uint64_t at = 1; at <= t->calls + 1; at++)
		dies_at(t, at, subsets() / (t->calls + 1) + 2);
	print_message("%.40s: %lu calls, %lu cuts, %lu distinct, %lu old, %lu new\n", t->line,
	              (unsigned long)t->calls, (unsigned long)t->cuts, (unsigned long)t->distinct,
	              (unsigned long)t->olds, (unsigned long)t->news);
	assert_true(t->olds > 0 && t->news > 0);
	state_free(t->old);
	state_free(t->new);
	sim_store_free(t->store);
	t->store = after;
}

static void old_or_new_wherever_the_power_goes(void **unused)
{
	struct sim_random random = sim_random_make(1);
	struct sim_store *sim = sim_store_new(&random);
	struct trial *t = mem_new(1, sizeof *t);

	(void)carry_out(sim, base);
	t->store = settled(sim, &random);
	sim_store_free(sim);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		t->line = changes[i];
		t->cuts = t->distinct = t->olds = t->news = 0;
		try_change(t, &random);
	}
	sim_store_free(t->store);
	mem_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_or_new_wherever_the_power_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
