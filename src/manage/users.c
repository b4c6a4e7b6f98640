#include "manage/users.h"

#include <string.h>

#include "conf/policy.h"
#include "lib/mem.h"

struct users *users_new(size_t n)
{
	struct users *users = mem_new(1, sizeof *users + n * sizeof users->at[0]);

	users->n = n;
	return users;
}

void users_free(struct users *users)
{
	mem_free(users);
}

struct user *users_find(struct users *users, const char *name)
{
	for (size_t i = 0; users != NULL && i < users->n; i++)
		if (strcmp(users->at[i].name, name) == 0)
			return &users->at[i];
	return NULL;
}

struct user *users_find_id(struct users *users, uint32_t id)
{
	for (size_t i = 0; users != NULL && i < users->n; i++)
		if (users->at[i].id == id)
			return &users->at[i];
	return NULL;
}

void users_replace(struct users **current, struct users *users)
{
	for (size_t i = 0; i < users->n; i++) {
		const struct user *old = users_find_id(*current, users->at[i].id);

		if (old == NULL)
			continue;
		users->at[i].has_logged_in = old->has_logged_in;
		users->at[i].last_login = old->last_login;
	}
	users_free(*current);
	*current = users;
}

uint32_t user_policies(const struct user *user)
{
	/* By these one gets in and sets a new password, no more. */
	static const uint32_t expired = POLICY_LOCAL | POLICY_TELNET | POLICY_SSH | POLICY_WEB |
	                                POLICY_API | POLICY_REST_API | POLICY_PASSWORD;

	if (user == NULL || user->disabled)
		return 0;
	return user->expired ? user->policies & expired : user->policies;
}
