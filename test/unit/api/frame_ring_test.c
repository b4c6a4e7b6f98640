#include "unit.h"

#include "api/frame_ring.h"
#include "seeded.h"

enum {
	FRAMES = 4096,
	STEPS = 200000,
};

/* What it should hold, the plain way: lengths and a byte that fills each frame. */
struct model {
	uint32_t len[FRAMES];
	unsigned first, lent, n; /* of all ever put: gone before first, lent before lent */
};

static uint8_t fill_of(unsigned i)
{
	return (uint8_t)(i * 37 + 1);
}

static bool put(struct frame_ring *ring, unsigned i, uint32_t len)
{
	static uint8_t bytes[PORT_FRAME_BYTES_MAX + 1];
	struct port_frame frame = { .bytes = bytes,
		                    .len = len,
		                    .offload = { .gso_bytes = (uint16_t)i } };

	memset(bytes, fill_of(i), len);
	return frame_ring_put(ring, &frame);
}

static void lend_is(struct frame_ring *ring, const struct model *m)
{
	struct port_frame frame;
	bool there = frame_ring_lend(ring, &frame);

	assert_int_equal(there, m->lent < m->n);
	if (!there)
		return;
	assert_int_equal(frame.len, m->len[m->lent % FRAMES]);
	assert_int_equal(frame.offload.gso_bytes, (uint16_t)m->lent);
	assert_int_equal(frame.headroom, PORT_HEADROOM_BYTES);
	for (uint32_t at = 0; at < frame.len; at++)
		assert_int_equal(frame.bytes[at], fill_of(m->lent));
	memset(frame.bytes - frame.headroom, 0xee, frame.headroom);
}

static uint32_t len_of(struct seeded *seeded)
{
	uint64_t kind = seeded_next(seeded) % 16;
	uint64_t draw = seeded_next(seeded);

	return kind == 0 ? (uint32_t)(draw % PORT_FRAME_BYTES_MAX)
	                 : 14 + (uint32_t)(draw % (kind < 8 ? 60 : 1500));
}

static void one_step(struct frame_ring *ring, struct model *m, struct seeded *seeded,
                     unsigned *full)
{
	uint64_t what = seeded_next(seeded) % 100;
	uint32_t len = len_of(seeded);

	if (what < 50 && m->n - m->first < FRAMES) {
		if (put(ring, m->n, len))
			m->len[m->n++ % FRAMES] = len;
		else
			(*full)++;
	} else if (what < 90) {
		lend_is(ring, m);
		m->lent += m->lent < m->n;
	} else if (what < 99) {
		frame_ring_release(ring);
		m->first = m->lent;
	} else if (what == 99) {
		assert_int_equal(frame_ring_drop(ring), m->n - m->lent);
		m->n = m->lent;
	}
	assert_int_equal(ring->waiting, m->n - m->lent);
}

static void test_against_model(void **state)
{
	struct seeded seeded = { .state = 11 };
	struct model m = { 0 };
	struct frame_ring ring;
	unsigned full = 0;

	frame_ring_init(&ring, FRAME_RING_BYTES_MIN + 777);
	for (unsigned i = 0; i < STEPS; i++)
		one_step(&ring, &m, &seeded, &full);
	/* It was full now and then, and has come round many times. */
	assert_true(full > 100 && m.n > 10 * FRAMES);
	while (ring.waiting > 0) {
		lend_is(&ring, &m);
		m.lent++;
	}
	frame_ring_release(&ring);
	assert_int_equal(ring.used, 0);
	frame_ring_free(&ring);
}

static void test_largest_fits_when_empty(void **state)
{
	struct frame_ring ring;
	struct port_frame frame;

	frame_ring_init(&ring, FRAME_RING_BYTES_MIN);
	for (unsigned i = 0; i < 10; i++) {
		assert_true(put(&ring, i, PORT_FRAME_BYTES_MAX));
		assert_true(frame_ring_lend(&ring, &frame));
		assert_int_equal(frame.len, PORT_FRAME_BYTES_MAX);
		frame_ring_release(&ring);
	}
	assert_false(put(&ring, 0, PORT_FRAME_BYTES_MAX + 1));
	frame_ring_free(&ring);
}

static void test_nothing_in_zeroes(void **state)
{
	struct frame_ring ring = { 0 };
	struct port_frame frame;

	assert_false(put(&ring, 0, 60));
	assert_false(frame_ring_lend(&ring, &frame));
	frame_ring_release(&ring);
	assert_int_equal(frame_ring_drop(&ring), 0);
	frame_ring_free(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_model),
		cmocka_unit_test(test_largest_fits_when_empty),
		cmocka_unit_test(test_nothing_in_zeroes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
