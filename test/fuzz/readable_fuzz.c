#include "fuzz.h"

#include <string.h>

#include "conf/readable.h"
#include "lib/mem.h"
#include "lib/must.h"

/* A text that passes for whole does not, once a byte of it is changed or missing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size > 0 ? size : 1, 1);
	struct readable readable;

	if (size > 0)
		memcpy(text, data, size);
	if (readable_check(text, size, &readable)) {
		must(!readable_check(text, size - 1, &readable));
		for (size_t i = 0; i < size; i += 1 + size / 64) {
			text[i] ^= 1;
			must(!readable_check(text, size, &readable));
			text[i] ^= 1;
		}
	}
	mem_free(text);
	return 0;
}
