#include "fw/option_match.h"

#include "core/pkt.h"
#include "wire/ip4_header.h"

#define RECORD_ROUTE 7u
#define TIMESTAMP    68u
#define ROUTER_ALERT 148u /* RFC 2113 */

const char *const option_match_words[OPTIONS_COUNT + 1] = {
	[OPTIONS_ANY] = "any",
	[OPTIONS_NONE] = "none",
	[OPTIONS_LOOSE_SOURCE_ROUTING] = "loose-source-routing",
	[OPTIONS_STRICT_SOURCE_ROUTING] = "strict-source-routing",
	[OPTIONS_NO_SOURCE_ROUTING] = "no-source-routing",
	[OPTIONS_RECORD_ROUTE] = "record-route",
	[OPTIONS_NO_RECORD_ROUTE] = "no-record-route",
	[OPTIONS_ROUTER_ALERT] = "router-alert",
	[OPTIONS_NO_ROUTER_ALERT] = "no-router-alert",
	[OPTIONS_TIMESTAMP] = "timestamp",
	[OPTIONS_NO_TIMESTAMP] = "no-timestamp",
};

/* Does the header have option @a or @b? */
static bool has(const struct pkt *p, uint8_t a, uint8_t b)
{
	const uint8_t *options = p->bytes + p->l3 + IP4_HEADER_BYTES;
	struct ip4_option option;
	struct reader r;
	bool bad;

	if (!p->has_options)
		return false;
	r = reader_over(options, (size_t)(p->l4 - p->l3) - IP4_HEADER_BYTES);
	while (ip4_option_next(&r, &option, &bad)) {
		if (option.type == a || option.type == b)
			return true;
	}
	return false;
}

bool option_match_holds(enum option_match what, const struct pkt *p)
{
	switch (what) {
	case OPTIONS_ANY:
		return p->has_options;
	case OPTIONS_NONE:
		return !p->has_options;
	case OPTIONS_LOOSE_SOURCE_ROUTING:
		return has(p, IP4_OPTION_LSRR, IP4_OPTION_LSRR);
	case OPTIONS_STRICT_SOURCE_ROUTING:
		return has(p, IP4_OPTION_SSRR, IP4_OPTION_SSRR);
	case OPTIONS_NO_SOURCE_ROUTING:
		return !has(p, IP4_OPTION_LSRR, IP4_OPTION_SSRR);
	case OPTIONS_RECORD_ROUTE:
		return has(p, RECORD_ROUTE, RECORD_ROUTE);
	case OPTIONS_NO_RECORD_ROUTE:
		return !has(p, RECORD_ROUTE, RECORD_ROUTE);
	case OPTIONS_ROUTER_ALERT:
		return has(p, ROUTER_ALERT, ROUTER_ALERT);
	case OPTIONS_NO_ROUTER_ALERT:
		return !has(p, ROUTER_ALERT, ROUTER_ALERT);
	case OPTIONS_TIMESTAMP:
		return has(p, TIMESTAMP, TIMESTAMP);
	case OPTIONS_NO_TIMESTAMP:
		return !has(p, TIMESTAMP, TIMESTAMP);
	default:
		must(false);
	}
}
