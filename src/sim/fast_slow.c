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
#include "wire/icmp_header.h"
#include "wire/ip4_header.h"
#include "wire/packet_text.h"
#include "wire/tcp_header.h"

enum {
	FRAMES_MAX = 10 /* a step */
};

struct fast_slow {
	struct seed *seed;
	uint32_t step;
	struct sim_random random;
	struct twin *twin;
	struct scene scene;
	struct traffic *traffic;
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

/*
 * How a packet that came as @came is to leave. A question from the side that answers, or an answer
 * from the one that asks, only has the identifier of a translated flow: it belongs to nobody
 * (RFC 5508, 3.2) and is translated by nobody.
 */
static struct tuple should_leave(const struct flow *flow, uint8_t dir, const struct frame *frame,
                                 const struct tuple *came)
{
	const uint8_t *ip = frame_bytes_const(frame) + ETH_HEADER_BYTES;
	uint8_t icmp_type = ip[(ip[0] & 0xfU) * 4];

	if (came->proto == IPPROTO_ICMP && icmp_is_query(icmp_type) &&
	    icmp_asks(icmp_type) != (dir == 0))
		return *came;
	return flow_leaves(flow, dir);
}

/* A plain packet of this step left: as its connection says, no more and no less; or as it came,
 * when a rule may have kept it from being tracked. */
static bool translation_holds(struct fast_slow *run, const struct traffic_note *note,
                              const struct frame *frame, unsigned port)
{
	const struct flows *flows = run->twin->fast.router->fw.flows;
	const struct flow *flow;
	struct tuple came = note->tuple, out, leaves;
	uint32_t index;
	uint8_t dir;

	if (!note->plain || note->step != run->step || !is_first_piece(frame))
		return true;
	index = flow_find(flows, &came, flow_hash(flows, &came), &dir);
	if (index == FLOW_NONE || flows->ended != run->ended)
		return true; /* it has ended since, or is another one by now */
	flow = flow_at_const(flows, index);
	leaves = should_leave(flow, dir, frame, &came);
	out = left_as(frame, &came);
	if (came.proto == IPPROTO_ICMP && came.sport == 0)
		leaves.sport = leaves.dport = out.sport = out.dport = 0;
	if (flow->since.ns != run->twin->now.ns && !tuple_equal(&out, &leaves) &&
	    !(tuple_equal(&out, &came) && scene_leaves_untracked(&run->scene)))
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

	if (fault != NULL)
		return fail(run, frame, fault);
	if (note == NULL)
		return true;
	if (note->plain && mss_of(frame) > note->mss)
		return fail(run, frame, "a SYN left with a larger MSS than it came with");
	return translation_holds(run, note, frame, port);
}

static void frame_tell(unsigned port, const struct frame *frame)
{
	struct text line = { 0 };

	packet_text(frame_bytes_const(frame), frame->len, &line);
	printf("    out %u: %s\n", port + 1, text_str(&line));
	text_free(&line);
}

/* The reference's frames are those that came, one by one; the other's may be trains of them. */
static bool frames_hold(struct fast_slow *run)
{
	for (unsigned port = 0; port < TWIN_PORTS; port++) {
		const struct frame *frame = run->twin->slow.out[port].first;

		for (; frame != NULL; frame = frame->next) {
			trace_frame(&run->seed->trace, run->twin->now, port,
			            frame_bytes_const(frame), frame->len);
			if (run->seed->told)
				frame_tell(port, frame);
			if (!frame_holds(run, port, frame))
				return false;
		}
		for (frame = run->twin->fast.out[port].first; frame != NULL; frame = frame->next) {
			const char *fault = frame_fault(frame, frame->offload.gso_type != GSO_NONE);

			if (fault != NULL)
				return fail(run, frame, fault);
		}
		run->seed->cover->events[COVER_JOINED] +=
			run->twin->slow.out[port].n - run->twin->fast.out[port].n;
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
	uint64_t held = router->fw.flows->mappings;

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
	if (run->step % 8 == 0) {
		flows_must_hold(run->twin->fast.router->fw.flows, &run->twin->fast.router->net);
		address_lists_must_hold(run->twin->fast.router->fw.lists);
	}
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

static void happen(struct fast_slow *run)
{
	struct sim_random *r = &run->random;
	uint32_t frames = sim_random_below(r, FRAMES_MAX + 1);

	if (sim_random_chance(r, 400)) {
		const char *what = scene_change(&run->scene, run->twin);

		cover_change(run->seed->cover, what, 1);
		if (run->seed->told)
			printf("  change: %s\n", what);
	}
	for (uint32_t i = 0; i < frames; i++)
		traffic_send(run->traffic, &run->scene, run->twin);
}

static bool step(struct fast_slow *run)
{
	mono now;

	run->random = seed_random(run->seed, run->step);
	now = mono_add_ns(run->twin->now, draw_ns(&run->random));
	run->traffic->step = run->step;
	twin_forget(run->twin);
	if (run->seed->told)
		printf("step %u at %lu ns\n", run->step, (unsigned long)now.ns);
	if (seed_has_step(run->seed, run->step))
		happen(run);
	run->ended = run->twin->fast.router->fw.flows->ended;
	twin_turn(run->twin, now);
	return all_holds(run);
}

/* Nothing comes any more: every timer runs, and nothing is held when the last one has. */
static bool end_holds(struct fast_slow *run)
{
	const struct router *router = run->twin->fast.router;
	struct twin *twin = run->twin;
	struct twin_rules rules;

	twin_drain(twin);
	scene_rules(&run->scene, &rules);
	return !twin_differ(twin, &rules, run->out) && accounting_holds(run) &&
	       ledger_is_empty(router, run->out);
}

static void run_init(struct fast_slow *run, struct seed *seed)
{
	static const uint32_t sizes[] = { 12, 64, 256 };
	struct start start;
	uint32_t flows, few;
	bool plain_ports;

	*run = (struct fast_slow){ .seed = seed, .random = seed_random(seed, 0), .out = seed->out };
	start = start_draw(&run->random);
	flows = sizes[sim_random_below(&run->random, ARRAY_LEN(sizes))];
	few = sim_random_chance(&run->random, 1500) ? 6 : 0;
	plain_ports = sim_random_chance(&run->random, 2000);
	run->twin = twin_new(&(struct twin_setup){
		.seed = seed->number,
		.flows = flows,
		.neighbours =
			seed->number % 2 == 0 ? 64 : 6, /* six are fewer than there are hosts */
		.buffers = few,
		.plain_ports = plain_ports,
		.now = start.now,
		.start = start.router,
	});
	run->traffic = traffic_new(&run->random, &start);
	scene_init(&run->scene, run->twin, &run->random);
	seed->cover->events[COVER_NEAR_WRAP] += start.near_wrap;
}

bool fast_slow_run(struct seed *seed)
{
	struct fast_slow *run = mem_new(1, sizeof *run);
	uint32_t steps = seed->steps != 0 ? seed->steps : FAST_SLOW_STEPS;
	bool good = true;

	run_init(run, seed);
	for (run->step = 1; good && run->step <= steps; run->step++) {
		seed->failed_step = run->step;
		good = step(run);
	}
	cover_router(seed->cover, run->twin->fast.router);
	if (good && seed->steps == 0) {
		seed->failed_step = 0;
		good = end_holds(run);
	}
	trace_router(&seed->trace, run->twin->fast.router);
	traffic_free(run->traffic);
	twin_free(run->twin);
	mem_free(run);
	return good;
}
