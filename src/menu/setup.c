/* The wizard's conversation: which question comes next, and what an answer means. */
#include "menu/setup.h"

#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/diag.h"
#include "conf/draft.h"
#include "conf/question.h"
#include "conf/type.h"
#include "lib/mem.h"
#include "manage/manage.h"
#include "router/router.h"

static void print_menu(const struct setup *setup, struct text *out)
{
	text_printf(out,
	            "\n"
	            " %s a - configure ip address and gateway\n"
	            "   g - the gateway alone\n"
	            "   w - which card leads to the internet, masquerade\n"
	            "   p - the password of " SETUP_USER "\n"
	            " %s x - see what will be done, do it, and leave\n",
	            setup->begun ? " " : "*", setup->begun ? "*" : " ");
}

bool setup_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag)
{
	struct setup *setup = state;

	setup_read(router, setup);
	if (setup->ncards == 0)
		return diag_fail(diag, NULL,
		                 "failure: this router has no cards; start towpathd with --port "
		                 "ether1=INTERFACE for each of them");
	text_add(out, "Enter takes what is in brackets, ? explains, Ctrl-C leaves.\n"
	              "Nothing is changed before you have seen all of it and said yes.\n\n");
	setup_read_print(router, setup, out);
	print_menu(setup, out);
	return true;
}

bool setup_ask(struct router *router, void *state, struct question *question)
{
	const struct setup *setup = state;

	if (setup->step == SETUP_END)
		return false;
	setup_ask_step(setup, question);
	return true;
}

void setup_to_menu(struct setup *setup, struct text *out)
{
	setup->step = SETUP_MENU;
	setup->begun = true;
	setup->whole = false;
	print_menu(setup, out);
}

void setup_again(struct router *router, void *state, struct text *out)
{
	setup_to_menu(state, out);
}

void setup_stop(struct router *router, void *state, struct text *out)
{
	text_add(out, "Nothing was changed.\n");
}

bool setup_fits(struct setup_talk *t)
{
	struct conf_draft *draft = conf_draft_new(t->router->manage->conf);
	bool ok = setup_fill(t->router, t->setup, draft, t->diag);

	conf_draft_free(draft);
	return ok;
}

/* --- the menu --- */

static bool take_menu(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;

	setup->whole = *answer == 'a' && !setup->begun;
	if (*answer == 'a') {
		for (unsigned i = 0; i < setup->ncards; i++)
			setup->cards[i].asked = false;
		setup->step = SETUP_CARD;
	} else {
		setup->step = *answer == 'g'   ? SETUP_GATEWAY
		              : *answer == 'w' ? SETUP_WAN
		              : *answer == 'p' ? SETUP_PASSWORD
		                               : SETUP_END;
	}
	return true;
}

/* --- cards --- */

/* By number, by name, or by what begins only one name. */
static unsigned find_card(const struct setup *setup, const char *answer)
{
	size_t len = strlen(answer);
	unsigned found = setup->ncards;
	uint64_t number;

	for (unsigned i = 0; i < setup->ncards; i++)
		if (strcmp(setup->cards[i].name, answer) == 0)
			return i;
	if (text_to_u64(answer, len, &number))
		return number < setup->ncards ? (unsigned)number : setup->ncards;
	for (unsigned i = 0; i < setup->ncards; i++) {
		if (strncmp(setup->cards[i].name, answer, len) != 0)
			continue;
		if (found < setup->ncards)
			return setup->ncards;
		found = i;
	}
	return found;
}

static bool unknown_card(struct setup_talk *t, const char *answer)
{
	struct text names = { 0 };

	for (unsigned i = 0; i < t->setup->ncards; i++)
		text_printf(&names, "%s%s", i > 0 ? ", " : "", t->setup->cards[i].name);
	(void)diag_fail(t->diag, "interface",
	                "input does not match any value of interface: there is no %s; there are %s",
	                answer, text_str(&names));
	text_free(&names);
	return false;
}

static bool take_card(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;

	if (strcmp(answer, SETUP_NONE) == 0) {
		setup->step = SETUP_GATEWAY;
		return true;
	}
	setup->card = find_card(setup, answer);
	if (setup->card == setup->ncards)
		return unknown_card(t, answer);
	setup->cards[setup->card].asked = true;
	setup->address = 0;
	setup->step = SETUP_ADDRESS;
	return true;
}

/* --- addresses --- */

static bool next_card(struct setup *setup)
{
	setup->step = SETUP_CARD;
	return true;
}

static bool no_address(struct setup *setup)
{
	struct setup_card *card = &setup->cards[setup->card];

	if (setup->address == card->naddresses)
		return next_card(setup);
	card->naddresses--;
	memmove(card->addresses[setup->address], card->addresses[setup->address + 1],
	        (card->naddresses - setup->address) * SETUP_TEXT_BYTES);
	return true;
}

static bool keep_address(struct setup_talk *t, const struct ip_prefix *prefix)
{
	struct setup *setup = t->setup;
	struct setup_card *card = &setup->cards[setup->card];
	struct text text;

	if (setup->address == SETUP_ADDRESSES_MAX)
		return diag_fail(t->diag, "address",
		                 "failure: setup takes %d addresses a card; /ip/address/add takes "
		                 "more",
		                 SETUP_ADDRESSES_MAX);
	text = text_into(card->addresses[setup->address], SETUP_TEXT_BYTES);
	ip_prefix_print(prefix, &text);
	if (setup->address == card->naddresses)
		card->naddresses++;
	setup->address++;
	setup->step = SETUP_ADDRESS;
	return setup_fits(t);
}

static bool take_address(struct setup_talk *t, const char *answer)
{
	static const struct field field = { "address", &type_prefix,
		                            .bytes = sizeof(struct ip_prefix) };
	struct ip_prefix prefix = { 0 };

	if (strcmp(answer, SETUP_NONE) == 0)
		return no_address(t->setup);
	if (!type_prefix.parse(&field, NULL, answer, &prefix, t->diag))
		return false;
	if (strchr(answer, '/') != NULL)
		return keep_address(t, &prefix);
	t->setup->typed = prefix.addr.v4;
	t->setup->step = SETUP_NETMASK;
	return true;
}

static bool take_netmask(struct setup_talk *t, const char *answer)
{
	const char *digits = answer + (*answer == '/');
	uint64_t length;
	ip4 mask;
	int bits = -1;

	if (text_to_u64(digits, strlen(digits), &length) && length <= 32)
		bits = (int)length;
	else if (ip4_parse(answer, strlen(answer), &mask))
		bits = ip4_mask_bits(mask);
	if (bits < 0)
		return diag_fail(
			t->diag, "netmask",
			"invalid value for argument netmask: it must be ones, then zeroes, "
			"such as 255.255.255.0, or their number, such as 24");
	return keep_address(t, &(struct ip_prefix){ .addr = ip_addr_v4(t->setup->typed),
	                                            .bits = (uint8_t)bits });
}

/* --- gateway --- */

/* The networks that the router is on, as the wizard would leave it. */
static void print_networks(const struct setup *setup, struct text *out)
{
	for (unsigned i = 0; i < setup->ncards; i++)
		for (unsigned j = 0; j < setup->cards[i].naddresses; j++)
			text_printf(out, "%s%s on %s", out->len > 0 ? ", " : "",
			            setup->cards[i].addresses[j], setup->cards[i].name);
	if (out->len == 0)
		text_add(out, "there is none");
}

static bool off_link(struct setup_talk *t, const char *answer)
{
	struct text networks = { 0 };

	print_networks(t->setup, &networks);
	(void)diag_fail(t->diag, "gateway",
	                "invalid value for argument gateway: %s is in none of the router's "
	                "networks: %s",
	                answer, text_str(&networks));
	text_free(&networks);
	return false;
}

static bool is_own(const struct setup *setup, ip4 addr)
{
	struct ip_prefix prefix;

	for (unsigned i = 0; i < setup->ncards; i++)
		for (unsigned j = 0; j < setup->cards[i].naddresses; j++)
			if (ip_prefix_parse(setup->cards[i].addresses[j],
			                    strlen(setup->cards[i].addresses[j]), &prefix) &&
			    ip4_equal(prefix.addr.v4, addr))
				return true;
	return false;
}

static void behind_gateway(struct setup *setup, struct text *out)
{
	ip4 gateway;

	if (ip4_parse(setup->gateway, strlen(setup->gateway), &gateway))
		setup->wan = setup_ask_card_toward(setup, gateway);
	if (setup->whole)
		setup->step = SETUP_WAN;
	else
		setup_to_menu(setup, out);
}

static bool take_gateway(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;
	bool none = strcmp(answer, SETUP_NONE) == 0;
	bool as_it_was = strcmp(answer, setup->gateway) == 0;
	ip4 gateway;

	if (ip4_parse(answer, strlen(answer), &gateway) && !as_it_was) {
		if (is_own(setup, gateway))
			return diag_fail(
				t->diag, "gateway",
				"invalid value for argument gateway: %s is this router's own "
				"address; the gateway is the next router on the way to the "
				"internet",
				answer);
		if (setup_ask_card_toward(setup, gateway) == setup->ncards)
			return off_link(t, answer);
	}
	snprintf(setup->gateway, sizeof setup->gateway, "%s", none ? "" : answer);
	setup->gateway_asked = true;
	if (!setup_fits(t))
		return false;
	behind_gateway(setup, t->out);
	return true;
}

/* --- inside and outside --- */

static bool take_wan(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;
	bool none = strcmp(answer, SETUP_NONE) == 0;

	setup->wan = none ? setup->ncards : find_card(setup, answer);
	if (!none && setup->wan == setup->ncards)
		return unknown_card(t, answer);
	setup->wan_asked = true;
	if (none)
		setup_to_menu(setup, t->out);
	else
		setup->step = SETUP_MASQUERADE;
	return setup_fits(t);
}

/* Who goes through all questions is asked for a password when there is none. */
static void behind_rules(struct setup_talk *t)
{
	if (t->setup->whole && t->setup->open && !t->setup->password_asked)
		t->setup->step = SETUP_PASSWORD;
	else
		setup_to_menu(t->setup, t->out);
}

static bool take_masquerade(struct setup_talk *t, const char *answer)
{
	struct setup *setup = t->setup;

	setup->masquerade = *answer == 'y';
	setup->masquerade_asked = true;
	if (setup->unfiltered)
		setup->step = SETUP_FILTER;
	else
		behind_rules(t);
	return setup_fits(t);
}

static bool take_filter(struct setup_talk *t, const char *answer)
{
	t->setup->filter = *answer == 'y';
	behind_rules(t);
	return setup_fits(t);
}

bool setup_answer(struct router *router, void *state, const char *answer, struct text *out,
                  struct diag *diag)
{
	static bool (*const takes[SETUP_END])(struct setup_talk *, const char *) = {
		[SETUP_MENU] = take_menu,
		[SETUP_CARD] = take_card,
		[SETUP_ADDRESS] = take_address,
		[SETUP_NETMASK] = take_netmask,
		[SETUP_GATEWAY] = take_gateway,
		[SETUP_WAN] = take_wan,
		[SETUP_MASQUERADE] = take_masquerade,
		[SETUP_FILTER] = take_filter,
		[SETUP_PASSWORD] = setup_password_take,
		[SETUP_REPEAT] = setup_password_repeat,
	};
	struct setup_talk t = { router, state, out, diag };
	struct setup *before = mem_new(1, sizeof *before);
	bool ok;

	*before = *t.setup;
	ok = takes[t.setup->step](&t, answer);
	if (!ok)
		*t.setup = *before;
	/* It is the address that can't be, not its netmask: both are asked again. */
	if (!ok && t.setup->step == SETUP_NETMASK && strcmp(diag->field, "netmask") != 0)
		t.setup->step = SETUP_ADDRESS;
	mem_free(before);
	return ok;
}
