/*
 * recovery_text.h -- the lines of a text carried out at a start, before anybody is served.
 *
 * Threads: the router's; returns when the last line is done.
 */
#ifndef MANAGE_RECOVERY_TEXT_H
#define MANAGE_RECOVERY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/must.h"

struct conf;
struct diag;

/* @conf stores nothing yet. False with @diag at the first line that is refused. */
MUST_USE bool recovery_text_run(struct conf *conf, const char *text, size_t len, struct diag *diag);

#endif
