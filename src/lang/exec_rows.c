/*
 * exec_rows.c -- commands that read a menu's list: print and find.
 *
 * The list is looked at in portions, one a turn, for it may be a table of a million connections,
 * and packets have to go on. Nothing is kept but what is asked for: a count, the ids of what was
 * found and of what was numbered, and of such a table the items of one page.
 */
#include <string.h>

#include "conf/conf.h"
#include "lang/exec.h"
#include "lang/expr.h"
#include "lib/mem.h"

#define PLACES_PER_TURN 128 /* a quarter of a millisecond */
#define PAGE_ITEMS      256

struct reading {
	struct row_sink sink; /* first */
	struct run *run;
	const struct call *call;
	const struct menu *menu;
	bool wanted, prints, counts;
	struct rows_walk walk; /* its state is held */
	const char *proplist;
	bool some;           /* only those of `from` */
	struct id_list from; /* in the run's arena, as what was found */
	struct id_list found;
	uint32_t *numbered; /* by itself, where it may become long at no cost */
	size_t numbered_n, numbered_size;
	struct arena page; /* of the items */
	struct items items;
	size_t count;
	bool paged;
	struct pair *values; /* as a value: each item as an array */
	size_t values_n, values_size;
};

/* Each of the comma-separated names must be a property's. */
static bool check_names(struct exec *exec, const struct arg *arg, const char *names)
{
	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		const char *name = arena_strndup(&exec->run->arena, names, len);

		if (menu_field_find(exec->menu, name) == NULL && strcmp(name, ".id") != 0)
			return exec_unknown_property(exec, arg, name);
		names += len + (names[len] == ',');
	}
	return true;
}

static bool take_arguments(struct exec *exec, struct reading *reading)
{
	const struct arg *proplist = call_arg(exec->call, "proplist");
	const struct arg *from = call_arg(exec->call, "from");

	if (proplist != NULL) {
		reading->proplist = exec_text(exec, proplist);
		if (!check_names(exec, proplist, reading->proplist))
			return false;
	}
	reading->some = from != NULL;
	if (from != NULL) {
		struct value value = exec_value(exec, from);

		return exec_items(exec, from, &value, &reading->from);
	}
	return true;
}

static bool is_meant(const struct reading *reading, const struct row *row)
{
	bool meant = !reading->some;

	for (size_t i = 0; i < reading->from.n && !meant; i++)
		meant = reading->from.at[i] == row->id;
	return meant && expr_holds(reading->call->where, reading->walk.state, row);
}

/* The number of the next item, which the row with @id gets. */
static uint32_t give_number(struct reading *reading, uint32_t id)
{
	if (reading->numbered_n == reading->numbered_size) {
		reading->numbered_size = 2 * reading->numbered_size + 16;
		reading->numbered = mem_resize(reading->numbered, reading->numbered_size,
		                               sizeof reading->numbered[0]);
	}
	reading->numbered[reading->numbered_n] = id;
	return (uint32_t)reading->numbered_n++;
}

/* Only the properties of the list. */
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
		if (list != NULL)
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

static bool read_row(struct row_sink *sink, const struct row *row)
{
	struct reading *reading = (struct reading *)sink;
	uint32_t number = ITEM_NO_NUMBER;

	if (reading->prints && !reading->counts && item_addressable(reading->menu, row))
		number = give_number(reading, row->id);
	if (!is_meant(reading, row))
		return true;
	reading->count++;
	if (reading->prints && reading->wanted && !reading->counts)
		add_value(reading, row);
	else if (reading->prints && !reading->counts)
		items_add(&reading->items, &reading->page, reading->menu, row, number);
	/* What is made of another item can't be changed: "remove [find]" means the rest. */
	if (!reading->prints && row->id != 0 && !row_is_made_of(row->id))
		id_list_push(&reading->found, &reading->run->arena, row->id);
	return true;
}

/* The items read so far go out; of a count-only its number. */
static void print_page(struct reading *reading)
{
	struct run *run = reading->run;
	struct print_job job = { .call = reading->call,
		                 .state = reading->walk.state,
		                 .items = &reading->items,
		                 .count = reading->count,
		                 .first = reading->count == reading->items.n,
		                 .proplist = reading->proplist };

	run->host.print(run->host.arg, &job, &run->out);
	arena_free(&reading->page);
	reading->items = (struct items){ 0 };
	exec_flush(run);
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

void exec_rows_turn(struct run *run)
{
	struct reading *reading = run->reading;
	bool more;

	run->stuck =
		reading->paged && run->host.has_room != NULL && !run->host.has_room(run->host.arg);
	if (run->stuck)
		return;
	more = conf_rows_walk_some(run->host.conf, &reading->walk, portion(reading),
	                           &reading->sink);
	if (more && (!reading->paged || reading->items.n < PAGE_ITEMS))
		return;
	if (reading->prints && !reading->wanted && (!more || reading->items.n > 0))
		print_page(reading);
	if (more)
		return;
	exec_push(run, value_of(reading));
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
	conf_release(run->host.conf, reading->walk.state);
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
	if (!take_arguments(exec, reading))
		return false;
	reading->walk =
		(struct rows_walk){ .state = conf_hold(run->host.conf), .menu = exec->menu };
	if (!expr_bind(exec->call->where, reading->walk.state, exec_where(exec), &run->arena,
	               &run->diag)) {
		conf_release(run->host.conf, reading->walk.state);
		return exec_fail(run);
	}
	run->depth -= exec->call->ncomputed;
	run->reading = reading;
	exec_rows_turn(run); /* most lists are short */
	return true;
}
