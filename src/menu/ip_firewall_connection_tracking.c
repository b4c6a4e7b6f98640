/*
 * ip_firewall_connection_tracking.c -- /ip/firewall/connection/tracking: how long connections are
 * kept, how strictly TCP is looked at, and whether a change of the filter ends what is under way.
 *
 * A time below what an RFC asks for is taken, with a notice that names the RFC: on a router that is
 * short of ports it can be the smaller evil, but nobody should come to it unawares. A time that is
 * changed holds for each connection from its next packet on.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "fw/mapping.h"
#include "lib/mem.h"
#include "menu/lookup.h"
#include "menu/menus.h"

#define YEAR_MS (365LL * 86400 * 1000)

enum enabled {
	ENABLED_AUTO,
	ENABLED_YES,
	ENABLED_NO,
};

static const char *const enabled_words[] = { "auto", "yes", "no", NULL };

struct tracking_row {
	uint8_t enabled, filtering;
	bool loose, liberal, re_evaluate;
	uint64_t tcp_ms[TRACK_COUNT];
	uint64_t udp_ms, udp_stream_ms, icmp_ms, generic_ms;
	bool active_ip4;
	uint64_t total, total_ip4, max;
};

#define TIME(name_, member, dflt_, help_)                                                          \
	{                                                                                          \
		name_, &type_time, AT(struct tracking_row, member), .min = 1000, .max = YEAR_MS,   \
								    .dflt = dflt_, .help = help_   \
	}
#define SEEN(name_, type_, member, help_)                                                          \
	{                                                                                          \
		name_, &(type_), AT(struct tracking_row, member), .flags = F_READ_ONLY,            \
								  .help = help_                    \
	}

static const struct field fields[] = {
	{ "enabled", &type_enum, AT(struct tracking_row, enabled), .words = enabled_words,
	  .dflt = "auto", .help = "connections are always tracked: auto and yes are the same" },
	SEEN("active-ipv4", type_bool, active_ip4, "whether connections are tracked"),
	TIME("tcp-syn-sent-timeout", tcp_ms[TRACK_SYN_SENT], "4m",
	     "how long a TCP connection is kept that is not answered"),
	TIME("tcp-syn-received-timeout", tcp_ms[TRACK_SYN_RECV], "4m",
	     "and one that is answered but not yet open"),
	TIME("tcp-established-timeout", tcp_ms[TRACK_ESTABLISHED], "1d",
	     "how long an open TCP connection is kept without a packet"),
	TIME("tcp-fin-wait-timeout", tcp_ms[TRACK_FIN_WAIT], "4m",
	     "how long it is kept once one side has ended it"),
	TIME("tcp-close-wait-timeout", tcp_ms[TRACK_CLOSE_WAIT], "4m",
	     "and once that was acknowledged"),
	TIME("tcp-last-ack-timeout", tcp_ms[TRACK_LAST_ACK], "4m",
	     "and once both sides have ended it"),
	TIME("tcp-time-wait-timeout", tcp_ms[TRACK_TIME_WAIT], "4m",
	     "and once both ends were acknowledged"),
	TIME("tcp-close-timeout", tcp_ms[TRACK_CLOSE], "4m",
	     "how long a TCP connection is kept after a reset"),
	TIME("udp-timeout", udp_ms, "2m", "how long UDP is kept that is not answered"),
	TIME("udp-stream-timeout", udp_stream_ms, "5m", "and UDP that is answered"),
	TIME("icmp-timeout", icmp_ms, "1m", "how long a ping is kept"),
	TIME("generic-timeout", generic_ms, "10m", "how long other protocols are kept"),
	{ "loose-tcp-tracking", &type_bool, AT(struct tracking_row, loose), .dflt = "yes",
	  .help = "whether a TCP connection whose beginning was not seen is taken up" },
	{ "liberal-tcp-tracking", &type_bool, AT(struct tracking_row, liberal), .dflt = "no",
	  .help = "whether segments outside the TCP windows are taken for the connection's" },
	{ "re-evaluate", &type_bool, AT(struct tracking_row, re_evaluate), .dflt = "yes",
	  .help = "whether a change of the filter holds for connections that are under way, too" },
	{ "filtering", &type_enum, AT(struct tracking_row, filtering), .words = filtering_words,
	  .dflt = "address-dependent",
	  .help = "whom the outer UDP port of a host inside lets in: whoever it has sent to, from "
	          "any "
	          "port; everybody; or only the very port it has sent to" },
	SEEN("total-entries", type_uint, total, "connections in the table"),
	SEEN("total-ip4-entries", type_uint, total_ip4, "those of IPv4"),
	SEEN("max-entries", type_uint, max, "how many the table holds"),
};

/* The least time that an RFC asks for. */
struct least {
	size_t offset;
	uint32_t seconds;
	const char *rfc;
};

#define TCP_LEAST(state, seconds_, rfc_)                                                           \
	{                                                                                          \
		offsetof(struct tracking_row, tcp_ms[state]), seconds_, rfc_                       \
	}

static const struct least leasts[] = {
	TCP_LEAST(TRACK_SYN_SENT, 240, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_SYN_RECV, 240, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_ESTABLISHED, 7440, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_FIN_WAIT, 240, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_CLOSE_WAIT, 240, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_LAST_ACK, 240, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_TIME_WAIT, 240, "RFC 5382, REQ-5"),
	TCP_LEAST(TRACK_CLOSE, 240, "RFC 7857, 2.2"),
	{ offsetof(struct tracking_row, udp_ms), 120, "RFC 4787, REQ-5" },
	{ offsetof(struct tracking_row, udp_stream_ms), 120, "RFC 4787, REQ-5" },
	{ offsetof(struct tracking_row, icmp_ms), 60, "RFC 5508, REQ-2" },
};

static const struct field *field_at(size_t offset)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (fields[i].offset == offset)
			return &fields[i];
	}
	return NULL;
}

static bool tracking_warn(struct router *router, const struct conf_state *state,
                          const struct row *row, struct text *out)
{
	size_t from = out->len;

	for (size_t i = 0; i < ARRAY_LEN(leasts); i++) {
		const struct least *least = &leasts[i];
		const struct field *field = field_at(least->offset);
		uint64_t ms = least->seconds * 1000ULL;

		if (type_number(row->body + least->offset, field->bytes) >= ms)
			continue;
		text_printf(out, "%s%s is shorter than %s asks for: ", out->len > from ? "\n" : "",
		            field->name, least->rfc);
		field->type->print(field, state, &ms, out);
		text_add(out, " at least");
	}
	return out->len > from;
}

static bool whole_seconds(const struct row *row, struct diag *diag)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		uint64_t ms;

		if (fields[i].type != &type_time)
			continue;
		ms = type_number(row->body + fields[i].offset, fields[i].bytes);
		if (ms % 1000 != 0)
			return diag_fail(diag, fields[i].name,
			                 "invalid value for argument %s: times are kept in whole "
			                 "seconds; write %llus or %llus",
			                 fields[i].name, (unsigned long long)(ms / 1000),
			                 (unsigned long long)(ms / 1000 + 1));
	}
	return true;
}

static bool tracking_check(const struct row *row, struct diag *diag)
{
	const struct tracking_row *body = (const void *)row->body;

	if (body->enabled == ENABLED_NO)
		return diag_fail(diag, "enabled",
		                 "input does not match any value of enabled: connections are "
		                 "always tracked here; there are auto and yes");
	return whole_seconds(row, diag);
}

struct prepared {
	struct flow_timeouts timeouts;
	bool loose, liberal, re_evaluate;
	uint8_t filtering;
};

static bool tracking_prepare(struct router *router, const struct conf_state *state,
                             void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/firewall/connection/tracking");
	struct prepared *prepared = mem_new(1, sizeof *prepared);
	const struct tracking_row *body = (const void *)rows.at[0]->body;

	for (unsigned i = 0; i < TRACK_COUNT; i++)
		prepared->timeouts.tcp[i] = (uint32_t)(body->tcp_ms[i] / 1000);
	prepared->timeouts.udp = (uint32_t)(body->udp_ms / 1000);
	prepared->timeouts.udp_stream = (uint32_t)(body->udp_stream_ms / 1000);
	prepared->timeouts.icmp = (uint32_t)(body->icmp_ms / 1000);
	prepared->timeouts.generic = (uint32_t)(body->generic_ms / 1000);
	prepared->loose = body->loose;
	prepared->liberal = body->liberal;
	prepared->re_evaluate = body->re_evaluate;
	prepared->filtering = body->filtering;
	*ret_prepared = prepared;
	return true;
}

static void tracking_publish(struct router *router, void *arg)
{
	struct prepared *prepared = arg;

	router->fw.timeouts = prepared->timeouts;
	router->fw.loose = prepared->loose;
	router->fw.liberal = prepared->liberal;
	router->fw.flows->filtering = prepared->filtering;
	fw_set_re_evaluate(&router->fw, prepared->re_evaluate);
	mem_free(prepared);
}

static void tracking_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct tracking_row *body = (void *)row->body;

	body->active_ip4 = true;
	body->total = body->total_ip4 = router->fw.flows->used;
	body->max = router->fw.flows->capacity;
}

const struct menu menu_ip_firewall_connection_tracking = {
	.path = "/ip/firewall/connection/tracking",
	.title = "How connections are tracked",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct tracking_row),
	.check = tracking_check,
	.prepare = tracking_prepare,
	.publish = tracking_publish,
	.discard = mem_free,
	.status = tracking_status,
	.warn = tracking_warn,
};
