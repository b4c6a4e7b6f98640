/*
 * 32 logins edit at once: one serial history explains everything that they were told, and those who
 * follow (print follow) are told each change once, in order.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../fuzz/small_router.h"
#include "conf/revision.h"
#include "seeded.h"
#include "serial_history.h"

#define LOGINS    32
#define WATCHERS  9
#define REVISIONS 1500
#define BEHIND    50 /* revisions a watcher may be behind; more would be joined (conf/watch.h) */
#define POOL      64

struct login {
	struct session *session;
	char who[8];
	struct op *op;          /* under way */
	unsigned trial, trials; /* the safe mode it is in (0: none); how many it was in */
	struct text out;
	bool done, ok;
};

struct watcher {
	struct session *session;
	struct text out;
	unsigned menu, pace;
	uint64_t seen; /* all up to this revision was shown */
};

struct bench {
	struct memory_store store;
	struct small_router s;
	struct seeded seeded;
	bool safe; /* some are in safe mode: rows keep their order, and nothing is undone */
	struct background_job *first, **last; /* the disk takes its time */
	struct login logins[LOGINS];
	struct watcher watchers[WATCHERS];
	struct op *ops, **ops_end; /* answered, in the order of their answers */
	size_t nops;
	struct moment **moments; /* by revision - base */
	uint64_t base, revision;
	struct op **makers;      /* of revisions; likewise. NULL: what was lost is taken back ... */
	size_t *lost;            /* ... of that login */
	size_t drops, rollbacks; /* logins that were lost; revisions by that */
	size_t left;             /* changes that could not be taken back */
	uint32_t pool[SERIAL_MENUS][POOL];
};

static size_t draw(struct bench *b, size_t n)
{
	return (size_t)(seeded_next(&b->seeded) % n);
}

/* --- the world --- */

static void slow_submit(struct background *background, struct background_job *job)
{
	struct bench *b =
		(struct bench *)((char *)background - offsetof(struct bench, s.background));

	job->next = NULL;
	*b->last = job;
	b->last = &job->next;
}

/* What is published now. */
static void look(struct bench *b)
{
	const struct conf_state *state = conf_hold(b->s.conf);

	if (state->revision != b->revision) {
		assert_int_equal(state->revision, b->revision + 1);
		b->revision++;
		assert_true(b->revision - b->base <= REVISIONS + LOGINS);
		b->moments[b->revision - b->base] = mem_new(1, sizeof(struct moment));
		moment_read(b->moments[b->revision - b->base], b->s.conf, state);
	}
	conf_release(b->s.conf, state);
}

static bool disk_turn(struct bench *b)
{
	struct background_job *job = b->first;

	if (job == NULL)
		return false;
	b->first = job->next;
	if (b->first == NULL)
		b->last = &b->first;
	job->work(job);
	job->done(job);
	look(b);
	return true;
}

/* Nothing can be undone but one change, which is in no menu that is looked at. */
static void begin_with_one_step(struct bench *b)
{
	static const char undo[] = "/undo", name[] = "/system/identity/set name=begun";
	struct text out = { 0 };

	while (small_router_run(&b->s, undo, sizeof undo - 1, &out))
		;
	assert_true(small_router_run(&b->s, name, sizeof name - 1, &out));
	text_free(&out);
}

static void bench_begin(struct bench *b, uint64_t seed)
{
	const struct conf_state *state;

	memset(b, 0, sizeof *b);
	memory_store_init(&b->store);
	assert_int_equal(small_router_open(&b->s, &b->store), 0);
	begin_with_one_step(b);
	b->seeded = seeded_make(seed);
	b->last = &b->first;
	b->ops_end = &b->ops;
	b->s.background.submit = slow_submit;
	b->moments = mem_new(REVISIONS + LOGINS + 1, sizeof(struct moment *));
	b->makers = mem_new(REVISIONS + LOGINS + 1, sizeof(struct op *));
	b->lost = mem_new(REVISIONS + LOGINS + 1, sizeof *b->lost);
	state = conf_hold(b->s.conf);
	b->base = b->revision = state->revision;
	b->moments[0] = mem_new(1, sizeof(struct moment));
	moment_read(b->moments[0], b->s.conf, state);
	conf_release(b->s.conf, state);
}

static void bench_end(struct bench *b)
{
	for (size_t i = 0; i < LOGINS; i++) {
		session_free(b->logins[i].session);
		text_free(&b->logins[i].out);
	}
	for (size_t i = 0; i < WATCHERS; i++) {
		session_free(b->watchers[i].session);
		text_free(&b->watchers[i].out);
	}
	while (disk_turn(b))
		;
	for (struct op *op = b->ops, *next; op != NULL; op = next) {
		next = op->next;
		mem_free(op);
	}
	for (uint64_t r = b->base; r <= b->revision; r++)
		mem_free(b->moments[r - b->base]);
	mem_free(b->moments);
	mem_free(b->makers);
	mem_free(b->lost);
	small_router_close(&b->s);
	memory_store_free(&b->store);
}

/* --- logins --- */

static void login_begin(struct bench *b, size_t i)
{
	struct login *login = &b->logins[i];

	(void)snprintf(login->who, sizeof login->who, "u%02zu", i);
	login->session = session_new(&(struct session_setup){ .conf = b->s.conf,
	                                                      .who = login->who,
	                                                      .door = "script",
	                                                      .arg = &login->out,
	                                                      .out = small_out });
}

/* Mostly one that is there, or was a moment ago. */
static uint32_t draw_id(struct bench *b, unsigned menu)
{
	const struct list *list = &b->moments[b->revision - b->base]->lists[menu];
	uint32_t old = b->pool[menu][draw(b, POOL)];

	if (list->n > 0 && draw(b, 4) > 0)
		return list->at[draw(b, list->n)].id;
	return old != 0 ? old : (uint32_t)(200 + draw(b, 1000));
}

static void draw_ids(struct bench *b, struct op *op, size_t most)
{
	for (size_t n = 1 + draw(b, most); op->nids < n;) {
		uint32_t id = draw_id(b, op->menu);
		bool again = false;

		for (size_t i = 0; i < op->nids; i++)
			again = again || op->ids[i] == id;
		if (again)
			n--;
		else
			op->ids[op->nids++] = id;
	}
}

static void draw_safe_op(struct bench *b, struct op *op)
{
	static const enum op_kind kinds[] = { OP_ADD,         OP_ADD,  OP_ADD, OP_SET_KEY,
		                              OP_SET_COMMENT, OP_FIND, OP_GET, OP_FIND_REMOVE };
	struct login *login = &b->logins[op->login];

	op->kind = kinds[draw(b, ARRAY_LEN(kinds))];
	op->menu = 1 + (unsigned)draw(b, SERIAL_MENUS - 1);
	if (op->login % 3 != 0 || draw(b, 4) > 0)
		return;
	op->kind = login->trial == 0 ? OP_SAFE : draw(b, 4) == 0 ? OP_RELEASE : op->kind;
}

static void draw_op(struct bench *b, struct op *op)
{
	static const enum op_kind kinds[] = { OP_ADD,  OP_ADD,  OP_ADD,         OP_ADD,
		                              OP_ADD,  OP_MOVE, OP_SET_KEY,     OP_SET_COMMENT,
		                              OP_FIND, OP_GET,  OP_FIND_REMOVE, OP_REMOVE,
		                              OP_UNDO, OP_REDO, OP_SET_COMMENT, OP_MOVE };

	op->kind = kinds[draw(b, ARRAY_LEN(kinds))];
	op->menu = (unsigned)draw(b, SERIAL_MENUS);
	op->key = (unsigned)draw(b, SERIAL_KEYS);
	op->comment = (unsigned)draw(b, SERIAL_KEYS);
	if (b->safe)
		draw_safe_op(b, op);
	if (op->kind == OP_MOVE)
		op->menu = SERIAL_MENUS - 1;
	if (op->kind == OP_ADD && b->moments[b->revision - b->base]->lists[op->menu].n > 40)
		op->kind = OP_FIND_REMOVE;
	if (op->kind == OP_SET_KEY || op->kind == OP_GET || op->kind == OP_MOVE)
		draw_ids(b, op, 1);
	else if (op->kind == OP_SET_COMMENT || op->kind == OP_REMOVE)
		draw_ids(b, op, 3);
	if (op->kind == OP_MOVE ||
	    (op->kind == OP_ADD && serial_menus[op->menu].ordered && !b->safe))
		op->before = draw(b, 2) == 0 ? draw_id(b, op->menu) : 0;
	if (op->kind == OP_MOVE && op->before == op->ids[0])
		op->before = 0;
}

static void put_ids(struct text *line, const struct op *op)
{
	for (size_t i = 0; i < op->nids; i++)
		text_printf(line, "%s*%X", i > 0 ? "," : " ", op->ids[i]);
}

static void put_key(struct text *line, const struct op *op)
{
	const struct serial_menu *menu = &serial_menus[op->menu];

	text_printf(line, " %s=%s%u%s", menu->key, menu->front, op->key, menu->back);
}

static void put_line(struct text *line, const struct op *op)
{
	const struct serial_menu *menu = &serial_menus[op->menu];

	switch (op->kind) {
	case OP_ADD:
		text_printf(line, ":put [%s/add %s comment=c%u", menu->path, menu->rest,
		            op->comment);
		put_key(line, op);
		if (op->before != 0)
			text_printf(line, " place-before=*%X", op->before);
		text_add(line, "]");
		break;
	case OP_SET_KEY:
	case OP_SET_COMMENT:
	case OP_REMOVE:
		text_printf(line, "%s/%s", menu->path, op->kind == OP_REMOVE ? "remove" : "set");
		put_ids(line, op);
		if (op->kind == OP_SET_KEY)
			put_key(line, op);
		else if (op->kind == OP_SET_COMMENT)
			text_printf(line, " comment=c%u", op->comment);
		break;
	case OP_MOVE:
		text_printf(line, "%s/move", menu->path);
		put_ids(line, op);
		if (op->before != 0)
			text_printf(line, " destination=*%X", op->before);
		break;
	case OP_FIND:
		text_printf(line, ":put [%s/find comment=c%u]", menu->path, op->comment);
		break;
	case OP_GET:
		text_printf(line, ":put [%s/get *%X comment]", menu->path, op->ids[0]);
		break;
	case OP_FIND_REMOVE:
		text_printf(line, ":local x [%s/find comment=c%u]; :put $x; %s/remove $x",
		            menu->path, op->comment, menu->path);
		break;
	default:
		text_add(line, op->kind == OP_UNDO   ? "/undo"
		               : op->kind == OP_REDO ? "/redo"
		               : op->kind == OP_SAFE ? "/safe-mode/take"
		                                     : "/safe-mode/release");
	}
}

static void answered(void *arg, bool ok)
{
	struct login *login = arg;

	login->done = true;
	login->ok = ok;
}

static void login_ask(struct bench *b, struct login *login)
{
	struct text line = { 0 };

	login->op = mem_new(1, sizeof *login->op);
	login->op->login = (size_t)(login - b->logins);
	login->op->from = b->revision;
	draw_op(b, login->op);
	put_line(&line, login->op);
	text_clear(&login->out);
	login->done = false;
	assert_true(session_run(login->session, text_str(&line), line.len, answered, login));
	text_free(&line);
}

static void login_take(struct bench *b, struct login *login)
{
	struct op *op = login->op;
	size_t len = login->out.len;

	if (op->kind == OP_SAFE)
		login->trial = ++login->trials;
	op->trial = login->trial;
	if (op->kind == OP_RELEASE)
		login->trial = 0;
	op->to = b->revision;
	op->ok = login->ok;
	assert_true(len < SAID_BYTES);
	memcpy(op->said, len > 0 ? text_str(&login->out) : "", len);
	if (len > 0 && op->said[len - 1] == '\n')
		op->said[len - 1] = '\0';
	if (op->kind == OP_ADD && op->ok)
		b->pool[op->menu][draw(b, POOL)] = (uint32_t)strtoul(op->said + 1, NULL, 16);
	*b->ops_end = op;
	b->ops_end = &op->next;
	b->nops++;
	login->op = NULL;
}

/* The line is dropped in safe mode; somebody logs in again. */
static void login_drop(struct bench *b, struct login *login)
{
	session_free(login->session);
	login_begin(b, (size_t)(login - b->logins));
	login->trial = 0;
	b->drops++;
}

static void login_turn(struct bench *b, struct login *login)
{
	if (login->op == NULL && login->trial != 0 && draw(b, 8) == 0)
		login_drop(b, login);
	if (login->op == NULL)
		login_ask(b, login);
	else
		(void)session_turn(login->session, b->s.clock.now);
	if (login->done)
		login_take(b, login);
}

/* --- watchers --- */

static void watcher_begin(struct bench *b, size_t i)
{
	struct watcher *watcher = &b->watchers[i];
	struct text line = { 0 };

	watcher->menu = (unsigned)(i % SERIAL_MENUS);
	watcher->pace = (unsigned)(1 + i * i);
	watcher->session = session_new(&(struct session_setup){ .conf = b->s.conf,
	                                                        .who = "watcher",
	                                                        .door = "script",
	                                                        .arg = &watcher->out,
	                                                        .out = small_out });
	text_printf(&line, "%s/print %s terse proplist=%s", serial_menus[watcher->menu].path,
	            i % 2 == 0 ? "follow" : "follow-only", serial_menus[watcher->menu].key);
	assert_true(session_run(watcher->session, text_str(&line), line.len, NULL, NULL));
	text_free(&line);
	/* It stands where it has begun to look. */
	while (session_turn(watcher->session, b->s.clock.now))
		;
	assert_true(session_busy(watcher->session));
	text_clear(&watcher->out);
}

static void watcher_catch_up(struct bench *b, struct watcher *watcher)
{
	watcher->seen = b->revision;
	for (unsigned i = 0; i < 10000 && session_turn(watcher->session, b->s.clock.now); i++)
		;
}

static void watchers_turn(struct bench *b)
{
	for (size_t i = 0; i < WATCHERS; i++) {
		struct watcher *watcher = &b->watchers[i];

		if (draw(b, watcher->pace) == 0)
			(void)session_turn(watcher->session, b->s.clock.now);
		if (b->revision - watcher->seen >= BEHIND)
			watcher_catch_up(b, watcher);
	}
}

/* --- what is true --- */

/* The command of login @who that was under way when revision @r was published. */
static struct op *maker_of(struct bench *b, uint64_t r, const char *who)
{
	for (struct op *op = b->ops; op != NULL; op = op->next)
		if (op->from < r && r <= op->to && strcmp(b->logins[op->login].who, who) == 0)
			return op;
	fail_msg("revision %lu is of %s, who was doing nothing", (unsigned long)r, who);
	return NULL;
}

static void find_maker(struct bench *b, uint64_t r, const struct journal_entry *entry)
{
	struct op *op;

	assert_int_equal(entry->mark.revision, r);
	if (entry->mark.kind == JOURNAL_ROLLBACK) {
		size_t i = 0;

		while (strcmp(b->logins[i].who, entry->origin.who) != 0)
			assert_true(++i < LOGINS);
		b->lost[r - b->base] = i;
		b->rollbacks++;
		return;
	}
	op = maker_of(b, r, entry->origin.who);
	assert_int_equal(op->made, 0); /* one command, one revision */
	op->made = r;
	b->makers[r - b->base] = op;
}

static void find_makers(struct bench *b)
{
	struct revision_page page;

	for (uint64_t r = b->revision; r > b->base;) {
		while (!revision_page(b->s.conf, r, &page))
			(void)disk_turn(b);
		assert_int_equal(page.error, 0);
		assert_true(page.n > 0);
		for (size_t i = 0; i < page.n && r > b->base; i++, r--)
			find_maker(b, r, &page.entries[i]);
	}
}

/* What the first command of two has found; what is left of @op is the second, which came later. */
static void take_found(struct bench *b, struct op *op)
{
	uint64_t upto = op->made != 0 ? op->made - 1 : op->to;
	struct op find = *op;
	char *end = strchr(find.said, '\n');

	if (end != NULL)
		*end = '\0';
	find.kind = OP_FIND;
	find.ok = true;
	op_take_found(op);
	for (; op->from <= upto; op->from++)
		if (moment_explains_still(b->moments[op->from - b->base], &find))
			return;
	fail_msg("%s never found %s", b->logins[op->login].who, find.said);
}

/* Steps that can be taken back, and those that can be done again: naive piles of revisions. */
struct steps {
	uint64_t undo[REVISIONS + LOGINS + 1], redo[REVISIONS + LOGINS + 1];
	size_t nundo, nredo;
};

static bool ever_was(struct bench *b, uint64_t before, uint32_t id)
{
	for (uint64_t r = b->base; r < before; r++)
		for (size_t m = 0; m < SERIAL_MENUS; m++) {
			const struct list *list = &b->moments[r - b->base]->lists[m];

			if (list_find(list, id) < list->n)
				return true;
		}
	return false;
}

/* What command @op makes of @moment as revision @r. */
static void carry_out(struct bench *b, struct steps *steps, struct moment *moment,
                      const struct op *op, uint64_t r)
{
	uint32_t id = op->kind == OP_ADD ? (uint32_t)strtoul(op->said + 1, NULL, 16) : 0;
	uint64_t step;

	assert_true(op->ok);
	if (op->kind == OP_UNDO) {
		assert_true(steps->nundo > 0);
		step = steps->redo[steps->nredo++] = steps->undo[--steps->nundo];
		if (step > b->base)
			memcpy(moment->lists, b->moments[step - 1 - b->base]->lists,
			       sizeof moment->lists);
		return;
	}
	if (op->kind == OP_REDO) {
		assert_true(steps->nredo > 0);
		step = steps->undo[steps->nundo++] = steps->redo[--steps->nredo];
		memcpy(moment->lists, b->moments[step - b->base]->lists, sizeof moment->lists);
		return;
	}
	if (op->kind == OP_ADD)
		assert_false(ever_was(b, r, id));
	assert_null(list_edit(&moment->lists[op->menu], op, id));
	steps->undo[steps->nundo++] = r;
	steps->nredo = 0;
}

/* All of the lost login's safe mode, the newest first. */
static void take_back(struct bench *b, struct moment *moment, uint64_t r)
{
	size_t lost = b->lost[r - b->base];
	unsigned trial = 0;

	while (r-- > b->base + 1) {
		const struct op *op = b->makers[r - b->base];
		struct moment **made = &b->moments[r - b->base];

		if (op == NULL || op->login != lost)
			continue;
		if (trial == 0)
			trial = op->trial; /* nothing that came later is its own */
		assert_int_not_equal(trial, 0);
		if (op->trial != trial)
			return;
		b->left += list_take_back(&moment->lists[op->menu], &made[-1]->lists[op->menu],
		                          &made[0]->lists[op->menu]);
	}
}

/* Each revision is what the naive lists make of the one before it. */
static void replay(struct bench *b)
{
	struct steps *steps = mem_new(1, sizeof *steps);
	struct moment *moment = mem_new(1, sizeof *moment);

	*moment = *b->moments[0];
	steps->undo[steps->nundo++] = b->base;
	b->moments[0]->undoable = 1;
	for (uint64_t r = b->base + 1; r <= b->revision; r++) {
		struct moment *is = b->moments[r - b->base];
		const struct op *op = b->makers[r - b->base];

		if (op != NULL)
			carry_out(b, steps, moment, op, r);
		else
			take_back(b, moment, r);
		if (!moment_same(moment, is))
			fail_msg("revision %lu (%s) is another than it should be", (unsigned long)r,
			         op != NULL ? b->logins[op->login].who : "a lost login's");
		is->undoable = steps->nundo;
		is->redoable = steps->nredo;
	}
	mem_free(moment);
	mem_free(steps);
}

/* Each answer behind which there is no revision is true in some moment. */
static bool explained(struct bench *b, const struct op *op)
{
	for (uint64_t r = op->from; r <= op->to; r++)
		if (moment_explains_still(b->moments[r - b->base], op))
			return true;
	return false;
}

static void check_answers(struct bench *b, size_t *ret_still, size_t *ret_refused)
{
	for (struct op *op = b->ops; op != NULL; op = op->next) {
		if (op->made != 0)
			continue;
		*ret_still += op->ok;
		*ret_refused += !op->ok;
		if (!explained(b, op))
			fail_msg("%s: nothing between revisions %lu and %lu explains the answer to "
			         "command %d in menu %u (*%X before *%X): %s",
			         b->logins[op->login].who, (unsigned long)op->from,
			         (unsigned long)op->to, (int)op->kind, op->menu, op->ids[0],
			         op->before, op->said);
	}
}

/* --- what watchers were told --- */

struct event {
	char mark; /* '\0': it was told */
	struct item item;
};

static size_t events_of(const struct list *old, const struct list *new, struct event *ret)
{
	uint32_t before[SERIAL_ROWS], after[SERIAL_ROWS];
	size_t n = 0, nbefore = 0, nafter = 0;

	for (size_t i = 0; i < old->n; i++) {
		if (list_find(new, old->at[i].id) == new->n)
			ret[n++] = (struct event){ '-', old->at[i] };
		else
			before[nbefore++] = old->at[i].id;
	}
	for (size_t i = 0; i < new->n; i++) {
		size_t was = list_find(old, new->at[i].id);

		if (was == old->n)
			ret[n++] = (struct event){ '+', new->at[i] };
		else
			after[nafter++] = new->at[i].id;
		if (was < old->n && memcmp(&old->at[was], &new->at[i], sizeof new->at[i]) != 0)
			ret[n++] = (struct event){ '~', new->at[i] };
	}
	if (memcmp(before, after, nbefore * sizeof before[0]) != 0)
		ret[n++] = (struct event){ '>', { 0 } }; /* of two neighbours it may be either */
	return n;
}

static struct event event_read(const struct serial_menu *menu, const char *line)
{
	struct event event = { .mark = line[0] };
	const char *comment = strstr(line, "comment=c"), *key = strstr(line, menu->key);

	if (comment == NULL || key == NULL)
		fail_msg("not understood: %.200s", line);
	event.item.id = (uint32_t)strtoul(line + 1, NULL, 10);
	event.item.comment = (unsigned)strtoul(comment + 9, NULL, 10);
	event.item.key = serial_number(menu, key + strlen(menu->key) + 1);
	return event;
}

static void expect_event(struct event *events, size_t n, const struct event *told, uint64_t r)
{
	for (size_t i = 0; i < n; i++) {
		if (events[i].mark != told->mark)
			continue;
		if (told->mark == '>' || (events[i].item.key == told->item.key &&
		                          events[i].item.comment == told->item.comment)) {
			events[i].mark = '\0';
			return;
		}
	}
	fail_msg("%c c%u is not what revision %lu has changed", told->mark, told->item.comment,
	         (unsigned long)r);
}

struct told {
	const struct serial_menu *menu;
	const char *at;
	struct item last[REVISIONS]; /* by the number that is shown */
};

/*
 * The next change that was told; false: there is none. What a route's flags say is observed, not
 * stored: that is told besides, when the state that is shown is no longer what the router runs on.
 */
static bool next_told(struct told *told, struct event *ret)
{
	for (;;) {
		const char *line = told->at, *end = strchr(line, '\n');
		struct item *last;
		bool flags;

		if (end == NULL)
			return false;
		told->at = end + 1;
		if (strncmp(line, "Changes: ", 9) == 0)
			continue;
		*ret = event_read(told->menu, line);
		last = &told->last[ret->item.id];
		flags = told->menu->observed && ret->mark == '~' &&
		        memcmp(last, &ret->item, sizeof *last) == 0;
		*last = ret->item;
		if (!flags)
			return true;
	}
}

static size_t check_watcher(struct bench *b, const struct watcher *watcher)
{
	struct told *told = mem_new(1, sizeof *told);
	struct event events[2 * SERIAL_ROWS], event;
	size_t total = 0;

	told->menu = &serial_menus[watcher->menu];
	told->at = watcher->out.len > 0 ? text_str(&watcher->out) : "";
	for (uint64_t r = b->base + 1; r <= b->revision; r++) {
		struct moment **moment = &b->moments[r - b->base];
		size_t n = events_of(&moment[-1]->lists[watcher->menu],
		                     &moment[0]->lists[watcher->menu], events);

		for (size_t i = 0; i < n; i++, total++) {
			if (!next_told(told, &event))
				fail_msg("revision %lu was not told", (unsigned long)r);
			expect_event(events, n, &event, r);
		}
	}
	assert_false(next_told(told, &event));
	mem_free(told);
	return total;
}

/* --- the tests --- */

static void turn(struct bench *b)
{
	if (draw(b, 3) == 0)
		(void)disk_turn(b);
	else
		login_turn(b, &b->logins[draw(b, LOGINS)]);
	watchers_turn(b);
	if (draw(b, 200) == 0)
		b->s.clock.now = mono_add_ms(b->s.clock.now, draw(b, 2000));
	(void)manage_turn(b->s.manage, b->s.clock.now);
}

static void finish(struct bench *b)
{
	for (size_t i = 0; i < LOGINS; i++)
		while (b->logins[i].op != NULL) {
			login_turn(b, &b->logins[i]);
			(void)disk_turn(b);
		}
	for (size_t i = 0; i < WATCHERS; i++)
		watcher_catch_up(b, &b->watchers[i]);
}

static void crowd(struct bench *b)
{
	for (size_t i = 0; i < LOGINS; i++)
		login_begin(b, i);
	for (size_t i = 0; i < WATCHERS; i++)
		watcher_begin(b, i);
	while (b->revision - b->base < REVISIONS)
		turn(b);
	finish(b);
	find_makers(b);
	for (struct op *op = b->ops; op != NULL; op = op->next)
		if (op->kind == OP_FIND_REMOVE)
			take_found(b, op);
	replay(b);
}

static void one_history(uint64_t seed, bool safe)
{
	struct bench *b = mem_new(1, sizeof *b);
	size_t still = 0, refused = 0, told = 0;

	bench_begin(b, seed);
	b->safe = safe;
	crowd(b);
	check_answers(b, &still, &refused);
	for (size_t i = 0; i < WATCHERS; i++)
		told += check_watcher(b, &b->watchers[i]);
	print_message("seed %lu: %zu answers, %zu of them without a revision, %zu refused; %zu "
	              "changes told; %zu of %zu lost logins taken back, but for %zu changes\n",
	              (unsigned long)seed, b->nops, still, refused, told, b->rollbacks, b->drops,
	              b->left);
	assert_true(still > REVISIONS / 10 && refused > REVISIONS / 20 && told > REVISIONS);
	assert_true(!safe || (b->rollbacks > 20 && b->left > 20));
	bench_end(b);
	mem_free(b);
}

static void test_one_history(void **unused)
{
	one_history(1, false);
}

static void test_safe_mode(void **unused)
{
	one_history(2, true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_history),
		cmocka_unit_test(test_safe_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
