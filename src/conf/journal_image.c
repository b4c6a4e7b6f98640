/*
 * journal_image.c -- a journal as bytes, and a state from such bytes.
 *
 * The image is the database file as SQLite would write it, without its log.
 */
#include <errno.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/journal_inside.h"
#include "lib/mem.h"

/* In a database's head: 2 says that it is written with a log beside it, which an image has not. */
#define IMAGE_FORMAT_AT  18
#define IMAGE_HEAD_BYTES 100

int journal_image(struct journal *journal, uint8_t **ret_bytes, size_t *ret_len)
{
	sqlite3_int64 size = 0;
	uint8_t *image = sqlite3_serialize(journal->db, "main", &size, 0);

	if (image == NULL || size < IMAGE_HEAD_BYTES) {
		sqlite3_free(image);
		return image == NULL ? -ENOMEM : -EIO;
	}
	*ret_bytes = mem_new(1, (size_t)size);
	memcpy(*ret_bytes, image, (size_t)size);
	memset(*ret_bytes + IMAGE_FORMAT_AT, 1, 2);
	*ret_len = (size_t)size;
	sqlite3_free(image);
	return 0;
}

static int image_open(struct journal *journal, const uint8_t *bytes, size_t len)
{
	unsigned char *copy;
	int code = sqlite3_open_v2(":memory:", &journal->db,
	                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL);

	if (code != SQLITE_OK || len < IMAGE_HEAD_BYTES)
		return -EINVAL;
	copy = sqlite3_malloc64(len);
	if (copy == NULL)
		return -ENOMEM;
	memcpy(copy, bytes, len);
	code = sqlite3_deserialize(journal->db, "main", copy, (sqlite3_int64)len,
	                           (sqlite3_int64)len, SQLITE_DESERIALIZE_FREEONCLOSE);
	if (code != SQLITE_OK)
		return -EINVAL;
	return journal_exec(journal, "PRAGMA trusted_schema=OFF;PRAGMA cell_size_check=ON;"
	                             "PRAGMA temp_store=MEMORY;");
}

int journal_image_load(const uint8_t *bytes, size_t len, struct conf_state *state,
                       struct diag *diag)
{
	struct journal journal = { .marked = true };
	bool fresh;
	int error = image_open(&journal, bytes, len);

	if (error == 0)
		error = journal_schema_check(&journal, &fresh, diag);
	if (error == 0)
		error = journal_load(&journal, state, NULL, diag);
	(void)sqlite3_close(journal.db);
	return error;
}
