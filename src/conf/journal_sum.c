#include "conf/journal_inside.h"

#include <inttypes.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/text.h"

/* A checksum against lost bits, not against people: the key is no secret. */
static uint64_t sum_text(const struct text *text)
{
	static const struct hash_key key = { 0x746f777061746830, 0x636f6e66726f7773 };

	return hash_bytes(&key, text_str(text), text->len);
}

/* Each piece with its length, so that bytes can't wander from one to the next. */
static void sum_piece(struct text *text, const char *bytes, size_t len)
{
	text_printf(text, "%zu:", len);
	text_bytes(text, bytes, len);
}

uint64_t journal_row_sum(const struct journal_row *row, const size_t lens[3])
{
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%u %u %" PRId64 " ", row->id, row->flags, row->position);
	sum_piece(&text, row->menu, lens[0]);
	sum_piece(&text, row->fields, lens[1]);
	sum_piece(&text, row->comment, lens[2]);
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}

uint64_t journal_seal_sum(uint64_t revision, uint32_t next_id, uint64_t digest)
{
	char buffer[80];
	struct text text = text_into(buffer, sizeof buffer);

	text_printf(&text, "%" PRIu64 " %u %" PRIu64, revision, next_id, digest);
	return sum_text(&text);
}

uint64_t journal_log_sum(uint64_t revision, const struct journal_origin *origin, const char *redo,
                         const char *undo)
{
	const char *const pieces[] = { origin->who, origin->door, origin->line, redo, undo };
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%" PRIu64 " %" PRId64 " ", revision, origin->at.ns);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		sum_piece(&text, pieces[i], strlen(pieces[i]));
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}

static void sum_row(struct text *text, bool there, const struct journal_row *row)
{
	text_printf(text, "%d ", there);
	if (!there)
		return;
	text_printf(text, "%u %u %" PRId64 " ", row->id, row->flags, row->position);
	sum_piece(text, row->menu, strlen(row->menu));
	sum_piece(text, row->fields, strlen(row->fields));
	sum_piece(text, row->comment, strlen(row->comment));
}

uint64_t journal_delta_sum(uint64_t revision, const struct journal_delta *delta)
{
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%" PRIu64 " ", revision);
	sum_row(&text, delta->was, &delta->old);
	sum_row(&text, delta->is, &delta->new);
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}

uint64_t journal_mark_sum(const struct journal_mark *mark)
{
	char buffer[120];
	struct text text = text_into(buffer, sizeof buffer);

	text_printf(&text, "%" PRIu64 " %d %d %u %" PRIu64, mark->revision, mark->kind, mark->state,
	            mark->trial, mark->of);
	return sum_text(&text);
}

uint64_t journal_trial_sum(const struct journal_trial *trial)
{
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%u %" PRId64 " %" PRId64 " ", trial->id, trial->since.ns,
	            trial->until.ns);
	sum_piece(&text, trial->who, strlen(trial->who));
	sum_piece(&text, trial->door, strlen(trial->door));
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}
