/* reboot.h -- /system/reboot and /system/shutdown, for the menu that has them. */
#ifndef MENU_REBOOT_H
#define MENU_REBOOT_H

#include "conf/menu.h"
#include "conf/policy.h"

struct reboot_state {
	bool answered;
};

bool reboot_begin(struct router *router, const void *args, void *state, struct text *out,
                  struct diag *diag);
bool reboot_ask(struct router *router, void *state, struct question *question);
bool reboot_answer(struct router *router, void *state, const char *answer, struct text *out,
                   struct diag *diag);
bool reboot_shutdown_ask(struct router *router, void *state, struct question *question);
bool reboot_shutdown_answer(struct router *router, void *state, const char *answer,
                            struct text *out, struct diag *diag);

/* clang-format off */
#define ACTION_REBOOT                                                                              \
	{ .name = "reboot",                                                                        \
	  .help = "stop the router and start it again; all that was configured is kept",           \
	  .state_size = sizeof(struct reboot_state),                                               \
	  .start = reboot_begin,                                                                   \
	  .ask = reboot_ask,                                                                       \
	  .answer = reboot_answer,                                                                 \
	  .unattended = "y",                                                                       \
	  .policy = POLICY_REBOOT }

#define ACTION_SHUTDOWN                                                                            \
	{ .name = "shutdown",                                                                      \
	  .help = "stop the router; the machine it runs on stays up",                              \
	  .state_size = sizeof(struct reboot_state),                                               \
	  .start = reboot_begin,                                                                   \
	  .ask = reboot_shutdown_ask,                                                              \
	  .answer = reboot_shutdown_answer,                                                        \
	  .unattended = "y",                                                                       \
	  .policy = POLICY_REBOOT }
/* clang-format on */

#endif
