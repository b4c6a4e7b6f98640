/*
 * tool_connect_trace.c -- /tool/connect-trace: a connection is opened, and each step tells why.
 *
 * The steps are told by the code that takes them (host/sock_connect.c), the segments by the
 * connection itself (tcp/connection.h): there is no second telling that could drift from the first.
 * docs/connect.md walks through the same steps.
 */
#include "menu/tool_connect_trace.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "conf/diag.h"
#include "core/explain.h"
#include "lib/mem.h"

const struct field connect_trace_fields[CONNECT_TRACE_FIELDS] = {
	{ "address", &type_tool_address, AT(struct connect_trace_args, address),
	  .flags = F_REQUIRED | F_UNNAMED, .help = "whom to connect to" },
	{ "port", &type_uint, AT(struct connect_trace_args, port), .min = 0, .max = 65535,
	  .flags = F_REQUIRED, .help = "the TCP port there" },
	{ "what-if", &type_bool, AT(struct connect_trace_args, what_if), .dflt = "no",
	  .flags = F_BARE, .help = "take every step but the last: nothing is sent" },
	{ "src-address", &type_ip4, AT(struct connect_trace_args, src),
	  .help = "which of the router's addresses connects; without it, the route says" },
	{ "src-port", &type_uint, AT(struct connect_trace_args, src_port), .min = 1, .max = 65535,
	  .help = "from which port; without it, one is chosen" },
	{ "interface", &type_tool_interface, AT(struct connect_trace_args, interface),
	  .help = "by which interface it must leave" },
	{ "routing-table", &type_word, AT(struct connect_trace_args, table), .min = 1,
	  .max = TOOL_TABLE_BYTES - 1, .dflt = "main",
	  .help = "the table of routes that leads to it" },
	{ "dscp", &type_uint, AT(struct connect_trace_args, dscp), .min = 0, .max = 63, .dflt = "0",
	  .help = "which service its segments ask for (RFC 2474)" },
	{ "timeout", &type_time, AT(struct connect_trace_args, timeout_ms), .min = 100,
	  .max = 600000,
	  .help = "how long to wait for an answer; without it, as long as TCP does" },
};

const struct refused connect_trace_refused[] = {
	{ "protocol", "only TCP connects; /tool/traceroute protocol=udp asks by UDP" },
	{ "vrf", "there are no VRFs here; routing-table= names a table of routes" },
	{ NULL, NULL },
};

/* What a program that calls connect() would be told, and what that means to a person. */
static const struct {
	int error;
	const char *name, *means;
} outcomes[] = {
	{ EACCES, "EACCES", "a route prohibits it, or the policy of /ip/socket/policy does" },
	{ EADDRINUSE, "EADDRINUSE", "the source port is taken" },
	{ EADDRNOTAVAIL, "EADDRNOTAVAIL", "no source address or no port is left for it" },
	{ ECONNABORTED, "ECONNABORTED", "it was closed here before it was established" },
	{ ECONNREFUSED, "ECONNREFUSED", "nobody listens on that port, or a firewall resets" },
	{ ECONNRESET, "ECONNRESET", "the other side reset it" },
	{ EHOSTDOWN, "EHOSTDOWN", "a router on the way says that the host is down" },
	{ EHOSTUNREACH, "EHOSTUNREACH",
	  "the host can't be reached: its neighbour does not answer ARP, or a router says so" },
	{ EINVAL, "EINVAL", "the way is a blackhole, or the source address can't be used for it" },
	{ ENETDOWN, "ENETDOWN", "the interface is down" },
	{ ENETUNREACH, "ENETUNREACH", "no route leads there, or TCP can't go there" },
	{ ENOBUFS, "ENOBUFS", "the budget of connections is used up" },
	{ ENONET, "ENONET", "a router on the way says that it is not on the network" },
	{ ENOPROTOOPT, "ENOPROTOOPT", "the host says that it does not speak TCP" },
	{ EOPNOTSUPP, "EOPNOTSUPP", "a router on the way refuses the source route" },
	{ EPERM, "EPERM", "the policy of /ip/socket/policy refuses it" },
	{ EPROTO, "EPROTO", "a router on the way found a fault in the IP header" },
	{ ETIMEDOUT, "ETIMEDOUT", "nobody has answered in time" },
};

const char *connect_trace_means(int error)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		if (outcomes[i].error == -error)
			return outcomes[i].means;
	return strerror(-error);
}

static void print_outcome(int error, struct text *out)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (outcomes[i].error == -error) {
			text_printf(out, "connect() fails with %s: %s\n", outcomes[i].name,
			            outcomes[i].means);
			return;
		}
	}
	text_printf(out, "connect() fails with error %d (%s)\n", -error, strerror(-error));
}

static void print_steps(const struct explain *why, struct text *out)
{
	for (unsigned i = 0; i < why->n; i++)
		text_printf(out, "  %-14s %s\n", why->steps[i].stage, why->steps[i].text);
	if (why->cut)
		text_printf(out, "  (there was more to tell than fits)\n");
}

static struct sockaddr_in end_of(ip4 addr, uint32_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(addr.v),
	};
}

/* --- the socket as asked for --- */

static bool set_number(struct sock *sock, int level, int name, uint32_t value)
{
	return value == 0 || sock_option_set(sock, level, name, &value, sizeof value) == 0;
}

static bool bind_source(struct connect_trace_state *at, struct diag *diag)
{
	const struct connect_trace_args *asked = &at->asked;
	struct sockaddr_in from = end_of(asked->src, asked->src_port);
	int error;

	if (ip4_is_zero(asked->src) && asked->src_port == 0)
		return true;
	error = sock_bind(at->sock, &from, sizeof from);
	if (error == 0)
		return true;
	return diag_fail(
		diag, asked->src_port != 0 ? "src-port" : "src-address",
		"failure: %s can't be used: %s", asked->src_port != 0 ? "the port" : "the address",
		error == -EADDRINUSE ? "it is taken; see /ip/socket/print" : strerror(-error));
}

static bool prepare(struct router *router, struct connect_trace_state *at, struct diag *diag)
{
	const struct connect_trace_args *asked = &at->asked;
	iface_id iface;
	uint32_t table;

	if (!tool_source(router, asked->src, diag) ||
	    !tool_interface(router, asked->interface, &iface, diag) ||
	    !tool_table(router, asked->table, &table, diag))
		return false;
	if (iface != IFACE_NONE &&
	    sock_option_set(at->sock, SOL_SOCKET, SO_BINDTODEVICE, asked->interface,
	                    (int)strlen(asked->interface) + 1) != 0)
		return diag_fail(diag, "interface", "failure: %s is not there now",
		                 asked->interface);
	if (!set_number(at->sock, SOL_SOCKET, SO_MARK, table) ||
	    !set_number(at->sock, IPPROTO_IP, IP_TOS, asked->dscp << 2) ||
	    !set_number(at->sock, IPPROTO_TCP, TCP_USER_TIMEOUT, (uint32_t)asked->timeout_ms))
		return diag_fail(diag, NULL, "failure: the socket does not take these settings");
	return bind_source(at, diag);
}

/* --- what happens --- */

static void print_time(const struct connect_trace_state *at, struct text *out)
{
	uint64_t us = (uint64_t)(at->net->now.ns - at->began.ns) / NS_PER_US;

	text_printf(out, "%8llu.%03llu ms  ", (unsigned long long)(us / 1000),
	            (unsigned long long)(us % 1000));
}

static void tell(void *arg, const char *stage, const char *text)
{
	struct connect_trace_state *at = arg;

	print_time(at, &at->told);
	text_printf(&at->told, "%-8s %s\n", stage, text);
}

static void show_told(struct connect_trace_state *at, struct text *out)
{
	text_add(out, at->told.bytes);
	if (at->told.cut)
		text_printf(out, "  (there was more than fits)\n");
	at->told = text_into(at->lines, sizeof at->lines);
}

static void let_go(struct connect_trace_state *at)
{
	if (at->sock == NULL)
		return;
	(void)sock_trace(at->sock, NULL);
	sock_close(at->sock);
	at->sock = NULL;
}

/* Every step; returns what connect() did. */
static int connect_told(struct connect_trace_state *at, struct text *out)
{
	struct sockaddr_in to = end_of(at->asked.address, at->asked.port);
	struct explain *why = mem_new(1, sizeof *why);
	int error = sock_connect_told(at->sock, &to, sizeof to, why, at->asked.what_if);

	print_steps(why, out);
	mem_free(why);
	return error;
}

static const struct sock_owner trace_owner = { .service = "connect-trace" };

/* The SYN leaves with the next turn: nothing is missed. */
static bool watch_attempt(struct connect_trace_state *at, struct diag *diag)
{
	if (sock_trace(at->sock, &at->watcher) == 0)
		return true;
	let_go(at);
	return diag_fail(diag, NULL,
	                 "failure: other connections are being traced already; wait "
	                 "until one of them has ended");
}

bool connect_trace_begin(struct router *router, const void *args, void *state, struct text *out,
                         struct diag *diag)
{
	struct connect_trace_state *at = state;
	int error;

	at->asked = *(const struct connect_trace_args *)args;
	at->net = &router->net;
	at->began = router->net.now;
	at->told = text_into(at->lines, sizeof at->lines);
	at->watcher = (struct connection_watcher){ tell, at };
	if (sock_open(&router->host, AF_INET, SOCK_STREAM, 0, &at->sock) != 0)
		return diag_fail(diag, NULL, "failure: no socket is left; see /ip/socket/print");
	if (!prepare(router, at, diag)) {
		let_go(at);
		return false;
	}
	sock_own(at->sock, &trace_owner);
	error = connect_told(at, out);
	if (error == -EINPROGRESS)
		return watch_attempt(at, diag);
	if (error == 0)
		text_printf(out, "nothing was sent: what-if\n");
	else
		print_outcome(error, out);
	let_go(at);
	return true;
}

bool connect_trace_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct connect_trace_state *at = state;
	struct sockaddr_in to = end_of(at->asked.address, at->asked.port);
	int error;

	if (at->sock == NULL)
		return true;
	show_told(at, out);
	if ((sock_poll(at->sock) & (POLLOUT | POLLERR | POLLHUP)) == 0)
		return false;
	error = sock_connect(at->sock, &to, sizeof to);
	if (error == 0)
		text_printf(out, "connect() succeeds: established, and closed again\n");
	else
		print_outcome(error, out);
	let_go(at);
	return true;
}

void connect_trace_interrupt(struct router *router, void *state, struct text *out)
{
	struct connect_trace_state *at = state;

	show_told(at, out);
	let_go(at);
}
