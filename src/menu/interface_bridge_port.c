/*
 * interface_bridge_port.c -- /interface/bridge/port: which interface is in which bridge.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lan/bridge.h"
#include "lib/mem.h"
#include "menu/interface.h"
#include "menu/interface_bridge.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define FLAG_INACTIVE (ROW_MENU_FIRST << 0)

enum {
	LEARN_NO = 2,    /* place in its words */
	PROTECT_OFF = 1, /* the same */
	HORIZON_MAX = INT32_MAX,
};

static const char *const learn_words[] = { "auto", "yes", "no", NULL };

static const char *const protect_words[] = { "default", "off", "on", NULL };

static const struct field fields[] = {
	{ "interface", &type_ref, AT(struct bridge_port_row, iface), .ref = "interface",
	  .flags = F_REQUIRED | F_BRIEF | F_HOLDS, .help = "the interface that becomes a port" },
	{ "bridge", &type_ref, AT(struct bridge_port_row, bridge), .ref = "/interface/bridge",
	  .flags = F_REQUIRED | F_BRIEF | F_HOLDS, .help = "the bridge it belongs to" },
	{ "horizon", &type_word, AT(struct bridge_port_row, horizon), .min = 1, .max = 10,
	  .dflt = "none", .flags = F_BRIEF,
	  .help = "between ports of one horizon nothing is handed on; a number, or none" },
	{ "learn", &type_enum, AT(struct bridge_port_row, learn), .words = learn_words,
	  .dflt = "auto", .help = "whether hosts heard here are remembered; auto is yes" },
	{ "broadcast-flood", &type_bool, AT(struct bridge_port_row, broadcast_flood), .dflt = "yes",
	  .help = "whether broadcasts are sent by this port" },
	{ "unknown-unicast-flood", &type_bool, AT(struct bridge_port_row, unknown_unicast_flood),
	  .dflt = "yes", .help = "whether frames to hosts not heard yet are sent by this port" },
	{ "unknown-multicast-flood", &type_bool,
	  AT(struct bridge_port_row, unknown_multicast_flood), .dflt = "yes",
	  .help = "whether multicasts are sent by this port" },
	{ "loop-protect", &type_enum, AT(struct bridge_port_row, loop_protect),
	  .words = protect_words, .dflt = "default",
	  .help = "whether the port is cut off when a cable leads back to it; default is on" },
	{ "loop-protect-send-interval", &type_time, AT(struct bridge_port_row, interval_ms),
	  .min = 1000, .max = 3600000, .dflt = "5s", .help = "how often a loop is looked for" },
	{ "loop-protect-disable-time", &type_time, AT(struct bridge_port_row, disable_ms), .min = 0,
	  .max = 1000000000, .dflt = "5m",
	  .help = "how long the port stays cut off; 0s: until it is disabled and enabled" },
	{ "loop-protect-status", &type_word, AT(struct bridge_port_row, protect_status),
	  .flags = F_READ_ONLY | F_BRIEF, .help = "off, on, or disabled: cut off" },
};

static const struct menu_flag flags[] = { { 'I', "inactive" } };

static bool horizon_read(const char *text, uint32_t *ret_horizon)
{
	uint64_t number = BRIDGE_NO_HORIZON;

	if (strcmp(text, "none") != 0 &&
	    (!text_to_u64(text, strlen(text), &number) || number < 1 || number > HORIZON_MAX))
		return false;
	*ret_horizon = (uint32_t)number;
	return true;
}

static bool port_check(const struct row *row, struct diag *diag)
{
	const struct bridge_port_row *body = (const void *)row->body;
	uint32_t horizon;

	if (horizon_read(body->horizon, &horizon))
		return true;
	return diag_fail(diag, "horizon",
	                 "value of horizon out of range (1..%d): %s is neither such a number nor "
	                 "none",
	                 HORIZON_MAX, body->horizon);
}

static bool port_judge(const struct conf_state *state, struct rows rows, size_t i,
                       struct diag *diag)
{
	const struct bridge_port_row *body = (const void *)rows.at[i]->body;

	for (size_t j = 0; j < i; j++) {
		const struct bridge_port_row *other = (const void *)rows.at[j]->body;

		if (other->iface == body->iface)
			return diag_fail(diag, "interface",
			                 "failure: device already added as bridge port; an "
			                 "interface is in one bridge only");
	}
	if (conf_state_row(state, "/interface/bridge", body->iface) != NULL)
		return diag_fail(diag, "interface",
		                 "failure: a bridge can not be a port of a bridge; put its ports "
		                 "into one bridge");
	if (bridge_row_goes_round(state, body->bridge))
		return diag_fail(diag, "interface",
		                 "failure: the interface lies over this bridge itself; a VLAN is "
		                 "either on the bridge or a port of it");
	return true;
}

static bool port_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		if (!port_judge(state, rows, i, diag))
			return false;
	}
	return true;
}

struct prepared {
	size_t n;
	struct bridge_port_spec at[];
};

static struct bridge_port_spec spec_of(struct router *router, const struct conf_state *state,
                                       const struct bridge_port_row *body)
{
	struct bridge_port_spec spec = {
		.bridge = lookup_iface(router, state, body->bridge),
		.iface = lookup_iface(router, state, body->iface),
		.learn = body->learn != LEARN_NO,
		.flood_unicast = body->unknown_unicast_flood,
		.flood_multicast = body->unknown_multicast_flood,
		.flood_broadcast = body->broadcast_flood,
		.loop = { .on = body->loop_protect != PROTECT_OFF,
		          .interval_ms = body->interval_ms,
		          .disable_ms = body->disable_ms },
	};
	bool read = horizon_read(body->horizon, &spec.horizon);

	must(read);
	return spec;
}

static bool port_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                         struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/interface/bridge/port");
	struct prepared *prepared = mem_new(1, sizeof *prepared + rows.n * sizeof prepared->at[0]);

	for (size_t i = 0; i < rows.n; i++) {
		struct bridge_port_spec spec =
			spec_of(router, state, (const void *)rows.at[i]->body);

		if (spec.bridge != IFACE_NONE && spec.iface != IFACE_NONE &&
		    (rows.at[i]->flags & ROW_DISABLED) == 0)
			prepared->at[prepared->n++] = spec;
	}
	*ret_prepared = prepared;
	return true;
}

static void port_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	bridge_set_ports(router->lan, prepared->at, prepared->n);
	mem_free(prepared);
}

static void port_status(struct router *router, const struct conf_state *state, struct row *row)
{
	static const char *const words[] = { "off", "on", "disabled", "disabled" };
	struct bridge_port_row *body = (void *)row->body;
	const struct iface *iface =
		iface_get_const(&router->net, lookup_iface(router, state, body->iface));

	if (iface == NULL || iface->master == IFACE_NONE || !iface_is_running(iface))
		row->flags |= FLAG_INACTIVE;
	snprintf(body->protect_status, sizeof body->protect_status, "%s",
	         words[iface != NULL ? router->lan->ports[iface->id].loop.state : LOOP_OFF]);
}

static bool is_member(const struct conf_state *state, uint32_t list, uint32_t iface)
{
	struct rows rows = conf_state_rows(state, "/interface/list/member");

	for (size_t i = 0; i < rows.n; i++) {
		const struct interface_member_row *body = (const void *)rows.at[i]->body;

		if (body->list == list && body->iface == iface)
			return true;
	}
	return false;
}

static const char *name_of(const struct conf_state *state, const char *ref, uint32_t id)
{
	const struct menu *menu;
	const struct row *row = conf_state_ref(state, ref, id, &menu);

	return row != NULL ? menu_row_name(menu, row) : "?";
}

/* Rules see the bridge, not its ports. */
static bool port_warn(struct router *router, const struct conf_state *state, const struct row *row,
                      struct text *out)
{
	const struct bridge_port_row *body = (const void *)row->body;
	struct rows lists = conf_state_rows(state, "/interface/list");

	for (size_t i = 0; i < lists.n; i++) {
		uint32_t list = lists.at[i]->id;
		const char *bridge = name_of(state, "interface", body->bridge);

		if (!is_member(state, list, body->iface) || is_member(state, list, body->bridge))
			continue;
		text_printf(out,
		            "%s is in the list %s and %s is not, but rules see only the bridge: "
		            "/interface list member add list=%s interface=%s",
		            name_of(state, "interface", body->iface),
		            name_of(state, "/interface/list", list), bridge,
		            name_of(state, "/interface/list", list), bridge);
		return true;
	}
	return false;
}

static const char *const depends[] = { "/interface", "/interface/bridge", "/interface/vlan", NULL };

const struct menu menu_interface_bridge_port = {
	.path = "/interface/bridge/port",
	.title = "Which interface is in which bridge",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct bridge_port_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.depends = depends,
	.check = port_check,
	.check_all = port_check_all,
	.prepare = port_prepare,
	.publish = port_publish,
	.discard = mem_free,
	.status = port_status,
	.warn = port_warn,
};
