#include <errno.h>

#include "api/towpath_inside.h"
#include "lib/mem.h"

struct door_file {
	struct store_file file; /* first */
	uint64_t number;        /* the caller's */
};

struct door_sink {
	struct store_sink *sink;
};

static const struct towpath_store *to_of(const struct store *store)
{
	return &((const struct towpath_store_door *)store)->to;
}

static const struct towpath_store *file_to(const struct store_file *file)
{
	return to_of(file->store);
}

static uint64_t number_of(const struct store_file *file)
{
	return ((const struct door_file *)file)->number;
}

static int door_open(struct store *store, const char *name, bool create,
                     struct store_file **ret_file)
{
	const struct towpath_store *to = to_of(store);
	struct door_file *file;
	uint64_t number = 0;
	int error = to->open(to->arg, name, create, &number);

	if (error != 0)
		return error;
	file = mem_new(1, sizeof *file);
	file->file.store = store;
	file->number = number;
	*ret_file = &file->file;
	return 0;
}

static void door_close(struct store_file *file)
{
	file_to(file)->close(file_to(file)->arg, number_of(file));
	mem_free(file);
}

static int64_t door_pread(struct store_file *file, void *bytes, size_t len, uint64_t offset)
{
	return file_to(file)->pread(file_to(file)->arg, number_of(file), bytes, len, offset);
}

static int door_pwrite(struct store_file *file, const void *bytes, size_t len, uint64_t offset)
{
	return file_to(file)->pwrite(file_to(file)->arg, number_of(file), bytes, len, offset);
}

static int door_truncate(struct store_file *file, uint64_t size)
{
	return file_to(file)->truncate(file_to(file)->arg, number_of(file), size);
}

static int door_size(struct store_file *file, uint64_t *ret_size)
{
	return file_to(file)->size(file_to(file)->arg, number_of(file), ret_size);
}

static int door_sync(struct store_file *file)
{
	return file_to(file)->sync(file_to(file)->arg, number_of(file));
}

static int door_rename(struct store *store, const char *from, const char *to)
{
	return to_of(store)->rename(to_of(store)->arg, from, to);
}

static int door_remove(struct store *store, const char *name)
{
	return to_of(store)->remove(to_of(store)->arg, name);
}

static bool door_exists(struct store *store, const char *name)
{
	return to_of(store)->exists(to_of(store)->arg, name);
}

static int door_sync_names(struct store *store)
{
	return to_of(store)->sync_names(to_of(store)->arg);
}

static void offer(void *arg, const char *name, uint64_t size, int64_t wall_ns)
{
	const struct door_sink *door = arg;

	door->sink->file(door->sink, name, size, (wall){ wall_ns });
}

static int door_list(struct store *store, struct store_sink *sink)
{
	struct door_sink door = { sink };

	return to_of(store)->list(to_of(store)->arg, offer, &door);
}

void towpath_store_init(struct towpath_store_door *door, const struct towpath_store *to)
{
	door->to = *to;
	door->store = (struct store){
		.open = door_open,
		.close = door_close,
		.pread = door_pread,
		.pwrite = door_pwrite,
		.truncate = door_truncate,
		.size = door_size,
		.sync = door_sync,
		.rename = door_rename,
		.remove = door_remove,
		.exists = door_exists,
		.sync_names = door_sync_names,
		.list = door_list,
	};
}
