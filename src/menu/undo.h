/*
 * undo.h -- /undo and /redo, and what stands in the way of a change that is made elsewhere.
 */
#ifndef MENU_UNDO_H
#define MENU_UNDO_H

#include "conf/menu.h"

struct undo_args {
	uint32_t count;
	uint64_t revision;
};

#define UNDO_FIELDS 2
extern const struct field undo_fields[UNDO_FIELDS];

action_change undo_change, undo_redo;

#endif
