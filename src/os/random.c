#include "os/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "lib/must.h"

/* Waits for the kernel's generator to be seeded, once after boot. */
static void ask_kernel(uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = getrandom(bytes, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		/* Guessable numbers would be worse than none: there is no way on. */
		must(n > 0);
		bytes += n;
		len -= (size_t)n;
	}
}

static void pool_fill(struct random *random, void *bytes, size_t len)
{
	struct random_pool *pool = (struct random_pool *)random;

	if (len > sizeof pool->bytes / 4) {
		ask_kernel(bytes, len);
		return;
	}
	if (len > pool->left) {
		ask_kernel(pool->bytes, sizeof pool->bytes);
		pool->left = sizeof pool->bytes;
	}

	uint8_t *from = pool->bytes + sizeof pool->bytes - pool->left;

	memcpy(bytes, from, len);
	explicit_bzero(from, len);
	pool->left -= len;
}

void random_init(struct random_pool *pool)
{
	*pool = (struct random_pool){ .random.fill = pool_fill };
}
