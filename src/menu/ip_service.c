/*
 * ip_service.c -- /ip/service: by what people can reach the router from afar.
 */
#include <stdio.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "manage/services.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/type_networks.h"
#include "router/router.h"

#define FLAG_INVALID ROW_MENU_FIRST
#define NAME_BYTES   16

struct service_row {
	char name[NAME_BYTES];
	uint16_t port;
	uint16_t max_sessions;
	struct service_networks address;
	/* Observed. */
	char proto[8];
	uint32_t sessions;
	char error[64];
};

enum { /* places in fields[] of what is observed */
	AT_PROTO = 2,
	AT_SESSIONS = 5,
	AT_ERROR = 6,
};

static const struct field fields[] = {
	{ "name", &type_word, AT(struct service_row, name), .min = 1, .max = NAME_BYTES - 1,
	  .flags = F_KEY | F_BRIEF | F_REQUIRED, .help = "which service it is" },
	{ "port", &type_uint, AT(struct service_row, port), .min = 1, .max = 65535, .dflt = "23",
	  .flags = F_BRIEF | F_RIGHT, .help = "the port that it answers at" },
	{ "proto", &type_word, AT(struct service_row, proto), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "the protocol below it" },
	{ "address", &type_networks, AT(struct service_row, address), .dflt = "", .flags = F_BRIEF,
	  .help = "from which networks one may come, by any interface; with none given from the "
	          "inner side: by the interfaces of list LAN, or if that is empty by those with a "
	          "private address which are neither in list WAN nor the way of a default route" },
	{ "max-sessions", &type_uint, AT(struct service_row, max_sessions), .min = 1, .max = 20,
	  .dflt = "20", .flags = F_BRIEF | F_RIGHT,
	  .help = "how many may be connected at once, those who are logging in included" },
	{ "sessions", &type_uint, AT(struct service_row, sessions), .flags = F_READ_ONLY | F_RIGHT,
	  .help = "how many are connected now" },
	{ "error", &type_string, AT(struct service_row, error), .flags = F_READ_ONLY,
	  .help = "why it can't answer" },
};

static const struct refused refused[] = {
	{ "certificate", "telnet has none: what is typed goes over the wire as it is" },
	{ "tls-version", "telnet has no TLS" },
	{ "vrf", "there are no VRFs here" },
	{ "available-from", "address= says from where" },
	{ NULL, NULL },
};

static bool service_fixed(struct router *router, size_t n, char *ret_name, size_t bytes)
{
	if (n >= SERVICE_KINDS)
		return false;
	snprintf(ret_name, bytes, "%s", service_word((enum service_kind)n));
	return true;
}

/* SERVICE_KINDS: none is called @name. */
static unsigned kind_of(const char *name)
{
	unsigned kind = 0;

	while (kind < SERVICE_KINDS && strcmp(service_word((enum service_kind)kind), name) != 0)
		kind++;
	return kind;
}

static bool service_check_all(const struct conf_state *state, struct rows rows, struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		const struct service_row *a = (const void *)rows.at[i]->body;

		for (size_t j = 0; j < i; j++) {
			const struct service_row *b = (const void *)rows.at[j]->body;

			if (a->port == b->port)
				return diag_fail(diag, "port", "failure: %s has port %u already",
				                 b->name, b->port);
		}
	}
	return true;
}

static uint64_t list_bit(const struct conf_state *state, const char *name)
{
	const struct row *row = conf_state_named(state, "/interface/list", name, NULL);
	int bit = row != NULL ? lookup_list(state, row->id) : -1;

	return bit >= 0 ? 1ULL << bit : 0;
}

static bool service_prepare(struct router *router, const struct conf_state *state,
                            void **ret_prepared, struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/service");
	struct services *prepared = mem_new(1, sizeof *prepared);

	prepared->lan = list_bit(state, "LAN");
	prepared->wan = list_bit(state, "WAN");
	for (size_t i = 0; i < rows.n; i++) {
		const struct service_row *body = (const void *)rows.at[i]->body;
		unsigned kind = kind_of(body->name);

		if (kind < SERVICE_KINDS)
			prepared->at[kind] = (struct service){
				.enabled = (rows.at[i]->flags & ROW_DISABLED) == 0,
				.port = body->port,
				.max_sessions = body->max_sessions,
				.from = body->address,
			};
	}
	*ret_prepared = prepared;
	return true;
}

static void service_publish(struct router *router, void *prepared)
{
	if (router->manage != NULL)
		services_replace(&router->manage->services, prepared);
	mem_free(prepared);
}

static void service_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct service_row *body = (void *)row->body;
	unsigned kind = kind_of(body->name);
	const struct service_status *status;

	if (kind == SERVICE_KINDS || router->manage == NULL)
		return;
	status = &router->manage->services.status[kind];
	memcpy(body->proto, "tcp", sizeof "tcp");
	body->sessions = status->sessions;
	row->given |= 1ULL << AT_PROTO | 1ULL << AT_SESSIONS;
	if (status->error == 0 || (row->flags & ROW_DISABLED) != 0)
		return;
	row->flags |= FLAG_INVALID;
	snprintf(body->error, sizeof body->error, "%s", strerror(-status->error));
	row->given |= 1ULL << AT_ERROR;
}

/* What is typed there, a password first of all, can be read by whoever is on the way. */
static bool service_warn(struct router *router, const struct conf_state *state,
                         const struct row *row, struct text *out)
{
	const struct service_row *body = (const void *)row->body;

	for (uint32_t i = 0; i < body->address.n; i++) {
		if (body->address.at[i].bits == 0 && (row->flags & ROW_DISABLED) == 0) {
			text_printf(out, "warning: %s answers everybody, by every interface",
			            body->name);
			return true;
		}
	}
	return false;
}

static const struct menu_flag flags[] = { { 'I', "invalid" } };
static const char *const depends[] = { "/interface/list", NULL };

const struct menu menu_ip_service = {
	.path = "/ip/service",
	.title = "By what people can reach the router from afar",
	.kind = MENU_FIXED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct service_row),
	.flags = flags,
	.nflags = ARRAY_LEN(flags),
	.refused = refused,
	.depends = depends,
	.check_all = service_check_all,
	.prepare = service_prepare,
	.publish = service_publish,
	.discard = mem_free,
	.status = service_status,
	.fixed = service_fixed,
	.warn = service_warn,
};
