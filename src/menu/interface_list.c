/*
 * interface_list.c -- /interface/list and its members: WAN, LAN, and others of one's own.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "menu/interface.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define FLAG_INVALID (ROW_MENU_FIRST << 0)

static const struct field list_fields[] = {
	{ "name", &type_string, AT(struct interface_list_row, name), .min = 1,
	  .max = IFACE_NAME_BYTES - 1, .flags = F_KEY | F_BRIEF | F_REQUIRED,
	  .help = "what rules call the list" },
};

static bool list_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	if (rows.n <= IFACE_LIST_MAX)
		return true;
	return diag_fail(diag, "name",
	                 "failure: there are at most %d interface lists, the built-in "
	                 "ones included; remove one first",
	                 IFACE_LIST_MAX);
}

/* `all` comes first: its place is bit 0, which every interface has. */
static void list_fresh(struct router *router, struct fresh_sink *sink)
{
	static const char *const builtin[] = { "all", "none", "dynamic", "static" };
	static const char *const roles[] = { "WAN", "LAN" };

	for (size_t i = 0; i < ARRAY_LEN(builtin); i++)
		sink->row(sink, ROW_FIXED, &(struct fresh_field){ "name", builtin[i] }, 1);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		const struct fresh_field row[] = { { "name", roles[i] }, { "comment", "defconf" } };

		sink->row(sink, 0, row, ARRAY_LEN(row));
	}
}

static const struct menu_flag list_flags[] = { { '*', "builtin" } };

static void list_status(struct router *router, const struct conf_state *state, struct row *row)
{
	if ((row->flags & ROW_FIXED) != 0)
		row->flags |= ROW_MENU_FIRST;
}

const struct menu menu_interface_list = {
	.path = "/interface/list",
	.title = "Lists of interfaces, for rules: WAN, LAN, ...",
	.kind = MENU_LIST,
	.fields = list_fields,
	.nfields = ARRAY_LEN(list_fields),
	.row_size = sizeof(struct interface_list_row),
	.flags = list_flags,
	.nflags = ARRAY_LEN(list_flags),
	.check_all = list_check_all,
	.status = list_status,
	.fresh = list_fresh,
};

static const struct field member_fields[] = {
	{ "list", &type_ref, AT(struct interface_member_row, list), .ref = "/interface/list",
	  .flags = F_REQUIRED | F_BRIEF | F_HOLDS, .help = "the list" },
	{ "interface", &type_ref, AT(struct interface_member_row, iface), .ref = "interface",
	  .flags = F_REQUIRED | F_BRIEF, .help = "the interface that belongs to it" },
};

static bool member_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		const struct interface_member_row *a = (const void *)rows.at[i]->body;

		for (size_t j = 0; j < i; j++) {
			const struct interface_member_row *b = (const void *)rows.at[j]->body;

			if (a->list == b->list && a->iface == b->iface)
				return diag_fail(
					diag, "interface",
					"failure: already have such entry: the interface is "
					"in this list");
		}
	}
	return true;
}

static void member_fresh(struct router *router, struct fresh_sink *sink)
{
	const struct net *net = &router->net;
	bool first = true;

	for (iface_id id = 1; id < net->ifaces_n; id++) {
		const struct iface *iface = iface_get_const(net, id);

		if (iface == NULL || iface->port == NULL)
			continue;

		struct fresh_field row[] = { { "list", first ? "WAN" : "LAN" },
			                     { "interface", iface->default_name },
			                     { "comment", "defconf" } };

		sink->row(sink, 0, row, ARRAY_LEN(row));
		first = false;
	}
}

struct prepared {
	uint64_t lists[IFACE_MAX]; /* by interface */
};

static bool member_prepare(struct router *router, const struct conf_state *state,
                           void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/interface/list/member");
	struct prepared *prepared = mem_new(1, sizeof *prepared);

	for (unsigned id = 1; id < IFACE_MAX; id++)
		prepared->lists[id] = 1;
	for (size_t i = 0; i < rows.n; i++) {
		const struct interface_member_row *body = (const void *)rows.at[i]->body;
		iface_id id = lookup_iface(router, state, body->iface);
		int list = lookup_list(state, body->list);

		if (id != IFACE_NONE && list >= 0 && (rows.at[i]->flags & ROW_DISABLED) == 0)
			prepared->lists[id] |= 1ULL << list;
	}
	*ret_prepared = prepared;
	return true;
}

static void member_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	for (unsigned id = 1; id < IFACE_MAX; id++)
		router->net.ifaces[id].lists = prepared->lists[id];
	net_generation_next(&router->net);
	mem_free(prepared);
}

/* The list or the interface is gone: the row means nothing. */
static void member_status(struct router *router, const struct conf_state *state, struct row *row)
{
	const struct interface_member_row *body = (const void *)row->body;

	if (lookup_list(state, body->list) < 0 ||
	    lookup_iface(router, state, body->iface) == IFACE_NONE)
		row->flags |= FLAG_INVALID;
}

static const struct menu_flag member_flags[] = { { 'I', "invalid" } };

static const char *const member_depends[] = { "/interface", "/interface/bridge", "/interface/vlan",
	                                      "/interface/list", NULL };

const struct menu menu_interface_list_member = {
	.path = "/interface/list/member",
	.title = "Which interface is in which list",
	.kind = MENU_LIST,
	.fields = member_fields,
	.nfields = ARRAY_LEN(member_fields),
	.row_size = sizeof(struct interface_member_row),
	.flags = member_flags,
	.nflags = ARRAY_LEN(member_flags),
	.depends = member_depends,
	.check_all = member_check_all,
	.prepare = member_prepare,
	.publish = member_publish,
	.discard = mem_free,
	.status = member_status,
	.fresh = member_fresh,
};
