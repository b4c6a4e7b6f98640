/* What the menus make of a draft before it can be published. */
#include "conf/commit.h"
#include "conf/txn.h"
#include "conf/watch.h"
#include "lib/mem.h"
#include "lib/must.h"

void commit_discard(struct conf *conf, struct prepared *prepared)
{
	for (size_t m = 0; prepared->ready != NULL && m < conf->current->nmenus; m++) {
		const struct menu *menu = conf->setup.menus[m];

		if (prepared->ready[m] && menu->discard != NULL)
			menu->discard(prepared->at[m]);
	}
	mem_free(prepared->touched);
	mem_free(prepared->ready);
	mem_free(prepared->at);
	*prepared = (struct prepared){ 0 };
}

bool commit_prepare(struct conf *conf, const struct conf_state *draft, struct prepared *prepared,
                    struct diag *diag)
{
	size_t n = draft->nmenus;

	must(prepared->ready == NULL);
	prepared->ready = mem_new(n, sizeof *prepared->ready);
	prepared->at = mem_new(n, sizeof *prepared->at);
	if (prepared->touched == NULL) {
		prepared->touched = mem_new(n, sizeof *prepared->touched);
		txn_touched(conf->current, draft, prepared->touched);
	}
	for (size_t m = 0; m < n; m++) {
		const struct menu *menu = draft->menus[m];

		if (!prepared->touched[m] || menu->prepare == NULL)
			continue;
		if (!menu->prepare(conf->setup.router, draft, &prepared->at[m], diag)) {
			must(diag->failed);
			commit_discard(conf, prepared);
			return false;
		}
		prepared->ready[m] = true;
	}
	return true;
}

void commit_publish(struct conf *conf, struct conf_state *draft, struct prepared *prepared)
{
	const struct conf_state *old = conf->current;

	draft->next = conf->states;
	conf->states = draft;
	conf->current = draft;
	for (size_t m = 0; m < draft->nmenus; m++) {
		if (prepared->ready[m] && draft->menus[m]->publish != NULL)
			draft->menus[m]->publish(conf->setup.router, prepared->at[m]);
		prepared->ready[m] = false;
	}
	commit_discard(conf, prepared);
	watch_published(conf, old, draft);
	conf_release(conf, old);
}
