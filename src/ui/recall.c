#include "ui/recall.h"

#include <stdbool.h>
#include <string.h>

#include "lib/mem.h"

static void drop_oldest(struct recall *recall)
{
	recall->bytes -= strlen(recall->at[0]);
	mem_free(recall->at[0]);
	recall->n--;
	recall->first++;
	memmove(recall->at, recall->at + 1, recall->n * sizeof recall->at[0]);
}

void recall_keep(struct recall *recall, const char *entry)
{
	size_t len = strlen(entry);

	if (len == 0 || len > RECALL_BYTES_MAX ||
	    (recall->n > 0 && strcmp(recall->at[recall->n - 1], entry) == 0))
		return;
	while (recall->n == RECALL_ENTRIES || recall->bytes + len > RECALL_BYTES_MAX)
		drop_oldest(recall);
	recall->at[recall->n++] = mem_strdup(entry);
	recall->bytes += len;
}

uint64_t recall_end(const struct recall *recall)
{
	return recall->first + recall->n;
}

const char *recall_entry(const struct recall *recall, uint64_t number)
{
	if (number < recall->first || number - recall->first >= recall->n)
		return NULL;
	return recall->at[number - recall->first];
}

void recall_free(struct recall *recall)
{
	while (recall->n > 0)
		drop_oldest(recall);
}

/* --- of all users --- */

struct user_recall {
	struct recall recall; /* first, so that one leads to the other */
	char *who;
	unsigned sessions;
	struct user_recall *next;
};

static void user_free(struct user_recall *user)
{
	recall_free(&user->recall);
	mem_free(user->who);
	mem_free(user);
}

struct recall *recalls_take(struct recalls *recalls, const char *who)
{
	struct user_recall **at = &recalls->first, *user;

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
	user->next = recalls->first;
	recalls->first = user;
	return &user->recall;
}

/* Of users without a session those who were here last are remembered. */
void recalls_give(struct recalls *recalls, struct recall *recall)
{
	unsigned kept = 0;

	((struct user_recall *)recall)->sessions--;
	for (struct user_recall **at = &recalls->first; *at != NULL;) {
		struct user_recall *user = *at;

		if (user->sessions > 0 || ++kept <= RECALLS_KEPT) {
			at = &user->next;
		} else {
			*at = user->next;
			user_free(user);
		}
	}
}

void recalls_free(struct recalls *recalls)
{
	while (recalls->first != NULL) {
		struct user_recall *user = recalls->first;

		recalls->first = user->next;
		user_free(user);
	}
}
