/* The wizard's questions, each with a sensible answer in brackets. */
#include <stdio.h>
#include <string.h>

#include "conf/question.h"
#include "menu/setup.h"

#define LAN_DEFAULT "192.168.88.1/24" /* what RouterOS gives a LAN */

unsigned setup_ask_card_toward(const struct setup *setup, ip4 addr)
{
	for (unsigned i = 0; i < setup->ncards; i++) {
		const struct setup_card *card = &setup->cards[i];

		for (unsigned j = 0; j < card->naddresses; j++) {
			struct ip_prefix prefix;

			if (ip_prefix_parse(card->addresses[j], strlen(card->addresses[j]),
			                    &prefix) &&
			    ip4_within(addr, prefix.addr.v4, prefix.bits))
				return i;
		}
	}
	return setup->ncards;
}

static void ask_menu(const struct setup *setup, struct question *question)
{
	question_key(question,
	             setup->begun ? "your choice [press Enter to see what will be done]"
	                          : "your choice [press Enter to configure ip address and gateway]",
	             "agwpx", setup->begun ? 'x' : 'a',
	             "One letter of the list above. Nothing is changed before x, and x asks once "
	             "more; Ctrl-C leaves without a change.");
}

/* The next card that was not gone through. */
static const char *next_card(const struct setup *setup)
{
	for (unsigned i = 0; i < setup->ncards; i++)
		if (!setup->cards[i].asked)
			return setup->cards[i].name;
	return SETUP_NONE;
}

static void ask_card(const struct setup *setup, struct question *question)
{
	question_line(question, "enable interface", next_card(setup),
	              "The name or number of a card to set up; " SETUP_NONE " goes on to the "
	              "gateway. A card that is not named stays as it is.");
}

/* The first card leads to the provider, who says which address it has; the others are inside. */
static const char *offered_address(const struct setup *setup)
{
	const struct setup_card *card = &setup->cards[setup->card];
	ip4 lan = { 192U << 24 | 168U << 16 | 88U << 8 | 1U };

	if (setup->address < card->naddresses)
		return card->addresses[setup->address];
	if (card->naddresses > 0 || card->had_address || setup->card == 0 || card->in_wan ||
	    setup_ask_card_toward(setup, lan) < setup->ncards)
		return SETUP_NONE;
	return LAN_DEFAULT;
}

static void ask_address(const struct setup *setup, struct question *question)
{
	const struct setup_card *card = &setup->cards[setup->card];
	bool another = setup->address > 0 && setup->address == card->naddresses;

	question_line(question, another ? "another ip address" : "ip address",
	              offered_address(setup),
	              "An address of the router on this card: 192.168.88.1, or with its netmask "
	              "192.168.88.1/24. A card may have several. " SETUP_NONE ": no address, or no "
	              "further one.");
}

static void ask_netmask(const struct setup *setup, struct question *question)
{
	const struct setup_card *card = &setup->cards[setup->card];
	char mask[IP4_TEXT_BYTES] = "255.255.255.0";
	struct ip_prefix prefix;

	if (setup->address < card->naddresses &&
	    ip_prefix_parse(card->addresses[setup->address],
	                    strlen(card->addresses[setup->address]), &prefix))
		ip4_str(ip4_mask(prefix.bits), mask);
	question_line(question, "netmask", mask,
	              "Which part of the address is the network's: 255.255.255.0, or its length "
	              "24.");
}

/* The first address of the first card's network is most often the provider's router. */
static const char *offered_gateway(const struct setup *setup, char text[static IP4_TEXT_BYTES])
{
	const struct setup_card *card = &setup->cards[0];
	struct ip_prefix prefix;
	ip4 first;

	if (setup->gateway[0] != '\0')
		return setup->gateway;
	if (card->naddresses == 0 ||
	    !ip_prefix_parse(card->addresses[0], strlen(card->addresses[0]), &prefix) ||
	    prefix.bits > 30)
		return SETUP_NONE;
	first.v = ip4_network(prefix.addr.v4, prefix.bits).v + 1;
	if (ip4_equal(first, prefix.addr.v4))
		first.v++;
	return ip4_str(first, text);
}

static void ask_gateway(const struct setup *setup, struct question *question)
{
	char text[IP4_TEXT_BYTES];

	question_line(question, "gateway", offered_gateway(setup, text),
	              "The provider's router, to which everything goes that is in none of your "
	              "networks; " SETUP_NONE ": there is none.");
}

static void ask_wan(const struct setup *setup, struct question *question)
{
	const char *card = setup->wan < setup->ncards ? setup->cards[setup->wan].name : SETUP_NONE;

	question_line(question, "interface to the internet", card,
	              "The card that leads to your provider; it joins the interface list WAN, and "
	              "the others that have addresses join LAN. " SETUP_NONE ": all are inside.");
}

/* Do hosts inside have addresses that mean nothing outside? */
static bool needs_masquerade(const struct setup *setup)
{
	struct ip_prefix prefix;

	for (unsigned i = 0; i < setup->ncards; i++)
		for (unsigned j = 0; i != setup->wan && j < setup->cards[i].naddresses; j++)
			if (ip_prefix_parse(setup->cards[i].addresses[j],
			                    strlen(setup->cards[i].addresses[j]), &prefix) &&
			    ip4_is_private(prefix.addr.v4))
				return true;
	return false;
}

static void ask_masquerade(const struct setup *setup, struct question *question)
{
	question_yes(question, "masquerade what leaves to the internet?",
	             setup->masquerades || needs_masquerade(setup),
	             "Hosts inside use the router's outer address: needed whenever their own are "
	             "private ones (10.*, 172.16.* to 172.31.*, 192.168.*).");
}

static void ask_filter(const struct setup *setup, struct question *question)
{
	question_yes(
		question, "keep strangers out?", true,
		"There is no firewall filter: everybody on the internet reaches this router, "
		"and through it your hosts. y adds the rules that a fresh router has: what was "
		"asked for from inside comes in, and nothing else.");
}

static void ask_password(const struct setup *setup, struct question *question)
{
	question_line(question, "new password of " SETUP_USER, "",
	              "Without one " SETUP_USER " can log in at the router itself only, and nobody "
	              "from the network. Enter alone leaves it as it is.");
	question->secret = true;
}

static void ask_repeat(const struct setup *setup, struct question *question)
{
	question_line(question, "once more", "", "The same again, in case a key slipped.");
	question->secret = true;
}

void setup_ask_step(const struct setup *setup, struct question *question)
{
	static void (*const asks[SETUP_END])(const struct setup *, struct question *) = {
		[SETUP_MENU] = ask_menu,
		[SETUP_CARD] = ask_card,
		[SETUP_ADDRESS] = ask_address,
		[SETUP_NETMASK] = ask_netmask,
		[SETUP_GATEWAY] = ask_gateway,
		[SETUP_WAN] = ask_wan,
		[SETUP_MASQUERADE] = ask_masquerade,
		[SETUP_FILTER] = ask_filter,
		[SETUP_PASSWORD] = ask_password,
		[SETUP_REPEAT] = ask_repeat,
	};

	asks[setup->step](setup, question);
}
