#include "fw/rule_world.h"

#include "fw/mss.h"
#include "wire/checksum.h"

#define L3 14
#define L4 34

struct segment {
	struct pkt p;
	uint8_t bytes[256];
};

/* The checksum over the whole segment, its pseudo-header included; 0 when right. */
static uint16_t segment_checksum(const struct segment *s)
{
	uint16_t bytes = (uint16_t)(s->p.ip_bytes - (L4 - L3));
	uint32_t sum = sum_pseudo(s->p.arrived.src, s->p.arrived.dst, IPPROTO_TCP, bytes);

	return sum_finish(sum_bytes(sum, s->bytes + L4, bytes));
}

/* A SYN with @options and @payload bytes of noise, its checksum right. */
static void segment_make(struct segment *s, const uint8_t *options, size_t len, size_t payload,
                         uint64_t *seed)
{
	uint8_t *tcp = s->bytes + L4;

	memset(s, 0, sizeof *s);
	seeded_fill(seed, tcp, TCP_HEADER_BYTES);
	memcpy(tcp + TCP_HEADER_BYTES, options, len);
	seeded_fill(seed, tcp + TCP_HEADER_BYTES + len, payload + 9); /* 9 of padding behind it */
	tcp[TCP_AT_OFFSET] = (uint8_t)((TCP_HEADER_BYTES + len) / 4 << 4);
	tcp[TCP_AT_FLAGS] = TCP_SYN;
	s->p.bytes = s->bytes;
	s->p.l3 = L3;
	s->p.l4 = L4;
	s->p.ip_bytes = (uint16_t)(L4 - L3 + TCP_HEADER_BYTES + len + payload);
	s->p.len = L3 + s->p.ip_bytes + 9;
	s->p.tcp_flags = TCP_SYN;
	s->p.arrived = (struct tuple){ .src = { 0x0a000001 },
		                       .dst = { 0xc0000202 },
		                       .proto = IPPROTO_TCP };
	wire_put16(tcp + TCP_AT_CHECKSUM, 0);
	wire_put16(tcp + TCP_AT_CHECKSUM, segment_checksum(s));
	assert_int_equal(segment_checksum(s), 0);
}

/* Options in random order with NOPs between, so that values stand at even and odd places; the rest
 * is END and zeroes. Returns the length; *ret_at is where the first MSS value stands, or 0. */
static size_t random_options(uint8_t options[40], uint64_t *seed, size_t *ret_at)
{
	static const uint8_t lens[] = { 1, 4, 3, 2, 10 };
	static const uint8_t kinds[] = { 1, 2, 3, 4, 8 };
	size_t at = 0;

	*ret_at = 0;
	memset(options, 0, 40);
	for (uint32_t n = seeded_below(seed, 8); n > 0; n--) {
		uint32_t i = seeded_below(seed, ARRAY_LEN(kinds));

		if (at + lens[i] > 40)
			break;
		seeded_fill(seed, options + at, lens[i]);
		options[at] = kinds[i];
		if (lens[i] > 1)
			options[at + 1] = lens[i];
		if (kinds[i] == 2 && *ret_at == 0)
			*ret_at = at + 2;
		at += lens[i];
	}
	return (at + 3) / 4 * 4;
}

static void any_layout_keeps_its_checksum(void **state)
{
	uint64_t seed = 20240817;
	unsigned lowered = 0, odd = 0;

	for (int round = 0; round < 20000; round++) {
		uint8_t options[40];
		struct segment s, before;
		size_t at;
		size_t len = random_options(options, &seed, &at);
		uint16_t mss = (uint16_t)seeded_next(&seed);
		uint16_t old = at != 0 ? wire_get16(options + at) : 0;

		segment_make(&s, options, len, seeded_below(&seed, 40), &seed);
		before = s;
		assert_int_equal(mss_read(&s.p), old);

		bool changed = mss_lower(&s.p, mss);

		assert_int_equal(segment_checksum(&s), 0);
		assert_int_equal(changed, memcmp(s.bytes, before.bytes, sizeof s.bytes) != 0);
		if (old == 0)
			continue;
		assert_int_equal(mss_read(&s.p), old > mss && mss != 0 ? mss : old);
		lowered += changed;
		odd += changed && at % 2 != 0;
	}
	assert_true(lowered > 1000 && odd > 100);
}

/* Every one of several options, as we can't know which the receiver takes. */
static void all_of_several_options_are_lowered(void **state)
{
	const uint8_t options[] = { 2, 4, 5, 180, 1, 2, 4, 5, 180, 1, 1, 0 };
	uint64_t seed = 1;
	struct segment s;

	segment_make(&s, options, sizeof options, 0, &seed);
	assert_true(mss_lower(&s.p, 1000));
	assert_int_equal(wire_get16(s.bytes + L4 + 22), 1000);
	assert_int_equal(wire_get16(s.bytes + L4 + 27), 1000);
	assert_int_equal(segment_checksum(&s), 0);
	assert_false(mss_lower(&s.p, 1000));
	assert_false(mss_lower(&s.p, 1400));
}

/* A partial checksum covers no option: the field stays, the value changes. */
static void a_partial_checksum_is_left_alone(void **state)
{
	const uint8_t options[] = { 2, 4, 5, 180 };
	uint64_t seed = 2;
	struct segment s;

	segment_make(&s, options, sizeof options, 0, &seed);
	s.p.offload.needs_checksum = true;
	wire_put16(s.bytes + L4 + TCP_AT_CHECKSUM, 0x1234);
	assert_true(mss_lower(&s.p, 536));
	assert_int_equal(wire_get16(s.bytes + L4 + TCP_AT_CHECKSUM), 0x1234);
	assert_int_equal(mss_read(&s.p), 536);
}

static void refuses(struct segment s)
{
	uint8_t before[sizeof s.bytes];

	s.p.bytes = s.bytes;
	memcpy(before, s.bytes, sizeof before);
	assert_int_equal(mss_read(&s.p), 0);
	assert_false(mss_lower(&s.p, 100));
	assert_memory_equal(s.bytes, before, sizeof before);
}

static void only_a_whole_syn_is_touched(void **state)
{
	const uint8_t options[] = { 1, 1, 1, 1, 2, 4, 5, 180 };
	uint64_t seed = 3;
	struct segment good, s;

	segment_make(&good, options, sizeof options, 0, &seed);
	assert_int_equal(mss_read(&good.p), 1460);
	s = good;
	s.p.tcp_flags = TCP_ACK;
	refuses(s);
	s = good;
	s.p.arrived.proto = IPPROTO_UDP;
	refuses(s);
	s = good;
	s.p.fragment = 1;
	refuses(s);
	s = good;
	s.p.len = L4 + 27; /* the bytes end within the option */
	refuses(s);
	s = good;
	s.p.ip_bytes = L4 - L3 + 27; /* the IP packet ends there, what follows is padding */
	refuses(s);
	s = good;
	s.bytes[L4 + 25] = 3; /* an MSS option of another length */
	refuses(s);
	s = good;
	s.bytes[L4 + 21] = 0; /* the end of the options comes before */
	refuses(s);
	s = good;
	s.bytes[L4 + TCP_AT_OFFSET] = 0xf0; /* a header longer than the segment */
	refuses(s);
}

static void clamping_takes_the_smaller_way(void **state)
{
	struct pkt p = { .route = { .mtu_bytes = 1492 } };

	assert_int_equal(mss_for(&p, 1300, 576), 1300);
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 1500), 1452);
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 1400), 1360);
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 0), 1452);
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 40), 0);
	p.route.mtu_bytes = 0;
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 1400), 1360);
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 0), 0);
	p.route.mtu_bytes = 1000000;
	assert_int_equal(mss_for(&p, MSS_CLAMP_TO_PMTU, 1000000), UINT16_MAX);
	assert_false(mss_lower(&p, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_layout_keeps_its_checksum),
		cmocka_unit_test(all_of_several_options_are_lowered),
		cmocka_unit_test(a_partial_checksum_is_left_alone),
		cmocka_unit_test(only_a_whole_syn_is_touched),
		cmocka_unit_test(clamping_takes_the_smaller_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
