#include "lang/act.h"

#include <string.h>

#include "conf/conf.h"
#include "lang/exec.h"

static const struct value *arguments(struct run *run, const struct op *op)
{
	must(run->depth >= run->frame->base + op->count);
	return run->stack + run->depth - op->count;
}

static bool yield(struct run *run, const struct op *op, struct value value)
{
	run->depth -= op->count;
	exec_push(run, value);
	return true;
}

bool act_put(struct run *run, const struct op *op)
{
	value_print(arguments(run, op), &run->out);
	text_char(&run->out, '\n');
	exec_flush(run);
	return yield(run, op, value_nil());
}

bool act_error(struct run *run, const struct op *op)
{
	return diag_fail(&run->diag, NULL, "%s", value_str(arguments(run, op), &run->arena));
}

/* A time, or a number of seconds. */
static bool pause_ns(const struct value *value, struct arena *arena, int64_t *ret_ns)
{
	struct value read = *value;

	if (read.kind == VALUE_TEXT)
		read = value_guess(arena, read.text);
	if (read.kind == VALUE_NUM && read.number >= 0 &&
	    read.number <= INT64_MAX / (int64_t)NS_PER_S) {
		*ret_ns = read.number * (int64_t)NS_PER_S;
		return true;
	}
	*ret_ns = read.number;
	return read.kind == VALUE_TIME && read.number >= 0;
}

bool act_delay(struct run *run, const struct op *op)
{
	const struct value *value = arguments(run, op);
	int64_t ns = (int64_t)NS_PER_S;

	if (value->kind != VALUE_NIL && !pause_ns(value, &run->arena, &ns))
		return diag_fail(&run->diag, NULL,
		                 "invalid value for argument delay-time\nwrite a time: 5s, 100ms, "
		                 "1m30s, or seconds as a number");
	run->wake = mono_add_ns(run->now, (uint64_t)ns);
	run->sleeping = ns > 0;
	return yield(run, op, value_nil());
}

static const struct {
	const char *word;
	enum log_level level;
} levels[] = {
	{ "debug", LOG_DEBUG }, { "info", LOG_INFO },         { "warning", LOG_WARNING },
	{ "error", LOG_ERROR }, { "critical", LOG_CRITICAL },
};

bool act_log(struct run *run, const struct op *op)
{
	const struct value *args = arguments(run, op);
	const char *word = value_str(&args[0], &run->arena);
	struct log *log = conf_doors(run->host.conf)->log;

	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		if (strcmp(levels[i].word, word) != 0)
			continue;
		if (log != NULL)
			log_write(log, levels[i].level, "script", "%s",
			          value_str(&args[1], &run->arena));
		return yield(run, op, value_nil());
	}
	return diag_fail(&run->diag, NULL,
	                 "input does not match any value of topics\nit is debug, info, warning, "
	                 "error or critical");
}

static bool as_code(struct run *run, const struct value *value, struct value *ret_code)
{
	const char *source = value_str(value, &run->arena);

	if (exec_script_compile(run, source) == NULL)
		return false;
	*ret_code = value_code(&run->arena, source, strlen(source));
	return true;
}

bool act_parse(struct run *run, const struct op *op)
{
	struct value code;

	return as_code(run, arguments(run, op), &code) && yield(run, op, code);
}

bool act_execute(struct run *run, const struct op *op)
{
	struct text job = { 0 };
	struct value code, name;
	bool ok;

	if (!as_code(run, arguments(run, op), &code))
		return false;
	if (run->host.execute == NULL)
		return diag_fail(&run->diag, NULL,
		                 "failure: nothing can be run in the background here");
	ok = run->host.execute(run->host.arg, code.text, &job, &run->diag);
	name = value_text(&run->arena, text_str(&job));
	text_free(&job);
	return ok && yield(run, op, name);
}

bool act_environment(struct run *run, const struct op *op)
{
	const struct variables *globals = run->host.globals;
	const struct value *command = arguments(run, op);
	const char *name;

	if (command->kind != VALUE_NIL && strcmp(value_str(command, &run->arena), "print") != 0)
		return diag_fail(&run->diag, NULL,
		                 "input does not match any value of command\nit is print; :set "
		                 "name, without a value, removes a variable");
	for (size_t i = 0; (name = variables_name(globals, i)) != NULL; i++) {
		struct value value = variables_get(globals, name);

		text_printf(&run->out, "%s=", name);
		value_print(&value, &run->out);
		text_char(&run->out, '\n');
	}
	exec_flush(run);
	return yield(run, op, value_nil());
}

bool act_jobname(struct run *run, const struct op *op)
{
	const char *job = run->host.job;

	return yield(run, op, value_text(&run->arena, job != NULL ? job : ""));
}

bool act_clock(struct run *run, const struct op *op)
{
	return yield(run, op, value_time((int64_t)run->now.ns));
}

bool act_elapsed(struct run *run, const struct op *op)
{
	int64_t began = arguments(run, op)->number;

	return yield(run, op, value_time((int64_t)run->now.ns - began));
}

static size_t index_of(const struct array *array, const struct value *found)
{
	for (size_t i = 0; i < array->n; i++)
		if (&array->at[i].value == found)
			return i;
	return array->n;
}

/* @whole with the element that @keys lead to set to @value; without a value it is taken out. */
static bool set_element(struct run *run, const struct value *whole, const struct value *keys,
                        size_t nkeys, const struct value *value, struct value *ret_value)
{
	static const struct array empty;
	const struct array *array = whole->kind == VALUE_ARRAY ? whole->array : &empty;
	const struct value *found = array->n > 0 ? value_find(whole, keys) : NULL;
	size_t at = found != NULL ? index_of(array, found) : array->n, n = array->n;
	struct pair *pairs = arena_new(&run->arena, n + 1, sizeof pairs[0]);
	struct value inside = nkeys > 1 && found != NULL ? *found : value_nil();
	struct value made = *value;

	if (whole->kind != VALUE_ARRAY && whole->kind != VALUE_NIL)
		return diag_fail(&run->diag, NULL, "failure: this is %s and has no elements to set",
		                 value_kind_word(whole));
	if (nkeys > 1 && !set_element(run, &inside, keys + 1, nkeys - 1, value, &made))
		return false;
	if (n > 0)
		memcpy(pairs, array->at, n * sizeof pairs[0]);
	if (found == NULL && keys->kind == VALUE_NUM && value_find(whole, keys) == NULL &&
	    keys->number != (int64_t)n)
		return diag_fail(&run->diag, NULL,
		                 "failure: there is no element %lld; the next one is %zu",
		                 (long long)keys->number, n);
	if (found == NULL) {
		pairs[at].key = keys->kind == VALUE_NUM ? value_nil() : *keys;
		n++;
	}
	pairs[at].value = made;
	if (made.kind == VALUE_NIL) {
		memmove(&pairs[at], &pairs[at + 1], (n - at - 1) * sizeof pairs[0]);
		n--;
	}
	*ret_value = value_array(&run->arena, pairs, n);
	return true;
}

bool act_set_element(struct run *run, const struct op *op)
{
	const struct value *args = arguments(run, op);
	size_t nkeys = op->count - 2;
	struct value made;

	return set_element(run, &args[0], &args[1], nkeys, &args[op->count - 1], &made) &&
	       yield(run, op, made);
}
