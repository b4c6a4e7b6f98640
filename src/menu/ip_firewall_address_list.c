/*
 * ip_firewall_address_list.c -- /ip/firewall/address-list: lists of addresses for rules.
 *
 * What is added without a timeout is stored. With one it goes straight into the router's lists,
 * as do the entries that rules add: those are shown with flag D, and end with their time or with
 * the router.
 */
#include <string.h>

#include "conf/diag.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/wall.h"
#include "menu/lookup.h"
#include "menu/menus.h"
#include "menu/type_address_list.h"

#define ERROR_BYTES 256
/* Ids of dynamic entries: their index, far from where ids of rows are given out. */
#define DYNAMIC_ID UINT32_C(0x80000000)

struct list_row {
	char list[LIST_NAME_BYTES];
	struct ip4_range range;
	uint64_t timeout_ms; /* never of a stored row */
	char since[24];      /* observed */
};

static const struct field fields[] = {
	{ "list", &type_word, AT(struct list_row, list), .min = 1, .max = LIST_NAME_BYTES - 1,
	  .flags = F_REQUIRED | F_BRIEF, .help = "name of the list" },
	{ "address", &type_listed_address, AT(struct list_row, range),
	  .flags = F_REQUIRED | F_BRIEF, .help = "an address, a network or a range" },
	{ "timeout", &type_time, AT(struct list_row, timeout_ms), .min = 1000,
	  .max = UINT32_MAX * 1000LL, .flags = F_PASSING | F_BRIEF,
	  .help = "the entry ends after this time, and with the router; added again, its time "
	          "begins anew" },
	{ "creation-time", &type_word, AT(struct list_row, since), .flags = F_READ_ONLY | F_BRIEF,
	  .help = "when an entry that is not stored was added (UTC)" },
};

static bool list_prepare(struct router *router, const struct conf_state *state, void **ret_prepared,
                         struct diag *diag)
{
	struct rows rows = conf_state_rows(state, "/ip/firewall/address-list");
	struct listed_range *ranges = mem_new(rows.n, sizeof *ranges);
	const char *last_name = "";
	uint16_t list = 0;
	size_t n = 0;
	char error[ERROR_BYTES] = "";

	for (size_t i = 0; i < rows.n; i++) {
		const struct list_row *body = (const void *)rows.at[i]->body;

		if ((rows.at[i]->flags & ROW_DISABLED) != 0)
			continue;
		if (strcmp(last_name, body->list) != 0) /* mostly those of one list in a row */
			list = address_list_number(router->fw.lists, body->list);
		last_name = body->list;
		if (list == 0)
			break;
		ranges[n++] = (struct listed_range){ .id = rows.at[i]->id,
			                             .list = list,
			                             .range = body->range };
	}
	if (list == 0 && n > 0)
		*ret_prepared = NULL;
	else
		*ret_prepared =
			address_list_rows_new(router->fw.lists, ranges, n, error, sizeof error);
	mem_free(ranges);
	if (*ret_prepared == NULL)
		return diag_fail(diag, NULL, "failure: %s",
		                 error[0] != '\0' ? error : "there are too many names of lists");
	return true;
}

static void list_publish(struct router *router, void *prepared)
{
	address_list_rows_publish(router->fw.lists, prepared);
}

static void list_discard(void *prepared)
{
	address_list_rows_free(prepared);
}

/* The network that @range is exactly; false: it is none. */
static bool network_of(struct ip4_range range, uint8_t *ret_bits)
{
	int bits = ip4_mask_bits((ip4){ ~(range.low.v ^ range.high.v) });

	if (bits < 0 || !ip4_equal(ip4_network(range.low, (unsigned)bits), range.low))
		return false;
	*ret_bits = (uint8_t)bits;
	return true;
}

static bool fail_added(enum address_added added, const struct list_row *body, struct diag *diag)
{
	if (added == ADDRESS_BY_ROW)
		return diag_fail(diag, NULL,
		                 "failure: already have such entry, without a timeout, in %s; "
		                 "remove it first",
		                 body->list);
	return diag_fail(diag, NULL, "failure: the address lists are full; remove some entries");
}

/* An entry with a timeout. */
static bool list_take(struct router *router, const struct row *row, uint32_t *ret_id,
                      struct diag *diag)
{
	const struct list_row *body = (const void *)row->body;
	uint16_t list = address_list_number(router->fw.lists, body->list);
	uint32_t seconds = (uint32_t)((body->timeout_ms + 999) / 1000), index;
	enum address_added added;
	uint8_t bits;

	if ((row->flags & ROW_DISABLED) != 0)
		return diag_fail(diag, "disabled",
		                 "invalid value for argument disabled: an entry with a timeout is "
		                 "in force until it ends; remove it instead");
	if (!network_of(body->range, &bits))
		return diag_fail(diag, "address",
		                 "invalid value for argument address: with a timeout it is an "
		                 "address or a network; add the parts of a range one by one");
	if (list == 0)
		return diag_fail(diag, "list", "failure: there are too many names of lists");
	added = address_list_add(router->fw.lists, list, body->range.low, bits, seconds, &index);
	if (added != ADDRESS_ADDED && added != ADDRESS_REFRESHED)
		return fail_added(added, body, diag);
	address_list_comment(router->fw.lists, index, row->comment);
	*ret_id = DYNAMIC_ID + index;
	return true;
}

static void fill(const struct router *router, const struct address_entry *entry, struct row *row)
{
	struct list_row *body = (void *)row->body;
	struct text name = text_into(body->list, sizeof body->list);
	struct text date = text_into(body->since, sizeof body->since);
	int64_t since = (int64_t)entry->since.ns + router->net.wall_offset_ns;
	bool ends = entry->due.ns != mono_never().ns;

	text_add(&name, address_list_name(router->fw.lists, entry->list));
	body->range.low = entry->network;
	body->range.high = (ip4){ entry->network.v | ~ip4_mask(entry->bits).v };
	if (ends) /* rounded up: what is not over yet has a second at least */
		body->timeout_ms = (mono_since_ns(entry->due, router->net.now) + NS_PER_S - 1) /
		                   NS_PER_S * 1000;
	if (since >= 0)
		wall_text((wall){ since }, &date);
	row->given = ends ? UINT64_MAX : UINT64_MAX & ~(1ULL << 2);
	row->comment = entry->comment != NULL ? entry->comment : "";
}

static void list_observe(struct router *router, const struct conf_state *state,
                         struct row_sink *sink)
{
	_Alignas(8) uint8_t storage[LOOKUP_ROW_BYTES(sizeof(struct list_row))];
	const struct address_entry *entry;
	uint32_t at = 0;

	while ((entry = address_lists_walk(router->fw.lists, &at)) != NULL) {
		struct row *row = lookup_row(storage, sizeof(struct list_row), DYNAMIC_ID + at - 1,
		                             ROW_DYNAMIC);

		fill(router, entry, row);
		if (!sink->row(sink, row))
			return;
	}
}

static bool list_forget(struct router *router, const struct row *row, struct diag *diag)
{
	if (!address_list_remove(router->fw.lists, row->id - DYNAMIC_ID))
		return diag_fail(diag, NULL, "no such item: the entry has ended by itself");
	return true;
}

const struct menu menu_ip_firewall_address_list = {
	.path = "/ip/firewall/address-list",
	.title = "Lists of addresses that rules match on and fill",
	.kind = MENU_LIST,
	.fields = fields,
	.nfields = ARRAY_LEN(fields),
	.row_size = sizeof(struct list_row),
	.prepare = list_prepare,
	.publish = list_publish,
	.discard = list_discard,
	.take = list_take,
	.observe = list_observe,
	.forget = list_forget,
};
