/*
 * permission.h -- may this command be given? The one place where that is decided.
 *
 * What a command needs is read from the schema: reading needs read, changing write, secrets
 * sensitive, and menus and actions say what they need besides (conf/menu.h). What somebody has is
 * the host's to say (run.h). What a change leads to beyond its own menu, and what is put into a
 * script, is judged once more where it is made (conf/commit_policy.c).
 */
#ifndef LANG_PERMISSION_H
#define LANG_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/must.h"

struct call;
struct diag;
struct run;

/* Bits of enum policy (conf/policy.h). */
uint32_t permission_needed(const struct call *call);
/* False and @diag when one of @needed is not among @has. */
MUST_USE bool permission_given(uint32_t needed, uint32_t has, struct diag *diag);
/* The same for whoever runs @run. */
MUST_USE bool permission_check(struct run *run, uint32_t needed);
/* The policies that they lack. */
uint32_t permission_lacking(const struct run *run);

#endif
