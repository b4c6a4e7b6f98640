/*
 * ledger.h -- does a router's accounting close?
 *
 *   came by ports + made = left by ports + dropped, each for its reason + absorbed + held
 *
 * Held is what waits: for a neighbour, for the other fragments, for the next turn. Each term is
 * counted where it happens and nowhere derived from another, so that a packet that is lost
 * without a word, counted twice or kept for ever shows. Between turns only.
 */
#ifndef SIM_LEDGER_H
#define SIM_LEDGER_H

#include "router/router.h"

struct text;

struct ledger {
	uint64_t came, made, left, dropped, absorbed, held;
};

struct ledger ledger_of(const struct router *router);
/* False: what does not add up is written to @out. */
MUST_USE bool ledger_closes(const struct router *router, struct text *out);
/* Nothing waits, and every buffer, port and flow was given back. */
MUST_USE bool ledger_is_empty(const struct router *router, struct text *out);

#endif
