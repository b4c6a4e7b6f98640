/*
 * print.c -- how long packets wait while somebody prints a table full of connections.
 *
 *   bench-print [FLOWS [LIMIT]]      by default 1,048,576 and 0: no limit
 *
 * One router with its console, all in memory. Between any two turns of the console a connection
 * ends and another one begins, as packets would have it. Prints the longest turn of each command in
 * milliseconds of the processor. Exit 1 when a count is wrong, an item is shown twice, or a turn
 * took more than LIMIT milliseconds.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "menu/menus.h"
#include "router/router.h"
#include "sim/random.h"
#include "ui/session.h"

#define OUT_KEPT 512

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
	uint64_t flows; /* begun so far */
	char out[OUT_KEPT];
	size_t out_len, out_bytes;
	/* The ids of a list: "*1;*2A". */
	uint64_t id, last_id, ids;
	bool in_id, disorder, ok, behind;
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

static void id_char(struct bench *b, char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *digit = c != '\0' ? strchr(digits, c) : NULL;

	if (c == '*') {
		b->in_id = true;
		b->id = 0;
	} else if (b->in_id && digit != NULL) {
		b->id = b->id * 16 + (uint64_t)(digit - digits);
	} else if (b->in_id) {
		b->disorder |= b->id <= b->last_id;
		b->last_id = b->id;
		b->in_id = false;
		b->ids++;
	}
}

static void take_out(void *arg, const char *bytes, size_t len)
{
	struct bench *b = arg;

	b->out_bytes += len;
	for (size_t i = 0; i < len; i++) {
		id_char(b, bytes[i]);
		if (b->out_len < OUT_KEPT - 1)
			b->out[b->out_len++] = bytes[i];
	}
}

static bool has_room(void *arg)
{
	return !((struct bench *)arg)->behind;
}

static void done(void *arg, bool ok)
{
	((struct bench *)arg)->ok = ok;
}

/* UDP and TCP by turns. */
static void begin_flow(struct bench *b)
{
	uint64_t i = b->flows++;
	uint64_t z = (i + 1) * 0x9e3779b97f4a7c15ULL;
	struct tuple t = { .src = { 0x0a000000 | (uint32_t)(i & 0xffffff) },
		           .dst = { (uint32_t)(z >> 32) },
		           .sport = (uint16_t)z,
		           .dport = 443,
		           .proto = i % 2 == 0 ? IPPROTO_UDP : IPPROTO_TCP };
	uint32_t index = flow_begin(b->router->fw.flows, &b->router->net, &t, &t, b->now);

	flow_touch_sooner(b->router->fw.flows, index, b->now, 3600);
}

static void bench_start(struct bench *b, uint32_t flows)
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
		.flows = flows,
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
	b->session = session_new(&(struct session_setup){ .conf = b->conf,
	                                                  .who = "admin",
	                                                  .door = "script",
	                                                  .arg = b,
	                                                  .out = take_out,
	                                                  .has_room = has_room });
	for (uint32_t i = 0; i < flows; i++)
		begin_flow(b);
}

static void bench_end(struct bench *b)
{
	session_free(b->session);
	manage_free(b->manage);
	conf_free(b->conf);
	router_free(b->router);
	log_free(&b->log);
}

/* One ends, the next one takes its place. */
static void change(struct bench *b)
{
	struct flows *flows = b->router->fw.flows;
	uint32_t index = (uint32_t)(b->flows * 2654435761U % flows->capacity);

	flow_end(flows, &b->router->net, index);
	begin_flow(b);
	b->now = mono_add_ns(b->now, 1000);
	(void)router_turn(b->router, b->now);
}

/* Milliseconds of the longest turn of @line. */
static double longest_turn(struct bench *b, const char *line)
{
	double from = cpu_ms(), longest, all;
	uint64_t turns = 1;

	b->out_len = b->out_bytes = b->ids = b->last_id = 0;
	must(session_run(b->session, line, strlen(line), done, b));
	longest = all = cpu_ms() - from;
	while (session_busy(b->session)) {
		change(b);
		from = cpu_ms();
		(void)session_turn(b->session, b->now);
		from = cpu_ms() - from;
		all += from;
		longest = from > longest ? from : longest;
		turns++;
	}
	b->out[b->out_len] = '\0';
	printf("%-62s longest turn %9.3f ms of %9.1f ms in %llu turns, %zu bytes\n", line, longest,
	       all, (unsigned long long)turns, b->out_bytes);
	return longest;
}

/* The number that was printed lies between @low and @high. */
static bool counted(const struct bench *b, uint32_t low, uint32_t high)
{
	unsigned long n = strtoul(b->out, NULL, 10);

	if (b->ok && n >= low && n <= high)
		return true;
	printf("wrong: %s", b->out);
	return false;
}

/* A reader that has fallen behind is waited for, and Ctrl-C ends the list at once. */
static bool waits_and_stops(struct bench *b)
{
	static const char line[] = "/ip/firewall/connection print";
	bool waited;

	b->out_bytes = 0;
	b->behind = true;
	must(session_run(b->session, line, sizeof line - 1, done, b));
	for (unsigned i = 0; i < 100; i++)
		(void)session_turn(b->session, b->now);
	waited = b->out_bytes == 0 && session_busy(b->session);
	b->behind = false;
	for (unsigned i = 0; i < 8 && session_busy(b->session); i++)
		(void)session_turn(b->session, b->now);
	waited &= b->out_bytes > 0 && session_busy(b->session);
	session_interrupt(b->session);
	return waited && !session_busy(b->session);
}

int main(int argc, char *argv[])
{
	uint32_t flows = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1U << 20;
	double limit = argc > 2 ? strtod(argv[2], NULL) : 0, longest[5];
	struct bench *b = mem_new(1, sizeof *b);
	bool good;

	bench_start(b, flows);
	longest[0] = longest_turn(b, "/ip/firewall/connection print count-only");
	good = counted(b, flows, flows);
	longest[1] = longest_turn(b, "/ip/firewall/connection print count-only where protocol=udp");
	good &= counted(b, flows / 2 - flows / 64, flows / 2 + flows / 64);
	longest[2] = longest_turn(b, "/ip/firewall/connection print where src-port=4711");
	longest[3] = longest_turn(b, "/ip/firewall/connection print terse show-ids proplist=.id");
	good &= b->ok && !b->disorder && b->ids == flows;
	longest[4] = longest_turn(b, ":put [/ip/firewall/connection get *100 protocol]");
	good &= b->ok;
	for (unsigned i = 0; i < 5 && limit > 0; i++)
		good &= longest[i] <= limit;
	good &= waits_and_stops(b);
	bench_end(b);
	mem_free(b);
	return good ? 0 : 1;
}
