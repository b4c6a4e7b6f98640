#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/mem.h"
#include "lib/random.h"
#include "os/shim_inside.h"

/* How long it can still be asked how a connection ended whose pair is closed. */
#define SPENT_S 60

static uint32_t slot_of(const struct shim_socket *s)
{
	return (uint32_t)(s - s->server->sockets);
}

static void put_line(struct shim_socket *s, uint32_t flags)
{
	uint64_t line = (uint64_t)s->secret << 32 | flags;

	__atomic_store_n(&s->server->board->of_slot[slot_of(s)], line, __ATOMIC_RELEASE);
}

void shim_socket_say(struct shim_socket *s, uint32_t flags)
{
	put_line(s, (uint32_t)s->server->board->of_slot[slot_of(s)] | flags);
}

void shim_socket_unsay(struct shim_socket *s, uint32_t flags)
{
	put_line(s, (uint32_t)s->server->board->of_slot[slot_of(s)] & ~flags);
}

uint64_t shim_socket_badge(const struct shim_socket *s)
{
	return shim_badge((enum shim_kind)s->kind, slot_of(s), s->secret);
}

/* The slot that has been free for the longest time: what its line said is needed no more. */
struct shim_socket *shim_socket_new(struct shim_server *server, enum shim_kind kind)
{
	struct shim_socket *s = server->free;

	if (s == NULL)
		return NULL;
	server->free = s->next_free;
	if (server->free == NULL)
		server->free_last = NULL;
	/* It may still be on a list from its former life, where it then counts for nothing. */
	*s = (struct shim_socket){
		.dirty = s->dirty,
		.next_dirty = s->next_dirty,
		.listed = s->listed,
		.next_spent = s->next_spent,
		.until = s->until,
		.server = server,
		.fd = -1,
		.path_fd = -1,
		.phase = SHIM_FRESH,
		.kind = (uint8_t)kind,
		.secret = (uint32_t)random_u64(server->random),
		.owner.service = "run",
	};
	put_line(s, 0);
	return s;
}

struct shim_socket *shim_socket_of(struct shim_server *server, uint64_t badge)
{
	struct shim_socket *s;

	if (!shim_badge_good(badge))
		return NULL;
	s = &server->sockets[shim_badge_slot(badge)];
	return s->phase != SHIM_FREE && shim_socket_badge(s) == badge ? s : NULL;
}

void shim_socket_dirty(struct shim_socket *s)
{
	struct shim_server *server = s->server;

	if (s->dirty)
		return;
	s->dirty = true;
	s->next_dirty = NULL;
	if (server->dirty_last != NULL)
		server->dirty_last->next_dirty = s;
	else
		server->dirty = s;
	server->dirty_last = s;
}

void shim_socket_changed(struct sock *sock, void *arg)
{
	shim_socket_dirty(arg);
}

static void on_ready(void *arg, unsigned events)
{
	shim_socket_dirty(arg);
}

static void leave_roll(struct shim_socket *s)
{
	if (s->at_unpaired == NULL)
		return;
	*s->at_unpaired = s->next_unpaired;
	if (s->next_unpaired != NULL)
		s->next_unpaired->at_unpaired = s->at_unpaired;
	s->at_unpaired = NULL;
}

int shim_socket_enroll(struct shim_socket *s, int fd)
{
	struct shim_server *server = s->server;
	int error = roll_call_add(&server->roll, fd, shim_socket_badge(s));

	if (error != 0)
		return error;
	leave_roll(s);
	if (server->unpaired == NULL)
		server->roll_at = mono_add_ms(server->now, SHIM_ROLL_MS);
	s->next_unpaired = server->unpaired;
	if (s->next_unpaired != NULL)
		s->next_unpaired->at_unpaired = &s->next_unpaired;
	server->unpaired = s;
	s->at_unpaired = &server->unpaired;
	return 0;
}

void shim_socket_strike(struct shim_socket *s, int fd)
{
	roll_call_remove(&s->server->roll, fd);
	leave_roll(s);
}

int shim_socket_pair(struct shim_socket *s, int fd)
{
	int error = loop_add(s->server->loop, fd, on_ready, s, &s->watch);

	if (error != 0) {
		close(fd);
		return error;
	}
	s->fd = fd;
	return 0;
}

void shim_socket_interest(struct shim_socket *s, unsigned interest)
{
	if (s->watch != NULL)
		must(loop_interest(s->watch, interest) == 0);
}

void shim_socket_unwatch(struct shim_socket *s)
{
	if (s->watch != NULL)
		loop_remove(s->watch);
	s->watch = NULL;
}

uint8_t *shim_socket_hold(struct shim_socket *s)
{
	if (s->held == NULL)
		s->held = mem_try(1, SHIM_HELD_BYTES);
	return s->held;
}

static void close_end(struct shim_socket *s)
{
	if (s->fd < 0)
		return;
	shim_socket_unwatch(s);
	close(s->fd);
	s->fd = -1;
}

static void close_sock(struct shim_socket *s)
{
	if (s->sock == NULL)
		return;
	sock_watch(s->sock, NULL, NULL);
	sock_close(s->sock);
	s->sock = NULL;
}

void shim_socket_free(struct shim_socket *s)
{
	struct shim_server *server = s->server;

	must(s->phase != SHIM_FREE);
	if (s->waiter != NULL)
		shim_server_tell(s, -ECONNABORTED);
	if (s->offered != NULL) {
		shim_socket_free(s->offered);
		server->offers--;
	}
	close_end(s);
	close_sock(s);
	if (s->path_fd >= 0)
		close(s->path_fd);
	leave_roll(s);
	mem_free(s->held);
	s->held = NULL;
	s->phase = SHIM_FREE;
	s->next_free = NULL;
	if (server->free_last != NULL)
		server->free_last->next_free = s;
	else
		server->free = s;
	server->free_last = s;
}

void shim_socket_spend(struct shim_socket *s)
{
	struct shim_server *server = s->server;

	close_end(s);
	s->phase = SHIM_SPENT;
	s->until = mono_add_s(server->now, SPENT_S);
	if (s->listed)
		return;
	s->listed = true;
	s->next_spent = NULL;
	if (server->spent_last != NULL)
		server->spent_last->next_spent = s;
	else
		server->spent = s;
	server->spent_last = s;
}

/* One that was renewed or freed meanwhile is only taken off the list. */
void shim_socket_expire(struct shim_server *server)
{
	while (server->spent != NULL && mono_due(server->spent->until, server->now)) {
		struct shim_socket *s = server->spent;

		server->spent = s->next_spent;
		if (server->spent == NULL)
			server->spent_last = NULL;
		s->listed = false;
		if (s->phase == SHIM_SPENT)
			shim_socket_free(s);
	}
}

static void is_here(void *arg, uint64_t badge)
{
	struct shim_socket *s = shim_socket_of(arg, badge);

	if (s != NULL)
		s->here = true;
}

void shim_socket_roll_call(struct shim_server *server)
{
	struct shim_socket *next;

	server->roll_at = mono_add_ms(server->now, SHIM_ROLL_MS);
	if (server->unpaired == NULL || roll_call_take(&server->roll, is_here, server) != 0)
		return;
	for (struct shim_socket *s = server->unpaired; s != NULL; s = next) {
		next = s->next_unpaired;
		if (!s->here)
			shim_socket_free(s);
		s->here = false;
	}
}
