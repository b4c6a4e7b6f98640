/*
 * small_router.h -- a real router with its configuration, small enough to be made anew for each
 * input: two ports that lead nowhere, a clock that stands, a store in memory or none, and jobs that
 * run where they are submitted.
 */
#ifndef TEST_FUZZ_SMALL_ROUTER_H
#define TEST_FUZZ_SMALL_ROUTER_H

#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/memory_store.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "menu/word_help.h"
#include "router/router.h"
#include "sim/clock.h"
#include "sim/memory_port.h"
#include "sim/random.h"
#include "ui/session.h"

#define SMALL_PORTS 2
#define SMALL_FLOWS 16
#define SMALL_TURNS 50 /* of a second each, until what runs is interrupted */

struct small_router {
	struct sim_clock clock;
	struct sim_random random;
	struct log log;
	struct background background;
	struct memory_port ports[SMALL_PORTS];
	struct router *router;
	struct conf *conf;
	struct manage *manage;
	struct diag diag; /* of the start */
};

static inline void small_submit(struct background *background, struct background_job *job)
{
	job->work(job);
	job->done(job);
}

static inline void small_make(struct small_router *s)
{
	struct router_setup setup = {
		.random = &s->random.random,
		.log = &s->log,
		.budget = { .pkt_small = 32,
		            .pkt_large = 2,
		            .neighbours = 16,
		            .port_addresses = 4,
		            .datagrams = 4 },
		.tcp = tcp_budget_small(),
		.flows = SMALL_FLOWS,
	};

	sim_clock_init(&s->clock, (mono){ 1000 * NS_PER_S });
	s->random = sim_random_make(1);
	log_init(&s->log);
	setup.now = s->clock.now;
	s->router = router_new(&setup);
	for (unsigned i = 0; i < SMALL_PORTS; i++) {
		struct mac mac = { { 2, 0, 0, 0, 0, (uint8_t)(i + 1) } };

		memory_port_init(&s->ports[i], i == 0 ? "ether1" : "ether2", &mac, 1500);
		must(iface_add_port(&s->router->net, &s->ports[i].port) != IFACE_NONE);
	}
}

/* What the start says. Whatever it is, small_router_close() at the end. @store: NULL for none. */
static inline int small_router_open_on(struct small_router *s, struct store *store)
{
	memset(s, 0, sizeof *s);
	s->background.submit = small_submit;
	small_make(s);

	struct conf_setup setup = {
		.menus = menus_all,
		.word_help = word_help,
		.router = s->router,
		.store = store,
		.background = &s->background,
		.clock = &s->clock.clock,
		.log = &s->log,
		.random = &s->random.random,
	};
	int error;

	s->conf = conf_new(&setup);
	s->manage = manage_new(s->conf, &setup);
	s->router->manage = s->manage;
	error = recovery_load(s->manage, &s->diag);
	must((error == 0) == !s->diag.failed);
	if (error == 0)
		router_set_configured(s->router);
	return error;
}

static inline int small_router_open(struct small_router *s, struct memory_store *store)
{
	return small_router_open_on(s, store != NULL ? &store->store : NULL);
}

static inline void small_router_close(struct small_router *s)
{
	flows_must_hold(s->router->fw.flows, &s->router->net);
	manage_free(s->manage);
	conf_free(s->conf);
	router_free(s->router);
	for (unsigned i = 0; i < SMALL_PORTS; i++)
		memory_port_close(&s->ports[i]);
	log_free(&s->log);
}

/* What is exported, but for its first line, which has the time. */
static inline void small_router_export(struct small_router *s, const struct export_options *options,
                                       struct text *out)
{
	size_t first;

	text_clear(out);
	conf_export(s->conf, options, out);
	first = strcspn(text_str(out), "\n") + 1;
	memmove(out->bytes, out->bytes + first, out->len - first + 1);
	out->len -= first;
}

struct small_end {
	bool done, ok;
};

static inline void small_done(void *arg, bool ok)
{
	*(struct small_end *)arg = (struct small_end){ .done = true, .ok = ok };
}

static inline void small_out(void *arg, const char *bytes, size_t len)
{
	text_bytes(arg, bytes, len);
}

/* Run @script at the root as a program would; whether it ended well. What it says goes to @out. */
static inline bool small_router_run(struct small_router *s, const char *script, size_t len,
                                    struct text *out)
{
	const struct session_setup setup = {
		.conf = s->conf, .who = "fuzz", .door = "script", .arg = out, .out = small_out
	};
	struct session *session = session_new(&setup);
	struct small_end end = { 0 };

	must(session_run(session, script, len, small_done, &end));
	for (unsigned i = 0; !end.done; i++) {
		must(i < 2 * SMALL_TURNS);
		if (i == SMALL_TURNS)
			session_interrupt(session);
		s->clock.now = mono_add_s(s->clock.now, 1);
		(void)router_turn(s->router, s->clock.now);
		(void)manage_turn(s->manage, s->clock.now);
		while (session_turn(session, s->clock.now))
			;
	}
	session_free(session);
	must(conf_idle(s->conf));
	return end.ok;
}

#endif
