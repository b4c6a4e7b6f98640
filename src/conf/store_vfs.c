#include "conf/store_vfs.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"

#define SECTOR_BYTES   4096
#define NAME_BYTES     64
#define UNIX_JULIAN_MS 210866760000000LL /* 1970-01-01 as SQLite counts days, in milliseconds */

struct store_vfs {
	sqlite3_vfs vfs; /* first: SQLite's pointer is ours */
	struct store *store;
	struct random *random;
	wall now;
	uint64_t drawn; /* without a random: a counter, for names only */
	int error;
	char name[NAME_BYTES];
};

struct vfs_file {
	sqlite3_file base; /* first */
	struct store_vfs *vfs;
	struct store_file *file;
	bool is_log;        /* the write-ahead log */
	bool name_unsynced; /* just made: its name is not lasting yet */
};

static struct store_vfs *vfs_of(sqlite3_vfs *vfs)
{
	return (struct store_vfs *)vfs;
}

static struct vfs_file *file_of(sqlite3_file *file)
{
	return (struct vfs_file *)file;
}

/* Remember why, and say it in SQLite's way. */
static int failed(struct store_vfs *vfs, int error, int code)
{
	vfs->error = error;
	return error == -ENOSPC || error == -EDQUOT ? SQLITE_FULL : code;
}

static int file_close(sqlite3_file *base)
{
	struct vfs_file *file = file_of(base);

	file->vfs->store->close(file->file);
	return SQLITE_OK;
}

static int file_read(sqlite3_file *base, void *bytes, int len, sqlite3_int64 offset)
{
	struct vfs_file *file = file_of(base);
	int64_t n = file->vfs->store->pread(file->file, bytes, (size_t)len, (uint64_t)offset);

	if (n < 0)
		return failed(file->vfs, (int)n, SQLITE_IOERR_READ);
	if (n < len) {
		memset((char *)bytes + n, 0, (size_t)(len - n));
		return SQLITE_IOERR_SHORT_READ;
	}
	return SQLITE_OK;
}

static int file_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset)
{
	struct vfs_file *file = file_of(base);
	int error = file->vfs->store->pwrite(file->file, bytes, (size_t)len, (uint64_t)offset);

	return error == 0 ? SQLITE_OK : failed(file->vfs, error, SQLITE_IOERR_WRITE);
}

static int file_sync(sqlite3_file *base, int flags)
{
	struct vfs_file *file = file_of(base);
	int error = file->vfs->store->sync(file->file);

	if (error != 0)
		return failed(file->vfs, error, SQLITE_IOERR_FSYNC);
	if (!file->name_unsynced)
		return SQLITE_OK;
	/* SQLite's own VFS forgets an error here; then the file would be gone after a power cut. */
	error = file->vfs->store->sync_names(file->vfs->store);
	if (error != 0)
		return failed(file->vfs, error, SQLITE_IOERR_DIR_FSYNC);
	file->name_unsynced = false;
	return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct vfs_file *file = file_of(base);
	int error = file->vfs->store->truncate(file->file, (uint64_t)size);

	if (error != 0)
		return failed(file->vfs, error, SQLITE_IOERR_TRUNCATE);
	/* The log is cut to make sure that a transaction which failed does not come back: SQLite
	 * does not sync that. */
	return file->is_log ? file_sync(base, 0) : SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *ret_size)
{
	struct vfs_file *file = file_of(base);
	uint64_t size;
	int error = file->vfs->store->size(file->file, &size);

	if (error != 0)
		return failed(file->vfs, error, SQLITE_IOERR_FSTAT);
	*ret_size = (sqlite3_int64)size;
	return SQLITE_OK;
}

/* Nobody else has the store open, so locks have nothing to do. */
static int file_lock(sqlite3_file *base, int level)
{
	return SQLITE_OK;
}

static int file_is_reserved(sqlite3_file *base, int *ret_reserved)
{
	*ret_reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int op, void *arg)
{
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base)
{
	return SECTOR_BYTES;
}

/* Nothing is promised: writes may be torn, reordered, and lost until they are synced. */
static int file_characteristics(sqlite3_file *base)
{
	return 0;
}

/* Version 1: without shared memory, which the write-ahead log of an exclusive user does without. */
static const sqlite3_io_methods file_methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_is_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

static int vfs_open(sqlite3_vfs *base, const char *name, sqlite3_file *base_file, int flags,
                    int *ret_flags)
{
	struct store_vfs *vfs = vfs_of(base);
	struct vfs_file *file = file_of(base_file);
	bool create = (flags & SQLITE_OPEN_CREATE) != 0;
	bool is_new;
	int error;

	*file = (struct vfs_file){ .vfs = vfs };
	if (name == NULL || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0)
		return SQLITE_CANTOPEN; /* a temporary file: they are kept in memory */
	is_new = !vfs->store->exists(vfs->store, name);
	error = vfs->store->open(vfs->store, name, create, &file->file);
	if (error != 0)
		return failed(vfs, error, SQLITE_CANTOPEN);
	file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
	file->name_unsynced = is_new;
	file->base.pMethods = &file_methods;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *name, int sync_names)
{
	struct store_vfs *vfs = vfs_of(base);
	int error = vfs->store->remove(vfs->store, name);

	if (error == -ENOENT)
		return SQLITE_IOERR_DELETE_NOENT;
	if (error != 0)
		return failed(vfs, error, SQLITE_IOERR_DELETE);
	if (sync_names == 0)
		return SQLITE_OK;
	error = vfs->store->sync_names(vfs->store);
	return error == 0 ? SQLITE_OK : failed(vfs, error, SQLITE_IOERR_DIR_FSYNC);
}

static int vfs_access(sqlite3_vfs *base, const char *name, int flags, int *ret_there)
{
	struct store_vfs *vfs = vfs_of(base);

	*ret_there = vfs->store->exists(vfs->store, name);
	return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *base, const char *name, int size, char *ret_name)
{
	struct text out = text_into(ret_name, (size_t)size);

	text_add(&out, name);
	return out.cut ? SQLITE_CANTOPEN : SQLITE_OK;
}

static int vfs_random(sqlite3_vfs *base, int len, char *ret_bytes)
{
	struct store_vfs *vfs = vfs_of(base);

	if (vfs->random != NULL) {
		random_fill(vfs->random, ret_bytes, (size_t)len);
		return len;
	}
	vfs->drawn++;
	memset(ret_bytes, 0, (size_t)len);
	memcpy(ret_bytes, &vfs->drawn, (size_t)len < sizeof vfs->drawn ? (size_t)len : 8);
	return len;
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
	return 0; /* there is nobody to wait for */
}

static int vfs_time(sqlite3_vfs *base, double *ret_days)
{
	int64_t ms = vfs_of(base)->now.ns / (int64_t)NS_PER_MS + UNIX_JULIAN_MS;

	*ret_days = (double)ms / 86400000.0;
	return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *base, int size, char *ret_text)
{
	return -vfs_of(base)->error;
}

struct store_vfs *store_vfs_new(struct store *store, struct random *random)
{
	struct store_vfs *vfs = mem_new(1, sizeof *vfs);
	struct text name = text_into(vfs->name, sizeof vfs->name);

	/* The address is a name that nobody else in the process has for as long as this lives. */
	text_printf(&name, "towpath-%p", (void *)vfs);
	vfs->store = store;
	vfs->random = random;
	vfs->vfs = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct vfs_file),
		.mxPathname = 256,
		.zName = vfs->name,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_name,
		.xRandomness = vfs_random,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	if (sqlite3_vfs_register(&vfs->vfs, 0) == SQLITE_OK)
		return vfs;
	mem_free(vfs);
	return NULL;
}

void store_vfs_free(struct store_vfs *vfs)
{
	if (vfs == NULL)
		return;
	sqlite3_vfs_unregister(&vfs->vfs);
	mem_free(vfs);
}

const char *store_vfs_name(const struct store_vfs *vfs)
{
	return vfs->name;
}

void store_vfs_time(struct store_vfs *vfs, wall now)
{
	vfs->now = now;
}

int store_vfs_error(struct store_vfs *vfs)
{
	int error = vfs->error;

	vfs->error = 0;
	return error;
}
