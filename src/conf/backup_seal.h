/*
 * backup_seal.h -- bytes in a wrapping that shows damage, and hides them behind a password.
 *
 *   16 "TOWPATH BACKUP 1"
 *    1 how: 0 open, 1 AES-256 in GCM with a key from the password (scrypt, RFC 7914)
 *    3 of scrypt: log2 of N, r, p
 *   12 nothing (zero)
 *   16 salt, 12 nonce, 4 nothing (zero)
 *   32 open: SHA-256 of all others; else the tag of GCM, and zeroes. It covers the 64 bytes above.
 *    . the bytes
 *
 * Threads: any; takes its time (a tenth of a second for the key).
 */
#ifndef CONF_BACKUP_SEAL_H
#define CONF_BACKUP_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define BACKUP_SALT_BYTES 28 /* random, for each seal: salt and nonce */
#define BACKUP_HEAD_BYTES 96

/* @len bytes wrapped, as a new block, the caller's; @password NULL: open. NULL when the library
 * can't. */
MUST_USE uint8_t *backup_seal(const uint8_t *bytes, size_t len, const char *password,
                              const uint8_t salt[BACKUP_SALT_BYTES], size_t *ret_len);

enum backup_opened {
	BACKUP_OPENED,
	BACKUP_FOREIGN, /* it is something else */
	BACKUP_DAMAGED, /* it is not as it was written */
	BACKUP_NEEDS_PASSWORD,
	BACKUP_WRONG_PASSWORD, /* or damaged: that can't be told apart */
	BACKUP_NEEDS_NONE,     /* a password is given, and it is open */
};

/* The way back: *ret_bytes is the caller's when it is BACKUP_OPENED. */
MUST_USE enum backup_opened backup_open(const uint8_t *sealed, size_t len, const char *password,
                                        uint8_t **ret_bytes, size_t *ret_len);

#endif
