/*
 * terminal.h -- the terminal that towpath was started in.
 */
#ifndef MAIN_TERMINAL_H
#define MAIN_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

#include "os/console_proto.h"

struct terminal {
	bool raw;
	struct termios before;
};

/* Keys come one by one, and none means anything to the kernel: Ctrl-C is a byte like others. */
void terminal_make_raw(struct terminal *terminal);
/* As it was. May be called in any case. */
void terminal_restore(struct terminal *terminal);
/* 80 by 24 when it does not say. */
struct console_size terminal_size(void);
/* Does it understand sequences that move the cursor ($TERM)? */
bool terminal_has_sequences(void);
/* Does it show colours, and does the user want them ($TERM, $NO_COLOR)? */
bool terminal_has_colour(void);

#endif
