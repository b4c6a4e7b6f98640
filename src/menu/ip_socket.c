/*
 * ip_socket.c -- /ip/socket: who talks to whom, as `ss` shows it.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "conf/type.h"
#include "host/sock.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/type_match.h"
#include "router/router.h"
#include "tcp/connection_info.h"

#define END_BYTES 24 /* "255.255.255.255:65535" */

struct socket_row {
	char protocol[8];
	char state[16];
	char local[END_BYTES], remote[END_BYTES];
	uint16_t local_port, remote_port;
	uint64_t receive_queue, send_queue;
	char service[16], program[16];
	uint32_t pid, uid;
	char interface[IFACE_NAME_BYTES];
	ip4 gateway;
	/* Of TCP. */
	uint64_t rtt_us, rtt_var_us, rto_us, min_rtt_us;
	uint32_t cwnd, ssthresh, mss, retransmits, lost;
	uint64_t bytes_sent, bytes_received;
};

#define SEEN(name_, type_, member, flags_, help_)                                                  \
	{                                                                                          \
		name_, &(type_), AT(struct socket_row, member), .flags = F_READ_ONLY | (flags_),   \
								.help = help_                      \
	}

static const struct field fields[] = {
	SEEN("protocol", type_word, protocol, F_BRIEF | F_STATS, "tcp, udp or icmp"),
	SEEN("state", type_word, state, F_BRIEF, "what it is about to do, or has done"),
	SEEN("local-address", type_word, local, F_BRIEF | F_STATS,
	     "our end, with its port; 0.0.0.0 is all of the router's addresses"),
	SEEN("remote-address", type_word, remote, F_BRIEF | F_STATS, "the far end, with its port"),
	SEEN("receive-queue", type_uint, receive_queue, F_BRIEF | F_RIGHT,
	     "bytes that nobody has read yet"),
	SEEN("send-queue", type_uint, send_queue, F_BRIEF | F_RIGHT,
	     "bytes that the far end has not acknowledged yet"),
	SEEN("service", type_word, service, F_BRIEF, "the router's own service that it is for"),
	SEEN("program", type_word, program, F_BRIEF, "the program that has it (towpath run)"),
	SEEN("pid", type_uint, pid, F_RIGHT, "that program's number"),
	SEEN("user", type_uint, uid, F_BRIEF | F_RIGHT, "the number of the account that runs it"),
	SEEN("local-port", type_uint, local_port, 0, "the port in local-address"),
	SEEN("remote-port", type_uint, remote_port, 0, "the port in remote-address"),
	SEEN("interface", type_word, interface, 0, "where its packets leave"),
	SEEN("gateway", type_ip4, gateway, 0, "the neighbour that they are sent to"),
	SEEN("rtt-us", type_uint, rtt_us, F_STATS | F_RIGHT,
	     "how long an answer takes, smoothed, in microseconds"),
	SEEN("rtt-var-us", type_uint, rtt_var_us, F_RIGHT, "how much that varies"),
	SEEN("min-rtt-us", type_uint, min_rtt_us, F_RIGHT, "the least it has been"),
	SEEN("rto-us", type_uint, rto_us, F_STATS | F_RIGHT,
	     "after how long without an answer it is sent again"),
	SEEN("cwnd", type_uint, cwnd, F_STATS | F_RIGHT,
	     "segments that may be on their way at once"),
	SEEN("ssthresh", type_uint, ssthresh, F_RIGHT, "where slow start ends, in segments"),
	SEEN("mss", type_uint, mss, F_STATS | F_RIGHT, "bytes of a full segment"),
	SEEN("retransmits", type_uint, retransmits, F_STATS | F_RIGHT, "segments sent again"),
	SEEN("lost", type_uint, lost, F_RIGHT, "segments that are taken for lost just now"),
	SEEN("bytes-sent", type_uint, bytes_sent, F_STATS | F_RIGHT,
	     "bytes that the far end has acknowledged"),
	SEEN("bytes-received", type_uint, bytes_received, F_STATS | F_RIGHT,
	     "bytes that have come"),
};

enum { /* places in fields[] of what may be absent */
	AT_REMOTE = 3,
	AT_SERVICE = 6,
	AT_PROGRAM,
	AT_PID,
	AT_USER,
	AT_LOCAL_PORT,
	AT_REMOTE_PORT,
	AT_INTERFACE,
	AT_GATEWAY,
	AT_RTT,
};

#define BIT(at) (1ULL << (at))

static void put_end(char at[END_BYTES], const struct sock_end *end)
{
	struct text out = text_into(at, END_BYTES);

	ip4_print(end->addr.v4, &out);
	if (end->port != 0)
		text_printf(&out, ":%u", end->port);
}

static void put_owner(struct socket_row *body, const struct sock_owner *owner, uint64_t *given)
{
	*given |= BIT(AT_USER);
	body->uid = owner->uid;
	if (owner->service != NULL) {
		snprintf(body->service, sizeof body->service, "%s", owner->service);
		*given |= BIT(AT_SERVICE);
	}
	if (owner->program[0] != '\0') {
		snprintf(body->program, sizeof body->program, "%s", owner->program);
		*given |= BIT(AT_PROGRAM);
	}
	if (owner->pid != 0) {
		body->pid = owner->pid;
		*given |= BIT(AT_PID);
	}
}

static void put_way(const struct router *router, struct socket_row *body,
                    const struct sock_info *info, uint64_t *given)
{
	iface_id out = info->route.out != IFACE_NONE ? info->route.out : info->bound;
	const struct iface *iface = iface_get_const(&router->net, out);

	if (iface == NULL)
		return;
	snprintf(body->interface, sizeof body->interface, "%s", iface->name);
	*given |= BIT(AT_INTERFACE);
	body->gateway = info->route.next_hop;
	if (info->route.out != IFACE_NONE && !ip4_equal(body->gateway, info->remote.addr.v4))
		*given |= BIT(AT_GATEWAY);
}

static void put_tcp(struct socket_row *body, struct sock *sock, uint64_t *given)
{
	struct connection_info info = { 0 };
	int len = sizeof info;

	if (sock_option_get(sock, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return;
	body->rtt_us = info.rtt;
	body->rtt_var_us = info.rttvar;
	body->min_rtt_us = info.min_rtt;
	body->rto_us = info.rto;
	body->cwnd = info.snd_cwnd;
	body->ssthresh = info.snd_ssthresh;
	body->mss = info.snd_mss;
	body->retransmits = info.total_retrans;
	body->lost = info.lost;
	body->bytes_sent = info.bytes_acked;
	body->bytes_received = info.bytes_received;
	for (unsigned at = AT_RTT; at < ARRAY_LEN(fields); at++)
		*given |= BIT(at);
}

static void put_protocol(struct socket_row *body, uint8_t proto)
{
	const char *word = type_protocol_word(proto);

	snprintf(body->protocol, sizeof body->protocol, "%s", word != NULL ? word : "");
}

static uint64_t fill(const struct router *router, struct sock *sock, struct socket_row *body)
{
	uint64_t given = (BIT(AT_SERVICE) - 1) & ~BIT(AT_REMOTE);
	struct sock_info info;

	sock_describe(sock, &info);
	put_protocol(body, info.proto);
	snprintf(body->state, sizeof body->state, "%s", info.state);
	put_end(body->local, &info.local);
	body->local_port = info.local.port;
	given |= info.local.port != 0 ? BIT(AT_LOCAL_PORT) : 0;
	if (!ip4_is_zero(info.remote.addr.v4)) {
		put_end(body->remote, &info.remote);
		body->remote_port = info.remote.port;
		given |= BIT(AT_REMOTE) | (info.remote.port != 0 ? BIT(AT_REMOTE_PORT) : 0);
	}
	body->receive_queue = info.unread;
	body->send_queue = info.unsent;
	put_owner(body, info.owner, &given);
	put_way(router, body, &info, &given);
	if (info.proto == IPPROTO_TCP && (given & BIT(AT_REMOTE)) != 0)
		put_tcp(body, sock, &given);
	return given;
}

static bool socket_observe_some(struct router *router, const struct conf_state *state, uint32_t *at,
                                uint32_t most, struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct socket_row))];
	uint32_t places = sock_places(&router->host);

	for (; *at < places && most > 0; most--) {
		uint32_t place = (*at)++;
		struct sock *sock = sock_at_place(&router->host, place);
		struct row *row;

		if (sock == NULL)
			continue;
		row = lookup_row(storage, sizeof(struct socket_row), place + 1, 0);
		row->given = fill(router, sock, (void *)row->body);
		if (!sink->row(sink, row))
			break;
	}
	return *at < places;
}

const struct menu menu_ip_socket = {
	.path = "/ip/socket",
	.title = "Sockets: who talks to whom, and how well",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct socket_row),
	.observe_some = socket_observe_some,
};
