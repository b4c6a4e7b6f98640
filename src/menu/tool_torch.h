/*
 * tool_torch.h -- /tool/torch, as tool.c puts it into its menu.
 */
#ifndef MENU_TOOL_TORCH_H
#define MENU_TOOL_TORCH_H

#include "conf/menu.h"
#include "menu/tool.h"
#include "router/torch.h"

/* An argument that is a condition, and a column as soon as it is given. */
struct torch_match {
	struct capture_ranges ranges; /* first: read by the types of type_capture.h */
	bool given;
};

struct torch_args {
	char interface[TOOL_INTERFACE_BYTES];
	struct torch_match src, dst, port, protocol, type, vlan, dscp;
	uint64_t duration_ms, interval_ms; /* duration 0: until Ctrl-C */
};

struct torch_state {
	struct torch *torch;
	mono from, next, end; /* of the interval; of the command */
	uint64_t interval_ms;
};

#define TORCH_FIELDS 10
extern const struct field torch_fields[TORCH_FIELDS];
extern const struct refused torch_refused[];
bool torch_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag);
bool torch_go_on(struct router *router, void *state, struct text *out, mono now);
void torch_interrupt(struct router *router, void *state, struct text *out);

#endif
