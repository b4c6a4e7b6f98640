#include "conf/files.h"

#include <stdlib.h>
#include <string.h>

#include "conf/commit.h"
#include "lib/mem.h"

/* What the background reads. */
struct files_job {
	struct background_job job; /* first: the job is cast back to this */
	struct files *files;       /* NULL: nobody wants it any more */
	struct store *store;
	struct file_entry *at;
	size_t n;
	int error;
};

struct files {
	struct conf *conf;
	struct file_entry *at; /* by name */
	size_t n;
	uint32_t next_id;
	uint64_t asked, done;  /* readings */
	struct files_job *job; /* NULL: none is under way */
};

/* --- in the background --- */

struct files_sink {
	struct store_sink sink; /* first */
	struct files_job *job;
};

static void take_file(struct store_sink *base, const char *name, uint64_t size, wall modified)
{
	struct files_job *job = ((struct files_sink *)base)->job;
	struct file_entry *entry;

	if (!file_is_shown(name) || job->n == FILES_MAX)
		return;
	entry = &job->at[job->n++];
	*entry = (struct file_entry){ .size = size, .modified = modified };
	memcpy(entry->name, name, strlen(name) + 1);
}

/* A text has no byte that a terminal would not show. */
static bool is_text(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)bytes[i] < ' ' && strchr("\n\r\t", bytes[i]) == NULL) ||
		    bytes[i] == '\0' || bytes[i] == 0x7f)
			return false;
	return true;
}

static void read_contents(struct store *store, struct file_entry *entry)
{
	struct store_file *file;
	int64_t len = -1;

	if (entry->size > FILES_CONTENTS_MAX || store->open(store, entry->name, false, &file) != 0)
		return;
	entry->contents = mem_new(FILES_CONTENTS_MAX + 2, 1);
	len = store->pread(file, entry->contents, FILES_CONTENTS_MAX + 1, 0);
	store->close(file);
	if (len >= 0 && len <= FILES_CONTENTS_MAX && is_text(entry->contents, (size_t)len)) {
		entry->contents[len] = '\0';
		return;
	}
	mem_free(entry->contents);
	entry->contents = NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file_entry *)a)->name, ((const struct file_entry *)b)->name);
}

static void work(struct background_job *base)
{
	struct files_job *job = (struct files_job *)base;
	struct files_sink sink = { .sink = { take_file }, .job = job };

	job->at = mem_new(FILES_MAX, sizeof job->at[0]);
	job->error = job->store->list(job->store, &sink.sink);
	qsort(job->at, job->n, sizeof job->at[0], by_name);
	for (size_t i = 0; i < job->n; i++)
		read_contents(job->store, &job->at[i]);
}

/* --- on the router's thread --- */

static void entries_free(struct file_entry *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		mem_free(at[i].contents);
	mem_free(at);
}

/* A file keeps the id that its name had. */
static void give_ids(struct files *files, struct file_entry *at, size_t n)
{
	size_t old = 0;

	for (size_t i = 0; i < n; i++) {
		while (old < files->n && strcmp(files->at[old].name, at[i].name) < 0)
			old++;
		if (old < files->n && strcmp(files->at[old].name, at[i].name) == 0)
			at[i].id = files->at[old].id;
		else
			at[i].id = ++files->next_id;
	}
}

static void begin(struct files *files);

static void job_done(struct background_job *base)
{
	struct files_job *job = (struct files_job *)base;
	struct files *files = job->files;

	/* One that was asked for meanwhile knows more. */
	if (files == NULL || job->error != 0 || files->asked > files->done + 1) {
		entries_free(job->at, job->n);
	} else {
		give_ids(files, job->at, job->n);
		entries_free(files->at, files->n);
		files->at = job->at;
		files->n = job->n;
	}
	mem_free(job);
	if (files == NULL)
		return;
	files->job = NULL;
	files->done++;
	if (files->asked > files->done)
		begin(files);
}

static void begin(struct files *files)
{
	struct files_job *job = mem_new(1, sizeof *job);

	*job = (struct files_job){
		.job = { .work = work, .done = job_done },
		.files = files,
		.store = files->conf->setup.store,
	};
	files->job = job;
	background_submit(files->conf->setup.background, &job->job);
}

/* One that is under way may have passed the file already: then one more is due behind it. */
uint64_t files_refresh(struct conf *conf)
{
	struct files *files = conf->files;

	if (conf->setup.store == NULL)
		return 0;
	if (files == NULL) {
		files = conf->files = mem_new(1, sizeof *files);
		files->conf = conf;
	}

	uint64_t ticket = files->done + (files->job != NULL ? 2 : 1);

	files->asked = ticket;
	if (files->job == NULL)
		begin(files);
	return ticket;
}

bool files_fresh(const struct conf *conf, uint64_t ticket)
{
	return conf->files == NULL || conf->files->done >= ticket;
}

void files_changed(struct conf *conf)
{
	if (conf->files != NULL)
		(void)files_refresh(conf);
}

const struct file_entry *files_list(const struct conf *conf, size_t *ret_n)
{
	*ret_n = conf->files != NULL ? conf->files->n : 0;
	return conf->files != NULL ? conf->files->at : NULL;
}

const struct file_entry *files_find(const struct conf *conf, uint32_t id)
{
	size_t n;
	const struct file_entry *at = files_list(conf, &n);

	for (size_t i = 0; i < n; i++)
		if (at[i].id == id)
			return &at[i];
	return NULL;
}

/* Where @name is in the list, or belongs. */
static size_t place_of(const struct files *files, const char *name)
{
	size_t i = 0;

	while (i < files->n && strcmp(files->at[i].name, name) < 0)
		i++;
	return i;
}

static struct file_entry *entry_of(struct files *files, const char *name)
{
	size_t i = place_of(files, name);

	return i < files->n && strcmp(files->at[i].name, name) == 0 ? &files->at[i] : NULL;
}

static void take_out(struct files *files, struct file_entry *entry)
{
	size_t behind = files->n - (size_t)(entry - files->at) - 1;

	mem_free(entry->contents);
	memmove(entry, entry + 1, behind * sizeof *entry);
	files->n--;
}

static struct file_entry *put_in(struct files *files, const char *name)
{
	size_t i = place_of(files, name);
	struct file_entry *entry;

	files->at = mem_resize(files->at, files->n + 1, sizeof files->at[0]);
	entry = &files->at[i];
	memmove(entry + 1, entry, (files->n - i) * sizeof *entry);
	files->n++;
	*entry = (struct file_entry){ .id = ++files->next_id };
	memcpy(entry->name, name, strlen(name) + 1);
	return entry;
}

void files_wrote(struct conf *conf, const char *name, const char *text, size_t len)
{
	struct files *files = conf->files;
	struct file_entry *entry;

	if (files == NULL || !file_is_shown(name))
		return;
	entry = entry_of(files, name);
	if (entry == NULL && files->n < FILES_MAX)
		entry = put_in(files, name);
	if (entry != NULL) {
		mem_free(entry->contents);
		entry->contents = NULL;
		if (len <= FILES_CONTENTS_MAX && is_text(text, len)) {
			entry->contents = mem_new(len + 1, 1);
			memcpy(entry->contents, text, len);
		}
		entry->size = len;
		entry->modified = conf_wall(conf);
	}
	files_changed(conf);
}

void files_renamed(struct conf *conf, const char *name, const char *to)
{
	struct files *files = conf->files;
	struct file_entry *entry = files != NULL ? entry_of(files, name) : NULL;

	if (entry != NULL && entry_of(files, to) == NULL) {
		struct file_entry moved = *entry, *put;

		entry->contents = NULL;
		take_out(files, entry);
		put = put_in(files, to);
		put->size = moved.size;
		put->modified = moved.modified;
		put->contents = moved.contents;
	}
	files_changed(conf);
}

void files_removed(struct conf *conf, const char *name)
{
	struct file_entry *entry = conf->files != NULL ? entry_of(conf->files, name) : NULL;

	if (entry != NULL)
		take_out(conf->files, entry);
	files_changed(conf);
}

void files_free(struct conf *conf)
{
	struct files *files = conf->files;

	if (files == NULL)
		return;
	if (files->job != NULL)
		files->job->files = NULL;
	entries_free(files->at, files->n);
	mem_free(files);
	conf->files = NULL;
}
