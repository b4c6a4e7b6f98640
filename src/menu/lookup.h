/*
 * lookup.h -- from configuration's ids to what the router has.
 *
 * Configuration names interfaces and lists by the id of their row; the packet wing by place and by
 * bit. These are the bridges, used by the menus' prepare and status hooks.
 */
#ifndef MENU_LOOKUP_H
#define MENU_LOOKUP_H

#include "conf/menu.h"
#include "fw/rule.h"
#include "router/router.h"

/* The interface of row @id in key space "interface"; IFACE_NONE when it is gone. */
iface_id lookup_iface(struct router *router, const struct conf_state *state, uint32_t id);
/* The row of interface @id, or 0. */
uint32_t lookup_iface_row(const struct router *router, const struct conf_state *state, iface_id id);
/* Which bit of iface->lists the list of row @id is; -1 when it is gone. Bit 0 is `all`. */
int lookup_list(const struct conf_state *state, uint32_t id);
/* Bytes of a row with an empty body of @size for menu->observe: `storage` at least
 * LOOKUP_ROW_BYTES(size) long. */
#define LOOKUP_ROW_BYTES(size) (sizeof(struct row) + (size))
struct row *lookup_row(void *storage, size_t size, uint32_t id, uint32_t flags);

/* What rules_build() asks. @arg of the hooks is a struct rule_lookup. */
struct rule_lookup {
	struct router *router;
	const struct conf_state *state;
};
struct rule_names lookup_rule_names(struct rule_lookup *lookup);

#endif
