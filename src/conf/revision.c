#include "conf/revision.h"

#include <inttypes.h>
#include <string.h>

#include "conf/commit.h"
#include "conf/replay.h"
#include "lib/mem.h"

#define PAGE_ENTRIES 64
#define ACTIONS_MOST 1 /* that are named of a change with more */

struct revisions {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	struct journal *journal;
	struct arena arena; /* of the page */
	struct journal_entry *entries;
	size_t n;
	uint64_t from;   /* what was asked for */
	uint64_t writes; /* the store's, when the page was asked for */
	int error;
	bool reading;
	bool read;   /* there is a page */
	bool unseen; /* nobody has looked at it yet: it is good for once, whatever has changed */
};

static void page_work(struct background_job *job)
{
	struct revisions *revisions = (struct revisions *)job;

	revisions->error = journal_entries(revisions->journal, revisions->from, PAGE_ENTRIES,
	                                   &revisions->arena, &revisions->entries, &revisions->n);
}

static void page_done(struct background_job *job)
{
	struct revisions *revisions = (struct revisions *)job;

	revisions->reading = false;
	revisions->read = true;
	revisions->unseen = true;
}

/* The first entry of the page from @from on; revisions->n: it is not on this page. */
static size_t page_find(const struct revisions *revisions, uint64_t from)
{
	size_t i = 0;

	if (from > revisions->from)
		return revisions->n;
	while (i < revisions->n && revisions->entries[i].mark.revision > from)
		i++;
	return i;
}

static void page_read(struct conf *conf, struct revisions *revisions, uint64_t from)
{
	arena_free(&revisions->arena);
	revisions->read = false;
	revisions->reading = true;
	revisions->n = 0;
	revisions->from = from;
	revisions->writes = conf->writes;
	revisions->journal = conf->journal;
	revisions->job = (struct background_job){ .work = page_work, .done = page_done };
	background_submit(conf->setup.background, &revisions->job);
}

bool revision_page(struct conf *conf, uint64_t from, struct revision_page *ret_page)
{
	struct revisions *revisions = conf->revisions;
	size_t i;

	if (conf->journal == NULL) {
		*ret_page = (struct revision_page){ .last = true };
		return true;
	}
	if (revisions == NULL) {
		revisions = mem_new(1, sizeof *revisions);
		conf->revisions = revisions;
	}
	if (revisions->reading)
		return false;
	i = page_find(revisions, from);
	if (!revisions->read || (!revisions->unseen && revisions->writes != conf->writes) ||
	    (i == revisions->n && from != revisions->from)) {
		page_read(conf, revisions, from);
		if (revisions->reading)
			return false;
		i = page_find(revisions, from);
	}
	revisions->unseen = false;
	*ret_page = (struct revision_page){ .entries = revisions->entries + i,
		                            .n = revisions->n - i,
		                            .last = revisions->n < PAGE_ENTRIES,
		                            .error = revisions->error };
	return true;
}

void revision_free(struct revisions *revisions)
{
	if (revisions == NULL)
		return;
	must(!revisions->reading);
	arena_free(&revisions->arena);
	mem_free(revisions);
}

/* A line of the log without its values: "/ip/address/add". */
struct action_word {
	const char *at;
	size_t path, len; /* of the menu, of the whole */
};

static struct action_word action_word(const char *line)
{
	struct action_word word = { .at = line };

	for (word.len = 0; line[word.len] != '\0' && strchr(" \n", line[word.len]) == NULL;
	     word.len++) {
		if (line[word.len] == '/')
			word.path = word.len;
	}
	return word;
}

static bool action_same(const struct action_word *a, const struct action_word *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

static const char *action_past(const struct action_word *word)
{
	static const char *const words[][2] = {
		{ "/add", "added" },
		{ "/set", "changed" },
		{ "/remove", "removed" },
		{ "/move", "moved" },
	};
	size_t len = word->len - word->path;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strlen(words[i][0]) == len &&
		    memcmp(word->at + word->path, words[i][0], len) == 0)
			return words[i][1];
	}
	return "changed";
}

static void action_put(const struct action_word *word, size_t times, struct text *out)
{
	if (times > 1)
		text_printf(out, "%zu x ", times);
	for (size_t i = 1; i < word->path; i++)
		text_char(out, word->at[i] == '/' ? ' ' : word->at[i]);
	text_printf(out, " %s", action_past(word));
}

static void actions_put(const char *lines, struct text *out)
{
	unsigned named = 0;

	while (*lines != '\0') {
		struct action_word word = action_word(lines), next = word;
		size_t times = 0;

		while (*lines != '\0' && action_same(&word, &next)) {
			times++;
			lines += strcspn(lines, "\n");
			lines += *lines == '\n';
			next = action_word(lines);
		}
		if (named == ACTIONS_MOST) {
			text_add(out, " and more");
			return;
		}
		text_add(out, named++ > 0 ? ", " : "");
		action_put(&word, times, out);
	}
	if (named == 0)
		text_add(out, "places only");
}

void revision_action(const struct journal_entry *entry, struct text *out)
{
	const struct journal_mark *mark = &entry->mark;

	if (mark->kind == JOURNAL_UNDO || mark->kind == JOURNAL_REDO)
		text_printf(out, "%s from revision %" PRIu64 ": ",
		            mark->kind == JOURNAL_UNDO ? "undo" : "redo", mark->of);
	else if (mark->kind == JOURNAL_ROLLBACK)
		text_add(out, "taken back: ");
	actions_put(entry->redo, out);
}

void revision_step(struct conf *conf, const struct revision_steps *steps,
                   const struct journal_origin *origin, struct text *notice, conf_done *done,
                   void *arg)
{
	struct replay *replay = replay_new(conf, steps->redo ? REPLAY_REDO : REPLAY_UNDO, NULL);

	if (steps->count > 0)
		replay->count = steps->count;
	replay->until = steps->revision;
	replay->notice = notice;
	replay_submit(replay, origin, done, arg);
}
