/*
 * option.h -- the walk over a list of options as IPv4 and TCP both have it.
 *
 * A byte 0 ends the list, a byte 1 fills space; any other is a kind, followed by the length of the
 * whole option, these two bytes included (RFC 791, 3.1; RFC 9293, 3.1).
 */
#ifndef WIRE_OPTION_H
#define WIRE_OPTION_H

#include "wire/cursor.h"

/*
 * The next option, kind byte first, all of its length there. NULL at the end of the list, or at a
 * length that can't be (*ret_bad; @r has then failed, so that asking again says so again).
 */
MUST_USE const uint8_t *option_take(struct reader *r, bool *ret_bad);

#endif
