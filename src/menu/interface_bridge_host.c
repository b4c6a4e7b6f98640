/*
 * interface_bridge_host.c -- /interface/bridge/host: which host is behind which port.
 */
#include "conf/type.h"
#include "lan/bridge.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define FLAG_LOCAL (ROW_MENU_FIRST << 0)

struct host_row {
	struct mac mac;
	uint32_t iface, bridge; /* rows */
	uint64_t age_ms;
};

static const struct field fields[] = {
	{ "mac-address", &type_mac, AT(struct host_row, mac), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "the host's hardware address" },
	{ "on-interface", &type_ref, AT(struct host_row, iface), .ref = "interface",
	  .flags = F_READ_ONLY | F_BRIEF, .help = "the port it is behind" },
	{ "bridge", &type_ref, AT(struct host_row, bridge), .ref = "/interface/bridge",
	  .flags = F_READ_ONLY | F_BRIEF, .help = "the bridge" },
	{ "age", &type_time, AT(struct host_row, age_ms), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "how long ago it was heard" },
};

enum {
	GIVEN_LOCAL = 0x7, /* an address of the router's own is not heard */
	GIVEN_HOST = 0xf,
};

static const struct menu_flag flags[] = { { 'L', "local" } };

static bool offer(struct router *router, const struct conf_state *state, struct row_sink *sink,
                  uint32_t row_flags, const struct lan_station *station)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct host_row))];
	struct row *row = lookup_row(storage, sizeof(struct host_row), 0, ROW_DYNAMIC | row_flags);
	struct host_row *body = (void *)row->body;

	row->given = (row_flags & FLAG_LOCAL) != 0 ? GIVEN_LOCAL : GIVEN_HOST;
	body->mac = station->mac;
	body->iface = lookup_iface_row(router, state, station->port);
	body->bridge = lookup_iface_row(router, state, station->bridge);
	body->age_ms = mono_since_ms(router->net.now, station->seen) / 1000 * 1000;
	return sink->row(sink, row);
}

static void host_observe(struct router *router, const struct conf_state *state,
                         struct row_sink *sink)
{
	const struct lan_station *station;
	uint32_t at = 0;

	for (iface_id id = 1; id < router->net.ifaces_n; id++) {
		const struct iface *port = iface_get_const(&router->net, id);
		struct lan_station own;

		if (port == NULL || port->master == IFACE_NONE)
			continue;
		own = (struct lan_station){ .mac = port->mac, .bridge = port->master, .port = id };
		if (!offer(router, state, sink, FLAG_LOCAL, &own))
			return;
	}
	while ((station = stations_next(router->lan->stations, &at)) != NULL) {
		if (!offer(router, state, sink, 0, station))
			return;
	}
}

const struct menu menu_interface_bridge_host = {
	.path = "/interface/bridge/host",
	.title = "Which host is behind which port of a bridge",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct host_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.observe = host_observe,
};
