/*
 * tool_telnet.h -- /tool/telnet and /system/telnet, as their menus have them.
 */
#ifndef MENU_TOOL_TELNET_H
#define MENU_TOOL_TELNET_H

#include "conf/menu.h"
#include "conf/policy.h"
#include "host/telnet.h"
#include "menu/tool.h"

struct tool_telnet_args {
	ip4 address, src;
	uint32_t port;
	char table[TOOL_TABLE_BYTES];
};

struct tool_telnet_state {
	struct telnet telnet;
	struct tool_telnet_args asked;
	mono began;
	bool connected, given_up;
};

#define TOOL_TELNET_FIELDS 4
extern const struct field tool_telnet_fields[TOOL_TELNET_FIELDS];
extern const struct refused tool_telnet_refused[];
bool tool_telnet_begin(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag);
bool tool_telnet_go_on(struct router *router, void *state, struct text *out, mono now);
void tool_telnet_interrupt(struct router *router, void *state, struct text *out);
bool tool_telnet_finish(struct router *router, void *state, struct diag *diag);
size_t tool_telnet_keys(struct router *router, void *state, const char *bytes, size_t n);
void tool_telnet_terminal(struct router *router, void *state,
                          const struct action_terminal *terminal);

/* clang-format off */
#define ACTION_TELNET                                                                              \
	{ .name = "telnet",                                                                        \
	  .help = "talk to a host over TCP from this terminal; Ctrl-] ends it",                    \
	  .fields = tool_telnet_fields,                                                            \
	  .nfields = TOOL_TELNET_FIELDS,                                                           \
	  .refused = tool_telnet_refused,                                                          \
	  .args_size = sizeof(struct tool_telnet_args),                                            \
	  .state_size = sizeof(struct tool_telnet_state),                                          \
	  .start = tool_telnet_begin,                                                              \
	  .turn = tool_telnet_go_on,                                                               \
	  .stop = tool_telnet_interrupt,                                                           \
	  .finish = tool_telnet_finish,                                                            \
	  .keys = tool_telnet_keys,                                                                \
	  .terminal = tool_telnet_terminal,                                                        \
	  .policy = POLICY_TEST }
/* clang-format on */

#endif
