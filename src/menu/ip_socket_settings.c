/*
 * ip_socket_settings.c -- /ip/socket/settings: how the router's own TCP behaves where there is a
 * choice. What RouterOS has of it is in /ip/settings.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "menu/menus.h"
#include "router/router.h"
#include "tcp/tcp.h"

#define KIB 1024U

struct settings_row {
	uint8_t option_order, syn_schedule, congestion;
	uint8_t syn_retries, syn_ack_retries, retries, orphan_retries, initial_window;
	bool sack, window_scaling, fatal_icmp, black_hole;
	uint16_t mtu_floor;
	uint64_t rto_min_ms, rto_initial_ms, rto_max_ms, delayed_ack_ms, time_wait_ms, fin_wait_ms;
	uint32_t receive_kib, receive_max_kib, send_kib, send_max_kib;
};

static const char *const orders[] = { "linux", "bsd", NULL };
static const char *const schedules[] = { "doubling", "linear", NULL };
static const char *const congestions[] = { "cubic", "reno", NULL };

static const struct field fields[] = {
	{ "syn-option-order", &type_enum, AT(struct settings_row, option_order), .words = orders,
	  .dflt = "linux", .help = "in which order a SYN's options stand" },
	{ "syn-schedule", &type_enum, AT(struct settings_row, syn_schedule), .words = schedules,
	  .dflt = "doubling", .help = "when a SYN is sent again" },
	{ "syn-retries", &type_uint, AT(struct settings_row, syn_retries), .min = 1, .max = 60,
	  .dflt = "6", .help = "how often, before connect fails" },
	{ "syn-ack-retries", &type_uint, AT(struct settings_row, syn_ack_retries), .min = 1,
	  .max = 60, .dflt = "5", .help = "how often the answer to a SYN is" },
	{ "retries", &type_uint, AT(struct settings_row, retries), .min = 1, .max = 60,
	  .dflt = "15", .help = "how often data is sent again before a connection is given up" },
	{ "orphan-retries", &type_uint, AT(struct settings_row, orphan_retries), .min = 1,
	  .max = 60, .dflt = "8", .help = "the same once its program has closed it" },
	{ "congestion", &type_enum, AT(struct settings_row, congestion), .words = congestions,
	  .dflt = "cubic", .help = "how much is on its way at once, unless a program says" },
	{ "initial-window", &type_uint, AT(struct settings_row, initial_window), .min = 1,
	  .max = 10, .dflt = "10", .help = "segments that may be sent at first (RFC 6928)" },
	{ "sack", &type_bool, AT(struct settings_row, sack), .dflt = "yes",
	  .help = "tell, and be told, what has come beyond a gap (RFC 2018)" },
	{ "window-scaling", &type_bool, AT(struct settings_row, window_scaling), .dflt = "yes",
	  .help = "windows of more than 64 KiB (RFC 7323)" },
	{ "icmp-fatal", &type_bool, AT(struct settings_row, fatal_icmp), .dflt = "yes",
	  .help = "\"unreachable\" ends an attempt to connect at once; no: it is tried on" },
	{ "black-hole-probing", &type_bool, AT(struct settings_row, black_hole), .dflt = "no",
	  .help = "smaller segments when large ones vanish without a word (RFC 4821)" },
	{ "mtu-floor", &type_uint, AT(struct settings_row, mtu_floor), .min = 256, .max = 1500,
	  .dflt = "552", .help = "bytes of a packet that no ICMP message can go below" },
	{ "rto-min", &type_time, AT(struct settings_row, rto_min_ms), .dflt = "200ms",
	  .help = "the least time to wait for an answer" },
	{ "rto-initial", &type_time, AT(struct settings_row, rto_initial_ms), .dflt = "1s",
	  .help = "the same before anything has been measured (RFC 6298)" },
	{ "rto-max", &type_time, AT(struct settings_row, rto_max_ms), .dflt = "2m",
	  .help = "the most" },
	{ "delayed-ack", &type_time, AT(struct settings_row, delayed_ack_ms), .dflt = "40ms",
	  .help = "how long an acknowledgement may wait for data to go with" },
	{ "time-wait", &type_time, AT(struct settings_row, time_wait_ms), .dflt = "1m",
	  .help = "how long both ends of a closed connection are kept (RFC 9293, 3.6.1)" },
	{ "fin-wait", &type_time, AT(struct settings_row, fin_wait_ms), .dflt = "1m",
	  .help = "how long a closed connection waits for the far end to close" },
	{ "receive-buffer", &type_uint, AT(struct settings_row, receive_kib), .min = 4,
	  .max = 65536, .dflt = "128", .help = "KiB that are kept for a program, at first" },
	{ "receive-buffer-max", &type_uint, AT(struct settings_row, receive_max_kib), .min = 4,
	  .max = 65536, .dflt = "6144", .help = "and when the connection needs more" },
	{ "send-buffer", &type_uint, AT(struct settings_row, send_kib), .min = 4, .max = 65536,
	  .dflt = "64", .help = "KiB that a program may be ahead, at first" },
	{ "send-buffer-max", &type_uint, AT(struct settings_row, send_max_kib), .min = 4,
	  .max = 65536, .dflt = "6144", .help = "and when the connection needs more" },
};

static bool within(struct diag *diag, const char *field, uint64_t ms, uint64_t least, uint64_t most)
{
	if (ms >= least && ms <= most)
		return true;
	return diag_fail(diag, field, "value of %s out of range (%llums..%llus)", field,
	                 (unsigned long long)least, (unsigned long long)(most / 1000));
}

static bool in_order(struct diag *diag, const char *low, const char *high, uint64_t a, uint64_t b)
{
	if (a <= b)
		return true;
	return diag_fail(diag, high, "failure: %s is less than %s", high, low);
}

static bool settings_check(const struct row *row, struct diag *diag)
{
	const struct settings_row *s = (const void *)row->body;

	return within(diag, "rto-min", s->rto_min_ms, 10, 10000) &&
	       within(diag, "rto-initial", s->rto_initial_ms, 100, 60000) &&
	       within(diag, "rto-max", s->rto_max_ms, 1000, 120000) &&
	       within(diag, "delayed-ack", s->delayed_ack_ms, 0, 500) &&
	       within(diag, "time-wait", s->time_wait_ms, 1000, 240000) &&
	       within(diag, "fin-wait", s->fin_wait_ms, 1000, 600000) &&
	       in_order(diag, "rto-min", "rto-initial", s->rto_min_ms, s->rto_initial_ms) &&
	       in_order(diag, "rto-initial", "rto-max", s->rto_initial_ms, s->rto_max_ms) &&
	       in_order(diag, "receive-buffer", "receive-buffer-max", s->receive_kib,
	                s->receive_max_kib) &&
	       in_order(diag, "send-buffer", "send-buffer-max", s->send_kib, s->send_max_kib);
}

static bool settings_prepare(struct router *router, const struct conf_state *state,
                             void **ret_prepared, struct diag *diag)
{
	struct settings_row *copy = mem_new(1, sizeof *copy);

	memcpy(copy, conf_state_rows(state, "/ip/socket/settings").at[0]->body, sizeof *copy);
	*ret_prepared = copy;
	return true;
}

static void settings_publish(struct router *router, void *prepared)
{
	const struct settings_row *s = prepared;
	struct tcp_settings *tcp = tcp_settings(router->host.tcp);

	tcp->option_order = s->option_order;
	tcp->syn_schedule = s->syn_schedule;
	tcp->congestion = s->congestion;
	tcp->syn_retries = s->syn_retries;
	tcp->syn_ack_retries = s->syn_ack_retries;
	tcp->retries = s->retries;
	tcp->orphan_retries = s->orphan_retries;
	tcp->initial_window = s->initial_window;
	tcp->sack = s->sack;
	tcp->window_scaling = s->window_scaling;
	tcp->fatal_icmp = s->fatal_icmp;
	tcp->black_hole_probing = s->black_hole;
	tcp->mtu_floor_bytes = s->mtu_floor;
	tcp->rto_min_ms = (uint32_t)s->rto_min_ms;
	tcp->rto_initial_ms = (uint32_t)s->rto_initial_ms;
	tcp->rto_max_ms = (uint32_t)s->rto_max_ms;
	tcp->delayed_ack_ms = (uint32_t)s->delayed_ack_ms;
	tcp->time_wait_ms = (uint32_t)s->time_wait_ms;
	tcp->fin_wait_2_ms = (uint32_t)s->fin_wait_ms;
	tcp->receive_bytes = s->receive_kib * KIB;
	tcp->receive_bytes_max = s->receive_max_kib * KIB;
	tcp->send_bytes = s->send_kib * KIB;
	tcp->send_bytes_max = s->send_max_kib * KIB;
	mem_free(prepared);
}

const struct menu menu_ip_socket_settings = {
	.path = "/ip/socket/settings",
	.title = "How the router's own TCP behaves where there is a choice",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct settings_row),
	.check = settings_check,
	.prepare = settings_prepare,
	.publish = settings_publish,
	.discard = mem_free,
};
