/*
 * user.h -- what the menus about users share.
 */
#ifndef MENU_USER_H
#define MENU_USER_H

#include "conf/menu.h"
#include "conf/policy.h"
#include "lib/ip.h"
#include "manage/password.h"
#include "manage/users.h"

#define USER_GROUP_FULL "full"

struct user_row {
	char name[USER_NAME_BYTES];
	uint32_t group; /* id of its row */
	char password[PASSWORD_BYTES];
	struct ip_prefix address;
	bool expired;
	char last_logged_in[24];
};

struct group_row {
	char name[USER_NAME_BYTES];
	uint32_t policy; /* conf/policy.h */
};

/* Policies separated by commas; those that are not given are printed behind a "!". */
extern const struct type type_policy;

/* Has some user that can log in at the machine itself no password? For the wizard and warnings. */
bool user_lacks_password(const struct conf_state *state, const char *name);

/* --- password.c --- */

struct password_args {
	char old[PASSWORD_MOST + 1], fresh[PASSWORD_MOST + 1], confirmed[PASSWORD_MOST + 1];
};

extern const struct field password_fields[3];
action_change password_change;

/* clang-format off */
#define ACTION_PASSWORD                                                                            \
	{ .name = "password",                                                                      \
	  .help = "give yourself a new password",                                                  \
	  .fields = password_fields,                                                               \
	  .nfields = ARRAY_LEN(password_fields),                                                   \
	  .args_size = sizeof(struct password_args),                                               \
	  .change = password_change,                                                               \
	  .policy = POLICY_PASSWORD }
/* clang-format on */

#endif
