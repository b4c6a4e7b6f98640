/*
 * tool_torch.c -- /tool/torch: who uses an interface's bandwidth just now?
 *
 * A table for each interval, the busiest first, the sum of all as its last line.
 */
#include "menu/tool_torch.h"

#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "menu/tool_sniffer.h"
#include "menu/type_match.h"

#define LINES_MAX 100 /* of a table; the rest is added up as others */

/* --- arguments --- */

/* A type that notes that it was given: by `any`, too, which asks for a column. */
#define TORCH_TYPE(type_, of, choices_)                                                            \
	static bool type_##_parse(const struct field *field, const struct conf_state *state,       \
	                          const char *text, void *at, struct diag *diag)                   \
	{                                                                                          \
		((struct torch_match *)at)->given = true;                                          \
		return (of).parse(field, state, text, at, diag);                                   \
	}                                                                                          \
	static void type_##_print(const struct field *field, const struct conf_state *state,       \
	                          const void *at, struct text *out)                                \
	{                                                                                          \
		(of).print(field, state, at, out);                                                 \
	}                                                                                          \
	static const struct type type_ = { .name = "match",                                        \
		                           .parse = type_##_parse,                                 \
		                           .print = type_##_print,                                 \
		                           .choices = choices_ }

static void protocol_choices(const struct field *field, const struct conf_state *state,
                             struct choice_sink *sink)
{
	type_capture_protocols.choices(field, state, sink);
}

static void ether_choices(const struct field *field, const struct conf_state *state,
                          struct choice_sink *sink)
{
	type_capture_types.choices(field, state, sink);
}

TORCH_TYPE(torch_addresses, type_capture_addresses, NULL);
TORCH_TYPE(torch_numbers, type_capture_numbers, NULL);
TORCH_TYPE(torch_protocols, type_capture_protocols, protocol_choices);
TORCH_TYPE(torch_types, type_capture_types, ether_choices);

const struct field torch_fields[TORCH_FIELDS] = {
	{ "interface", &type_tool_interface, AT(struct torch_args, interface),
	  .flags = F_REQUIRED | F_UNNAMED,
	  .help = "which interface; every frame of it counts, segments that the router keeps "
	          "together as one packet with all their bytes" },
	{ "src-address", &torch_addresses, AT(struct torch_args, src),
	  .help = "a line for each address on the interface's far side; only of these: "
	          "0.0.0.0/0 is all" },
	{ "dst-address", &torch_addresses, AT(struct torch_args, dst),
	  .help = "a line for each address they talk to; only to these: 0.0.0.0/0 is all" },
	{ "port", &torch_numbers, AT(struct torch_args, port), .min = 0, .max = 65535,
	  .help = "a line for each pair of ports of TCP and UDP; only with this at either end, "
	          "or any" },
	{ "ip-protocol", &torch_protocols, AT(struct torch_args, protocol),
	  .help = "a line for each IP protocol; only this, or any" },
	{ "mac-protocol", &torch_types, AT(struct torch_args, type),
	  .help = "a line for each EtherType; only this, or any" },
	{ "vlan-id", &torch_numbers, AT(struct torch_args, vlan), .min = 0, .max = 4095,
	  .help = "a line for each tag of a VLAN; only this, or any" },
	{ "dscp", &torch_numbers, AT(struct torch_args, dscp), .min = 0, .max = 63,
	  .help = "a line for each DSCP (RFC 2474); only this, or any" },
	{ "duration", &type_time, AT(struct torch_args, duration_ms), .min = 100, .max = 86400000,
	  .help = "how long to look; without it until Ctrl-C" },
	{ "freeze-frame-interval", &type_time, AT(struct torch_args, interval_ms), .min = 100,
	  .max = 3600000, .dflt = "1s", .help = "from one table to the next" },
};

#define NO_IPV6 "IPv6 is not forwarded by this version; mac-protocol=ipv6 counts its frames"

const struct refused torch_refused[] = {
	{ "src-address6", NO_IPV6 },
	{ "dst-address6", NO_IPV6 },
	{ "cpu", "one processor handles all packets here" },
	{ NULL, NULL },
};

/* All of IPv4 is no condition: what is no IPv4 counts, too. */
static struct capture_ranges addresses(const struct torch_match *match)
{
	struct capture_ranges none = { 0 };

	for (uint32_t i = 0; i < match->ranges.n; i++) {
		if (match->ranges.at[i].low == 0 && match->ranges.at[i].high == UINT32_MAX)
			return none;
	}
	return match->ranges;
}

static uint32_t columns(const struct torch_args *asked)
{
	uint32_t by = (asked->type.given ? TORCH_MAC_PROTOCOL : 0U) |
	              (asked->vlan.given ? TORCH_VLAN : 0U) |
	              (asked->protocol.given ? TORCH_IP_PROTOCOL : 0U) |
	              (asked->dscp.given ? TORCH_DSCP : 0U) | (asked->src.given ? TORCH_SRC : 0U) |
	              (asked->dst.given ? TORCH_DST : 0U) | (asked->port.given ? TORCH_PORT : 0U);

	return by != 0 ? by : TORCH_SRC | TORCH_DST | TORCH_PORT;
}

static void next_interval(struct torch_state *at, mono now)
{
	torch_clear(at->torch);
	at->from = now;
	at->next = mono_min(mono_add_ms(now, at->interval_ms), at->end);
	at->torch->tap.due = at->next;
}

bool torch_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag)
{
	const struct torch_args *asked = args;
	struct torch_state *at = state;
	struct torch_spec spec = {
		.by = columns(asked),
		.filter = { .types = asked->type.ranges,
		            .vlans = asked->vlan.ranges,
		            .protocols = asked->protocol.ranges,
		            .src_addresses = addresses(&asked->src),
		            .dst_addresses = addresses(&asked->dst),
		            .ports = asked->port.ranges },
		.dscps = asked->dscp.ranges,
	};

	if (!tool_interface(router, asked->interface, &spec.iface, diag))
		return false;
	at->torch = torch_start(&router->net, &spec);
	if (at->torch == NULL)
		return diag_fail(diag, NULL,
		                 "failure: %d torches are lit already; stop one of them first",
		                 TORCHES_MAX);
	at->interval_ms = asked->interval_ms;
	at->end = asked->duration_ms != 0 ? mono_add_ms(router->net.now, asked->duration_ms)
	                                  : mono_never();
	next_interval(at, router->net.now);
	return true;
}

/* --- the table --- */

/* "12.3Mbps", as RouterOS shortens it. */
static const char *rate(uint64_t bytes, uint64_t ns, char buffer[static 24])
{
	static const char *const units[] = { "kbps", "Mbps", "Gbps", "Tbps" };
	uint64_t bits = (uint64_t)((double)bytes * 8 * (double)NS_PER_S / (double)ns + 0.5);
	uint64_t tenths = (bits + 50) / 100;
	unsigned unit = 0;

	if (bits < 1000) {
		snprintf(buffer, 24, "%llubps", (unsigned long long)bits);
		return buffer;
	}
	for (; tenths >= 10000 && unit + 1 < ARRAY_LEN(units); unit++)
		tenths = (tenths + 500) / 1000;
	snprintf(buffer, 24, "%llu.%llu%s", (unsigned long long)(tenths / 10),
	         (unsigned long long)(tenths % 10), units[unit]);
	return buffer;
}

static uint64_t per_second(uint64_t packets, uint64_t ns)
{
	return (uint64_t)((double)packets * (double)NS_PER_S / (double)ns + 0.5);
}

static void print_sums(const struct torch_sums *sums, uint64_t ns, struct text *out)
{
	char tx[24], rx[24];

	text_printf(out, "%10s %10s %10llu %10llu\n", rate(sums->bytes[TAP_TX], ns, tx),
	            rate(sums->bytes[TAP_RX], ns, rx),
	            (unsigned long long)per_second(sums->packets[TAP_TX], ns),
	            (unsigned long long)per_second(sums->packets[TAP_RX], ns));
}

static const struct column {
	uint32_t by;
	int width;
	const char *title;
} all_columns[] = {
	{ TORCH_MAC_PROTOCOL, 15, "MAC-PROTOCOL" }, { TORCH_VLAN, 7, "VLAN-ID" },
	{ TORCH_IP_PROTOCOL, 11, "IP-PROTOCOL" },   { TORCH_DSCP, 6, "DSCP" },
	{ TORCH_SRC, 15, "SRC-ADDRESS" },           { TORCH_PORT, 8, "SRC-PORT" },
	{ TORCH_DST, 15, "DST-ADDRESS" },           { TORCH_PORT, 8, "DST-PORT" },
};

enum { /* places in all_columns[] */
	COLUMN_TYPE,
	COLUMN_VLAN,
	COLUMN_PROTOCOL,
	COLUMN_DSCP,
	COLUMN_SRC,
	COLUMN_SPORT,
	COLUMN_DST,
	COLUMN_DPORT,
};

static int columns_width(uint32_t by)
{
	int width = 0;

	for (unsigned i = 0; i < ARRAY_LEN(all_columns); i++) {
		if ((by & all_columns[i].by) != 0)
			width += all_columns[i].width + 1;
	}
	return width;
}

static void print_title(uint32_t by, struct text *out)
{
	for (unsigned i = 0; i < ARRAY_LEN(all_columns); i++) {
		if ((by & all_columns[i].by) != 0)
			text_printf(out, "%-*s ", all_columns[i].width, all_columns[i].title);
	}
	text_printf(out, "%10s %10s %10s %10s\n", "TX", "RX", "TX-PACKETS", "RX-PACKETS");
}

static void word_or_number(const char *word, unsigned number, const char *format, struct text *out)
{
	if (word != NULL)
		text_add(out, word);
	else if (strcmp(format, "hex") == 0)
		text_printf(out, "0x%04x", number);
	else
		text_printf(out, "%u", number);
}

static void print_frame_cell(const struct torch_key *key, unsigned column, struct text *out)
{
	if (column == COLUMN_TYPE)
		word_or_number(type_ether_word(key->type), key->type, "hex", out);
	else if (key->vlan != FRAME_NO_VLAN)
		text_printf(out, "%u", key->vlan);
}

static void print_ip_cell(const struct torch_key *key, unsigned column, struct text *out)
{
	if (column == COLUMN_PROTOCOL)
		word_or_number(type_protocol_word(key->proto), key->proto, "", out);
	else if (column == COLUMN_DSCP)
		text_printf(out, "%u", key->dscp);
	else
		ip4_print(column == COLUMN_SRC ? key->src : key->dst, out);
}

/* What the frame has not is left empty. */
static void print_cell(const struct torch_key *key, unsigned column, struct text *out)
{
	if (column == COLUMN_TYPE || column == COLUMN_VLAN)
		print_frame_cell(key, column, out);
	else if (column == COLUMN_SPORT || column == COLUMN_DPORT) {
		if (key->has_ports)
			text_printf(out, "%u", column == COLUMN_SPORT ? key->sport : key->dport);
	} else if (key->has_ip) {
		print_ip_cell(key, column, out);
	}
}

static void print_entry(const struct torch *torch, const struct torch_entry *entry, uint64_t ns,
                        struct text *out)
{
	for (unsigned i = 0; i < ARRAY_LEN(all_columns); i++) {
		char buffer[32];
		struct text cell = text_into(buffer, sizeof buffer);

		if ((torch->spec.by & all_columns[i].by) == 0)
			continue;
		print_cell(&entry->key, i, &cell);
		text_printf(out, "%-*s ", all_columns[i].width, text_str(&cell));
	}
	print_sums(&entry->sums, ns, out);
}

static void print_table(struct torch *torch, uint64_t ns, struct text *out)
{
	int width = columns_width(torch->spec.by);
	struct torch_sums others = torch->others;

	torch_sort(torch);
	print_title(torch->spec.by, out);
	for (uint32_t i = 0; i < torch->n; i++) {
		if (i < LINES_MAX)
			print_entry(torch, &torch->entries[i], ns, out);
		else
			torch_add(&others, &torch->entries[i].sums);
	}
	if (others.packets[TAP_RX] + others.packets[TAP_TX] > 0) {
		text_printf(out, "%-*s", width, "others ");
		print_sums(&others, ns, out);
	}
	text_printf(out, "%-*s", width, "total ");
	print_sums(&torch->total, ns, out);
}

/* --- its course --- */

bool torch_go_on(struct router *router, void *state, struct text *out, mono now)
{
	struct torch_state *at = state;

	if (iface_get_const(&router->net, at->torch->spec.iface) == NULL) {
		text_add(out, "failure: the interface is gone\n");
		torch_interrupt(router, state, out);
		return true;
	}
	if (!mono_due(at->next, now))
		return false;
	print_table(at->torch, mono_since_ns(now, at->from), out);
	if (!mono_due(at->end, now)) {
		next_interval(at, now);
		return false;
	}
	torch_interrupt(router, state, out);
	return true;
}

void torch_interrupt(struct router *router, void *state, struct text *out)
{
	struct torch_state *at = state;

	if (at->torch != NULL)
		torch_stop(&router->net, at->torch);
	at->torch = NULL;
}
