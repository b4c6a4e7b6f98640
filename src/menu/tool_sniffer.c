/*
 * tool_sniffer.c -- /tool/sniffer: what is captured, and start, stop, save.
 */
#include "menu/tool_sniffer.h"

#include <errno.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/file.h"
#include "conf/files.h"
#include "conf/policy.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/tool_sniffer_quick.h"

#define SUFFIX         ".pcapng"
#define MEMORY_KIB_MAX 65536

struct sniffer_row {
	char file_name[FILE_NAME_BYTES];
	uint32_t file_kib, memory_kib, packet_bytes;
	bool scroll, only_headers;
	struct capture_ranges ifaces; /* ids of rows */
	struct capture_filter filter;
	bool running;
	uint64_t packets, lost;
};

#define IN_FILTER(member) AT(struct sniffer_row, filter.member)

const char *const tool_sniffer_directions[] = { "any", "rx", "tx", NULL };
const char *const tool_sniffer_operators[] = { "or", "and", NULL };

static const struct field fields[] = {
	{ "only-headers", &type_bool, AT(struct sniffer_row, only_headers), .dflt = "no",
	  .help = "keep the headers of a packet and not what it carries" },
	{ "memory-limit", &type_kib, AT(struct sniffer_row, memory_kib), .min = 10,
	  .max = MEMORY_KIB_MAX, .dflt = "100KiB",
	  .help = "memory for packets; packets on their way to a file wait there, too" },
	{ "memory-scroll", &type_bool, AT(struct sniffer_row, scroll), .dflt = "yes",
	  .help = "the oldest packets make room for new ones; no: those that come later are "
	          "left out" },
	{ "file-name", &type_string, AT(struct sniffer_row, file_name), .max = FILE_NAME_BYTES - 1,
	  .dflt = "", .help = "file for what is captured (pcapng); \"\": memory only" },
	{ "file-limit", &type_kib, AT(struct sniffer_row, file_kib), .min = 10, .max = 1000000000,
	  .dflt = "1000KiB", .help = "the sniffer stops when the file has this size" },
	{ "max-packet-size", &type_uint, AT(struct sniffer_row, packet_bytes), .min = 64,
	  .max = 65536, .dflt = "2048", .help = "bytes of a packet that are kept" },
	{ "filter-interface", &type_capture_ifaces, AT(struct sniffer_row, ifaces),
	  .ref = "interface", .dflt = "", .help = "only these interfaces; \"\": all" },
	TOOL_SNIFFER_FILTER("filter-", IN_FILTER),
	{ "running", &type_bool, AT(struct sniffer_row, running), .flags = F_READ_ONLY,
	  .help = "whether it captures now" },
	{ "packets", &type_uint, AT(struct sniffer_row, packets), .flags = F_READ_ONLY,
	  .help = "packets since the last start" },
	{ "packets-lost", &type_uint, AT(struct sniffer_row, lost), .flags = F_READ_ONLY,
	  .help = "packets for which there was no memory left: raise memory-limit" },
};

#define NO_STREAM "packets are not sent to other machines; file-name keeps them here"
#define NO_IPV6   "IPv6 is not forwarded by this version; filter-mac-protocol=ipv6 shows its frames"
#define NO_QUICK  "it is said with the command quick itself"

static const struct refused refused[] = {
	{ "streaming-enabled", NO_STREAM },
	{ "streaming-server", NO_STREAM },
	{ "filter-stream", NO_STREAM },
	{ "filter-ipv6-address", NO_IPV6 },
	{ "filter-src-ipv6-address", NO_IPV6 },
	{ "filter-dst-ipv6-address", NO_IPV6 },
	{ "filter-cpu", "one processor handles all packets here" },
	{ "quick-rows", NO_QUICK },
	{ "quick-show-frame", NO_QUICK },
	{ NULL, NULL },
};

static bool sniffer_check(const struct row *row, struct diag *diag)
{
	const struct sniffer_row *body = (const void *)row->body;
	char name[FILE_NAME_BYTES];

	return body->file_name[0] == '\0' ||
	       file_name_of("file-name", body->file_name, SUFFIX, name, diag);
}

/* An interface that is gone is one of which no frame comes. */
static struct capture_ranges ifaces_of(struct router *router, const struct conf_state *state,
                                       const struct capture_ranges *rows)
{
	struct capture_ranges ifaces = *rows;

	for (uint32_t i = 0; i < rows->n; i++) {
		iface_id id = lookup_iface(router, state, rows->at[i].low);

		ifaces.at[i] = (struct capture_range){ id, id };
	}
	return ifaces;
}

static bool sniffer_prepare(struct router *router, const struct conf_state *state,
                            void **ret_prepared, struct diag *diag)
{
	const struct row *row = conf_state_rows(state, "/tool/sniffer").at[0];
	const struct sniffer_row *body = (const void *)row->body;
	struct sniffer_settings *settings = mem_new(1, sizeof *settings);

	*ret_prepared = settings;
	*settings = (struct sniffer_settings){
		.file_bytes_max = body->file_kib * 1024ULL,
		.memory_bytes = body->memory_kib * 1024,
		.packet_bytes_max = body->packet_bytes,
		.scroll = body->scroll,
		.only_headers = body->only_headers,
		.filter = body->filter,
	};
	settings->filter.ifaces = ifaces_of(router, state, &body->ifaces);
	return body->file_name[0] == '\0' ||
	       file_name_of("file-name", body->file_name, SUFFIX, settings->file_name, diag);
}

static void sniffer_publish(struct router *router, void *prepared)
{
	router->sniffer->settings = *(const struct sniffer_settings *)prepared;
	mem_free(prepared);
}

static void sniffer_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct sniffer_row *body = (void *)row->body;
	const struct capture *capture = router->sniffer->capture;

	body->running = router->sniffer->running;
	if (capture != NULL) {
		body->packets = capture->next - capture->started;
		body->lost = capture->refused +
		             (router->sniffer->used.file_name[0] != '\0' ? capture->unwritten : 0);
	}
	row->given |= 7ULL << (ARRAY_LEN(fields) - 3); /* a count of 0 is a count */
}

/* --- commands --- */

static bool no_store(struct diag *diag)
{
	return diag_fail(diag, "file-name",
	                 "failure: there is no store for files; file-name=\"\" captures to memory");
}

static bool start_begin(struct router *router, const void *args, void *state, struct text *out,
                        struct diag *diag)
{
	switch (sniffer_start(router->sniffer)) {
	case 0:
		return true;
	case -EALREADY:
		return diag_fail(diag, NULL,
		                 "failure: the sniffer is running already; "
		                 "/tool/sniffer/stop ends it");
	case -EBUSY:
		return diag_fail(diag, NULL,
		                 "failure: the last file is still being written; try again");
	default:
		return no_store(diag);
	}
}

static bool stop_begin(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag)
{
	if (!router->sniffer->running)
		return diag_fail(diag, NULL, "failure: the sniffer is not running");
	sniffer_stop(router->sniffer);
	return true;
}

/* Returns when the file is whole, so that it can be read at once. */
static bool stop_go_on(struct router *router, void *state, struct text *out, mono now)
{
	if (router->sniffer->live != NULL)
		return false;
	if (router->sniffer->live_error != 0)
		text_printf(out, "failure: file %s: %s\n", router->sniffer->used.file_name,
		            strerror(-router->sniffer->live_error));
	files_changed(router->manage->conf);
	return true;
}

struct save_args {
	char name[FILE_NAME_BYTES];
};

static const char *const captures[] = { SUFFIX, NULL };

static const struct field save_fields[] = {
	{ "file-name", &type_file, AT(struct save_args, name), .min = 1, .max = FILE_NAME_BYTES - 1,
	  .flags = F_REQUIRED | F_UNNAMED, .words = captures,
	  .help = "file for the packets that are in memory (pcapng)" },
};

static bool save_begin(struct router *router, const void *args, void *state, struct text *out,
                       struct diag *diag)
{
	const struct save_args *asked = args;
	char name[FILE_NAME_BYTES];

	if (!file_name_of("file-name", asked->name, SUFFIX, name, diag))
		return false;
	switch (sniffer_save(router->sniffer, name)) {
	case 0:
		return true;
	case -EBUSY:
		return diag_fail(diag, "file-name",
		                 "failure: this file is being written, or another save is under "
		                 "way; try again");
	case -ENODATA:
		return diag_fail(diag, NULL,
		                 "failure: nothing was captured yet; "
		                 "/tool/sniffer/start does");
	default:
		return no_store(diag);
	}
}

static bool save_go_on(struct router *router, void *state, struct text *out, mono now)
{
	if (router->sniffer->save != NULL)
		return false;
	if (router->sniffer->save_error != 0)
		text_printf(out, "failure: the file was not written: %s\n",
		            strerror(-router->sniffer->save_error));
	files_changed(router->manage->conf);
	return true;
}

static const struct action actions[] = {
	{ .name = "start",
	  .help = "begin to capture; what was captured before is forgotten",
	  .start = start_begin,
	  .policy = POLICY_SNIFF },
	{ .name = "stop",
	  .help = "end it; memory keeps what was captured",
	  .start = stop_begin,
	  .turn = stop_go_on,
	  .policy = POLICY_SNIFF },
	{ .name = "save",
	  .help = "write what is in memory to a file",
	  .fields = save_fields,
	  .nfields = ARRAY_LEN(save_fields),
	  .args_size = sizeof(struct save_args),
	  .start = save_begin,
	  .turn = save_go_on,
	  .policy = POLICY_SNIFF | POLICY_WRITE },
	{ .name = "quick",
	  .help = "a line for each frame as it comes and leaves, of those that fit",
	  .fields = quick_fields,
	  .nfields = QUICK_FIELDS,
	  .refused = quick_refused,
	  .args_size = sizeof(struct quick_args),
	  .state_size = sizeof(struct quick_state),
	  .start = quick_begin,
	  .turn = quick_go_on,
	  .stop = quick_interrupt,
	  .policy = POLICY_SNIFF },
};

const struct menu menu_tool_sniffer = {
	.path = "/tool/sniffer",
	.title = "Capture what comes and leaves, with the reasons of drops",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct sniffer_row),
	.actions = actions,
	.nactions = ARRAY_LEN(actions),
	.refused = refused,
	.check = sniffer_check,
	.prepare = sniffer_prepare,
	.publish = sniffer_publish,
	.discard = mem_free,
	.status = sniffer_status,
};
