/*
 * system_license.c -- /system/license: there is none to ask for (MISSION, B2).
 */
#include <stdio.h>

#include "conf/type.h"
#include "menu/menus.h"

struct license_row {
	char license[48], level[32], limits[32], source[64];
};

#define SEEN(name_, member, help_)                                                                 \
	{                                                                                          \
		name_, &type_string, AT(struct license_row, member), .flags = F_READ_ONLY,         \
								     .help = help_                 \
	}

static const struct field fields[] = {
	SEEN("license", license, "under which terms it may be used and passed on"),
	SEEN("level", level, "there are no levels"),
	SEEN("limits", limits, "what the licence limits"),
	SEEN("key", source, "what has to be entered to use it"),
};

static void license_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct license_row *body = (void *)row->body;

	snprintf(body->license, sizeof body->license, "Apache License 2.0, free software");
	snprintf(body->level, sizeof body->level, "all of it, for ever");
	snprintf(body->limits, sizeof body->limits, "none");
	snprintf(body->source, sizeof body->source, "none is asked for, no registration either");
	row->given = UINT64_MAX;
}

const struct menu menu_system_license = {
	.path = "/system/license",
	.title = "Free software: no key, no level, no limit",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct license_row),
	.status = license_status,
};
