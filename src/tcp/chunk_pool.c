#include "tcp/chunk_pool.h"

#include <string.h>

#include "lib/mem.h"

void chunk_pool_init(struct chunk_pool *pool, uint32_t capacity)
{
	*pool = (struct chunk_pool){ .capacity = capacity };
	pool->bytes = mem_new(capacity, CHUNK_BYTES);
}

void chunk_pool_free(struct chunk_pool *pool)
{
	must(pool->used == 0);
	mem_free(pool->bytes);
	pool->bytes = NULL;
}

static uint32_t take_used(struct chunk_pool *pool)
{
	uint32_t chunk = pool->free;

	memcpy(&pool->free, chunk_bytes(pool, chunk), sizeof pool->free);
	return chunk;
}

uint32_t chunk_take(struct chunk_pool *pool)
{
	if (pool->used == pool->capacity) {
		pool->refused++;
		return 0;
	}
	pool->used++;
	if (pool->used > pool->used_most)
		pool->used_most = pool->used;
	return pool->free != 0 ? take_used(pool) : ++pool->fresh;
}

void chunk_give_back(struct chunk_pool *pool, uint32_t chunk)
{
	must(chunk > 0 && chunk <= pool->fresh && pool->used > 0);
	memcpy(chunk_bytes(pool, chunk), &pool->free, sizeof pool->free);
	pool->free = chunk;
	pool->used--;
}
