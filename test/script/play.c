#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/mem.h"
#include "script/play_inside.h"

/* Longer than anything that comes at `+*`. */
#define ANY_TIME_US (30 * 1000000LL)

bool play_fail(struct player *player, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vprintf(player->why, format, args);
	va_end(args);
	return false;
}

/* --- flows -------------------------------------------------------------------------------------
 */

static const struct flow_spec *spec_of(const struct script *script, const char *name)
{
	for (unsigned i = 0; i < script->n_flows; i++)
		if (strcmp(script->flows[i].name, name) == 0)
			return &script->flows[i];
	return NULL;
}

static struct flow *flow_find(struct player *player, const char *name)
{
	for (unsigned i = 0; i < player->n_flows; i++)
		if (strcmp(player->flows[i].name, name) == 0)
			return &player->flows[i];
	if (player->n_flows == SCRIPT_FLOWS_MAX)
		return NULL;

	struct flow *flow = &player->flows[player->n_flows++];

	memset(flow, 0, sizeof *flow);
	memcpy(flow->name, name, strnlen(name, SCRIPT_NAME_BYTES - 1));
	return flow;
}

/* A flow that no socket of ours has begun is one to the port that was listened on last. */
struct flow *play_flow(struct player *player, const char *name)
{
	const struct flow_spec *spec = spec_of(player->script, name);
	struct flow *flow = flow_find(player, name);

	if (flow == NULL || flow->begun)
		return flow;
	flow->begun = true;
	flow->window = 65535;
	flow->our = spec != NULL ? spec->our : (ip4){ STACK_HOST };
	flow->their = spec != NULL ? spec->their : (ip4){ STACK_PEER };
	flow->our_port = spec != NULL ? spec->our_port : player->listened_port;
	flow->their_port =
		spec != NULL ? spec->their_port : (uint16_t)(40000 + (flow - player->flows));
	return flow;
}

void play_flow_connect(struct player *player, const struct call_pattern *call)
{
	struct flow *flow = flow_find(player, call->socket);

	if (flow == NULL)
		return;
	memset((char *)flow + sizeof flow->name, 0, sizeof *flow - sizeof flow->name);
	flow->begun = true;
	flow->window = 65535;
	flow->our = (ip4){ STACK_HOST };
	flow->their = call->to.address;
	flow->their_port = (uint16_t)call->to.port.low;
}

struct flow *play_flow_of(struct player *player, const struct packet *packet)
{
	struct flow *open = NULL;

	for (unsigned i = 0; i < player->n_flows; i++) {
		struct flow *flow = &player->flows[i];

		if (!flow->begun || !flow_is(flow, packet))
			continue;
		if (flow->our_port != 0)
			return flow;
		open = flow;
	}
	return open;
}

/* --- packets -----------------------------------------------------------------------------------
 */

static void tell(struct player *player, int64_t at_us, const char *what)
{
	if (player->told)
		printf("%10.6f %s\n", (double)at_us / 1e6, what);
}

static void tell_packet(struct player *player, int64_t at_us, const struct flow *flow,
                        const struct packet *packet)
{
	struct text text = { 0 };

	text_printf(&text, "+%.3f %s%s> ", (double)(at_us - player->base_us) / 1e6,
	            flow != NULL && strcmp(flow->name, "s") != 0 ? flow->name : "",
	            flow != NULL && strcmp(flow->name, "s") != 0 ? ": " : "");
	flow_print(flow, packet, &text);
	tell(player, at_us, text_str(&text));
	text_free(&text);
}

static bool unexpected(struct player *player, const struct caught *caught)
{
	struct packet packet;
	struct flow *flow;
	const char *wrong;

	if (!packet_parse(caught->bytes, caught->len, &packet, &wrong))
		return play_fail(player, "a packet came that can't be read: %s", wrong);
	flow = play_flow_of(player, &packet);
	if (flow != NULL)
		flow_learn(flow, &packet);
	tell_packet(player, caught->at_us, flow, &packet);
	play_fail(player, "unexpected, %.3f s after the line before: > ",
	          (double)(caught->at_us - player->base_us) / 1e6);
	flow_print(flow, &packet, player->why);
	return false;
}

static bool in_time(struct player *player, const struct step *step, int64_t at_us)
{
	const struct stack *stack = player->stack;
	int64_t passed = at_us - player->base_us;
	int64_t early = step->at_us.low - stack->early_us;
	int64_t late = step->at_us.high;

	if (late < INT64_MAX)
		late += stack->late_us + late / 100 * stack->late_percent;
	if (passed >= early && passed <= late)
		return true;
	return play_fail(player, "it came after %.3f s, expected %.3f", (double)passed / 1e6,
	                 (double)(passed < early ? step->at_us.low : step->at_us.high) / 1e6);
}

static int64_t last_moment(const struct player *player, const struct step *step)
{
	const struct stack *stack = player->stack;
	int64_t high = step->at_us.high < INT64_MAX ? step->at_us.high : ANY_TIME_US;

	return player->base_us + high + stack->late_us + high / 100 * stack->late_percent + 1;
}

static bool expected(struct player *player, const struct step *step, const struct caught *caught)
{
	struct flow *flow = play_flow(player, step->packet.flow);
	struct packet packet;
	struct text why = { 0 };
	const char *wrong;
	bool good;

	if (!packet_parse(caught->bytes, caught->len, &packet, &wrong))
		return play_fail(player, "a packet came that can't be read: %s", wrong);
	if (flow == NULL || !flow_is(flow, &packet))
		return unexpected(player, caught);
	flow_learn(flow, &packet);
	tell_packet(player, caught->at_us, flow, &packet);
	good = flow_matches(flow, &step->packet, &packet, &why);
	if (!good) {
		play_fail(player, "%s; it came as: > ", text_str(&why));
		flow_print(flow, &packet, player->why);
	}
	text_free(&why);
	return good && in_time(player, step, caught->at_us);
}

static bool play_out(struct player *player, const struct step *step)
{
	const struct stack_ops *ops = player->stack->ops;
	int64_t last = last_moment(player, step);
	struct caught caught;

	while (!ops->take(player->stack, &caught)) {
		if (ops->now_us(player->stack) >= last)
			return play_fail(player, "nothing came within %.3f s",
			                 (double)(last - player->base_us) / 1e6);
		ops->wait(player->stack, last);
	}
	if (!expected(player, step, &caught))
		return false;
	player->base_us = caught.at_us;
	return true;
}

static bool play_in(struct player *player, const struct step *step)
{
	struct flow *flow = play_flow(player, step->packet.flow);
	size_t len;

	if (flow == NULL)
		return play_fail(player, "there are too many flows");
	len = flow_build(flow, &step->packet, player->packet);
	player->stack->ops->give(player->stack, player->packet, len);
	return true;
}

/* --- steps -------------------------------------------------------------------------------------
 */

static bool play_waited(struct player *player, const struct step *step)
{
	const struct stack_ops *ops = player->stack->ops;
	int64_t last = last_moment(player, step), result, at_us;
	struct caught caught;

	while (!ops->returned(player->stack, &result, &at_us)) {
		if (ops->take(player->stack, &caught))
			return unexpected(player, &caught);
		if (ops->now_us(player->stack) >= last)
			return play_fail(player, "the call still waits after %.3f s",
			                 (double)(last - player->base_us) / 1e6);
		ops->wait(player->stack, last);
	}
	if (!play_returned(player, &step->call, result) || !in_time(player, step, at_us))
		return false;
	player->base_us = at_us;
	return true;
}

/* Up to the time of @step nothing may come. */
static bool wait_quietly(struct player *player, const struct step *step)
{
	const struct stack_ops *ops = player->stack->ops;
	int64_t at = player->base_us + step->at_us.low;
	struct caught caught;

	for (;;) {
		if (ops->take(player->stack, &caught))
			return unexpected(player, &caught);
		if (ops->now_us(player->stack) >= at)
			return true;
		ops->wait(player->stack, at);
	}
}

static bool play_step(struct player *player, const struct step *step)
{
	const struct stack_ops *ops = player->stack->ops;
	bool good;

	if (step->is_packet && step->packet.out)
		return play_out(player, step);
	if (!step->is_packet && step->call.kind == CALL_RETURNS)
		return play_waited(player, step);
	if (!wait_quietly(player, step))
		return false;
	player->base_us = ops->now_us(player->stack);
	good = step->is_packet ? play_in(player, step) : play_call(player, &step->call);
	ops->wait(player->stack, ops->now_us(player->stack));
	return good;
}

static bool play_steps(struct player *player)
{
	struct caught caught;
	unsigned line = 0;

	for (unsigned i = 0; i < player->script->n_steps; i++) {
		const struct step *step = &player->script->steps[i];

		if (!(step->stacks & player->stack->which))
			continue;
		line = step->line;
		if (!play_step(player, step)) {
			struct text why = { 0 };

			text_printf(&why, "line %u: %s", line, text_str(player->why));
			text_clear(player->why);
			text_add(player->why, text_str(&why));
			text_free(&why);
			return false;
		}
	}
	if (!player->stack->ops->take(player->stack, &caught))
		return true;
	text_printf(player->why, "after line %u: ", line);
	return unexpected(player, &caught);
}

bool play(const struct script *script, struct stack *stack, const struct play_options *options,
          struct text *why)
{
	struct player *player = mem_new(1, sizeof *player);
	bool good;

	player->script = script;
	player->stack = stack;
	player->why = why;
	player->told = options->told;
	player->base_us = stack->ops->now_us(stack);
	player->io.bytes = mem_new(1, STACK_BYTES_MAX);
	player->waiting.bytes = mem_new(1, STACK_BYTES_MAX);
	good = play_steps(player);
	stack->ops->close(stack);
	mem_free(player->io.bytes);
	mem_free(player->waiting.bytes);
	mem_free(player);
	return good;
}
