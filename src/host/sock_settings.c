#include "host/sock_settings.h"

#include <netinet/in.h>

#include "host/sock_inside.h"
#include "lib/mem.h"

#define NONE UINT32_MAX

enum {
	BUFFER_BYTES = 212992, /* Linux's net.core.rmem_default */
};

struct sock_settings_pool {
	struct sock_settings *all; /* [0] is the default */
	uint32_t capacity, fresh, free;
};

struct sock_settings_pool *sock_settings_pool_new(uint32_t n)
{
	struct sock_settings_pool *pool = mem_new(1, sizeof *pool);

	pool->capacity = n + 1;
	pool->fresh = 1;
	pool->free = NONE;
	pool->all = mem_new(pool->capacity, sizeof pool->all[0]);
	pool->all[0] = (struct sock_settings){
		.send_bytes = BUFFER_BYTES,
		.receive_bytes = BUFFER_BYTES,
		.receive_low = 1,
		.mtu_discover = IP_PMTUDISC_WANT,
		.multicast_ttl = 1, /* RFC 1112, 6.1 */
		.holders = 1,       /* the pool itself */
	};
	return pool;
}

void sock_settings_pool_free(struct sock_settings_pool *pool)
{
	if (pool == NULL)
		return;
	mem_free(pool->all);
	mem_free(pool);
}

struct sock_settings *sock_settings_hold(struct sock_settings *settings)
{
	settings->holders++;
	return settings;
}

struct sock_settings *sock_settings_default(struct sock_settings_pool *pool)
{
	return sock_settings_hold(&pool->all[0]);
}

void sock_settings_let_go(struct sock_settings_pool *pool, struct sock_settings *settings)
{
	must(settings->holders > 0);
	if (--settings->holders > 0)
		return;
	settings->next = pool->free;
	pool->free = (uint32_t)(settings - pool->all);
}

static struct sock_settings *take(struct sock_settings_pool *pool)
{
	struct sock_settings *settings;

	if (pool->free == NONE) {
		must(pool->fresh < pool->capacity); /* no more records than sockets */
		return &pool->all[pool->fresh++];
	}
	settings = &pool->all[pool->free];
	pool->free = settings->next;
	return settings;
}

struct sock_settings *sock_settings_own(struct sock *sock)
{
	struct sock_settings_pool *pool = sock_socks(sock)->settings;
	struct sock_settings *own;

	if (sock->settings->holders == 1)
		return sock->settings;
	own = take(pool);
	*own = *sock->settings;
	own->holders = 1;
	if (own->tcp.options_bytes > 0)
		own->tcp.options = own->options;
	sock_settings_let_go(pool, sock->settings);
	sock->settings = own;
	return own;
}
