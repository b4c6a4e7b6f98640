/*
 * state.h -- all rows of all menus at one moment.
 *
 * A published state never changes; states share what did not change between them. A draft is a
 * state that nobody else holds yet: state_draft() copies the table of tables only, and a table is
 * copied when the draft first changes it. Rows within a table are sorted by row_position(); ids
 * are unique in a whole state, so that a reference need not say which menu it means.
 *
 * Threads: the router's.
 */
#ifndef CONF_STATE_H
#define CONF_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/menu.h"

struct table; /* the rows of one menu */

struct conf_state {
	uint64_t refs;
	uint64_t revision;
	uint32_t next_id;                /* the next row added gets it */
	const struct menu *const *menus; /* NULL-terminated */
	size_t nmenus;
	struct conf_state *next; /* among the states of one conf */
	struct table *tables[];  /* one per menu */
};

struct conf_state *state_new(const struct menu *const *menus);
/* A state that may be changed and starts as @from. Held once, as is state_new()'s. */
struct conf_state *state_draft(const struct conf_state *from);
void state_free(struct conf_state *state);

/* The index of the menu, or -1. */
int state_menu(const struct conf_state *state, const char *path);
/* All rows of menu @m, those not offered included; row_find() looks among them. */
struct rows state_all(const struct conf_state *state, size_t m);
/* Those offered. */
struct rows state_rows(const struct conf_state *state, size_t m);
const struct row *state_find(const struct conf_state *state, size_t m, uint32_t id);
/* The menu in which row @id is, or -1. */
int state_menu_of(const struct conf_state *state, uint32_t id);
/* Do the states share menu @m, so that nothing in it can differ? */
bool state_shares(const struct conf_state *a, const struct conf_state *b, size_t m);

/*
 * Changing a draft. The row becomes the state's (no hold is taken).
 * state_add: in front of row @before, or at the end when @before is 0; its id must be unused.
 * state_load: at the end, keeping the position it has (rows must come sorted).
 * state_replace: in the place of the row with the same id.
 * state_put: where its position says, whether or not a row with its id is there.
 */
void state_add(struct conf_state *draft, size_t m, struct row *row, uint32_t before);
void state_load(struct conf_state *draft, size_t m, struct row *row);
void state_replace(struct conf_state *draft, size_t m, struct row *row);
void state_put(struct conf_state *draft, size_t m, struct row *row);
void state_remove(struct conf_state *draft, size_t m, uint32_t id);
/* Row @id goes in front of @before (another row), or to the end when @before is 0. */
void state_move(struct conf_state *draft, size_t m, uint32_t id, uint32_t before);
/* Rows with ROW_ABSENT go behind the others and are not offered any more. */
void state_hide_absent(struct conf_state *draft, size_t m);

#endif
