/*
 * safe_mode.h -- what the root has of trials: commit-confirm and confirm.
 */
#ifndef MENU_SAFE_MODE_H
#define MENU_SAFE_MODE_H

#include "conf/menu.h"

struct safe_mode_begin_args {
	uint64_t timeout_ms;
};

struct safe_mode_confirm_args {
	uint32_t id;
};

extern const struct field safe_mode_begin_fields[1], safe_mode_confirm_fields[1];

action_change safe_mode_begin, safe_mode_confirm;

#endif
