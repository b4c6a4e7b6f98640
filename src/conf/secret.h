/*
 * secret.h -- lines of the history, without the secrets in them.
 *
 * Threads: any.
 */
#ifndef CONF_SECRET_H
#define CONF_SECRET_H

#include "conf/menu.h"
#include "lib/text.h"

/*
 * Append @lines, as line_diff() has written them, to @out, with ***** for each value of a field
 * with F_SECRET. Of a menu that is not among @menus no value is shown: what it was is not known.
 */
void secret_hide(const struct menu *const *menus, const char *lines, struct text *out);

#endif
