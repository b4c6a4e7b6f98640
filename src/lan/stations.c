#include "lan/stations.h"

#include <string.h>

#include "core/iface.h"
#include "lib/mem.h"

#define NONE UINT32_MAX

enum {
	LOOKS = 64,          /* places judged for one: exact for small tables */
	TURN_STEP_MS = 1000, /* how often the table is gone through, at most */
};

struct stations {
	struct hash_key key;
	struct lan_station *at;
	uint32_t *heads;
	uint32_t max, mask, used;
	uint32_t hand; /* where the search for a place goes on */
	mono due;      /* nobody ages before */
	uint64_t ageing_ms[IFACE_MAX];
};

struct stations *stations_new(uint32_t max, const struct hash_key *key)
{
	struct stations *s = mem_new(1, sizeof *s);
	uint32_t heads = 8;

	must(max > 0 && max < UINT32_MAX / 4);
	while (heads < max)
		heads *= 2;
	s->key = *key;
	s->at = mem_new(max, sizeof s->at[0]);
	s->max = max;
	s->heads = mem_new(heads, sizeof s->heads[0]);
	s->mask = heads - 1;
	s->due = mono_never();
	memset(s->heads, 0xff, heads * sizeof s->heads[0]);
	return s;
}

void stations_free(struct stations *s)
{
	if (s == NULL)
		return;
	mem_free(s->at);
	mem_free(s->heads);
	mem_free(s);
}

static uint32_t *head_of(const struct stations *s, iface_id bridge, const struct mac *mac)
{
	uint64_t word = bridge;

	for (unsigned i = 0; i < sizeof mac->b; i++)
		word = word << 8 | mac->b[i];
	return &s->heads[hash_words(&s->key, &word, 1) & s->mask];
}

static uint32_t find(const struct stations *s, iface_id bridge, const struct mac *mac)
{
	uint32_t at = *head_of(s, bridge, mac);

	while (at != NONE && (s->at[at].bridge != bridge || !mac_equal(&s->at[at].mac, mac)))
		at = s->at[at].next;
	return at;
}

static mono end_of(const struct stations *s, const struct lan_station *station)
{
	return mono_add_ms(station->seen, s->ageing_ms[station->bridge]);
}

static void release(struct stations *s, uint32_t at)
{
	uint32_t *link = head_of(s, s->at[at].bridge, &s->at[at].mac);

	while (*link != at)
		link = &s->at[*link].next;
	*link = s->at[at].next;
	s->at[at] = (struct lan_station){ .bridge = IFACE_NONE };
	s->used--;
}

/* A free place, that of one who has aged, or of the port's own one longest not heard. */
static uint32_t place_take(struct stations *s, iface_id port, mono now)
{
	uint32_t oldest = NONE;

	for (uint32_t looks = 0; looks < LOOKS && looks < s->max; looks++) {
		uint32_t at = s->hand;
		const struct lan_station *station = &s->at[at];

		s->hand = (s->hand + 1) % s->max;
		if (station->bridge == IFACE_NONE)
			return at;
		if (mono_due(end_of(s, station), now)) {
			release(s, at);
			return at;
		}
		if (station->port == port &&
		    (oldest == NONE || mono_before(station->seen, s->at[oldest].seen)))
			oldest = at;
	}
	if (oldest != NONE)
		release(s, oldest);
	return oldest;
}

static enum stations_news learn_new(struct stations *s, iface_id bridge, iface_id port,
                                    const struct mac *mac, mono now)
{
	uint32_t at = place_take(s, port, now);
	uint32_t *head = head_of(s, bridge, mac);

	if (at == NONE)
		return STATIONS_FULL;
	s->at[at] = (struct lan_station){
		.mac = *mac, .bridge = bridge, .port = port, .next = *head, .seen = now
	};
	*head = at;
	s->used++;
	s->due = mono_min(s->due, end_of(s, &s->at[at]));
	return STATIONS_NEW;
}

enum stations_news stations_learn(struct stations *s, iface_id bridge, iface_id port,
                                  const struct mac *mac, mono now)
{
	uint32_t at = find(s, bridge, mac);
	bool moved;

	if (at == NONE)
		return learn_new(s, bridge, port, mac, now);
	moved = s->at[at].port != port && !mono_due(end_of(s, &s->at[at]), now);
	s->at[at].port = port;
	s->at[at].seen = now;
	return moved ? STATIONS_MOVED : STATIONS_KNOWN;
}

iface_id stations_find(const struct stations *s, iface_id bridge, const struct mac *mac, mono now)
{
	uint32_t at = find(s, bridge, mac);

	if (at == NONE || mono_due(end_of(s, &s->at[at]), now))
		return IFACE_NONE;
	return s->at[at].port;
}

void stations_set_ageing(struct stations *s, iface_id bridge, uint64_t ms)
{
	s->ageing_ms[bridge] = ms;
	s->due = (mono){ 0 };
}

void stations_forget(struct stations *s, iface_id port)
{
	for (uint32_t at = 0; at < s->max && s->used > 0; at++) {
		if (s->at[at].bridge != IFACE_NONE && s->at[at].port == port)
			release(s, at);
	}
}

mono stations_turn(struct stations *s, mono now)
{
	mono next = mono_never();

	if (!mono_due(s->due, now))
		return s->due;
	for (uint32_t at = 0; at < s->max && s->used > 0; at++) {
		if (s->at[at].bridge == IFACE_NONE)
			continue;
		if (mono_due(end_of(s, &s->at[at]), now))
			release(s, at);
		else
			next = mono_min(next, end_of(s, &s->at[at]));
	}
	if (next.ns != mono_never().ns && mono_before(next, mono_add_ms(now, TURN_STEP_MS)))
		next = mono_add_ms(now, TURN_STEP_MS);
	s->due = next;
	return next;
}

mono stations_due(const struct stations *s)
{
	return s->due;
}

uint32_t stations_used(const struct stations *s)
{
	return s->used;
}

const struct lan_station *stations_next(const struct stations *s, uint32_t *at)
{
	while (*at < s->max) {
		const struct lan_station *station = &s->at[(*at)++];

		if (station->bridge != IFACE_NONE)
			return station;
	}
	return NULL;
}
