/* Watches get every change once and in order, however seldom they ask. */
#include "fixture.h"
#include "seeded.h"

#include "conf/watch.h"

#define ROWS    30
#define ROUNDS  300
#define WATCHES 6

/* The naive way: a list of ids and values. */
struct list {
	uint32_t id[ROWS];
	uint64_t value[ROWS];
	size_t n;
};

static struct list list_of(struct rows rows)
{
	struct list list = { .n = rows.n };

	assert_true(rows.n <= ROWS);
	for (size_t i = 0; i < rows.n; i++) {
		list.id[i] = rows.at[i]->id;
		list.value[i] =
			((const struct rule_row *)(const void *)rows.at[i]->body)->timeout_ms;
	}
	return list;
}

static size_t list_find(const struct list *list, uint32_t id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->id[i] == id)
			return i;
	return list->n;
}

static void list_take(struct list *list, size_t at)
{
	assert_true(at < list->n);
	list->n--;
	memmove(&list->id[at], &list->id[at + 1], (list->n - at) * sizeof list->id[0]);
	memmove(&list->value[at], &list->value[at + 1], (list->n - at) * sizeof list->value[0]);
}

static void list_put(struct list *list, uint32_t id, uint64_t value, uint32_t before)
{
	size_t at = before != 0 ? list_find(list, before) : list->n;

	assert_true(list->n < ROWS && list_find(list, id) == list->n);
	memmove(&list->id[at + 1], &list->id[at], (list->n - at) * sizeof list->id[0]);
	memmove(&list->value[at + 1], &list->value[at], (list->n - at) * sizeof list->value[0]);
	list->id[at] = id;
	list->value[at] = value;
	list->n++;
}

static void apply(struct list *list, const struct change *change)
{
	const struct row *row = change->new;
	uint64_t value =
		row != NULL ? ((const struct rule_row *)(const void *)row->body)->timeout_ms : 0;

	switch (change->kind) {
	case CHANGE_REMOVE:
		list_take(list, list_find(list, change->old->id));
		break;
	case CHANGE_SET:
		assert_true(list_find(list, row->id) < list->n);
		list->value[list_find(list, row->id)] = value;
		break;
	case CHANGE_ADD:
		list_put(list, row->id, value, change->before);
		break;
	case CHANGE_MOVE:
		list_take(list, list_find(list, row->id));
		list_put(list, row->id, value, change->before);
		break;
	case CHANGE_PLACE:
		break;
	}
}

static void expect_same(const struct list *a, const struct list *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->id[i], b->id[i]);
		assert_int_equal(a->value[i], b->value[i]);
	}
}

static uint32_t draw(struct seeded *seed, uint32_t below)
{
	return (uint32_t)(seeded_next(seed) % below);
}

struct watcher {
	struct watch *watch;
	struct list list; /* by the changes alone */
	size_t seen;      /* of the published lists */
	size_t every;     /* asks after so many transactions */
	size_t joins;
};

struct world {
	struct fixture f;
	struct list published[ROUNDS * 20];
	size_t n;
	struct watcher watchers[WATCHES];
};

static struct list now(struct fixture *f)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct list list = list_of(conf_state_rows(state, "/ip/rule"));

	conf_release(f->conf, state);
	return list;
}

static uint32_t any(const struct list *list, struct seeded *seed)
{
	return list->n > 0 ? list->id[draw(seed, (uint32_t)list->n)] : 0;
}

static void remember(struct world *w)
{
	assert_true(w->n < ARRAY_LEN(w->published));
	w->published[w->n++] = now(&w->f);
}

static void change(struct world *w, struct seeded *seed)
{
	const struct list list = now(&w->f);
	uint32_t id = any(&list, seed), before = any(&list, seed);
	struct text value = { 0 };
	struct request *request;

	text_printf(&value, "%u", draw(seed, 1000) + 1);
	switch (draw(seed, 5)) {
	case 0:
		if (list.n < ROWS - 1 &&
		    fixture_add(&w->f, "/ip/rule", "timeout", text_str(&value)) != 0)
			remember(w);
		break;
	case 1:
		if (id != 0 && fixture_remove(&w->f, "/ip/rule", id))
			remember(w);
		break;
	case 2:
		request = fixture_make(&w->f, VERB_MOVE, "/ip/rule", id, NULL);
		request->place_before = before;
		if (id != 0 && id != before && fixture_do(&w->f, request))
			remember(w);
		break;
	case 3: /* another menu's */
		assert_true(fixture_set(&w->f, "/ip/settings", 0, "identity", text_str(&value)));
		break;
	default:
		if (id != 0 && fixture_set(&w->f, "/ip/rule", id, "timeout", text_str(&value)))
			remember(w);
	}
	text_free(&value);
}

/* Lists that are equal in a row count once: a change that changed nothing publishes nothing. */
static void skip_equal(struct world *w)
{
	if (w->n >= 2 &&
	    memcmp(&w->published[w->n - 1].id, &w->published[w->n - 2].id,
	           w->published[w->n - 1].n * sizeof(uint32_t)) == 0 &&
	    w->published[w->n - 1].n == w->published[w->n - 2].n &&
	    memcmp(&w->published[w->n - 1].value, &w->published[w->n - 2].value,
	           w->published[w->n - 1].n * sizeof(uint64_t)) == 0)
		w->n--;
}

static void ask(struct world *w, struct watcher *watcher, bool all)
{
	struct watch_news news;

	while (watch_next(watcher->watch, &news)) {
		for (size_t i = 0; i < news.n; i++)
			if (strcmp(news.changes[i].menu->path, "/ip/rule") == 0)
				apply(&watcher->list, &news.changes[i]);
		struct list state = list_of(conf_state_rows(news.state, "/ip/rule"));

		expect_same(&watcher->list, &state);
		if (news.joined == 0) {
			/* Exactly the next one that was published. */
			watcher->seen++;
			assert_true(watcher->seen < w->n);
			expect_same(&watcher->list, &w->published[watcher->seen]);
		} else {
			watcher->joins++;
			assert_true(news.joined > 1 || watcher->every >= WATCH_BEHIND_MAX);
			while (watcher->seen + 1 < w->n &&
			       memcmp(&watcher->list, &w->published[watcher->seen],
			              sizeof watcher->list) != 0)
				watcher->seen++;
		}
		if (!all)
			break;
	}
}

static void begin(struct world *w, struct watcher *watcher)
{
	watcher->watch = watch_new(w->f.conf, conf_menu(w->f.conf, "/ip/rule"));
	watcher->list = now(&w->f);
	watcher->seen = w->n - 1;
}

static void test_random(void **state)
{
	struct world *w = mem_new(1, sizeof *w);
	struct seeded seed = { .state = 7 };

	assert_int_equal(fixture_open(&w->f, NULL), 0);
	remember(w);
	for (size_t i = 0; i < WATCHES; i++) {
		w->watchers[i].every = i + 1;
		begin(w, &w->watchers[i]);
	}
	for (size_t round = 0; round < ROUNDS * 5; round++) {
		change(w, &seed);
		skip_equal(w);
		for (size_t i = 0; i < WATCHES; i++) {
			struct watcher *watcher = &w->watchers[i];

			if (round % watcher->every != 0)
				continue;
			ask(w, watcher, draw(&seed, 2) == 0 || watcher->every > 2);
			if (draw(&seed, 50) == 0) {
				watch_free(watcher->watch);
				begin(w, watcher);
			}
		}
	}
	for (size_t i = 0; i < WATCHES; i++) {
		ask(w, &w->watchers[i], true);
		assert_int_equal(w->watchers[i].seen, w->n - 1);
		assert_int_equal(w->watchers[i].joins, 0);
		watch_free(w->watchers[i].watch);
	}
	fixture_close(&w->f);
	mem_free(w);
}

/* Too far behind, it gets what it missed as one, the rest one by one, and nobody else does. */
static void test_far_behind(void **state)
{
	struct fixture f = { 0 };
	struct watch *slow, *slower, *quick;
	struct watch_news news;
	size_t steps = 0;
	uint32_t id;

	assert_int_equal(fixture_open(&f, NULL), 0);
	id = fixture_add(&f, "/ip/rule", "timeout", "1");
	slow = watch_new(f.conf, conf_menu(f.conf, "/ip/rule"));
	slower = watch_new(f.conf, conf_menu(f.conf, "/ip/rule"));
	quick = watch_new(f.conf, conf_menu(f.conf, "/ip/rule"));
	/* One in hand while the feed runs over it stays good. */
	assert_true(fixture_set(&f, "/ip/rule", id, "timeout", "2000"));
	assert_true(watch_next(slow, &news));
	for (int i = 0; i < WATCH_BEHIND_MAX + 5; i++) {
		struct text value = { 0 };
		struct watch_news other;

		text_printf(&value, "%d", 5000 + i);
		assert_true(fixture_set(&f, "/ip/rule", id, "timeout", text_str(&value)));
		assert_true(watch_next(quick, &other));
		assert_int_equal(other.joined, 0);
		text_free(&value);
	}
	assert_int_equal(news.changes[0].kind, CHANGE_SET);
	assert_int_equal(news.joined, 0);
	assert_true(watch_next(slower, &news));
	assert_int_equal(news.joined, 6);
	assert_int_equal(news.n, 1);
	while (watch_next(slower, &news)) {
		assert_int_equal(news.joined, 0);
		assert_int_equal(news.n, 1);
		steps++;
	}
	assert_int_equal(steps, WATCH_BEHIND_MAX);
	assert_true(watch_next(slow, &news));
	assert_int_equal(news.joined, 5);
	watch_free(slow); /* with some in hand */
	watch_free(slower);
	assert_true(watch_next(quick, &news));
	assert_false(watch_next(quick, &news));
	watch_free(quick);
	fixture_close(&f);
}

/* All that it missed and nothing after: then it goes to what is published. */
static void test_other_menus(void **state)
{
	struct fixture f = { 0 };
	struct watch *watch;
	struct watch_news news;

	assert_int_equal(fixture_open(&f, NULL), 0);
	watch = watch_new(f.conf, conf_menu(f.conf, "/ip/rule"));
	for (int i = 0; i < WATCH_BEHIND_MAX * 2; i++)
		assert_true(
			fixture_set(&f, "/ip/settings", 0, "forward", i % 2 == 0 ? "no" : "yes"));
	while (watch_next(watch, &news))
		for (size_t i = 0; i < news.n; i++)
			assert_string_not_equal(news.changes[i].menu->path, "/ip/rule");
	watch_free(watch);
	watch_free(NULL);
	fixture_close(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_far_behind),
		cmocka_unit_test(test_other_menus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
