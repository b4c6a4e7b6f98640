/*
 * tool_sniffer_quick.h -- /tool/sniffer/quick, as tool_sniffer.c puts it into its menu.
 */
#ifndef MENU_TOOL_SNIFFER_QUICK_H
#define MENU_TOOL_SNIFFER_QUICK_H

#include "menu/tool.h"
#include "router/quick.h"

struct quick_args {
	char interface[TOOL_INTERFACE_BYTES];
	struct capture_filter filter;
	uint64_t duration_ms; /* 0: until Ctrl-C */
	uint32_t count;       /* 0: the same */
};

struct quick_state {
	struct quick *quick;
	mono end;
	iface_id iface; /* the one that was asked for, or IFACE_NONE */
	bool titled;
};

#define QUICK_FIELDS 18
extern const struct field quick_fields[QUICK_FIELDS];
extern const struct refused quick_refused[];
bool quick_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag);
bool quick_go_on(struct router *router, void *state, struct text *out, mono now);
void quick_interrupt(struct router *router, void *state, struct text *out);

#endif
