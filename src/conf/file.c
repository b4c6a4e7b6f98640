#include "conf/file.h"

#include <errno.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/files.h"
#include "lib/mem.h"

#define SUFFIX    ".rsc"
#define TEMPORARY ".new"

struct file_job {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	struct store *store;
	char name[FILE_NAME_BYTES], to[FILE_NAME_BYTES];
	char *text;
	size_t len;
	int error;
	void (*changed)(const struct file_job *job); /* has it been done? NULL: nothing changes */
	file_done *done;
	void *arg;
};

/* What the configuration's files begin with: config.db with its companions, and those beside it. */
static bool is_kept(const char *name)
{
	static const char *const kept[] = { "config.db", "config.kept", "config.notice",
		                            "config.txt" };
	size_t len = strlen(name), end = sizeof TEMPORARY - 1;

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (strncmp(name, kept[i], strlen(kept[i])) == 0)
			return true;
	return len >= end && strcmp(name + len - end, TEMPORARY) == 0;
}

static bool fail_kept(const char *field, const char *name, struct diag *diag)
{
	return diag_fail(diag, field,
	                 "invalid value for argument %s: %s is a file that the router keeps for "
	                 "itself; choose another name",
	                 field, name);
}

static bool is_plain(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	return name[0] != '\0' && name[0] != '.' && name[strspn(name, letters)] == '\0';
}

bool file_is_shown(const char *name)
{
	return strlen(name) < FILE_NAME_BYTES && is_plain(name) && !is_kept(name);
}

bool file_name_of(const char *field, const char *typed, const char *suffix, char *ret_name,
                  struct diag *diag)
{
	size_t len = strlen(typed);
	size_t end = strlen(suffix);
	bool has_suffix = len > end && strcmp(typed + len - end, suffix) == 0;
	struct text name = text_into(ret_name, FILE_NAME_BYTES);

	text_printf(&name, "%s%s", typed, has_suffix ? "" : suffix);
	if (is_plain(typed) && !name.cut)
		return !is_kept(ret_name) || fail_kept(field, ret_name, diag);
	return diag_fail(
		diag, field,
		"invalid value for argument %s: a name of letters, digits, dots, dashes and "
		"underscores is wanted, such as router%s; the router keeps its files in "
		"its own store",
		field, suffix);
}

bool file_name_any(const char *field, const char *typed, char *ret_name, struct diag *diag)
{
	return file_name_of(field, typed, "", ret_name, diag);
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

static void add_work(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;

	if (job->store->exists(job->store, job->name))
		job->error = -EEXIST;
	else
		write_work(base);
}

static void rename_work(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;

	if (job->store->exists(job->store, job->to))
		job->error = -EEXIST;
	else
		job->error = job->store->rename(job->store, job->name, job->to);
	if (job->error == 0)
		job->error = job->store->sync_names(job->store);
}

static void remove_work(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;

	job->error = job->store->remove(job->store, job->name);
	if (job->error == 0)
		job->error = job->store->sync_names(job->store);
}

static void job_done(struct background_job *base)
{
	struct file_job *job = (struct file_job *)base;

	if (job->changed != NULL && job->error == 0)
		job->changed(job);
	job->done(job->arg, job->error, job->text != NULL ? job->text : "", job->len);
	mem_free(job->text);
	mem_free(job);
}

static struct file_job *job_new(struct conf *conf, const char *name, file_done *done, void *arg)
{
	struct file_job *job = mem_new(1, sizeof *job);

	*job = (struct file_job){
		.job = { .done = job_done },
		.conf = conf,
		.store = conf->setup.store,
		.done = done,
		.arg = arg,
	};
	must(strlen(name) < sizeof job->name);
	memcpy(job->name, name, strlen(name) + 1);
	return job;
}

static void submit(struct file_job *job, void (*work)(struct background_job *job))
{
	job->job.work = work;
	background_submit(job->conf->setup.background, &job->job);
}

void file_read(struct conf *conf, const char *name, file_done *done, void *arg)
{
	if (conf->setup.store == NULL)
		done(arg, -ENOENT, "", 0);
	else
		submit(job_new(conf, name, done, arg), read_work);
}

static void wrote(const struct file_job *job)
{
	files_wrote(job->conf, job->name, job->text, job->len);
}

static void renamed(const struct file_job *job)
{
	files_renamed(job->conf, job->name, job->to);
}

static void removed(const struct file_job *job)
{
	files_removed(job->conf, job->name);
}

static void write_by(struct conf *conf, const char *name, const char *text, size_t len,
                     void (*work)(struct background_job *job), file_done *done, void *arg)
{
	struct file_job *job;

	if (conf->setup.store == NULL) {
		done(arg, -EROFS, "", 0);
		return;
	}
	job = job_new(conf, name, done, arg);
	job->text = mem_new(len + 1, 1);
	memcpy(job->text, text, len);
	job->len = len;
	job->changed = wrote;
	submit(job, work);
}

void file_write(struct conf *conf, const char *name, const char *text, size_t len, file_done *done,
                void *arg)
{
	write_by(conf, name, text, len, write_work, done, arg);
}

void file_add(struct conf *conf, const char *name, const char *text, size_t len, file_done *done,
              void *arg)
{
	write_by(conf, name, text, len, add_work, done, arg);
}

void file_rename(struct conf *conf, const char *name, const char *to, file_done *done, void *arg)
{
	struct file_job *job;

	if (conf->setup.store == NULL) {
		done(arg, -ENOENT, "", 0);
		return;
	}
	job = job_new(conf, name, done, arg);
	must(strlen(to) < sizeof job->to);
	memcpy(job->to, to, strlen(to) + 1);
	job->changed = renamed;
	submit(job, rename_work);
}

void file_remove(struct conf *conf, const char *name, file_done *done, void *arg)
{
	struct file_job *job;

	if (conf->setup.store == NULL) {
		done(arg, -ENOENT, "", 0);
		return;
	}
	job = job_new(conf, name, done, arg);
	job->changed = removed;
	submit(job, remove_work);
}
