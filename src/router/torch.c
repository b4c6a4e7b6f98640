#include "router/torch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/mem.h"

enum {
	PLACES = 2 * TORCH_ENTRIES, /* a power of 2; half of them stay empty */
	KEY_WORDS = sizeof(struct torch_key) / sizeof(uint64_t),
	BY_IP = TORCH_IP_PROTOCOL | TORCH_DSCP | TORCH_SRC | TORCH_DST,
};

static_assert(sizeof(struct torch_key) == 24, "whole words without holes");

static void swap_ends(struct frame_head *head)
{
	struct frame_head was = *head;

	head->src = was.dst;
	head->dst = was.src;
	head->ip_src = was.ip_dst;
	head->ip_dst = was.ip_src;
	head->sport = was.dport;
	head->dport = was.sport;
}

static void key_ip(const struct frame_head *head, uint32_t by, struct torch_key *key)
{
	key->has_ip = (by & BY_IP) != 0;
	if ((by & TORCH_IP_PROTOCOL) != 0)
		key->proto = head->proto;
	if ((by & TORCH_DSCP) != 0)
		key->dscp = head->tos >> 2; /* RFC 2474, 3 */
	if ((by & TORCH_SRC) != 0)
		key->src = head->ip_src;
	if ((by & TORCH_DST) != 0)
		key->dst = head->ip_dst;
}

static struct torch_key key_of(const struct frame_head *head, uint32_t by)
{
	struct torch_key key = { 0 };

	if ((by & TORCH_MAC_PROTOCOL) != 0)
		key.type = head->type;
	if ((by & TORCH_VLAN) != 0)
		key.vlan = head->vlan;
	if (head->has_ip)
		key_ip(head, by, &key);
	if ((by & TORCH_PORT) != 0 && head->has_ports) {
		key.has_ports = true;
		key.sport = head->sport;
		key.dport = head->dport;
	}
	return key;
}

/* The sums of @key; those of `others` when there is no room for one more. */
static struct torch_sums *sums_of(struct torch *torch, const struct torch_key *key)
{
	uint64_t words[KEY_WORDS];
	uint32_t at;

	memcpy(words, key, sizeof words);
	at = (uint32_t)hash_words(&torch->hash, words, KEY_WORDS) % PLACES;
	for (; torch->places[at] != 0; at = (at + 1) % PLACES) {
		struct torch_entry *entry = &torch->entries[torch->places[at] - 1];

		if (memcmp(&entry->key, key, sizeof *key) == 0)
			return &entry->sums;
	}
	if (torch->n == TORCH_ENTRIES)
		return &torch->others;
	torch->entries[torch->n] = (struct torch_entry){ .key = *key };
	torch->places[at] = (uint16_t)++torch->n;
	return &torch->entries[torch->n - 1].sums;
}

static bool dscp_fits(const struct capture_ranges *dscps, const struct frame_head *head)
{
	uint32_t dscp = head->tos >> 2;

	for (uint32_t i = 0; i < dscps->n; i++) {
		if (head->has_ip && dscp >= dscps->at[i].low && dscp <= dscps->at[i].high)
			return true;
	}
	return dscps->n == 0;
}

static void torch_frame(struct tap *tap, struct net *net, const struct iface *iface, struct pkt *p,
                        enum tap_side side)
{
	struct torch *torch = (struct torch *)tap;
	struct torch_sums more = { 0 };
	struct frame_head head;
	struct torch_key key;

	(void)net;
	if (iface->id != torch->spec.iface)
		return;
	head = frame_head_read(p->bytes, p->len, iface->point_to_point);
	if (side == TAP_TX)
		swap_ends(&head);
	if (!capture_filter_passes(&torch->spec.filter, iface, side, &head, p->len) ||
	    !dscp_fits(&torch->spec.dscps, &head))
		return;
	key = key_of(&head, torch->spec.by);
	more.bytes[side] = p->len;
	more.packets[side] = 1;
	torch_add(&torch->total, &more);
	torch_add(sums_of(torch, &key), &more);
}

struct torch *torch_start(struct net *net, const struct torch_spec *spec)
{
	struct torch *torch;
	unsigned n = 0;

	for (const struct tap *tap = net->taps; tap != NULL; tap = tap->next)
		n += tap->frame == torch_frame;
	if (n == TORCHES_MAX)
		return NULL;
	torch = mem_new(1, sizeof *torch);
	*torch = (struct torch){
		.tap = { .frame = torch_frame, .due = mono_never() },
		.spec = *spec,
		.hash = net->key,
		.entries = mem_new(TORCH_ENTRIES, sizeof torch->entries[0]),
		.places = mem_new(PLACES, sizeof torch->places[0]),
	};
	tap_add(net, &torch->tap);
	return torch;
}

void torch_stop(struct net *net, struct torch *torch)
{
	tap_remove(net, &torch->tap);
	mem_free(torch->entries);
	mem_free(torch->places);
	mem_free(torch);
}

/* Equal ones by their keys, so that lines don't dance. */
static int compare(const void *a, const void *b)
{
	const struct torch_entry *x = a, *y = b;
	uint64_t left = x->sums.bytes[TAP_RX] + x->sums.bytes[TAP_TX];
	uint64_t right = y->sums.bytes[TAP_RX] + y->sums.bytes[TAP_TX];

	if (left != right)
		return left > right ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof x->key);
}

void torch_sort(struct torch *torch)
{
	qsort(torch->entries, torch->n, sizeof torch->entries[0], compare);
}

void torch_clear(struct torch *torch)
{
	memset(torch->places, 0, PLACES * sizeof torch->places[0]);
	torch->n = 0;
	torch->others = torch->total = (struct torch_sums){ 0 };
}
