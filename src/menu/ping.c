/*
 * ping.c -- /ping: is somebody there?
 */
#include "host/ping.h"

#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "core/addr.h"
#include "menu/lookup.h"
#include "menu/menus.h"

struct ping_args {
	ip4 address, src;
	uint32_t count, size, ttl;
	uint64_t interval_ms;
	bool dont_fragment;
};

struct ping_state {
	struct ping *ping;
	bool titled;
};

static const struct field fields[] = {
	{ "address", &type_ip4, AT(struct ping_args, address), .flags = F_REQUIRED | F_UNNAMED,
	  .help = "whom to ask" },
	{ "count", &type_uint, AT(struct ping_args, count), .min = 0, .max = 65535, .dflt = "0",
	  .help = "how many questions; 0: until Ctrl-C" },
	{ "size", &type_uint, AT(struct ping_args, size), .min = PING_SIZE_MIN,
	  .max = PING_SIZE_MAX, .dflt = "56", .help = "bytes of the whole IP packet" },
	{ "ttl", &type_uint, AT(struct ping_args, ttl), .min = 1, .max = 255, .dflt = "255",
	  .help = "time to live" },
	{ "interval", &type_time, AT(struct ping_args, interval_ms), .min = 10, .max = 60000,
	  .dflt = "1s", .help = "from one question to the next; also how long to wait" },
	{ "src-address", &type_ip4, AT(struct ping_args, src),
	  .help = "which of the router's addresses asks" },
	{ "do-not-fragment", &type_bool, AT(struct ping_args, dont_fragment), .dflt = "no",
	  .flags = F_BARE, .help = "set the DF bit" },
};

static void print_time(uint64_t ns, struct text *out)
{
	uint64_t us = ns / NS_PER_US;

	if (us >= 1000)
		text_printf(out, "%llums", (unsigned long long)(us / 1000));
	if (us % 1000 != 0 || us < 1000)
		text_printf(out, "%lluus", (unsigned long long)(us % 1000));
}

static void print_event(const struct ping_event *event, struct text *out)
{
	char host[IP4_TEXT_BYTES], buffer[32];
	struct text time = text_into(buffer, sizeof buffer);

	ip4_str(event->host, host);
	if (event->status == PING_TIMEOUT || event->status == PING_NO_ROUTE) {
		text_printf(out, "%5u %-40s %4s %3s %-11s %s\n", event->sequence, host, "", "", "",
		            ping_status_word((enum ping_status)event->status));
		return;
	}
	print_time(event->rtt_ns, &time);
	text_printf(out, "%5u %-40s %4u %3u %-11s %s", event->sequence, host, event->size,
	            event->ttl, text_str(&time), ping_status_word((enum ping_status)event->status));
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
		print_time(ping->rtt_min_ns, out);
		text_add(out, " avg-rtt=");
		print_time(ping->rtt_sum_ns / ping->received, out);
		text_add(out, " max-rtt=");
		print_time(ping->rtt_max_ns, out);
	}
	text_char(out, '\n');
}

static bool ping_begin(struct router *router, const void *args, void *state, struct text *out,
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
		.interval_ms = asked->interval_ms,
		.dont_fragment = asked->dont_fragment,
	};

	if (!ip4_is_zero(spec.src) && addr_find(&router->net, spec.src) == NULL)
		return diag_fail(diag, "src-address",
		                 "invalid value for argument src-address: it is not one of the "
		                 "router's addresses; see /ip/address/print");
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

static bool ping_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct ping_state *at = state;
	struct ping_event event;

	while (ping_event(at->ping, &event)) {
		if (!at->titled)
			text_printf(out, "%5s %-40s %4s %3s %-11s %s\n", "SEQ", "HOST", "SIZE",
			            "TTL", "TIME", "STATUS");
		at->titled = true;
		print_event(&event, out);
	}
	if (!ping_is_over(at->ping))
		return false;
	ping_finish(router, at, out);
	return true;
}

static void ping_interrupt(struct router *router, void *state, struct text *out)
{
	struct ping_state *at = state;

	if (at->ping != NULL)
		ping_finish(router, at, out);
}

static const struct action actions[] = {
	{ .name = "ping",
	  .help = "ask a host whether it is there",
	  .fields = fields,
	  .nfields = ARRAY_LEN(fields),
	  .args_size = sizeof(struct ping_args),
	  .state_size = sizeof(struct ping_state),
	  .start = ping_begin,
	  .turn = ping_go_on,
	  .stop = ping_interrupt },
};

const struct menu menu_root = {
	.path = "/",
	.title = "Towpath",
	.kind = MENU_FOLDER,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
};

const struct menu menu_tool = {
	.path = "/tool",
	.title = "Tools: who is there, and what happens",
	.kind = MENU_FOLDER,
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
};
