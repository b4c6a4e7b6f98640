/*
 * print_routes.c -- what it costs the packets' thread to print from a table of a million routes.
 *
 *   bench-print-routes [ROUTES [LIMIT]]      by default 1,000,000 and 0: no limit
 *
 * One router with its console, all in memory; the routes are stored ones, of five distances. Prints
 * for each command the longest turn and all turns in milliseconds of the processor, and how much
 * the most memory that was in use has grown meanwhile. Exit 1 when a count is wrong, or a turn took
 * more than LIMIT milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/draft.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "router/router.h"
#include "sim/random.h"
#include "ui/session.h"

#define BATCH     50000
#define DISTANCES 5
#define OUT_KEPT  64

struct bench {
	struct router *router;
	struct conf *conf;
	struct manage *manage;
	struct session *session;
	struct sim_random random;
	struct log log;
	struct clock clock;
	struct background background;
	mono now;
	char out[OUT_KEPT];
	size_t out_bytes, lines;
	bool ok;
};

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static mono fixed_mono(struct clock *clock)
{
	return (mono){ NS_PER_S };
}

static wall fixed_wall(struct clock *clock)
{
	return (wall){ 1700000000LL * (int64_t)NS_PER_S };
}

static void at_once(struct background *background, struct background_job *job)
{
	job->work(job);
	job->done(job);
}

static void take_out(void *arg, const char *bytes, size_t len)
{
	struct bench *b = arg;

	for (size_t i = 0; i < len; i++) {
		if (b->out_bytes < OUT_KEPT - 1)
			b->out[b->out_bytes] = bytes[i];
		b->out_bytes++;
		b->lines += bytes[i] == '\n';
	}
}

static void done(void *arg, bool ok)
{
	((struct bench *)arg)->ok = ok;
}

static void done_change(void *arg, const struct conf_answer *answer)
{
	if (!answer->ok)
		fprintf(stderr, "%s\n", answer->diag->field);
	must(answer->ok);
}

static void bench_start(struct bench *b)
{
	struct diag diag = { 0 };
	struct router_setup setup = {
		.random = &b->random.random,
		.log = &b->log,
		.now = { 1000 * NS_PER_S },
		.budget = { .pkt_small = 64,
		            .pkt_large = 2,
		            .neighbours = 16,
		            .port_addresses = 8 },
		.tcp = tcp_budget_small(),
		.flows = 64,
	};

	b->random = sim_random_make(4711);
	log_init(&b->log);
	b->clock = (struct clock){ .mono = fixed_mono, .wall = fixed_wall };
	b->background.submit = at_once;
	b->now = setup.now;
	b->router = router_new(&setup);

	struct conf_setup doors = { .menus = menus_all,
		                    .router = b->router,
		                    .background = &b->background,
		                    .clock = &b->clock,
		                    .log = &b->log };

	b->conf = conf_new(&doors);
	b->manage = manage_new(b->conf, &doors);
	b->router->manage = b->manage;
	must(conf_load(b->conf, &diag) == 0);
	router_set_configured(b->router);
	b->session = session_new(&(struct session_setup){
		.conf = b->conf, .who = "admin", .door = "script", .arg = b, .out = take_out });
}

static void bench_end(struct bench *b)
{
	session_free(b->session);
	manage_free(b->manage);
	conf_free(b->conf);
	router_free(b->router);
	log_free(&b->log);
}

/* Routes @from to @to, each of 256 addresses, from 16.0.0.0 on. */
static void add_routes(struct bench *b, struct conf_draft *draft, size_t from, size_t to)
{
	struct arena arena = { 0 };
	struct request **requests = mem_new(to - from, sizeof *requests);
	struct diag diag = { 0 };

	for (size_t i = from; i < to; i++) {
		struct request *request = arena_new(&arena, 1, sizeof *request);
		size_t address = (16UL << 24) + i * 256;

		*request = (struct request){ .menu = conf_menu(b->conf, "/ip/route"),
			                     .verb = VERB_ADD,
			                     .who = "admin",
			                     .door = "script",
			                     .arena = &arena };
		request_put(request, "dst-address",
		            arena_printf(&arena, "%zu.%zu.%zu.%zu/24", address >> 24,
		                         address >> 16 & 255, address >> 8 & 255, address & 255));
		request_put(request, "blackhole", "yes");
		request_put(request, "distance", arena_printf(&arena, "%zu", 1 + i % DISTANCES));
		requests[i - from] = request;
	}
	if (!conf_draft_change_all(draft, requests, to - from, &diag)) {
		fprintf(stderr, "%s\n", diag.field);
		must(false);
	}
	mem_free(requests);
	arena_free(&arena);
}

static void load(struct bench *b, size_t routes)
{
	struct conf_draft *draft = conf_draft_new(b->conf);
	const struct journal_origin origin = { .who = "admin", .door = "script" };
	double from = cpu_ms();

	for (size_t i = 0; i < routes; i += BATCH)
		add_routes(b, draft, i, i + BATCH < routes ? i + BATCH : routes);
	conf_draft_commit(draft, &origin, done_change, NULL);
	conf_draft_free(draft);
	printf("%zu routes are there after %.0f ms\n", routes, cpu_ms() - from);
}

/* KiB of @name in /proc/self/status. */
static unsigned long memory_of(const char *name)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long kib = 0;

	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtoul(line + strlen(name) + 1, NULL, 10);
	if (file != NULL)
		fclose(file);
	return kib;
}

/* The most that was in use counts from now on. */
static void memory_mark(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "we");

	if (file == NULL)
		return;
	fputs("5\n", file);
	fclose(file);
}

/* Milliseconds of the longest turn of @line. */
static double longest_turn(struct bench *b, const char *line)
{
	double from, longest, all;
	unsigned long before;
	uint64_t turns = 1;

	b->out_bytes = b->lines = 0;
	memory_mark();
	before = memory_of("VmRSS:");
	from = cpu_ms();
	must(session_run(b->session, line, strlen(line), done, b));
	longest = all = cpu_ms() - from;
	while (session_busy(b->session)) {
		b->now = mono_add_ns(b->now, 1000);
		from = cpu_ms();
		(void)session_turn(b->session, b->now);
		from = cpu_ms() - from;
		all += from;
		longest = from > longest ? from : longest;
		turns++;
	}
	b->out[b->out_bytes < OUT_KEPT ? b->out_bytes : OUT_KEPT - 1] = '\0';
	printf("   %-62s longest turn %7.3f ms of %8.1f ms in %llu turns; %zu lines, %zu bytes; "
	       "memory +%ld "
	       "KiB\n",
	       line, longest, all, (unsigned long long)turns, b->lines, b->out_bytes,
	       (long)(memory_of("VmHWM:") - before));
	return longest;
}

int main(int argc, char *argv[])
{
	size_t routes = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	double limit = argc > 2 ? strtod(argv[2], NULL) : 0, longest[4];
	struct bench *b = mem_new(1, sizeof *b);
	bool good;

	bench_start(b);
	load(b, routes);
	longest[0] = longest_turn(b, "/ip/route/print count-only where distance=3");
	good = b->ok && strtoul(b->out, NULL, 10) == routes / DISTANCES;
	longest[1] = longest_turn(b, "/ip/route/print terse where distance=3");
	good &= b->ok && b->lines == routes / DISTANCES;
	longest[2] =
		longest_turn(b, "/ip/route/print where distance=3 and dst-address in 16.1.0.0/16");
	good &= b->ok && b->lines > 0;
	longest[3] = longest_turn(b, ":put [:len [/ip/route/find distance=3]]");
	good &= b->ok && strtoul(b->out, NULL, 10) == routes / DISTANCES;
	for (unsigned i = 0; i < 4 && limit > 0; i++)
		good &= longest[i] <= limit;
	bench_end(b);
	mem_free(b);
	return good ? 0 : 1;
}
