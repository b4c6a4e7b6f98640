#include "menu/tool_telnet.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "menu/tool_connect_trace.h"
#include "router/router.h"

#define CTRL_C 3

const struct field tool_telnet_fields[TOOL_TELNET_FIELDS] = {
	{ "address", &type_tool_address, AT(struct tool_telnet_args, address),
	  .flags = F_REQUIRED | F_UNNAMED, .help = "whom to talk to" },
	{ "port", &type_uint, AT(struct tool_telnet_args, port), .min = 1, .max = 65535,
	  .dflt = "23", .flags = F_UNNAMED, .help = "the TCP port there" },
	{ "src-address", &type_ip4, AT(struct tool_telnet_args, src),
	  .help = "which of the router's addresses connects; without it, the route says" },
	{ "routing-table", &type_word, AT(struct tool_telnet_args, table), .min = 1,
	  .max = TOOL_TABLE_BYTES - 1, .dflt = "main",
	  .help = "the table of routes that leads to it" },
};

const struct refused tool_telnet_refused[] = {
	{ "vrf", "there are no VRFs here; routing-table= names a table of routes" },
	{ "user", "the far end asks for it" },
	{ NULL, NULL },
};

static bool fail(const struct tool_telnet_args *asked, const char *what, const char *why,
                 struct diag *diag)
{
	char address[IP4_TEXT_BYTES];

	return diag_fail(diag, NULL, "failure: %s %s port %u: %s", what,
	                 ip4_str(asked->address, address), asked->port, why);
}

bool tool_telnet_begin(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag)
{
	struct tool_telnet_state *at = state;
	char address[IP4_TEXT_BYTES];
	struct telnet_plan plan;
	int error;

	at->asked = *(const struct tool_telnet_args *)args;
	at->began = router->net.now;
	plan = (struct telnet_plan){ .address = at->asked.address,
		                     .src = at->asked.src,
		                     .port = (uint16_t)at->asked.port };
	if (!tool_source(router, at->asked.src, diag) ||
	    !tool_table(router, at->asked.table, &plan.mark, diag))
		return false;
	error = telnet_open(&at->telnet, &router->host, &plan);
	if (error != 0)
		return fail(&at->asked, "can't connect to", connect_trace_means(error), diag);
	text_printf(out, "Trying %s port %u... Ctrl-] gives up.\n",
	            ip4_str(at->asked.address, address), at->asked.port);
	return true;
}

/* What goes out as it is has the terminal's ends of lines. */
static void say_connected(struct tool_telnet_state *at, struct text *out)
{
	char address[IP4_TEXT_BYTES];

	at->connected = true;
	text_printf(out, "Connected to %s; Ctrl-] ends it.\r\n",
	            ip4_str(at->asked.address, address));
}

bool tool_telnet_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct tool_telnet_state *at = state;
	struct text said = { 0 };

	if (at->given_up)
		return true;
	(void)telnet_turn(&at->telnet, &said);
	if (!at->connected && telnet_was_open(&at->telnet))
		say_connected(at, out);
	text_bytes(out, text_str(&said), said.len);
	text_free(&said);
	if (telnet_stage(&at->telnet) != TELNET_ENDED)
		return false;
	if (telnet_error(&at->telnet) == 0)
		text_add(out, "\r\nConnection closed by the other side.\r\n");
	else if (at->connected)
		text_add(out, "\r\n");
	return true;
}

void tool_telnet_interrupt(struct router *router, void *state, struct text *out)
{
	struct tool_telnet_state *at = state;

	text_add(out, at->connected ? "\nConnection closed.\n" : "Given up.\n");
	telnet_close(&at->telnet);
}

bool tool_telnet_finish(struct router *router, void *state, struct diag *diag)
{
	struct tool_telnet_state *at = state;
	int error = telnet_error(&at->telnet);

	telnet_close(&at->telnet);
	if (at->given_up)
		return fail(&at->asked, "given up:", "no answer yet", diag);
	if (error == 0)
		return true;
	return fail(&at->asked, at->connected ? "the connection has broken:" : "can't connect to",
	            connect_trace_means(error), diag);
}

size_t tool_telnet_keys(struct router *router, void *state, const char *bytes, size_t n)
{
	struct tool_telnet_state *at = state;

	if (at->connected)
		return telnet_type(&at->telnet, bytes, n);
	if (memchr(bytes, CTRL_C, n) == NULL)
		return 0; /* they are for the far end, once it is there */
	at->given_up = true;
	return n;
}

void tool_telnet_terminal(struct router *router, void *state,
                          const struct action_terminal *terminal)
{
	struct tool_telnet_state *at = state;
	size_t width = terminal->width, height = terminal->height;

	telnet_set_terminal(&at->telnet, terminal->dumb ? "dumb" : "xterm",
	                    (uint16_t)(width < UINT16_MAX ? width : UINT16_MAX),
	                    (uint16_t)(height < UINT16_MAX ? height : UINT16_MAX));
}
