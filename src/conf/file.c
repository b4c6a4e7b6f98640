#include "conf/file.h"

#include <errno.h>
#include <string.h>

#include "conf/commit.h"
#include "lib/mem.h"

#define SUFFIX    ".rsc"
#define TEMPORARY ".new"

struct file_job {
	struct background_job job; /* first: the job is cast back to this */
	struct store *store;
	char name[FILE_NAME_BYTES];
	char *text;
	size_t len;
	int error;
	file_done *done;
	void *arg;
};

bool file_name_of(const char *field, const char *typed, const char *suffix, char *ret_name,
                  struct diag *diag)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strlen(typed);
	size_t end = strlen(suffix);
	bool has_suffix = len > end && strcmp(typed + len - end, suffix) == 0;
	struct text name = text_into(ret_name, FILE_NAME_BYTES);

	text_printf(&name, "%s%s", typed, has_suffix ? "" : suffix);
	if (len > 0 && typed[0] != '.' && typed[strspn(typed, letters)] == '\0' && !name.cut)
		return true;
	return diag_fail(
		diag, field,
		"invalid value for argument %s: a name of letters, digits, dots, dashes and "
		"underscores is wanted, such as router%s; the router keeps its files in "
		"its own store",
		field, suffix);
}

bool file_name(const char *field, const char *typed, char *ret_name, struct diag *diag)
{
	return file_name_of(field, typed, SUFFIX, ret_name, diag);
}

static int read_whole(struct file_job *job, struct store_file *file)
{
	uint64_t size;
	int64_t got;
	int error = job->store->size(file, &size);

	if (error != 0)
		return error;
	if (size > FILE_BYTES_MAX)
		return -EFBIG;
	job->text = mem_new((size_t)size + 1, 1);
	got = job->store->pread(file, job->text, (size_t)size, 0);
	if (got < 0)
		return (int)got;
	job->len = (size_t)got;
	return 0;
}

static void read_work(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;
	struct store_file *file;

	job->error = job->store->open(job->store, job->name, false, &file);
	if (job->error != 0)
		return;
	job->error = read_whole(job, file);
	job->store->close(file);
}

static int write_whole(struct file_job *job, const char *name)
{
	struct store_file *file;
	int error = job->store->open(job->store, name, true, &file);

	if (error != 0)
		return error;
	error = job->store->truncate(file, 0);
	if (error == 0)
		error = job->store->pwrite(file, job->text, job->len, 0);
	if (error == 0)
		error = job->store->sync(file);
	job->store->close(file);
	return error;
}

static void write_work(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;
	char temporary[FILE_NAME_BYTES + sizeof TEMPORARY];
	struct text name = text_into(temporary, sizeof temporary);

	text_printf(&name, "%s%s", job->name, TEMPORARY);
	job->error = write_whole(job, temporary);
	if (job->error == 0)
		job->error = job->store->rename(job->store, temporary, job->name);
	if (job->error == 0)
		job->error = job->store->sync_names(job->store);
}

static void job_done(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;

	job->done(job->arg, job->error, job->text != NULL ? job->text : "", job->len);
	mem_free(job->text);
	mem_free(job);
}

static void submit(struct conf *conf, const char *name, char *text, size_t len,
                   void (*work)(struct background_job *job), file_done *done, void *arg)
{
	struct file_job *job = mem_new(1, sizeof *job);

	*job = (struct file_job){
		.job = { .work = work, .done = job_done },
		.store = conf->setup.store,
		.text = text,
		.len = len,
		.done = done,
		.arg = arg,
	};
	memcpy(job->name, name, strlen(name) + 1);
	background_submit(conf->setup.background, &job->job);
}

void file_read(struct conf *conf, const char *name, file_done *done, void *arg)
{
	if (conf->setup.store == NULL)
		done(arg, -ENOENT, "", 0);
	else
		submit(conf, name, NULL, 0, read_work, done, arg);
}

void file_write(struct conf *conf, const char *name, const char *text, size_t len, file_done *done,
                void *arg)
{
	char *copy;

	if (conf->setup.store == NULL) {
		done(arg, -EROFS, "", 0);
		return;
	}
	copy = mem_new(len + 1, 1);
	memcpy(copy, text, len);
	submit(conf, name, copy, len, write_work, done, arg);
}
