#include "conf/conf.h"

#include <string.h>

#include "conf/commit.h"
#include "conf/files.h"
#include "conf/line.h"
#include "conf/revision.h"
#include "conf/row.h"
#include "conf/trial_inside.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "lib/must.h"

struct conf *conf_new(const struct conf_setup *setup)
{
	struct conf *conf = mem_new(1, sizeof *conf);

	must(setup->menus != NULL && setup->clock != NULL);
	must(setup->store == NULL || setup->background != NULL);
	conf->setup = *setup;
	conf->last = &conf->first;
	conf->current = state_new(setup->menus);
	conf->states = conf->current;
	return conf;
}

void conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	must(conf_idle(conf) && conf->drafts == 0);
	must(conf->feed.watches == NULL && conf->feed.first == NULL);
	must(conf->states == conf->current && conf->current->next == NULL &&
	     conf->current->refs == 1);
	state_free(conf->current);
	trials_free(&conf->trials);
	revision_free(conf->revisions);
	files_free(conf);
	journal_close(conf->journal);
	mem_free(conf);
}

bool conf_idle(const struct conf *conf)
{
	return !conf->busy && conf->first == NULL;
}

const struct menu *conf_menu(const struct conf *conf, const char *path)
{
	int m = state_menu(conf->current, path);

	return m >= 0 ? conf->setup.menus[m] : NULL;
}

const struct menu *const *conf_menus(const struct conf *conf)
{
	return conf->setup.menus;
}

const char *conf_word_help(const struct conf *conf, const struct field *field, const char *word)
{
	return conf->setup.word_help != NULL ? conf->setup.word_help(field, word) : NULL;
}

const struct conf_setup *conf_doors(const struct conf *conf)
{
	return &conf->setup;
}

struct router *conf_router(const struct conf *conf)
{
	return conf->setup.router;
}

wall conf_wall(const struct conf *conf)
{
	return clock_wall(conf->setup.clock);
}

const struct conf_state *conf_hold(struct conf *conf)
{
	conf->current->refs++;
	return conf->current;
}

void conf_release(struct conf *conf, const struct conf_state *state)
{
	struct conf_state **at = &conf->states;

	while (*at != state) {
		must(*at != NULL);
		at = &(*at)->next;
	}

	struct conf_state *mine = *at;

	must(mine->refs > 0);
	if (--mine->refs > 0)
		return;
	*at = mine->next;
	state_free(mine);
}

static bool stored_show(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                        const struct row *row, struct row_sink *sink)
{
	struct row *copy;
	bool more;

	if (menu->status == NULL)
		return sink->row(sink, row);
	copy = row_copy(menu, row);
	menu->status(conf->setup.router, state, copy);
	more = sink->row(sink, copy);
	row_release(copy);
	return more;
}

/* Remembers whether the sink behind it has had enough; hooks need not pass that on. */
struct tap_sink {
	struct row_sink sink;
	struct row_sink *behind;
	bool by_id, stopped;
	uint32_t id;
};

static bool tap_row(struct row_sink *sink, const struct row *row)
{
	struct tap_sink *tap = (struct tap_sink *)sink;

	if (tap->stopped)
		return false;
	if (tap->by_id && row->id != tap->id)
		return true;
	tap->stopped = !tap->behind->row(tap->behind, row) || tap->by_id;
	return !tap->stopped;
}

bool conf_rows_walk_some(struct conf *conf, struct rows_walk *walk, uint32_t most,
                         struct row_sink *sink)
{
	struct rows rows = conf_state_rows(walk->state, walk->menu->path);
	struct tap_sink tap = { .sink = { .row = tap_row }, .behind = sink };

	for (; walk->stored < rows.n; walk->stored++) {
		if (most-- == 0)
			return true;
		(void)stored_show(conf, walk->state, walk->menu, rows.at[walk->stored], sink);
	}
	if (walk->menu->observe_some != NULL)
		return walk->menu->observe_some(conf->setup.router, walk->state, &walk->place, most,
		                                &tap.sink);
	if (walk->menu->observe != NULL)
		walk->menu->observe(conf->setup.router, walk->state, &tap.sink);
	return false;
}

static void observe(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                    struct tap_sink *tap)
{
	uint32_t at = 0;

	if (menu->observe_some != NULL)
		(void)menu->observe_some(conf->setup.router, state, &at, UINT32_MAX, &tap->sink);
	else if (menu->observe != NULL)
		menu->observe(conf->setup.router, state, &tap->sink);
}

bool conf_rows_walk(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                    struct row_sink *sink)
{
	struct rows rows = conf_state_rows(state, menu->path);
	struct tap_sink tap = { .sink = { .row = tap_row }, .behind = sink };

	for (size_t i = 0; i < rows.n; i++) {
		if (!stored_show(conf, state, menu, rows.at[i], sink))
			return false;
	}
	observe(conf, state, menu, &tap);
	return !tap.stopped;
}

bool conf_row_show(struct conf *conf, const struct conf_state *state, const struct menu *menu,
                   uint32_t id, struct row_sink *sink)
{
	const struct row *row = conf_state_row(state, menu->path, id);
	struct tap_sink tap = { .sink = { .row = tap_row }, .behind = sink };
	uint32_t at = id - 1;

	if (row != NULL) {
		(void)stored_show(conf, state, menu, row, sink);
		return true;
	}
	tap.by_id = true;
	tap.id = id;
	if (id == 0)
		return false;
	if (menu->observe_some != NULL)
		(void)menu->observe_some(conf->setup.router, state, &at, 1, &tap.sink);
	else
		observe(conf, state, menu, &tap);
	return tap.stopped;
}

/* The bit of @field in row->given, or -1: fields know neither their index nor their menu. */
static int field_index(const struct conf_state *state, const struct field *field)
{
	uintptr_t at = (uintptr_t)field;

	for (size_t m = 0; m < state->nmenus; m++) {
		uintptr_t first = (uintptr_t)state->menus[m]->fields;

		if (at >= first && at < first + state->menus[m]->nfields * sizeof *field)
			return (int)((at - first) / sizeof *field);
	}
	return -1;
}

void conf_field_print(const struct conf_state *state, const struct field *field,
                      const struct row *row, struct text *out)
{
	int i = field_index(state, field);

	if (i >= 0 && field->dflt == NULL && field_settable(field) && !row_given(row, (size_t)i))
		return;
	field->type->print(field, state, row_at_const(row, field), out);
}

void conf_quote(const char *value, struct text *out)
{
	line_quote(value, out);
}
