#include "menu/tool.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/policy.h"
#include "core/addr.h"
#include "menu/menus.h"
#include "menu/safe_mode.h"
#include "menu/setup.h"
#include "menu/tool_connect_trace.h"
#include "menu/tool_fetch.h"
#include "menu/tool_telnet.h"
#include "menu/tool_torch.h"
#include "menu/undo.h"
#include "menu/user.h"

bool tool_source(const struct router *router, ip4 src, struct diag *diag)
{
	if (ip4_is_zero(src) || addr_find(&router->net, src) != NULL)
		return true;
	return diag_fail(diag, "src-address",
	                 "invalid value for argument src-address: it is not one of the "
	                 "router's addresses; see /ip/address/print");
}

bool tool_interface(struct router *router, const char *name, iface_id *ret_iface, struct diag *diag)
{
	const struct iface *iface = name[0] != '\0' ? iface_by_name(&router->net, name) : NULL;

	if (name[0] != '\0' && iface == NULL)
		return diag_fail(diag, "interface",
		                 "failure: %s is not there now; see /interface/print", name);
	*ret_iface = iface != NULL ? iface->id : IFACE_NONE;
	return true;
}

bool tool_table(const struct router *router, const char *name, uint32_t *ret_table,
                struct diag *diag)
{
	*ret_table = 0;
	if (strcmp(name, "main") == 0)
		return true;
	*ret_table = mark_find(router->marks, name);
	if (*ret_table != 0)
		return true;
	return diag_fail(diag, "routing-table",
	                 "input does not match any value of routing-table: no route or rule names "
	                 "%s",
	                 name);
}

void tool_time(uint64_t ns, struct text *out)
{
	uint64_t us = ns / NS_PER_US;

	if (us >= 1000000)
		text_printf(out, "%llus", (unsigned long long)(us / 1000000));
	if (us / 1000 % 1000 != 0)
		text_printf(out, "%llums", (unsigned long long)(us / 1000 % 1000));
	if (us % 1000 != 0 || us == 0)
		text_printf(out, "%lluus", (unsigned long long)(us % 1000));
}

/* clang-format off */
#define ACTION_PING                                                                                \
	{ .name = "ping",                                                                          \
	  .help = "ask a host whether it is there",                                                \
	  .fields = ping_fields,                                                                   \
	  .nfields = PING_FIELDS,                                                                  \
	  .refused = ping_refused,                                                                 \
	  .args_size = sizeof(struct ping_args),                                                   \
	  .state_size = sizeof(struct ping_state),                                                 \
	  .start = ping_begin,                                                                     \
	  .turn = ping_go_on,                                                                      \
	  .stop = ping_interrupt,                                                                  \
	  .policy = POLICY_TEST }

#define ACTION_TRACEROUTE                                                                          \
	{ .name = "traceroute",                                                                    \
	  .help = "which routers lie on the way to a host",                                        \
	  .fields = traceroute_fields,                                                             \
	  .nfields = TRACEROUTE_FIELDS,                                                            \
	  .refused = traceroute_refused,                                                           \
	  .args_size = sizeof(struct traceroute_args),                                             \
	  .state_size = sizeof(struct traceroute_state),                                           \
	  .start = traceroute_begin,                                                               \
	  .turn = traceroute_go_on,                                                                \
	  .stop = traceroute_interrupt,                                                            \
	  .policy = POLICY_TEST }

#define ACTION_CONNECT_TRACE                                                                       \
	{ .name = "connect-trace",                                                                 \
	  .help = "open a TCP connection and tell each step: what was decided, and why",           \
	  .fields = connect_trace_fields,                                                          \
	  .nfields = CONNECT_TRACE_FIELDS,                                                         \
	  .refused = connect_trace_refused,                                                        \
	  .args_size = sizeof(struct connect_trace_args),                                          \
	  .state_size = sizeof(struct connect_trace_state),                                        \
	  .start = connect_trace_begin,                                                            \
	  .turn = connect_trace_go_on,                                                             \
	  .stop = connect_trace_interrupt,                                                         \
	  .policy = POLICY_TEST }

#define ACTION_TORCH                                                                               \
	{ .name = "torch",                                                                         \
	  .help = "who uses an interface just now, and how much of it",                            \
	  .fields = torch_fields,                                                                  \
	  .nfields = TORCH_FIELDS,                                                                 \
	  .refused = torch_refused,                                                                \
	  .args_size = sizeof(struct torch_args),                                                  \
	  .state_size = sizeof(struct torch_state),                                                \
	  .start = torch_begin,                                                                    \
	  .turn = torch_go_on,                                                                     \
	  .stop = torch_interrupt,                                                                 \
	  .policy = POLICY_TEST }

#define ACTION_UNDO                                                                                \
	{ .name = "undo",                                                                          \
	  .help = "take back the last change of /system/history",                                  \
	  .fields = undo_fields,                                                                   \
	  .nfields = UNDO_FIELDS,                                                                  \
	  .args_size = sizeof(struct undo_args),                                                   \
	  .change = undo_change }

#define ACTION_REDO                                                                                \
	{ .name = "redo",                                                                          \
	  .help = "do again what was taken back last",                                             \
	  .fields = undo_fields,                                                                   \
	  .nfields = UNDO_FIELDS,                                                                  \
	  .args_size = sizeof(struct undo_args),                                                   \
	  .change = undo_redo }

#define ACTION_COMMIT_CONFIRM                                                                      \
	{ .name = "commit-confirm",                                                                \
	  .help = "what this login changes is taken back unless /confirm comes in time",           \
	  .fields = safe_mode_begin_fields,                                                        \
	  .nfields = ARRAY_LEN(safe_mode_begin_fields),                                            \
	  .args_size = sizeof(struct safe_mode_begin_args),                                        \
	  .change = safe_mode_begin }

#define ACTION_CONFIRM                                                                             \
	{ .name = "confirm",                                                                       \
	  .help = "keep what was done after commit-confirm",                                       \
	  .fields = safe_mode_confirm_fields,                                                      \
	  .nfields = ARRAY_LEN(safe_mode_confirm_fields),                                          \
	  .args_size = sizeof(struct safe_mode_confirm_args),                                      \
	  .change = safe_mode_confirm }
/* clang-format on */

static const struct action root_actions[] = {
	ACTION_COMMIT_CONFIRM,
	ACTION_CONFIRM,
	ACTION_PASSWORD,
	ACTION_PING,
	ACTION_REDO,
	ACTION_UNDO,
	ACTION_SETUP("set", "as in 2.x: the same as setup"),
	ACTION_SETUP("setup",
	             "asks for addresses, gateway and the way to the internet, and sets them"),
};
static const struct action tool_actions[] = {
	ACTION_PING,          ACTION_TRACEROUTE, ACTION_TORCH,
	ACTION_CONNECT_TRACE, ACTION_FETCH,      ACTION_TELNET
};

const struct menu menu_root = {
	.path = "/",
	.title = "Towpath",
	.kind = MENU_FOLDER,
	.actions = root_actions,
	.nactions = ARRAY_LEN(root_actions),
};

const struct menu menu_tool = {
	.path = "/tool",
	.title = "Tools: who is there, and what happens",
	.kind = MENU_FOLDER,
	.actions = tool_actions,
	.nactions = ARRAY_LEN(tool_actions),
};
