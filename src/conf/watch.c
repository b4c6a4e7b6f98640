#include "conf/watch.h"

#include "conf/commit.h"
#include "lib/mem.h"
#include "lib/must.h"

/* One transaction. */
struct watch_step {
	struct watch_step *next;
	uint64_t number; /* counts up */
	const struct conf_state *old, *new;
	struct diff diff;
	bool made;
	unsigned users; /* watches that have it in hand */
	bool loose;     /* it is not in the feed any more */
};

struct watch {
	struct watch *next;
	struct conf *conf;
	const struct menu *menu;
	size_t m;                             /* the menu's index */
	uint64_t at;                          /* the number of the step to come */
	struct watch_step *taken;             /* that one was handed out */
	size_t joined;                        /* steps that went before it could ask */
	struct diff diff;                     /* of those */
	const struct conf_state *seen;        /* what it saw last, when it has missed something */
	const struct conf_state *from, *join; /* from where to where `diff` leads */
};

static const struct conf_state *hold(struct conf *conf, const struct conf_state *state)
{
	struct conf_state *at = conf->states;

	while (at != state) {
		must(at != NULL);
		at = at->next;
	}
	at->refs++;
	return at;
}

static void step_free(struct conf *conf, struct watch_step *step)
{
	conf_release(conf, step->old);
	conf_release(conf, step->new);
	diff_free(&step->diff);
	mem_free(step);
}

static void first_drop(struct conf *conf)
{
	struct watch_step *step = conf->feed.first;

	conf->feed.first = step->next;
	if (conf->feed.first == NULL)
		conf->feed.last = &conf->feed.first;
	conf->feed.n--;
	step->loose = true;
	if (step->users == 0)
		step_free(conf, step);
}

/* Drop the steps that every watch has passed. */
static void trim(struct conf *conf)
{
	while (conf->feed.first != NULL) {
		for (const struct watch *w = conf->feed.watches; w != NULL; w = w->next)
			if (w->at <= conf->feed.first->number)
				return;
		first_drop(conf);
	}
}

/* The oldest step goes: who has not seen it keeps what it saw last instead. */
static void leave_behind(struct conf *conf)
{
	const struct watch_step *step = conf->feed.first;

	for (struct watch *w = conf->feed.watches; w != NULL; w = w->next) {
		if (w->at != step->number)
			continue;
		if (w->taken != step) {
			w->seen = w->seen != NULL ? w->seen : hold(conf, step->old);
			w->joined++;
		}
		w->at++;
	}
	first_drop(conf);
}

void watch_published(struct conf *conf, const struct conf_state *old, const struct conf_state *new)
{
	struct watch_step *step;

	if (conf->feed.watches == NULL)
		return;
	step = mem_new(1, sizeof *step);
	step->number = conf->feed.number++;
	step->old = hold(conf, old);
	step->new = hold(conf, new);
	if (conf->feed.first == NULL)
		conf->feed.last = &conf->feed.first;
	*conf->feed.last = step;
	conf->feed.last = &step->next;
	conf->feed.n++;
	if (conf->feed.n > WATCH_BEHIND_MAX)
		leave_behind(conf);
}

struct watch *watch_new(struct conf *conf, const struct menu *menu)
{
	struct watch *watch = mem_new(1, sizeof *watch);
	int m = state_menu(conf->current, menu->path);

	must(m >= 0);
	watch->conf = conf;
	watch->menu = menu;
	watch->m = (size_t)m;
	watch->at = conf->feed.number;
	watch->next = conf->feed.watches;
	conf->feed.watches = watch;
	return watch;
}

/* What was handed out is not used any more. */
static void pass(struct watch *watch)
{
	if (watch->join != NULL) {
		conf_release(watch->conf, watch->join);
		conf_release(watch->conf, watch->from);
		watch->from = watch->join = NULL;
		diff_free(&watch->diff);
	}
	if (watch->taken != NULL) {
		struct watch_step *step = watch->taken;

		watch->taken = NULL;
		step->users--;
		if (!step->loose)
			watch->at++;
		else if (step->users == 0)
			step_free(watch->conf, step);
		trim(watch->conf);
	}
}

static struct watch_step *step_of(const struct watch *watch)
{
	struct watch_step *step = watch->conf->feed.first;

	while (step != NULL && step->number != watch->at)
		step = step->next;
	return step;
}

/* All that it has missed, as one. */
static void join(struct watch *watch, struct watch_news *ret_news)
{
	const struct watch_step *step = step_of(watch);

	watch->join = hold(watch->conf, step != NULL ? step->old : watch->conf->current);
	diff_states(&watch->diff, watch->seen, watch->join);
	watch->from = watch->seen;
	watch->seen = NULL;
	*ret_news = (struct watch_news){ .state = watch->join,
		                         .changes = watch->diff.at,
		                         .n = watch->diff.n,
		                         .joined = watch->joined };
	watch->joined = 0;
}

bool watch_next(struct watch *watch, struct watch_news *ret_news)
{
	struct watch_step *step;

	pass(watch);
	if (watch->seen != NULL) {
		join(watch, ret_news);
		return true;
	}
	step = step_of(watch);
	while (step != NULL && state_shares(step->old, step->new, watch->m)) {
		step = step->next;
		watch->at++;
	}
	trim(watch->conf);
	if (step == NULL)
		return false;
	if (!step->made)
		diff_states(&step->diff, step->old, step->new);
	step->made = true;
	watch->taken = step;
	step->users++;
	*ret_news = (struct watch_news){ .state = step->new,
		                         .changes = step->diff.at,
		                         .n = step->diff.n };
	return true;
}

void watch_free(struct watch *watch)
{
	struct watch **at;

	if (watch == NULL)
		return;
	pass(watch);
	if (watch->seen != NULL)
		conf_release(watch->conf, watch->seen);
	at = &watch->conf->feed.watches;
	while (*at != watch)
		at = &(*at)->next;
	*at = watch->next;
	trim(watch->conf);
	mem_free(watch);
}
