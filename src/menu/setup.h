/*
 * setup.h -- the wizard: from a router without an address to one that hosts reach the internet by.
 *
 *   setup.c        the conversation: which question comes, and what an answer means
 *   setup_ask.c    the questions themselves, with what stands in brackets
 *   setup_read.c   what the router is configured as, for what stands in brackets
 *   setup_password.c  the password, asked twice
 *   setup_draft.c  from the answers to a draft
 *
 * Nothing is changed while it asks. Every answer is tried on a draft at once, so that what can't be
 * is told in the words that its command would have used.
 */
#ifndef MENU_SETUP_H
#define MENU_SETUP_H

#include "conf/menu.h"
#include "core/iface.h"
#include "lib/ip.h"
#include "manage/password.h"

struct conf;
struct conf_draft;
struct question;

#define SETUP_CARDS_MAX     32
#define SETUP_ADDRESSES_MAX 16
#define SETUP_TEXT_BYTES    20 /* "255.255.255.255/32" and its terminator */
#define SETUP_GATEWAY_BYTES 64
#define SETUP_NONE          "none"
#define SETUP_USER          "admin" /* whose password is asked for */

enum setup_step {
	SETUP_MENU,
	SETUP_CARD,
	SETUP_ADDRESS,
	SETUP_NETMASK,
	SETUP_GATEWAY,
	SETUP_WAN,
	SETUP_MASQUERADE,
	SETUP_FILTER,
	SETUP_PASSWORD,
	SETUP_REPEAT,
	SETUP_END,
};

struct setup_card {
	char name[IFACE_NAME_BYTES];
	bool asked;       /* its addresses are to be those below, and it is to be enabled */
	bool in_wan;      /* as it is */
	bool had_address; /* as it is */
	unsigned naddresses;
	char addresses[SETUP_ADDRESSES_MAX][SETUP_TEXT_BYTES]; /* "192.168.88.1/24" */
};

struct setup {
	enum setup_step step;
	bool whole; /* goes through all questions, not only some */
	bool begun; /* has gone through some */
	unsigned ncards, card, address;
	struct setup_card cards[SETUP_CARDS_MAX];
	ip4 typed; /* an address that waits for its netmask */

	char gateway[SETUP_GATEWAY_BYTES]; /* "" for none */
	bool gateway_asked;
	unsigned wan; /* a card; ncards: none */
	bool wan_asked;
	bool masquerades; /* as it is */
	bool masquerade, masquerade_asked;
	bool unfiltered; /* there is no filter at all, as it is */
	bool filter;
	bool open; /* admin has no password, as it is */
	char password[PASSWORD_BYTES];
	bool password_asked;
};

bool setup_begin(struct router *router, const void *args, void *state, struct text *out,
                 struct diag *diag);
bool setup_ask(struct router *router, void *state, struct question *question);
bool setup_answer(struct router *router, void *state, const char *answer, struct text *out,
                  struct diag *diag);
void setup_stop(struct router *router, void *state, struct text *out);
bool setup_fill(struct router *router, void *state, struct conf_draft *draft, struct diag *diag);
void setup_again(struct router *router, void *state, struct text *out);

/* What a person at the console should be told first: the router has no address. "" otherwise. */
void setup_read_greeting(struct conf *conf, struct text *out);

/* --- between its files --- */

/* What an answer is taken with. */
struct setup_talk {
	struct router *router;
	struct setup *setup;
	struct text *out;
	struct diag *diag;
};

/* Could it be done as it is now? Tells why not. */
bool setup_fits(struct setup_talk *t);
void setup_to_menu(struct setup *setup, struct text *out);
bool setup_password_take(struct setup_talk *t, const char *answer);
bool setup_password_repeat(struct setup_talk *t, const char *answer);

/* @setup is zeroed. */
void setup_read(struct router *router, struct setup *setup);
/* The cards and their addresses, as a table. */
void setup_read_print(struct router *router, const struct setup *setup, struct text *out);
/* The property @name of @row as text; "" when it has none. */
void setup_read_field(struct conf *conf, const struct conf_state *state, const char *path,
                      const struct row *row, const char *name, struct text *out);
/* The question of setup->step. */
void setup_ask_step(const struct setup *setup, struct question *question);
/* The card that bears @addr's network; ncards: none. */
unsigned setup_ask_card_toward(const struct setup *setup, ip4 addr);

/* clang-format off */
#define ACTION_SETUP(name_, help_)                                                                 \
	{ .name = (name_),                                                                         \
	  .help = (help_),                                                                         \
	  .state_size = sizeof(struct setup),                                                      \
	  .start = setup_begin,                                                                    \
	  .stop = setup_stop,                                                                      \
	  .ask = setup_ask,                                                                        \
	  .answer = setup_answer,                                                                  \
	  .fill = setup_fill,                                                                      \
	  .again = setup_again,                                                                    \
	  .instead = "type it at the console (towpath without -c), or use what it would: "         \
	             "/ip/address/add, /ip/route/add, /interface/list/member/add, "                \
	             "/ip/firewall/nat/add" }
/* clang-format on */

#endif
