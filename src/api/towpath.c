#include "api/towpath_inside.h"

#include <errno.h>
#include <string.h>

#include "conf/diag.h"
#include "conf/files.h"
#include "lib/mem.h"
#include "menu/menus.h"
#include "menu/word_help.h"
#include "router/sniffer.h"
#include "ui/print.h"

#ifndef TOWPATH_VERSION
#define TOWPATH_VERSION "unknown"
#endif

enum {
	OWN_SOCKETS = 64, /* of the router's services, beside those with descriptors */
};

/* The store is the caller's, on the caller's thread: what it is asked to do is done at once. */
static void submit(struct background *background, struct background_job *job)
{
	job->work(job);
	job->done(job);
}

static void fill_by_caller(struct random *random, void *bytes, size_t len)
{
	struct towpath *t =
		(struct towpath *)(void *)((char *)random - offsetof(struct towpath, random));

	t->caller_random(t->arg, bytes, len);
}

static void log_to_caller(void *arg, const struct log_line *line)
{
	const struct towpath *t = arg;

	t->caller_log(t->arg, (enum towpath_log_level)line->level, line->topic, line->text);
}

/* As it would look in a terminal of any width. */
static void print_for_script(struct conf *conf, const struct print_job *job, struct text *out)
{
	print_items(&(struct print_look){ .conf = conf }, job, out);
}

const char *towpath_version(void)
{
	return TOWPATH_VERSION;
}

static uint32_t or_else(uint32_t wanted, uint32_t otherwise)
{
	return wanted != 0 ? wanted : otherwise;
}

static void router_make(struct towpath *t, const struct towpath_budget *budget)
{
	struct router_setup setup = {
		.random = t->caller_random != NULL ? &t->random : &t->seeded.random,
		.log = &t->log,
		.now = t->clock.now,
		.budget = { .pkt_small = or_else(budget->packets, 1024),
		            .pkt_large = or_else(budget->packets_64k, 64),
		            .neighbours = or_else(budget->neighbours, 1024),
		            .port_addresses = 64 },
		.host = { .sockets = or_else(budget->descriptors, 1024) + OWN_SOCKETS },
		.tcp = { .connections = or_else(budget->connections, 4096),
		         .half_open = or_else(budget->half_open, 1024),
		         .time_wait = or_else(budget->time_wait, 4096),
		         .listeners = or_else(budget->descriptors, 1024) + OWN_SOCKETS,
		         .chunks = or_else(budget->buffers, 8192),
		         .flights = or_else(budget->segments, 16384) },
		.flows = or_else(budget->flows, 65536),
	};

	t->router = router_new(&setup);
}

static void conf_make(struct towpath *t, bool no_defaults)
{
	struct conf_setup setup = {
		.menus = menus_all,
		.word_help = word_help,
		.router = t->router,
		.store = t->has_store ? &t->store.store : NULL,
		.background = &t->background,
		.clock = &t->clock.clock,
		.log = &t->log,
		.random = t->router->net.random,
		.no_defaults = no_defaults,
	};

	t->conf = conf_new(&setup);
	t->manage = manage_new(t->conf, &setup);
	t->manage->print = print_for_script;
	t->router->manage = t->manage;
	sniffer_set_store(t->router->sniffer, setup.store, &t->background);
}

static bool setup_holds(const struct towpath_setup *setup)
{
	uint32_t flows = setup->budget.flows;

	/* Of a later version whose new members are none of ours to look past. */
	return setup->size == sizeof *setup && (flows & (flows - 1)) == 0 &&
	       setup->budget.descriptors <= INT32_MAX && setup->now_ns < TOWPATH_NEVER;
}

int towpath_new(const struct towpath_setup *setup, struct towpath **ret_t)
{
	struct towpath *t;

	if (setup == NULL || ret_t == NULL || !setup_holds(setup))
		return -EINVAL;
	t = mem_new(1, sizeof *t);
	t->arg = setup->arg;
	t->caller_random = setup->random;
	t->caller_log = setup->log;
	t->wait = setup->wait;
	t->random.fill = fill_by_caller;
	t->seeded = sim_random_make(setup->seed);
	t->background.submit = submit;
	sim_clock_init(&t->clock, (mono){ setup->now_ns });
	towpath_set_wall(t, setup->wall_ns);
	log_init(&t->log);
	t->log.sink = setup->log != NULL ? log_to_caller : NULL;
	t->log.sink_arg = t;
	t->has_store = setup->store != NULL;
	if (t->has_store)
		towpath_store_init(&t->store, setup->store);
	router_make(t, &setup->budget);
	conf_make(t, !setup->with_defaults);
	t->descriptors = towpath_descriptors_new(or_else(setup->budget.descriptors, 1024));
	t->run_over = true;
	*ret_t = t;
	return 0;
}

int towpath_start(struct towpath *t)
{
	struct diag diag = { 0 };
	int error;

	if (t->started)
		return -EALREADY;
	t->router->net.now = t->clock.now;
	error = recovery_load(t->manage, &diag);
	if (error != 0) {
		log_write(&t->log, LOG_CRITICAL, "system", "%s", diag.text);
		return error;
	}
	if (t->has_store)
		(void)files_refresh(t->conf);
	router_set_configured(t->router);
	t->started = true;
	return 0;
}

void towpath_free(struct towpath *t)
{
	if (t == NULL)
		return;
	towpath_capture_free(t);
	towpath_run_free(t);
	towpath_descriptors_free(t->descriptors);
	manage_stop(t->manage);
	manage_free(t->manage);
	conf_free(t->conf);
	router_free(t->router);
	towpath_ports_free(t);
	log_free(&t->log);
	mem_free(t);
}

uint64_t towpath_now(const struct towpath *t)
{
	return t->clock.now.ns;
}

void towpath_set_wall(struct towpath *t, int64_t wall_ns)
{
	t->clock.wall_offset_ns = wall_ns - (int64_t)t->clock.now.ns;
}

enum towpath_leaving towpath_leaving(const struct towpath *t)
{
	return (enum towpath_leaving)t->manage->leaving;
}

/* One turn of all that lives in it. True: there is more to do at once. */
static bool turn(struct towpath *t)
{
	mono now = t->clock.now;
	bool more;

	if (t->links_change) {
		t->links_change = false;
		iface_poll_links(&t->router->net);
	}
	router_set_wall(t->router, clock_wall(&t->clock.clock), now);
	more = router_turn(t->router, now);
	if (t->started)
		more |= manage_turn(t->manage, now);
	more |= towpath_run_turn(t);
	more |= towpath_descriptors_turn(t);
	return more || towpath_ports_have_frames(t);
}

static mono next_of(const struct towpath *t)
{
	mono next = mono_min(router_next(t->router), towpath_run_next(t));

	return t->started ? mono_min(next, manage_next(t->manage)) : next;
}

int towpath_advance(struct towpath *t, uint64_t now_ns)
{
	if (t->advancing)
		return -EBUSY;
	if (now_ns < t->clock.now.ns || now_ns == TOWPATH_NEVER)
		return -EINVAL;
	t->clock.now.ns = now_ns;
	t->advancing = true;
	t->more = true;
	for (unsigned i = 0; t->more && i < TOWPATH_TURNS_MAX; i++)
		t->more = turn(t);
	t->advancing = false;
	t->turned = true;
	return t->more ? 1 : 0;
}

uint64_t towpath_next(const struct towpath *t)
{
	mono next = next_of(t);

	if (t->more || t->links_change || towpath_ports_have_frames(t) ||
	    towpath_descriptors_wait(t))
		return t->clock.now.ns;
	if (!mono_due(next, t->clock.now))
		return next.ns;
	/* What was due in that turn has been done in it: a millisecond later at the earliest. */
	return t->turned ? mono_add_ms(t->clock.now, 1).ns : t->clock.now.ns;
}

static uint64_t next_of_all(struct towpath *const *routers, size_t n)
{
	uint64_t next = TOWPATH_NEVER;

	for (size_t i = 0; i < n; i++) {
		uint64_t wants = towpath_next(routers[i]);

		next = wants < next ? wants : next;
	}
	return next;
}

int towpath_step(struct towpath *const *routers, size_t n, uint64_t until_ns)
{
	uint64_t now_ns = 0, next = next_of_all(routers, n);

	for (size_t i = 0; i < n; i++)
		now_ns = now_ns > towpath_now(routers[i]) ? now_ns : towpath_now(routers[i]);
	if (next > now_ns)
		now_ns = next < until_ns ? next : until_ns;
	if (now_ns == TOWPATH_NEVER)
		return -EDEADLK;
	/* What one router sends may be what another one waits for: round by round. */
	do {
		for (size_t i = 0; i < n; i++) {
			int more = towpath_advance(routers[i], now_ns);

			if (more < 0)
				return more;
		}
	} while (next_of_all(routers, n) <= now_ns);
	return 0;
}
