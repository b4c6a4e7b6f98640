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

uint64_t journal_log_sum(const struct journal_write *write)
{
	const struct journal_origin *origin = &write->origin;
	const char *const pieces[] = { origin->who, origin->door, origin->line, write->redo,
		                       write->undo };
	struct text text = { 0 };
	uint64_t sum;

	text_printf(&text, "%" PRIu64 " %" PRId64 " ", write->revision, origin->at.ns);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		sum_piece(&text, pieces[i], strlen(pieces[i]));
	sum = sum_text(&text);
	text_free(&text);
	return sum;
}
