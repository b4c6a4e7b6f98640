/*
 * attack_sack_panic_test.c -- CVE-2019-11477, -11478, -11479: a peer that offers a tiny MSS and
 * then picks holes into what is sent to it.
 */
#include "seeded.h"
#include "tcp/tcp_inside.h"
#include "tcp/victim.h"

enum {
	SENT = 200000,
	ACKS = 3000,
};

static struct far_end connect_with_mss(struct victim *v, uint16_t port, uint16_t mss)
{
	uint8_t options[] = { 2, 4, (uint8_t)(mss >> 8), (uint8_t)mss, 1, 1, 4, 2 };

	return victim_connect_with(v, port, options, sizeof options);
}

/* Blocks wherever they hurt: single bytes, every other byte, beyond what was sent, upside down. */
static void draw_blocks(struct side_segment *ack, struct seeded *seeded, uint32_t una,
                        uint32_t span)
{
	ack->raw_options[0] = ack->raw_options[1] = 1;
	ack->raw_options[2] = TCP_OPTION_SACK;
	ack->raw_options[3] = 34;
	ack->options_n = 36;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t begin = una + 1 + (uint32_t)(seeded_next(seeded) % (span + 20));
		uint32_t length =
			(uint32_t)(seeded_next(seeded) % 3 == 0 ? seeded_next(seeded) % (span + 1)
		                                                : 1 + seeded_next(seeded) % 3);

		if (seeded_next(seeded) % 50 == 0)
			length = -length;
		wire_put32(ack->raw_options + 4 + 8 * i, begin);
		wire_put32(ack->raw_options + 8 + 8 * i, begin + length);
	}
}

/* After what has been sent, as the attacker sees it. No segment is cut smaller than @least, but for
 * what was acknowledged halfway. */
static uint32_t look(struct victim *v, const struct far_end *e, uint32_t next, uint32_t least)
{
	struct side_segment segment;

	while (side_next(&v->s, &segment)) {
		if (segment.ends.dport != e->port || segment.n == 0)
			continue;
		next = seq_max(next, segment.seq + segment.n);
		assert_true(segment.gso_bytes == 0 || segment.gso_bytes >= least);
	}
	return next;
}

static void hurt(uint16_t mss, uint64_t seed)
{
	static uint8_t bytes[SENT];
	struct victim *v = victim_new();
	struct far_end e = connect_with_mss(v, 1001, mss), decent = victim_connect(v, 1002);
	struct seeded seeded = seeded_make(seed);
	uint32_t una = e.ack, next = e.ack, least = mss < 48 ? 36 : mss < 1460 ? mss - 12 : 1448;

	/* CVE-2019-11479: no less than Linux's floor, timestamps taken off. */
	assert_true(e.c->mss >= least);
	(void)connection_send(e.c, bytes, sizeof bytes, 0);
	for (unsigned i = 0; i < ACKS && connection_state(e.c) == CONNECTION_ESTABLISHED; i++) {
		struct side_segment ack = { .flags = TCP_ACK, .seq = e.seq, .window = 65535 };

		next = look(v, &e, next, least);
		if (seeded_next(&seeded) % 8 == 0 && next != una)
			una += (uint32_t)(seeded_next(&seeded) % (next - una)) + 1;
		ack.ack = una;
		draw_blocks(&ack, &seeded, una, next - una);
		assert_true(victim_hears(v, e.port, &ack));
		v->s.net->now = mono_add_ms(v->s.net->now, seeded_next(&seeded) % 20);
		assert_true(tcp_use(v->s.tcp).flights <= victim_budget.flights);
		if (i % 100 == 0)
			far_end_is_served(v, &decent);
	}
	far_end_is_served(v, &decent);
	connection_abort(e.c);
	connection_abort(decent.c);
	(void)victim_says(v);
	assert_int_equal(tcp_use(v->s.tcp).flights, 0);
	assert_int_equal(tcp_use(v->s.tcp).chunks, 0);
	victim_free(v);
}

static void tiny_segments(void **state)
{
	for (uint16_t mss = 1; mss <= 48; mss++)
		hurt(mss, mss);
}

static void whole_segments(void **state)
{
	for (uint64_t seed = 1; seed <= 8; seed++)
		hurt(1460, seed);
	hurt(0, 9); /* as if it said 48 */
	hurt(65535, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tiny_segments),
		cmocka_unit_test(whole_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
