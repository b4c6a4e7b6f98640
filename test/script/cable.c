#include "script/cable.h"

#include <string.h>

#include "wire/arp.h"
#include "wire/eth.h"

#define FRAME_BYTES_MIN 60

void cable_init(struct cable *cable, const struct script *script, const struct mac *host_mac)
{
	cable->host = (ip4){ 0xc0000201u };
	cable->host_mac = *host_mac;
	for (unsigned i = 0; i < script->n_settings; i++) {
		const struct setting *setting = &script->settings[i];
		const char *word = setting->words[0];

		if (setting->name->kind == SETTING_SILENT &&
		    ip4_parse(word, strlen(word), &cable->silent[cable->n_silent]))
			cable->n_silent++;
	}
}

static struct mac station(ip4 addr)
{
	return (struct mac){ { 2, 0, (uint8_t)(addr.v >> 24), (uint8_t)(addr.v >> 16),
		               (uint8_t)(addr.v >> 8), (uint8_t)addr.v } };
}

static bool is_silent(const struct cable *cable, ip4 addr)
{
	for (unsigned i = 0; i < cable->n_silent; i++)
		if (ip4_equal(cable->silent[i], addr))
			return true;
	return false;
}

static void answer(struct cable *cable, const struct arp *asked)
{
	uint8_t frame[FRAME_BYTES_MIN] = { 0 };
	struct writer w = writer_over(frame, sizeof frame);
	struct mac mac = station(asked->target_ip);
	struct eth_header eth = { .dst = asked->sender_mac, .src = mac, .type = ETH_TYPE_ARP };
	struct arp arp = {
		.operation = ARP_REPLY,
		.sender_mac = mac,
		.sender_ip = asked->target_ip,
		.target_mac = asked->sender_mac,
		.target_ip = asked->sender_ip,
	};

	eth_build(&w, &eth);
	arp_build(&w, &arp);
	cable->transmit(cable->arg, frame, sizeof frame);
}

size_t cable_receive(struct cable *cable, const uint8_t *frame, size_t len)
{
	struct reader r = reader_over(frame, len);
	struct eth_header eth;
	struct arp arp;

	if (!eth_parse(&r, &eth))
		return 0;
	if (eth.type == ETH_TYPE_IP4)
		return (size_t)(r.at - frame);
	if (eth.type == ETH_TYPE_ARP && arp_parse(&r, &arp) && arp.operation == ARP_REQUEST &&
	    !ip4_equal(arp.target_ip, cable->host) && !ip4_equal(arp.target_ip, arp.sender_ip) &&
	    !is_silent(cable, arp.target_ip) && !ip4_is_zero(arp.sender_ip))
		answer(cable, &arp);
	return 0;
}

void cable_send(struct cable *cable, const uint8_t *packet, size_t len)
{
	uint8_t frame[CABLE_FRAME_BYTES_MAX];
	struct writer w = writer_over(frame, sizeof frame);
	struct eth_header eth = {
		.dst = cable->host_mac,
		.src = station((ip4){ 0xc00002feu }),
		.type = ETH_TYPE_IP4,
	};

	eth_build(&w, &eth);
	write_bytes(&w, packet, len);
	if (!w.failed)
		cable->transmit(cable->arg, frame, (size_t)(w.at - frame));
}
