/*
 * tool_connect_trace.h -- /tool/connect-trace, as tool.c puts it into its menu.
 */
#ifndef MENU_TOOL_CONNECT_TRACE_H
#define MENU_TOOL_CONNECT_TRACE_H

#include "conf/menu.h"
#include "host/sock.h"
#include "menu/tool.h"
#include "tcp/connection.h"

#define CONNECT_TRACE_TEXT_BYTES 8192 /* of what happens between two turns */

struct connect_trace_args {
	ip4 address, src;
	uint32_t port, src_port, dscp;
	uint64_t timeout_ms;
	bool what_if;
	char interface[TOOL_INTERFACE_BYTES];
	char table[TOOL_TABLE_BYTES];
};

struct connect_trace_state {
	struct sock *sock;
	struct net *net;
	struct connection_watcher watcher;
	mono began;
	struct connect_trace_args asked;
	char lines[CONNECT_TRACE_TEXT_BYTES]; /* told by the connection, not shown yet */
	struct text told;
};

/* What it means to a person that connect() fails with @error (-errno). */
const char *connect_trace_means(int error);

#define CONNECT_TRACE_FIELDS 9
extern const struct field connect_trace_fields[CONNECT_TRACE_FIELDS];
extern const struct refused connect_trace_refused[];
bool connect_trace_begin(struct router *router, const void *args, void *state, struct text *out,
                         struct diag *diag);
bool connect_trace_go_on(struct router *router, void *state, struct text *out, mono now);
void connect_trace_interrupt(struct router *router, void *state, struct text *out);

#endif
