#include "os/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/mem.h"

struct directory {
	struct store store;
	int fd;
	unsigned files_open;
};

struct directory_file {
	struct store_file file;
	int fd;
};

static struct directory *directory_of(struct store *store)
{
	return (struct directory *)store;
}

static int fd_of(struct store_file *file)
{
	return ((struct directory_file *)file)->fd;
}

/* 0, or the error of the call that has just failed. */
static int result(int returned)
{
	return returned < 0 ? -errno : 0;
}

static bool name_is_plain(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0;
}

/* Opening a FIFO would wait for its other end, without O_NONBLOCK. Files don't mind it. */
static int open_plain(int dir, const char *name, bool create)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
	int fd = openat(dir, name, create ? flags | O_CREAT : flags, 0600);
	struct stat st;

	if (fd < 0)
		return -errno;
	int error = result(fstat(fd, &st));

	if (error == 0 && !S_ISREG(st.st_mode))
		error = -EINVAL;
	if (error == 0)
		return fd;
	close(fd);
	return error;
}

static int directory_open(struct store *store, const char *name, bool create,
                          struct store_file **ret_file)
{
	struct directory *d = directory_of(store);

	if (!name_is_plain(name))
		return -EINVAL;

	int fd = open_plain(d->fd, name, create);

	if (fd < 0)
		return fd;

	struct directory_file *f = mem_new(1, sizeof *f);

	f->file.store = store;
	f->fd = fd;
	d->files_open++;
	*ret_file = &f->file;
	return 0;
}

static void directory_close(struct store_file *file)
{
	struct directory *d = directory_of(file->store);

	must(d->files_open > 0);
	d->files_open--;
	close(fd_of(file));
	mem_free(file);
}

static int64_t directory_pread(struct store_file *file, void *bytes, size_t len, uint64_t offset)
{
	uint8_t *to = bytes;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd_of(file), to + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (int64_t)done;
}

static int directory_pwrite(struct store_file *file, const void *bytes, size_t len, uint64_t offset)
{
	const uint8_t *from = bytes;
	size_t done = 0;

	while (done < len) {
		ssize_t n = pwrite(fd_of(file), from + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

static int directory_truncate(struct store_file *file, uint64_t size)
{
	return result(ftruncate(fd_of(file), (off_t)size));
}

static int directory_size(struct store_file *file, uint64_t *ret_size)
{
	struct stat st;

	if (fstat(fd_of(file), &st) < 0)
		return -errno;
	*ret_size = (uint64_t)st.st_size;
	return 0;
}

/* A failed flush is not tried again: the kernel may have marked the lost pages as clean, and the
 * second call would say that all is well. */
static int directory_sync(struct store_file *file)
{
	return result(fdatasync(fd_of(file)));
}

static int directory_rename(struct store *store, const char *from, const char *to)
{
	int dir = directory_of(store)->fd;

	if (!name_is_plain(from) || !name_is_plain(to))
		return -EINVAL;
	return result(renameat(dir, from, dir, to));
}

static int directory_remove(struct store *store, const char *name)
{
	if (!name_is_plain(name))
		return -EINVAL;
	return result(unlinkat(directory_of(store)->fd, name, 0));
}

static bool directory_exists(struct store *store, const char *name)
{
	return name_is_plain(name) &&
	       faccessat(directory_of(store)->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int directory_sync_names(struct store *store)
{
	return result(fsync(directory_of(store)->fd));
}

static int list_entry(int dir, const char *name, struct store_sink *sink)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno; /* gone meanwhile */
	if (!S_ISREG(st.st_mode))
		return 0;
	sink->file(sink, name, (uint64_t)st.st_size,
	           (wall){ (int64_t)st.st_mtim.tv_sec * (int64_t)NS_PER_S + st.st_mtim.tv_nsec });
	return 0;
}

/* By a descriptor of its own: it has a place in the list, which the store's has not. */
static int directory_list(struct store *store, struct store_sink *sink)
{
	int fd = openat(directory_of(store)->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	int error = 0;

	if (list == NULL) {
		error = -errno;
		if (fd >= 0)
			close(fd);
		return error;
	}
	while (errno = 0, error == 0 && (entry = readdir(list)) != NULL)
		error = list_entry(dirfd(list), entry->d_name, sink);
	if (error == 0)
		error = -errno;
	(void)closedir(list);
	return error;
}

static const struct store directory_calls = {
	.open = directory_open,
	.close = directory_close,
	.pread = directory_pread,
	.pwrite = directory_pwrite,
	.truncate = directory_truncate,
	.size = directory_size,
	.sync = directory_sync,
	.rename = directory_rename,
	.remove = directory_remove,
	.exists = directory_exists,
	.sync_names = directory_sync_names,
	.list = directory_list,
};

/* A directory that was just made must itself outlive a power cut: its name is in its parent. */
static int sync_parent(int dir)
{
	int parent = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0)
		return -errno;

	int error = result(fsync(parent));

	close(parent);
	return error;
}

static int open_and_lock(const char *path, int *ret_fd)
{
	bool made = mkdir(path, 0700) == 0;

	if (!made && errno != EEXIST)
		return -errno;

	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;

	int error = made ? sync_parent(fd) : 0;

	if (error == 0)
		error = result(flock(fd, LOCK_EX | LOCK_NB));
	if (error != 0) {
		close(fd);
		return error;
	}
	*ret_fd = fd;
	return 0;
}

int store_open(const char *path, struct store **ret_store)
{
	int fd = -1;
	int error = open_and_lock(path, &fd);

	if (error != 0)
		return error;

	struct directory *d = mem_new(1, sizeof *d);

	d->store = directory_calls;
	d->fd = fd;
	*ret_store = &d->store;
	return 0;
}

void store_close(struct store *store)
{
	struct directory *d = directory_of(store);

	must(d->files_open == 0);
	close(d->fd);
	mem_free(d);
}
