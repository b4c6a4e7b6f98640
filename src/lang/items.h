/*
 * items.h -- the rows of a menu as a person sees them, and which of them are meant.
 *
 * Stored rows with their status filled in, then the observed ones. A person names them by the
 * numbers of the last print, by name, by internal id, or by [find ...].
 *
 * Memory:  copies in the caller's arena; numbers in the numbering's own.
 * Threads: the router's.
 */
#ifndef LANG_ITEMS_H
#define LANG_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/menu.h"
#include "lang/lex.h"
#include "lib/arena.h"

struct conf;
struct diag;

#define ITEM_NO_NUMBER UINT32_MAX

struct items {
	struct row **at;
	uint32_t *numbers; /* of [i], as print shows it, or ITEM_NO_NUMBER */
	size_t n, size;
};

struct id_list {
	uint32_t *at;
	size_t n, size;
};

/* What item numbers mean in one session, menu by menu: all zeroes to start with. */
struct numbering {
	struct numbers *first;
};

void items_collect(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                   struct arena *arena, struct items *ret_items);
/* Whether a command can name the item, so that it gets a number. */
bool item_addressable(const struct menu *menu, const struct row *row);

/* A copy of @row, at the end. */
void items_add(struct items *items, struct arena *arena, const struct menu *menu,
               const struct row *row, uint32_t number);

/* From now on the number i means ids[i]. Takes @ids over, which may be NULL where @n is 0. */
void numbering_set(struct numbering *numbering, const struct menu *menu, uint32_t *ids, size_t n);
void numbering_free(struct numbering *numbering);

struct selector {
	struct conf *conf;
	const struct conf_state *state;
	const struct menu *menu;
	struct numbering *numbering;
	struct arena *arena;
	struct spot spot; /* of the text, for errors */
};

/* Append @id, which is not in the list yet. */
void id_list_push(struct id_list *list, struct arena *arena, uint32_t id);
/* The same, unless it is in the list already. */
void id_list_add(struct id_list *list, struct arena *arena, uint32_t id);
/*
 * Append the items that @text means: "0,2", "ether1", "*1A", "*1;*2". Numbers are given out when
 * none were printed yet. False with @diag when one of them is not there.
 */
MUST_USE bool items_select(const struct selector *selector, const char *text, struct id_list *list,
                           struct diag *diag);

#endif
