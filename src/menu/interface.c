/*
 * interface.c -- /interface: one row for each thing that carries packets.
 */
#include "menu/interface.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define FLAG_RUNNING (ROW_MENU_FIRST << 0)
#define FLAG_SLAVE   (ROW_MENU_FIRST << 1)

static const struct field fields[] = {
	{ "name", &type_string, AT(struct interface_row, name), .min = 1,
	  .max = IFACE_NAME_BYTES - 1, .flags = F_KEY | F_BRIEF | F_REQUIRED,
	  .help = "what the interface is called everywhere else" },
	{ "default-name", &type_string, AT(struct interface_row, default_name), .min = 1,
	  .max = IFACE_NAME_BYTES - 1, .flags = F_DEFAULT_NAME,
	  .help = "the name it came with: ether1, ether2, ... in the order of the ports" },
	{ "type", &type_word, AT(struct interface_row, type), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "what kind of interface it is" },
	{ "mtu", &type_uint, AT(struct interface_row, mtu), .min = 68, .max = 65535,
	  .help = "largest IP packet in bytes; without it, the port's" },
	{ "merge-segments", &type_bool, AT(struct interface_row, merge_segments), .dflt = "yes",
	  .flags = F_QUIET,
	  .help = "TCP segments in a row leave as one frame, where what carries it can cut it "
	          "again" },
	{ "actual-mtu", &type_uint, AT(struct interface_row, actual_mtu),
	  .flags = F_READ_ONLY | F_BRIEF | F_RIGHT, .help = "largest IP packet in use" },
	{ "mac-address", &type_mac, AT(struct interface_row, mac), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "hardware address" },
	{ "link-downs", &type_uint, AT(struct interface_row, link_downs), .flags = F_READ_ONLY,
	  .help = "how often the link was lost" },
	{ "rx-byte", &type_uint, AT(struct interface_row, rx_byte),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "bytes received" },
	{ "tx-byte", &type_uint, AT(struct interface_row, tx_byte),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "bytes sent" },
	{ "rx-packet", &type_uint, AT(struct interface_row, rx_packet),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "packets received" },
	{ "tx-packet", &type_uint, AT(struct interface_row, tx_packet),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "packets sent" },
	{ "rx-drop", &type_uint, AT(struct interface_row, rx_drop),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT,
	  .help = "packets that came in here and ended in the router, for any named reason" },
	{ "tx-drop", &type_uint, AT(struct interface_row, tx_drop),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "packets that could not leave here" },
	{ "rx-lost", &type_uint, AT(struct interface_row, rx_lost),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT,
	  .help = "frames that found the port's ring full" },
};

static const struct menu_flag flags[] = { { 'R', "running" }, { 'S', "slave" } };

/* Of those that other menus make only the name is like a port's. */
#define GIVEN_NAME 1ULL

/* Gateways are addresses, interfaces, or address%interface: a name must be told from the others. */
bool interface_name_check(const char *name, struct diag *diag)
{
	if (strchr(name, '%') != NULL)
		return diag_fail(diag, "name",
		                 "invalid value for argument name: %s has a %%, which stands "
		                 "between address and interface in a gateway; leave it out",
		                 name);
	if (strcmp(name, "all") == 0 || strcmp(name, "any") == 0)
		return diag_fail(diag, "name",
		                 "invalid value for argument name: %s means every interface "
		                 "where interfaces are named; choose another one",
		                 name);
	if (name[strspn(name, "0123456789.")] == '\0')
		return diag_fail(diag, "name",
		                 "invalid value for argument name: %s looks like an address; a "
		                 "name has a letter, as in lan%s",
		                 name, name);
	return true;
}

static bool interface_check(const struct row *row, struct diag *diag)
{
	return interface_name_check(((const struct interface_row *)(const void *)row->body)->name,
	                            diag);
}

bool interface_fixed(struct router *router, size_t n, char *ret_name, size_t bytes)
{
	struct net *net = &router->net;

	for (iface_id id = 1; id < net->ifaces_n; id++) {
		const struct iface *iface = iface_get(net, id);

		if (iface == NULL || iface->port == NULL)
			continue;
		if (n-- == 0) {
			snprintf(ret_name, bytes, "%s", iface->default_name);
			return true;
		}
	}
	return false;
}

static void fill_observed(const struct iface *iface, struct row *row)
{
	struct interface_row *body = (void *)row->body;
	struct port_stats stats = { 0 };

	if (iface->port != NULL)
		iface->port->ops->stats(iface->port, &stats);
	snprintf(body->type, sizeof body->type, "%s", iface->type);
	body->actual_mtu = iface->mtu_bytes;
	body->mac = iface->mac;
	body->link_downs = iface->link_downs;
	body->rx_byte = iface->counters.rx_bytes;
	body->tx_byte = iface->counters.tx_bytes;
	body->rx_packet = iface->counters.rx_packets;
	body->tx_packet = iface->counters.tx_packets;
	body->rx_drop = iface->counters.rx_drops;
	body->tx_drop = iface->counters.tx_drops;
	body->rx_lost = stats.rx_lost;
	if (iface_is_running(iface))
		row->flags |= FLAG_RUNNING;
	if (iface->master != IFACE_NONE)
		row->flags |= FLAG_SLAVE;
}

static void interface_status(struct router *router, const struct conf_state *state, struct row *row)
{
	const struct interface_row *body = (const void *)row->body;
	const struct iface *iface = iface_by_default_name(&router->net, body->default_name);

	if (iface != NULL)
		fill_observed(iface, row);
}

/* Those that other menus make: they are seen here, and set there. */
static void interface_observe(struct router *router, const struct conf_state *state,
                              struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct interface_row))];

	for (iface_id id = 1; id < router->net.ifaces_n; id++) {
		const struct iface *iface = iface_get_const(&router->net, id);
		struct row *row;

		if (iface == NULL || iface->row == 0 ||
		    conf_state_ref(state, "interface", iface->row, NULL) == NULL)
			continue;
		row = lookup_row(storage, sizeof(struct interface_row), iface->row,
		                 iface->enabled ? 0 : ROW_DISABLED);
		snprintf(((struct interface_row *)(void *)row->body)->name, IFACE_NAME_BYTES, "%s",
		         iface->name);
		row->given = GIVEN_NAME;
		fill_observed(iface, row);
		if (!sink->row(sink, row))
			return;
	}
}

/* What publish writes into the interfaces. */
struct prepared {
	size_t n;
	struct {
		iface_id id;
		bool enabled;
		uint32_t mtu;
		bool keep_segments;
		char name[IFACE_NAME_BYTES];
	} at[];
};

static bool interface_prepare(struct router *router, const struct conf_state *state,
                              void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/interface");
	struct prepared *prepared = mem_new(1, sizeof *prepared + rows.n * sizeof prepared->at[0]);

	for (size_t i = 0; i < rows.n; i++) {
		const struct interface_row *body = (const void *)rows.at[i]->body;
		iface_id id = lookup_iface(router, state, rows.at[i]->id);

		if (id == IFACE_NONE)
			continue;
		prepared->at[prepared->n].id = id;
		prepared->at[prepared->n].enabled = (rows.at[i]->flags & ROW_DISABLED) == 0;
		prepared->at[prepared->n].mtu = body->mtu;
		prepared->at[prepared->n].keep_segments = !body->merge_segments;
		memcpy(prepared->at[prepared->n].name, body->name, IFACE_NAME_BYTES);
		prepared->n++;
	}
	*ret_prepared = prepared;
	return true;
}

static void interface_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	for (size_t i = 0; i < prepared->n; i++) {
		struct iface *iface = iface_get(&router->net, prepared->at[i].id);

		memcpy(iface->name, prepared->at[i].name, IFACE_NAME_BYTES);
		iface->keep_segments = prepared->at[i].keep_segments;
		iface_set_mtu(&router->net, iface->id, prepared->at[i].mtu);
		iface_enable(&router->net, iface->id, prepared->at[i].enabled);
	}
	net_generation_next(&router->net);
	mem_free(prepared);
}

static bool interface_warn(struct router *router, const struct conf_state *state,
                           const struct row *row, struct text *out)
{
	const struct interface_row *body = (const void *)row->body;
	const struct iface *iface = iface_by_default_name(&router->net, body->default_name);

	if (iface == NULL || body->mtu <= iface->port->mtu_bytes)
		return false;
	text_printf(out, "mtu=%u is more than the port can send; %u is used", body->mtu,
	            iface->port->mtu_bytes);
	return true;
}

const struct menu menu_interface = {
	.path = "/interface",
	.title = "Interfaces: what carries packets",
	.kind = MENU_FIXED,
	.key_space = "interface",
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct interface_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.actions = interface_actions,
	.nactions = INTERFACE_ACTIONS,
	.check = interface_check,
	.prepare = interface_prepare,
	.publish = interface_publish,
	.discard = mem_free,
	.status = interface_status,
	.observe = interface_observe,
	.fixed = interface_fixed,
	.warn = interface_warn,
};
