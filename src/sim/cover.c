#include "sim/cover.h"

#include <string.h>

#include "lib/text.h"
#include "sim/link.h"

static const char *const words[COVER_COUNT] = {
	[COVER_NEAR_WRAP] = "seeds near a wrap",
	[COVER_IN] = "frames in",
	[COVER_OUT] = "frames out",
	[COVER_REPLAYED] = "packets replayed",
	[COVER_WALKED] = "packets walked",
	[COVER_CONNECTIONS] = "connections begun",
	[COVER_SRC_NAT] = "connections with src-nat",
	[COVER_DST_NAT] = "connections with dst-nat",
	[COVER_MASQUERADE] = "connections masqueraded",
	[COVER_HAIRPIN] = "connections by hairpin",
	[COVER_OWN] = "connections of routers",
	[COVER_TCP_ESTABLISHED] = "connections established",
	[COVER_GAVE_WAY] = "connections that gave way",
	[COVER_MADE] = "packets made",
	[COVER_ABSORBED] = "packets cut or put together",
	[COVER_JOINED] = "segments joined",
	[COVER_LOST] = "frames lost",
	[COVER_DUPLICATED] = "frames duplicated",
	[COVER_REORDERED] = "frames reordered",
	[COVER_CORRUPTED] = "frames corrupted",
	[COVER_TOO_BIG] = "frames too big",
	[COVER_QUEUE_FULL] = "frames that found a queue full",
	[COVER_FLAPS] = "links pulled",
	[COVER_CLOGS] = "links clogged",
};

/* What a router of these worlds has no cause for. */
static const enum drop_reason not_here[] = {
	DROP_NO_CONFIG,  /* wan_silence_test has it */
	DROP_TX_FULL,    /* a port in memory takes everything */
	DROP_TURN_FULL,  /* the queue is longer than a batch of packets */
	DROP_LOOP,       /* would be a fault */
	DROP_BRIDGE_CUT, /* no cable leads back: bridge_loop_test has it */
};

/* What sim/scene.c, scene_ip4.c and network_run.c say that they change. */
const char *const cover_change_words[] = {
	"filter",
	"nat",
	"mangle",
	"raw",
	"routes",
	"addresses",
	"settings",
	"MTU",
	"link up",
	"link down",
	"interface enabled",
	"interface disabled",
	"all is mended",
	"a host comes",
	"a host goes",
	"a host has another card",
	"a neighbour is forgotten",
	"a static neighbour",
	"a published entry",
	"an interface's ARP",
	"address lists",
	"an entry of an address list comes",
	"an entry of an address list goes",
	"re-evaluate=yes",
	"re-evaluate=no",
	"a cable",
	"a link clogs",
	"a link is let go",
	"a link heals",
	"a link gets bad",
	"an MTU in a network",
	"an interface in a network",
	"rules in a network",
	"a neighbour in a network is forgotten",
	"a static neighbour in a network",
	"all rules and routes of a router anew",
	NULL,
};

const char *cover_word(enum cover_event event)
{
	return words[event];
}

void cover_change(struct cover *cover, const char *what, uint64_t n)
{
	unsigned i = 0;

	while (i < cover->changes_n && strcmp(cover->changes[i].what, what) != 0)
		i++;
	must(i < COVER_CHANGES);
	if (i == cover->changes_n)
		cover->changes[cover->changes_n++].what = what;
	cover->changes[i].n += n;
}

uint64_t cover_changes(const struct cover *cover)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < cover->changes_n; i++)
		sum += cover->changes[i].n;
	return sum;
}

static void cover_flow(struct cover *cover, const struct flow *flow)
{
	static const struct {
		uint16_t flag;
		enum cover_event event;
	} kinds[] = {
		{ FLOW_SRC_NAT, COVER_SRC_NAT },
		{ FLOW_DST_NAT, COVER_DST_NAT },
		{ FLOW_MASQUERADE, COVER_MASQUERADE },
		{ FLOW_HAIRPIN, COVER_HAIRPIN },
		{ FLOW_OWN, COVER_OWN },
	};

	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		cover->events[kinds[i].event] += (flow->flags & kinds[i].flag) != 0;
	cover->events[COVER_TCP_ESTABLISHED] += flow->tcp == TRACK_ESTABLISHED;
}

void cover_router(struct cover *cover, const struct router *router)
{
	const struct flows *flows = router->fw.flows;
	uint32_t at = 0, index;

	while ((index = flows_walk(flows, &at)) != FLOW_NONE)
		cover_flow(cover, flow_at_const(flows, index));
	cover->events[COVER_CONNECTIONS] += flows->created;
	cover->events[COVER_GAVE_WAY] += flows->gave_way;
	cover->events[COVER_REPLAYED] += router->counters.replayed;
	cover->events[COVER_WALKED] += router->counters.walked;
	cover->events[COVER_MADE] += router->net.ledger.made;
	cover->events[COVER_ABSORBED] += router->net.ledger.absorbed;
	for (unsigned i = 1; i < router->net.ifaces_n; i++) {
		const struct iface *iface = &router->net.ifaces[i];

		if (iface->port == NULL)
			continue;
		cover->events[COVER_IN] += iface->counters.rx_packets;
		cover->events[COVER_OUT] += iface->counters.tx_packets;
	}
	for (unsigned i = 0; i < DROP_COUNT; i++)
		cover->drops[i] += router->net.drops[i];
}

void cover_link(struct cover *cover, const struct link_counters *c)
{
	cover->events[COVER_LOST] += c->lost;
	cover->events[COVER_DUPLICATED] += c->duplicated;
	cover->events[COVER_REORDERED] += c->reordered;
	cover->events[COVER_CORRUPTED] += c->corrupted;
	cover->events[COVER_TOO_BIG] += c->too_big;
	cover->events[COVER_QUEUE_FULL] += c->queue_full;
	cover->events[COVER_FLAPS] += c->flaps;
	cover->events[COVER_CLOGS] += c->clogs;
}

static void line(struct text *out, const char *kind, const char *word, uint64_t n)
{
	text_printf(out, "%12lu %s%s\n", (unsigned long)n, kind, word);
}

void cover_print(const struct cover *cover, struct text *out)
{
	for (unsigned i = 0; i < COVER_COUNT; i++)
		line(out, "", words[i], cover->events[i]);
	for (unsigned i = 0; i < cover->changes_n; i++)
		line(out, "changed: ", cover->changes[i].what, cover->changes[i].n);
	for (unsigned i = 0; i < DROP_COUNT; i++)
		line(out, "dropped: ", drop_word((enum drop_reason)i), cover->drops[i]);
}

static bool is_here(enum drop_reason reason)
{
	for (unsigned i = 0; i < ARRAY_LEN(not_here); i++) {
		if (not_here[i] == reason)
			return false;
	}
	return true;
}

static bool has_changed(const struct cover *cover, const char *what)
{
	for (unsigned i = 0; i < cover->changes_n; i++) {
		if (strcmp(cover->changes[i].what, what) == 0)
			return true;
	}
	return false;
}

bool cover_is_complete(const struct cover *cover, struct text *out)
{
	bool complete = true;

	for (unsigned i = 0; cover_change_words[i] != NULL; i++) {
		if (has_changed(cover, cover_change_words[i]))
			continue;
		text_printf(out, "never: changed: %s\n", cover_change_words[i]);
		complete = false;
	}
	for (unsigned i = 0; i < COVER_COUNT; i++) {
		if (cover->events[i] == 0)
			text_printf(out, "never: %s\n", words[i]);
		complete &= cover->events[i] != 0;
	}
	for (unsigned i = 0; i < DROP_COUNT; i++) {
		bool missing = cover->drops[i] == 0 && is_here((enum drop_reason)i);

		if (missing)
			text_printf(out, "never: dropped for %s\n", drop_word((enum drop_reason)i));
		complete &= !missing;
	}
	return complete;
}
