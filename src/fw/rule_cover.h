/*
 * rule_cover.h -- does one rule take every packet that another one would match?
 *
 * For warnings: a rule behind one that covers it is never met. The answer errs on the side of no:
 * true is sure, false means only that it could not be seen from the two rules alone.
 */
#ifndef FW_RULE_COVER_H
#define FW_RULE_COVER_H

#include <stdbool.h>

#include "fw/rule.h"

/*
 * Whether no packet gets past @first to @second, which stands behind it: both are in the same
 * chain, @first lets nothing go on, and whatever @second matches @first matches, too.
 */
bool rule_covers(const struct rule_spec *first, const struct rule_spec *second);

#endif
