/*
 * sock_connect_tcp.c -- connect() of TCP, step by step: A2 to A12 of docs/connect.md, one function
 * each, in their order. A1 is sock_connect.c's.
 *
 * Each step tells an optional struct explain what it has decided and why. A step that fails ends
 * the call, and the socket is fit for another: what was chosen is given back, what was bound stays.
 */
#include <errno.h>
#include <netinet/in.h>

#include "core/explain.h"
#include "host/local_port.h"
#include "host/sock_inside.h"
#include "host/sock_tcp.h"
#include "host/sock_way.h"
#include "tcp/plan.h"
#include "tcp/tcp.h"
#include "wire/cursor.h"

struct attempt {
	struct sock *sock;
	ip4 dst;
	uint16_t dport;
	struct sock_way way;
	struct connection_plan plan;
	struct explain *why;
};

/* --- A2: AF_UNSPEC --- */

void sock_tcp_unconnect(struct sock *sock)
{
	sock->connection = NULL;
	sock_forget_peer(sock);
}

/* tcp_disconnect(): a listener stops; an attempt is given up, and says so; they hear a RST. */
static void connect_disconnect(struct sock *sock)
{
	struct connection *c = sock->connection;
	struct listener *l = sock->listener;
	bool was_listening = sock->state == SOCK_LISTENING;
	bool was_asking = !was_listening && c != NULL && connection_state(c) == CONNECTION_SYN_SENT;

	sock->error = was_asking ? ECONNRESET : 0;
	sock->flags &= (uint8_t) ~(SOCK_SHUT_READ | SOCK_SHUT_WRITE);
	if (was_listening)
		listener_close(l);
	else if (c != NULL)
		connection_abort(c);
	sock_tcp_unconnect(sock);
	sock_tell(sock);
}

int sock_tcp_disconnect(struct sock *sock, struct explain *why)
{
	explain(why, "disconnect", "AF_UNSPEC: the socket is unconnected from here on");
	connect_disconnect(sock);
	return 0;
}

/* --- A12: the answer, for who asks again --- */

/* The outcome of an attempt: given once. */
static int connect_outcome(struct sock *sock, struct explain *why)
{
	struct connection *c = sock->connection;
	enum connection_state state = connection_state(c);
	int error;

	if (state == CONNECTION_SYN_SENT || state == CONNECTION_SYN_RECEIVED) {
		explain(why, "state", "%s: an attempt is under way", connection_state_word(state));
		return -EALREADY;
	}
	if (state != CONNECTION_CLOSED) {
		sock->state = SOCK_CONNECTED;
		explain(why, "state", "%s: the attempt has succeeded",
		        connection_state_word(state));
		return 0;
	}
	error = connection_take_error(c);
	connection_close(c, -1);
	sock_tcp_unconnect(sock);
	sock->flags |= SOCK_SHUT_READ | SOCK_SHUT_WRITE;
	explain(why, "state", "the attempt has failed");
	return error != 0 ? error : -ECONNABORTED;
}

/* --- A3: the socket's state --- */

/* 1: it is free to connect; else what the caller is told. */
static int connect_check_state(struct sock *sock, struct explain *why)
{
	switch (sock->state) {
	case SOCK_CONNECTED:
		explain(why, "state", "it is connected");
		return -EISCONN;
	case SOCK_LISTENING:
		explain(why, "state", "it listens");
		return -EISCONN;
	case SOCK_CONNECTING:
		return connect_outcome(sock, why);
	default:
		explain(why, "state", "it is unconnected");
		return 1;
	}
}

/* --- A4: the address --- */

static int connect_check_address(struct attempt *a, const void *addr, int len)
{
	const struct sock_settings *s = a->sock->settings;
	char first[IP4_TEXT_BYTES], last[IP4_TEXT_BYTES];
	int error = sock_addr_read(addr, len, &a->dst, &a->dport);

	if (error == -EINVAL)
		explain(a->why, "address", "%d bytes are too few for a struct sockaddr_in", len);
	if (error == -EAFNOSUPPORT)
		explain(a->why, "address", "its family is not AF_INET");
	if (error != 0)
		return error;
	if (s->destination_at != 0 && ip4_is_zero(a->dst)) {
		explain(a->why, "address", "a source route must end somewhere");
		return -EINVAL;
	}
	sock_way_to(a->sock, a->dst, a->dport, &a->way);
	if (s->destination_at != 0)
		explain(a->why, "address", "%s by a %s source route over %s",
		        ip4_str(a->way.dst, last), s->strict ? "strict" : "loose",
		        ip4_str(a->way.first_hop, first));
	else
		explain(a->why, "address", "%s%s", ip4_str(a->way.dst, last),
		        ip4_is_zero(a->dst) ? ": nowhere means here" : "");
	return 0;
}

/* --- A5: the route, and with it the source address --- */

static int connect_find_route(struct attempt *a)
{
	return sock_way_find(a->sock, &a->way, a->why);
}

/* --- A6: what TCP may not reach --- */

/* RFC 1122, 4.2.3.10: a connection has one peer. */
static int connect_refuse_many(const struct attempt *a)
{
	if (a->way.route.kind != ROUTE_BROADCAST && a->way.route.kind != ROUTE_MULTICAST)
		return 0;
	explain(a->why, "destination", "it is many hosts', and TCP speaks to one");
	return -ENETUNREACH;
}

/* --- A7: what is remembered of the peer --- */

static void connect_recall_peer(struct attempt *a)
{
	struct host *host = a->sock->host;
	uint64_t age_ms;

	a->plan.ends = (struct tuple){ .src = a->way.src,
		                       .dst = a->way.dst,
		                       .sport = a->sock->local_port,
		                       .dport = a->dport,
		                       .proto = IPPROTO_TCP };
	if (plan_recall_peer(host->tcp, &a->plan, &age_ms))
		explain(a->why, "peer", "its timestamp was %u, %u ms ago", a->plan.recent_timestamp,
		        (unsigned)age_ms);
	else
		explain(a->why, "peer", "nothing is remembered of it");
}

/* --- A8: the port --- */

static int connect_choose_port(struct attempt *a)
{
	uint16_t port;
	int error;

	if (a->sock->local_port != 0) {
		if (local_port_is_free(a->sock, &a->plan.ends)) {
			explain(a->why, "port", "%u, as bound", a->sock->local_port);
			return 0;
		}
		explain(a->why, "port", "%u is bound, and in use towards that end",
		        a->sock->local_port);
		return -EADDRNOTAVAIL;
	}
	error = local_port_choose(a->sock, &a->plan.ends, &port, a->why);
	if (error != 0)
		return error;
	a->plan.ends.sport = port;
	return 0;
}

/* --- A9: the route again, now that the ports are known --- */

static int connect_route_again(struct attempt *a)
{
	ip4 source = a->way.src;
	int error;

	a->way.key.src = source;
	a->way.key.sport = a->plan.ends.sport;
	explain(a->why, "route", "again, with port %u", a->plan.ends.sport);
	error = sock_way_find(a->sock, &a->way, a->why);
	if (error == 0)
		error = connect_refuse_many(a);
	a->plan.route = a->way.route;
	return error;
}

/* --- A10: the numbers --- */

static void connect_number(struct attempt *a)
{
	plan_number(a->sock->host->tcp, &a->plan);
	explain(a->why, "sequence",
	        "initial sequence number %u: a keyed hash of both ends and the "
	        "clock",
	        a->plan.initial_sequence);
}

/* --- A11: the SYN --- */

/* The source route's last entry is the destination; the packet goes to the first (RFC 791, 3.1). */
static void connect_finish_options(struct attempt *a)
{
	struct sock_settings *s = a->sock->settings;

	if (s->destination_at == 0)
		return;
	s = sock_settings_own(a->sock);
	wire_put32(s->options + s->destination_at, a->way.dst.v);
}

static int connect_send_syn(struct attempt *a)
{
	struct sock *sock = a->sock;
	struct connection *c;
	int error;

	connect_finish_options(a);
	a->plan.settings = &sock->settings->tcp;
	a->plan.owner = sock;
	error = connection_open(sock->host->tcp, &a->plan, &c);
	if (error != 0) {
		explain(a->why, "syn", "%s",
		        error == -ENOBUFS ? "as many connections as there may be are there"
		                          : "a connection between these ends is there");
		return error;
	}
	sock->connection = c;
	sock->state = SOCK_CONNECTING;
	sock->error = 0;
	sock->flags &= (uint8_t) ~(SOCK_SHUT_READ | SOCK_SHUT_WRITE);
	sock->local = a->plan.ends.src;
	sock->local_port = a->plan.ends.sport;
	sock->peer = a->plan.ends.dst;
	sock->peer_port = a->plan.ends.dport;
	sock->route = a->plan.route;
	explain(a->why, "syn", "sent; the answer decides");
	return -EINPROGRESS;
}

/* A4 to A10. */
static int connect_decide(struct attempt *a, const void *addr, int len)
{
	int error = connect_check_address(a, addr, len);

	if (error == 0)
		error = connect_find_route(a);
	if (error == 0)
		error = connect_refuse_many(a);
	if (error != 0)
		return error;
	connect_recall_peer(a);
	error = connect_choose_port(a);
	if (error == 0)
		error = connect_route_again(a);
	if (error == 0)
		connect_number(a);
	return error;
}

int sock_tcp_connect(struct sock *sock, const void *addr, int len, struct explain *why,
                     bool what_if)
{
	struct attempt a = { .sock = sock, .why = why };
	int error;

	if (what_if && sock->state != SOCK_UNCONNECTED)
		return sock->state == SOCK_CONNECTING ? -EALREADY : -EISCONN;
	error = connect_check_state(sock, why);
	if (error <= 0)
		return error;
	error = connect_decide(&a, addr, len);
	if (error != 0)
		return error;
	if (what_if) {
		explain(why, "syn", "would be sent");
		return 0;
	}
	return connect_send_syn(&a);
}
