/*
 * fixture.h -- scripts for the machine: a configuration of two menus without a store, a clock that
 * goes on when a script waits, and what was said.
 */
#ifndef TEST_LANG_FIXTURE_H
#define TEST_LANG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/type.h"
#include "lang/parse.h"
#include "lang/run.h"
#include "lang/variables.h"
#include "lib/ip.h"
#include "lib/mem.h"
#include "lib/text.h"

struct thing_row {
	char name[32], note[64];
	uint32_t number;
	bool flag;
};

static const struct field thing_fields[] = {
	{ "name", &type_string, AT(struct thing_row, name), .flags = F_KEY | F_REQUIRED,
	  .max = 31 },
	{ "note", &type_string, AT(struct thing_row, note), .flags = F_NEGATE, .max = 63 },
	{ "size", &type_uint, AT(struct thing_row, number), .dflt = "7", .max = 1000 },
	{ "flag", &type_bool, AT(struct thing_row, flag), .dflt = "no" },
};

static const struct menu menu_thing = {
	.path = "/thing",
	.kind = MENU_ORDERED,
	.fields = thing_fields,
	.nfields = ARRAY_LEN(thing_fields),
	.row_size = sizeof(struct thing_row),
	.key_space = "thing",
};

struct net_row {
	struct ip_prefix network;
	char thing[32];
};

static const struct field net_fields[] = {
	{ "network", &type_network, AT(struct net_row, network), .flags = F_REQUIRED },
	{ "thing", &type_string, AT(struct net_row, thing), .max = 31 },
};

static const struct menu menu_net = {
	.path = "/net/list",
	.kind = MENU_LIST,
	.fields = net_fields,
	.nfields = ARRAY_LEN(net_fields),
	.row_size = sizeof(struct net_row),
};

static const struct menu *const fixture_menus[] = { &menu_thing, &menu_net, NULL };

static inline mono fixture_mono(struct clock *clock)
{
	return (mono){ 0 };
}

static inline wall fixture_wall(struct clock *clock)
{
	return (wall){ 0 };
}

struct fixture {
	struct clock clock;
	struct log log;
	struct conf *conf;
	struct numbering numbering;
	struct variables *globals;
	struct run_host host; /* what a test changes of it holds for its scripts */
	struct text out;
	struct diag diag;
	mono now;
	unsigned steps; /* that the last script has taken */
};

static inline void fixture_out(void *arg, const char *text, size_t len)
{
	text_bytes(&((struct fixture *)arg)->out, text, len);
}

static inline void fixture_notice(void *arg, const char *line)
{
	text_printf(&((struct fixture *)arg)->out, ";;; %s\n", line);
}

static inline void fixture_go(void *arg, const char *path)
{
}

static inline void fixture_quit(void *arg)
{
}

static inline struct fixture *fixture_new(void)
{
	struct fixture *f = mem_new(1, sizeof *f);
	struct conf_setup setup = { .menus = fixture_menus, .clock = &f->clock, .log = &f->log };

	f->clock = (struct clock){ fixture_mono, fixture_wall };
	f->now = (mono){ NS_PER_S };
	log_init(&f->log);
	f->conf = conf_new(&setup);
	assert_int_equal(conf_load(f->conf, &f->diag), 0);
	f->globals = variables_new();
	f->host = (struct run_host){ .conf = f->conf,
		                     .numbering = &f->numbering,
		                     .who = "admin",
		                     .door = "console",
		                     .arg = f,
		                     .out = fixture_out,
		                     .notice = fixture_notice,
		                     .go = fixture_go,
		                     .quit = fixture_quit,
		                     .globals = f->globals };
	return f;
}

static inline void fixture_free(struct fixture *f)
{
	conf_free(f->conf);
	variables_free(f->globals);
	numbering_free(&f->numbering);
	log_free(&f->log);
	text_free(&f->out);
	mem_free(f);
}

/* The machine for @script; NULL: it was refused, see f->diag. */
static inline struct run *fixture_begin(struct fixture *f, const char *script)
{
	struct program program;

	text_clear(&f->out);
	f->diag = (struct diag){ 0 };
	f->steps = 0;
	if (parse_program(fixture_menus, "/", script, strlen(script), &program, NULL, &f->diag))
		return run_new(&f->host, &program);
	program_free(&program);
	return NULL;
}

/* An error ends the output as a person would see it, with "!" before it. */
static inline void fixture_say(struct fixture *f)
{
	text_printf(&f->out, "!%.*s", (int)strcspn(f->diag.text, "\n"), f->diag.text);
	if (f->diag.at_position)
		text_printf(&f->out, " (line %u column %u)", f->diag.line, f->diag.column);
	text_char(&f->out, '\n');
}

static inline bool fixture_end(struct fixture *f, struct run *run)
{
	bool ok = run_ok(run);

	f->diag = *run_diag(run);
	if (!ok)
		fixture_say(f);
	run_free(run);
	return ok;
}

/* Run @script to its end, a tenth of a second for each time that it waits. */
static inline bool fixture_run(struct fixture *f, const char *script)
{
	struct run *run = fixture_begin(f, script);
	enum run_state state;

	if (run == NULL) {
		fixture_say(f);
		return false;
	}
	while ((state = run_step(run, f->now, 50)) != RUN_DONE) {
		if (state == RUN_WAITING)
			f->now = mono_add_ms(f->now, 100);
		assert_true(f->steps++ < 1000000);
	}
	return fixture_end(f, run);
}

#endif
