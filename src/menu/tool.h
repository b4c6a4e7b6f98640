/*
 * tool.h -- what the tools that ask the network have in common: /ping, /tool/traceroute.
 *
 * A tool's arguments name an interface and a table of routes; here they become places. The tools'
 * own files (ping.c, traceroute.c) declare what tool.c puts into the menus.
 */
#ifndef MENU_TOOL_H
#define MENU_TOOL_H

#include "conf/menu.h"
#include "conf/type.h"
#include "host/ping.h"
#include "host/traceroute.h"
#include "router/router.h"

#define TOOL_TABLE_BYTES     32
#define TOOL_INTERFACE_BYTES IFACE_NAME_BYTES

extern const struct type type_tool_address;    /* ip4, short forms too: 10.1 is 10.0.0.1 */
extern const struct type type_tool_interfaces; /* char[]: names with commas between */
extern const struct type type_tool_interface;  /* char[TOOL_INTERFACE_BYTES]: its name */

/* Is @src (zero: none is asked for) an address of the router's? */
MUST_USE bool tool_source(const struct router *router, ip4 src, struct diag *diag);
/* The interface called @name; "": IFACE_NONE. */
MUST_USE bool tool_interface(struct router *router, const char *name, iface_id *ret_iface,
                             struct diag *diag);
/* The number of the table of routes called @name. */
MUST_USE bool tool_table(const struct router *router, const char *name, uint32_t *ret_table,
                         struct diag *diag);
/* "14ms399us" */
void tool_time(uint64_t ns, struct text *out);

struct ping_args {
	ip4 address, src;
	uint32_t count, size, ttl, dscp;
	uint64_t interval_ms;
	bool dont_fragment, by_arp;
	char interface[TOOL_INTERFACE_BYTES];
	char table[TOOL_TABLE_BYTES];
};

struct ping_state {
	struct ping *ping;
	bool titled;
};

#define PING_FIELDS 11
extern const struct field ping_fields[PING_FIELDS];
extern const struct refused ping_refused[];
bool ping_begin(struct router *router, const void *args, void *state, struct text *out,
                struct diag *diag);
bool ping_go_on(struct router *router, void *state, struct text *out, mono now);
void ping_interrupt(struct router *router, void *state, struct text *out);

struct traceroute_args {
	ip4 address, src;
	uint32_t protocol, count, max_hops, size, port, dscp;
	uint64_t timeout_ms;
	bool dont_fragment;
	char interface[TOOL_INTERFACE_BYTES];
	char table[TOOL_TABLE_BYTES];
};

struct traceroute_state {
	struct traceroute *trace;
	bool titled;
	uint32_t hops;    /* lines of the first pass that were shown */
	uint32_t passes;  /* that were shown */
	uint32_t settled; /* when a table was shown last */
};

#define TRACEROUTE_FIELDS 12
extern const struct field traceroute_fields[TRACEROUTE_FIELDS];
extern const struct refused traceroute_refused[];
bool traceroute_begin(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag);
bool traceroute_go_on(struct router *router, void *state, struct text *out, mono now);
void traceroute_interrupt(struct router *router, void *state, struct text *out);

#endif
