#include <errno.h>
#include <netinet/in.h>

#include "core/crowd.h"
#include "core/explain.h"
#include "core/ports.h"
#include "host/local_port.h"
#include "host/local_port_inside.h"
#include "host/sock_inside.h"
#include "tcp/ends.h"
#include "tcp/tcp.h"

enum {
	PROBES = 8,          /* ports tried before a map of them is asked */
	CROWD_TRIES = 32,    /* ports that the maps have free, but a translated flow uses */
	TIME_WAIT_TRIES = 8, /* ports in TIME-WAIT, which may be taken over one by one */
};

static struct tuple answer_to(const struct tuple *ends)
{
	return (struct tuple){ .src = ends->dst,
		               .dst = ends->src,
		               .sport = ends->dport,
		               .dport = ends->sport,
		               .proto = ends->proto };
}

/* Would what is answered be taken for a translated connection's? */
static bool is_flow(const struct net *net, const struct tuple *ends)
{
	struct tuple answer = answer_to(ends);

	return net->translated != NULL && net->translated(net->translated_arg, &answer);
}

bool local_port_is_free(const struct sock *sock, const struct tuple *ends)
{
	sock_socks(sock)->local_ports->probes++;
	return !tcp_tuple_is_used(sock->host->tcp, ends) && !is_flow(sock_net(sock), ends);
}

static bool is_reserved(const struct local_ports *ports, uint16_t port)
{
	return ports->reserved != NULL && port_map_has(ports->reserved, port);
}

static bool is_good(const struct sock *sock, struct tuple *ends, uint16_t port)
{
	ends->sport = port;
	return !is_reserved(sock_socks(sock)->local_ports, port) &&
	       !ports_is_taken(sock_net(sock)->ports, ends->src, IPPROTO_TCP, port) &&
	       local_port_is_free(sock, ends);
}

static void secret_renew(struct local_ports *ports)
{
	if (!mono_due(ports->secret_until, ports->net->now))
		return;
	ports->secret.k0 = random_u64(ports->net->random);
	ports->secret.k1 = random_u64(ports->net->random);
	ports->secret_until = mono_add_s(ports->net->now, LOCAL_PORT_SECRET_S);
}

/* RFC 6056, 3.3.4: where the search for @ends begins, and the counter of it and of others. The
 * counter moves by a random step, so that it does not count others' connections. */
static uint64_t start_of(struct local_ports *ports, const struct tuple *ends, uint16_t **ret_step)
{
	uint64_t words[2] = { (uint64_t)ends->src.v << 32 | ends->dst.v, ends->dport };
	uint64_t keyed;

	secret_renew(ports);
	keyed = hash_words(&ports->secret, words, 2);
	*ret_step = &ports->steps[keyed >> 48];
	return keyed & UINT32_MAX;
}

/* Of the even ports of the range, in turn. Their number is @n. */
static uint16_t even_port(uint16_t low, uint32_t n, uint64_t at)
{
	return (uint16_t)((low + 1U) / 2 * 2 + at % n * 2);
}

static uint16_t probe(struct sock *sock, struct tuple *ends, uint16_t low, uint16_t high)
{
	struct local_ports *ports = sock_socks(sock)->local_ports;
	uint32_t n = (high / 2U) - ((low + 1U) / 2U) + 1;
	uint16_t *step;
	uint64_t start = start_of(ports, ends, &step);
	uint32_t draw = random_u32(ports->net->random);

	if (n == 0)
		return 0;
	*step = (uint16_t)(*step + 1 + draw % 8);
	for (unsigned i = 0; i < PROBES; i++) {
		uint16_t port = even_port(low, n, start + *step);

		if (is_good(sock, ends, port))
			return port;
		*step = (uint16_t)(*step + 1);
	}
	return 0;
}

/* A map of the ports in use towards the end that @ends goes to, @low to @high of them: of others it
 * learns as they come. NULL: there is none, and @make does not ask for one. */
static struct port_map *crowd_of(struct sock *sock, const struct tuple *ends, uint16_t low,
                                 uint16_t high, bool make)
{
	struct local_ports *ports = sock_socks(sock)->local_ports;
	struct tuple answer = answer_to(ends), at = *ends;
	struct port_map *map = crowd_find(ports->crowds, &answer);

	if (map != NULL || !make)
		return map;
	ports->crowds_made++;
	map = crowd_open(ports->crowds, &answer);
	for (uint32_t port = low; port <= high; port++) {
		at.sport = (uint16_t)port;
		if (ends_exist(sock->host->tcp, &at))
			port_map_set(map, (uint16_t)port);
	}
	return map;
}

/* All that speaks against a port towards this end, as maps. */
static unsigned maps_against(struct sock *sock, const struct tuple *ends,
                             const struct port_map *crowd,
                             const struct port_map *ret_maps[static 5])
{
	struct local_ports *ports = sock_socks(sock)->local_ports;
	struct tuple answer = answer_to(ends);
	unsigned n = 0;

	ret_maps[n++] = crowd;
	ret_maps[n] = crowd_find(ports->net->crowds, &answer);
	n += ret_maps[n] != NULL;
	ret_maps[n] = ports_map(ports->net->ports, ends->src, IPPROTO_TCP);
	n += ret_maps[n] != NULL;
	ret_maps[n] = ports_map(ports->net->ports, (ip4){ 0 }, IPPROTO_TCP);
	n += ret_maps[n] != NULL;
	ret_maps[n] = ports->reserved;
	n += ret_maps[n] != NULL;
	return n;
}

static uint16_t choose_by_maps(struct sock *sock, struct tuple *ends, const struct port_map *crowd,
                               uint16_t low, uint16_t high)
{
	struct local_ports *ports = sock_socks(sock)->local_ports;
	const struct port_map *maps[5];
	unsigned n = maps_against(sock, ends, crowd, maps);
	uint16_t *step;
	uint64_t keyed = start_of(ports, ends, &step) + *step;

	for (unsigned i = 0; i < CROWD_TRIES; i++) {
		uint16_t port = port_map_choose_among(maps, n, low, high, PORT_EVEN, keyed);

		if (port == 0)
			return 0;
		ends->sport = port;
		if (local_port_is_free(sock, ends))
			return port;
		keyed = hash_words(&ports->secret, &keyed, 1);
	}
	return 0;
}

/* None is free, but of those in TIME-WAIT some may be taken over (RFC 6191). */
static uint16_t choose_of_waiting(struct sock *sock, struct tuple *ends, uint16_t low,
                                  uint16_t high)
{
	struct local_ports *ports = sock_socks(sock)->local_ports;
	uint32_t n = (uint32_t)high - low + 1;
	uint64_t draw = random_u64(ports->net->random);

	if (tcp_use(sock->host->tcp).time_wait == 0)
		return 0;
	for (unsigned i = 0; i < TIME_WAIT_TRIES; i++) {
		uint16_t port = (uint16_t)(low + (draw + i) % n);

		if (is_good(sock, ends, port))
			return port;
	}
	return 0;
}

static uint16_t choose(struct sock *sock, struct tuple *ends, uint16_t low, uint16_t high,
                       const char **ret_how)
{
	struct port_map *crowd = crowd_of(sock, ends, low, high, false);
	uint16_t port = crowd == NULL ? probe(sock, ends, low, high) : 0;

	*ret_how = "one of the first that were tried";
	if (port != 0)
		return port;
	crowd = crowd_of(sock, ends, low, high, true);
	*ret_how = "by the map of those in use towards that end";
	port = choose_by_maps(sock, ends, crowd, low, high);
	if (port != 0)
		return port;
	*ret_how = "taken over from TIME-WAIT";
	return choose_of_waiting(sock, ends, low, high);
}

int local_port_choose(struct sock *sock, const struct tuple *ends, uint16_t *ret_port,
                      struct explain *why)
{
	struct tuple wanted = *ends;
	const char *how;
	uint16_t low, high, port;

	local_port_range(sock, &low, &high);
	port = choose(sock, &wanted, low, high, &how);
	if (port == 0) {
		explain(why, "port", "all of %u-%u are in use towards that end", low, high);
		return -EADDRNOTAVAIL;
	}
	explain(why, "port", "%u, %s (of %u-%u)", port, how, low, high);
	*ret_port = port;
	return 0;
}

void local_port_note(struct local_ports *ports, const struct tuple *ends, bool there)
{
	struct tuple answer = answer_to(ends);
	struct port_map *map;

	answer.proto = IPPROTO_TCP;
	map = crowd_find(ports->crowds, &answer);
	if (map == NULL || port_map_has(map, ends->sport) == there)
		return;
	if (there)
		port_map_set(map, ends->sport);
	else
		port_map_clear(map, ends->sport);
}
