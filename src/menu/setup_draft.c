/*
 * From the wizard's answers to a draft. What is as wanted already stays as it is, so that a second
 * run changes nothing.
 */
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/draft.h"
#include "lib/arena.h"
#include "manage/manage.h"
#include "menu/setup.h"
#include "router/router.h"

#define IDS_MAX 64

struct maker {
	struct conf *conf;
	struct router *router;
	struct conf_draft *draft;
	struct arena arena;
	struct text notice, value;
	struct diag *diag;
	bool ok; /* nothing has failed so far */
};

/* Which rows are meant; found before anything is changed, for a change moves them. */
struct ids {
	uint32_t at[IDS_MAX];
	size_t n;
};

static const char *value(struct maker *m, const char *path, const struct row *row, const char *name)
{
	text_clear(&m->value);
	setup_read_field(m->conf, conf_draft_state(m->draft), path, row, name, &m->value);
	return text_str(&m->value);
}

static bool has(struct maker *m, const char *path, const struct row *row, const char *name,
                const char *wanted)
{
	return strcmp(value(m, path, row, name), wanted) == 0;
}

static void keep_id(struct ids *ids, uint32_t id)
{
	if (ids->n < IDS_MAX)
		ids->at[ids->n++] = id;
}

/* --- requests --- */

static void make(struct maker *m, enum verb verb, const char *path, uint32_t id,
                 const struct fresh_field *fields, size_t n)
{
	struct request request = { .menu = conf_menu(m->conf, path),
		                   .verb = verb,
		                   .ids = &id,
		                   .nids = id != 0 ? 1 : 0,
		                   .arena = &m->arena,
		                   .notice = &m->notice };
	uint32_t added;

	for (size_t i = 0; i < n; i++)
		request_put(&request, fields[i].name, fields[i].value);
	if (m->ok)
		m->ok = conf_draft_change(m->draft, &request, &added, m->diag);
}

static void remove_all(struct maker *m, const char *path, const struct ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		make(m, VERB_REMOVE, path, ids->at[i], NULL, 0);
}

/* --- addresses --- */

static bool wants_address(const struct setup_card *card, const char *address)
{
	for (unsigned i = 0; i < card->naddresses; i++)
		if (strcmp(card->addresses[i], address) == 0)
			return true;
	return false;
}

/* Whether the card has @address as it is; all others of its addresses go to @others. */
static bool sort_addresses(struct maker *m, const struct setup_card *card, const char *address,
                           struct ids *others)
{
	static const char path[] = "/ip/address";
	struct rows rows = conf_state_rows(conf_draft_state(m->draft), path);
	bool found = false;

	for (size_t i = 0; i < rows.n; i++) {
		if ((rows.at[i]->flags & ROW_DISABLED) != 0 ||
		    !has(m, path, rows.at[i], "interface", card->name))
			continue;
		if (strcmp(value(m, path, rows.at[i], "address"), address) == 0)
			found = true;
		if (!wants_address(card, text_str(&m->value)))
			keep_id(others, rows.at[i]->id);
	}
	return found;
}

static void drop_addresses(struct maker *m, const struct setup_card *card)
{
	struct ids gone = { .n = 0 };

	(void)sort_addresses(m, card, "", &gone);
	remove_all(m, "/ip/address", &gone);
}

static void make_addresses(struct maker *m, const struct setup_card *card)
{
	struct ids unused;

	for (unsigned i = 0; i < card->naddresses; i++) {
		const struct fresh_field fields[] = { { "address", card->addresses[i] },
			                              { "interface", card->name } };

		unused.n = 0;
		if (!sort_addresses(m, card, card->addresses[i], &unused))
			make(m, VERB_ADD, "/ip/address", 0, fields, ARRAY_LEN(fields));
	}
}

static void make_card(struct maker *m, const struct setup_card *card)
{
	const struct row *row =
		conf_state_named(conf_draft_state(m->draft), "/interface", card->name, NULL);

	if (row == NULL) {
		m->ok = diag_fail(m->diag, "interface",
		                  "input does not match any value of interface: %s has gone "
		                  "meanwhile; give up with Ctrl-C and begin anew",
		                  card->name);
		return;
	}
	if ((row->flags & ROW_DISABLED) != 0)
		make(m, VERB_ENABLE, "/interface", row->id, NULL, 0);
	make_addresses(m, card);
}

/* --- the gateway --- */

static void make_gateway(struct maker *m, const char *gateway)
{
	static const char path[] = "/ip/route";
	const struct fresh_field fields[] = { { "dst-address", "0.0.0.0/0" },
		                              { "gateway", gateway } };
	struct rows rows = conf_state_rows(conf_draft_state(m->draft), path);
	struct ids ids = { .n = 0 };
	bool found = false;

	for (size_t i = 0; i < rows.n; i++) {
		if ((rows.at[i]->flags & ROW_DISABLED) != 0 ||
		    !has(m, path, rows.at[i], "dst-address", "0.0.0.0/0") ||
		    !has(m, path, rows.at[i], "routing-table", "main"))
			continue;
		found |= has(m, path, rows.at[i], "gateway", gateway);
		keep_id(&ids, rows.at[i]->id);
	}
	if (gateway[0] == '\0')
		remove_all(m, path, &ids);
	else if (!found && ids.n > 0)
		make(m, VERB_SET, path, ids.at[0], &fields[1], 1);
	else if (!found)
		make(m, VERB_ADD, path, 0, fields, ARRAY_LEN(fields));
}

/* --- lists --- */

static void make_list(struct maker *m, const char *name)
{
	const struct fresh_field field = { "name", name };

	if (conf_state_named(conf_draft_state(m->draft), "/interface/list", name, NULL) == NULL)
		make(m, VERB_ADD, "/interface/list", 0, &field, 1);
}

static const struct row *find_member(struct maker *m, const char *list, const char *card)
{
	static const char path[] = "/interface/list/member";
	struct rows rows = conf_state_rows(conf_draft_state(m->draft), path);

	for (size_t i = 0; i < rows.n; i++)
		if (has(m, path, rows.at[i], "list", list) &&
		    has(m, path, rows.at[i], "interface", card))
			return rows.at[i];
	return NULL;
}

static void make_member(struct maker *m, const char *list, const char *card, bool wanted)
{
	static const char path[] = "/interface/list/member";
	const struct fresh_field fields[] = { { "list", list }, { "interface", card } };
	const struct row *row = find_member(m, list, card);

	if (!wanted && row != NULL)
		make(m, VERB_REMOVE, path, row->id, NULL, 0);
	else if (wanted && row == NULL)
		make(m, VERB_ADD, path, 0, fields, ARRAY_LEN(fields));
	else if (wanted && (row->flags & ROW_DISABLED) != 0)
		make(m, VERB_ENABLE, path, row->id, NULL, 0);
}

static void make_lists(struct maker *m, const struct setup *setup)
{
	make_list(m, "WAN");
	make_list(m, "LAN");
	for (unsigned i = 0; i < setup->ncards; i++) {
		const struct setup_card *card = &setup->cards[i];

		if (i != setup->wan && card->naddresses == 0)
			continue; /* not in use: it stays where it is */
		make_member(m, "WAN", card->name, i == setup->wan);
		make_member(m, "LAN", card->name, i != setup->wan);
	}
}

/* --- rules --- */

static void make_masquerade(struct maker *m, bool wanted)
{
	static const char path[] = "/ip/firewall/nat";
	static const struct fresh_field fields[] = { { "chain", "srcnat" },
		                                     { "out-interface-list", "WAN" },
		                                     { "action", "masquerade" } };
	struct rows rows = conf_state_rows(conf_draft_state(m->draft), path);
	struct ids on = { .n = 0 };
	uint32_t off = 0;

	for (size_t i = 0; i < rows.n; i++) {
		if (!has(m, path, rows.at[i], "action", "masquerade"))
			continue;
		if ((rows.at[i]->flags & ROW_DISABLED) == 0)
			keep_id(&on, rows.at[i]->id);
		else if (has(m, path, rows.at[i], "out-interface-list", "WAN"))
			off = rows.at[i]->id;
	}
	for (size_t i = 0; !wanted && i < on.n; i++)
		make(m, VERB_DISABLE, path, on.at[i], NULL, 0);
	if (wanted && on.n == 0 && off != 0)
		make(m, VERB_ENABLE, path, off, NULL, 0);
	else if (wanted && on.n == 0)
		make(m, VERB_ADD, path, 0, fields, ARRAY_LEN(fields));
}

struct filter_sink {
	struct fresh_sink sink; /* first */
	struct maker *m;
};

static void filter_row(struct fresh_sink *sink, uint32_t flags, const struct fresh_field *fields,
                       size_t n)
{
	make(((struct filter_sink *)sink)->m, VERB_ADD, "/ip/firewall/filter", 0, fields, n);
}

/* The rules that a fresh router has. */
static void make_filter(struct maker *m)
{
	const struct menu *menu = conf_menu(m->conf, "/ip/firewall/filter");
	struct filter_sink sink = { .sink = { filter_row }, .m = m };

	if (conf_state_rows(conf_draft_state(m->draft), "/ip/firewall/filter").n == 0)
		menu->fresh(m->router, &sink.sink);
}

static void make_password(struct maker *m, const char *password)
{
	const struct fresh_field field = { "password", password };
	const struct row *row =
		conf_state_named(conf_draft_state(m->draft), "/user", SETUP_USER, NULL);

	if (row != NULL)
		make(m, VERB_SET, "/user", row->id, &field, 1);
}

bool setup_fill(struct router *router, void *state, struct conf_draft *draft, struct diag *diag)
{
	const struct setup *setup = state;
	struct maker m = { .conf = router->manage->conf,
		           .router = router,
		           .draft = draft,
		           .diag = diag,
		           .ok = true };

	/* An address may move from one card to another. */
	for (unsigned i = 0; i < setup->ncards; i++)
		if (setup->cards[i].asked)
			drop_addresses(&m, &setup->cards[i]);
	for (unsigned i = 0; i < setup->ncards; i++)
		if (setup->cards[i].asked)
			make_card(&m, &setup->cards[i]);
	if (setup->gateway_asked)
		make_gateway(&m, setup->gateway);
	if (setup->wan_asked)
		make_lists(&m, setup);
	if (setup->masquerade_asked)
		make_masquerade(&m, setup->masquerade);
	if (setup->filter)
		make_filter(&m);
	if (setup->password_asked)
		make_password(&m, setup->password);
	text_free(&m.notice);
	text_free(&m.value);
	arena_free(&m.arena);
	return m.ok;
}
