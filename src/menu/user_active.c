/*
 * user_active.c -- /user/active: who is logged in.
 */
#include <stdio.h>
#include <string.h>

#include "conf/type.h"
#include "lib/wall.h"
#include "manage/login.h"
#include "manage/manage.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "router/router.h"

struct active_row {
	char when[24];
	char name[USER_NAME_BYTES];
	char address[LOGIN_FROM_BYTES];
	char via[12];
};

enum { /* place in fields[] of what may be absent */
	AT_ADDRESS = 2,
};

static const struct field fields[] = {
	{ "when", &type_string, AT(struct active_row, when), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "when they logged in, in UTC" },
	{ "name", &type_string, AT(struct active_row, name), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "who it is" },
	{ "address", &type_string, AT(struct active_row, address), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "where they come from; nothing for the router itself" },
	{ "via", &type_string, AT(struct active_row, via), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "the door they came in by" },
};

static void active_fill(struct active_row *body, const struct login *login)
{
	struct text when = text_into(body->when, sizeof body->when);

	wall_text(login->when, &when);
	snprintf(body->name, sizeof body->name, "%s", login->name);
	snprintf(body->address, sizeof body->address, "%s", login->from);
	snprintf(body->via, sizeof body->via, "%s", login_door_word(login->door));
}

static void active_observe(struct router *router, const struct conf_state *state,
                           struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct active_row))];
	const struct login *login;

	for (size_t i = 0; (login = logins_at(router->manage->logins, i)) != NULL; i++) {
		struct row *row = lookup_row(storage, sizeof(struct active_row), login->id, 0);

		active_fill((void *)row->body, login);
		row->given = (1ULL << ARRAY_LEN(fields)) - 1;
		if (login->from[0] == '\0')
			row->given &= ~(1ULL << AT_ADDRESS);
		if (!sink->row(sink, row))
			return;
	}
}

const struct menu menu_user_active = {
	.path = "/user/active",
	.title = "Who is logged in",
	.kind = MENU_OBSERVED,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct active_row),
	.observe = active_observe,
};
