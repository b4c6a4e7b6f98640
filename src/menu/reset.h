/*
 * reset.h -- /system/reset-configuration: as on the first day.
 *
 * Threads: the router's.
 */
#ifndef MENU_RESET_H
#define MENU_RESET_H

#include "conf/file.h"
#include "conf/menu.h"
#include "conf/policy.h"

struct reset_args {
	bool no_defaults, keep_users, skip_backup;
	char run_after[FILE_NAME_BYTES];
};

struct reset_state {
	struct reset_args args;
	bool answered, wanted;
};

#define RESET_FIELDS 4

extern const struct field reset_fields[RESET_FIELDS];

bool reset_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag);
bool reset_ask(struct router *router, void *state, struct question *question);
bool reset_answer(struct router *router, void *state, const char *answer, struct text *out,
                  struct diag *diag);
action_change reset_change;

/* clang-format off */
#define ACTION_RESET_CONFIGURATION                                                                 \
	{ .name = "reset-configuration",                                                           \
	  .help = "throw all settings away; undo, or the backup it makes first, bring them back",   \
	  .fields = reset_fields,                                                                  \
	  .nfields = RESET_FIELDS,                                                                 \
	  .args_size = sizeof(struct reset_args),                                                  \
	  .state_size = sizeof(struct reset_state),                                                \
	  .start = reset_begin,                                                                    \
	  .ask = reset_ask,                                                                        \
	  .answer = reset_answer,                                                                  \
	  .change = reset_change,                                                                  \
	  .unattended = "y",                                                                       \
	  .policy = POLICY_WRITE | POLICY_POLICY }
/* clang-format on */

#endif
