/*
 * tool_fetch.h -- /tool/fetch: what tool.c puts into the menu.
 */
#ifndef MENU_TOOL_FETCH_H
#define MENU_TOOL_FETCH_H

#include "conf/file.h"
#include "conf/menu.h"
#include "conf/policy.h"
#include "lib/ip.h"
#include "lib/url.h"

#define FETCH_TEXT_BYTES 4096

struct fetch_args {
	char url[URL_TARGET_BYTES + URL_HOST_BYTES];
	ip4 address, src;
	char dst_path[FILE_NAME_BYTES];
	uint8_t output, mode, method;
	bool check, upload;
	uint32_t redirects;
	uint64_t duration_ms;
	char data[FETCH_TEXT_BYTES], headers[FETCH_TEXT_BYTES];
	char user[URL_USER_BYTES], password[URL_USER_BYTES];
	char host[URL_HOST_BYTES];
};

struct fetch_state {
	const struct fetch_args *args;
	struct fetcher_job *job;
	struct fetch_save *save; /* the answer is on its way to the disk; NULL: it is not */
	struct url url;          /* of the request at hand */
	uint32_t redirected;
	uint8_t method;
	bool failed;
	mono began, told;
	char error[600];
};

#define FETCH_FIELDS 16
extern const struct field tool_fetch_fields[FETCH_FIELDS];
extern const struct refused tool_fetch_refused[];
bool tool_fetch_begin(struct router *router, const void *args, void *state, struct text *out,
                      struct diag *diag);
bool tool_fetch_go_on(struct router *router, void *state, struct text *out, mono now);
void tool_fetch_interrupt(struct router *router, void *state, struct text *out);
bool tool_fetch_finish(struct router *router, void *state, struct diag *diag);
uint32_t tool_fetch_needs(struct router *router, const void *args);

/* clang-format off */
#define ACTION_FETCH                                                                               \
	{ .name = "fetch",                                                                         \
	  .help = "get something from a server over HTTP or HTTPS, or send it something",          \
	  .fields = tool_fetch_fields,                                                                  \
	  .nfields = FETCH_FIELDS,                                                                 \
	  .refused = tool_fetch_refused,                                                                \
	  .args_size = sizeof(struct fetch_args),                                                  \
	  .state_size = sizeof(struct fetch_state),                                                \
	  .start = tool_fetch_begin,                                                                    \
	  .turn = tool_fetch_go_on,                                                                     \
	  .stop = tool_fetch_interrupt,                                                                 \
	  .finish = tool_fetch_finish,                                                                  \
	  .needs = tool_fetch_needs,                                                                    \
	  .policy = POLICY_TEST }
/* clang-format on */

#endif
