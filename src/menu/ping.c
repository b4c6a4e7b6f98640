/*
 * ping.c -- /ping: is somebody there?
 */
#include "host/ping.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "core/addr.h"
#include "menu/tool.h"

const struct field ping_fields[PING_FIELDS] = {
	{ "address", &type_tool_address, AT(struct ping_args, address),
	  .flags = F_REQUIRED | F_UNNAMED, .help = "whom to ask; 10.1 is short for 10.0.0.1" },
	{ "count", &type_uint, AT(struct ping_args, count), .min = 0, .max = 65535, .dflt = "0",
	  .help = "how many questions; 0: until Ctrl-C" },
	{ "size", &type_uint, AT(struct ping_args, size), .min = PING_SIZE_MIN,
	  .max = PING_SIZE_MAX, .dflt = "56", .help = "bytes of the whole IP packet" },
	{ "ttl", &type_uint, AT(struct ping_args, ttl), .min = 1, .max = 255, .dflt = "255",
	  .help = "time to live" },
	{ "dscp", &type_uint, AT(struct ping_args, dscp), .min = 0, .max = 63, .dflt = "0",
	  .help = "which service the questions ask for (RFC 2474)" },
	{ "interval", &type_time, AT(struct ping_args, interval_ms), .min = 10, .max = 60000,
	  .dflt = "1s", .help = "from one question to the next; also how long to wait" },
	{ "src-address", &type_ip4, AT(struct ping_args, src),
	  .help = "which of the router's addresses asks" },
	{ "do-not-fragment", &type_bool, AT(struct ping_args, dont_fragment), .dflt = "no",
	  .flags = F_BARE, .help = "set the DF bit" },
	{ "interface", &type_tool_interface, AT(struct ping_args, interface), .ref = "interface",
	  .help = "by which interface the questions must leave" },
	{ "routing-table", &type_word, AT(struct ping_args, table), .min = 1,
	  .max = TOOL_TABLE_BYTES - 1, .dflt = "main",
	  .help = "the table of routes that leads to it" },
	{ "arp-ping", &type_bool, AT(struct ping_args, by_arp), .dflt = "no", .flags = F_BARE,
	  .help = "ask by ARP on the interface given: who has that address?" },
};

const struct refused ping_refused[] = {
	{ "vrf", "there are no VRFs here; routing-table= names a table of routes" },
	{ "use-dns", "names are not looked up; give an address" },
	{ NULL, NULL },
};

/* The columns of RouterOS; without what is not known. */
static void print_event(const struct ping_event *event, struct text *out)
{
	bool answered = event->status != PING_TIMEOUT && event->status != PING_NO_ROUTE;
	char host[24], size[12] = "", ttl[4] = "", buffer[32];
	struct text name = text_into(host, sizeof host);
	struct text time = text_into(buffer, sizeof buffer);

	if (event->by_arp)
		mac_print(&event->mac, &name);
	else
		ip4_print(event->host, &name);
	if (answered)
		tool_time(event->rtt_ns, &time);
	if (answered && !event->by_arp) {
		snprintf(size, sizeof size, "%u", event->size);
		snprintf(ttl, sizeof ttl, "%u", event->ttl);
	}
	text_printf(out, "%5u %-40s %4s %3s %-10s %s", event->sequence, text_str(&name), size, ttl,
	            text_str(&time), ping_status_word((enum ping_status)event->status));
	while (out->len > 0 && out->bytes[out->len - 1] == ' ')
		out->bytes[--out->len] = '\0';
	text_char(out, '\n');
}

static void print_summary(const struct ping *ping, struct text *out)
{
	uint64_t unanswered = ping->sent - ping->received;
	unsigned lost = ping->sent > 0 ? (unsigned)(unanswered * 100 / ping->sent) : 0;

	text_printf(out, "    sent=%u received=%u packet-loss=%u%%", ping->sent, ping->received,
	            lost);
	if (ping->received > 0) {
		text_add(out, " min-rtt=");
		tool_time(ping->rtt_min_ns, out);
		text_add(out, " avg-rtt=");
		tool_time(ping->rtt_sum_ns / ping->received, out);
		text_add(out, " max-rtt=");
		tool_time(ping->rtt_max_ns, out);
	}
	text_char(out, '\n');
}

/* What a question by ARP has no place for. */
static bool arp_fits(const struct router *router, const struct ping_args *asked, iface_id out,
                     struct diag *diag)
{
	const struct {
		const char *field;
		bool given;
	} others[] = {
		{ "size", asked->size != 56 },
		{ "ttl", asked->ttl != 255 },
		{ "dscp", asked->dscp != 0 },
		{ "src-address", !ip4_is_zero(asked->src) },
		{ "do-not-fragment", asked->dont_fragment },
		{ "routing-table", strcmp(asked->table, "main") != 0 },
	};

	if (out == IFACE_NONE)
		return diag_fail(diag, "arp-ping",
		                 "failure: arp-ping=yes asks on one link; say on which by "
		                 "interface=");
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (others[i].given)
			return diag_fail(diag, others[i].field,
			                 "failure: a question by ARP has no %s; leave it out, or "
			                 "arp-ping",
			                 others[i].field);
	}
	if (addr_toward(&router->net, out, asked->address) == NULL)
		return diag_fail(diag, "interface",
		                 "failure: %s has no address to ask from; add one in /ip/address",
		                 asked->interface);
	return true;
}

bool ping_begin(struct router *router, const void *args, void *state, struct text *out,
                struct diag *diag)
{
	const struct ping_args *asked = args;
	struct ping_state *at = state;
	struct ping_spec spec = {
		.dst = asked->address,
		.src = asked->src,
		.count = asked->count,
		.size = asked->size,
		.ttl = (uint8_t)asked->ttl,
		.dscp = (uint8_t)asked->dscp,
		.interval_ms = asked->interval_ms,
		.dont_fragment = asked->dont_fragment,
		.by_arp = asked->by_arp,
	};

	if (!tool_source(router, spec.src, diag) ||
	    !tool_interface(router, asked->interface, &spec.out, diag) ||
	    !tool_table(router, asked->table, &spec.table, diag))
		return false;
	if (spec.by_arp && !arp_fits(router, asked, spec.out, diag))
		return false;
	at->ping = ping_start(router->host.pings, &router->net, &spec);
	if (at->ping == NULL)
		return diag_fail(diag, NULL,
		                 "failure: %d pings are running already; stop one of them first",
		                 PINGS_MAX);
	return true;
}

static void ping_finish(struct router *router, struct ping_state *at, struct text *out)
{
	print_summary(at->ping, out);
	ping_stop(&router->net, at->ping);
	at->ping = NULL;
}

bool ping_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct ping_state *at = state;
	struct ping_event event;

	while (ping_event(at->ping, &event)) {
		if (!at->titled)
			text_printf(out, "%5s %-40s %4s %3s %-10s %s\n", "SEQ", "HOST", "SIZE",
			            "TTL", "TIME", "STATUS");
		at->titled = true;
		print_event(&event, out);
	}
	if (!ping_is_over(at->ping))
		return false;
	ping_finish(router, at, out);
	return true;
}

void ping_interrupt(struct router *router, void *state, struct text *out)
{
	struct ping_state *at = state;

	if (at->ping != NULL)
		ping_finish(router, at, out);
}
