#include "host/socks.h"

#include "host/host.h"
#include "host/inbox.h"
#include "host/local_port.h"
#include "host/sock_inside.h"
#include "lib/mem.h"

enum {
	PORT_HEADS_MIN = 64,
	PORT_HEADS_MAX = 65536,
};

static void ports_table_new(struct socks *socks)
{
	uint32_t heads = PORT_HEADS_MIN;

	while (heads < socks->capacity && heads < PORT_HEADS_MAX)
		heads *= 2;
	socks->ports = mem_new(heads, sizeof socks->ports[0]);
	socks->ports_mask = heads - 1;
	for (uint32_t i = 0; i < heads; i++)
		socks->ports[i] = SOCK_NONE;
}

struct socks *socks_new(struct host *host, const struct host_budget *budget)
{
	struct host_budget b = budget != NULL ? *budget : (struct host_budget){ 0 };
	struct socks *socks = mem_new(1, sizeof *socks);

	socks->capacity = b.sockets != 0 ? b.sockets : SOCKETS_DEFAULT;
	if (b.datagram_sockets == 0)
		b.datagram_sockets = DATAGRAM_SOCKETS_DEFAULT;
	if (b.datagram_cells == 0)
		b.datagram_cells = DATAGRAM_CELLS_DEFAULT;
	socks->all = mem_new(socks->capacity, sizeof socks->all[0]);
	socks->free = socks->oldest = socks->newest = socks->waiting = SOCK_NONE;
	socks->key.k0 = random_u64(host->net->random);
	socks->key.k1 = random_u64(host->net->random);
	ports_table_new(socks);
	socks->settings = sock_settings_pool_new(socks->capacity);
	socks->inboxes = inboxes_new(b.datagram_sockets, b.datagram_cells);
	socks->local_ports = local_ports_new(host->net, b.crowds);
	return socks;
}

void socks_close_all(struct socks *socks)
{
	while (socks != NULL && socks->oldest != SOCK_NONE)
		sock_close(&socks->all[socks->oldest]);
}

void socks_free(struct socks *socks)
{
	if (socks == NULL)
		return;
	must(socks->open_n == 0);
	local_ports_free(socks->local_ports);
	inboxes_free(socks->inboxes);
	sock_settings_pool_free(socks->settings);
	mem_free(socks->ports);
	mem_free(socks->all);
	mem_free(socks);
}

uint32_t socks_open(const struct socks *socks)
{
	return socks->open_n;
}

static struct sock *place_take(struct socks *socks)
{
	uint32_t at = socks->free;

	if (at == SOCK_NONE && socks->fresh == socks->capacity)
		return NULL;
	if (at == SOCK_NONE)
		return &socks->all[socks->fresh++];
	socks->free = socks->all[at].newer;
	return &socks->all[at];
}

struct sock *sock_new(struct host *host, const struct sock_ops *ops)
{
	static const struct sock_owner router;
	struct socks *socks = host->socks;
	struct sock *sock = place_take(socks);
	struct sock *last = sock_at(socks, socks->newest);

	if (sock == NULL)
		return NULL;
	*sock = (struct sock){
		.host = host,
		.ops = ops,
		.settings = sock_settings_default(socks->settings),
		.owner = &router,
		.older = socks->newest,
		.newer = SOCK_NONE,
		.next_of_port = SOCK_NONE,
	};
	if (last != NULL)
		last->newer = sock_place(socks, sock);
	else
		socks->oldest = sock_place(socks, sock);
	socks->newest = sock_place(socks, sock);
	socks->open_n++;
	return sock;
}

void sock_release(struct sock *sock)
{
	struct socks *socks = sock_socks(sock);
	struct sock *older = sock_at(socks, sock->older), *newer = sock_at(socks, sock->newer);

	local_port_release(sock);
	sock_settings_let_go(socks->settings, sock->settings);
	if (older != NULL)
		older->newer = sock->newer;
	else
		socks->oldest = sock->newer;
	if (newer != NULL)
		newer->older = sock->older;
	else
		socks->newest = sock->older;
	sock->ops = NULL;
	sock->newer = socks->free;
	socks->free = sock_place(socks, sock);
	socks->open_n--;
}

struct sock *sock_next(struct host *host, const struct sock *after)
{
	return sock_at(host->socks, after == NULL ? host->socks->oldest : after->newer);
}

uint32_t sock_places(const struct host *host)
{
	return host->socks->fresh;
}

struct sock *sock_at_place(struct host *host, uint32_t place)
{
	struct sock *sock = place < host->socks->fresh ? &host->socks->all[place] : NULL;

	return sock != NULL && sock->ops != NULL ? sock : NULL;
}

/* --- who holds which port --- */

static uint32_t *port_head(const struct socks *socks, uint8_t proto, uint16_t port)
{
	uint64_t word = (uint64_t)proto << 16 | port;

	return &socks->ports[hash_words(&socks->key, &word, 1) & socks->ports_mask];
}

/* The first at @at or behind it that is for @proto and @port. */
static struct sock *match(const struct socks *socks, uint32_t at, uint8_t proto, uint16_t port)
{
	while (at != SOCK_NONE &&
	       (socks->all[at].ops->proto != proto || socks->all[at].local_port != port))
		at = socks->all[at].next_of_port;
	return sock_at(socks, at);
}

struct sock *socks_of_port(const struct socks *socks, uint8_t proto, uint16_t port)
{
	return match(socks, *port_head(socks, proto, port), proto, port);
}

struct sock *socks_next_of_port(const struct socks *socks, const struct sock *sock)
{
	return match(socks, sock->next_of_port, sock->ops->proto, sock->local_port);
}

void socks_add_port(struct socks *socks, struct sock *sock)
{
	uint32_t *head = port_head(socks, sock->ops->proto, sock->local_port);

	sock->next_of_port = *head;
	*head = sock_place(socks, sock);
}

void socks_remove_port(struct socks *socks, struct sock *sock)
{
	uint32_t *at = port_head(socks, sock->ops->proto, sock->local_port);

	while (*at != sock_place(socks, sock))
		at = &socks->all[*at].next_of_port;
	*at = sock->next_of_port;
	sock->next_of_port = SOCK_NONE;
}

/* --- who waits for room --- */

void sock_wait_for_room(struct sock *sock)
{
	if ((sock->flags & SOCK_WANTS_ROOM) != 0)
		return;
	sock->flags |= SOCK_WANTS_ROOM;
	sock->inbox->next_waiting = sock_socks(sock)->waiting;
	sock_socks(sock)->waiting = sock_place(sock_socks(sock), sock);
}

void sock_stop_waiting(struct sock *sock)
{
	struct socks *socks = sock_socks(sock);
	uint32_t *at = &socks->waiting;

	if ((sock->flags & SOCK_WANTS_ROOM) == 0)
		return;
	while (*at != sock_place(socks, sock))
		at = &socks->all[*at].inbox->next_waiting;
	*at = sock->inbox->next_waiting;
	sock->flags &= (uint8_t)~SOCK_WANTS_ROOM;
}

bool sock_has_room(const struct sock *sock)
{
	return sock_net(sock)->own_n < NET_OWN_QUEUE / 2;
}

/* Whoever waits does so for the queue that the very turn empties. */
mono socks_due(const struct socks *socks)
{
	return socks->waiting != SOCK_NONE ? socks->all[socks->waiting].host->net->now
	                                   : mono_never();
}

void socks_turn(struct socks *socks)
{
	/* Those who find no room after all wait for the next turn. */
	for (uint32_t n = socks->open_n; n > 0 && socks->waiting != SOCK_NONE; n--) {
		struct sock *sock = &socks->all[socks->waiting];

		if (!sock_has_room(sock))
			return;
		sock_stop_waiting(sock);
		sock_tell(sock);
	}
}
