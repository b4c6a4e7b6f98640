#include "sim/fast_slow.h"

#include <netinet/in.h>
#include <stdio.h>

#include "core/ports.h"
#include "lib/mem.h"
#include "lib/text.h"
#include "sim/ledger.h"
#include "sim/scene.h"
#include "sim/traffic.h"
#include "wire/eth.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"
#include "wire/tcp_header.h"

enum {
	START_S = 1000,
	FRAMES_MAX = 10 /* a step */
};

struct fast_slow {
	uint64_t seed;
	uint32_t step;
	bool trace;
	struct sim_random random;
	struct twin *twin;
	struct scene scene;
	struct traffic *traffic;
	struct fast_slow_stats *stats;
	struct text *out;
	uint64_t ended; /* connections, before this step */
};

/* --- what holds of any router --- */

static bool fail(struct fast_slow *run, const struct frame *frame, const char *what)
{
	text_add(run->out, what);
	if (frame != NULL) {
		text_add(run->out, "\n  ");
		packet_text(frame_bytes_const(frame), frame->len, run->out);
	}
	return false;
}

static bool is_first_piece(const struct frame *frame)
{
	const uint8_t *ip = frame_bytes_const(frame) + ETH_HEADER_BYTES;

	return (wire_get16(ip + IP4_AT_FRAGMENT) & IP4_OFFSET_MASK) == 0;
}

static uint16_t mss_of(const struct frame *frame)
{
	const uint8_t *ip = frame_bytes_const(frame) + ETH_HEADER_BYTES;
	uint32_t header = (ip[0] & 0xfU) * 4;
	struct reader r = reader_over(ip + header, frame->len - ETH_HEADER_BYTES - header);
	struct tcp_options options = { 0 };
	struct tcp_header tcp;

	if (ip[IP4_AT_PROTO] != IPPROTO_TCP || !tcp_header_parse(&r, &tcp))
		return 0;
	tcp_options_parse(tcp.options, tcp.header_bytes - TCP_HEADER_BYTES, &options);
	return options.has_mss ? options.mss : 0;
}

/* The tuple with which a frame left. */
static struct tuple left_as(const struct frame *frame, const struct tuple *came)
{
	const uint8_t *ip = frame_bytes_const(frame) + ETH_HEADER_BYTES;
	const uint8_t *l4 = ip + (ip[0] & 0xfU) * 4;
	struct tuple t = { .src = { wire_get32(ip + IP4_AT_SRC) },
		           .dst = { wire_get32(ip + IP4_AT_DST) },
		           .proto = came->proto };

	if (t.proto == IPPROTO_TCP || t.proto == IPPROTO_UDP) {
		t.sport = wire_get16(l4);
		t.dport = wire_get16(l4 + 2);
	} else if (t.proto == IPPROTO_ICMP) {
		t.sport = t.dport = came->sport != 0 || came->dport != 0 ? wire_get16(l4 + 4) : 0;
	}
	return t;
}

/* A plain packet of this step left: as its connection says, no more and no less. */
static bool translation_holds(struct fast_slow *run, const struct traffic_note *note,
                              const struct frame *frame, unsigned port)
{
	const struct flows *flows = run->twin->fast.router->fw.flows;
	const struct flow *flow;
	struct tuple out, leaves;
	uint32_t index;
	uint8_t dir;

	if (!note->plain || note->step != run->step || !is_first_piece(frame))
		return true;
	index = flow_find(flows, &note->tuple, flow_hash(flows, &note->tuple), &dir);
	if (index == FLOW_NONE || flows->ended != run->ended)
		return true; /* it has ended since, or is another one by now */
	flow = flow_at_const(flows, index);
	leaves = flow_leaves(flow, dir);
	out = left_as(frame, &note->tuple);
	if (note->tuple.proto == IPPROTO_ICMP && note->tuple.sport == 0)
		leaves.sport = leaves.dport = out.sport = out.dport = 0;
	if (flow->since.ns != run->twin->now.ns && !tuple_equal(&out, &leaves))
		return fail(run, frame, "a packet left otherwise than its connection says");
	if (scene_is_wan(port) && scene_is_private(out.src) && dir == 0 &&
	    (flow->flags & FLOW_HAIRPIN) == 0 && run->scene.masquerade_since.ns < flow->since.ns &&
	    flow->since.ns == run->twin->now.ns &&
	    flow->way[0].packets == 1) /* a later one may have found another way open */
		return fail(run, frame, "an inner source left by a masquerading WAN");
	return true;
}

static bool frame_holds(struct fast_slow *run, unsigned port, const struct frame *frame)
{
	struct traffic_note *note =
		traffic_learn(run->traffic, &run->scene, run->twin, port, frame);
	const char *fault = frame_fault(frame, note == NULL || note->sound);

	run->stats->out++;
	if (fault != NULL)
		return fail(run, frame, fault);
	if (note == NULL)
		return true;
	if (note->plain && mss_of(frame) > note->mss)
		return fail(run, frame, "a SYN left with a larger MSS than it came with");
	return translation_holds(run, note, frame, port);
}

static bool frames_hold(struct fast_slow *run)
{
	for (unsigned port = 0; port < TWIN_PORTS; port++) {
		const struct frame *frame = run->twin->fast.out[port].first;

		for (; frame != NULL; frame = frame->next) {
			if (run->trace) {
				struct text line = { 0 };

				packet_text(frame_bytes_const(frame), frame->len, &line);
				printf("    out %u: %s\n", port + 1, text_str(&line));
				text_free(&line);
			}
			if (!frame_holds(run, port, frame))
				return false;
		}
	}
	return true;
}

static bool accounting_holds(struct fast_slow *run)
{
	const struct router *fast = run->twin->fast.router, *slow = run->twin->slow.router;

	return ledger_closes(fast, run->out) && ledger_closes(slow, run->out);
}

static bool ports_hold(struct fast_slow *run)
{
	const struct router *router = run->twin->fast.router;
	uint32_t at = 0, index;
	uint64_t held = 0;

	while ((index = flows_walk(router->fw.flows, &at)) != FLOW_NONE)
		held += (flow_at_const(router->fw.flows, index)->flags & FLOW_PORT_TAKEN) != 0;
	if (held == ports_used(router->net.ports))
		return true;
	return fail(run, NULL, "ports taken are not those that connections hold");
}

static bool all_holds(struct fast_slow *run)
{
	struct twin_rules rules;

	scene_rules(&run->scene, &rules);
	if (twin_differ(run->twin, &rules, run->out))
		return false;
	if (run->step % 8 == 0)
		flows_must_hold(run->twin->fast.router->fw.flows, &run->twin->fast.router->net);
	return frames_hold(run) && accounting_holds(run) && ports_hold(run);
}

/* --- the run --- */

/* Mostly packets follow one another; at times a while passes, rarely a long one. */
static uint64_t draw_ns(struct sim_random *r)
{
	uint32_t kind = sim_random_below(r, 1000);

	if (kind < 900)
		return sim_random_below(r, 20) * NS_PER_MS;
	if (kind < 980)
		return sim_random_below(r, 3000) * NS_PER_MS;
	if (kind < 997)
		return (uint64_t)sim_random_below(r, 150) * NS_PER_S;
	return (uint64_t)sim_random_below(r, 100000) * NS_PER_S;
}

static bool step(struct fast_slow *run)
{
	struct sim_random *r = &run->random;
	mono now = mono_add_ns(run->twin->now, draw_ns(r));
	uint32_t frames = sim_random_below(r, FRAMES_MAX + 1);

	run->traffic->step = run->step;
	twin_forget(run->twin);
	if (sim_random_chance(r, 400)) {
		const char *what = scene_change(&run->scene, run->twin);

		run->stats->changes++;
		if (run->trace)
			printf("  change: %s\n", what);
	}
	for (uint32_t i = 0; i < frames; i++)
		traffic_send(run->traffic, &run->scene, run->twin);
	if (run->trace)
		printf("step %u at %lu ns, %u frames\n", run->step, (unsigned long)now.ns, frames);
	run->ended = run->twin->fast.router->fw.flows->ended;
	twin_turn(run->twin, now);
	return all_holds(run);
}

static void stats_add(struct fast_slow *run)
{
	const struct router *router = run->twin->fast.router;

	run->stats->frames += run->twin->put;
	run->stats->replayed += router->counters.replayed;
	run->stats->walked += router->counters.walked;
	run->stats->flows += router->fw.flows->created;
}

bool fast_slow_run(uint64_t seed, uint32_t steps, bool trace, struct fast_slow_stats *stats,
                   struct text *out)
{
	static const uint32_t sizes[] = { 12, 64, 256 };
	struct fast_slow *run = mem_new(1, sizeof *run);
	bool good = true;
	uint32_t flows;

	*run = (struct fast_slow){ .seed = seed,
		                   .trace = trace,
		                   .random = sim_random_make(seed),
		                   .stats = stats,
		                   .out = out };
	flows = sizes[sim_random_below(&run->random, ARRAY_LEN(sizes))];
	run->twin = twin_new(seed, flows, (mono){ START_S * NS_PER_S });
	run->traffic = traffic_new(&run->random);
	scene_init(&run->scene, run->twin, &run->random);
	for (run->step = 1; good && run->step <= steps; run->step++)
		good = step(run);
	if (!good)
		text_printf(out, "\nreplay: sim --seed %lu --step %u", (unsigned long)seed,
		            run->step - 1);
	stats_add(run);
	traffic_free(run->traffic);
	twin_free(run->twin);
	mem_free(run);
	return good;
}
