#include "sim/stream_run.h"

#include <stdio.h>

#include "lib/mem.h"
#include "lib/text.h"
#include "sim/ledger.h"
#include "sim/stream_cover.h"
#include "tcp/connection_info.h"

enum {
	RUN_SALT = 1 << 21, /* its steps' random numbers are others than those of networks */
	STEPS = 40,
	STEP_MS = 250,
	STREAMS_MAX = 8,
	MOVES_MS = 6000, /* beside two timeouts: neighbours are asked for again, links are back */
	PEACE_MS = 600000,
	PEACE_STEP_MS = 500,
	FORGOTTEN_MS =
		400000, /* TIME-WAIT, FIN-WAIT-2, and who still calls somebody that is gone */
	DRAIN_TURNS = 200,
	DRAIN_S = 4000,
};

struct stream_run {
	struct seed *seed;
	struct stream_net *net;
	struct stream streams[STREAMS_MAX];
	unsigned streams_n, begun;
	uint32_t step;
};

static bool routers_hold(struct stream_run *run)
{
	const struct world *world = run->net->world;

	for (unsigned i = 0; i < world->routers_n; i++) {
		if (!ledger_closes(world->routers[i].router, run->seed->out))
			return false;
	}
	for (unsigned i = 0; i < run->begun; i++) {
		if (run->streams[i].wrong[0] != '\0')
			return stream_is_well(&run->streams[i], run->seed->out);
	}
	return true;
}

static void note(struct stream_run *run, const char *what)
{
	cover_change(run->seed->cover, what, 1);
	if (run->seed->told)
		printf("  change: %s\n", what);
}

/* --- trouble --- */

static void begin_some(struct stream_run *run, struct sim_random *random)
{
	if (run->begun == run->streams_n || !sim_random_chance(random, 4000))
		return;
	stream_begin(&run->streams[run->begun++]);
	if (run->seed->told)
		printf("  stream %u begins\n", run->begun);
}

static bool live(struct stream_run *run)
{
	struct sim_random random = seed_random(run->seed, RUN_SALT + run->step);

	run->net->world->timeline.random.state = sim_random_next(&random);
	if (run->seed->told)
		printf("stream step %u\n", run->step);
	if (seed_has_step(run->seed, run->step)) {
		begin_some(run, &random);
		if (sim_random_chance(&random, 3000))
			note(run, stream_net_trouble(run->net, &random));
	}
	world_run_ms(run->net->world, STEP_MS);
	return routers_hold(run);
}

/* --- peace --- */

static bool all_over(const struct stream_run *run)
{
	for (unsigned i = 0; i < run->begun; i++) {
		if (!stream_is_over(&run->streams[i]))
			return false;
	}
	return true;
}

static uint64_t timeout_ms(const struct stream_end *end)
{
	struct connection_info info;

	connection_info(end->c, &info);
	return info.rto / 1000;
}

/* G3: each that has something to say is heard within two of the timeouts that it has now. */
static bool one_moves(struct stream_run *run, struct stream_end *end, uint64_t waited_ms)
{
	if (!stream_end_is_busy(end) || end->patience_ms == 0)
		return true;
	if (stream_end_progress(end) != end->mark) {
		end->patience_ms = 0;
		return true;
	}
	if (waited_ms < end->patience_ms)
		return true;
	text_printf(run->seed->out,
	            "no progress for %lu ms after all is well: ", (unsigned long)waited_ms);
	stream_say(end->stream, run->seed->out);
	return false;
}

static bool all_move(struct stream_run *run, uint64_t waited_ms)
{
	for (unsigned i = 0; i < run->begun; i++) {
		for (unsigned j = 0; j < 2; j++) {
			if (!one_moves(run, &run->streams[i].ends[j], waited_ms))
				return false;
		}
	}
	return true;
}

static void watch_all(struct stream_run *run)
{
	for (unsigned i = 0; i < run->begun; i++) {
		for (unsigned j = 0; j < 2; j++) {
			struct stream_end *end = &run->streams[i].ends[j];

			if (!stream_end_is_busy(end))
				continue;
			end->mark = stream_end_progress(end);
			end->patience_ms = 2 * timeout_ms(end) + MOVES_MS;
		}
	}
}

static bool say_open(struct stream_run *run)
{
	text_add(run->seed->out, "a stream does not end: ");
	for (unsigned i = 0; i < run->begun; i++) {
		if (!stream_is_over(&run->streams[i])) {
			stream_say(&run->streams[i], run->seed->out);
			break;
		}
	}
	return false;
}

static bool all_end(struct stream_run *run)
{
	watch_all(run);
	for (unsigned i = 0; i < run->begun; i++)
		stream_hurry(&run->streams[i]);
	for (uint64_t ms = 0; !all_over(run); ms += PEACE_STEP_MS) {
		if (ms > PEACE_MS)
			return say_open(run);
		world_run_ms(run->net->world, PEACE_STEP_MS);
		if (!routers_hold(run) || !all_move(run, ms))
			return false;
	}
	for (unsigned i = 0; i < run->begun; i++) {
		if (!stream_is_well(&run->streams[i], run->seed->out))
			return false;
		stream_cover_stream(run->seed->cover, &run->streams[i]);
		stream_end_listening(&run->streams[i]);
	}
	return true;
}

static bool tcp_is_empty(struct stream_run *run)
{
	for (unsigned i = 0; i < 2; i++) {
		struct tcp_use use = tcp_use(run->net->hosts[i]->router->host.tcp);

		if (use.connections + use.half_open + use.time_wait + use.listeners + use.chunks +
		            use.flights ==
		    0)
			continue;
		text_printf(run->seed->out,
		            "host %u still holds %u connections, %u half-open, %u in TIME-WAIT, "
		            "%u listeners, %u chunks, %u records",
		            i, use.connections, use.half_open, use.time_wait, use.listeners,
		            use.chunks, use.flights);
		return false;
	}
	return true;
}

/* All timers of a router run out; what it still sends goes nowhere. */
static bool drains(struct stream_run *run, struct router *router)
{
	mono now = timeline_now(&run->net->world->timeline);

	for (unsigned i = 0; i < DRAIN_TURNS && router_next(router).ns != mono_never().ns; i++) {
		now = mono_add_s(now, DRAIN_S);
		while (router_turn(router, now))
			continue;
	}
	return ledger_closes(router, run->seed->out) && ledger_is_empty(router, run->seed->out);
}

static bool end_well(struct stream_run *run)
{
	struct world *world = run->net->world;

	stream_cover_net(run->seed->cover, run->net);
	stream_net_heal(run->net);
	if (!all_end(run))
		return false;
	world_run_ms(world, FORGOTTEN_MS);
	if (!tcp_is_empty(run))
		return false;
	for (unsigned i = 0; i < run->net->links_n; i++)
		link_set_up(run->net->links[i], false);
	for (unsigned i = 0; i < world->routers_n; i++) {
		if (!drains(run, world->routers[i].router))
			return false;
	}
	return true;
}

/* --- the life --- */

/* Enough for all streams, or so little that they have to wait for each other. */
static struct tcp_budget budget_draw(struct sim_random *random)
{
	struct tcp_budget budget = { .connections = 64, .time_wait = 64, .listeners = 16 };

	budget.half_open = 2U << sim_random_below(random, 4);
	budget.chunks = 64U << sim_random_below(random, 5);
	budget.flights = 64U << sim_random_below(random, 5);
	return budget;
}

static struct stream_net *net_draw(struct stream_run *run, struct sim_random *random)
{
	struct stream_net_plan plan;

	plan.start = start_draw(random);
	plan.budget = budget_draw(random);
	plan.layout = (enum stream_layout)sim_random_below(random, STREAM_LAYOUTS);
	plan.offload = sim_random_chance(random, 5000);
	run->seed->cover->events[COVER_NEAR_WRAP] += plan.start.near_wrap;
	return stream_net_new(run->seed->number, &plan);
}

static void streams_draw(struct stream_run *run, struct sim_random *random)
{
	run->streams_n = 1 + sim_random_below(random, STREAMS_MAX);
	for (unsigned i = 0; i < run->streams_n; i++) {
		uint32_t opener = sim_random_below(random, 2);

		stream_draw(&run->streams[i], run->net, opener, i, random);
	}
}

static void trace_streams(struct stream_run *run)
{
	struct trace *trace = &run->net->world->timeline.trace;

	for (unsigned i = 0; i < run->begun; i++) {
		for (unsigned j = 0; j < 2; j++) {
			const struct stream_end *end = &run->streams[i].ends[j];

			trace_number(trace, end->got);
			trace_number(trace, end->written);
			trace_number(trace, (uint64_t)(int64_t)end->error);
		}
	}
}

static void sum_up(struct stream_run *run)
{
	const struct world *world = run->net->world;
	struct trace *trace = &run->net->world->timeline.trace;

	trace_streams(run);
	for (unsigned i = 0; i < world->routers_n; i++)
		trace_router(trace, world->routers[i].router);
	trace_number(&run->seed->trace, trace->hash);
	run->seed->trace.frames += trace->frames;
}

bool stream_run(struct seed *seed)
{
	struct sim_random random = seed_random(seed, RUN_SALT);
	struct stream_run *run = mem_new(1, sizeof *run);
	uint32_t steps = seed->steps != 0 && seed->steps < STEPS ? seed->steps : STEPS;
	bool good = true;

	run->seed = seed;
	run->net = net_draw(run, &random);
	run->net->spoiler = sim_random_below(&random, run->net->links_n);
	stream_own(run->net);
	streams_draw(run, &random);
	for (run->step = 1; good && run->step <= steps; run->step++) {
		seed->failed_step = run->step;
		good = live(run);
	}
	if (good && steps == STEPS) {
		seed->failed_step = 0;
		good = end_well(run);
	}
	sum_up(run);
	stream_net_free(run->net);
	mem_free(run);
	return good;
}
