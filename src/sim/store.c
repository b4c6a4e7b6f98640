#include "sim/store.h"

#include <errno.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "sim/content.h"

#define SECTOR_BYTES 512 /* unless told otherwise */

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
	uint64_t calls;
	uint64_t calls_left; /* before they fail */
	int error;
	bool once; /* only one of them fails */
	uint32_t sector;
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
	int error = sim->error;

	sim->calls++;
	if (error == 0)
		return 0;
	if (sim->calls_left > 1) {
		sim->calls_left--;
		return 0;
	}
	if (sim->once)
		sim->error = 0;
	return -error;
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

static struct content *content_add(struct sim_store *sim, struct content *content)
{
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
		entry->content = content_add(sim, content_new());
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
	int error = call_fails(sim_store_of(file->store));

	return error != 0 ? error : content_read(content_of(file), bytes, len, offset);
}

static int do_pwrite(struct store_file *file, const void *bytes, size_t len, uint64_t offset)
{
	int error = call_fails(sim_store_of(file->store));

	content_write(content_of(file), bytes, error != 0 ? len / 2 : len, offset);
	return error;
}

static int do_truncate(struct store_file *file, uint64_t size)
{
	int error = call_fails(sim_store_of(file->store));

	if (error == 0)
		content_truncate(content_of(file), size);
	return error;
}

static int do_size(struct store_file *file, uint64_t *ret_size)
{
	*ret_size = content_of(file)->live.len;
	return call_fails(sim_store_of(file->store));
}

static int do_sync(struct store_file *file)
{
	int error = call_fails(sim_store_of(file->store));

	if (error == 0)
		content_sync(content_of(file));
	return error;
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

/* Simulated files have no times: what is kept of them is what a power cut may take. */
static int do_list(struct store *store, struct store_sink *sink)
{
	struct sim_store *sim = sim_store_of(store);
	const struct names *names = live_names(sim);
	int error = call_fails(sim);

	for (unsigned i = 0; i < SIM_STORE_FILES && error == 0; i++)
		if (names->entries[i].name[0] != '\0')
			sink->file(sink, names->entries[i].name,
			           names->entries[i].content->live.len, (wall){ 0 });
	return error;
}

struct sim_store *sim_store_new(struct sim_random *random)
{
	struct sim_store *sim = mem_new(1, sizeof *sim);

	sim->random = random;
	sim->sector = SECTOR_BYTES;
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
		.list = do_list,
	};
	return sim;
}

void sim_store_free(struct sim_store *sim)
{
	for (size_t i = 0; i < sim->contents_n; i++)
		content_free(sim->contents[i]);
	mem_free(sim->contents);
	mem_free(sim->history);
	mem_free(sim);
}

/* Which of @from's contents it is. */
static size_t content_index(const struct sim_store *from, const struct content *content)
{
	for (size_t i = 0; i < from->contents_n; i++) {
		if (from->contents[i] == content)
			return i;
	}
	must(content == NULL);
	return 0;
}

struct sim_store *sim_store_copy(const struct sim_store *from, struct sim_random *random)
{
	struct sim_store *sim = sim_store_new(random);

	sim->sector = from->sector;
	for (size_t i = 0; i < from->contents_n; i++)
		(void)content_add(sim, content_copy(from->contents[i]));
	sim->history = mem_resize(sim->history, from->history_n, sizeof sim->history[0]);
	sim->history_n = from->history_n;
	memcpy(sim->history, from->history, from->history_n * sizeof sim->history[0]);
	for (size_t n = 0; n < sim->history_n; n++) {
		for (unsigned i = 0; i < SIM_STORE_FILES; i++) {
			struct entry *entry = &sim->history[n].entries[i];

			if (entry->content != NULL)
				entry->content = sim->contents[content_index(from, entry->content)];
		}
	}
	return sim;
}

struct store *sim_store_door(struct sim_store *sim)
{
	return &sim->store;
}

void sim_store_cut(struct sim_store *sim)
{
	for (size_t i = 0; i < sim->contents_n; i++)
		content_cut(sim->contents[i], sim->random, sim->sector);
	names_settle(sim, sim_random_below(sim->random, (uint32_t)sim->history_n));
}

void sim_store_fail(struct sim_store *sim, uint64_t nth, int error)
{
	sim->calls_left = nth;
	sim->error = error;
	sim->once = false;
}

void sim_store_fail_once(struct sim_store *sim, uint64_t nth, int error)
{
	sim_store_fail(sim, nth, error);
	sim->once = true;
}

uint64_t sim_store_calls(const struct sim_store *sim)
{
	return sim->calls;
}

void sim_store_sector(struct sim_store *sim, uint32_t bytes)
{
	must(bytes > 0);
	sim->sector = bytes;
}

uint8_t *sim_store_bytes(struct sim_store *sim, const char *name, size_t *ret_len)
{
	const struct entry *entry = entry_find(sim, name);

	if (entry == NULL)
		return NULL;
	*ret_len = entry->content->live.len;
	return entry->content->live.at;
}

void sim_store_resize(struct sim_store *sim, const char *name, size_t len)
{
	const struct entry *entry = entry_find(sim, name);

	must(entry != NULL);
	content_resize(entry->content, len);
}
