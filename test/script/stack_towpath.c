/*
 * stack_towpath.c -- our own router as the host: libtowpath, its console, its sockets, virtual
 * time.
 *
 * Time passes only in wait(), from one thing that is due to the next. A call that waits is asked
 * again each time that something has happened.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "api/towpath_inside.h"
#include "host/sock.h"
#include "lib/mem.h"
#include "script/cable.h"
#include "script/stack_towpath.h"
#include "towpath.h"

#define CAUGHT_MAX 1024
#define START_NS   1000000000000ULL

struct caught_frame {
	int64_t at_us;
	size_t len;
	uint8_t *bytes;
};

struct stack_towpath {
	struct stack stack;
	struct cable cable;
	struct towpath *t;
	uint64_t now_ns;
	unsigned head, n;
	struct caught_frame frames[CAUGHT_MAX];
	uint8_t *taken;
	struct towpath_sockets sockets;
	bool waiting;
	struct waiting_call call;
};

static struct stack_towpath *of(struct stack *stack)
{
	return (struct stack_towpath *)stack;
}

static int64_t ours_us(struct stack *stack)
{
	return (int64_t)((of(stack)->now_ns - START_NS) / NS_PER_US);
}

/* A station of the link sends. */
static void port_put(void *arg, const uint8_t *bytes, size_t len)
{
	const struct stack_towpath *ours = arg;

	(void)towpath_put(ours->t, 0,
	                  &(struct towpath_frame){ .bytes = bytes, .len = (uint32_t)len });
}

static void take_frames(struct stack_towpath *ours)
{
	struct towpath_frame frame;

	while (towpath_take(ours->t, 0, &frame) == 1) {
		const uint8_t *bytes = frame.bytes;
		size_t ip_at = cable_receive(&ours->cable, bytes, frame.len);

		if (ip_at == 0 || ours->n == CAUGHT_MAX)
			continue;

		struct caught_frame *caught = &ours->frames[(ours->head + ours->n++) % CAUGHT_MAX];

		*caught = (struct caught_frame){ .at_us = ours_us(&ours->stack),
			                         .len = frame.len - ip_at,
			                         .bytes = mem_new(frame.len - ip_at, 1) };
		memcpy(caught->bytes, bytes + ip_at, caught->len);
	}
}

/* All that happens now; a station's answer may make more happen. */
static void settle(struct stack_towpath *ours)
{
	do {
		(void)towpath_advance(ours->t, ours->now_ns);
		take_frames(ours);
	} while (towpath_next(ours->t) <= ours->now_ns);
}

static bool has_returned(struct stack_towpath *ours)
{
	return ours->waiting &&
	       waiting_call_ask(&ours->call, &ours->sockets, ours_us(&ours->stack));
}

static void ours_wait(struct stack *stack, int64_t until_us)
{
	struct stack_towpath *ours = of(stack);
	uint64_t until_ns = START_NS + (uint64_t)until_us * NS_PER_US;
	bool was_done = !ours->waiting || ours->call.done;

	for (;;) {
		settle(ours);
		if (ours->n > 0 || ours->now_ns >= until_ns || (!was_done && has_returned(ours)))
			break;

		uint64_t next = towpath_next(ours->t);

		if (!was_done && ours->call.until_us >= 0 &&
		    START_NS + (uint64_t)ours->call.until_us * NS_PER_US < next)
			next = START_NS + (uint64_t)ours->call.until_us * NS_PER_US;
		ours->now_ns = next < until_ns ? next : until_ns;
	}
	settle(ours);
}

static bool ours_take(struct stack *stack, struct caught *ret_caught)
{
	struct stack_towpath *ours = of(stack);

	settle(ours);
	if (ours->n == 0)
		return false;

	struct caught_frame *frame = &ours->frames[ours->head];

	mem_free(ours->taken);
	ours->taken = frame->bytes;
	*ret_caught = (struct caught){ frame->at_us, frame->len, frame->bytes };
	ours->head = (ours->head + 1) % CAUGHT_MAX;
	ours->n--;
	return true;
}

static void ours_give(struct stack *stack, const uint8_t *packet, size_t len)
{
	cable_send(&of(stack)->cable, packet, len);
	settle(of(stack));
}

static int64_t ours_environment(struct stack_towpath *ours, const struct call_pattern *call)
{
	if (call->environment == ENVIRONMENT_ADDRESS_REMOVE)
		return towpath_run(ours->t, "/ip address remove [find interface=" STACK_LINK "]",
		                   NULL, NULL);
	return towpath_link(ours->t, 0, call->environment == ENVIRONMENT_LINK_UP);
}

/* A blocking call that need not wait for anybody else returns before time passes. */
static int64_t ours_do(struct stack *stack, int socket, const struct call_pattern *call,
                       struct call_io *io)
{
	struct stack_towpath *ours = of(stack);
	struct waiting_call now;

	if (call->kind == CALL_ENVIRONMENT)
		return ours_environment(ours, call);
	waiting_call_begin(&now, &ours->sockets, socket, call, io, ours_us(stack));
	for (int round = 0; round < 8; round++) {
		if (waiting_call_ask(&now, &ours->sockets, ours_us(stack)))
			break;
		settle(ours);
	}
	settle(ours);
	return now.result;
}

static bool ours_begin(struct stack *stack, int socket, const struct call_pattern *call,
                       struct call_io *io)
{
	struct stack_towpath *ours = of(stack);

	waiting_call_begin(&ours->call, &ours->sockets, socket, call, io, ours_us(stack));
	ours->waiting = true;
	(void)has_returned(ours);
	settle(ours);
	return true;
}

static bool ours_returned(struct stack *stack, int64_t *ret_result, int64_t *ret_at_us)
{
	struct stack_towpath *ours = of(stack);

	if (!has_returned(ours))
		return false;
	ours->waiting = false;
	*ret_result = ours->call.result;
	*ret_at_us = ours->call.at_us;
	return true;
}

static void ours_close(struct stack *stack)
{
	struct stack_towpath *ours = of(stack);
	struct caught caught;

	while (ours_take(stack, &caught))
		;
	mem_free(ours->taken);
	towpath_sockets_close(&ours->sockets);
	towpath_free(ours->t);
	mem_free(ours);
}

static const struct stack_ops ours_ops = {
	.now_us = ours_us,
	.wait = ours_wait,
	.take = ours_take,
	.give = ours_give,
	.call = ours_do,
	.start = ours_begin,
	.returned = ours_returned,
	.close = ours_close,
};

/* --- setting it up -----------------------------------------------------------------------------
 */

static void filter_line(struct text *lines, const struct setting *setting)
{
	static const char how[] =
		"/ip firewall filter add chain=output protocol=tcp dst-port=%s %s\n";
	const char *what = setting->words[0];

	text_printf(lines, how, setting->words[1],
	            strcmp(what, "reset") == 0 ? "action=reject reject-with=tcp-reset"
	            : strcmp(what, "reject") == 0
	                    ? "action=reject reject-with=icmp-admin-prohibited"
	                    : "action=drop");
}

static bool route_line(struct text *lines, const struct setting *setting, struct text *why)
{
	text_printf(lines, "/ip route add dst-address=%s", setting->words[0]);
	if (strcmp(setting->words[1], "blackhole") == 0) {
		text_add(lines, " blackhole=yes\n");
		return true;
	}
	for (unsigned i = 1; i + 1 < setting->n_words; i += 2) {
		const char *word = setting->words[i];

		if (strcmp(word, "via") == 0)
			text_printf(lines, " gateway=%s", setting->words[i + 1]);
		else if (strcmp(word, "source") == 0)
			text_printf(lines, " pref-src=%s", setting->words[i + 1]);
	}
	text_char(lines, '\n');
	if (strcmp(setting->words[1], "via") == 0)
		return true;
	text_printf(why, "a router has no routes that are %s", setting->words[1]);
	return false;
}

static bool setting_lines(const struct script *script, struct text *lines, struct text *why)
{
	bool default_route = true;

	text_add(lines, "/ip address add address=192.0.2.1/24 interface=" STACK_LINK "\n");
	for (unsigned i = 0; i < script->n_settings; i++) {
		const struct setting *setting = &script->settings[i];

		if (setting->name->kind == SETTING_ADDRESS)
			text_printf(lines, "/ip address add address=%s interface=" STACK_LINK "\n",
			            setting->words[0]);
		if (setting->name->kind == SETTING_FILTER)
			filter_line(lines, setting);
		if (setting->name->kind == SETTING_ROUTE && !route_line(lines, setting, why))
			return false;
		if (setting->name->kind == SETTING_DEFAULT_ROUTE)
			default_route = strcmp(setting->words[0], "no") != 0;
	}
	if (default_route)
		text_add(lines, "/ip route add gateway=192.0.2.254\n");
	return true;
}

static void told(void *arg, const char *bytes, size_t len, bool error)
{
	if (error)
		text_bytes(arg, bytes, len);
}

static bool configure(struct stack_towpath *ours, const struct script *script, struct text *why)
{
	struct text lines = { 0 };
	bool good = setting_lines(script, &lines, why) &&
	            towpath_run(ours->t, text_str(&lines), told, why) == 0;

	text_free(&lines);
	return good && towpath_settings(ours->t->router->host.tcp, script, why);
}

static uint32_t script_mtu(const struct script *script)
{
	for (unsigned i = 0; i < script->n_settings; i++)
		if (script->settings[i].name->kind == SETTING_MTU)
			return (uint32_t)script->settings[i].number;
	return STACK_MTU;
}

static bool ours_set_up(struct stack_towpath *ours, const struct script *script, struct text *why)
{
	struct mac mac = { { 2, 0, 0, 0, 0, 1 } };
	struct towpath_setup setup = {
		.size = sizeof setup,
		.seed = 1,
		.now_ns = START_NS,
		.budget = { .flows = 1024, .packets = 256, .packets_64k = 8, .neighbours = 64 },
	};
	struct towpath_port port = { .name = STACK_LINK, .mtu = script_mtu(script) };

	memcpy(port.mac, mac.b, sizeof port.mac);
	if (towpath_new(&setup, &ours->t) != 0)
		return false;
	cable_init(&ours->cable, script, &mac);
	ours->cable.transmit = port_put;
	ours->cable.arg = ours;
	ours->now_ns = START_NS;
	if (towpath_port_add(ours->t, &port) != 0 || towpath_start(ours->t) != 0) {
		text_add(why, "the router does not start");
		return false;
	}
	ours->sockets.host = &ours->t->router->host;
	towpath_sockets_ports(&ours->sockets, script);
	return configure(ours, script, why);
}

/* The host has been up for a while: its announcements of itself are over. */
static void grow_old(struct stack_towpath *ours)
{
	struct caught caught;

	ours_wait(&ours->stack, 5 * 1000000);
	while (ours_take(&ours->stack, &caught))
		;
}

struct stack *stack_open_towpath(const struct script *script, struct text *why)
{
	struct stack_towpath *ours = mem_new(1, sizeof *ours);

	ours->stack = (struct stack){
		.ops = &ours_ops,
		.which = SCRIPT_TOWPATH,
		.early_us = 1000, /* timers count in milliseconds */
		.late_us = 1000,
	};
	if (!ours_set_up(ours, script, why)) {
		if (ours->t != NULL)
			towpath_free(ours->t);
		mem_free(ours);
		return NULL;
	}
	grow_old(ours);
	return &ours->stack;
}
