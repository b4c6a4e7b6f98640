/*
 * fixture.h -- a small router for the console's tests: a handful of menus of every kind, a
 * configuration without a store, and sessions whose output is caught.
 */
#ifndef TEST_UI_FIXTURE_H
#define TEST_UI_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/type.h"
#include "lib/ip.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "ui/session.h"

/* --- menus --- */

struct identity {
	char name[64];
	uint32_t logins;
};

static const struct field identity_fields[] = {
	{ "name", &type_string, AT(struct identity, name), .dflt = "Towpath", .max = 63,
	  .help = "What the router is called" },
	{ "failed-logins", &type_uint, AT(struct identity, logins), .flags = F_READ_ONLY },
};

static const struct menu menu_identity = {
	.path = "/system/identity",
	.title = "The router's name",
	.kind = MENU_SETTINGS,
	.fields = identity_fields,
	.nfields = ARRAY_LEN(identity_fields),
	.row_size = sizeof(struct identity),
};

struct iface_row {
	char name[16];
	uint32_t mtu;
	uint64_t rx;
};

static const struct field iface_fields[] = {
	{ "name", &type_string, AT(struct iface_row, name), .flags = F_KEY | F_BRIEF, .max = 15,
	  .help = "Name" },
	{ "mtu", &type_uint, AT(struct iface_row, mtu), .dflt = "1500", .min = 68, .max = 65535,
	  .flags = F_BRIEF | F_RIGHT, .help = "Largest packet" },
	{ "rx-packet", &type_uint, AT(struct iface_row, rx),
	  .flags = F_READ_ONLY | F_STATS | F_RIGHT, .help = "Packets received" },
};

static const struct menu_flag iface_flags[] = { { 'R', "running" } };

static bool iface_fixed(struct router *router, size_t n, char *ret_name, size_t bytes)
{
	struct text name = text_into(ret_name, bytes);

	if (n >= 2)
		return false;
	text_printf(&name, "ether%zu", n + 1);
	return true;
}

static void iface_status(struct router *router, const struct conf_state *state, struct row *row)
{
	struct iface_row *iface = (struct iface_row *)row->body;

	row->flags |= ROW_MENU_FIRST;
	iface->rx = strcmp(iface->name, "ether1") == 0 ? 7 : 0;
}

static const struct menu menu_iface = {
	.path = "/interface",
	.title = "Interfaces",
	.kind = MENU_FIXED,
	.fields = iface_fields,
	.nfields = ARRAY_LEN(iface_fields),
	.row_size = sizeof(struct iface_row),
	.flags = iface_flags,
	.nflags = ARRAY_LEN(iface_flags),
	.key_space = "interface",
	.fixed = iface_fixed,
	.status = iface_status,
};

struct client_row {
	char name[16];
	char password[32];
	uint32_t iface;
};

static const struct field client_fields[] = {
	{ "name", &type_string, AT(struct client_row, name), .flags = F_KEY | F_REQUIRED, .max = 15,
	  .help = "Name" },
	{ "password", &type_string, AT(struct client_row, password), .flags = F_SECRET, .max = 31,
	  .help = "Password" },
	{ "interface", &type_ref, AT(struct client_row, iface), .flags = F_REQUIRED,
	  .ref = "/interface", .help = "Where to dial" },
};

static const struct menu menu_client = {
	.path = "/interface/pppoe-client",
	.title = "PPPoE",
	.kind = MENU_LIST,
	.fields = client_fields,
	.nfields = ARRAY_LEN(client_fields),
	.row_size = sizeof(struct client_row),
	.detail = true,
};

struct route_row {
	struct ip_prefix dst;
	char gateway[32];
	char table[16];
	uint32_t distance;
	bool blackhole;
};

static const struct field route_fields[] = {
	{ "dst-address", &type_network, AT(struct route_row, dst), .dflt = "0.0.0.0/0",
	  .flags = F_BRIEF, .help = "Network this route leads to" },
	{ "gateway", &type_string, AT(struct route_row, gateway), .max = 31, .flags = F_BRIEF,
	  .help = "Next hop" },
	{ "routing-table", &type_string, AT(struct route_row, table), .dflt = "main", .max = 15,
	  .flags = F_BRIEF, .help = "Table" },
	{ "distance", &type_uint, AT(struct route_row, distance), .dflt = "1", .min = 1, .max = 255,
	  .flags = F_BRIEF | F_RIGHT, .help = "Lower wins" },
	{ "blackhole", &type_bool, AT(struct route_row, blackhole), .flags = F_BARE,
	  .help = "Drop what takes this route" },
};

static const struct menu_flag route_flags[] = {
	{ 'I', "inactive" },
	{ 'A', "active" },
	{ 'c', "connect" },
	{ 's', "static" },
};

enum {
	ROUTE_INACTIVE = ROW_MENU_FIRST,
	ROUTE_ACTIVE = ROW_MENU_FIRST << 1,
	ROUTE_CONNECT = ROW_MENU_FIRST << 2,
	ROUTE_STATIC = ROW_MENU_FIRST << 3
};

static void route_status(struct router *router, const struct conf_state *state, struct row *row)
{
	row->flags |= ROUTE_STATIC;
	if ((row->flags & ROW_DISABLED) == 0)
		row->flags |= ROUTE_ACTIVE;
}

static void route_observe(struct router *router, const struct conf_state *state,
                          struct row_sink *sink)
{
	union {
		struct row row;
		char room[sizeof(struct row) + sizeof(struct route_row)];
	} place = { .row = { .id = 0x80000001,
		             .flags = ROW_DYNAMIC | ROUTE_ACTIVE | ROUTE_CONNECT,
		             .given = 0xf,
		             .comment = "" } };
	struct route_row *body = (struct route_row *)place.row.body;

	(void)!ip_prefix_parse("192.168.1.0/24", 14, &body->dst);
	memcpy(body->gateway, "ether1", 7);
	memcpy(body->table, "main", 5);
	sink->row(sink, &place.row);
}

static bool route_warn(struct router *router, const struct conf_state *state, const struct row *row,
                       struct text *out)
{
	const struct route_row *body = (const struct route_row *)row->body;

	if (body->distance != 99)
		return false;
	text_add(out, "this distance loses against most");
	return true;
}

static bool route_check(const struct row *row, struct diag *diag)
{
	const struct route_row *body = (const struct route_row *)row->body;

	if (strcmp(body->gateway, "0.0.0.0") == 0)
		return diag_fail(diag, "gateway", "failure: gateway can't be 0.0.0.0");
	return true;
}

/* An older spelling within today's menu. */
static bool route_translate(struct request *request, struct diag *diag)
{
	const struct request_field *gateway = request_field(request, "gateway");

	if (gateway == NULL || gateway->value == NULL || strcmp(gateway->value, "none") != 0)
		return true;
	request_drop(request, "gateway");
	request_put(request, "blackhole", "yes");
	return true;
}

static const struct menu menu_route = {
	.path = "/ip/route",
	.title = "Routes",
	.kind = MENU_LIST,
	.fields = route_fields,
	.nfields = ARRAY_LEN(route_fields),
	.row_size = sizeof(struct route_row),
	.flags = route_flags,
	.nflags = ARRAY_LEN(route_flags),
	.status = route_status,
	.observe = route_observe,
	.warn = route_warn,
	.check = route_check,
	.translate = route_translate,
};

struct nat_row {
	uint32_t chain, action;
	char to[24];
	bool log;
};

static const char *const nat_chains[] = { "srcnat", "dstnat", NULL };
static const char *const nat_actions[] = { "accept", "masquerade", "dst-nat", "src-nat", NULL };

static const struct field nat_fields[] = {
	{ "chain", &type_enum, AT(struct nat_row, chain), .flags = F_REQUIRED | F_STATS,
	  .words = nat_chains, .help = "When the rule applies" },
	{ "action", &type_enum, AT(struct nat_row, action), .dflt = "accept", .flags = F_STATS,
	  .words = nat_actions, .help = "What to do" },
	{ "to-addresses", &type_string, AT(struct nat_row, to), .max = 23, .help = "New address" },
	{ "log", &type_bool, AT(struct nat_row, log), .dflt = "no", .flags = F_QUIET,
	  .help = "Write a line to the log" },
};

static const struct menu menu_nat = {
	.path = "/ip/firewall/nat",
	.title = "Address translation",
	.kind = MENU_ORDERED,
	.fields = nat_fields,
	.nfields = ARRAY_LEN(nat_fields),
	.row_size = sizeof(struct nat_row),
	.detail = true,
};

static const struct field srcnat_fields[] = {
	{ "action", &type_enum, AT(struct nat_row, action), .words = nat_actions,
	  .help = "What to do" },
	{ "to-src-address", &type_string, AT(struct nat_row, to), .max = 23,
	  .help = "New source address" },
};

static bool srcnat_translate(struct request *request, struct diag *diag)
{
	struct request_field *to = request_field(request, "to-src-address");

	request->menu = &menu_nat;
	if (to != NULL) {
		request_put(request, "to-addresses", to->value);
		request_drop(request, "to-src-address");
	}
	if (request->verb == VERB_ADD)
		request_put(request, "chain", "srcnat");
	return true;
}

static const struct menu menu_srcnat = {
	.path = "/ip/firewall/src-nat",
	.title = "Older: /ip/firewall/nat with chain=srcnat",
	.kind = MENU_ORDERED,
	.fields = srcnat_fields,
	.nfields = ARRAY_LEN(srcnat_fields),
	.row_size = sizeof(struct nat_row),
	.target = "/ip/firewall/nat",
	.translate = srcnat_translate,
};

/* Counts down, one line each turn; Ctrl-C ends it with a sum. */
struct count_args {
	uint32_t count;
	char what[16];
};

struct count_state {
	uint32_t left, said;
	char what[16];
};

static const struct field count_fields[] = {
	{ "what", &type_string, AT(struct count_args, what), .max = 15,
	  .flags = F_UNNAMED | F_REQUIRED, .help = "What to count" },
	{ "count", &type_uint, AT(struct count_args, count), .dflt = "1000", .min = 1,
	  .max = 100000, .help = "How many" },
};

static bool count_start(struct router *router, const void *args, void *state, struct text *out,
                        struct diag *diag)
{
	const struct count_args *a = args;
	struct count_state *s = state;

	if (strcmp(a->what, "nothing") == 0)
		return diag_fail(diag, "what", "failure: nothing can't be counted");
	s->left = a->count;
	memcpy(s->what, a->what, sizeof s->what);
	return true;
}

static bool count_turn(struct router *router, void *state, struct text *out, mono now)
{
	struct count_state *s = state;

	if (s->left == 0)
		return true;
	s->left--;
	s->said++;
	text_printf(out, "%s %u\n", s->what, s->said);
	return s->left == 0;
}

static void count_stop(struct router *router, void *state, struct text *out)
{
	const struct count_state *s = state;

	text_printf(out, "said=%u\n", s->said);
}

static const struct action root_actions[] = {
	{ .name = "count",
	  .help = "Count something",
	  .fields = count_fields,
	  .nfields = ARRAY_LEN(count_fields),
	  .args_size = sizeof(struct count_args),
	  .state_size = sizeof(struct count_state),
	  .start = count_start,
	  .turn = count_turn,
	  .stop = count_stop },
};

static const struct menu menu_root = {
	.path = "/",
	.title = "All",
	.kind = MENU_FOLDER,
	.actions = root_actions,
	.nactions = ARRAY_LEN(root_actions),
};

/* A test may bring menus of its own: each with a comma behind it. */
#ifndef FIXTURE_MORE_MENUS
#define FIXTURE_MORE_MENUS
#endif

static const struct menu *const fixture_menus[] = {
	&menu_root,  &menu_identity, &menu_iface,  &menu_client,
	&menu_route, &menu_nat,      &menu_srcnat, FIXTURE_MORE_MENUS NULL,
};

/* --- the world around --- */

/* Keeps what it is given until fixture_work() is called: a slow disk. */
struct slow_background {
	struct background background;
	struct background_job *first, **last;
};

static void slow_submit(struct background *background, struct background_job *job)
{
	struct slow_background *slow = (struct slow_background *)background;

	if (slow->last == NULL)
		slow->last = &slow->first;
	job->next = NULL;
	*slow->last = job;
	slow->last = &job->next;
}

static mono fixture_mono(struct clock *clock)
{
	return (mono){ 0 };
}

static wall fixture_wall(struct clock *clock)
{
	return (wall){ 0 };
}

struct fixture {
	struct slow_background slow;
	struct clock clock;
	struct log log;
	struct conf *conf;
	struct session *session;
	struct text out, notice;
	bool done, ok;
};

static void fixture_work(struct fixture *f)
{
	while (f->slow.first != NULL) {
		struct background_job *job = f->slow.first;

		f->slow.first = job->next;
		if (f->slow.first == NULL)
			f->slow.last = NULL;
		job->work(job);
		job->done(job);
	}
}

static void fixture_out(void *arg, const char *bytes, size_t len)
{
	text_bytes(&((struct fixture *)arg)->out, bytes, len);
}

static void fixture_notice(void *arg, const char *bytes, size_t len)
{
	text_bytes(&((struct fixture *)arg)->notice, bytes, len);
}

static void fixture_done(void *arg, bool ok)
{
	struct fixture *f = arg;

	f->done = true;
	f->ok = ok;
}

/* What a test wants to be different. */
struct fixture_wish {
	const struct menu *const *menus; /* NULL: those above */
	struct router *router;
	struct store *store;
	bool interactive;
	size_t width, height;
};

static struct fixture *fixture_open(const struct fixture_wish *wish)
{
	struct fixture *f = mem_new(1, sizeof *f);
	struct diag diag = { 0 };

	f->slow.background.submit = slow_submit;
	f->clock.mono = fixture_mono;
	f->clock.wall = fixture_wall;
	log_init(&f->log);
	f->conf = conf_new(
		&(struct conf_setup){ .menus = wish->menus != NULL ? wish->menus : fixture_menus,
	                              .router = wish->router,
	                              .store = wish->store,
	                              .background = &f->slow.background,
	                              .clock = &f->clock,
	                              .log = &f->log });
	assert_int_equal(conf_load(f->conf, &diag), 0);
	f->session = session_new(&(struct session_setup){ .conf = f->conf,
	                                                  .who = "admin",
	                                                  .door = "console",
	                                                  .width = wish->width,
	                                                  .height = wish->height,
	                                                  .interactive = wish->interactive,
	                                                  .arg = f,
	                                                  .out = fixture_out,
	                                                  .notice = fixture_notice });
	return f;
}

static inline struct fixture *fixture_new(bool interactive, size_t width)
{
	return fixture_open(&(struct fixture_wish){ .interactive = interactive, .width = width });
}

static void fixture_free(struct fixture *f)
{
	session_free(f->session);
	fixture_work(f);
	conf_free(f->conf);
	log_free(&f->log);
	text_free(&f->out);
	text_free(&f->notice);
	mem_free(f);
}

/* Give turns until nothing runs any more. */
static inline void fixture_settle(struct fixture *f)
{
	for (int i = 0; i < 10000; i++) {
		fixture_work(f);
		if (!session_turn(f->session, (mono){ 0 }) && !session_busy(f->session))
			return;
	}
	fail_msg("the session never comes to rest");
}

static inline bool fixture_run(struct fixture *f, const char *text)
{
	text_clear(&f->out);
	text_clear(&f->notice);
	f->done = false;
	assert_true(session_run(f->session, text, strlen(text), fixture_done, f));
	fixture_settle(f);
	assert_true(f->done);
	return f->ok;
}

#endif
