/*
 * exec_file.c -- commands that read or write one of the router's files. The machine waits while the
 * file is on its way.
 */
#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/file.h"
#include "conf/store_words.h"
#include "lang/exec.h"

bool exec_file_name(struct exec *exec, const char *argument)
{
	const struct arg *arg = call_arg(exec->call, argument);
	struct run *run = exec->run;
	struct value value;

	if (arg == NULL) {
		(void)diag_fail(&run->diag, argument, "missing value(s) of argument(s) %s",
		                argument);
		return exec_fail(run);
	}
	value = exec_value(exec, arg);
	return file_name(argument, value_str(&value, &run->arena), run->file, &run->diag) ||
	       exec_fail(run);
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
		(void)diag_fail(&run->diag, NULL, "failure: %s: %s; %s", run->file,
		                strerror(-error), store_words_advice(error));
	return exec_fail(run);
}

bool exec_file_came_back(struct run *run, int error)
{
	run->changing = false;
	if (run->orphan) {
		run_free(run);
		return false;
	}
	return error == 0 || fail_file(run, error);
}

static void have_written(void *arg, int error, const char *text, size_t len)
{
	struct run *run = arg;

	if (exec_file_came_back(run, error))
		exec_push(run, (struct value){ .kind = VALUE_NIL });
}

bool exec_file_export(struct run *run)
{
	run->changing = true;
	file_write(run->host.conf, run->file, text_str(&run->out), run->out.len, have_written, run);
	text_clear(&run->out);
	return !run->failed;
}
