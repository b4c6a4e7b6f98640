/* icmp_errno.h -- what an ICMP error means to the program whose packet it quotes (RFC 1122, 4.1.3.3
 * and 4.2.3.9; the numbers are BSD's, as Linux has them). */
#ifndef CORE_ICMP_ERRNO_H
#define CORE_ICMP_ERRNO_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The errno (not negative) for a message of @type and @code; 0: it means nothing to programs.
 * @ret_fatal: does it end the conversation, or may it pass (RFC 1122, 3.2.2.1: networks and hosts
 * that can't be reached may soon be again)?
 */
uint16_t icmp_errno(uint8_t type, uint8_t code, bool *ret_fatal);

#endif
