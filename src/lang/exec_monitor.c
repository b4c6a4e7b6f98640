/*
 * exec_monitor.c -- what is to be seen of a thing just now, again and again: monitor.
 *
 * The menu offers names and values (struct action's look); once, interval and as-value, and how
 * it looks, are the same for all. Things stand side by side:
 *
 *                      name: ether1  ether2
 *     rx-packets-per-second: 12      0
 */
#include <string.h>

#include "conf/conf.h"
#include "conf/look.h"
#include "conf/type.h"
#include "lang/exec.h"

#define VALUES_MAX 512

struct monitor {
	struct look_sink sink; /* first */
	struct run *run;
	bool once, wanted;
	uint64_t interval_ms;
	struct arena arena; /* of one look */
	const char *names[VALUES_MAX], *values[VALUES_MAX];
	size_t n;
};

static const struct field field_interval = {
	.name = "interval",
	.type = &type_time,
	.bytes = sizeof(uint64_t),
	.min = 100,
	.max = 86400000,
};

static void take_value(struct look_sink *sink, const char *name, const char *value)
{
	struct monitor *monitor = (struct monitor *)sink;

	if (monitor->n == VALUES_MAX)
		return;
	monitor->names[monitor->n] = name;
	monitor->values[monitor->n++] = arena_strdup(&monitor->arena, value);
}

/* --- how it looks --- */

/* How many values the first thing has: then its first name comes again. */
static size_t names_n(const struct monitor *monitor)
{
	size_t n = 1;

	while (n < monitor->n && strcmp(monitor->names[n], monitor->names[0]) != 0)
		n++;
	return n;
}

static size_t longest(const char *const *texts, size_t from, size_t to)
{
	size_t most = 0;

	for (size_t i = from; i < to; i++)
		if (strlen(texts[i]) > most)
			most = strlen(texts[i]);
	return most;
}

static void put_line(const struct monitor *monitor, size_t names, size_t line, struct text *out)
{
	const char *name = monitor->names[line];

	text_repeat(out, ' ', 2 + longest(monitor->names, 0, names) - strlen(name));
	text_printf(out, "%s: ", name);
	for (size_t from = 0; from + line < monitor->n; from += names) {
		size_t to = from + names < monitor->n ? from + names : monitor->n;
		const char *value = monitor->values[from + line];

		text_add(out, value);
		if (to + line < monitor->n)
			text_repeat(out, ' ',
			            2 + longest(monitor->values, from, to) - strlen(value));
	}
	text_char(out, '\n');
}

static void put_picture(const struct monitor *monitor, struct text *out)
{
	size_t names = monitor->n > 0 ? names_n(monitor) : 0;

	for (size_t line = 0; line < names; line++)
		put_line(monitor, names, line, out);
}

/* One thing's values from @from on, as an array. */
static struct value thing_value(const struct monitor *monitor, size_t from, size_t names)
{
	struct arena *arena = &monitor->run->arena;
	struct pair *pairs = arena_new(arena, names + 1, sizeof pairs[0]);
	size_t n = 0;

	for (size_t i = from; i < from + names && i < monitor->n; i++)
		pairs[n++] = (struct pair){ value_text(arena, monitor->names[i]),
			                    value_guess(arena, monitor->values[i]) };
	return value_array(arena, pairs, n);
}

/* Of several things an array of theirs. */
static struct value seen_value(const struct monitor *monitor)
{
	size_t names = monitor->n > 0 ? names_n(monitor) : 1, n = 0;
	struct pair *pairs;

	if (monitor->n <= names)
		return thing_value(monitor, 0, names);
	pairs = arena_new(&monitor->run->arena, monitor->n / names + 1, sizeof pairs[0]);
	for (size_t from = 0; from < monitor->n; from += names)
		pairs[n++] = (struct pair){ value_nil(), thing_value(monitor, from, names) };
	return value_array(&monitor->run->arena, pairs, n);
}

/* --- its life --- */

bool exec_monitor_interval(struct exec *exec, const char *text, uint64_t *ret_ms)
{
	struct run *run = exec->run;

	*ret_ms = 0;
	return field_interval.type->parse(&field_interval, NULL, text, ret_ms, &run->diag) ||
	       exec_fail(run);
}

bool exec_monitor_begin(struct exec *exec, uint64_t interval_ms)
{
	struct run *run = exec->run;
	unsigned options = exec->call->options;
	struct monitor *monitor = arena_new(&run->arena, 1, sizeof *monitor);

	monitor->sink.value = take_value;
	monitor->run = run;
	monitor->wanted = exec->wanted || (options & OPTION_AS_VALUE) != 0;
	monitor->once = monitor->wanted || (options & OPTION_ONCE) != 0;
	monitor->interval_ms = interval_ms;
	run->monitor = monitor;
	run->due = mono_add_ms(run->now, exec->call->command.action->look_after_ms);
	return true;
}

static void end(struct run *run, struct value value)
{
	arena_free(&run->monitor->arena);
	run->monitor = NULL;
	run->action = NULL;
	exec_push(run, value);
}

void exec_monitor_turn(struct run *run)
{
	struct monitor *monitor = run->monitor;
	struct value value = value_nil();

	if (!mono_due(run->due, run->now))
		return;
	run->due = mono_add_ms(run->now, monitor->interval_ms);
	run->action->look(conf_router(run->host.conf), run->action_state, &monitor->sink, run->now);
	if (monitor->wanted)
		value = seen_value(monitor);
	else
		put_picture(monitor, &run->out);
	if (monitor->once)
		exec_flush(run);
	else
		exec_show(run, SHOW_PICTURE);
	arena_free(&monitor->arena);
	monitor->n = 0;
	if (monitor->once)
		end(run, value);
}

void exec_monitor_stop(struct run *run)
{
	if (run->monitor != NULL)
		arena_free(&run->monitor->arena);
	run->monitor = NULL;
}
