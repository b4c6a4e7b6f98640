#include "conf/forget.h"

#include <stdlib.h>

#include "conf/commit.h"
#include "conf/row.h"
#include "lib/mem.h"

/* Catches observed rows by their ids, in one walk. */
struct catch_sink {
	struct row_sink sink;
	const struct menu *menu;
	const uint32_t *ids; /* in ascending order */
	size_t n, caught;
	struct row **rows; /* copies, [i] is the one with ids[i]; NULL: not there */
};

static int id_order(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static bool catch_row(struct row_sink *sink, const struct row *row)
{
	struct catch_sink *mine = (struct catch_sink *)sink;
	const uint32_t *found = bsearch(&row->id, mine->ids, mine->n, sizeof *mine->ids, id_order);

	if (found == NULL || mine->rows[found - mine->ids] != NULL)
		return true;
	mine->rows[found - mine->ids] = row_copy(mine->menu, row);
	return ++mine->caught < mine->n;
}

static bool forget_caught(struct conf *conf, const struct catch_sink *sink, struct diag *diag)
{
	for (size_t i = 0; i < sink->n; i++) {
		if (sink->rows[i] == NULL)
			return diag_fail(diag, NULL, "no such item: *%X is not in %s (any more)",
			                 sink->ids[i], sink->menu->path);
		if (!sink->menu->forget(conf->setup.router, sink->rows[i], diag))
			return false;
	}
	return true;
}

static bool forget_all(struct conf *conf, const struct menu *menu, uint32_t *ids, size_t n,
                       struct diag *diag)
{
	struct catch_sink sink = { .sink = { .row = catch_row }, .menu = menu, .ids = ids, .n = n };
	bool ok;

	qsort(ids, sink.n, sizeof *ids, id_order);
	sink.rows = mem_new(sink.n, sizeof(struct row *));
	if (menu->observe_some != NULL) {
		for (size_t i = 0; i < n; i++)
			(void)conf_row_show(conf, conf->current, menu, ids[i], &sink.sink);
	} else {
		menu->observe(conf->setup.router, conf->current, &sink.sink);
	}
	ok = forget_caught(conf, &sink, diag);
	for (size_t i = 0; i < sink.n; i++) {
		if (sink.rows[i] != NULL)
			row_release(sink.rows[i]);
	}
	mem_free(sink.rows);
	return ok;
}

size_t forget_take(const struct conf_state *state, struct request *request, uint32_t *ret_observed)
{
	size_t stored = 0, observed = 0;

	for (size_t i = 0; i < request->nids; i++) {
		uint32_t id = request->ids[i];

		if (conf_state_row(state, request->menu->path, id) != NULL)
			request->ids[stored++] = id;
		else
			ret_observed[observed++] = id;
	}
	request->nids = stored;
	return observed;
}

bool forget_is_asked(const struct request *request)
{
	const struct menu *menu = request->menu;

	return request->verb == VERB_REMOVE && request->nids > 0 && menu->forget != NULL &&
	       (menu->observe != NULL || menu->observe_some != NULL);
}

bool forget_observed(struct conf *conf, struct request *request, struct diag *diag)
{
	uint32_t *ids = mem_new(request->nids, sizeof *ids);
	size_t n = forget_take(conf->current, request, ids);
	bool ok = n == 0 || forget_all(conf, request->menu, ids, n, diag);

	mem_free(ids);
	return ok;
}

void forget_ids(struct conf *conf, const struct menu *menu, uint32_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct diag gone = { 0 };

		(void)!forget_all(conf, menu, &ids[i], 1, &gone);
	}
}
