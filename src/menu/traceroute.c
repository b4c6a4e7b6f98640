/*
 * traceroute.c -- /tool/traceroute: which routers lie on the way?
 *
 * The hops of the first pass are shown one by one as they are known; after each further pass comes
 * the whole table with what has been added up.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "menu/tool.h"

static const char *const protocols[] = { "icmp", "udp", NULL };

const struct field traceroute_fields[TRACEROUTE_FIELDS] = {
	{ "address", &type_tool_address, AT(struct traceroute_args, address),
	  .flags = F_REQUIRED | F_UNNAMED,
	  .help = "where the way leads; 10.1 is short for 10.0.0.1" },
	{ "protocol", &type_enum, AT(struct traceroute_args, protocol), .words = protocols,
	  .dflt = "icmp", .help = "ask by echoes, or by UDP packets to a port nobody listens on" },
	{ "port", &type_uint, AT(struct traceroute_args, port), .min = 1, .max = 65535,
	  .help = "the UDP port; 33434 without it" },
	{ "count", &type_uint, AT(struct traceroute_args, count), .min = 0, .max = 65535,
	  .dflt = "0", .help = "how often each hop is asked; 0: until Ctrl-C" },
	{ "max-hops", &type_uint, AT(struct traceroute_args, max_hops), .min = 1,
	  .max = TRACEROUTE_HOPS, .dflt = "30", .help = "how far to ask at most" },
	{ "timeout", &type_time, AT(struct traceroute_args, timeout_ms), .min = 10, .max = 60000,
	  .dflt = "1s", .help = "how long to wait for a hop" },
	{ "size", &type_uint, AT(struct traceroute_args, size), .min = PING_SIZE_MIN,
	  .max = PING_SIZE_MAX, .dflt = "56", .help = "bytes of the whole IP packet" },
	{ "src-address", &type_ip4, AT(struct traceroute_args, src),
	  .help = "which of the router's addresses asks" },
	{ "dscp", &type_uint, AT(struct traceroute_args, dscp), .min = 0, .max = 63, .dflt = "0",
	  .help = "which service the questions ask for (RFC 2474)" },
	{ "do-not-fragment", &type_bool, AT(struct traceroute_args, dont_fragment), .dflt = "no",
	  .flags = F_BARE, .help = "set the DF bit" },
	{ "interface", &type_tool_interface, AT(struct traceroute_args, interface),
	  .ref = "interface", .help = "by which interface the questions must leave" },
	{ "routing-table", &type_word, AT(struct traceroute_args, table), .min = 1,
	  .max = TOOL_TABLE_BYTES - 1, .dflt = "main",
	  .help = "the table of routes that leads to it" },
};

const struct refused traceroute_refused[] = {
	{ "vrf", "there are no VRFs here; routing-table= names a table of routes" },
	{ "use-dns", "names are not looked up; addresses are shown" },
	{ "once", "count=1 asks each hop once" },
	{ NULL, NULL },
};

bool traceroute_begin(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag)
{
	const struct traceroute_args *asked = args;
	struct traceroute_state *at = state;
	struct traceroute_spec spec = {
		.dst = asked->address,
		.src = asked->src,
		.proto = asked->protocol == 1 ? IPPROTO_UDP : IPPROTO_ICMP,
		.port = (uint16_t)asked->port,
		.count = asked->count,
		.max_hops = asked->max_hops,
		.size = asked->size,
		.dscp = (uint8_t)asked->dscp,
		.dont_fragment = asked->dont_fragment,
		.timeout_ms = asked->timeout_ms,
	};

	if (spec.proto == IPPROTO_ICMP && spec.port != 0)
		return diag_fail(diag, "port",
		                 "failure: echoes have no port; say protocol=udp, or leave it out");
	if (spec.proto == IPPROTO_UDP && spec.port == 0)
		spec.port = TRACEROUTE_PORT;
	if (!tool_source(router, spec.src, diag) ||
	    !tool_interface(router, asked->interface, &spec.out, diag) ||
	    !tool_table(router, asked->table, &spec.table, diag))
		return false;
	at->trace = traceroute_start(router->host.traceroutes, &router->net, &spec);
	if (at->trace == NULL)
		return diag_fail(diag, NULL,
		                 "failure: %d traceroutes are running already; stop one of them "
		                 "first",
		                 TRACEROUTES_MAX);
	return true;
}

/* --- the table --- */

static void print_title(struct text *out)
{
	text_printf(out, "%3s %-32s %4s %5s %9s %8s %8s %8s %8s %s\n", "#", "ADDRESS", "LOSS",
	            "SENT", "LAST", "AVG", "BEST", "WORST", "STD-DEV", "STATUS");
}

/* "12.3": milliseconds, as RouterOS rounds them. */
static const char *tenths(uint64_t us, char buffer[static 24])
{
	us = (us + 50) / 100;
	snprintf(buffer, 24, "%llu.%llu", (unsigned long long)(us / 10),
	         (unsigned long long)(us % 10));
	return buffer;
}

static void print_times(const struct traceroute_hop *hop, struct text *out)
{
	char buffer[24];

	if (hop->received == 0)
		return;
	text_printf(out, " %8s", tenths(hop->sum_us / hop->received, buffer));
	text_printf(out, " %8s", tenths(hop->best_us, buffer));
	text_printf(out, " %8s", tenths(hop->worst_us, buffer));
	text_printf(out, " %8s", tenths(traceroute_deviation_us(hop), buffer));
}

static const char *last(const struct traceroute_hop *hop, char buffer[static 32])
{
	char number[24];

	if (hop->status == PING_TIMEOUT)
		return "timeout";
	if (hop->status == PING_NO_ROUTE)
		return "";
	snprintf(buffer, 32, "%sms", tenths(hop->last_us, number));
	return buffer;
}

static void print_hop(uint32_t number, const struct traceroute_hop *hop, struct text *out)
{
	uint64_t lost = hop->sent - hop->received;
	bool is_said = hop->status != PING_TIMEOUT && hop->status != PING_TTL_EXCEEDED;
	char host[IP4_TEXT_BYTES] = "", buffer[32];

	if (!ip4_is_zero(hop->host))
		ip4_str(hop->host, host);
	text_printf(out, "%3u %-32s %3u%% %5u %9s", number, host,
	            hop->sent > 0 ? (unsigned)(lost * 100 / hop->sent) : 0, hop->sent,
	            last(hop, buffer));
	print_times(hop, out);
	if (is_said && hop->status != PING_REPLY)
		text_printf(out, "%*s %s", hop->received > 0 ? 0 : 36, "",
		            ping_status_word((enum ping_status)hop->status));
	while (out->len > 0 && out->bytes[out->len - 1] == ' ')
		out->bytes[--out->len] = '\0';
	text_char(out, '\n');
}

static void print_table(struct traceroute_state *at, struct text *out)
{
	const struct traceroute *trace = at->trace;

	print_title(out);
	for (uint32_t i = 0; i < trace->hops_n; i++)
		print_hop(i + 1, &trace->hops[i], out);
	at->passes = trace->passes;
	at->settled = trace->settled;
}

/* Hop by hop, as they become known. */
static void print_first_pass(struct traceroute_state *at, struct text *out)
{
	const struct traceroute *trace = at->trace;

	if (!at->titled && trace->hops_n > 0) {
		print_title(out);
		at->titled = true;
	}
	for (; at->hops < trace->hops_n; at->hops++)
		print_hop(at->hops + 1, &trace->hops[at->hops], out);
	at->settled = trace->settled;
	at->passes = trace->passes;
}

/* Why is the target not in the table? */
static void print_end(const struct traceroute *trace, struct text *out)
{
	char dst[IP4_TEXT_BYTES];

	ip4_str(trace->spec.dst, dst);
	if (trace->passes == 0 || trace->ended == TRACEROUTE_REACHED)
		return;
	if (trace->ended == TRACEROUTE_NO_ANSWER)
		text_printf(out, "    %s has not answered: %d hops in a row are silent\n", dst,
		            TRACEROUTE_SILENT);
	else if (trace->ended == TRACEROUTE_MAX_HOPS)
		text_printf(out, "    %s has not answered within max-hops=%u\n", dst,
		            trace->spec.max_hops);
	else
		text_printf(out, "    %s can't be reached: see STATUS\n", dst);
}

static void traceroute_finish(struct router *router, struct traceroute_state *at, struct text *out)
{
	if (at->settled != at->trace->settled)
		print_table(at, out);
	print_end(at->trace, out);
	traceroute_stop(&router->net, at->trace);
	at->trace = NULL;
}

bool traceroute_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct traceroute_state *at = state;
	const struct traceroute *trace = at->trace;

	if (at->passes == 0 && at->settled != trace->settled)
		print_first_pass(at, out);
	else if (at->passes != trace->passes)
		print_table(at, out);
	if (!traceroute_is_over(trace))
		return false;
	traceroute_finish(router, at, out);
	return true;
}

void traceroute_interrupt(struct router *router, void *state, struct text *out)
{
	struct traceroute_state *at = state;

	if (at->trace != NULL)
		traceroute_finish(router, at, out);
}
