/*
 * random_rows.h -- configurations that nobody would think of, and that the menus take all the same.
 *
 * Every menu's table says what a row may have; texts for its fields come from the types that can
 * list their values, from the items that references may name, and from a bag of all that a field
 * may be given anywhere. What a field does not read, or a menu refuses, is drawn again.
 */
#ifndef TEST_SIM_RANDOM_ROWS_H
#define TEST_SIM_RANDOM_ROWS_H

#include <stdio.h>
#include <string.h>

#include "../seeded.h"
#include "conf/draft.h"
#include "conf/row.h"
#include "conf/state.h"
#include "conf/type.h"
#include "lib/mem.h"

#define RANDOM_TRIES 25

struct random_rows {
	struct conf *conf;
	struct conf_draft *draft;
	struct seeded seeded;
	struct arena arena; /* of one request */
	size_t taken, refused;
};

static const char *const random_bag[] = {
	"0",
	"1",
	"2",
	"7",
	"63",
	"80",
	"255",
	"1500",
	"65535",
	"4294967295",
	"80-90",
	"1,2,100-200",
	"0-65535",
	"yes",
	"no",
	"10.0.0.1",
	"10.0.0.0/8",
	"10.0.0.1/24",
	"0.0.0.0",
	"0.0.0.0/0",
	"255.255.255.255",
	"10.0.0.1-10.0.0.9",
	"192.168.7.0/25",
	"224.0.0.1",
	"127.0.0.1",
	"172.16.0.1%ether2",
	"ether1",
	"ether2",
	"00:00:00:00:00:00",
	"02:00:00:00:00:01",
	"FE:FF:FF:FF:FF:FF",
	"tcp",
	"udp",
	"icmp",
	"gre",
	"8:0",
	"3:0-4",
	"0:0",
	"syn,!ack",
	"fin",
	"established,new",
	"invalid",
	"srcnat",
	"local,unicast",
	"equal:3",
	"less-than:10",
	"set:3",
	"increment:2",
	"decrement:1",
	"10/1m,5:packet",
	"1k,2:bit",
	"10,5,src-address/1m",
	"5/1s,3,dst-address-and-port",
	"100,32",
	"1,24",
	"both-addresses:2/0",
	"src-port:3/2",
	"8h-18h,mon,tue",
	"0s-1d,sun",
	"500000-0",
	"1000-2000",
	"3,1",
	"clamp-to-pmtu",
	"1400",
	"no-mark",
	"main",
	"none",
	"auto",
	"none-dynamic",
	"1s",
	"5m",
	"1h",
	"1d2h3m4s",
	"100ms",
	"64KiB",
	"1000KiB",
	"srcnat",
	"dstnat",
	"input",
	"forward",
	"output",
	"prerouting",
	"postrouting",
	"own",
	"accept",
	"drop",
	"",
	" ",
	"a b",
	"\"",
	"\\",
	"$x",
	"a;b",
	"#",
	"[",
	"]",
	"{}",
	"(",
	"=",
	"'",
	"?",
	"\n",
	"\t",
	"\r\n",
	"*9",
	"!",
	"B\xc3\xbcro",
	"\xe2\x82\xac",
	"\x7f",
	"\x01",
	"-",
	"--",
	"_",
	"\\n",
	"%",
	"a,b",
	"a/b",
	"a:b",
	"~",
	"ether1-2",
	"all",
	"WAN",
	"LAN",
};

static inline size_t random_pick(struct random_rows *rows, size_t n)
{
	return (size_t)(seeded_next(&rows->seeded) % n);
}

struct random_choices {
	struct choice_sink sink; /* first */
	struct random_rows *rows;
	const char *chosen;
	size_t n;
};

static inline void random_choice(struct choice_sink *sink, const char *word, const char *help)
{
	struct random_choices *mine = (struct random_choices *)sink;

	if (random_pick(mine->rows, ++mine->n) == 0)
		mine->chosen = arena_strdup(&mine->rows->arena, word);
}

static inline const char *random_number(struct random_rows *rows, const struct field *field)
{
	uint64_t low = (uint64_t)field->min, high = (uint64_t)field->max;
	uint64_t number = seeded_next(&rows->seeded) >> random_pick(rows, 64);

	if (field->max > field->min)
		number = low + number % (high - low + 1);
	return arena_printf(&rows->arena, "%llu", (unsigned long long)number);
}

static inline const char *random_string(struct random_rows *rows)
{
	size_t n = random_pick(rows, 12), first = random_pick(rows, 3);
	char *text = arena_new(&rows->arena, n + 1, 1);

	for (size_t i = 0; i < n; i++) {
		uint64_t c = seeded_next(&rows->seeded);

		text[i] = (char)(first == 0   ? 'a' + c % 26
		                 : first == 1 ? 1 + c % 255
		                              : ' ' + c % 95);
	}
	return text;
}

/* A text that @field might read; whether it does is for row_put() to say. */
static inline const char *random_text(struct random_rows *rows, const struct field *field)
{
	const struct conf_state *state = conf_draft_state(rows->draft);
	struct random_choices choices = { .sink = { random_choice }, .rows = rows };
	const char *text = NULL;

	switch (random_pick(rows, 5)) {
	case 0:
		text = random_number(rows, field);
		break;
	case 1:
		text = random_string(rows);
		break;
	case 2:
	case 3:
		if (field->type->choices != NULL)
			field->type->choices(field, state, &choices.sink);
		text = choices.chosen;
		break;
	default:
		break;
	}
	if (text == NULL)
		text = random_bag[random_pick(rows, ARRAY_LEN(random_bag))];
	if ((field->flags & F_NEGATE) != 0 && random_pick(rows, 3) == 0)
		text = arena_printf(&rows->arena, "!%s", text);
	return text;
}

static inline bool random_reads(struct random_rows *rows, const struct menu *menu, size_t i,
                                const char *text)
{
	struct row *row = row_blank(menu);
	struct diag diag = { 0 };
	bool ok = row_put(menu, row, i, text, conf_draft_state(rows->draft), &diag);

	row_release(row);
	return ok;
}

static inline void random_field(struct random_rows *rows, struct request *request, size_t i)
{
	const struct field *field = &request->menu->fields[i];

	for (int n = 0; n < RANDOM_TRIES; n++) {
		const char *text = random_text(rows, field);

		if (random_reads(rows, request->menu, i, text)) {
			request_put(request, field->name, text);
			return;
		}
	}
}

static inline void random_fields(struct random_rows *rows, struct request *request)
{
	const struct menu *menu = request->menu;
	size_t one_in = 1 + random_pick(rows, 12);

	for (size_t i = 0; i < menu->nfields; i++) {
		const struct field *field = &menu->fields[i];
		bool needed = (field->flags & F_REQUIRED) != 0 && request->verb == VERB_ADD;

		if (!field_settable(field) || (field->flags & F_PASSING) != 0)
			continue;
		/* A time that is set later begins on no day, one that is added on the day at hand.
		 */
		if (strcmp(field->name, "start-time") == 0 && request->verb == VERB_SET)
			continue;
		if (needed || random_pick(rows, one_in) == 0)
			random_field(rows, request, i);
	}
	/* Half of what a rule may test is there for one protocol only. */
	if (menu_field(menu, "protocol") >= 0 && random_pick(rows, 2) == 0)
		request_put(request, "protocol", random_pick(rows, 3) > 0 ? "tcp" : "icmp");
	if (menu->kind == MENU_SETTINGS)
		return;
	if (random_pick(rows, 3) == 0)
		request_put(request, "comment", random_string(rows));
	if (random_pick(rows, 4) == 0)
		request_put(request, "disabled", random_pick(rows, 3) > 0 ? "yes" : "no");
}

/* One change of @menu, which may be refused. */
static inline void random_change(struct random_rows *rows, const struct menu *menu)
{
	bool grows = menu->kind == MENU_LIST || menu->kind == MENU_ORDERED;
	struct rows there = conf_state_rows(conf_draft_state(rows->draft), menu->path);
	uint32_t id = there.n > 0 ? there.at[random_pick(rows, there.n)]->id : 0;
	struct request request = {
		.menu = menu, .who = "admin", .arena = &rows->arena, .ids = &id, .nids = 1
	};
	struct diag diag = { 0 };
	uint32_t added;

	request.verb = grows && (id == 0 || random_pick(rows, 4) > 0) ? VERB_ADD : VERB_SET;
	if (request.verb == VERB_ADD) {
		request.nids = 0;
		if (menu->kind == MENU_ORDERED && random_pick(rows, 3) == 0)
			request.place_before = id;
	} else if (id == 0) {
		return;
	}
	random_fields(rows, &request);
	if (request.verb == VERB_ADD && menu->adding != NULL)
		menu->adding(conf_router(rows->conf), &request);
	if (conf_draft_change(rows->draft, &request, &added, &diag))
		rows->taken++;
	else
		rows->refused++;
	arena_free(&rows->arena);
}

/* @n changes of menus drawn at random. */
static inline void random_rows(struct random_rows *rows, const struct menu *const *menus, size_t n)
{
	size_t nmenus = 0;

	while (menus[nmenus] != NULL)
		nmenus++;
	while (n > 0) {
		const struct menu *menu = menus[random_pick(rows, nmenus)];

		if (menu->kind == MENU_FOLDER || menu->kind == MENU_OBSERVED ||
		    menu->target != NULL)
			continue;
		random_change(rows, menu);
		n--;
	}
}

#endif
