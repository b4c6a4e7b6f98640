#include "conf/backup.h"

#include <errno.h>
#include <string.h>

#include "conf/backup_seal.h"
#include "conf/commit.h"
#include "conf/diag.h"
#include "conf/draft.h"
#include "conf/files.h"
#include "conf/store_words.h"
#include "lib/mem.h"

#define BACKUP_BYTES_MAX ((uint64_t)256 << 20)

struct backup_job {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	char name[FILE_NAME_BYTES];
	char password[BACKUP_PASSWORD_BYTES]; /* "": none */
	uint8_t salt[BACKUP_SALT_BYTES];
	struct arena arena; /* of the origin's words */
	struct journal_origin origin;
	struct conf_state *loaded;
	struct conf_draft *draft;
	struct diag diag;
	conf_done *done;
	void *arg;
};

static const char *password_of(const struct backup_job *job)
{
	return job->password[0] != '\0' ? job->password : NULL;
}

static void answer(struct backup_job *job, const struct conf_answer *result)
{
	conf_draft_free(job->draft);
	job->done(job->arg, result);
	arena_free(&job->arena);
	memset(job->password, 0, sizeof job->password);
	mem_free(job);
}

static void answer_own(struct background_job *base)
{
	struct backup_job *job = (struct backup_job *)base;

	files_changed(job->conf);
	answer(job, &(struct conf_answer){ .ok = !job->diag.failed,
	                                   .diag = job->diag.failed ? &job->diag : NULL,
	                                   .revision = job->conf->current->revision });
}

static struct backup_job *job_new(struct conf *conf, const char *name, const char *password,
                                  conf_done *done, void *arg)
{
	struct backup_job *job = mem_new(1, sizeof *job);
	struct text kept = text_into(job->password, sizeof job->password);

	job->conf = conf;
	memcpy(job->name, name, strlen(name) + 1);
	text_add(&kept, password != NULL ? password : "");
	must(!kept.cut);
	job->done = done;
	job->arg = arg;
	return job;
}

static bool fail_store(struct backup_job *job, const char *did, int error)
{
	return diag_fail(&job->diag, NULL, "failure: %s could not be %s: %s", job->name, did,
	                 strerror(-error));
}

/* --- save --- */

static int write_file(struct store *store, const char *name, const uint8_t *bytes, size_t len)
{
	struct store_file *file;
	int error = store->open(store, name, true, &file);

	if (error != 0)
		return error;
	error = store->truncate(file, 0);
	if (error == 0)
		error = store->pwrite(file, bytes, len, 0);
	if (error == 0)
		error = store->sync(file);
	store->close(file);
	return error;
}

/* After a power cut there is the old file or the new one. */
static int replace_file(struct store *store, const char *name, const uint8_t *bytes, size_t len)
{
	char temporary[FILE_NAME_BYTES + 8];
	struct text text = text_into(temporary, sizeof temporary);
	int error;

	text_printf(&text, "%s.new", name);
	error = write_file(store, temporary, bytes, len);
	if (error == 0)
		error = store->rename(store, temporary, name);
	if (error == 0)
		return store->sync_names(store);
	(void)store->remove(store, temporary);
	return error;
}

static void save_work(struct background_job *base)
{
	struct backup_job *job = (struct backup_job *)base;
	uint8_t *image, *sealed = NULL;
	size_t len;
	int error = journal_image(job->conf->journal, &image, &len);

	if (error == 0) {
		sealed = backup_seal(image, len, password_of(job), job->salt, &len);
		mem_free(image);
		error = sealed == NULL ? -ENOMEM : 0;
	}
	if (error == 0)
		error = replace_file(job->conf->setup.store, job->name, sealed, len);
	if (error != 0)
		(void)fail_store(job, "written", error);
	mem_free(sealed);
}

void backup_save(struct conf *conf, const char *name, const char *password, conf_done *done,
                 void *arg)
{
	struct backup_job *job = job_new(conf, name, password, done, arg);

	if (conf->journal == NULL || conf->setup.random == NULL) {
		(void)diag_fail(&job->diag, NULL,
		                "failure: this router keeps nothing: start it with --store");
		answer_own(&job->job);
		return;
	}
	conf->setup.random->fill(conf->setup.random, job->salt, sizeof job->salt);
	job->job = (struct background_job){ .work = save_work, .done = answer_own };
	background_submit(conf->setup.background, &job->job);
}

/* --- load --- */

static int read_file(struct backup_job *job, uint8_t **ret_bytes, size_t *ret_len)
{
	struct store *store = job->conf->setup.store;
	struct store_file *file;
	uint64_t size = 0;
	int64_t got = 0;
	int error = store->open(store, job->name, false, &file);

	if (error != 0)
		return error;
	error = store->size(file, &size);
	if (error == 0 && size > BACKUP_BYTES_MAX)
		error = -EFBIG;
	if (error == 0) {
		*ret_bytes = mem_new(1, (size_t)size + 1);
		got = store->pread(file, *ret_bytes, (size_t)size, 0);
		error = got < 0 ? (int)got : 0;
		*ret_len = (size_t)got;
		if (error != 0)
			mem_free(*ret_bytes);
	}
	store->close(file);
	return error;
}

static bool fail_opened(struct backup_job *job, enum backup_opened opened)
{
	static const char *const why[] = {
		[BACKUP_FOREIGN] = "it is no backup of Towpath",
		[BACKUP_DAMAGED] = "it is damaged",
		[BACKUP_NEEDS_PASSWORD] = "it is encrypted: say password=",
		[BACKUP_WRONG_PASSWORD] = "the password is wrong, or it is damaged",
		[BACKUP_NEEDS_NONE] = "it is not encrypted: leave out password=",
	};

	return diag_fail(&job->diag, NULL, "failure: %s can't be loaded: %s\nnothing was changed",
	                 job->name, why[opened]);
}

static void image_work(struct backup_job *job, const uint8_t *image, size_t len)
{
	struct conf_state *state = state_new(job->conf->setup.menus);
	struct diag diag = { 0 };
	int error = journal_image_load(image, len, state, &diag);

	if (error == 0) {
		job->loaded = state;
		return;
	}
	state_free(state);
	(void)diag_fail(&job->diag, NULL, "failure: %s can't be loaded: %s\nnothing was changed",
	                job->name,
	                error == -EUCLEAN ? "what is in it is damaged"
	                                  : "another version of Towpath has written it");
}

static void load_work(struct background_job *base)
{
	struct backup_job *job = (struct backup_job *)base;
	uint8_t *sealed, *image;
	size_t len;
	int error = read_file(job, &sealed, &len);
	enum backup_opened opened;

	if (error == -ENOENT) {
		(void)diag_fail(&job->diag, "name",
		                "failure: there is no file %s in the router's store; "
		                "/system/backup/save writes one",
		                job->name);
		return;
	}
	if (error != 0) {
		(void)fail_store(job, "read", error);
		return;
	}
	opened = backup_open(sealed, len, password_of(job), &image, &len);
	mem_free(sealed);
	if (opened != BACKUP_OPENED) {
		(void)fail_opened(job, opened);
		return;
	}
	image_work(job, image, len);
	mem_free(image);
}

static void committed(void *arg, const struct conf_answer *result)
{
	answer(arg, result);
}

static void load_done(struct background_job *base)
{
	struct backup_job *job = (struct backup_job *)base;

	if (!job->diag.failed) {
		job->draft = conf_draft_new(job->conf);
		if (conf_draft_replace(job->draft, job->loaded, &job->diag)) {
			conf_draft_commit(job->draft, &job->origin, committed, job);
			return;
		}
	}
	answer_own(base);
}

void backup_load(struct conf *conf, const char *name, const char *password,
                 const struct journal_origin *origin, conf_done *done, void *arg)
{
	struct backup_job *job = job_new(conf, name, password, done, arg);

	job->origin = *origin;
	job->origin.who = arena_strdup(&job->arena, origin->who != NULL ? origin->who : "");
	job->origin.door = arena_strdup(&job->arena, origin->door != NULL ? origin->door : "");
	job->origin.line = arena_printf(&job->arena, "/system/backup/load name=%s", name);
	if (conf->setup.store == NULL) {
		(void)diag_fail(&job->diag, NULL,
		                "failure: this router keeps nothing: start it with --store");
		answer_own(&job->job);
		return;
	}
	job->job = (struct background_job){ .work = load_work, .done = load_done };
	background_submit(conf->setup.background, &job->job);
}
