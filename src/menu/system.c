/*
 * system.c -- /system/identity and /system/resource, and the folders on the way.
 */
#include <stdio.h>
#include <string.h>

#include "conf/look.h"
#include "conf/type.h"
#include "menu/menus.h"
#include "router/router.h"

#define IDENTITY_BYTES 64

struct identity_row {
	char name[IDENTITY_BYTES];
};

static const struct field identity_fields[] = {
	{ "name", &type_string, AT(struct identity_row, name), .min = 1, .max = IDENTITY_BYTES - 1,
	  .dflt = "Towpath", .help = "what the router calls itself, in the prompt and elsewhere" },
};

const struct menu menu_system_identity = {
	.path = "/system/identity",
	.title = "The router's name",
	.kind = MENU_SETTINGS,
	.fields = identity_fields,
	.nfields = ARRAY_LEN(identity_fields),
	.row_size = sizeof(struct identity_row),
};

struct resource_row {
	uint64_t uptime_ms;
	char version[32];
	uint64_t connections, connections_max, connection_bytes;
	uint64_t packet_buffers_free, packet_buffers;
	uint64_t replayed, walked, dropped;
	char architecture[32], board[32], platform[32];
};

#define SEEN(name_, type_, member, help_)                                                          \
	{                                                                                          \
		name_, &(type_), AT(struct resource_row, member), .flags = F_READ_ONLY,            \
								  .help = help_                    \
	}

static const struct field resource_fields[] = {
	SEEN("uptime", type_time, uptime_ms, "time since the router started"),
	SEEN("version", type_string, version, "version of Towpath"),
	SEEN("connections", type_uint, connections, "connections in the table"),
	SEEN("max-connections", type_uint, connections_max, "how many it holds"),
	SEEN("bytes-per-connection", type_uint, connection_bytes, "memory of one"),
	SEEN("free-packet-buffers", type_uint, packet_buffers_free,
	     "buffers left for packets of the router's own and those that wait for ARP"),
	SEEN("packet-buffers", type_uint, packet_buffers, "how many there are"),
	SEEN("replayed-packets", type_uint, replayed,
	     "packets sent on by what was decided for their connection before"),
	SEEN("walked-packets", type_uint, walked, "packets that went through every stage"),
	SEEN("dropped-packets", type_uint, dropped,
	     "packets that were lost here; /tool/drops names the reasons"),
	SEEN("architecture-name", type_string, architecture, "the processor's kind"),
	SEEN("board-name", type_string, board, "what it runs on"),
	SEEN("platform", type_string, platform, "who made it"),
};

static void put(char *at, size_t size, const char *value)
{
	snprintf(at, size, "%s", value);
}

#if defined(__x86_64__)
#define ARCHITECTURE "x86_64"
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
#else
#define ARCHITECTURE "other"
#endif

static void resource_fill(struct router *router, struct resource_row *body)
{
	body->uptime_ms = mono_since_ms(router->net.now, router->started) / 1000 * 1000;
	put(body->version, sizeof body->version, TOWPATH_VERSION);
	body->connections = router->fw.flows->used;
	body->connections_max = router->fw.flows->capacity;
	body->connection_bytes = router->fw.flows->record_bytes;
	body->packet_buffers_free = pkt_pool_available(router->net.pool);
	body->packet_buffers = pkt_pool_total(router->net.pool);
	body->replayed = router->counters.replayed;
	body->walked = router->counters.walked;
	body->dropped = router_drops(router);
	put(body->architecture, sizeof body->architecture, ARCHITECTURE);
	put(body->board, sizeof body->board, "Linux");
	put(body->platform, sizeof body->platform, "Towpath");
}

static void resource_status(struct router *router, const struct conf_state *state, struct row *row)
{
	resource_fill(router, (void *)row->body);
	row->given = UINT64_MAX; /* a count of 0 is a count */
}

struct resource_state {
	uint64_t packets, drops;
	mono before;
};

static uint64_t packets_so_far(const struct router *router)
{
	return router->counters.replayed + router->counters.walked;
}

static bool resource_begin(struct router *router, const void *args, void *arg, struct text *out,
                           struct diag *diag)
{
	struct resource_state *state = arg;

	*state = (struct resource_state){ .packets = packets_so_far(router),
		                          .drops = router_drops(router),
		                          .before = router->net.now };
	return true;
}

static void look_number(struct look_sink *sink, const char *name, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	sink->value(sink, name, text);
}

static uint64_t in_a_second(uint64_t n, uint64_t ms)
{
	return ms > 0 ? n * 1000 / ms : 0;
}

static void resource_look(struct router *router, void *arg, struct look_sink *sink, mono now)
{
	struct resource_state *state = arg;
	uint64_t ms = mono_since_ms(now, state->before);
	uint64_t packets = packets_so_far(router), drops = router_drops(router);

	look_number(sink, "packets-per-second", in_a_second(packets - state->packets, ms));
	look_number(sink, "drops-per-second", in_a_second(drops - state->drops, ms));
	look_number(sink, "connections", router->fw.flows->used);
	look_number(sink, "free-packet-buffers", pkt_pool_available(router->net.pool));
	*state = (struct resource_state){ .packets = packets, .drops = drops, .before = now };
}

static const struct action resource_monitor = {
	.name = "monitor",
	.help = "what the router does just now",
	.args_size = 1,
	.state_size = sizeof(struct resource_state),
	.start = resource_begin,
	.look = resource_look,
	.look_after_ms = 1000,
};

const struct menu menu_system_resource = {
	.path = "/system/resource",
	.title = "What the router uses and does",
	.kind = MENU_SETTINGS,
	.fields = resource_fields,
	.nfields = ARRAY_LEN(resource_fields),
	.row_size = sizeof(struct resource_row),
	.status = resource_status,
	.actions = &resource_monitor,
	.nactions = 1,
};
