/*
 * Passwords: what was typed becomes what is kept (type->digest) on the background thread, after all
 * was typed and checked and before anything of it is prepared or stored.
 *
 * The rows at hand are the draft's own: they are filled in where they stand, so that nothing of
 * what was typed is left behind in them.
 */
#include <string.h>

#include "conf/commit.h"
#include "conf/row.h"
#include "conf/type.h"
#include "lib/mem.h"

struct raw_value {
	struct raw_value *next;
	const struct type *type;
	void *at; /* in its row */
	size_t bytes;
	uint8_t salt[TYPE_SALT_BYTES];
	uint8_t value[]; /* the job's own copy */
};

struct commit_digest {
	struct background_job job; /* first: the job is cast back to this */
	struct conf *conf;
	struct raw_value *values;
};

static void add_value(struct conf *conf, struct commit_digest *digest, const struct row *row,
                      const struct field *field)
{
	/* Through a number: the row is not published yet. */
	void *at = (void *)(uintptr_t)row_at_const(row, field);

	if (!field->type->is_raw(at, field->bytes))
		return;

	struct raw_value *value = mem_new(1, sizeof *value + field->bytes);

	*value = (struct raw_value){
		.next = digest->values, .type = field->type, .at = at, .bytes = field->bytes
	};
	memcpy(value->value, at, field->bytes);
	must(conf->setup.random != NULL);
	random_fill(conf->setup.random, value->salt, sizeof value->salt);
	digest->values = value;
}

static void add_values(struct conf *conf, struct commit_digest *digest, size_t m, size_t i)
{
	const struct conf_state *draft = conf->commit.draft;
	const struct field *field = &draft->menus[m]->fields[i];
	struct rows rows = state_rows(draft, m);

	for (size_t r = 0; r < rows.n; r++)
		if (state_find(conf->current, m, rows.at[r]->id) != rows.at[r])
			add_value(conf, digest, rows.at[r], field);
}

static void digest_work(struct background_job *job)
{
	struct commit_digest *digest = (struct commit_digest *)job;

	for (struct raw_value *value = digest->values; value != NULL; value = value->next)
		value->type->digest(value->value, value->bytes, value->salt);
}

static void digest_take(struct commit_digest *digest)
{
	while (digest->values != NULL) {
		struct raw_value *value = digest->values;

		digest->values = value->next;
		memcpy(value->at, value->value, value->bytes);
		mem_free(value);
	}
	mem_free(digest);
}

static void digest_done(struct background_job *job)
{
	struct commit_digest *digest = (struct commit_digest *)job;
	struct conf *conf = digest->conf;

	digest_take(digest);
	commit_go_on(conf);
	conf_pump(conf);
}

bool commit_digest(struct conf *conf)
{
	const struct conf_state *draft = conf->commit.draft;
	struct commit_digest *digest = mem_new(1, sizeof *digest);

	*digest = (struct commit_digest){ .job = { .work = digest_work, .done = digest_done },
		                          .conf = conf };
	for (size_t m = 0; draft != NULL && m < draft->nmenus; m++)
		for (size_t i = 0; i < draft->menus[m]->nfields; i++)
			if (draft->menus[m]->fields[i].type->digest != NULL &&
			    !state_shares(conf->current, draft, m))
				add_values(conf, digest, m, i);
	if (digest->values == NULL) {
		mem_free(digest);
		return false;
	}
	background_submit(conf->setup.background, &digest->job);
	return true;
}
