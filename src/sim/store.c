#include "sim/store.h"

#include <errno.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"

#define SECTOR_BYTES 512

struct write {
	bool is_truncate;
	uint64_t at;
	size_t len;
	uint8_t *bytes;
};

/* What a file holds, and what of it is not yet sure. */
struct content {
	uint8_t *live, *synced;
	size_t live_bytes, synced_bytes;
	struct write *writes; /* since the last sync, in order */
	size_t writes_n;
};

struct entry {
	char name[SIM_STORE_NAME_BYTES]; /* "" : free */
	struct content *content;
};

/* The names as they stood after one of the changes. */
struct names {
	struct entry entries[SIM_STORE_FILES];
};

struct sim_store {
	struct store store;
	struct sim_random *random;
	struct names *history; /* [0]: synced; the last: live */
	size_t history_n;
	struct content **contents;
	size_t contents_n;
	uint64_t calls_left; /* before they fail */
	int error;
};

struct sim_file {
	struct store_file file;
	struct content *content;
};

static struct sim_store *sim_store_of(struct store *store)
{
	return (struct sim_store *)store;
}

static struct names *live_names(struct sim_store *sim)
{
	return &sim->history[sim->history_n - 1];
}

static int call_fails(struct sim_store *sim)
{
	if (sim->error == 0)
		return 0;
	if (sim->calls_left > 1) {
		sim->calls_left--;
		return 0;
	}
	return -sim->error;
}

static struct entry *entry_find(struct sim_store *sim, const char *name)
{
	struct names *names = live_names(sim);

	for (unsigned i = 0; i < SIM_STORE_FILES; i++) {
		if (strcmp(names->entries[i].name, name) == 0)
			return &names->entries[i];
	}
	return NULL;
}

/* The names are about to change: keep how they stand. */
static void names_push(struct sim_store *sim)
{
	sim->history = mem_resize(sim->history, sim->history_n + 1, sizeof sim->history[0]);
	sim->history[sim->history_n] = sim->history[sim->history_n - 1];
	sim->history_n++;
}

static struct content *content_new(struct sim_store *sim)
{
	struct content *content = mem_new(1, sizeof *content);

	sim->contents = mem_resize(sim->contents, sim->contents_n + 1, sizeof(struct content *));
	sim->contents[sim->contents_n++] = content;
	return content;
}

static int do_open(struct store *store, const char *name, bool create, struct store_file **ret_file)
{
	struct sim_store *sim = sim_store_of(store);
	struct entry *entry = entry_find(sim, name);
	struct sim_file *file;
	int error = call_fails(sim);

	if (error != 0)
		return error;
	if (strlen(name) >= SIM_STORE_NAME_BYTES)
		return -ENAMETOOLONG;
	if (entry == NULL && !create)
		return -ENOENT;
	if (entry == NULL) {
		struct text text;

		names_push(sim);
		entry = entry_find(sim, "");
		if (entry == NULL)
			return -ENOSPC;
		text = text_into(entry->name, sizeof entry->name);
		text_add(&text, name);
		entry->content = content_new(sim);
	}
	file = mem_new(1, sizeof *file);
	*file = (struct sim_file){ .file = { .store = store }, .content = entry->content };
	*ret_file = &file->file;
	return 0;
}

static void do_close(struct store_file *file)
{
	mem_free(file);
}

static struct content *content_of(struct store_file *file)
{
	return ((struct sim_file *)file)->content;
}

static int64_t do_pread(struct store_file *file, void *bytes, size_t len, uint64_t offset)
{
	const struct content *c = content_of(file);
	int error = call_fails(sim_store_of(file->store));

	if (error != 0)
		return error;
	if (offset >= c->live_bytes)
		return 0;
	if (len > c->live_bytes - offset)
		len = (size_t)(c->live_bytes - offset);
	if (len > 0)
		memcpy(bytes, c->live + offset, len);
	return (int64_t)len;
}

static void bytes_resize(uint8_t **bytes, size_t *len, size_t to)
{
	*bytes = mem_resize(*bytes, to > 0 ? to : 1, 1);
	if (to > *len)
		memset(*bytes + *len, 0, to - *len);
	*len = to;
}

static void bytes_apply(uint8_t **bytes, size_t *len, const struct write *w)
{
	if (w->is_truncate) {
		bytes_resize(bytes, len, (size_t)w->at);
		return;
	}
	if (w->at + w->len > *len)
		bytes_resize(bytes, len, (size_t)w->at + w->len);
	if (w->len > 0)
		memcpy(*bytes + w->at, w->bytes, w->len);
}

static void write_note(struct content *c, const struct write *w)
{
	bytes_apply(&c->live, &c->live_bytes, w);
	c->writes = mem_resize(c->writes, c->writes_n + 1, sizeof c->writes[0]);
	c->writes[c->writes_n++] = *w;
}

static int do_pwrite(struct store_file *file, const void *bytes, size_t len, uint64_t offset)
{
	struct write w = { .at = offset, .len = len };
	int error = call_fails(sim_store_of(file->store));

	if (error != 0)
		return error;
	w.bytes = mem_new(len, 1);
	if (len > 0)
		memcpy(w.bytes, bytes, len);
	write_note(content_of(file), &w);
	return 0;
}

static int do_truncate(struct store_file *file, uint64_t size)
{
	struct write w = { .is_truncate = true, .at = size };
	int error = call_fails(sim_store_of(file->store));

	if (error == 0)
		write_note(content_of(file), &w);
	return error;
}

static int do_size(struct store_file *file, uint64_t *ret_size)
{
	*ret_size = content_of(file)->live_bytes;
	return call_fails(sim_store_of(file->store));
}

static void writes_forget(struct content *c)
{
	for (size_t i = 0; i < c->writes_n; i++)
		mem_free(c->writes[i].bytes);
	c->writes_n = 0;
}

static void copy_bytes(uint8_t **to, size_t *to_len, const uint8_t *from, size_t len)
{
	bytes_resize(to, to_len, len);
	if (len > 0)
		memcpy(*to, from, len);
}

static int do_sync(struct store_file *file)
{
	struct content *c = content_of(file);
	int error = call_fails(sim_store_of(file->store));

	if (error != 0)
		return error;
	copy_bytes(&c->synced, &c->synced_bytes, c->live, c->live_bytes);
	writes_forget(c);
	return 0;
}

static int do_rename(struct store *store, const char *from, const char *to)
{
	struct sim_store *sim = sim_store_of(store);
	struct entry *source, *target;
	struct text text;
	int error = call_fails(sim);

	if (error != 0)
		return error;
	if (entry_find(sim, from) == NULL)
		return -ENOENT;
	if (strlen(to) >= SIM_STORE_NAME_BYTES)
		return -ENAMETOOLONG;
	names_push(sim);
	target = entry_find(sim, to);
	if (target != NULL)
		*target = (struct entry){ 0 };
	source = entry_find(sim, from);
	text = text_into(source->name, sizeof source->name);
	text_add(&text, to);
	return 0;
}

static int do_remove(struct store *store, const char *name)
{
	struct sim_store *sim = sim_store_of(store);
	int error = call_fails(sim);

	if (error != 0)
		return error;
	if (entry_find(sim, name) == NULL)
		return -ENOENT;
	names_push(sim);
	*entry_find(sim, name) = (struct entry){ 0 };
	return 0;
}

static bool do_exists(struct store *store, const char *name)
{
	return entry_find(sim_store_of(store), name) != NULL;
}

/* Forget every state of the names but number @keep, which becomes the synced one. */
static void names_settle(struct sim_store *sim, size_t keep)
{
	sim->history[0] = sim->history[keep];
	sim->history_n = 1;
}

static int do_sync_names(struct store *store)
{
	struct sim_store *sim = sim_store_of(store);
	int error = call_fails(sim);

	if (error == 0)
		names_settle(sim, sim->history_n - 1);
	return error;
}

struct sim_store *sim_store_new(struct sim_random *random)
{
	struct sim_store *sim = mem_new(1, sizeof *sim);

	sim->random = random;
	sim->history = mem_new(1, sizeof sim->history[0]);
	sim->history_n = 1;
	sim->store = (struct store){
		.open = do_open,
		.close = do_close,
		.pread = do_pread,
		.pwrite = do_pwrite,
		.truncate = do_truncate,
		.size = do_size,
		.sync = do_sync,
		.rename = do_rename,
		.remove = do_remove,
		.exists = do_exists,
		.sync_names = do_sync_names,
	};
	return sim;
}

void sim_store_free(struct sim_store *sim)
{
	for (size_t i = 0; i < sim->contents_n; i++) {
		writes_forget(sim->contents[i]);
		mem_free(sim->contents[i]->writes);
		mem_free(sim->contents[i]->live);
		mem_free(sim->contents[i]->synced);
		mem_free(sim->contents[i]);
	}
	mem_free(sim->contents);
	mem_free(sim->history);
	mem_free(sim);
}

struct store *sim_store_door(struct sim_store *sim)
{
	return &sim->store;
}

/* One write reaches the disk, perhaps only some of its sectors. */
static void write_survives(struct sim_store *sim, struct content *c, struct write *w)
{
	struct write part = *w;

	if (!w->is_truncate && w->len > SECTOR_BYTES && sim_random_chance(sim->random, 3000))
		part.len = SECTOR_BYTES *
		           (1 + sim_random_below(sim->random, (uint32_t)(w->len / SECTOR_BYTES)));
	bytes_apply(&c->synced, &c->synced_bytes, &part);
}

/* Some of the unsynced writes reach the disk, in any order. */
static void content_cut(struct sim_store *sim, struct content *c)
{
	while (c->writes_n > 0) {
		size_t at = sim_random_below(sim->random, (uint32_t)c->writes_n);
		struct write w = c->writes[at];

		c->writes[at] = c->writes[--c->writes_n];
		if (sim_random_chance(sim->random, 5000))
			write_survives(sim, c, &w);
		mem_free(w.bytes);
	}
	copy_bytes(&c->live, &c->live_bytes, c->synced, c->synced_bytes);
}

void sim_store_cut(struct sim_store *sim)
{
	for (size_t i = 0; i < sim->contents_n; i++)
		content_cut(sim, sim->contents[i]);
	names_settle(sim, sim_random_below(sim->random, (uint32_t)sim->history_n));
}

void sim_store_fail(struct sim_store *sim, uint64_t nth, int error)
{
	sim->calls_left = nth;
	sim->error = error;
}
