/*
 * question.h -- something that a command asks before it does anything.
 *
 * Who asks fills one of these; the console shows the prompt and hands back what was answered:
 * a line, or a single key where there is only yes and no.
 */
#ifndef CONF_QUESTION_H
#define CONF_QUESTION_H

#include <stdbool.h>

#include "lib/must.h"

#define QUESTION_PROMPT_BYTES  160
#define QUESTION_DEFAULT_BYTES 96

struct question {
	char prompt[QUESTION_PROMPT_BYTES]; /* all that stands before the cursor: "netmask: " */
	char dflt[QUESTION_DEFAULT_BYTES];  /* what Enter alone answers */
	const char *keys; /* small letters: one of them is the answer; NULL: a line is */
	const char *help; /* shown for ?, whole sentences; NULL: there is none */
	bool secret;      /* the answer is not shown */
	const char *edit; /* a text to be edited, which is the answer then; NULL: none is */
};

/* "netmask [255.255.255.0]: ", or "netmask: " when @dflt is "". @help is borrowed. */
void question_line(struct question *question, const char *name, const char *dflt, const char *help);
/* "Reboot, yes? [y/N]: "; the answer is "y" or "n". */
void question_yes(struct question *question, const char *text, bool yes, const char *help);
/* "your choice [press Enter to leave]: "; @keys as above, @dflt one of them. */
void question_key(struct question *question, const char *text, const char *keys, char dflt,
                  const char *help);

#endif
