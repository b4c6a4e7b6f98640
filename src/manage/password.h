/*
 * password.h -- passwords, of which only the yescrypt hash is kept ("$y$j9T$salt$hash", the form
 * that the host's own shadow file has).
 *
 * Hashing takes some 30 ms and 16 MiB: not on the packets' thread. Threads: any.
 */
#ifndef MANAGE_PASSWORD_H
#define MANAGE_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/must.h"

#define PASSWORD_BYTES      128 /* room for a hash, or for what was typed */
#define PASSWORD_MOST       100 /* characters of what was typed */
#define PASSWORD_SALT_BYTES 16

/* Is it a hash of the kind we make? One that costs more to check is none. */
bool password_is_hash(const char *text);
/* Hash @clear into @ret_hash. False: there is not enough memory. */
MUST_USE bool password_hash(const char *clear, const uint8_t salt[PASSWORD_SALT_BYTES],
                            char ret_hash[PASSWORD_BYTES]);
/* Is @clear what @hash was made of? */
MUST_USE bool password_verify(const char *clear, const char *hash);

#endif
