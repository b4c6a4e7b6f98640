/*
 * play.h -- play a script against a stack, line by line.
 *
 * Calls are made and packets given at their times; each packet that the stack sends has to be the
 * next that the script expects, at its time: one that no line names is an error, and so is what
 * still comes after the last line.
 */
#ifndef SCRIPT_PLAY_H
#define SCRIPT_PLAY_H

#include "script/stack.h"

struct play_options {
	bool told; /* print each event as it comes, in the words of scripts */
};

/* True: all came as written. Else @why names the line and says what came instead. */
bool play(const struct script *script, struct stack *stack, const struct play_options *options,
          struct text *why);

#endif
