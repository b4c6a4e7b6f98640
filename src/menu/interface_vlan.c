/*
 * interface_vlan.c -- /interface/vlan: networks of their own on a shared cable.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lan/vlan.h"
#include "lib/mem.h"
#include "menu/interface.h"
#include "menu/interface_bridge.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/virtual.h"
#include "router/router.h"
#include "wire/eth.h"

#define FLAG_RUNNING (ROW_MENU_FIRST << 0)

static const struct field fields[] = {
	{ "name", &type_string, AT(struct vlan_row, name), .min = 1, .max = IFACE_NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED,
	  .help = "what the VLAN is called everywhere else" },
	{ "mtu", &type_uint, AT(struct vlan_row, mtu), .min = 68, .max = 65535, .dflt = "1500",
	  .flags = F_BRIEF | F_RIGHT, .help = "largest IP packet in bytes, without the tag" },
	{ "arp", &type_word, AT(struct vlan_row, arp), .min = 1, .max = ONLY_BYTES - 1,
	  .dflt = "enabled", .flags = F_QUIET, .help = "how ARP is answered" },
	{ "vlan-id", &type_uint, AT(struct vlan_row, id), .min = 1, .max = ETH_TAG_ID_MAX,
	  .flags = F_REQUIRED | F_BRIEF | F_RIGHT, .help = "the number in the tag" },
	{ "interface", &type_ref, AT(struct vlan_row, iface), .ref = "interface",
	  .flags = F_REQUIRED | F_BRIEF | F_HOLDS,
	  .help = "the card or bridge whose frames bear the tag" },
	{ "use-service-tag", &type_bool, AT(struct vlan_row, service), .dflt = "no",
	  .help = "tag by IEEE 802.1ad (0x88a8) instead of 802.1Q (0x8100)" },
	{ "mvrp", &type_word, AT(struct vlan_row, mvrp), .min = 1, .max = ONLY_BYTES - 1,
	  .dflt = "no", .flags = F_QUIET, .help = "whether switches are told of the VLAN" },
	{ "actual-mtu", &type_uint, AT(struct vlan_row, actual_mtu), .flags = F_READ_ONLY | F_RIGHT,
	  .help = "largest IP packet in use" },
	{ "mac-address", &type_mac, AT(struct vlan_row, mac), .flags = F_READ_ONLY,
	  .help = "hardware address: that of its interface" },
};

static const struct menu_flag flags[] = { { 'R', "running" } };

static bool vlan_check(const struct row *row, struct diag *diag)
{
	static const struct only arp = { "arp", "enabled", "" };
	static const struct only mvrp = { "mvrp", "no", ": let the VLAN through by hand" };
	const struct vlan_row *body = (const void *)row->body;

	return only_check(&arp, body->arp, diag) && only_check(&mvrp, body->mvrp, diag) &&
	       interface_name_check(body->name, diag);
}

static bool same_tag(const struct vlan_row *a, const struct vlan_row *b)
{
	return a->iface == b->iface && a->id == b->id && a->service == b->service;
}

static bool vlan_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		const struct vlan_row *body = (const void *)rows.at[i]->body;

		for (size_t j = 0; j < i; j++) {
			const struct vlan_row *other = (const void *)rows.at[j]->body;

			if (same_tag(body, other))
				return diag_fail(diag, "vlan-id",
				                 "failure: already have vlan with such id: %s has "
				                 "vlan-id=%u on the same interface",
				                 other->name, other->id);
		}
		if (bridge_row_goes_round(state, rows.at[i]->id))
			return diag_fail(diag, "interface",
			                 "failure: %s would lie on itself; choose the card below",
			                 body->name);
	}
	return true;
}

struct prepared {
	struct virtuals *virtuals;
	struct vlan_spec specs[IFACE_MAX];
};

static bool vlan_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                         struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/interface/vlan");
	struct virtuals *virtuals = virtual_prepare(router, rows, "vlan", diag);
	struct prepared *prepared;

	if (virtuals == NULL)
		return false;
	prepared = mem_new(1, sizeof *prepared);
	prepared->virtuals = virtuals;
	for (size_t i = 0; i < rows.n; i++) {
		const struct vlan_row *body = (const void *)rows.at[i]->body;

		virtual_describe(virtuals, i, rows.at[i], body->name, body->mtu);
		prepared->specs[i] =
			(struct vlan_spec){ .parent = lookup_iface(router, state, body->iface),
			                    .id = body->id,
			                    .service = body->service };
	}
	*ret_prepared = prepared;
	return true;
}

static void vlan_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	for (size_t i = 0; i < prepared->virtuals->n; i++) {
		vlan_set(router->lan, prepared->virtuals->at[i].id, &prepared->specs[i]);
		virtual_publish(prepared->virtuals, i);
	}
	virtual_finish(prepared->virtuals, router->lan, vlan_end);
	mem_free(prepared);
}

static void vlan_discard(void *arg)
{
	struct prepared *prepared = arg;

	virtual_discard(prepared->virtuals);
	mem_free(prepared);
}

static void vlan_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct vlan_row *body = (void *)row->body;

	if (virtual_status(router, row->id, &body->actual_mtu, &body->mac))
		row->flags |= FLAG_RUNNING;
}

static bool vlan_warn(struct router *router, const struct conf_state *state, const struct row *row,
                      struct text *out)
{
	const struct vlan_row *body = (const void *)row->body;
	const struct iface *iface = iface_by_row(&router->net, row->id);
	uint32_t master = bridge_row_master(state, body->iface);
	const struct row *bridge = conf_state_row(state, "/interface/bridge", master);

	if (bridge != NULL) {
		text_printf(out,
		            "its interface is a port of %s: frames with this tag are the VLAN's "
		            "and do not reach the bridge",
		            menu_row_name(&menu_interface_bridge, bridge));
		return true;
	}
	if (iface == NULL || body->mtu <= iface->mtu_bytes)
		return false;
	text_printf(out, "mtu=%u is more than its interface can send; %u is used", body->mtu,
	            iface->mtu_bytes);
	return true;
}

static const char *const depends[] = { "/interface", "/interface/bridge", NULL };

const struct menu menu_interface_vlan = {
	.path = "/interface/vlan",
	.title = "VLANs: networks of their own on a shared cable, told apart by a tag",
	.kind = MENU_LIST,
	.key_space = "interface",
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct vlan_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.depends = depends,
	.check = vlan_check,
	.check_all = vlan_check_all,
	.prepare = vlan_prepare,
	.publish = vlan_publish,
	.discard = vlan_discard,
	.status = vlan_status,
	.warn = vlan_warn,
};
