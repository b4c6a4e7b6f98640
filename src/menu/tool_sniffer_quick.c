/*
 * tool_sniffer_quick.c -- /tool/sniffer/quick: a line for each frame, as it comes and leaves.
 */
#include "menu/tool_sniffer_quick.h"

#include "conf/diag.h"
#include "menu/tool_sniffer.h"

#define IN_FILTER(member) AT(struct quick_args, filter.member)

const struct field quick_fields[QUICK_FIELDS] = {
	{ "interface", &type_tool_interface, AT(struct quick_args, interface),
	  .help = "only this interface; without it all" },
	TOOL_SNIFFER_FILTER("", IN_FILTER),
	{ "count", &type_uint, AT(struct quick_args, count), .min = 0, .max = 1000000, .dflt = "0",
	  .help = "how many lines; 0: until Ctrl-C" },
	{ "duration", &type_time, AT(struct quick_args, duration_ms), .min = 100, .max = 86400000,
	  .help = "how long to look; without it until Ctrl-C" },
};

#define NO_IPV6 "IPv6 is not forwarded by this version; mac-protocol=ipv6 shows its frames"

const struct refused quick_refused[] = {
	{ "ipv6-address", NO_IPV6 },
	{ "src-ipv6-address", NO_IPV6 },
	{ "dst-ipv6-address", NO_IPV6 },
	{ "cpu", "one processor handles all packets here" },
	{ NULL, NULL },
};

bool quick_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag)
{
	const struct quick_args *asked = args;
	struct quick_state *at = state;
	struct capture_filter filter = asked->filter;

	if (!tool_interface(router, asked->interface, &at->iface, diag))
		return false;
	if (at->iface != IFACE_NONE)
		filter.ifaces = (struct capture_ranges){ 1, { { at->iface, at->iface } } };
	at->quick = quick_start(&router->net, &filter, asked->count);
	if (at->quick == NULL)
		return diag_fail(diag, NULL,
		                 "failure: %d of these are running already; stop one of them first",
		                 QUICKS_MAX);
	at->end = asked->duration_ms != 0 ? mono_add_ms(router->net.now, asked->duration_ms)
	                                  : mono_never();
	at->quick->tap.due = at->end;
	return true;
}

static void print_title(struct quick_state *at, struct text *out)
{
	if (!at->titled)
		text_printf(out, "%9s %6s %-12s %-3s %-17s %-17s %-21s %-21s %-12s %s\n", "TIME",
		            "NUM", "INTERFACE", "DIR", "SRC-MAC", "DST-MAC", "SRC-ADDRESS",
		            "DST-ADDRESS", "PROTOCOL", "SIZE");
	at->titled = true;
}

static void print_macs(const struct quick_event *event, struct text *out)
{
	char src[24], dst[24];
	struct text from = text_into(src, sizeof src), to = text_into(dst, sizeof dst);

	if (!event->raw) {
		mac_print(&event->head.src, &from);
		mac_print(&event->head.dst, &to);
	}
	text_printf(out, "%-17s %-17s ", text_str(&from), text_str(&to));
}

static void print_packet(const struct quick_event *event, struct text *out)
{
	char src[32], dst[32], protocol[32];
	struct text from = text_into(src, sizeof src), to = text_into(dst, sizeof dst);
	struct text what = text_into(protocol, sizeof protocol);

	tool_sniffer_address(&event->head, true, &from);
	tool_sniffer_address(&event->head, false, &to);
	tool_sniffer_protocol(&event->head, &what);
	text_printf(out, "%-21s %-21s %-12s %u\n", text_str(&from), text_str(&to), text_str(&what),
	            event->wire_len);
}

static void print_event(const struct net *net, const struct quick *quick,
                        const struct quick_event *event, struct text *out)
{
	const struct iface *iface = iface_get_const(net, event->iface);
	char buffer[32];
	struct text time = text_into(buffer, sizeof buffer);

	tool_sniffer_time(mono_since_ns(event->at, quick->started_at), &time);
	text_printf(out, "%9s %6llu %-12s %-3s ", text_str(&time),
	            (unsigned long long)event->number, iface != NULL ? iface->name : "gone",
	            event->side == TAP_RX ? "rx" : "tx");
	print_macs(event, out);
	print_packet(event, out);
}

/* What was noted since the last turn. */
static void print_events(const struct net *net, struct quick_state *at, struct text *out)
{
	struct quick *quick = at->quick;

	if (quick->n > 0)
		print_title(at, out);
	for (uint32_t i = 0; i < quick->n; i++)
		print_event(net, quick, &quick->events[i], out);
	if (quick->missed > 0)
		text_printf(out,
		            "    %llu more at once than can be shown: ask for less, or "
		            "/tool/sniffer/start\n",
		            (unsigned long long)quick->missed);
	quick->n = 0;
	quick->missed = 0;
}

bool quick_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct quick_state *at = state;
	bool is_gone = at->iface != IFACE_NONE && iface_get_const(&router->net, at->iface) == NULL;

	print_events(&router->net, at, out);
	if (is_gone)
		text_add(out, "failure: the interface is gone\n");
	if (!is_gone && !quick_is_over(at->quick) && !mono_due(at->end, now))
		return false;
	quick_interrupt(router, state, out);
	return true;
}

void quick_interrupt(struct router *router, void *state, struct text *out)
{
	struct quick_state *at = state;

	if (at->quick != NULL)
		quick_stop(&router->net, at->quick);
	at->quick = NULL;
}
