/*
 * line_fuzz.c -- what may be typed at the console, all of it run against a whole router.
 *
 * Nothing that is typed may crash it, and what it exports afterwards can be typed again.
 */
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/parse.h"
#include "fuzz.h"
#include "lib/text.h"
#include "menu/menus.h"
#include "sim/background.h"
#include "sim/world.h"
#include "ui/session.h"

enum {
	LINE_MAX = 2000,
	TURNS_MAX = 200
};

static void shown(void *arg, const char *bytes, size_t len)
{
	size_t *total = arg;

	must(bytes != NULL || len == 0);
	*total += len;
}

static struct conf *conf_of(struct world_router *router, struct sim_background *background)
{
	struct world *world = router->world;
	struct conf_setup setup = {
		.menus = menus_all,
		.router = router->router,
		.background = &background->background,
		.clock = &world->timeline.clock.clock,
		.log = &router->log,
		.random = &world->timeline.random.random,
	};
	struct diag diag = { 0 };
	struct conf *conf = conf_new(&setup);
	int error = conf_load(conf, &diag);

	must(error == 0);
	router_set_configured(router->router);
	return conf;
}

static void run_line(struct world *world, struct conf *conf, const char *line, size_t len)
{
	size_t total = 0;
	struct session_setup setup = {
		.conf = conf, .who = "fuzz", .door = "fuzz", .arg = &total, .out = shown
	};
	struct session *session = session_new(&setup);

	if (session_run(session, line, len, NULL, NULL)) {
		for (unsigned i = 0; i < TURNS_MAX && session_busy(session); i++) {
			(void)session_turn(session, timeline_now(&world->timeline));
			world_run_ms(world, 100);
		}
	}
	session_free(session);
	world_run_ms(world, 1000); /* what was on its way to the disk */
}

static void export_again(struct conf *conf)
{
	struct export_options options = { .show_sensitive = true };
	struct text out = { 0 };
	struct diag diag = { 0 };
	bool good;

	conf_export(conf, &options, &out);
	good = parse_check(menus_all, text_str(&out), out.len, &diag);
	must(good);
	text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sim_background background;
	struct world_router *router;
	struct world *world;
	struct conf *conf;
	struct diag diag = { 0 };

	if (size > LINE_MAX || !parse_check(menus_all, (const char *)data, size, &diag))
		return 0;
	world = world_new(1);
	router = world_router_add(world, 2);
	sim_background_init(&background, &world->timeline, NS_PER_MS);
	conf = conf_of(router, &background);
	run_line(world, conf, (const char *)data, size);
	export_again(conf);
	conf_free(conf);
	world_free(world);
	return 0;
}
