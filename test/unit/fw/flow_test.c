/* flow_test.c -- the flow table against a plain list; its wheel; what happens when it is full. */
#include "fw/flow_world.h"

#define MODEL_MAX 512

struct model_flow {
	struct tuple came, back;
	uint32_t index;
	bool port;
};

struct model {
	struct model_flow flows[MODEL_MAX];
	unsigned n;
};

static const struct model_flow *model_find(const struct model *m, const struct tuple *t,
                                           uint8_t *ret_dir)
{
	for (unsigned i = 0; i < m->n; i++) {
		if (tuple_equal(&m->flows[i].came, t) || tuple_equal(&m->flows[i].back, t)) {
			*ret_dir = !tuple_equal(&m->flows[i].came, t);
			return &m->flows[i];
		}
	}
	return NULL;
}

/* Few addresses and ports, so that tuples meet. */
static struct tuple draw_tuple(struct seeded *r)
{
	struct tuple t = { .proto = IPPROTO_UDP };

	t.src.v = 0x0a000000 + seeded_next(r) % 8;
	t.dst.v = 0x0a000100 + seeded_next(r) % 8;
	t.sport = 1024 + seeded_next(r) % 8;
	t.dport = 1 + seeded_next(r) % 4;
	return t;
}

static void begin_one(struct flow_world *w, struct model *m)
{
	struct tuple came = draw_tuple(&w->random), leaves = came, back;
	struct model_flow *f = &m->flows[m->n];
	bool translated = seeded_next(&w->random) % 2 == 0;
	uint8_t dir;

	if (translated) {
		leaves.src.v = 0xcb007100 + seeded_next(&w->random) % 2;
		leaves.sport = 2000 + seeded_next(&w->random) % 500;
	}
	back = tuple_reverse(&leaves);
	if (m->n == MODEL_MAX || model_find(m, &came, &dir) != NULL ||
	    model_find(m, &back, &dir) != NULL)
		return;
	if (translated &&
	    ports_take_exact(w->net->ports, leaves.src, leaves.proto, leaves.sport) != 0)
		return;
	*f = (struct model_flow){ .came = came, .back = back, .port = translated };
	f->index = flow_world_begin(w, &came, &leaves);
	assert_int_not_equal(f->index, FLOW_NONE);
	if (translated)
		flow_at(w->fw.flows, f->index)->flags |= FLOW_PORT_TAKEN;
	m->n++;
}

static void end_one(struct flow_world *w, struct model *m)
{
	unsigned at;

	if (m->n == 0)
		return;
	at = seeded_next(&w->random) % m->n;
	flow_end(w->fw.flows, w->net, m->flows[at].index);
	m->flows[at] = m->flows[--m->n];
}

static void find_one(struct flow_world *w, const struct model *m)
{
	struct tuple t = draw_tuple(&w->random);
	const struct model_flow *f;
	uint8_t dir = 9, model_dir = 9;
	uint32_t index;

	if (m->n > 0 && seeded_next(&w->random) % 2 == 0)
		t = m->flows[seeded_next(&w->random) % m->n].back;
	f = model_find(m, &t, &model_dir);
	index = flow_world_find(w, &t, &dir);
	assert_int_equal(index, f != NULL ? f->index : FLOW_NONE);
	assert_int_equal(dir, model_dir);
}

static void random_use_agrees_with_a_list(void **state)
{
	struct flow_world *w = flow_world_new(MODEL_MAX);
	struct model m = { .n = 0 };

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		unsigned what = seeded_next(&w->random) % 8;

		if (what < 3)
			begin_one(w, &m);
		else if (what < 5)
			end_one(w, &m);
		else
			find_one(w, &m);
		assert_int_equal(w->fw.flows->used, m.n);
		if (i % 500 == 0)
			flows_must_hold(w->fw.flows, w->net);
	}
	while (m.n > 0)
		end_one(w, &m);
	assert_int_equal(w->fw.flows->used, 0);
	assert_int_equal(ports_used(w->net->ports), 0);
	flow_world_free(w);
}

/* RELIABILITY G13: however they end, nothing is left of them. */
static void a_hundred_thousand_flows_leave_nothing(void **state)
{
	struct flow_world *w = flow_world_new(1024);
	uint64_t begun = 0;

	(void)state;
	while (begun < 100000) {
		struct tuple came = draw_tuple(&w->random), leaves, back;
		uint32_t index;
		uint8_t dir;

		came.src.v += (seeded_next(&w->random) % 65536) << 8;
		leaves = came;
		leaves.src.v = 0xcb007102;
		back = tuple_reverse(&leaves);
		struct ports_wish wish = { .addr = leaves.src,
			                   .proto = IPPROTO_UDP,
			                   .preferred = came.sport,
			                   .low = 1024,
			                   .high = UINT16_MAX,
			                   .keyed = seeded_next(&w->random) };
		if (flow_world_find(w, &came, &dir) != FLOW_NONE)
			continue;
		assert_int_equal(ports_take(w->net->ports, &wish, &leaves.sport), 0);
		back = tuple_reverse(&leaves);
		assert_int_equal(flow_world_find(w, &back, &dir), FLOW_NONE);
		index = flow_world_begin(w, &came, &leaves); /* when full, a weak one gives way */
		assert_int_not_equal(index, FLOW_NONE);
		flow_at(w->fw.flows, index)->flags |= FLOW_PORT_TAKEN;
		flow_touch(flow_at(w->fw.flows, index), w->net->now,
		           1 + seeded_next(&w->random) % 9);
		begun++;
		if (seeded_next(&w->random) % 3 == 0)
			flow_end(w->fw.flows, w->net, index);
		if (seeded_next(&w->random) % 100 == 0)
			flow_world_sleep_ms(w, seeded_next(&w->random) % 300);
		assert_int_equal(ports_used(w->net->ports), w->fw.flows->used);
	}
	assert_true(w->fw.flows->gave_way > 0);
	flows_must_hold(w->fw.flows, w->net);
	flow_world_sleep_ms(w, 60000);
	assert_int_equal(w->fw.flows->used, 0);
	assert_int_equal(ports_used(w->net->ports), 0);
	assert_int_equal(w->fw.flows->created, w->fw.flows->ended);
	flow_world_free(w);
}

/* RELIABILITY G12: when it is full the oldest weak one gives way, an assured one never. */
static void a_full_table_lets_weak_ones_go(void **state)
{
	struct flow_world *w = flow_world_new(4);
	uint8_t dir;

	(void)state;
	for (uint16_t i = 0; i < 4; i++) {
		struct tuple t = flow_world_tuple(1, i + 1, 2, 80, IPPROTO_UDP);
		uint32_t index = flow_world_begin(w, &t, &t);

		if (i % 2 == 0)
			flow_set_weak(w->fw.flows, index, false);
	}
	for (uint16_t i = 0; i < 2; i++) {
		struct tuple t = flow_world_tuple(1, 100 + i, 2, 80, IPPROTO_UDP);
		struct tuple gone = flow_world_tuple(1, i * 2 + 2, 2, 80, IPPROTO_UDP);
		uint32_t index = flow_world_begin(w, &t, &t);

		assert_int_not_equal(index, FLOW_NONE);
		flow_set_weak(w->fw.flows, index, false);
		assert_int_equal(flow_world_find(w, &gone, &dir), FLOW_NONE);
		flows_must_hold(w->fw.flows, w->net);
	}
	struct tuple late = flow_world_tuple(1, 200, 2, 80, IPPROTO_UDP);

	assert_int_equal(flow_world_begin(w, &late, &late), FLOW_NONE);
	assert_int_equal(w->fw.flows->refused, 1);
	assert_int_equal(w->fw.flows->gave_way, 2);
	for (uint16_t i = 0; i < 4; i += 2) {
		struct tuple kept = flow_world_tuple(1, i + 1, 2, 80, IPPROTO_UDP);

		assert_int_not_equal(flow_world_find(w, &kept, &dir), FLOW_NONE);
	}
	flow_world_free(w);
}

/* Not before its time, and no later than a second after it, also beyond the wheel's 4,096 s. */
static void the_wheel_ends_flows_in_their_second(void **state)
{
	static const uint32_t seconds[] = {
		1, 2, 59, 60, 600, 4094, 4095, 4096, 4097, 9000, 86400
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(seconds); i++) {
		struct flow_world *w = flow_world_new(8);
		struct tuple t = flow_world_tuple(1, 1, 2, 80, IPPROTO_UDP);

		w->net->now = mono_add_ms(w->net->now, 10 + 97 * i);
		uint32_t index = flow_world_begin(w, &t, &t);

		flow_touch(flow_at(w->fw.flows, index), w->net->now, 100000);
		flow_touch_sooner(w->fw.flows, index, w->net->now, seconds[i]);
		mono due = flow_at(w->fw.flows, index)->due;

		while (mono_before(mono_add_ms(w->net->now, 700), due)) {
			flow_world_sleep_ms(w, 700);
			assert_int_equal(w->fw.flows->used, 1);
		}
		flow_world_sleep_ms(w, mono_since_ms(due, w->net->now) + 1000);
		assert_int_equal(w->fw.flows->used, 0);
		assert_int_equal(flows_next(w->fw.flows).ns, mono_never().ns);
		flow_world_free(w);
	}
}

static void a_touched_flow_stays(void **state)
{
	struct flow_world *w = flow_world_new(8);
	struct tuple t = flow_world_tuple(1, 1, 2, 80, IPPROTO_UDP);
	uint32_t index = flow_world_begin(w, &t, &t);

	(void)state;
	flow_touch(flow_at(w->fw.flows, index), w->net->now, 30);
	for (unsigned i = 0; i < 100; i++) {
		flow_world_sleep_ms(w, 29000);
		assert_int_equal(w->fw.flows->used, 1);
		flow_touch(flow_at(w->fw.flows, index), w->net->now, 30);
	}
	flow_world_sleep_ms(w, 31000);
	assert_int_equal(w->fw.flows->used, 0);
	flow_world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_use_agrees_with_a_list),
		cmocka_unit_test(a_hundred_thousand_flows_leave_nothing),
		cmocka_unit_test(a_full_table_lets_weak_ones_go),
		cmocka_unit_test(the_wheel_ends_flows_in_their_second),
		cmocka_unit_test(a_touched_flow_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
