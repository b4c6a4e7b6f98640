/*
 * system_clock.c -- /system/clock: what time the router thinks it is.
 */
#include <stdio.h>
#include <string.h>

#include "conf/type.h"
#include "lib/text.h"
#include "lib/wall.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "router/router.h"

struct clock_row {
	char date[16], time[16], zone[16], offset[16];
};

#define SEEN(name_, member, help_)                                                                 \
	{                                                                                          \
		name_, &type_string, AT(struct clock_row, member), .flags = F_READ_ONLY,           \
								   .help = help_                   \
	}

static const struct field fields[] = {
	SEEN("time", time, "the time of day"),
	SEEN("date", date, "the day"),
	SEEN("time-zone-name", zone, "all times of the router are in this zone"),
	SEEN("gmt-offset", offset, "how far it is from universal time"),
};

#define HOSTS_CLOCK                                                                                \
	"the clock is the machine's; set it there (timedatectl), where NTP keeps it right"

static const struct refused refused[] = {
	{ "time", HOSTS_CLOCK },
	{ "date", HOSTS_CLOCK },
	{ "time-zone-name", "all times here are in UTC, so that no hour comes twice" },
	{ "time-zone-autodetect", "all times here are in UTC, so that no hour comes twice" },
	{ NULL, NULL },
};

static void clock_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct clock_row *body = (void *)row->body;
	char buffer[32] = "";
	struct text text = text_into(buffer, sizeof buffer);
	char *gap;

	if (router->manage == NULL)
		return;
	wall_text(clock_wall(router->manage->doors.clock), &text);
	gap = strchr(buffer, ' ');
	if (gap != NULL)
		*gap = '\0';
	snprintf(body->date, sizeof body->date, "%.15s", buffer);
	snprintf(body->time, sizeof body->time, "%.15s", gap != NULL ? gap + 1 : "");
	snprintf(body->zone, sizeof body->zone, "UTC");
	snprintf(body->offset, sizeof body->offset, "+00:00");
	row->given = UINT64_MAX;
}

const struct menu menu_system_clock = {
	.path = "/system/clock",
	.title = "The time of day",
	.kind = MENU_SETTINGS,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct clock_row),
	.refused = refused,
	.status = clock_status,
};
