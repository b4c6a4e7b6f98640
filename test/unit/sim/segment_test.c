/* segment_test.c -- who hears what on a hub and on a switch. */
#include "unit.h"

#include "sim/segment.h"
#include "wire/eth.h"

enum {
	STATIONS = 4
};

struct lab {
	struct timeline timeline;
	struct segment segment;
	struct link *links[STATIONS];
	unsigned heard[STATIONS];
	struct ear {
		struct lab *lab;
		unsigned place;
	} ears[STATIONS];
};

static void deliver(void *arg, struct frame *frame)
{
	struct ear *ear = arg;

	ear->lab->heard[ear->place]++;
	frame_free(frame);
}

static struct lab *lab_new(bool hub)
{
	struct lab *lab = test_calloc(1, sizeof *lab);

	timeline_init(&lab->timeline, 1, (mono){ NS_PER_S });
	lab->segment.hub = hub;
	for (unsigned i = 0; i < STATIONS; i++) {
		lab->links[i] = link_new(&lab->timeline, NULL);
		lab->ears[i] = (struct ear){ lab, i };
		segment_plug(&lab->segment, lab->links[i]);
		link_attach(lab->links[i], 1,
		            &(struct station){ .deliver = deliver, .arg = &lab->ears[i] });
	}
	return lab;
}

static void lab_free(struct lab *lab)
{
	for (unsigned i = 0; i < STATIONS; i++)
		link_free(lab->links[i]);
	timeline_free(&lab->timeline);
	test_free(lab);
}

/* From @src's card at its place to that of @dst (STATIONS: everybody's). */
static void say(struct lab *lab, unsigned at, unsigned src, unsigned dst)
{
	uint8_t bytes[60] = { 2, 0, 0, 0, 0, (uint8_t)dst, 2, 0, 0, 0, 0, (uint8_t)src };

	if (dst == STATIONS)
		memset(bytes, 0xff, 6);
	memset(lab->heard, 0, sizeof lab->heard);
	link_send(lab->links[at], 1, bytes, sizeof bytes, NULL);
	while (timeline_step(&lab->timeline, mono_add_ms(timeline_now(&lab->timeline), 10)))
		;
}

static void heard(const struct lab *lab, unsigned a, unsigned b, unsigned c, unsigned d)
{
	const unsigned want[STATIONS] = { a, b, c, d };

	for (unsigned i = 0; i < STATIONS; i++)
		assert_int_equal(lab->heard[i], want[i]);
}

static void a_hub_tells_everybody_else(void **state)
{
	struct lab *lab = lab_new(true);

	(void)state;
	say(lab, 0, 0, 1);
	heard(lab, 0, 1, 1, 1);
	say(lab, 1, 1, 0);
	heard(lab, 1, 0, 1, 1);
	lab_free(lab);
}

static void a_switch_learns(void **state)
{
	struct lab *lab = lab_new(false);

	(void)state;
	say(lab, 0, 0, 1); /* not heard yet */
	heard(lab, 0, 1, 1, 1);
	say(lab, 1, 1, 0);
	heard(lab, 1, 0, 0, 0);
	say(lab, 0, 0, 1);
	heard(lab, 0, 1, 0, 0);
	say(lab, 2, 2, STATIONS);
	heard(lab, 1, 1, 0, 1);
	say(lab, 0, 0, 0); /* to itself: stays on its cable */
	heard(lab, 0, 0, 0, 0);
	lab_free(lab);
}

static void a_card_that_moves_is_found_again(void **state)
{
	struct lab *lab = lab_new(false);

	(void)state;
	say(lab, 1, 1, STATIONS);
	say(lab, 3, 1, STATIONS);
	say(lab, 0, 0, 1);
	heard(lab, 0, 0, 0, 1);
	link_set_up(lab->links[3], false); /* what was behind it is asked for again */
	say(lab, 0, 0, 1);
	heard(lab, 0, 1, 1, 0);
	lab_free(lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hub_tells_everybody_else),
		cmocka_unit_test(a_switch_learns),
		cmocka_unit_test(a_card_that_moves_is_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
