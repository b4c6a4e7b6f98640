/*
 * fixture.h -- a small router with its configuration: all menus, a store in memory, ports of
 * memory, and lines as a person types them.
 *
 * run() carries out a line and says whether it worked; f->diag says why not, f->notice what was
 * said besides. shown() reads a property as print would show it. Packets go in by put() and turn(),
 * and come out of the ports as in core/fixture.h. Interfaces are ether1 (WAN on a fresh store),
 * ether2, ether3 with ids from 1.
 */
#ifndef TEST_MENU_FIXTURE_H
#define TEST_MENU_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/memory_store.h"
#include "conf/type.h"
#include "core/addr.h"
#include "core/fib.h"
#include "core/frame.h"
#include "core/neigh.h"
#include "core/world.h"
#include "lang/run.h"
#include "manage/jobs.h"
#include "manage/manage.h"
#include "manage/users.h"
#include "menu/menus.h"
#include "router/router.h"

#define FIXTURE_PORTS 3
#define FIXTURE_FLOWS 64

/* A port of world.h that also hands out what was put into it. */
struct fixture_way {
	struct fixture_port out; /* first */
	struct fixture_bytes in;
	bool waits;
};

struct fixture {
	struct router *router;
	struct conf *conf;
	struct manage *manage;
	struct fixture_random random;
	struct log log;
	struct clock clock;
	struct background background;
	struct fixture_way ways[FIXTURE_PORTS + 1]; /* [i] is the port of interface i */
	struct numbering numbering;
	mono now;
	bool asks;                /* somebody is there to answer questions */
	uint32_t trial;           /* that changes are on; 0: on none */
	struct conf_draft *draft; /* that they go to; NULL: each is made */
	const char *who;          /* who types; NULL: admin, who may do everything */
	int64_t wall_ahead_s;     /* by so much the wall clock was set */
	/* Of the last line. */
	bool ok;
	struct diag diag;
	struct text out, notice;
	char value[512]; /* of the last shown() */
};

static inline unsigned fixture_take(struct port *port, struct port_frame *frames, unsigned max)
{
	struct fixture_way *way = (struct fixture_way *)port;

	if (!way->waits || max == 0)
		return 0;
	way->waits = false;
	frames[0] = (struct port_frame){ .bytes = bytes_of(&way->in),
		                         .len = way->in.len,
		                         .headroom = PORT_HEADROOM_BYTES,
		                         .tailroom = PORT_FRAME_BYTES_MAX - way->in.len };
	return 1;
}

static inline bool fixture_announces(const struct port_frame *frame)
{
	uint32_t at = wire_get16(frame->bytes + 12) == ETH_TYPE_VLAN ? 18 : 14;
	struct reader r = reader_over(frame->bytes + at, frame->len - at);
	struct arp arp;

	return wire_get16(frame->bytes + at - 2) == ETH_TYPE_ARP && arp_parse(&r, &arp) &&
	       ip4_equal(arp.sender_ip, arp.target_ip);
}

/* That the router announces its addresses is not what menus are about. */
static inline unsigned fixture_send(struct port *port, const struct port_frame *frames, unsigned n)
{
	unsigned i = 0;

	while (i < n &&
	       (fixture_announces(&frames[i]) || fixture_transmit(port, &frames[i], 1) == 1))
		i++;
	return i;
}

static inline const struct port_ops *fixture_way_ops(void)
{
	static const struct port_ops ops = {
		.receive = fixture_take,
		.release = fixture_release,
		.transmit = fixture_send,
		.poll_link = fixture_poll_link,
		.stats = fixture_stats,
		.close = fixture_release,
	};

	return &ops;
}

static inline void fixture_at_once(struct background *background, struct background_job *job)
{
	job->work(job);
	job->done(job);
}

static inline struct fixture *fixture_of_clock(struct clock *clock)
{
	return (struct fixture *)((char *)clock - offsetof(struct fixture, clock));
}

static inline mono fixture_mono(struct clock *clock)
{
	return fixture_of_clock(clock)->now;
}

#define FIXTURE_START_S 1000
#define FIXTURE_WALL_S  1700000000LL /* at the start: 2023-11-14 22:13:20 */

static inline wall fixture_wall(struct clock *clock)
{
	const struct fixture *f = fixture_of_clock(clock);
	int64_t begun_s = FIXTURE_WALL_S - FIXTURE_START_S + f->wall_ahead_s;

	return (wall){ begun_s * (int64_t)NS_PER_S + (int64_t)f->now.ns };
}

static inline void fixture_ports(struct fixture *f, unsigned ports)
{
	assert_true(ports <= FIXTURE_PORTS);
	for (unsigned i = 1; i <= ports; i++) {
		struct fixture_port *out = &f->ways[i].out;

		out->room = UINT32_MAX;
		out->link_next = true;
		out->port = (struct port){ .ops = fixture_way_ops(),
			                   .mac = iface_mac((iface_id)i),
			                   .mtu_bytes = 1500,
			                   .link_up = true };
		snprintf(out->port.name, sizeof out->port.name, "ether%u", i);
		assert_int_equal(iface_add_port(&f->router->net, &out->port), i);
	}
}

/* @store NULL: nothing is kept. */
static inline struct fixture *fixture_with_ports(struct memory_store *store, unsigned ports)
{
	struct fixture *f = mem_new(1, sizeof *f);
	struct router_setup router = {
		.random = &f->random.random,
		.log = &f->log,
		.now = { FIXTURE_START_S * NS_PER_S },
		.budget = { .pkt_small = 64,
		            .pkt_large = 2,
		            .neighbours = 16,
		            .port_addresses = 8 },
		.tcp = tcp_budget_small(),
		.flows = FIXTURE_FLOWS,
	};

	f->random = fixture_random_make(4711);
	log_init(&f->log);
	f->clock = (struct clock){ .mono = fixture_mono, .wall = fixture_wall };
	f->background.submit = fixture_at_once;
	f->now = router.now;
	f->router = router_new(&router);
	fixture_ports(f, ports);
	sniffer_set_store(f->router->sniffer, store != NULL ? &store->store : NULL, &f->background);

	struct conf_setup setup = { .menus = menus_all,
		                    .router = f->router,
		                    .store = store != NULL ? &store->store : NULL,
		                    .background = &f->background,
		                    .clock = &f->clock,
		                    .log = &f->log,
		                    .random = &f->random.random };

	f->conf = conf_new(&setup);
	f->manage = manage_new(f->conf, &setup);
	f->router->manage = f->manage;
	if (conf_load(f->conf, &f->diag) != 0)
		fail_msg("%s", f->diag.text);
	router_set_configured(f->router);
	return f;
}

static inline struct fixture *fixture_new(struct memory_store *store)
{
	return fixture_with_ports(store, FIXTURE_PORTS);
}

/* Forget the frames that were sent so far. */
static inline void clear(struct fixture *f)
{
	iface_flush(&f->router->net);
	for (unsigned i = 1; i <= FIXTURE_PORTS; i++) {
		struct fixture_port *out = &f->ways[i].out;

		for (unsigned j = 0; j < out->n; j++)
			mem_free(out->frames[j].bytes);
		out->n = 0;
	}
}

static inline void fixture_free(struct fixture *f)
{
	flows_must_hold(f->router->fw.flows, &f->router->net);
	numbering_free(&f->numbering);
	manage_free(f->manage);
	conf_free(f->conf);
	clear(f);
	router_free(f->router);
	log_free(&f->log);
	text_free(&f->out);
	text_free(&f->notice);
	mem_free(f);
}

/* --- lines --- */

static inline void fixture_out(void *arg, const char *bytes, size_t len)
{
	text_bytes(&((struct fixture *)arg)->out, bytes, len);
}

static inline void fixture_notice(void *arg, const char *line)
{
	text_printf(&((struct fixture *)arg)->notice, "%s\n", line);
}

static inline bool fixture_execute(void *arg, const char *source, struct text *ret_job,
                                   struct diag *diag)
{
	return jobs_execute(((struct fixture *)arg)->manage->jobs, "admin", source, ret_job, diag);
}

/* Paths hold within a line or script only: each begins at the root. */
static inline void fixture_go(void *arg, const char *path)
{
}

static inline uint32_t fixture_policies(void *arg)
{
	const struct fixture *f = arg;

	return user_policies(users_find(f->manage->users, f->who));
}

static inline struct run *begin(struct fixture *f, const char *line)
{
	struct program program = { 0 };
	struct run_host host = { .conf = f->conf,
		                 .numbering = &f->numbering,
		                 .who = f->who != NULL ? f->who : "admin",
		                 .policies = f->who != NULL ? fixture_policies : NULL,
		                 .door = "console",
		                 .arg = f,
		                 .out = fixture_out,
		                 .notice = fixture_notice,
		                 .go = fixture_go,
		                 .trial = f->trial != 0 ? &f->trial : NULL,
		                 .draft = f->draft,
		                 .globals = f->manage->globals,
		                 .execute = fixture_execute,
		                 .asks = f->asks };

	text_clear(&f->out);
	text_clear(&f->notice);
	numbering_free(&f->numbering); /* as if print had been called before */
	f->diag = (struct diag){ 0 };
	f->ok = parse_program(menus_all, "/", line, strlen(line), &program, NULL, &f->diag);
	if (f->ok)
		return run_new(&host, &program);
	program_free(&program);
	return NULL;
}

static inline void end(struct fixture *f, struct run *run)
{
	f->ok = run_ok(run);
	f->diag = *run_diag(run);
	run_free(run);
}

/* Carry out a line; false when it was refused. */
static inline bool run(struct fixture *f, const char *line)
{
	struct run *running = begin(f, line);

	if (running == NULL)
		return false;
	for (int i = 0; run_step(running, f->now, 100) != RUN_DONE; i++) {
		(void)manage_turn(f->manage, f->now);
		assert_true(i < 1000);
	}
	end(f, running);
	return f->ok;
}

/* A line that must work. */
static inline void must_run(struct fixture *f, const char *line)
{
	if (!run(f, line))
		fail_msg("%s\n%s", f->diag.text, line);
}

/* A line that must be refused, in these words. */
static inline void refused(struct fixture *f, const char *line, const char *why)
{
	if (run(f, line))
		fail_msg("accepted: %s", line);
	if (strcmp(f->diag.text, why) != 0)
		fail_msg("%s\nsaid:     %s\nexpected: %s", line, f->diag.text, why);
}

/* --- what is there --- */

struct fixture_seen {
	struct row_sink sink; /* first */
	const struct menu *menu;
	size_t at, n; /* row wanted, rows seen */
	struct row *row;
};

static inline bool fixture_see(struct row_sink *sink, const struct row *row)
{
	struct fixture_seen *seen = (struct fixture_seen *)sink;

	if (seen->n++ == seen->at) {
		size_t bytes = sizeof *row + seen->menu->row_size;

		seen->row = mem_new(1, bytes);
		memcpy(seen->row, row, bytes);
	}
	return true;
}

/* A copy of the @at'th row that print shows (stored ones first), for mem_free(); NULL: none. */
static inline struct row *row_at_place(struct fixture *f, const char *path, size_t at)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct fixture_seen seen = { .sink = { fixture_see },
		                     .menu = conf_menu(f->conf, path),
		                     .at = at };

	assert_non_null(seen.menu);
	conf_rows_walk(f->conf, state, seen.menu, &seen.sink);
	conf_release(f->conf, state);
	return seen.row;
}

static inline size_t rows_n(struct fixture *f, const char *path)
{
	const struct conf_state *state = conf_hold(f->conf);
	struct fixture_seen seen = { .sink = { fixture_see },
		                     .menu = conf_menu(f->conf, path),
		                     .at = SIZE_MAX };

	conf_rows_walk(f->conf, state, seen.menu, &seen.sink);
	conf_release(f->conf, state);
	return seen.n;
}

/* Property @name of the @at'th row, as print shows it; good until the next call. */
static inline const char *shown(struct fixture *f, const char *path, size_t at, const char *name)
{
	const struct conf_state *state = conf_hold(f->conf);
	const struct menu *menu = conf_menu(f->conf, path);
	struct row *row = row_at_place(f, path, at);
	struct text out = text_into(f->value, sizeof f->value);
	int field = menu_field(menu, name);

	assert_true(field >= 0);
	assert_non_null(row);
	conf_field_print(state, &menu->fields[field], row, &out);
	mem_free(row);
	conf_release(f->conf, state);
	return f->value;
}

/* The letters before the @at'th row: X disabled, D dynamic, then the menu's. */
static inline const char *letters(struct fixture *f, const char *path, size_t at)
{
	const struct menu *menu = conf_menu(f->conf, path);
	struct row *row = row_at_place(f, path, at);
	struct text out = text_into(f->value, sizeof f->value);

	assert_non_null(row);
	text_add(&out, "");
	if ((row->flags & ROW_DISABLED) != 0)
		text_char(&out, 'X');
	if ((row->flags & ROW_DYNAMIC) != 0)
		text_char(&out, 'D');
	for (size_t i = 0; i < menu->nflags; i++) {
		if ((row->flags & (uint32_t)ROW_MENU_FIRST << i) != 0)
			text_char(&out, menu->flags[i].letter);
	}
	mem_free(row);
	return f->value;
}

/* Everything below @path in today's spelling; for mem_free(). */
static inline char *exported(struct fixture *f, const char *path)
{
	struct text out = { 0 };
	char *copy;

	conf_export(f->conf, &(struct export_options){ .path = path, .show_sensitive = true },
	            &out);
	copy = mem_new(out.len + 1, 1);
	memcpy(copy, text_str(&out), out.len);
	text_free(&out);
	return copy;
}

/* --- packets --- */

static inline void turn(struct fixture *f)
{
	while (router_turn(f->router, f->now))
		;
}

static inline void sleep_ms(struct fixture *f, uint64_t ms)
{
	f->now = mono_add_ms(f->now, ms);
	turn(f);
}

/* The frame in f->ways[id].in comes in by interface @id, and what follows from it happens. */
static inline void put(struct fixture *f, iface_id id)
{
	f->ways[id].waits = true;
	turn(f);
}

static inline void put_udp(struct fixture *f, iface_id id, const char *src, const char *dst)
{
	frame_udp(&f->ways[id].in, id, src, dst, 8);
	put(f, id);
}

static inline unsigned sent_n(struct fixture *f, iface_id id)
{
	iface_flush(&f->router->net);
	return f->ways[id].out.n;
}

/* The last frame that left by @id as an IPv4 packet; what follows its header. */
static inline const uint8_t *sent_last(struct fixture *f, iface_id id, struct ip4_header *ret_ip)
{
	const struct port_frame *frame;
	struct reader r;

	assert_true(sent_n(f, id) > 0);
	frame = &f->ways[id].out.frames[f->ways[id].out.n - 1];
	r = reader_over(frame->bytes + ETH_HEADER_BYTES, frame->len - ETH_HEADER_BYTES);
	assert_true(ip4_header_parse(&r, ret_ip));
	assert_true(ip4_header_checksum_ok(frame->bytes + ETH_HEADER_BYTES, ret_ip->header_bytes));
	return r.at;
}

/* The usual home: WAN 203.0.113.2/24 with gateway .1, LAN 192.168.88.1/24, their neighbours known.
 */
static inline struct fixture *home(struct memory_store *store)
{
	struct fixture *f = fixture_new(store);

	must_run(f, "/ip address add address=203.0.113.2/24 interface=ether1");
	must_run(f, "/ip address add address=192.168.88.1/24 interface=ether2");
	must_run(f, "/ip route add gateway=203.0.113.1");
	must_run(f,
	         "/ip arp add address=203.0.113.1 mac-address=02:01:CB:00:71:01 interface=ether1");
	must_run(f,
	         "/ip arp add address=192.168.88.7 mac-address=02:01:C0:A8:58:07 interface=ether2");
	return f;
}

#endif
