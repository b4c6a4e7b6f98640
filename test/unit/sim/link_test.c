/* link_test.c -- each fault of a link by itself: it happens, it is counted, it ends. */
#include "unit.h"

#include "sim/link.h"
#include "wire/cursor.h"
#include "wire/eth.h"

enum {
	FRAMES = 2000,
	FRAME_BYTES = 200
};

/* Two ends that keep what comes. */
struct ends {
	struct timeline timeline;
	struct link *link;
	struct frame_queue got;
	mono last;
	unsigned carrier_ups, carrier_downs;
};

static void deliver(void *arg, struct frame *frame)
{
	struct ends *e = arg;

	frame_queue_put(&e->got, frame);
	e->last = timeline_now(&e->timeline);
}

static void carrier(void *arg, bool up)
{
	struct ends *e = arg;

	e->carrier_ups += up;
	e->carrier_downs += !up;
}

static struct ends *ends_new(const struct link_quality *quality)
{
	struct ends *e = test_calloc(1, sizeof *e);

	timeline_init(&e->timeline, 1, (mono){ NS_PER_S });
	e->link = link_new(&e->timeline, quality);
	link_attach(e->link, 1,
	            &(struct station){ .deliver = deliver, .carrier = carrier, .arg = e });
	return e;
}

static void ends_free(struct ends *e)
{
	frame_queue_clear(&e->got);
	link_free(e->link);
	timeline_free(&e->timeline);
	test_free(e);
}

static void run(struct ends *e, uint64_t ms)
{
	mono until = mono_add_ms(timeline_now(&e->timeline), ms);
	bool more = true;

	while (more)
		more = timeline_step(&e->timeline, until);
}

/* Frames that are numbered behind their Ethernet header. */
static void send(struct ends *e, unsigned n, uint16_t type)
{
	uint8_t bytes[FRAME_BYTES] = { 0 };

	wire_put16(bytes + 12, type);
	for (unsigned i = 0; i < n; i++) {
		wire_put32(bytes + ETH_HEADER_BYTES, i);
		link_send(e->link, 0, bytes, sizeof bytes, NULL);
	}
}

static uint32_t number_of(const struct frame *frame)
{
	return wire_get32(frame_bytes_const(frame) + ETH_HEADER_BYTES);
}

static unsigned out_of_order(const struct ends *e)
{
	unsigned n = 0;

	for (const struct frame *f = e->got.first; f != NULL && f->next != NULL; f = f->next)
		n += number_of(f) > number_of(f->next);
	return n;
}

static void loss_and_duplicates_come_as_often_as_they_should(void **state)
{
	struct ends *e = ends_new(&(struct link_quality){ .loss = 1000, .duplicate = 500 });
	const struct link_counters *c = link_counters(e->link);

	(void)state;
	send(e, FRAMES, ETH_TYPE_IP4);
	run(e, 10);
	assert_in_range(c->lost, 150, 250);
	assert_in_range(c->duplicated, 60, 120);
	assert_int_equal(e->got.n, FRAMES - c->lost + c->duplicated);
	assert_int_equal(c->delivered, e->got.n);
	ends_free(e);
}

static void frames_are_overtaken(void **state)
{
	struct ends *e =
		ends_new(&(struct link_quality){ .reorder = 500, .bytes_per_second = 10000000 });

	(void)state;
	send(e, FRAMES, ETH_TYPE_IP4);
	run(e, 1000);
	assert_int_equal(e->got.n, FRAMES);
	assert_true(out_of_order(e) > 20);
	ends_free(e);
}

static void bits_flip_but_not_in_arp_when_it_is_spared(void **state)
{
	struct ends *e = ends_new(&(struct link_quality){ .corrupt = 10000, .spare_arp = true });
	unsigned wrong = 0;

	(void)state;
	send(e, 100, ETH_TYPE_ARP);
	assert_int_equal(link_counters(e->link)->corrupted, 0);
	send(e, 100, ETH_TYPE_IP4);
	assert_int_equal(link_counters(e->link)->corrupted, 100);
	run(e, 10);
	for (const struct frame *f = e->got.first; f != NULL; f = f->next) {
		for (uint32_t i = ETH_HEADER_BYTES + 4; i < f->len; i++)
			wrong += frame_bytes_const(f)[i] != 0;
	}
	assert_in_range(wrong, 80, 100);
	ends_free(e);
}

/* 10 frames fit, and leave one after the other; the others find no room. */
static void a_slow_link_has_a_bounded_queue(void **state)
{
	struct ends *e = ends_new(&(struct link_quality){ .bytes_per_second = FRAME_BYTES * 100,
	                                                  .queue_frames = 10 });

	(void)state;
	send(e, 30, ETH_TYPE_IP4);
	assert_int_equal(link_counters(e->link)->queue_full, 20);
	run(e, 35);
	assert_int_equal(e->got.n, 3);
	send(e, 30, ETH_TYPE_IP4);
	assert_int_equal(link_counters(e->link)->queue_full, 47);
	run(e, 1000);
	assert_int_equal(e->got.n, 13);
	assert_int_equal(out_of_order(e), 1); /* where the second thirty begin */
	ends_free(e);
}

static void delay_and_jitter(void **state)
{
	struct ends *e = ends_new(
		&(struct link_quality){ .delay_ns = 5 * NS_PER_MS, .jitter_ns = 3 * NS_PER_MS });

	(void)state;
	send(e, 100, ETH_TYPE_IP4);
	run(e, 4);
	assert_int_equal(e->got.n, 0);
	run(e, 4);
	assert_int_equal(e->got.n, 100);
	assert_true(out_of_order(e) > 10);
	ends_free(e);
}

static void what_is_too_big_for_the_link_is_lost(void **state)
{
	struct ends *e = ends_new(&(struct link_quality){ .mtu_bytes = 100 });

	(void)state;
	send(e, 5, ETH_TYPE_IP4);
	run(e, 10);
	assert_int_equal(e->got.n, 0);
	assert_int_equal(link_counters(e->link)->too_big, 5);
	ends_free(e);
}

static void a_clogged_link_lets_go_of_all_in_order(void **state)
{
	struct ends *e = ends_new(&(struct link_quality){ .delay_ns = NS_PER_MS });

	(void)state;
	link_set_clogged(e->link, true);
	send(e, 50, ETH_TYPE_IP4);
	run(e, 1000);
	assert_int_equal(e->got.n, 0);
	link_set_clogged(e->link, false);
	assert_int_equal(e->got.n, 50);
	assert_int_equal(out_of_order(e), 0);
	/* What is held when the world ends is given back. */
	link_set_clogged(e->link, true);
	send(e, 5, ETH_TYPE_IP4);
	run(e, 10);
	ends_free(e);
}

static void a_pulled_cable_loses_what_was_on_its_way(void **state)
{
	struct ends *e = ends_new(&(struct link_quality){ .delay_ns = NS_PER_MS });

	(void)state;
	send(e, 5, ETH_TYPE_IP4);
	link_set_up(e->link, false);
	link_set_up(e->link, false);
	assert_false(link_is_up(e->link));
	send(e, 5, ETH_TYPE_IP4);
	link_set_up(e->link, true);
	run(e, 10);
	assert_int_equal(e->got.n, 0);
	assert_int_equal(link_counters(e->link)->lost, 10);
	assert_int_equal(link_counters(e->link)->flaps, 1);
	assert_int_equal(e->carrier_downs, 1);
	assert_int_equal(e->carrier_ups, 1);
	ends_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_and_duplicates_come_as_often_as_they_should),
		cmocka_unit_test(frames_are_overtaken),
		cmocka_unit_test(bits_flip_but_not_in_arp_when_it_is_spared),
		cmocka_unit_test(a_slow_link_has_a_bounded_queue),
		cmocka_unit_test(delay_and_jitter),
		cmocka_unit_test(what_is_too_big_for_the_link_is_lost),
		cmocka_unit_test(a_clogged_link_lets_go_of_all_in_order),
		cmocka_unit_test(a_pulled_cable_loses_what_was_on_its_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
