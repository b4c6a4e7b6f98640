/*
 * interface_bridge.c -- /interface/bridge: interfaces that are one network.
 */
#include "menu/interface_bridge.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lan/bridge.h"
#include "lib/mem.h"
#include "menu/interface.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/virtual.h"
#include "router/router.h"

#define FLAG_RUNNING (ROW_MENU_FIRST << 0)

enum {
	ROUND_STEPS_MAX = 256
}; /* more than that leads nowhere else than round */

/* clang-format off */
#define ONLY_FIELD(name_, member, value, help_)                                                    \
	{ name_, &type_word, AT(struct bridge_row, member), .min = 1, .max = ONLY_BYTES - 1,       \
	  .dflt = value, .flags = F_QUIET, .help = help_ }
/* clang-format on */

static const struct field fields[] = {
	{ "name", &type_string, AT(struct bridge_row, name), .min = 1, .max = IFACE_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED,
	  .help = "what the bridge is called everywhere else" },
	{ "mtu", &type_uint, AT(struct bridge_row, mtu), .min = 68, .max = 65535,
	  .help = "largest IP packet in bytes; without it, the least of its ports'" },
	{ "actual-mtu", &type_uint, AT(struct bridge_row, actual_mtu),
	  .flags = F_READ_ONLY | F_BRIEF | F_RIGHT, .help = "largest IP packet in use" },
	{ "mac-address", &type_mac, AT(struct bridge_row, mac), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "hardware address in use" },
	{ "auto-mac", &type_bool, AT(struct bridge_row, auto_mac), .dflt = "yes",
	  .help = "take the hardware address of the first port" },
	{ "admin-mac", &type_mac, AT(struct bridge_row, admin_mac),
	  .help = "hardware address of your choice; with auto-mac=no" },
	{ "ageing-time", &type_time, AT(struct bridge_row, ageing_ms), .min = 10000,
	  .max = 1000000000, .dflt = "5m",
	  .help = "how long a host that is not heard is remembered" },
	ONLY_FIELD("protocol-mode", protocol_mode, "none",
	           "spanning tree; loops are found by loop-protect of the ports instead"),
	ONLY_FIELD("vlan-filtering", vlan_filtering, "no",
	           "whether the bridge looks at tags; VLANs are made in /interface vlan"),
	ONLY_FIELD("igmp-snooping", igmp_snooping, "no",
	           "whether multicast goes only where wanted"),
	ONLY_FIELD("dhcp-snooping", dhcp_snooping, "no",
	           "whether foreign DHCP servers are cut off"),
	ONLY_FIELD("arp", arp, "enabled", "how ARP is answered"),
};

static const struct menu_flag flags[] = { { 'R', "running" } };

static const struct {
	struct only only;
	size_t at;
} onlies[] = {
	{ { "protocol-mode", "none",
	    ": there is no spanning tree; a cable loop is found and cut by loop-protect of the "
	    "ports" },
	  offsetof(struct bridge_row, protocol_mode) },
	{ { "vlan-filtering", "no",
	    ": make VLANs by /interface vlan on the cards, and a bridge of those of one network" },
	  offsetof(struct bridge_row, vlan_filtering) },
	{ { "igmp-snooping", "no", ": multicast goes to every port" },
	  offsetof(struct bridge_row, igmp_snooping) },
	{ { "dhcp-snooping", "no", ": a port with a horizon of its own can be kept apart" },
	  offsetof(struct bridge_row, dhcp_snooping) },
	{ { "arp", "enabled", "" }, offsetof(struct bridge_row, arp) },
};

static bool bridge_check(const struct row *row, struct diag *diag)
{
	const struct bridge_row *body = (const void *)row->body;
	bool has_mac = !mac_equal(&body->admin_mac, &(struct mac){ { 0 } });

	for (size_t i = 0; i < ARRAY_LEN(onlies); i++) {
		if (!only_check(&onlies[i].only, (const char *)body + onlies[i].at, diag))
			return false;
	}
	if (mac_is_multicast(&body->admin_mac))
		return diag_fail(diag, "admin-mac",
		                 "invalid value for argument admin-mac: an address of one station "
		                 "is wanted, not a group's");
	if (!body->auto_mac && !has_mac)
		return diag_fail(diag, "admin-mac",
		                 "missing value(s) of argument(s) admin-mac: with auto-mac=no the "
		                 "bridge needs an address");
	if (body->auto_mac && has_mac)
		return diag_fail(diag, "admin-mac",
		                 "failure: admin-mac goes with auto-mac=no; say both");
	return interface_name_check(body->name, diag);
}

/* --- round trips --- */

static bool leads_to(const struct conf_state *state, uint32_t from, uint32_t to, unsigned *steps)
{
	struct rows ports = conf_state_rows(state, "/interface/bridge/port");
	const struct row *vlan = conf_state_row(state, "/interface/vlan", from);

	if (from == to || ++*steps > ROUND_STEPS_MAX)
		return true;
	if (vlan != NULL && ((const struct vlan_row *)(const void *)vlan->body)->iface != 0)
		return leads_to(state, ((const struct vlan_row *)(const void *)vlan->body)->iface,
		                to, steps);
	for (size_t i = 0; i < ports.n; i++) {
		const struct bridge_port_row *port = (const void *)ports.at[i]->body;

		if (port->bridge == from && leads_to(state, port->iface, to, steps))
			return true;
	}
	return false;
}

bool bridge_row_goes_round(const struct conf_state *state, uint32_t id)
{
	struct rows ports = conf_state_rows(state, "/interface/bridge/port");
	const struct row *vlan = conf_state_row(state, "/interface/vlan", id);
	unsigned steps = 0;

	if (vlan != NULL)
		return leads_to(state, ((const struct vlan_row *)(const void *)vlan->body)->iface,
		                id, &steps);
	for (size_t i = 0; i < ports.n; i++) {
		const struct bridge_port_row *port = (const void *)ports.at[i]->body;

		if (port->bridge == id && leads_to(state, port->iface, id, &steps))
			return true;
	}
	return false;
}

uint32_t bridge_row_master(const struct conf_state *state, uint32_t id)
{
	struct rows ports = conf_state_rows(state, "/interface/bridge/port");

	for (size_t i = 0; i < ports.n; i++) {
		const struct bridge_port_row *port = (const void *)ports.at[i]->body;

		if (port->iface == id && (ports.at[i]->flags & ROW_DISABLED) == 0 &&
		    conf_state_row(state, "/interface/bridge", port->bridge) != NULL)
			return port->bridge;
	}
	return 0;
}

/* --- prepare, publish --- */

struct prepared {
	struct virtuals *virtuals;
	struct bridge_spec specs[IFACE_MAX];
};

static bool bridge_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/interface/bridge");
	struct virtuals *virtuals = virtual_prepare(router, rows, "bridge", diag);
	struct prepared *prepared;

	if (virtuals == NULL)
		return false;
	prepared = mem_new(1, sizeof *prepared);
	prepared->virtuals = virtuals;
	for (size_t i = 0; i < rows.n; i++) {
		const struct bridge_row *body = (const void *)rows.at[i]->body;

		virtual_describe(virtuals, i, rows.at[i], body->name, body->mtu);
		prepared->specs[i] = (struct bridge_spec){ .admin_mac = body->admin_mac,
			                                   .auto_mac = body->auto_mac,
			                                   .ageing_ms = body->ageing_ms };
	}
	*ret_prepared = prepared;
	return true;
}

static void bridge_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	for (size_t i = 0; i < prepared->virtuals->n; i++) {
		bridge_set(router->lan, prepared->virtuals->at[i].id, &prepared->specs[i]);
		virtual_publish(prepared->virtuals, i);
	}
	virtual_finish(prepared->virtuals, router->lan, bridge_end);
	mem_free(prepared);
}

static void bridge_discard(void *arg)
{
	struct prepared *prepared = arg;

	virtual_discard(prepared->virtuals);
	mem_free(prepared);
}

static void bridge_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct bridge_row *body = (void *)row->body;

	if (virtual_status(router, row->id, &body->actual_mtu, &body->mac))
		row->flags |= FLAG_RUNNING;
}

static bool bridge_warn(struct router *router, const struct conf_state *state,
                        const struct row *row, struct text *out)
{
	const struct bridge_row *body = (const void *)row->body;
	const struct iface *iface = iface_by_row(&router->net, row->id);

	if (iface == NULL || body->mtu <= iface->mtu_bytes)
		return false;
	text_printf(out, "mtu=%u is more than its ports can send; %u is used", body->mtu,
	            iface->mtu_bytes);
	return true;
}

const struct menu menu_interface_bridge = {
	.path = "/interface/bridge",
	.title = "Bridges: several interfaces that are one network",
	.kind = MENU_LIST,
	.key_space = "interface",
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct bridge_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.check = bridge_check,
	.prepare = bridge_prepare,
	.publish = bridge_publish,
	.discard = bridge_discard,
	.status = bridge_status,
	.warn = bridge_warn,
};
