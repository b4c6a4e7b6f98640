/* The ring of a capture against one that keeps every frame in a list. */
#include "seeded.h"
#include "unit.h"

#include "lib/mem.h"
#include "router/capture.h"

#define FRAMES     4000
#define FRAME_MOST 3000

struct naive {
	uint32_t len[FRAMES];
	uint8_t first_byte[FRAMES];
	enum capture_fate fate[FRAMES];
};

struct fixture {
	struct net *net;
	struct iface iface;
	struct pkt p;
	uint8_t bytes[FRAME_MOST];
	struct naive naive;
};

static struct fixture *fixture_new(void)
{
	struct fixture *f = mem_new(1, sizeof *f);

	f->net = mem_new(1, sizeof *f->net);
	f->iface.id = 3;
	f->p.bytes = f->bytes;
	return f;
}

static void fixture_free(struct fixture *f)
{
	mem_free(f->net);
	mem_free(f);
}

/* What is there are the newest frames, whole, with the fate that was told last. */
static void check_all(const struct fixture *f, const struct capture *capture, uint64_t last)
{
	uint64_t bytes = 0;

	assert_int_equal(capture->next, last + 1);
	assert_null(capture_get(capture, capture->first - 1));
	assert_null(capture_get(capture, capture->next));
	for (uint64_t n = capture->first; n < capture->next; n++) {
		const struct capture_record *record = capture_get(capture, n);

		assert_int_equal(record->number, n);
		assert_int_equal(record->len, f->naive.len[n]);
		assert_int_equal(record->fate, f->naive.fate[n]);
		for (uint32_t i = 0; i < record->len; i++)
			assert_int_equal(record->bytes[i], f->naive.first_byte[n]);
		bytes += record->len;
	}
	assert_true(bytes <= capture->size);
	/* A frame of the largest kind and what is lost where the ring comes round: all else is
	 * in use. */
	if (capture->first > 1)
		assert_true(bytes + (capture->next - capture->first) * 80 + 2 * (FRAME_MOST + 80) >=
		            capture->size);
}

static void frames_of_all_sizes(void **state)
{
	struct fixture *f = fixture_new();
	struct capture *capture = capture_new(20000, true, 1, (mono){ 0 });
	struct seeded seeded = seeded_make(7);

	for (uint64_t n = 1; n < FRAMES; n++) {
		uint64_t draw = seeded_next(&seeded);
		uint64_t told = n - draw / 7 % (n < 40 ? n : 40);

		f->p.len = (uint32_t)(draw % 3 == 0 ? draw / 100 % FRAME_MOST : draw / 100 % 90);
		f->naive.len[n] = f->p.len;
		f->naive.first_byte[n] = (uint8_t)n;
		memset(f->bytes, (int)(uint8_t)n, f->p.len);
		assert_non_null(capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, UINT32_MAX));
		capture_tell(capture, told, CAPTURE_SENT, 0);
		f->naive.fate[told] = CAPTURE_SENT;
		check_all(f, capture, n);
	}
	assert_true(capture->first > FRAMES / 2);
	capture_free(capture);
	fixture_free(f);
}

/* Without scrolling what came first stays, until it is in a file. */
static void what_came_first_stays(void **state)
{
	struct fixture *f = fixture_new();
	struct capture *capture = capture_new(10240, false, 1, (mono){ 0 });
	uint64_t kept = 0;

	f->p.len = 1000;
	while (capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, UINT32_MAX) != NULL)
		kept++;
	assert_int_equal(kept, 9);
	assert_int_equal(capture->first, 1);
	assert_int_equal(capture->refused, 1);
	capture->written = 3;
	assert_non_null(capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, UINT32_MAX));
	assert_non_null(capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, UINT32_MAX));
	assert_null(capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, UINT32_MAX));
	assert_int_equal(capture->first, 3);
	capture_free(capture);
	fixture_free(f);
}

/* All records of one packet are told; that a copy was dropped counts less than that one left. */
static void a_packet_seen_twice(void **state)
{
	struct fixture *f = fixture_new();
	struct capture *capture = capture_new(10240, true, 100, (mono){ 0 });
	struct capture_record *on_port, *on_bridge;

	f->p.len = 60;
	on_port = capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, UINT32_MAX);
	on_bridge = capture_put(capture, f->net, &f->iface, &f->p, TAP_RX, 20);
	on_bridge->before = on_port->number;
	assert_int_equal(on_bridge->number, 101);
	assert_int_equal(on_bridge->len, 20);
	assert_int_equal(on_bridge->wire_len, 60);
	capture_tell(capture, on_bridge->number, CAPTURE_DROPPED, DROP_LINK_DOWN);
	assert_int_equal(on_port->fate, CAPTURE_DROPPED);
	assert_int_equal(on_port->reason, DROP_LINK_DOWN);
	capture_tell(capture, on_bridge->number, CAPTURE_SENT, 0);
	capture_tell(capture, on_bridge->number, CAPTURE_DROPPED, DROP_TX_FULL);
	assert_int_equal(on_port->fate, CAPTURE_SENT);
	assert_int_equal(on_bridge->fate, CAPTURE_SENT);
	capture_tell(capture, 7, CAPTURE_SENT, 0); /* of a capture before this one */
	capture_free(capture);
	fixture_free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_all_sizes),
		cmocka_unit_test(what_came_first_stays),
		cmocka_unit_test(a_packet_seen_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
