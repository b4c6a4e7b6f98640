/* What print does with what was read: sorted, timed, into a file, again after an interval. */
#include <string.h>

#include "conf/type.h"
#include "lang/expr.h"
#include "lang/reading.h"
#include "lib/mem.h"
#include "lib/wall.h"

/* The item that order-by compares, and where it was. */
struct sorted {
	struct row *row;
	uint32_t number;
	size_t place;
	const char *texts[ORDER_MAX]; /* NULL: the type compares */
};

static const struct field field_interval = {
	.name = "interval",
	.type = &type_time,
	.bytes = sizeof(uint64_t),
	.min = 100,
	.max = 86400000,
};

/* --- arguments --- */

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

static bool take_order(struct exec *exec, struct reading *reading, const struct arg *arg,
                       const char *names)
{
	while (*names != '\0') {
		size_t len = strcspn(names, ",");
		bool down = *names == '-';
		const char *name = arena_strndup(&exec->run->arena, names + down, len - down);
		const struct field *field = menu_field_find(exec->menu, name);

		if (field == NULL)
			return exec_unknown_property(exec, arg, name);
		if (reading->norder == ORDER_MAX) {
			(void)diag_fail(&exec->run->diag, "order-by",
			                "invalid value for argument order-by: up to %d properties "
			                "are wanted",
			                ORDER_MAX);
			return exec_fail(exec->run);
		}
		reading->order[reading->norder++] = (struct order){ .field = field, .down = down };
		names += len + (names[len] == ',');
	}
	return true;
}

static bool take_interval(struct exec *exec, struct reading *reading, const char *text)
{
	uint64_t ms = 0;

	if (!field_interval.type->parse(&field_interval, NULL, text, &ms, &exec->run->diag))
		return exec_fail(exec->run);
	reading->interval_ms = ms;
	return true;
}

static bool take_file(struct exec *exec, struct reading *reading, const char *text)
{
	struct run *run = exec->run;

	reading->to_file = file_name_of("file", text, ".txt", run->file, &run->diag);
	return reading->to_file || exec_fail(run);
}

static bool take_one(struct exec *exec, struct reading *reading, const struct arg *arg)
{
	struct value value = exec_value(exec, arg);
	const char *name = arg->param.name;

	if (arg->param.kind == PARAM_ITEMS) {
		reading->some = true;
		return exec_items(exec, arg, &value, &reading->from);
	}

	const char *text = exec_text(exec, arg);

	if (strcmp(name, "proplist") == 0) {
		reading->proplist = text;
		return check_names(exec, arg, text);
	}
	if (strcmp(name, "order-by") == 0)
		return take_order(exec, reading, arg, text);
	if (strcmp(name, "interval") == 0)
		return take_interval(exec, reading, text);
	return strcmp(name, "file") != 0 || take_file(exec, reading, text);
}

/* What does not go together. */
static const char *conflict(const struct reading *reading)
{
	unsigned options = reading->call->options;
	bool repeats = reading->interval_ms > 0;
	bool follows = (options & (OPTION_FOLLOW | OPTION_FOLLOW_ONLY)) != 0;
	bool value = reading->wanted || (options & OPTION_AS_VALUE) != 0;

	if (repeats && value)
		return "interval never ends, so it has no value";
	if (reading->to_file && repeats)
		return "file is written once; leave interval out, or let /system/scheduler print "
		       "with append";
	if (reading->to_file && value)
		return "as-value and file are two places to go to; leave one out";
	if ((follows || repeats) && reading->run->host.draft != NULL)
		return "nothing changes while this is only tried; leave follow and interval out";
	if (follows && (value || repeats || reading->to_file || reading->norder > 0))
		return "follow goes on as things happen; leave as-value, interval, file and "
		       "order-by out";
	if (follows && (options & (OPTION_COUNT_ONLY | OPTION_VALUE_LIST)) != 0)
		return "follow shows items one by one; leave count-only and value-list out";
	if ((options & OPTION_APPEND) != 0 && !reading->to_file)
		return "append says where in a file; add file=name";
	return NULL;
}

bool exec_print_take(struct exec *exec, struct reading *reading)
{
	struct run *run = exec->run;
	const char *why;

	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next)
		if (arg->param.kind != PARAM_FLAG && !take_one(exec, reading, arg))
			return false;
	why = conflict(reading);
	if (why == NULL)
		return true;
	(void)diag_fail(&run->diag, NULL, "failure: %s", why);
	return exec_fail(run);
}

/* --- order-by --- */

static int compare_field(const struct reading *reading, size_t i, const struct sorted *a,
                         const struct sorted *b)
{
	const struct field *field = reading->order[i].field;

	if (a->texts[i] != NULL)
		return strcmp(a->texts[i], b->texts[i]);
	return field->type->compare(a->row->body + field->offset, b->row->body + field->offset,
	                            field->bytes);
}

static bool stands_before(const struct reading *reading, const struct sorted *a,
                          const struct sorted *b)
{
	for (size_t i = 0; i < reading->norder; i++) {
		int order = compare_field(reading, i, a, b);

		if (order != 0)
			return reading->order[i].down ? order > 0 : order < 0;
	}
	return a->place < b->place;
}

/* @at[from, to) into order; both halves are, already. */
static void merge(const struct reading *reading, struct sorted *at, struct sorted *room,
                  size_t from, size_t to)
{
	size_t half = from + (to - from) / 2, left = from, right = half;

	for (size_t i = from; i < to; i++) {
		bool take_left = right == to ||
		                 (left < half && stands_before(reading, &at[left], &at[right]));

		room[i] = take_left ? at[left++] : at[right++];
	}
	memcpy(at + from, room + from, (to - from) * sizeof at[0]);
}

static void sort(const struct reading *reading, struct sorted *at, struct sorted *room, size_t from,
                 size_t to)
{
	size_t half = from + (to - from) / 2;

	if (to - from < 2)
		return;
	sort(reading, at, room, from, half);
	sort(reading, at, room, half, to);
	merge(reading, at, room, from, to);
}

/* Text to compare by, where a property has no other order: empty ones come first. */
static void take_texts(struct reading *reading, struct sorted *sorted)
{
	for (size_t i = 0; i < reading->norder; i++) {
		const struct field *field = reading->order[i].field;
		struct text text = { 0 };

		if (field->type->compare != NULL)
			continue;
		row_field_text(reading->menu, field, reading->walk.state, sorted->row, &text);
		sorted->texts[i] = arena_strdup(&reading->page, text_str(&text));
		text_free(&text);
	}
}

void exec_print_sort(struct reading *reading)
{
	struct items *items = &reading->items;
	struct sorted *sorted, *room;

	if (reading->norder == 0 || items->n < 2)
		return;
	sorted = mem_new(items->n, sizeof sorted[0]);
	room = mem_new(items->n, sizeof room[0]);
	for (size_t i = 0; i < items->n; i++) {
		sorted[i] = (struct sorted){ .row = items->at[i],
			                     .number = items->numbers[i],
			                     .place = i };
		take_texts(reading, &sorted[i]);
	}
	sort(reading, sorted, room, 0, items->n);
	for (size_t i = 0; i < items->n; i++) {
		items->at[i] = sorted[i].row;
		items->numbers[i] = sorted[i].number;
	}
	mem_free(room);
	mem_free(sorted);
}

/* --- where it goes to --- */

void exec_print_time(struct reading *reading)
{
	struct run *run = reading->run;

	if ((reading->call->options & OPTION_TIMESTAMP) == 0 || reading->wanted)
		return;
	wall_text(conf_wall(run->host.conf), &run->out);
	text_char(&run->out, '\n');
}

bool exec_print_show(struct reading *reading)
{
	struct run *run = reading->run;

	if (reading->to_file && run->out.len > FILE_BYTES_MAX)
		return exec_file_too_long(run);
	if (reading->wanted || reading->to_file)
		return true;
	if (reading->interval_ms > 0)
		exec_show(run, SHOW_PICTURE);
	else if ((reading->call->options & OPTION_WITHOUT_PAGING) != 0)
		exec_flush(run);
	else
		exec_show(run, SHOW_PAGE);
	return true;
}

bool exec_print_over(struct reading *reading)
{
	struct run *run = reading->run;

	if (reading->follow != NULL) {
		exec_follow_listed(reading);
		return true;
	}
	if (reading->interval_ms > 0) {
		reading->rests = true;
		run->due = mono_add_ms(run->now, reading->interval_ms);
		return true;
	}
	if (reading->to_file)
		exec_file_print(run, (reading->call->options & OPTION_APPEND) != 0);
	return reading->to_file;
}
