/*
 * exec_rows.c -- commands that read a menu's list: print and find.
 *
 * The list is looked at in portions, one a turn, for it may be a table of a million connections,
 * and packets have to go on. Nothing is kept but what is asked for: a count, the ids of what was
 * found and of what was numbered, and of such a table the items of one page.
 */
#include "lang/reading.h"

#include <string.h>

#include "lang/expr.h"
#include "lib/mem.h"

#define PLACES_PER_TURN 128 /* a quarter of a millisecond */
#define PAGE_ITEMS      256
#define SHORT_ITEMS     1024 /* what is stored and not more comes as one page */

bool reading_means(const struct reading *reading, const struct row *row)
{
	bool meant = !reading->some;

	for (size_t i = 0; i < reading->from.n && !meant; i++)
		meant = reading->from.at[i] == row->id;
	return meant && expr_holds(reading->call->where, reading->walk.state, row);
}

uint32_t reading_number(struct reading *reading, uint32_t id)
{
	if (reading->numbered_n == reading->numbered_size) {
		reading->numbered_size = 2 * reading->numbered_size + 16;
		reading->numbered = mem_resize(reading->numbered, reading->numbered_size,
		                               sizeof reading->numbered[0]);
	}
	reading->numbered[reading->numbered_n] = id;
	return (uint32_t)reading->numbered_n++;
}

/* Whether the items themselves are shown. */
static bool lists_items(const struct reading *reading)
{
	return reading->prints && !reading->counts &&
	       (reading->call->options & OPTION_FOLLOW_ONLY) == 0;
}

static bool read_row(struct row_sink *sink, const struct row *row)
{
	struct reading *reading = (struct reading *)sink;
	uint32_t number = ITEM_NO_NUMBER;

	if (reading->prints && !reading->counts && item_addressable(reading->menu, row))
		number = reading_number(reading, row->id);
	if (!reading_means(reading, row))
		return true;
	reading->count++;
	reading->too_many = reading->too_many ||
	                    (reading->norder > 0 && reading->items.n == ORDER_ITEMS) ||
	                    (reading->follow != NULL && !exec_follow_know(reading, row, number));
	if (lists_items(reading) && !reading->too_many)
		items_add(&reading->items, &reading->page, reading->menu, row, number);
	/* What is made of another item can't be changed: "remove [find]" means the rest. */
	if (!reading->prints && row->id != 0 && !row_is_made_of(row->id))
		id_list_push(&reading->found, &reading->run->arena, row->id);
	return true;
}

bool reading_lists(const struct reading *reading, const struct field *field)
{
	const char *names = reading->proplist;
	struct arena *arena = &reading->run->arena;

	while (*names != '\0') {
		size_t len = strcspn(names, ",");

		if (menu_field_find(reading->menu, arena_strndup(arena, names, len)) == field)
			return true;
		names += len + (names[len] == ',');
	}
	return false;
}

void reading_print(struct reading *reading, const struct conf_state *state, const char *marks)
{
	struct run *run = reading->run;
	struct print_job job = { .call = reading->call,
		                 .state = state,
		                 .items = &reading->items,
		                 .count = reading->count,
		                 .first = !reading->began,
		                 .proplist = reading->proplist,
		                 .follows = reading->follow != NULL,
		                 .marks = marks };

	run->host.print(run->host.arg, &job, &run->out);
	reading->began = reading->began || reading->items.n > 0;
}

/* Only the properties asked for, and which item it is. */
static struct value chosen(const struct reading *reading, struct value whole)
{
	struct arena *arena = &reading->run->arena;
	struct pair *pairs = arena_new(arena, whole.array->n + 1, sizeof pairs[0]);
	size_t n = 0;

	for (size_t i = 0; i < whole.array->n; i++) {
		const char *name = whole.array->at[i].key.text, *list = reading->proplist;
		size_t len = strlen(name);

		while (list != NULL &&
		       (strncmp(list, name, len) != 0 || (list[len] != ',' && list[len] != '\0'))) {
			list = strchr(list, ',');
			list = list != NULL ? list + 1 : NULL;
		}
		if (list != NULL || strcmp(name, ".id") == 0)
			pairs[n++] = whole.array->at[i];
	}
	return value_array(arena, pairs, n);
}

static void add_value(struct reading *reading, const struct row *row)
{
	struct arena *arena = &reading->run->arena;
	struct value value = value_row(reading->menu, reading->walk.state, row, arena);

	if (reading->proplist != NULL)
		value = chosen(reading, value);
	if (reading->values_n == reading->values_size) {
		size_t size = 2 * reading->values_size + 16;
		struct pair *grown = arena_new(arena, size, sizeof grown[0]);

		if (reading->values_n > 0)
			memcpy(grown, reading->values, reading->values_n * sizeof grown[0]);
		reading->values = grown;
		reading->values_size = size;
	}
	reading->values[reading->values_n++] = (struct pair){ value_nil(), value };
}

/* The items read so far go out, or become values; of a count-only its number. */
static bool print_page(struct reading *reading)
{
	exec_print_sort(reading);
	if (reading->wanted) {
		for (size_t i = 0; i < reading->items.n; i++)
			add_value(reading, reading->items.at[i]);
		arena_free(&reading->page);
		reading->items = (struct items){ 0 };
		return true;
	}
	if (!reading->began)
		exec_print_time(reading);
	reading_print(reading, reading->walk.state, NULL);
	arena_free(&reading->page);
	reading->items = (struct items){ 0 };
	return exec_print_show(reading);
}

static struct value value_of(const struct reading *reading)
{
	if (!reading->prints)
		return (struct value){ .kind = VALUE_IDS, .ids = reading->found };
	if (!reading->wanted)
		return value_nil();
	if (reading->counts)
		return value_num((int64_t)reading->count);
	if (reading->menu->kind == MENU_SETTINGS && reading->values_n == 1)
		return reading->values[0].value;
	return value_array(&reading->run->arena, reading->values, reading->values_n);
}

/* Portions are smaller where each row is looked for among many. */
static uint32_t portion(const struct reading *reading)
{
	size_t among = 1 + reading->from.n / 64;

	return among < PLACES_PER_TURN ? (uint32_t)(PLACES_PER_TURN / among) : 1;
}

static bool fail_too_many(struct reading *reading)
{
	struct run *run = reading->run;

	if (reading->follow != NULL)
		(void)diag_fail(&run->diag, NULL,
		                "failure: follow keeps up with %u items; choose fewer with where",
		                FOLLOW_ITEMS);
	else
		(void)diag_fail(&run->diag, "order-by",
		                "failure: order-by sorts up to %u items; choose fewer with where",
		                ORDER_ITEMS);
	exec_locate(run, reading->call, &run->diag);
	return exec_fail(run);
}

/* Whether the items read so far make a page; what is sorted is one page in the end. */
static bool page_is_full(const struct reading *reading)
{
	return reading->paged && reading->norder == 0 && reading->items.n >= PAGE_ITEMS;
}

/* A screen shows the beginning of a long list only, when all of it is painted anew each time. */
static bool shows_enough(const struct reading *reading)
{
	return reading->interval_ms > 0 && reading->run->host.repaints && page_is_full(reading);
}

/* One portion. False: it has failed. */
static bool read_some(struct reading *reading, bool *more)
{
	*more = conf_rows_walk_some(reading->run->host.conf, &reading->walk, portion(reading),
	                            &reading->sink);
	if (reading->too_many)
		return fail_too_many(reading);
	if (*more && !page_is_full(reading))
		return true;
	*more = *more && !shows_enough(reading);
	if (reading->prints && (!*more || reading->items.n > 0))
		return print_page(reading);
	return true;
}

/* After an interval: all from the start, as it is now. */
static void begin_again(struct reading *reading)
{
	struct run *run = reading->run;

	conf_release(run->host.conf, reading->walk.state);
	reading->walk =
		(struct rows_walk){ .state = conf_hold(run->host.conf), .menu = reading->menu };
	reading->numbered_n = 0;
	reading->count = 0;
	reading->began = false;
	reading->rests = false;
	reading->awaited = 0;
}

static bool has_to_wait(struct reading *reading)
{
	const struct run *run = reading->run;

	if (reading->rests && mono_due(run->due, run->now))
		begin_again(reading);
	if (!reading->rests && reading->menu->awaits != NULL &&
	    reading->menu->awaits(conf_router(run->host.conf), &reading->awaited))
		return true;
	return reading->rests ||
	       (reading->paged && run->host.has_room != NULL && !run->host.has_room(run->host.arg));
}

static void follow_turn(struct reading *reading)
{
	exec_follow_turn(reading);
	if (reading->too_many) {
		(void)fail_too_many(reading);
		exec_rows_stop(reading->run);
	}
}

void exec_rows_turn(struct run *run)
{
	struct reading *reading = run->reading;
	bool more;

	if (reading->follow != NULL && reading->rests) {
		follow_turn(reading);
		return;
	}
	run->stuck = has_to_wait(reading);
	if (run->stuck)
		return;
	if (!read_some(reading, &more)) {
		exec_rows_stop(run);
		return;
	}
	if (more)
		return;
	run->stuck = reading->interval_ms > 0;
	if (!exec_print_over(reading))
		exec_push(run, value_of(reading));
	if (!reading->rests)
		exec_rows_stop(run);
}

/* What was numbered before an interruption was seen with its number: that is what it means. */
void exec_rows_stop(struct run *run)
{
	struct reading *reading = run->reading;

	if (reading == NULL)
		return;
	if (reading->prints && !reading->counts && !reading->wanted)
		numbering_set(run->host.numbering, reading->menu, reading->numbered,
		              reading->numbered_n);
	else
		mem_free(reading->numbered);
	exec_follow_end(reading);
	exec_release(run, reading->walk.state);
	arena_free(&reading->page);
	run->reading = NULL;
}

bool exec_rows(struct exec *exec)
{
	struct run *run = exec->run;
	struct reading *reading = arena_new(&run->arena, 1, sizeof *reading);

	*reading = (struct reading){
		.sink = { read_row },
		.run = run,
		.call = exec->call,
		.menu = exec->menu,
		.wanted = exec->wanted,
		.prints = exec->call->command.verb == VERB_PRINT,
		.counts = (exec->call->options & OPTION_COUNT_ONLY) != 0,
		.paged = exec->menu->observe_some != NULL,
	};
	if (!exec_print_take(exec, reading))
		return false;
	reading->walk = (struct rows_walk){ .state = exec_hold(run), .menu = exec->menu };
	if (conf_state_rows(reading->walk.state, exec->menu->path).n > SHORT_ITEMS)
		reading->paged = true;
	if (!expr_bind(exec->call->where, reading->walk.state, exec_where(exec), &run->arena,
	               &run->diag)) {
		exec_release(run, reading->walk.state);
		return exec_fail(run);
	}
	run->depth -= exec->call->ncomputed;
	if ((exec->call->options & (OPTION_FOLLOW | OPTION_FOLLOW_ONLY)) != 0)
		exec_follow_begin(reading);
	run->reading = reading;
	exec_rows_turn(run); /* most lists are short */
	return true;
}
