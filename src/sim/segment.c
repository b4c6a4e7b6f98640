#include "sim/segment.h"

#include <string.h>

#include "wire/eth.h"

static struct segment_card *card_find(struct segment *segment, const struct mac *mac)
{
	for (unsigned i = 0; i < SEGMENT_CARDS; i++) {
		if (segment->cards[i].known && mac_equal(&segment->cards[i].mac, mac))
			return &segment->cards[i];
	}
	return NULL;
}

static void card_learn(struct segment *segment, const struct mac *mac, unsigned place)
{
	struct segment_card *card = card_find(segment, mac);

	if (mac_is_multicast(mac))
		return;
	if (card == NULL) {
		card = &segment->cards[segment->next_card];
		segment->next_card = (segment->next_card + 1) % SEGMENT_CARDS;
	}
	*card = (struct segment_card){ .mac = *mac, .place = (uint8_t)place, .known = true };
}

static void send(struct segment_socket *to, struct frame *frame)
{
	link_send(to->link, 0, frame_bytes(frame), frame->len, &frame->offload);
}

static void flood(struct segment *segment, unsigned from, struct frame *frame)
{
	segment->flooded++;
	for (unsigned i = 0; i < segment->sockets_n; i++) {
		if (i != from)
			send(&segment->sockets[i], frame);
	}
}

static void pass_on(struct segment *segment, unsigned from, struct frame *frame)
{
	const struct segment_card *card = NULL;
	struct mac dst, src;

	memcpy(dst.b, frame_bytes(frame), sizeof dst.b);
	memcpy(src.b, frame_bytes(frame) + sizeof dst.b, sizeof src.b);
	if (!segment->hub) {
		card_learn(segment, &src, from);
		card = card_find(segment, &dst);
	}
	if (card == NULL) {
		flood(segment, from, frame);
	} else if (card->place != from) {
		segment->switched++;
		send(&segment->sockets[card->place], frame);
	}
}

static void deliver(void *arg, struct frame *frame)
{
	struct segment_socket *socket = arg;

	if (frame->len >= ETH_HEADER_BYTES)
		pass_on(socket->segment, socket->place, frame);
	frame_free(frame);
}

static void carrier(void *arg, bool up)
{
	const struct segment_socket *socket = arg;

	for (unsigned i = 0; i < SEGMENT_CARDS; i++) {
		struct segment_card *card = &socket->segment->cards[i];

		if (!up && card->place == socket->place)
			card->known = false;
	}
}

void segment_plug(struct segment *segment, struct link *link)
{
	struct segment_socket *socket = &segment->sockets[segment->sockets_n];

	must(segment->sockets_n < SEGMENT_LINKS);
	*socket = (struct segment_socket){ segment, link, segment->sockets_n };
	segment->sockets_n++;
	link_attach(link, 0,
	            &(struct station){ .deliver = deliver, .carrier = carrier, .arg = socket });
}
