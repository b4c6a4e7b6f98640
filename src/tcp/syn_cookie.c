#include "tcp/syn_cookie.h"

#include "lib/random.h"

enum {
	UNIT_S = 64,     /* a cookie tells the time in these */
	UNITS_GOOD = 2,  /* how old one may be: from 64 to 128 s */
	UNDER_WAY_S = 5, /* how long segments of a handshake may be on their way */
	EPOCH_UNITS = 8, /* a secret is used for about eight minutes */
	TIME_BITS = 5,   /* 32 units come round in 34 minutes */
	MSS_BITS = 3,
	HASH_BITS = 24,
	OPTION_BITS = 6,  /* of the timestamp */
	SCALE_NONE = 0xf, /* no window scale: the largest is 14 */
	SACK_BIT = 1 << 4,
};

/* Sorted. What peers offer nearly always is among them: Ethernet, PPPoE, tunnels, IPv6's minimum,
 * RFC 9293's default. */
static const uint16_t mss_table[1 << MSS_BITS] = { 216, 536, 1024, 1220, 1360, 1412, 1452, 1460 };

void syn_cookies_init(struct syn_cookies *cookies, struct random *random)
{
	*cookies = (struct syn_cookies){ .random = random, .epochs = { UINT64_MAX, UINT64_MAX } };
}

static uint64_t unit_of(mono now)
{
	return now.ns / (UNIT_S * NS_PER_S);
}

static unsigned mss_index(uint16_t mss)
{
	unsigned i = (1 << MSS_BITS) - 1;

	while (i > 0 && mss_table[i] > mss)
		i--;
	return i;
}

static uint32_t make(const struct hash_key *secret, const struct tuple *tuple,
                     uint32_t their_sequence, uint64_t unit, unsigned mss)
{
	uint64_t words[4] = { (uint64_t)tuple->src.v << 32 | tuple->dst.v,
		              (uint64_t)tuple->sport << 16 | tuple->dport,
		              (uint64_t)their_sequence << MSS_BITS | mss, unit };
	uint32_t hash = (uint32_t)hash_bytes(secret, words, sizeof words);

	return (uint32_t)unit << (32 - TIME_BITS) | mss << HASH_BITS |
	       (hash & ((1U << HASH_BITS) - 1));
}

uint32_t syn_cookie_make(struct syn_cookies *cookies, const struct tuple *tuple,
                         uint32_t their_sequence, uint16_t mss, mono now)
{
	uint64_t unit = unit_of(now), epoch = unit / EPOCH_UNITS;
	struct hash_key *secret = &cookies->secrets[epoch % 2];

	if (cookies->epochs[epoch % 2] != epoch) {
		random_fill(cookies->random, secret, sizeof *secret);
		cookies->epochs[epoch % 2] = epoch;
	}
	cookies->sent_unit = unit;
	cookies->made = now;
	cookies->any = true;
	return make(secret, tuple, their_sequence, unit, mss_index(mss));
}

uint32_t syn_cookie_timestamp(uint32_t clock, const struct syn_options *options)
{
	uint32_t mask = (1U << OPTION_BITS) - 1, low = SCALE_NONE, timestamp;

	if (options->has_window_scale)
		low = options->window_scale;
	if (options->sack_permitted)
		low |= SACK_BIT;
	timestamp = (clock & ~mask) | low;
	/* Not ahead of the clock: later segments carry it, and must not look older. */
	return (int32_t)(timestamp - clock) > 0 ? timestamp - mask - 1 : timestamp;
}

static void options_of(const struct syn_cookie_ack *ack, struct syn_options *ret_options)
{
	unsigned scale = ack->clock_echo & SCALE_NONE;

	*ret_options = (struct syn_options){ .mss = ret_options->mss };
	if (!ack->has_timestamps)
		return;
	ret_options->has_timestamps = true;
	ret_options->sack_permitted = (ack->clock_echo & SACK_BIT) != 0;
	ret_options->has_window_scale = scale != SCALE_NONE;
	ret_options->window_scale = scale != SCALE_NONE ? (uint8_t)scale : 0;
}

bool syn_cookies_are_under_way(const struct syn_cookies *cookies, mono now)
{
	return cookies->any && !mono_due(mono_add_s(cookies->made, UNDER_WAY_S), now);
}

bool syn_cookie_check(const struct syn_cookies *cookies, const struct tuple *tuple,
                      const struct syn_cookie_ack *ack, mono now, struct syn_options *ret_options)
{
	uint64_t unit = unit_of(now);
	uint64_t age = (unit - (ack->cookie >> (32 - TIME_BITS))) & ((1U << TIME_BITS) - 1);
	unsigned mss = ack->cookie >> HASH_BITS & ((1U << MSS_BITS) - 1);
	uint64_t made = unit - age, epoch = made / EPOCH_UNITS;

	if (age >= UNITS_GOOD || age > unit || !cookies->any ||
	    unit - cookies->sent_unit >= UNITS_GOOD)
		return false;
	if (cookies->epochs[epoch % 2] != epoch)
		return false;
	if (make(&cookies->secrets[epoch % 2], tuple, ack->their_sequence, made, mss) !=
	    ack->cookie)
		return false;
	ret_options->mss = mss_table[mss];
	options_of(ack, ret_options);
	return true;
}
