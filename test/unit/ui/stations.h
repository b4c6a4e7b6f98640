/*
 * stations.h -- a menu of what is only observed, for the tests of print: as many stations as a test
 * wants, which come and go and change by its hand.
 */
#ifndef TEST_UI_STATIONS_H
#define TEST_UI_STATIONS_H

#include "fixture.h"

struct station {
	char name[16];
	uint32_t uses;
	uint64_t packets;
};

/* The menus' router here. */
struct stations {
	struct station *at; /* one without a name is not there */
	uint32_t n;
};

static const struct field station_fields[] = {
	{ "name", &type_string, AT(struct station, name), .flags = F_BRIEF | F_READ_ONLY },
	{ "uses", &type_uint, AT(struct station, uses), .flags = F_BRIEF | F_READ_ONLY | F_RIGHT },
	{ "packets", &type_uint, AT(struct station, packets),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT },
};

static inline bool stations_some(struct router *router, const struct conf_state *state,
                                 uint32_t *at, uint32_t most, struct row_sink *sink)
{
	const struct stations *stations = (const struct stations *)router;
	union {
		struct row row;
		char room[sizeof(struct row) + sizeof(struct station)];
	} place;

	for (; *at < stations->n && most > 0; (*at)++, most--) {
		const struct station *station = &stations->at[*at];

		if (station->name[0] == '\0')
			continue;
		place.row = (struct row){ .id = *at + 1, .flags = ROW_DYNAMIC, .comment = "" };
		memcpy(place.row.body, station, sizeof *station);
		sink->row(sink, &place.row);
	}
	return *at < stations->n;
}

static const struct menu menu_station = {
	.path = "/ip/station",
	.title = "Who is there",
	.kind = MENU_OBSERVED,
	.fields = station_fields,
	.nfields = ARRAY_LEN(station_fields),
	.row_size = sizeof(struct station),
	.observe_some = stations_some,
};

static const struct menu *const station_menus[] = {
	&menu_root, &menu_identity, &menu_iface,   &menu_client, &menu_route,
	&menu_nat,  &menu_srcnat,   &menu_station, NULL,
};

#endif
