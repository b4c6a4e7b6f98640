#include "os/shared_memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

int shared_memory_new(const char *name, size_t bytes, void **ret_bytes, int *ret_fd)
{
	int fd = memfd_create(name, MFD_CLOEXEC);
	void *memory;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)bytes) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		int error = -errno;

		close(fd);
		return error;
	}
	/* A flow table is touched all over: large pages spare the processor's address cache. It is
	 * a wish only; without it everything works the same. */
	(void)madvise(memory, bytes, MADV_HUGEPAGE);
	*ret_bytes = memory;
	*ret_fd = fd;
	return 0;
}

void shared_memory_free(void *memory, size_t bytes, int fd)
{
	munmap(memory, bytes);
	close(fd);
}
