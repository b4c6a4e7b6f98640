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

bool exec_file_too_long(struct run *run)
{
	text_clear(&run->out);
	(void)diag_fail(&run->diag, "file",
	                "failure: this is more than the %u MiB that a file may have; choose fewer "
	                "items with where",
	                FILE_BYTES_MAX >> 20);
	return exec_fail(run);
}

static void write_out(struct run *run)
{
	run->changing = true;
	file_write(run->host.conf, run->file, text_str(&run->out), run->out.len, have_written, run);
	text_clear(&run->out);
}

/* What the file holds goes in front of what is to be appended. */
static void have_old(void *arg, int error, const char *old, size_t len)
{
	struct run *run = arg;
	struct text whole = { 0 };

	if (!exec_file_came_back(run, error == -ENOENT ? 0 : error))
		return;
	if (len + run->out.len > FILE_BYTES_MAX) {
		(void)exec_file_too_long(run);
		return;
	}
	text_bytes(&whole, old, len);
	text_bytes(&whole, text_str(&run->out), run->out.len);
	text_free(&run->out);
	run->out = whole;
	write_out(run);
}

void exec_file_print(struct run *run, bool append)
{
	run->changing = true;
	if (append)
		file_read(run->host.conf, run->file, have_old, run);
	else
		write_out(run);
}

bool exec_file_export(struct run *run)
{
	run->changing = true;
	file_write(run->host.conf, run->file, text_str(&run->out), run->out.len, have_written, run);
	text_clear(&run->out);
	return !run->failed;
}
