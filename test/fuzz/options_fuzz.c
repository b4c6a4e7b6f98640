#include "fuzz.h"

#include <string.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "main/options.h"

#define WORDS_MOST 64

static void check_ports(const struct options *options)
{
	for (unsigned i = 0; i < options->nports; i++) {
		must(options->ports[i].name[0] != '\0');
		must(netdev_name_is_plain(options->ports[i].iface));
		for (unsigned k = 0; k < i; k++) {
			must(strcmp(options->ports[i].name, options->ports[k].name) != 0);
			must(strcmp(options->ports[i].iface, options->ports[k].iface) != 0);
		}
	}
}

/* The words of a command line, one a line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1, 1);
	char name[] = "towpathd";
	char *argv[WORDS_MOST + 2] = { name };
	struct options *options = mem_new(1, sizeof *options);
	struct text why = { 0 };
	int argc = 1;

	if (size > 0)
		memcpy(text, data, size);
	for (char *word = text; word != NULL && argc <= WORDS_MOST;) {
		char *end = strchr(word, '\n');

		if (end != NULL)
			*end++ = '\0';
		argv[argc++] = word;
		word = end;
	}
	if (options_parse(argv, options, &why)) {
		must(why.len == 0 && options->nports <= OPTIONS_PORTS_MAX);
		must(options->help || options->version ||
		     (options->store[0] != '\0' && options->socket[0] != '\0'));
		check_ports(options);
	} else {
		must(why.len > 0);
	}
	text_free(&why);
	mem_free(options);
	mem_free(text);
	return 0;
}
