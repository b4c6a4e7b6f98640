/* A backup: what is no backup is refused, what was sealed opens again, any image is read or
 * refused. */
#include "fuzz.h"

#include <string.h>

#include "conf/backup_seal.h"
#include "conf/diag.h"
#include "conf/journal.h"
#include "lib/mem.h"
#include "menu/menus.h"

static void open_any(const uint8_t *data, size_t size)
{
	uint8_t *bytes;
	size_t len;

	if (backup_open(data, size, NULL, &bytes, &len) == BACKUP_OPENED) {
		must(len + BACKUP_HEAD_BYTES == size);
		mem_free(bytes);
	}
}

/* It comes back, and not when one bit of it is another. */
static void there_and_back(const uint8_t *data, size_t size)
{
	static const uint8_t salt[BACKUP_SALT_BYTES] = { 1, 2, 3 };
	size_t sealed_len, len;
	uint8_t *sealed = backup_seal(data, size, NULL, salt, &sealed_len), *bytes;

	must(sealed != NULL && sealed_len == size + BACKUP_HEAD_BYTES);
	must(backup_open(sealed, sealed_len, NULL, &bytes, &len) == BACKUP_OPENED);
	must(len == size && memcmp(bytes, data, size) == 0);
	mem_free(bytes);
	sealed[(size * 31 + (size > 0 ? data[0] : 0)) % sealed_len] ^= 4;
	must(backup_open(sealed, sealed_len, NULL, &bytes, &len) != BACKUP_OPENED);
	mem_free(sealed);
}

static void load_any(const uint8_t *data, size_t size)
{
	struct conf_state *state = state_new(menus_all);
	struct diag diag = { 0 };

	(void)!journal_image_load(data, size, state, &diag);
	state_free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	open_any(data, size);
	there_and_back(data, size);
	load_any(data, size);
	return 0;
}
