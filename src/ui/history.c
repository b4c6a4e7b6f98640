#include "ui/history.h"

#include <stdbool.h>
#include <string.h>

#include "lib/mem.h"

static void drop_oldest(struct history *history)
{
	history->bytes -= strlen(history->at[0]);
	mem_free(history->at[0]);
	history->n--;
	history->first++;
	memmove(history->at, history->at + 1, history->n * sizeof history->at[0]);
}

void history_keep(struct history *history, const char *entry)
{
	size_t len = strlen(entry);

	if (len == 0 || len > HISTORY_BYTES_MAX ||
	    (history->n > 0 && strcmp(history->at[history->n - 1], entry) == 0))
		return;
	while (history->n == HISTORY_ENTRIES || history->bytes + len > HISTORY_BYTES_MAX)
		drop_oldest(history);
	history->at[history->n++] = mem_strdup(entry);
	history->bytes += len;
}

uint64_t history_end(const struct history *history)
{
	return history->first + history->n;
}

const char *history_entry(const struct history *history, uint64_t number)
{
	if (number < history->first || number - history->first >= history->n)
		return NULL;
	return history->at[number - history->first];
}

void history_free(struct history *history)
{
	while (history->n > 0)
		drop_oldest(history);
}

/* --- of all users --- */

struct user_history {
	struct history history; /* first, so that one leads to the other */
	char *who;
	unsigned sessions;
	struct user_history *next;
};

static void user_free(struct user_history *user)
{
	history_free(&user->history);
	mem_free(user->who);
	mem_free(user);
}

struct history *histories_take(struct histories *histories, const char *who)
{
	struct user_history **at = &histories->first, *user;

	while (*at != NULL && strcmp((*at)->who, who) != 0)
		at = &(*at)->next;
	user = *at;
	if (user != NULL) {
		*at = user->next;
	} else {
		user = mem_new(1, sizeof *user);
		user->who = mem_strdup(who);
	}
	user->sessions++;
	user->next = histories->first;
	histories->first = user;
	return &user->history;
}

/* Of users without a session those who were here last are remembered. */
void histories_give(struct histories *histories, struct history *history)
{
	unsigned kept = 0;

	((struct user_history *)history)->sessions--;
	for (struct user_history **at = &histories->first; *at != NULL;) {
		struct user_history *user = *at;

		if (user->sessions > 0 || ++kept <= HISTORIES_KEPT) {
			at = &user->next;
		} else {
			*at = user->next;
			user_free(user);
		}
	}
}

void histories_free(struct histories *histories)
{
	while (histories->first != NULL) {
		struct user_history *user = histories->first;

		histories->first = user->next;
		user_free(user);
	}
}
