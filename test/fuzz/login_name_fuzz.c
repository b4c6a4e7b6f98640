#include "fuzz.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "ui/login_name.h"

/* What somebody types at a login. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *typed = mem_new(size + 1, 1);
	struct text why = { 0 };
	struct login_name name;

	if (size > 0)
		memcpy(typed, data, size);
	if (login_name_parse(typed, &name, &why)) {
		must(why.len == 0);
		must(strlen(name.who) < sizeof name.who);
		must(strncmp(name.who, typed, strlen(name.who)) == 0);
		must(strchr(name.who, '+') == NULL);
		must(name.width <= 10000 && name.height <= 10000);
	} else {
		must(why.len > 0);
		must(!login_name_parse(typed, &name, NULL));
	}
	text_free(&why);
	mem_free(typed);
	return 0;
}
