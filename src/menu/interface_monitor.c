/*
 * interface_monitor.c -- what goes through an interface just now, and how its link is.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/look.h"
#include "conf/policy.h"
#include "menu/interface.h"
#include "menu/tool.h"

#define THINGS_MAX 16

struct monitor_args {
	char interfaces[THINGS_MAX * IFACE_NAME_BYTES];
};

/* One interface, as it was at the look before. */
struct thing {
	iface_id id;
	struct iface_counters before;
};

struct monitor_state {
	struct thing at[THINGS_MAX];
	size_t n;
	mono before;
};

static bool thing_add(struct router *router, struct monitor_state *state, const char *name,
                      struct diag *diag)
{
	struct thing *thing = &state->at[state->n];

	if (state->n == THINGS_MAX)
		return diag_fail(diag, "interface",
		                 "invalid value for argument interface: up to %d at once",
		                 THINGS_MAX);
	if (!tool_interface(router, name, &thing->id, diag))
		return false;
	thing->before = iface_get_const(&router->net, thing->id)->counters;
	state->n++;
	return true;
}

static bool monitor_begin(struct router *router, const void *args, void *arg, struct text *out,
                          struct diag *diag)
{
	const char *at = ((const struct monitor_args *)args)->interfaces;
	struct monitor_state *state = arg;

	state->before = router->net.now;
	while (*at != '\0') {
		size_t len = strcspn(at, ",");
		char name[IFACE_NAME_BYTES] = "";

		memcpy(name, at, len < sizeof name - 1 ? len : sizeof name - 1);
		if (!thing_add(router, state, name, diag))
			return false;
		at += len + (at[len] == ',');
	}
	return true;
}

static void put_number(struct look_sink *sink, const char *name, uint64_t number, const char *unit)
{
	char buffer[48];
	struct text text = text_into(buffer, sizeof buffer);

	text_printf(&text, "%llu%s", (unsigned long long)number, unit);
	sink->value(sink, name, text_str(&text));
}

/* Bits in a second, as RouterOS writes them: 1234bps, 12.3kbps, 1.2Mbps. */
static void put_bits(struct look_sink *sink, const char *name, uint64_t bits)
{
	static const char *const units[] = { "bps", "kbps", "Mbps", "Gbps", "Tbps" };
	char buffer[48];
	struct text text = text_into(buffer, sizeof buffer);
	uint64_t tenths = bits * 10;
	size_t unit = 0;

	for (; tenths >= 10000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
		tenths /= 1000;
	if (unit == 0)
		text_printf(&text, "%llubps", (unsigned long long)bits);
	else
		text_printf(&text, "%llu.%llu%s", (unsigned long long)(tenths / 10),
		            (unsigned long long)(tenths % 10), units[unit]);
	sink->value(sink, name, text_str(&text));
}

/* So many in @ns: how many are that in a second? */
static uint64_t rate(uint64_t now, uint64_t before, uint64_t ns)
{
	uint64_t ms = ns / NS_PER_MS;

	return ms > 0 && now > before ? (now - before) * 1000 / ms : 0;
}

static void look_traffic(struct look_sink *sink, const struct iface *iface,
                         const struct iface_counters *before, uint64_t ns)
{
	const struct iface_counters *now = &iface->counters;

	sink->value(sink, "name", iface->name);
	put_number(sink, "rx-packets-per-second", rate(now->rx_packets, before->rx_packets, ns),
	           "");
	put_bits(sink, "rx-bits-per-second", rate(now->rx_bytes, before->rx_bytes, ns) * 8);
	put_number(sink, "rx-drops-per-second", rate(now->rx_drops, before->rx_drops, ns), "");
	put_number(sink, "tx-packets-per-second", rate(now->tx_packets, before->tx_packets, ns),
	           "");
	put_bits(sink, "tx-bits-per-second", rate(now->tx_bytes, before->tx_bytes, ns) * 8);
	put_number(sink, "tx-drops-per-second", rate(now->tx_drops, before->tx_drops, ns), "");
}

static void traffic_look(struct router *router, void *arg, struct look_sink *sink, mono now)
{
	struct monitor_state *state = arg;
	uint64_t ns = mono_since_ns(now, state->before);

	for (size_t i = 0; i < state->n; i++) {
		const struct iface *iface = iface_get_const(&router->net, state->at[i].id);

		if (iface == NULL) /* removed since */
			continue;
		look_traffic(sink, iface, &state->at[i].before, ns);
		state->at[i].before = iface->counters;
	}
	state->before = now;
}

static bool ethernet_begin(struct router *router, const void *args, void *arg, struct text *out,
                           struct diag *diag)
{
	const struct monitor_state *state = arg;

	if (!monitor_begin(router, args, arg, out, diag))
		return false;
	for (size_t i = 0; i < state->n; i++) {
		const struct iface *iface = iface_get_const(&router->net, state->at[i].id);

		if (iface->port == NULL)
			return diag_fail(diag, "interface",
			                 "input does not match any value of interface: %s is no "
			                 "Ethernet port; /interface/ethernet/print shows them",
			                 iface->name);
	}
	return true;
}

static void ethernet_look(struct router *router, void *arg, struct look_sink *sink, mono now)
{
	const struct monitor_state *state = arg;

	for (size_t i = 0; i < state->n; i++) {
		const struct iface *iface = iface_get_const(&router->net, state->at[i].id);

		if (iface == NULL)
			continue;
		sink->value(sink, "name", iface->name);
		sink->value(sink, "status", iface->link_up ? "link-ok" : "no-link");
		put_number(sink, "link-downs", iface->link_downs, "");
	}
}

static const struct field monitor_fields[] = {
	{ "interface", &type_tool_interfaces, AT(struct monitor_args, interfaces),
	  .flags = F_REQUIRED | F_UNNAMED,
	  .help = "which interface; several with commas between stand side by side" },
};

static bool reset_begin(struct router *router, const void *args, void *arg, struct text *out,
                        struct diag *diag)
{
	struct monitor_state *state = arg;

	if (!monitor_begin(router, args, arg, out, diag))
		return false;
	for (size_t i = 0; i < state->n; i++)
		iface_get(&router->net, state->at[i].id)->counters = (struct iface_counters){ 0 };
	return true;
}

/* clang-format off */

#define ACTION(name_, help_, begin_, look_, after_, policy_)                                       \
	{ .name = (name_),                                                                         \
	  .help = (help_),                                                                         \
	  .fields = monitor_fields,                                                                \
	  .nfields = ARRAY_LEN(monitor_fields),                                                    \
	  .args_size = sizeof(struct monitor_args),                                                \
	  .state_size = sizeof(struct monitor_state),                                              \
	  .start = (begin_),                                                                       \
	  .look = (look_),                                                                         \
	  .look_after_ms = (after_),                                                               \
	  .policy = (policy_) }

#define RESET ACTION("reset-counters", "begin to count anew", reset_begin, NULL, 0, POLICY_WRITE)

const struct action interface_actions[INTERFACE_ACTIONS] = {
	ACTION("monitor-traffic", "what goes through interfaces just now", monitor_begin,
	       traffic_look, 1000, POLICY_READ),
	RESET,
};

const struct action interface_ethernet_actions[INTERFACE_ACTIONS] = {
	ACTION("monitor", "how the link of a port is just now", ethernet_begin, ethernet_look, 0,
	       POLICY_READ),
	RESET,
};

/* clang-format on */
