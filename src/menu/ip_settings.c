/*
 * ip_settings.c -- /ip/settings: how IPv4 behaves where the RFCs leave a choice.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "core/ip4_settings.h"
#include "lib/mem.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"
#include "tcp/tcp.h"

#define ONLY_BYTES 16

struct settings_row {
	bool ip_forward, send_redirects, accept_source_route, inbound_address;
	uint8_t rp_filter;
	uint32_t icmp_rate, neighbours;
	uint64_t arp_timeout_ms;
	/* What has one value here: any other is refused by name. */
	char accept_redirects[ONLY_BYTES], secure_redirects[ONLY_BYTES];
	char hash_policy[ONLY_BYTES], rate_mask[ONLY_BYTES], fast_path[ONLY_BYTES];
	bool syncookies;
	uint8_t tcp_timestamps;
	/* Observed. */
	bool fast_path_active;
	uint64_t fast_path_packets;
};

enum {
	TIMESTAMPS_DISABLED,
	TIMESTAMPS_ENABLED,
	TIMESTAMPS_RANDOM_OFFSET
};

static const char *const timestamp_words[] = { "disabled", "enabled", "random-offset", NULL };
static const char *const rp_words[] = { "no", "strict", "loose", NULL };

#define ONLY(name_, member, dflt_, help_)                                                          \
	{                                                                                          \
		name_, &type_word, AT(struct settings_row, member),                                \
			.min = 1, .max = ONLY_BYTES - 1, .flags = F_QUIET, .dflt = dflt_,          \
			.help = help_                                                              \
	}

static const struct field fields[] = {
	{ "ip-forward", &type_bool, AT(struct settings_row, ip_forward), .dflt = "yes",
	  .help = "whether packets for others are passed on; no: a host with several interfaces" },
	{ "send-redirects", &type_bool, AT(struct settings_row, send_redirects), .dflt = "yes",
	  .help = "tell a host that sends by this router what it could send straight" },
	{ "accept-source-route", &type_bool, AT(struct settings_row, accept_source_route),
	  .dflt = "no",
	  .help = "follow source routes; they lead around what routes and rules say" },
	ONLY("accept-redirects", accept_redirects, "no",
	     "always no: a router follows its routes (RFC 1812, 5.2.7.2)"),
	ONLY("secure-redirects", secure_redirects, "yes",
	     "always yes: no redirect is followed at all"),
	{ "rp-filter", &type_enum, AT(struct settings_row, rp_filter), .dflt = "no",
	  .words = rp_words,
	  .help = "drop packets whose source is not reached by the interface they came in by "
	          "(strict), or by none (loose)" },
	{ "tcp-syncookies", &type_bool, AT(struct settings_row, syncookies), .dflt = "yes",
	  .help = "of the router's own TCP: answer SYNs without keeping anything when more are "
	          "half "
	          "open than there is room for (RFC 4987)" },
	{ "tcp-timestamps", &type_enum, AT(struct settings_row, tcp_timestamps),
	  .words = timestamp_words, .dflt = "random-offset",
	  .help = "of the router's own TCP: timestamps that begin elsewhere for each peer "
	          "(RFC 7323), or none" },
	ONLY("ipv4-multipath-hash-policy", hash_policy, "l3",
	     "always l3: no two routes share their traffic"),
	{ "max-neighbor-entries", &type_uint, AT(struct settings_row, neighbours), .dflt = "8192",
	  .min = 1, .max = 8192, .help = "how many neighbours are known at once" },
	{ "arp-timeout", &type_time, AT(struct settings_row, arp_timeout_ms), .dflt = "30s",
	  .help = "how long a neighbour that has answered needs not be asked again" },
	{ "icmp-rate-limit", &type_uint, AT(struct settings_row, icmp_rate), .dflt = "10", .min = 1,
	  .max = 1000, .help = "milliseconds between two ICMP errors, after a burst of 50" },
	ONLY("icmp-rate-mask", rate_mask, "0x1818",
	     "always 0x1818: all ICMP errors that this router sends are limited"),
	{ "icmp-errors-use-inbound-interface-address", &type_bool,
	  AT(struct settings_row, inbound_address), .dflt = "no",
	  .help = "ICMP errors come from the address of the interface by which their cause came "
	          "in; no: from that of the one by which they leave" },
	ONLY("allow-fast-path", fast_path, "yes",
	     "always yes: what was decided for a connection is replayed"),
	{ "ipv4-fast-path-active", &type_bool, AT(struct settings_row, fast_path_active),
	  .flags = F_READ_ONLY, .help = "whether decisions are replayed" },
	{ "ipv4-fast-path-packets", &type_uint, AT(struct settings_row, fast_path_packets),
	  .flags = F_READ_ONLY, .help = "packets sent on by a decision that was replayed" },
};

/* Another value than @only is refused, and @because says why. */
static bool only(struct diag *diag, const char *field, const char *value, const char *word,
                 const char *because)
{
	if (strcmp(value, word) == 0)
		return true;
	return diag_fail(diag, field, "failure: %s=%s is not supported: %s; leave it at %s", field,
	                 value, because, word);
}

static bool settings_check(const struct row *row, struct diag *diag)
{
	const struct settings_row *body = (const void *)row->body;

	if (body->arp_timeout_ms < 1000 || body->arp_timeout_ms > 86400000)
		return diag_fail(diag, "arp-timeout",
		                 "value of arp-timeout out of range (1s..1d): hosts that get "
		                 "another card are to be found again");
	if (body->tcp_timestamps == TIMESTAMPS_ENABLED)
		return diag_fail(diag, "tcp-timestamps",
		                 "failure: tcp-timestamps=enabled is not supported: it would tell "
		                 "everybody how long the router has run; random-offset tells "
		                 "nobody");
	return only(diag, "accept-redirects", body->accept_redirects, "no",
	            "a router follows its routes, not what hosts tell it (RFC 1812, 5.2.7.2)") &&
	       only(diag, "secure-redirects", body->secure_redirects, "yes",
	            "no redirect is followed at all") &&
	       only(diag, "ipv4-multipath-hash-policy", body->hash_policy, "l3",
	            "routes do not share their traffic") &&
	       only(diag, "icmp-rate-mask", body->rate_mask, "0x1818",
	            "every ICMP error is limited") &&
	       only(diag, "allow-fast-path", body->fast_path, "yes",
	            "the replayed way gives the same result as the long one");
}

struct prepared {
	struct ip4_settings ip4;
	bool syn_cookies, timestamps;
};

static bool settings_prepare(struct router *router, const struct conf_state *state,
                             void **ret_prepared, struct diag *diag)
{
	const struct row *row = conf_state_rows(state, "/ip/settings").at[0];
	const struct settings_row *body = (const void *)row->body;
	struct prepared *settings = mem_new(1, sizeof *settings);

	settings->syn_cookies = body->syncookies;
	settings->timestamps = body->tcp_timestamps != TIMESTAMPS_DISABLED;
	settings->ip4 = (struct ip4_settings){
		.forward = body->ip_forward,
		.send_redirects = body->send_redirects,
		.accept_source_route = body->accept_source_route,
		.inbound_error_source = body->inbound_address,
		.rp_filter = body->rp_filter,
		.icmp_rate_ms = body->icmp_rate,
		.neighbours_max = body->neighbours,
		.arp_timeout_ms = (uint32_t)body->arp_timeout_ms,
	};
	*ret_prepared = settings;
	return true;
}

static void settings_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;
	struct tcp_settings *tcp = tcp_settings(router->host.tcp);

	ip4_settings_publish(&router->net, &prepared->ip4);
	tcp->syn_cookies = prepared->syn_cookies;
	tcp->timestamps = prepared->timestamps;
	mem_free(prepared);
}

static void settings_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct settings_row *body = (void *)row->body;

	body->fast_path_active = !router->reference;
	body->fast_path_packets = router->counters.replayed;
	row->given |= 3ULL << (ARRAY_LEN(fields) - 2); /* a count of 0 is a count */
}

const struct menu menu_ip_settings = {
	.path = "/ip/settings",
	.title = "How IPv4 behaves where there is a choice",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct settings_row),
	.check = settings_check,
	.prepare = settings_prepare,
	.publish = settings_publish,
	.discard = mem_free,
	.status = settings_status,
};
