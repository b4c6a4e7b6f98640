/* What the router is configured as, so that the wizard can offer it. */
#include <string.h>

#include "conf/conf.h"
#include "manage/manage.h"
#include "menu/setup.h"
#include "menu/user.h"
#include "router/router.h"

struct look {
	struct conf *conf;
	const struct conf_state *state;
	char value[128];
};

void setup_read_field(struct conf *conf, const struct conf_state *state, const char *path,
                      const struct row *row, const char *name, struct text *out)
{
	const struct menu *menu = conf_menu(conf, path);
	int field = menu != NULL ? menu_field(menu, name) : -1;

	if (field >= 0)
		conf_field_print(state, &menu->fields[field], row, out);
}

static const char *shown(struct look *look, const char *path, const struct row *row,
                         const char *name)
{
	struct text text = text_into(look->value, sizeof look->value);

	setup_read_field(look->conf, look->state, path, row, name, &text);
	return look->value;
}

static void copy(struct look *look, const char *path, const struct row *row, const char *name,
                 char *at, size_t bytes)
{
	struct text text = text_into(at, bytes);

	setup_read_field(look->conf, look->state, path, row, name, &text);
}

static bool is_set(const struct row *row)
{
	return (row->flags & ROW_DISABLED) == 0;
}

static void read_addresses(struct look *look, struct setup_card *card)
{
	struct rows rows = conf_state_rows(look->state, "/ip/address");

	for (size_t i = 0; i < rows.n && card->naddresses < SETUP_ADDRESSES_MAX; i++) {
		if (!is_set(rows.at[i]) ||
		    strcmp(shown(look, "/ip/address", rows.at[i], "interface"), card->name) != 0)
			continue;
		copy(look, "/ip/address", rows.at[i], "address",
		     card->addresses[card->naddresses++], SETUP_TEXT_BYTES);
	}
}

static void read_lists(struct look *look, struct setup_card *card)
{
	static const char path[] = "/interface/list/member";
	struct rows rows = conf_state_rows(look->state, path);

	for (size_t i = 0; i < rows.n; i++)
		if (is_set(rows.at[i]) &&
		    strcmp(shown(look, path, rows.at[i], "list"), "WAN") == 0 &&
		    strcmp(shown(look, path, rows.at[i], "interface"), card->name) == 0)
			card->in_wan = true;
}

static void read_cards(struct look *look, struct setup *setup)
{
	struct rows rows = conf_state_rows(look->state, "/interface");

	for (size_t i = 0; i < rows.n && setup->ncards < SETUP_CARDS_MAX; i++) {
		struct setup_card *card = &setup->cards[setup->ncards++];

		copy(look, "/interface", rows.at[i], "name", card->name, sizeof card->name);
		read_addresses(look, card);
		card->had_address = card->naddresses > 0;
		read_lists(look, card);
	}
}

static void read_gateway(struct look *look, struct setup *setup)
{
	static const char path[] = "/ip/route";
	struct rows rows = conf_state_rows(look->state, path);

	for (size_t i = 0; i < rows.n && setup->gateway[0] == '\0'; i++)
		if (is_set(rows.at[i]) &&
		    strcmp(shown(look, path, rows.at[i], "dst-address"), "0.0.0.0/0") == 0 &&
		    strcmp(shown(look, path, rows.at[i], "routing-table"), "main") == 0)
			copy(look, path, rows.at[i], "gateway", setup->gateway,
			     sizeof setup->gateway);
}

static void read_rules(struct look *look, struct setup *setup)
{
	static const char path[] = "/ip/firewall/nat";
	struct rows rows = conf_state_rows(look->state, path);

	for (size_t i = 0; i < rows.n; i++)
		if (is_set(rows.at[i]) &&
		    strcmp(shown(look, path, rows.at[i], "action"), "masquerade") == 0)
			setup->masquerades = true;
	setup->unfiltered = conf_state_rows(look->state, "/ip/firewall/filter").n == 0;
	setup->open = user_lacks_password(look->state, SETUP_USER);
}

static unsigned wan_card(const struct setup *setup)
{
	ip4 gateway;
	unsigned card = setup->ncards;

	if (ip4_parse(setup->gateway, strlen(setup->gateway), &gateway))
		card = setup_ask_card_toward(setup, gateway);
	for (unsigned i = 0; i < setup->ncards && card == setup->ncards; i++)
		if (setup->cards[i].in_wan)
			card = i;
	return card;
}

void setup_read(struct router *router, struct setup *setup)
{
	struct conf *conf = router->manage->conf;
	struct look look = { .conf = conf, .state = conf_hold(conf) };

	read_cards(&look, setup);
	read_gateway(&look, setup);
	read_rules(&look, setup);
	conf_release(conf, look.state);
	setup->wan = wan_card(setup);
}

void setup_read_print(struct router *router, const struct setup *setup, struct text *out)
{
	text_printf(out, "%2s  %-15s %-17s  %-4s  %s\n", "#", "CARD", "MAC-ADDRESS", "LINK",
	            "ADDRESSES");
	for (unsigned i = 0; i < setup->ncards; i++) {
		const struct setup_card *card = &setup->cards[i];
		const struct iface *iface = iface_by_name(&router->net, card->name);
		char buffer[24];
		struct text mac = text_into(buffer, sizeof buffer);

		if (iface != NULL)
			mac_print(&iface->mac, &mac);
		text_printf(out, "%2u  %-15s %-17s  %-4s ", i, card->name, text_str(&mac),
		            iface != NULL && iface->link_up ? "up" : "down");
		for (unsigned j = 0; j < card->naddresses; j++)
			text_printf(out, " %s", card->addresses[j]);
		text_add(out, card->naddresses > 0 ? "\n" : " none\n");
	}
}

void setup_read_greeting(struct conf *conf, struct text *out)
{
	const struct conf_state *state = conf_hold(conf);

	if (conf_state_rows(state, "/ip/address").n == 0)
		text_add(out, "This router has no address yet. Type setup, and it asks for all it "
		              "needs.\n\n");
	conf_release(conf, state);
}
