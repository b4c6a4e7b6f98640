/*
 * exec_import.c -- import: a file of the router's is a program of its own, run by a machine inside
 * this one, from the root and to its first error.
 *
 * Its changes gather in a draft and are made when it has come to its end: all of them or none. With
 * partial=yes each command counts by itself, as it does when it is typed. A dry run stops at no
 * error, says what the file would change, and throws the draft away.
 */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/draft.h"
#include "conf/file.h"
#include "lang/exec.h"
#include "lang/permission.h"

#define IMPORTS_MAX 4 /* files that import one another */

/* The session stays where it is while a file's lines move about. */
static void stay(void *arg, const char *path)
{
}

/* Lines before the first one that is wanted become empty, so that the others keep their numbers. */
static void blank_lines(char *text, unsigned from_line)
{
	for (unsigned line = 1; line < from_line && *text != '\0'; text++) {
		if (*text == '\n')
			line++;
		else
			*text = ' ';
	}
}

/* The error that has stopped the file is shown and counted, not ours. */
static void count_error(struct run *run, const struct diag *diag)
{
	size_t first = strcspn(diag->text, "\n");

	run->import.errors++;
	text_printf(&run->out, "%.*s", (int)first, diag->text);
	if (diag->at_position)
		text_printf(&run->out, " (line %u column %u)", diag->line, diag->column);
	text_printf(&run->out, "%s\n", diag->text + first);
	exec_flush(run);
}

static bool fail_dry_run(struct run *run)
{
	(void)diag_fail(&run->diag, NULL, "found %u error(s) in import file\nnothing was changed",
	                run->import.errors);
	return exec_fail(run);
}

static void stop_at_error(struct run *run, const struct diag *diag)
{
	const char *done = run->import.draft != NULL ? "nothing was changed"
	                   : run->import.partial     ? "the lines before it are done"
	                                             : NULL;

	run->diag = *diag;
	run->limited = run->inner != NULL && run->inner->limited;
	if (done != NULL) {
		size_t len = strlen(run->diag.text);

		(void)snprintf(run->diag.text + len, sizeof run->diag.text - len, "\n%s", done);
	}
	(void)exec_fail(run);
}

static void begin(struct run *run, const char *text, size_t len)
{
	struct program program = { 0 };
	struct run_host host = run->host;
	struct diag diag = { 0 };

	if (!parse_program(conf_menus(host.conf), "/", text, len, &program, NULL, &diag)) {
		diag.at_position = true;
		program_free(&program);
		if (run->import.dry_run) {
			count_error(run, &diag);
			(void)fail_dry_run(run);
		} else {
			run->diag = diag;
			(void)exec_fail(run);
		}
		return;
	}
	if (host.draft == NULL && !run->import.partial)
		run->import.draft = host.draft = conf_draft_new(host.conf);
	host.go = stay;
	host.asks = false;
	run->inner = run_new(&host, &program);
	run->inner->imports = run->imports + 1;
	run->inner->verbose = run->import.verbose;
	run->inner_state = RUN_RUNNING;
}

static void have_read(void *arg, int error, const char *text, size_t len)
{
	struct run *run = arg;
	char *copy;

	if (!exec_file_came_back(run, error))
		return;
	copy = arena_strndup(&run->arena, text, len);
	blank_lines(copy, run->import.from_line);
	begin(run, copy, strlen(copy));
}

/* yes or no; @value of NULL is a bare word. */
static bool take_bool(struct run *run, const struct arg *arg, const char *value, bool *ret)
{
	*ret = value == NULL || strcmp(value, "yes") == 0 || strcmp(value, "true") == 0;
	if (*ret || strcmp(value, "no") == 0 || strcmp(value, "false") == 0)
		return true;
	(void)diag_fail(&run->diag, arg->param.name,
	                "invalid value for argument %s: %s is neither yes nor no", arg->param.name,
	                value);
	return exec_fail(run);
}

static bool take_line(struct run *run, const struct arg *arg, const char *value)
{
	uint64_t line;

	if (value != NULL && text_to_u64(value, strlen(value), &line) && line >= 1 &&
	    line <= UINT32_MAX) {
		run->import.from_line = (unsigned)line;
		return true;
	}
	(void)diag_fail(&run->diag, arg->param.name,
	                "invalid value for argument from-line: the number of a line, from 1 on");
	return exec_fail(run);
}

static bool take_argument(struct exec *exec, const struct arg *arg)
{
	struct run *run = exec->run;
	struct value value = exec_value(exec, arg);
	const char *text = value.kind == VALUE_NIL ? NULL : value_str(&value, &run->arena);

	if (strcmp(arg->param.name, "from-line") == 0)
		return take_line(run, arg, text);
	if (strcmp(arg->param.name, "verbose") == 0)
		return take_bool(run, arg, text, &run->import.verbose);
	if (strcmp(arg->param.name, "partial") == 0)
		return take_bool(run, arg, text, &run->import.partial);
	return true;
}

static bool fits_here(struct run *run)
{
	if (run->imports == IMPORTS_MAX)
		(void)diag_fail(&run->diag, "file-name",
		                "failure: %d files import one another already", IMPORTS_MAX);
	else if (run->import.dry_run && run->import.partial)
		(void)diag_fail(&run->diag, "partial",
		                "failure: a dry run changes nothing: partial=yes means nothing to "
		                "it");
	else if (run->import.dry_run && run->host.draft != NULL)
		(void)diag_fail(&run->diag, "dry-run",
		                "failure: what a file imports belongs to its own changes; give "
		                "dry-run to the first import");
	else
		return true;
	return exec_fail(run);
}

bool exec_import(struct exec *exec)
{
	struct run *run = exec->run;

	run->import = (struct import){ .dry_run = (exec->call->options & OPTION_DRY_RUN) != 0 };
	for (const struct arg *arg = exec->call->args; arg != NULL; arg = arg->next) {
		bool ok = strcmp(arg->param.name, "file-name") == 0
		                  ? exec_file_name(exec, "file-name")
		                  : take_argument(exec, arg);

		if (!ok)
			return false;
	}
	if (call_arg(exec->call, "file-name") == NULL && !exec_file_name(exec, "file-name"))
		return false;
	if (!fits_here(run))
		return false;
	run->depth -= exec->call->ncomputed;
	run->changing = true;
	file_read(run->host.conf, run->file, have_read, run);
	return !run->failed;
}

void exec_import_file(struct run *run)
{
	run->import = (struct import){ 0 };
	run->changing = true;
	file_read(run->host.conf, run->file, have_read, run);
}

/* Go on behind the command that has failed. */
static void skip_command(struct run *inner)
{
	const struct program *program = &inner->program;

	exec_script_unwind(inner);
	while (inner->at < program->nops && program->ops[inner->at].code != OP_DROP)
		inner->at++;
	inner->at += inner->at < program->nops;
	inner->depth = 0;
	inner->failed = false;
	inner->diag = (struct diag){ 0 };
	arena_free(&inner->arena);
}

static void end(struct run *run)
{
	run_free(run->inner);
	run->inner = NULL;
}

static void succeed(struct run *run, const char *said)
{
	conf_draft_free(run->import.draft);
	run->import.draft = NULL;
	text_add(&run->out, said);
	exec_flush(run);
	exec_push(run, (struct value){ .kind = VALUE_NIL });
}

static void finish_dry_run(struct run *run)
{
	struct diag diag = { 0 };

	if (run->import.errors == 0 && !conf_draft_try(run->import.draft, &diag))
		count_error(run, &diag);
	conf_draft_lines(run->import.draft, &run->out);
	if (run->import.errors == 0) {
		succeed(run, "");
		return;
	}
	exec_flush(run);
	(void)fail_dry_run(run);
}

static void answered(void *arg, const struct conf_answer *answer)
{
	struct run *run = arg;

	if (!exec_file_came_back(run, 0))
		return;
	if (answer->ok)
		succeed(run, "Script file loaded and executed successfully\n");
	else
		stop_at_error(run, answer->diag);
}

static void finish(struct run *run)
{
	if (run->import.dry_run) {
		finish_dry_run(run);
	} else if (run->import.draft == NULL) {
		succeed(run, "Script file loaded and executed successfully\n");
	} else {
		const struct journal_origin origin = {
			.who = run->host.who,
			.door = run->host.door,
			.trial = exec_trial(run),
			.lacks = permission_lacking(run),
			.line = arena_printf(&run->arena, "/import file-name=%s", run->file),
		};

		run->changing = true;
		conf_draft_commit(run->import.draft, &origin, answered, run);
	}
}

void exec_import_turn(struct run *run, mono now, unsigned budget)
{
	struct run *inner = run->inner;

	run->inner_state = run_step(inner, now, budget);
	if (run->inner_state != RUN_DONE)
		return;
	if (!run_ok(inner) && run->import.dry_run && !run_interrupted(inner) && !inner->limited) {
		count_error(run, run_diag(inner));
		skip_command(inner);
		return;
	}
	if (!run_ok(inner))
		stop_at_error(run, run_diag(inner));

	bool over = !run_ok(inner) || run_interrupted(inner);

	end(run);
	if (!over)
		finish(run);
}

void exec_import_echo(struct run *run, const struct call *call)
{
	const char *path = call->command.place.path;

	if (!run->verbose)
		return;
	if (call_has_secret(call))
		text_printf(&run->out, "#line %u\n# has a secret in it and is not shown\n",
		            call->spot.line);
	else
		text_printf(&run->out, "#line %u\n%s%s%s\n", call->spot.line, path,
		            path[strlen(path) - 1] == '/' ? "" : "/", call->text);
	exec_flush(run);
}
