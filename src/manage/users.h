/*
 * users.h -- who there is, and what each may do: what /user and /user/group publish.
 *
 * Memory:  a published set's own.
 * Threads: the router's.
 */
#ifndef MANAGE_USERS_H
#define MANAGE_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ip.h"
#include "lib/mono.h"
#include "lib/must.h"
#include "manage/password.h"

#define USER_NAME_BYTES 32

struct user {
	uint32_t id; /* of its row */
	char name[USER_NAME_BYTES];
	char hash[PASSWORD_BYTES]; /* "": there is no password */
	uint32_t policies;         /* of the group (conf/policy.h) */
	struct ip_prefix from;     /* where they may come from, if `limited` */
	bool limited, disabled;
	bool expired; /* may only give themselves a new password */
	bool has_logged_in;
	wall last_login; /* since the router's start */
};

struct users {
	size_t n;
	struct user at[];
};

/* Room for @n, all zeroes, to be filled. */
MUST_USE struct users *users_new(size_t n);
void users_free(struct users *users);
/* @users takes the place of *@current (NULL before the first), and goes on with its logins. */
void users_replace(struct users **current, struct users *users);
/* NULL: there is none. @users may be NULL. */
struct user *users_find(struct users *users, const char *name);
struct user *users_find_id(struct users *users, uint32_t id);
/* What @user may do now; nothing when disabled. NULL may do nothing, too. */
uint32_t user_policies(const struct user *user);

#endif
