#include "fuzz.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "lib/url.h"

/* What was taken apart and put together again is the same, and nothing in it breaks a line. */
static void check(const struct url *url)
{
	struct text out = { 0 }, why = { 0 };
	struct url again;

	must(url->host[0] != '\0' && url->target[0] == '/' && url->port != 0);
	must(strpbrk(url->host, " \r\n/@") == NULL && strpbrk(url->target, " \r\n#") == NULL);
	url_print(url, &out);
	must(url_parse(text_str(&out), &again, &why));
	must(strcmp(url->host, again.host) == 0 && strcmp(url->target, again.target) == 0);
	must(url->port == again.port && url->tls == again.tls);
	text_free(&out);
	text_free(&why);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1, 1);
	struct text why = { 0 };
	struct url url;

	if (size > 0)
		memcpy(text, data, size);
	if (url_parse(text, &url, &why))
		check(&url);
	else
		must(why.len > 0);
	text_free(&why);
	mem_free(text);
	return 0;
}
