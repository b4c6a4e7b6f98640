#include "manage/log_book.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "lib/wall.h"
#include "manage/log_disk.h"

/* An action with what it holds. */
struct keeper {
	struct log_action action;
	struct log_entry *entries; /* a ring of action.lines */
	uint32_t n, next;
	struct log_disk *disk;
};

struct log_book {
	struct conf_setup doors;
	struct log_rules *rules;
	struct keeper *keepers;
	size_t nkeepers;
	uint64_t count;
	uint64_t taken; /* number of the last line of the log that was taken */
	void (*echo)(void *arg, const char *line);
	void *echo_arg;
};

struct log_book *log_book_new(const struct conf_setup *doors)
{
	struct log_book *book = mem_new(1, sizeof *book);

	book->doors = *doors;
	return book;
}

void log_rules_free(struct log_rules *rules)
{
	for (size_t i = 0; rules != NULL && i < rules->n; i++) {
		if (rules->at[i].has_regex)
			pattern_free(&rules->at[i].regex);
	}
	mem_free(rules);
}

static void keeper_free(struct keeper *keeper)
{
	mem_free(keeper->entries);
	log_disk_free(keeper->disk);
}

void log_book_free(struct log_book *book)
{
	if (book == NULL)
		return;
	log_rules_free(book->rules);
	for (size_t i = 0; i < book->nkeepers; i++)
		keeper_free(&book->keepers[i]);
	mem_free(book->keepers);
	mem_free(book);
}

/* --- which lines --- */

static bool has_topic(const char *topics, const char *wanted)
{
	size_t len = strlen(wanted);

	for (const char *at = topics; *at != '\0';) {
		size_t word = strcspn(at, ",");

		if (word == len && memcmp(at, wanted, len) == 0)
			return true;
		at += word + (at[word] == ',');
	}
	return false;
}

static bool rule_wants(const struct log_rule *rule, const char *topics, const char *text)
{
	for (size_t i = 0; i < rule->ntopics; i++) {
		if (has_topic(topics, rule->topics[i]) == rule->without[i])
			return false;
	}
	return !rule->has_regex || pattern_matches(&rule->regex, text);
}

/* "system,account" of level info is "system,info,account", as people know it. */
static void topics_of(const struct log_line *line, struct text *out)
{
	size_t first = strcspn(line->topic, ",");

	text_printf(out, "%.*s,%s%s", (int)first, line->topic,
	            log_level_word((enum log_level)line->level), line->topic + first);
}

/* --- what becomes of them --- */

static void remember(struct keeper *keeper, const struct log_entry *entry)
{
	if (keeper->action.lines == 0 ||
	    (keeper->action.stop_on_full && keeper->n == keeper->action.lines))
		return;
	keeper->entries[keeper->next] = *entry;
	keeper->next = (keeper->next + 1) % keeper->action.lines;
	if (keeper->n < keeper->action.lines)
		keeper->n++;
}

static void show(const struct log_book *book, const struct log_entry *entry)
{
	char buffer[LOG_ENTRY_BYTES + LOG_TOPICS_BYTES + 32];
	struct text line = text_into(buffer, sizeof buffer);

	if (book->echo == NULL)
		return;
	wall_text(entry->at, &line);
	text_printf(&line, " %s %s", entry->topics, entry->text);
	book->echo(book->echo_arg, buffer);
}

static void keep(struct log_book *book, struct keeper *keeper, const struct log_entry *entry)
{
	switch ((enum log_target)keeper->action.target) {
	case LOG_TARGET_MEMORY:
		remember(keeper, entry);
		break;
	case LOG_TARGET_DISK:
		log_disk_put(keeper->disk, entry);
		break;
	case LOG_TARGET_ECHO:
		show(book, entry);
		break;
	}
}

static struct keeper *keeper_of(struct log_book *book, uint32_t id)
{
	for (size_t i = 0; i < book->nkeepers; i++) {
		if (book->keepers[i].action.id == id)
			return &book->keepers[i];
	}
	return NULL;
}

/* Each action gets a line once, however many rules send it there. */
static bool sent_before(const struct log_rules *rules, size_t before, uint32_t action,
                        const char *topics, const char *text)
{
	for (size_t i = 0; i < before; i++) {
		if (rules->at[i].action == action && rule_wants(&rules->at[i], topics, text))
			return true;
	}
	return false;
}

/* Nobody said what is wanted: the first memory keeps it. */
static void take_by_default(struct log_book *book, const struct log_line *line,
                            struct log_entry *entry)
{
	size_t i = 0;

	while (i < book->nkeepers && book->keepers[i].action.target != LOG_TARGET_MEMORY)
		i++;
	memcpy(entry->text, line->text, sizeof line->text);
	if (i < book->nkeepers)
		keep(book, &book->keepers[i], entry);
}

static void take(struct log_book *book, const struct log_line *line)
{
	struct log_entry entry = { .at = clock_wall(book->doors.clock) };
	struct text topics = text_into(entry.topics, sizeof entry.topics);

	entry.number = ++book->count;
	topics_of(line, &topics);
	if (book->rules->n == 0 && line->level > LOG_DEBUG)
		take_by_default(book, line, &entry);
	for (size_t i = 0; i < book->rules->n; i++) {
		const struct log_rule *rule = &book->rules->at[i];
		struct keeper *keeper = keeper_of(book, rule->action);
		struct text text = text_into(entry.text, sizeof entry.text);

		if (keeper == NULL || !rule_wants(rule, entry.topics, line->text) ||
		    sent_before(book->rules, i, rule->action, entry.topics, line->text))
			continue;
		text_printf(&text, "%s%s%s", rule->prefix, rule->prefix[0] != '\0' ? ": " : "",
		            line->text);
		keep(book, keeper, &entry);
	}
}

void log_book_catch_up(struct log_book *book, const struct log *log)
{
	uint64_t first = log->count > LOG_LINES ? log->count - LOG_LINES + 1 : 1;
	uint64_t until = log->count;

	if (book->rules == NULL || book->taken >= until)
		return;
	if (first > book->taken + 1 && book->taken > 0) {
		struct log_line lost = { .level = LOG_WARNING, .topic = "system" };
		struct text text = text_into(lost.text, sizeof lost.text);

		text_printf(&text, "%llu lines of the log were lost: too many came at once",
		            (unsigned long long)(first - book->taken - 1));
		take(book, &lost);
	}
	if (first < book->taken + 1)
		first = book->taken + 1;
	book->taken = until;
	for (uint64_t n = first; n <= until; n++)
		take(book, &log->lines[(n - 1) % LOG_LINES]);
}

/* --- what people have set --- */

void log_book_set_rules(struct log_book *book, struct log_rules *rules)
{
	log_rules_free(book->rules);
	book->rules = rules;
}

static void entries_move(struct keeper *to, const struct keeper *from)
{
	uint32_t skip = from->n > to->action.lines ? from->n - to->action.lines : 0;

	for (uint32_t i = skip; i < from->n; i++)
		remember(to, &from->entries[(from->next + from->action.lines - from->n + i) %
		                            from->action.lines]);
}

static void keeper_begin(const struct log_book *book, struct keeper *keeper, struct keeper *old)
{
	if (keeper->action.target == LOG_TARGET_MEMORY) {
		keeper->entries = mem_new(keeper->action.lines, sizeof *keeper->entries);
		if (old != NULL && old->entries != NULL)
			entries_move(keeper, old);
	}
	if (keeper->action.target == LOG_TARGET_DISK)
		keeper->disk = log_disk_new(&book->doors, &keeper->action);
}

void log_book_set_actions(struct log_book *book, const struct log_action *actions, size_t n)
{
	struct keeper *keepers = mem_new(n, sizeof *keepers);

	for (size_t i = 0; i < n; i++) {
		keepers[i].action = actions[i];
		keeper_begin(book, &keepers[i], keeper_of(book, actions[i].id));
	}
	for (size_t i = 0; i < book->nkeepers; i++)
		keeper_free(&book->keepers[i]);
	mem_free(book->keepers);
	book->keepers = keepers;
	book->nkeepers = n;
}

void log_book_clear(struct log_book *book, uint32_t id)
{
	struct keeper *keeper = keeper_of(book, id);

	if (keeper != NULL)
		keeper->n = keeper->next = 0;
}

const struct log_entry *log_book_next(const struct log_book *book, size_t *at,
                                      const char **ret_action)
{
	size_t place = (*at)++;

	for (size_t i = 0; i < book->nkeepers; i++) {
		const struct keeper *keeper = &book->keepers[i];
		uint32_t lines = keeper->action.lines;

		if (place < keeper->n) {
			*ret_action = keeper->action.name;
			return &keeper->entries[(keeper->next + lines - keeper->n + place) % lines];
		}
		place -= keeper->n;
	}
	return NULL;
}

void log_book_set_echo(struct log_book *book, void (*echo)(void *arg, const char *line), void *arg)
{
	book->echo = echo;
	book->echo_arg = arg;
}
