/*
 * fixture.h -- a small router's configuration for tests: menus of every kind, a clock, a
 * background, and requests from lists of words.
 */
#ifndef TEST_CONF_FIXTURE_H
#define TEST_CONF_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/type.h"
#include "lib/ip.h"
#include "memory_store.h"

/* What the menus' hooks see. */
struct router {
	unsigned ports;         /* ether1 .. etherN */
	bool refuse;            /* /ip/rule can't prepare */
	int prepared;           /* handed out, neither published nor discarded */
	unsigned published;     /* how often, all menus together */
	char order[256];        /* paths published, in order */
	unsigned connections;   /* observed */
	unsigned forgotten;     /* the last one removed */
	const char *rule_state; /* for tests that watch what prepare saw */
};

struct ethernet_row {
	char default_name[32];
	char name[32];
	uint16_t mtu;
	bool running;
};

struct profile_row {
	char name[32];
	uint64_t timeout_ms;
};

struct vlan_row {
	char name[32];
	uint16_t vlan_id;
	uint32_t interface;
	uint32_t profile;
};

struct address_row {
	struct ip_prefix address;
	uint32_t interface;
};

struct rule_row {
	uint8_t action;
	bool log;
	uint32_t state;
	struct ip4_range src;
	uint64_t timeout_ms;
	char secret[32];
	uint64_t packets;
};

struct settings_row {
	bool forward;
	char identity[64];
};

struct connection_row {
	uint32_t number;
};

static const char *const rule_actions[] = {
	"accept", "drop", "reject", "passthrough", "reset", NULL
};
static const char *const rule_states[] = { "new", "established", "related", "invalid", NULL };

static const struct field ethernet_fields[] = {
	{ "default-name", &type_string, AT(struct ethernet_row, default_name),
	  .flags = F_DEFAULT_NAME },
	{ "name", &type_string, AT(struct ethernet_row, name), .flags = F_KEY },
	{ "mtu", &type_uint, AT(struct ethernet_row, mtu), .dflt = "1500", .min = 68, .max = 9000 },
	{ "running", &type_bool, AT(struct ethernet_row, running), .flags = F_READ_ONLY },
};

static const struct field profile_fields[] = {
	{ "name", &type_string, AT(struct profile_row, name), .flags = F_KEY | F_REQUIRED },
	{ "timeout", &type_time, AT(struct profile_row, timeout_ms), .dflt = "10s" },
};

static const struct field vlan_fields[] = {
	{ "name", &type_string, AT(struct vlan_row, name), .flags = F_KEY | F_REQUIRED },
	{ "vlan-id", &type_uint, AT(struct vlan_row, vlan_id), .flags = F_REQUIRED, .min = 1,
	  .max = 4094 },
	{ "interface", &type_ref, AT(struct vlan_row, interface), .flags = F_REQUIRED,
	  .ref = "interface" },
	{ "profile", &type_ref, AT(struct vlan_row, profile), .dflt = "default", .flags = F_HOLDS,
	  .ref = "/profile" },
};

static const struct field address_fields[] = {
	{ "address", &type_prefix, AT(struct address_row, address),
	  .flags = F_REQUIRED | F_UNNAMED },
	{ "interface", &type_ref, AT(struct address_row, interface), .flags = F_REQUIRED,
	  .alias = "iface", .ref = "interface" },
};

static const struct field rule_fields[] = {
	{ "action", &type_enum, AT(struct rule_row, action), .dflt = "accept",
	  .words = rule_actions },
	{ "log", &type_bool, AT(struct rule_row, log), .dflt = "no", .flags = F_BARE },
	{ "state", &type_set, AT(struct rule_row, state), .words = rule_states },
	{ "src-address", &type_range, AT(struct rule_row, src) },
	{ "timeout", &type_time, AT(struct rule_row, timeout_ms) },
	{ "secret", &type_string, AT(struct rule_row, secret), .flags = F_SECRET },
	{ "packets", &type_uint, AT(struct rule_row, packets), .flags = F_READ_ONLY },
};

static const struct field settings_fields[] = {
	{ "forward", &type_bool, AT(struct settings_row, forward), .dflt = "yes" },
	{ "identity", &type_string, AT(struct settings_row, identity), .dflt = "Towpath" },
};

static const struct field connection_fields[] = {
	{ "number", &type_uint, AT(struct connection_row, number), .flags = F_READ_ONLY },
};

static bool fixture_fixed(struct router *router, size_t n, char *ret_name, size_t bytes)
{
	if (n >= router->ports)
		return false;
	snprintf(ret_name, bytes, "ether%zu", n + 1);
	return true;
}

static void fixture_profile_fresh(struct router *router, struct fresh_sink *sink)
{
	const struct fresh_field builtin[] = { { "name", "default" } };
	const struct fresh_field quick[] = { { "name", "quick" }, { "timeout", "1s" } };

	sink->row(sink, ROW_FIXED, builtin, 1);
	sink->row(sink, 0, quick, 2);
}

static bool fixture_prepare(struct router *router, const struct conf_state *state,
                            void **ret_prepared, struct diag *diag)
{
	router->prepared++;
	*ret_prepared = router;
	return true;
}

static bool fixture_rule_prepare(struct router *router, const struct conf_state *state,
                                 void **ret_prepared, struct diag *diag)
{
	if (router->refuse)
		return diag_fail(diag, NULL, "failure: too many rules; remove some");
	return fixture_prepare(router, state, ret_prepared, diag);
}

static void fixture_publish(struct router *router, void *prepared, const char *path)
{
	size_t len = strlen(router->order);

	assert_ptr_equal(router, prepared);
	router->prepared--;
	router->published++;
	snprintf(router->order + len, sizeof router->order - len, "%s ", path);
}

static void fixture_discard(void *prepared)
{
	((struct router *)prepared)->prepared--;
}

#define FIXTURE_PUBLISH(name_, path_)                                                              \
	static void name_(struct router *router, void *prepared)                                   \
	{                                                                                          \
		fixture_publish(router, prepared, path_);                                          \
	}

FIXTURE_PUBLISH(fixture_ethernet_publish, "ethernet")
FIXTURE_PUBLISH(fixture_vlan_publish, "vlan")
FIXTURE_PUBLISH(fixture_address_publish, "address")
FIXTURE_PUBLISH(fixture_rule_publish, "rule")

static void fixture_ethernet_status(struct router *router, const struct conf_state *state,
                                    struct row *row)
{
	((struct ethernet_row *)(void *)row->body)->running = true;
	row->flags |= ROW_MENU_FIRST;
}

static bool fixture_vlan_check(const struct row *row, struct diag *diag)
{
	const struct vlan_row *vlan = (const void *)row->body;

	if (vlan->interface == row->id)
		return diag_fail(diag, "interface", "failure: a VLAN can't lie on itself");
	return true;
}

static bool fixture_address_check_all(const struct conf_state *state, struct rows rows,
                                      struct diag *diag)
{
	for (size_t i = 0; i < rows.n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (memcmp(rows.at[i]->body, rows.at[k]->body,
			           sizeof(struct address_row)) == 0)
				return diag_fail(diag, "address",
				                 "failure: already have such address");
		}
	}
	return true;
}

static void fixture_observe(struct router *router, const struct conf_state *state,
                            struct row_sink *sink)
{
	union {
		struct row row;
		uint8_t bytes[sizeof(struct row) + sizeof(struct connection_row)];
	} space;

	for (unsigned i = 1; i <= router->connections; i++) {
		memset(&space, 0, sizeof space);
		space.row.id = 0x80000000u + i;
		space.row.flags = ROW_DYNAMIC;
		space.row.comment = "";
		memcpy(space.row.body, &i, sizeof i);
		if (!sink->row(sink, &space.row))
			return;
	}
}

static bool fixture_forget(struct router *router, const struct row *row, struct diag *diag)
{
	memcpy(&router->forgotten, row->body, sizeof router->forgotten);
	return true;
}

static bool fixture_old_translate(struct request *request, struct diag *diag)
{
	struct request_field *dst = request_field(request, "dst");

	if (dst == NULL)
		return diag_fail(diag, "dst", "missing value(s) of argument(s) dst");
	request_put(request, "src-address", dst->value);
	request_drop(request, "dst");
	return true;
}

static const char *const interface_paths[] = { "/interface/ethernet", "/interface/vlan", NULL };
static const char *const profile_paths[] = { "/profile", NULL };

static const struct menu menu_folder = { .path = "/ip", .kind = MENU_FOLDER };

static const struct menu menu_settings = {
	.path = "/ip/settings",
	.kind = MENU_SETTINGS,
	.fields = settings_fields,
	.nfields = ARRAY_LEN(settings_fields),
	.row_size = sizeof(struct settings_row),
};

static const struct menu_flag ethernet_flags[] = { { 'R', "running" } };

static const struct menu menu_ethernet = {
	.path = "/interface/ethernet",
	.kind = MENU_FIXED,
	.fields = ethernet_fields,
	.nfields = ARRAY_LEN(ethernet_fields),
	.row_size = sizeof(struct ethernet_row),
	.flags = ethernet_flags,
	.nflags = 1,
	.key_space = "interface",
	.fixed = fixture_fixed,
	.status = fixture_ethernet_status,
	.prepare = fixture_prepare,
	.publish = fixture_ethernet_publish,
	.discard = fixture_discard,
};

static const struct menu menu_profile = {
	.path = "/profile",
	.kind = MENU_LIST,
	.fields = profile_fields,
	.nfields = ARRAY_LEN(profile_fields),
	.row_size = sizeof(struct profile_row),
	.fresh = fixture_profile_fresh,
};

static const struct menu menu_vlan = {
	.path = "/interface/vlan",
	.kind = MENU_LIST,
	.fields = vlan_fields,
	.nfields = ARRAY_LEN(vlan_fields),
	.row_size = sizeof(struct vlan_row),
	.key_space = "interface",
	.depends = profile_paths,
	.check = fixture_vlan_check,
	.prepare = fixture_prepare,
	.publish = fixture_vlan_publish,
	.discard = fixture_discard,
};

static const struct menu menu_address = {
	.path = "/ip/address",
	.kind = MENU_LIST,
	.fields = address_fields,
	.nfields = ARRAY_LEN(address_fields),
	.row_size = sizeof(struct address_row),
	.depends = interface_paths,
	.check_all = fixture_address_check_all,
	.prepare = fixture_prepare,
	.publish = fixture_address_publish,
	.discard = fixture_discard,
};

static const struct menu menu_rule = {
	.path = "/ip/rule",
	.kind = MENU_ORDERED,
	.fields = rule_fields,
	.nfields = ARRAY_LEN(rule_fields),
	.row_size = sizeof(struct rule_row),
	.prepare = fixture_rule_prepare,
	.publish = fixture_rule_publish,
	.discard = fixture_discard,
};

static const struct menu menu_connection = {
	.path = "/ip/connection",
	.kind = MENU_OBSERVED,
	.fields = connection_fields,
	.nfields = ARRAY_LEN(connection_fields),
	.row_size = sizeof(struct connection_row),
	.observe = fixture_observe,
	.forget = fixture_forget,
};

static const struct menu menu_old = {
	.path = "/ip/old-rule",
	.kind = MENU_LIST,
	.target = "/ip/rule",
	.translate = fixture_old_translate,
};

static const struct menu *const fixture_menus[] = {
	&menu_folder,  &menu_settings, &menu_ethernet,   &menu_profile, &menu_vlan,
	&menu_address, &menu_rule,     &menu_connection, &menu_old,     NULL,
};

/* Runs jobs when told to, or at once. */
struct fixture_background {
	struct background background; /* first */
	bool at_once;
	struct background_job *first, **last;
};

static inline void fixture_submit(struct background *background, struct background_job *job)
{
	struct fixture_background *b = (struct fixture_background *)background;

	if (b->at_once) {
		job->work(job);
		job->done(job);
		return;
	}
	job->next = NULL;
	*b->last = job;
	b->last = &job->next;
}

/* Run what waits; false when nothing did. */
static inline bool fixture_background_turn(struct fixture_background *b)
{
	struct background_job *job = b->first;

	if (job == NULL)
		return false;
	b->first = job->next;
	if (b->first == NULL)
		b->last = &b->first;
	job->work(job);
	job->done(job);
	return true;
}

static inline mono fixture_mono(struct clock *clock)
{
	return (mono){ 1 };
}

static inline wall fixture_wall(struct clock *clock)
{
	return (wall){ 1700000000LL * (int64_t)NS_PER_S };
}

struct fixture {
	bool no_defaults;
	struct router router;
	struct fixture_background background;
	struct clock clock;
	struct log log;
	struct conf *conf;
	struct arena arena; /* of requests, until fixture_close() */
	/* The last answer. */
	unsigned answers;
	bool ok;
	uint32_t id;
	uint64_t revision;
	struct diag diag;
	struct text notice;
};

/* @store NULL: nothing is kept. Returns what conf_load() did; f->diag says why. */
static inline int fixture_open(struct fixture *f, struct memory_store *store)
{
	struct conf_setup setup = {
		.menus = fixture_menus,
		.router = &f->router,
		.store = store != NULL ? &store->store : NULL,
		.background = &f->background.background,
		.clock = &f->clock,
		.log = &f->log,
		.no_defaults = f->no_defaults,
	};

	f->clock = (struct clock){ .mono = fixture_mono, .wall = fixture_wall };
	f->background.background.submit = fixture_submit;
	f->background.last = &f->background.first;
	f->background.at_once = true;
	if (f->router.ports == 0)
		f->router.ports = 3;
	log_init(&f->log);
	f->conf = conf_new(&setup);
	f->diag = (struct diag){ 0 };
	return conf_load(f->conf, &f->diag);
}

static inline void fixture_close(struct fixture *f)
{
	while (fixture_background_turn(&f->background))
		;
	conf_free(f->conf);
	f->conf = NULL;
	log_free(&f->log);
	arena_free(&f->arena);
	text_free(&f->notice);
	assert_int_equal(f->router.prepared, 0);
}

static inline void fixture_answer(void *arg, const struct conf_answer *answer)
{
	struct fixture *f = arg;

	f->answers++;
	f->ok = answer->ok;
	f->id = answer->id;
	f->revision = answer->revision;
	f->diag = answer->diag != NULL ? *answer->diag : (struct diag){ 0 };
}

/* @words: name, value, name, value, ..., NULL; a value "!" means unset. */
static inline struct request *fixture_request(struct fixture *f, enum verb verb, const char *path,
                                              va_list words)
{
	struct request *request = arena_new(&f->arena, 1, sizeof *request);
	const char *name;

	request->arena = &f->arena;
	request->menu = conf_menu(f->conf, path);
	assert_non_null(request->menu);
	request->verb = verb;
	request->who = "admin";
	request->door = "console";
	request->notice = &f->notice;
	while ((name = va_arg(words, const char *)) != NULL) {
		const char *value = va_arg(words, const char *);

		request_put(request, name, strcmp(value, "!") == 0 ? NULL : value);
	}
	return request;
}

static inline struct request *fixture_make(struct fixture *f, enum verb verb, const char *path,
                                           uint32_t id, ...)
{
	struct request *request;
	va_list words;

	va_start(words, id);
	request = fixture_request(f, verb, path, words);
	va_end(words);
	if (id != 0) {
		request->ids = arena_new(&f->arena, 1, sizeof *request->ids);
		request->ids[0] = id;
		request->nids = 1;
	}
	return request;
}

static inline bool fixture_do(struct fixture *f, struct request *request)
{
	unsigned before = f->answers;

	conf_change(f->conf, request, fixture_answer, f);
	while (f->answers == before)
		assert_true(fixture_background_turn(&f->background));
	return f->ok;
}

static inline uint32_t fixture_done(struct fixture *f, bool ok)
{
	if (!ok)
		fail_msg("%s", f->diag.text);
	return f->id;
}

/* Add with the words; fails the test when refused. Returns the id. */
#define fixture_add(f_, path_, ...)                                                                \
	fixture_done(f_, fixture_do(f_, fixture_make(f_, VERB_ADD, path_, 0, __VA_ARGS__, NULL)))
#define fixture_set(f_, path_, id_, ...)                                                           \
	fixture_do(f_, fixture_make(f_, VERB_SET, path_, id_, __VA_ARGS__, NULL))
#define fixture_remove(f_, path_, id_)                                                             \
	fixture_do(f_, fixture_make(f_, VERB_REMOVE, path_, id_, NULL))

#define assert_refused(f_, done_, text_)                                                           \
	do {                                                                                       \
		assert_false(done_);                                                               \
		assert_string_equal((f_)->diag.text, text_);                                       \
	} while (0)

static inline void fixture_export(struct fixture *f, struct text *out)
{
	struct export_options options = { .show_sensitive = true };

	text_clear(out);
	conf_export(f->conf, &options, out);
}

#endif
