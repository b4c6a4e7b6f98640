/* rfc5961_test.c -- blind segments do not move a connection (RFC 5961, 3 to 5). */
#include "fw/flow_world.h"

#include "core/explain.h"

#define S TCP_SYN
#define A TCP_ACK
#define F TCP_FIN
#define R TCP_RST

/* A connection at rest: the client has sent up to 1100, the server up to 5500; either may be sent
 * 8192 bytes more. */
struct open_world {
	struct flow_world *w;
	struct tuple there, back;
	struct flow *flow;
};

static struct open_world open_world_new(void)
{
	struct open_world o = { .w = flow_world_new(8) };
	uint8_t dir;

	o.there = flow_world_tuple(0xc0a85802, 40000, 0xcb007109, 80, IPPROTO_TCP);
	o.back = tuple_reverse(&o.there);
	(void)flow_world_tcp(o.w, &o.there, S, 1099, 0);
	(void)flow_world_tcp(o.w, &o.back, S | A, 5499, 1100);
	(void)flow_world_tcp(o.w, &o.there, A, 1100, 5500);
	o.flow = flow_at(o.w->fw.flows, flow_world_find(o.w, &o.there, &dir));
	assert_int_equal(o.flow->tcp, TRACK_ESTABLISHED);
	flow_world_sleep_ms(o.w, 1000);
	return o;
}

/* A segment that is to have @state and to leave the flow as it is. */
static void no_trace(struct open_world *o, const struct tuple *from, uint8_t flags, uint32_t seq,
                     uint32_t ack, uint8_t state)
{
	struct flow before = *o->flow;

	assert_int_equal(flow_world_tcp(o->w, from, flags, seq, ack), state);
	/* What goes on is counted. */
	memcpy(before.way, o->flow->way, sizeof before.way);
	before.rate_second = o->flow->rate_second;
	assert_memory_equal(&before, o->flow, sizeof before);
}

static void a_reset_must_have_the_exact_number(void **state) /* 3.2 */
{
	struct open_world o = open_world_new();

	/* In the window: the end answers with a challenge. */
	no_trace(&o, &o.back, R, 5501, 0, STATE_ESTABLISHED);
	no_trace(&o, &o.back, R, 5500 + FLOW_WORLD_WINDOW, 0, STATE_ESTABLISHED);
	no_trace(&o, &o.back, R | A, 5499, 1100, STATE_ESTABLISHED);
	no_trace(&o, &o.there, R, 1101, 0, STATE_ESTABLISHED);
	/* Outside. */
	no_trace(&o, &o.back, R, 5501 + FLOW_WORLD_WINDOW, 0, STATE_INVALID);
	no_trace(&o, &o.back, R, 5500 - FLOW_WORLD_WINDOW - 2, 0, STATE_INVALID);
	no_trace(&o, &o.there, R, 0x80000000, 0, STATE_INVALID);
	assert_int_equal(flow_world_tcp(o.w, &o.back, R, 5500, 0), STATE_ESTABLISHED);
	assert_int_equal(o.flow->tcp, TRACK_CLOSE);
	flow_world_free(o.w);
	(void)state;
}

/* A host that knows nothing of the connection takes the number from the acknowledgement. */
static void a_reset_may_follow_the_acknowledgement(void **state) /* RFC 9293, 3.5.2 */
{
	struct open_world o = open_world_new();

	/* The server sends 100 bytes which get lost after us; the client has 5500. */
	assert_int_equal(flow_world_send(o.w, &o.back,
	                                 &(struct flow_world_segment){ .flags = A,
	                                                               .seq = 5500,
	                                                               .ack = 1100,
	                                                               .window = 8192,
	                                                               .payload = 100,
	                                                               .scale = -1 }),
	                 STATE_ESTABLISHED);
	no_trace(&o, &o.back, R, 5550, 0, STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.back, R, 5500, 0), STATE_ESTABLISHED);
	assert_int_equal(o.flow->tcp, TRACK_CLOSE);
	flow_world_free(o.w);
	(void)state;
}

static void a_syn_changes_nothing(void **state) /* 4.2 */
{
	struct open_world o = open_world_new();

	no_trace(&o, &o.there, S, 1200, 0, STATE_ESTABLISHED);
	no_trace(&o, &o.there, S, 0x70000000, 0, STATE_ESTABLISHED);
	no_trace(&o, &o.back, S, 5600, 0, STATE_ESTABLISHED);
	no_trace(&o, &o.back, S, 0x70000000, 0, STATE_INVALID); /* nobody begins from there */
	no_trace(&o, &o.back, S | A, 5499, 1100, STATE_ESTABLISHED);
	no_trace(&o, &o.back, S | A, 0x70000000, 1100, STATE_INVALID);
	flow_world_free(o.w);
	(void)state;
}

/* The client's host has started anew and takes the same port: challenge, RST, SYN. */
static void a_lost_host_finds_its_way_back(void **state) /* 4.2; RFC 9293, 3.5.1 */
{
	struct open_world o = open_world_new();

	no_trace(&o, &o.there, S, 0x70000000, 0, STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.back, A, 5500, 1100), STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.there, R, 1100, 0), STATE_ESTABLISHED);
	assert_int_equal(o.flow->tcp, TRACK_CLOSE);
	assert_int_equal(flow_world_tcp(o.w, &o.there, S, 0x70000000, 0), STATE_NEW);
	assert_int_equal(flow_world_tcp(o.w, &o.back, S | A, 9000, 0x70000001), STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.there, A, 0x70000001, 9001), STATE_ESTABLISHED);
	assert_int_equal(o.flow->tcp, TRACK_ESTABLISHED);
	flow_world_free(o.w);
	(void)state;
}

/* The same when this router has forgotten the connection, and the server has not. */
static void a_half_open_connection_comes_clean(void **state) /* RFC 9293, 3.5.1 */
{
	struct flow_world *w = flow_world_new(8);
	struct tuple there = flow_world_tuple(1, 1, 2, 80, IPPROTO_TCP);
	struct tuple back = tuple_reverse(&there);

	(void)state;
	assert_int_equal(flow_world_tcp(w, &there, S, 99, 0), STATE_NEW);
	assert_int_equal(flow_world_tcp(w, &back, A, 5500, 777), STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(w, &there, R, 777, 0), STATE_NEW);
	assert_int_equal(flow_at(w->fw.flows, 0)->tcp, TRACK_SYN_SENT);
	assert_int_equal(flow_world_tcp(w, &back, S | A, 9000, 777), STATE_ESTABLISHED);
	assert_int_equal(flow_at(w->fw.flows, 0)->tcp, TRACK_SYN_SENT);
	assert_int_equal(flow_world_tcp(w, &back, R, 0, 0), STATE_INVALID);
	assert_int_equal(flow_world_tcp(w, &back, R | A, 0, 101), STATE_INVALID);
	assert_int_equal(flow_world_tcp(w, &back, S | A, 9000, 100), STATE_ESTABLISHED);
	assert_int_equal(flow_at(w->fw.flows, 0)->tcp, TRACK_SYN_RECV);
	/* A server without memory (RFC 4987, 3.6) answers the repeated SYN with another number. */
	assert_int_equal(flow_world_tcp(w, &back, S | A, 0x60000000, 100), STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(w, &there, A, 100, 0x60000001), STATE_ESTABLISHED);
	assert_int_equal(flow_at(w->fw.flows, 0)->tcp, TRACK_ESTABLISHED);
	flow_world_free(w);
}

static void data_and_acknowledgements_lie_in_the_window(void **state) /* 5.2 */
{
	struct open_world o = open_world_new();

	no_trace(&o, &o.back, A, 5501 + FLOW_WORLD_WINDOW, 1100, STATE_INVALID);
	no_trace(&o, &o.back, A, 5500 - FLOW_WORLD_WINDOW - 2, 1100, STATE_INVALID);
	no_trace(&o, &o.back, A, 5500, 1101, STATE_INVALID); /* never sent */
	no_trace(&o, &o.back, F | A, 5500, 1101, STATE_INVALID);
	no_trace(&o, &o.back, A, 5500, 1100 - 2 * FLOW_WORLD_WINDOW - 1, STATE_INVALID);
	no_trace(&o, &o.back, 0, 5500, 1100, STATE_INVALID);
	no_trace(&o, &o.back, F, 5500, 1100, STATE_INVALID);
	no_trace(&o, &o.back, F | TCP_PSH | TCP_URG, 5500, 1100, STATE_INVALID);
	/* The bounds themselves. */
	assert_int_equal(flow_world_tcp(o.w, &o.back, A, 5500, 1100 - 2 * FLOW_WORLD_WINDOW),
	                 STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.back, A, 5499 - FLOW_WORLD_WINDOW, 1100),
	                 STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.back, A, 5500 + FLOW_WORLD_WINDOW, 1100),
	                 STATE_ESTABLISHED);
	flow_world_free(o.w);
	(void)state;
}

static void the_refusal_is_told_in_numbers(void **state)
{
	static const struct {
		uint32_t seq, ack;
		const char *said;
	} rows[] = {
		{ 13693, 1100, "invalid: begins at 13693, and the window ends at 13692" },
		{ 4294900000, 1100,
		  "invalid: ends at 4294900000, and what is wanted begins at 4294964604 or later" },
		{ 5500, 1101, "invalid: acknowledges 1101, and only what is before 1100 was sent" },
		{ 5500, 4294900000,
		  "invalid: acknowledges 4294900000, and 4294952012 was acknowledged long ago" },
	};
	struct open_world o = open_world_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct explain why = { .n = 0 };
		struct pkt p;

		flow_world_look(o.w, &o.back,
		                &(struct flow_world_segment){
					.flags = A, .seq = rows[i].seq, .ack = rows[i].ack },
		                &p);
		p.why = &why;
		track_find(&o.w->fw, &p, false);
		assert_string_equal(why.steps[0].text, rows[i].said);
		assert_string_equal(why.steps[why.n - 1].text, "connection-state=invalid");
	}
	flow_world_free(o.w);
}

/* What no end believes: RFC 9293, 3.1 (MUST-3). */
static void a_damaged_segment_changes_nothing(void **state)
{
	struct flow_world_segment opening[] = {
		{ .flags = S, .seq = 1099, .scale = -1, .summed = true },
		{ .flags = S | A, .seq = 5499, .ack = 1100, .scale = -1, .summed = true },
		{ .flags = F | A, .seq = 1100, .ack = 5500, .summed = true },
		{ .flags = R, .seq = 5500, .summed = true },
	};
	struct flow_world *w = flow_world_new(8);
	struct tuple there = flow_world_tuple(0xc0a85802, 40000, 0xcb007109, 80, IPPROTO_TCP);
	struct tuple back = tuple_reverse(&there);
	const uint8_t after[] = { TRACK_SYN_SENT, TRACK_SYN_RECV, TRACK_FIN_WAIT, TRACK_CLOSE };

	(void)state;
	(void)flow_world_send(w, &there, &opening[0]);
	for (size_t i = 0; i < ARRAY_LEN(opening); i++) {
		const struct tuple *from = i % 2 == 0 ? &there : &back;
		struct flow_world_segment damaged = opening[i];
		struct flow before, *flow;
		uint8_t dir;

		flow = flow_at(w->fw.flows, flow_world_find(w, &there, &dir));
		before = *flow;
		damaged.damaged = true;
		assert_int_not_equal(flow_world_send(w, from, &damaged), STATE_INVALID);
		memcpy(before.way, flow->way, sizeof before.way);
		assert_memory_equal(&before, flow, sizeof before);
		(void)flow_world_send(w, from, &opening[i]);
		assert_int_equal(flow->tcp, after[i]);
	}
	flow_world_free(w);
}

/* Who does not look at windows follows the connection wherever it goes. */
static void liberal_tracking_takes_all(void **state)
{
	struct open_world o = open_world_new();

	(void)state;
	o.w->fw.liberal = true;
	assert_int_equal(flow_world_tcp(o.w, &o.back, A, 0x70000000, 0x60000000),
	                 STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.there, A, 0x60000000, 0x70000000),
	                 STATE_ESTABLISHED);
	assert_int_equal(flow_world_tcp(o.w, &o.back, R, 0x10000000, 0), STATE_ESTABLISHED);
	assert_int_equal(o.flow->tcp, TRACK_CLOSE);
	flow_world_free(o.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reset_must_have_the_exact_number),
		cmocka_unit_test(a_reset_may_follow_the_acknowledgement),
		cmocka_unit_test(a_syn_changes_nothing),
		cmocka_unit_test(a_lost_host_finds_its_way_back),
		cmocka_unit_test(a_half_open_connection_comes_clean),
		cmocka_unit_test(data_and_acknowledgements_lie_in_the_window),
		cmocka_unit_test(the_refusal_is_told_in_numbers),
		cmocka_unit_test(a_damaged_segment_changes_nothing),
		cmocka_unit_test(liberal_tracking_takes_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
