/*
 * url.h -- http://user:password@host:port/path?query taken apart (RFC 3986, 3).
 *
 * Only what a request over HTTP needs: no fragment is kept, and nothing is decoded but user and
 * password. Characters that a request's line can't carry (blanks, controls, other than ASCII) are
 * refused; they are to be written as %20 and the like.
 *
 * Memory: a struct url is a value. Threads: any.
 */
#ifndef LIB_URL_H
#define LIB_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/must.h"

#define URL_HOST_BYTES   256 /* RFC 1035: a name has at most 253 characters */
#define URL_TARGET_BYTES 2048
#define URL_USER_BYTES   128

struct text;

struct url {
	bool tls;                                            /* https */
	char host[URL_HOST_BYTES];                           /* in lower case */
	uint16_t port;                                       /* as given, or 80, 443 */
	char target[URL_TARGET_BYTES];                       /* path and query; at least "/" */
	char user[URL_USER_BYTES], password[URL_USER_BYTES]; /* "": not given */
};

/* False: @why says what is wrong with it and what would be right. */
MUST_USE bool url_parse(const char *text, struct url *ret_url, struct text *why);
/* "https://host:8443/path": without user and password, and without the port if it goes without
 * saying. */
void url_print(const struct url *url, struct text *out);

#endif
