#include "main/argument.h"

#include <string.h>

#include "lib/text.h"

bool argument_flag(struct arguments *arguments, const char *name)
{
	if (arguments->words[0] == NULL || strcmp(arguments->words[0], name) != 0)
		return false;
	arguments->words++;
	return true;
}

enum argument_found argument_value(struct arguments *arguments, const char *name,
                                   const char *example, const char **ret_value, struct text *why)
{
	const char *word = arguments->words[0];
	size_t len = strlen(name);

	if (word == NULL || strncmp(word, name, len) != 0)
		return ARGUMENT_OTHER;
	if (word[len] == '=' && len > 2) { /* short options have no such form */
		*ret_value = word + len + 1;
		arguments->words++;
		return ARGUMENT_TAKEN;
	}
	if (word[len] != '\0')
		return ARGUMENT_OTHER;
	if (arguments->words[1] == NULL) {
		text_printf(why, "the option %s needs a value, as in %s %s", name, name, example);
		return ARGUMENT_INCOMPLETE;
	}
	*ret_value = arguments->words[1];
	arguments->words += 2;
	return ARGUMENT_TAKEN;
}
