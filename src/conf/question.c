#include "conf/question.h"

#include <stdio.h>

void question_line(struct question *question, const char *name, const char *dflt, const char *help)
{
	*question = (struct question){ .help = help };
	snprintf(question->dflt, sizeof question->dflt, "%s", dflt);
	if (dflt[0] != '\0')
		snprintf(question->prompt, sizeof question->prompt, "%s [%s]: ", name, dflt);
	else
		snprintf(question->prompt, sizeof question->prompt, "%s: ", name);
}

void question_yes(struct question *question, const char *text, bool yes, const char *help)
{
	*question = (struct question){ .keys = "yn", .dflt = { yes ? 'y' : 'n' }, .help = help };
	snprintf(question->prompt, sizeof question->prompt, "%s [%s]: ", text, yes ? "Y/n" : "y/N");
}

void question_key(struct question *question, const char *text, const char *keys, char dflt,
                  const char *help)
{
	*question = (struct question){ .keys = keys, .dflt = { dflt }, .help = help };
	snprintf(question->prompt, sizeof question->prompt, "%s: ", text);
}
