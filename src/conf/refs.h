/*
 * refs.h -- who holds a row by naming it?
 *
 * What a field with F_HOLDS names is not removed: a rule of the firewall that keeps out what comes
 * by a list or an interface would keep nobody out any more. Other references are left as they are
 * when what they name is gone, and show its id.
 */
#ifndef CONF_REFS_H
#define CONF_REFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_state;
struct diag;
struct row;

/* False with @diag when a row of @state holds @row, of menu number @m. */
bool refs_none(const struct conf_state *state, size_t m, const struct row *row, struct diag *diag);

#endif
