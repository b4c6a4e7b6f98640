/*
 * exec_file.c -- commands that read or write one of the router's files: import, and export with
 * file.
 *
 * The machine waits while the file is on its way. An import is a program of its own, run by a
 * machine inside this one, from the root and to its first error.
 */
#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/file.h"
#include "lang/exec.h"

#define IMPORTS_MAX 4 /* files that import one another */

static const char *name_of(struct exec *exec, const char *argument, char *name)
{
	const struct arg *arg = call_arg(exec->call, argument);
	struct run *run = exec->run;
	struct value value;

	if (arg == NULL) {
		(void)diag_fail(&run->diag, argument, "missing value(s) of argument(s) %s",
		                argument);
		return NULL;
	}
	value = exec_value(exec, arg);
	return file_name(argument, value_str(&value, &run->arena), name, &run->diag) ? name : NULL;
}

static bool fail_file(struct run *run, int error)
{
	if (error == -ENOENT)
		(void)diag_fail(&run->diag, "file-name",
		                "failure: there is no file %s in the router's store; export "
		                "file=... writes one",
		                run->file);
	else if (error == -EFBIG)
		(void)diag_fail(&run->diag, "file-name", "failure: %s is larger than %u MiB",
		                run->file, FILE_BYTES_MAX >> 20);
	else
		(void)diag_fail(&run->diag, NULL, "failure: %s: %s", run->file, strerror(-error));
	return exec_fail(run);
}

/* The session stays where it is while a file's lines move about. */
static void stay(void *arg, const char *path)
{
}

static void begin_import(struct run *run, const char *text, size_t len)
{
	struct program program = { 0 };
	struct run_host host = run->host;

	if (!parse_program(conf_menus(host.conf), "/", text, len, &program, NULL, &run->diag)) {
		run->diag.at_position = true;
		program_free(&program);
		(void)exec_fail(run);
		return;
	}
	host.go = stay;
	run->inner = run_new(&host, &program);
	run->inner->imports = run->imports + 1;
	run->inner_state = RUN_RUNNING;
}

/* The disk has answered; true when the machine is still wanted and may go on. */
static bool came_back(struct run *run, int error)
{
	run->changing = false;
	if (run->orphan) {
		run_free(run);
		return false;
	}
	return error == 0 || fail_file(run, error);
}

static void have_read(void *arg, int error, const char *text, size_t len)
{
	struct run *run = arg;

	if (came_back(run, error))
		begin_import(run, text, len);
}

bool exec_file_import(struct exec *exec)
{
	struct run *run = exec->run;

	if (name_of(exec, "file-name", run->file) == NULL)
		return exec_fail(run);
	if (run->imports == IMPORTS_MAX) {
		(void)diag_fail(&run->diag, "file-name",
		                "failure: %d files import one another already", IMPORTS_MAX);
		return exec_fail(run);
	}
	run->depth -= exec->call->ncomputed;
	run->changing = true;
	file_read(run->host.conf, run->file, have_read, run);
	return !run->failed;
}

void exec_file_turn(struct run *run, mono now, unsigned budget)
{
	run->inner_state = run_step(run->inner, now, budget);
	if (run->inner_state != RUN_DONE)
		return;
	if (!run_ok(run->inner)) {
		run->diag = *run_diag(run->inner);
		run->limited = run->inner->limited;
		(void)exec_fail(run);
	} else if (!run_interrupted(run->inner)) {
		text_add(&run->out, "Script file loaded and executed successfully\n");
		exec_flush(run);
		exec_push(run, (struct value){ .kind = VALUE_NIL });
	}
	run_free(run->inner);
	run->inner = NULL;
}

static void have_written(void *arg, int error, const char *text, size_t len)
{
	struct run *run = arg;

	if (came_back(run, error))
		exec_push(run, (struct value){ .kind = VALUE_NIL });
}

bool exec_file_export(struct exec *exec)
{
	struct run *run = exec->run;

	if (name_of(exec, "file", run->file) == NULL)
		return exec_fail(run);
	run->depth -= exec->call->ncomputed;
	run->changing = true;
	file_write(run->host.conf, run->file, text_str(&run->out), run->out.len, have_written, run);
	text_clear(&run->out);
	return !run->failed;
}
