/*
 * exec_follow.c -- print follow: the list, then each change of it.
 *
 * Two ways lead to a change. What is stored is told by the transactions that were published, each
 * once (conf/watch.h). What is observed, or is the status of something stored, is read again each
 * second and compared with what was shown last. Between two transactions everything is compared
 * against one state, so that no change is shown by both ways.
 *
 * Memory: a copy of each item that is followed, FOLLOW_ITEMS at most.
 */
#include <string.h>

#include "conf/row.h"
#include "conf/watch.h"
#include "lang/expr.h"
#include "lang/reading.h"
#include "lib/hash.h"
#include "lib/mem.h"

#define BUCKETS          4096
#define CHANGES_PER_TURN 64
#define BUCKETS_PER_TURN 256
#define LOOK_MS          1000

/* An item as it was shown last. */
struct known {
	struct known *next;
	struct row *row;
	uint32_t number;
	uint64_t values; /* what its values come to */
	uint64_t look;   /* in which it was seen last */
};

enum follow_stage {
	FOLLOW_NEWS,    /* takes transactions, and waits */
	FOLLOW_LOOK,    /* reads all again */
	FOLLOW_MISSING, /* what was not seen in that is gone */
};

struct follow {
	struct row_sink sink; /* first */
	struct reading *reading;
	struct watch *watch;
	struct watch_news news;
	size_t at; /* of its changes, the next one; news.n: all taken */
	bool has_news, announced;
	enum follow_stage stage;
	mono look_at;
	uint64_t look;
	size_t bucket; /* FOLLOW_MISSING */
	size_t nknown;
	bool shown[FIELD_MAX]; /* properties whose changes count */
	enum change_kind kind; /* of the change that shows a row */
	struct text marks;     /* of reading->items */
	struct known *buckets[BUCKETS];
};

/* --- what was shown last --- */

static struct known **known_find(struct follow *follow, uint32_t id)
{
	struct known **at = &follow->buckets[id * 2654435761U >> 20];

	while (*at != NULL && (*at)->row->id != id)
		at = &(*at)->next;
	return at;
}

static void known_drop(struct follow *follow, struct known **at)
{
	struct known *known = *at;

	*at = known->next;
	row_release(known->row);
	mem_free(known);
	follow->nknown--;
}

/* A number that stands for what print shows of @row. */
static uint64_t values_of(struct follow *follow, const struct conf_state *state,
                          const struct row *row)
{
	static const struct hash_key key = { 1, 2 };
	const struct menu *menu = follow->reading->menu;
	struct text text = { 0 };
	uint64_t values;

	text_printf(&text, "%u %s", row->flags, row->comment != NULL ? row->comment : "");
	for (size_t i = 0; i < menu->nfields; i++) {
		text_char(&text, '\n');
		if (follow->shown[i])
			row_field_text(menu, &menu->fields[i], state, row, &text);
	}
	values = hash_bytes(&key, text_str(&text), text.len);
	text_free(&text);
	return values;
}

static void know(struct follow *follow, struct known **at, const struct row *row, uint64_t values)
{
	const struct menu *menu = follow->reading->menu;

	if (*at == NULL) {
		*at = mem_new(1, sizeof **at);
		follow->nknown++;
	} else {
		row_release((*at)->row);
	}
	(*at)->row = row_copy(menu, row);
	(*at)->values = values;
	(*at)->look = follow->look;
}

/* --- what is shown --- */

static void show(struct follow *follow, const struct row *row, uint32_t number, char mark)
{
	struct reading *reading = follow->reading;

	items_add(&reading->items, &reading->page, reading->menu, row, number);
	text_char(&follow->marks, mark);
}

static void show_gone(struct follow *follow, struct known **at)
{
	show(follow, (*at)->row, (*at)->number, '-');
	known_drop(follow, at);
}

static uint32_t number_of(struct follow *follow, const struct row *row)
{
	if (!item_addressable(follow->reading->menu, row))
		return ITEM_NO_NUMBER;
	/* It may have one from the list, to which `where` did not let it. */
	for (size_t i = 0; i < follow->reading->numbered_n; i++)
		if (follow->reading->numbered[i] == row->id)
			return (uint32_t)i;
	return reading_number(follow->reading, row->id);
}

/* @row is as it says; @mark is what has become of it, if it was there before. */
static void compare(struct follow *follow, const struct conf_state *state, const struct row *row,
                    char mark)
{
	struct known **at = known_find(follow, row->id);
	uint64_t values;
	bool there = *at != NULL;

	if (row->id == 0) /* nothing tells it from others */
		return;
	if (!reading_means(follow->reading, row)) {
		if (there)
			show_gone(follow, at);
		return;
	}
	values = values_of(follow, state, row);
	if (there && (*at)->values == values && mark != '>') {
		(*at)->look = follow->look;
		return;
	}
	if (!there && follow->nknown == FOLLOW_ITEMS) {
		follow->reading->too_many = true;
		return;
	}
	know(follow, at, row, values);
	if (!there)
		(*at)->number = number_of(follow, row);
	show(follow, row, (*at)->number, there ? mark : '+');
}

/* What is to be printed now goes out below what was. */
static void flush(struct follow *follow, const struct conf_state *state)
{
	struct reading *reading = follow->reading;

	if (reading->items.n == 0)
		return;
	exec_print_time(reading);
	reading_print(reading, state, text_str(&follow->marks));
	arena_free(&reading->page);
	reading->items = (struct items){ 0 };
	text_clear(&follow->marks);
	exec_show(reading->run, SHOW_STREAM);
}

/* --- transactions --- */

static bool take_row(struct row_sink *sink, const struct row *row)
{
	struct follow *follow = (struct follow *)sink;

	if (follow->stage == FOLLOW_LOOK)
		compare(follow, follow->reading->walk.state, row, '~');
	else
		compare(follow, follow->news.state, row, follow->kind == CHANGE_MOVE ? '>' : '~');
	return true;
}

static void take_change(struct follow *follow, const struct change *change)
{
	struct reading *reading = follow->reading;
	const struct row *row = change->new != NULL ? change->new : change->old;
	struct known **at;

	if (change->menu != reading->menu || change->kind == CHANGE_PLACE)
		return;
	follow->kind = change->kind;
	if (change->kind != CHANGE_REMOVE && (row->flags & ROW_ABSENT) == 0 &&
	    conf_row_show(reading->run->host.conf, follow->news.state, reading->menu, row->id,
	                  &follow->sink))
		return;
	at = known_find(follow, row->id);
	if (*at != NULL)
		show_gone(follow, at);
}

static void say_joined(struct follow *follow)
{
	struct run *run = follow->reading->run;

	if (follow->news.joined > 0)
		exec_notice(run, arena_printf(&follow->reading->page,
		                              "%zu changes were made faster than they could be "
		                              "shown here: they come as one",
		                              follow->news.joined));
}

static bool has_news(struct follow *follow)
{
	if (follow->has_news)
		return true;
	follow->has_news = watch_next(follow->watch, &follow->news);
	follow->at = 0;
	if (follow->has_news)
		say_joined(follow);
	return follow->has_news;
}

/* True: it had something to do. */
static bool take_news(struct follow *follow)
{
	unsigned taken = 0;

	while (taken < CHANGES_PER_TURN && has_news(follow)) {
		for (; taken < CHANGES_PER_TURN && follow->at < follow->news.n; taken++)
			take_change(follow, &follow->news.changes[follow->at++]);
		flush(follow, follow->news.state);
		follow->has_news = follow->at < follow->news.n;
		taken++;
	}
	return taken > 0;
}

/* --- looking again --- */

static void begin_look(struct follow *follow)
{
	struct reading *reading = follow->reading;
	struct conf *conf = reading->run->host.conf;

	conf_release(conf, reading->walk.state);
	reading->walk = (struct rows_walk){ .state = conf_hold(conf), .menu = reading->menu };
	follow->look++;
	follow->stage = FOLLOW_LOOK;
}

static void look(struct follow *follow)
{
	struct reading *reading = follow->reading;

	if (!conf_rows_walk_some(reading->run->host.conf, &reading->walk, CHANGES_PER_TURN,
	                         &follow->sink)) {
		follow->stage = FOLLOW_MISSING;
		follow->bucket = 0;
	}
}

static void find_missing(struct follow *follow)
{
	for (unsigned i = 0; i < BUCKETS_PER_TURN && follow->bucket < BUCKETS; i++) {
		struct known **at = &follow->buckets[follow->bucket++];

		while (*at != NULL) {
			if ((*at)->look != follow->look)
				show_gone(follow, at);
			else
				at = &(*at)->next;
		}
	}
	if (follow->bucket < BUCKETS)
		return;
	follow->stage = FOLLOW_NEWS;
	follow->look_at = mono_add_ms(follow->reading->run->now, LOOK_MS);
}

/* --- its life --- */

void exec_follow_begin(struct reading *reading)
{
	struct follow *follow = mem_new(1, sizeof *follow);
	const struct menu *menu = reading->menu;
	bool stats = (reading->call->options & OPTION_STATS) != 0;

	follow->sink.row = take_row;
	follow->reading = reading;
	follow->watch = watch_new(reading->run->host.conf, menu);
	for (size_t i = 0; i < menu->nfields; i++) {
		bool counter = (menu->fields[i].flags & F_STATS) != 0 &&
		               (menu->fields[i].flags & F_READ_ONLY) != 0;

		follow->shown[i] = reading->proplist != NULL
		                           ? reading_lists(reading, &menu->fields[i])
		                           : stats || !counter;
	}
	reading->follow = follow;
}

bool exec_follow_know(struct reading *reading, const struct row *row, uint32_t number)
{
	struct follow *follow = reading->follow;
	struct known **at = known_find(follow, row->id);

	if (row->id == 0)
		return true;
	if (follow->nknown == FOLLOW_ITEMS)
		return false;
	know(follow, at, row, values_of(follow, reading->walk.state, row));
	(*at)->number = number;
	return true;
}

void exec_follow_listed(struct reading *reading)
{
	reading->rests = true;
	reading->follow->look_at = mono_add_ms(reading->run->now, LOOK_MS);
}

void exec_follow_turn(struct reading *reading)
{
	struct follow *follow = reading->follow;
	struct run *run = reading->run;

	run->stuck = run->host.has_room != NULL && !run->host.has_room(run->host.arg);
	if (run->stuck)
		return;
	if (!follow->announced) /* a terminal shows which keys there are */
		exec_show(run, SHOW_STREAM);
	follow->announced = true;
	if (follow->stage == FOLLOW_NEWS && take_news(follow))
		return;
	if (follow->stage == FOLLOW_NEWS && !mono_due(follow->look_at, run->now)) {
		run->stuck = true;
		run->due = follow->look_at;
		return;
	}
	if (follow->stage == FOLLOW_NEWS)
		begin_look(follow);
	else if (follow->stage == FOLLOW_LOOK)
		look(follow);
	else
		find_missing(follow);
	flush(follow, reading->walk.state);
}

void exec_follow_end(struct reading *reading)
{
	struct follow *follow = reading->follow;

	if (follow == NULL)
		return;
	watch_free(follow->watch);
	for (size_t i = 0; i < BUCKETS; i++)
		while (follow->buckets[i] != NULL)
			known_drop(follow, &follow->buckets[i]);
	text_free(&follow->marks);
	mem_free(follow);
	reading->follow = NULL;
}
