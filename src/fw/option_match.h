/* option_match.h -- ipv4-options: which options does a packet's header have (RFC 791, 3.1)? */
#ifndef FW_OPTION_MATCH_H
#define FW_OPTION_MATCH_H

#include <stdbool.h>
#include <stdint.h>

struct pkt;

enum option_match {
	OPTIONS_ANY,
	OPTIONS_NONE,
	OPTIONS_LOOSE_SOURCE_ROUTING,
	OPTIONS_STRICT_SOURCE_ROUTING,
	OPTIONS_NO_SOURCE_ROUTING,
	OPTIONS_RECORD_ROUTE,
	OPTIONS_NO_RECORD_ROUTE,
	OPTIONS_ROUTER_ALERT,
	OPTIONS_NO_ROUTER_ALERT,
	OPTIONS_TIMESTAMP,
	OPTIONS_NO_TIMESTAMP,
	OPTIONS_COUNT,
};

/* "any", "none", ..., ended by NULL. */
extern const char *const option_match_words[OPTIONS_COUNT + 1];

bool option_match_holds(enum option_match what, const struct pkt *p);

#endif
